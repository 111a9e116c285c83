/**
 * A Modbus device that misbehaves in every way we know, over TCP and over a serial port: register r holds r × 10, so
 * that a stale, swapped, shifted or damaged answer shows as a wrong value. The order of the faults is drawn by a seed that is
 * printed; SEED repeats it.
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { connect, createServer } from 'node:net';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ModbusLine } from '../../src/drivers/modbus/line.ts';
import type { RegisterAnswer, RegisterRequest } from '../../src/ports/registers.ts';
import { needsPrograms, needsRig } from '../rig.ts';
import type { ByteLink } from '../../src/ports/byte-link.ts';
import { openLink } from '../../src/drivers/serial/open-link.ts';
import { seed } from '../seeded.ts';

needsPrograms('python3');
const responder = needsRig('modbus-faults/responder.py');

const tcpTo = (port: number): ByteLink => openLink({ kind: 'tcp', host: '127.0.0.1', port }, 'bus');
const serialAt = (path: string): ByteLink =>
  openLink({ kind: 'serial', path, baud: 9600, parity: 'none' }, 'bus');

const timeoutMs = 400;
const recoveryLimitMs = 5000;

type Kind = Extract<RegisterAnswer, { ok: false }>['kind'];
/** What each fault must be reported as, on TCP and on RTU; `-`: the wire heals it and nothing fails. */
const faults: Readonly<Record<string, readonly [Kind | '-', Kind | '-']>> = {
  ok: ['-', '-'],
  mute: ['timeout', 'timeout'],
  mute1: ['timeout', 'timeout'],
  late1: ['timeout', 'timeout'],
  lateinside: ['timeout', 'timeout'],
  twice: ['-', '-'],
  exc2: ['exception', 'exception'],
  exc6: ['exception', 'exception'],
  excweird: ['exception', 'exception'],
  wrongunit: ['bad-answer', 'bad-answer'],
  // On RTU there is no number: the foreign values are seen because two readings do not agree.
  wrongtid: ['bad-answer', '-'],
  wrongfc: ['bad-answer', 'bad-answer'],
  short: ['bad-answer', 'bad-answer'],
  long: ['bad-answer', 'bad-answer'],
  // On TCP there is no checksum: seen because two readings do not agree.
  badcrc1: ['-', 'bad-answer'],
  flip1: ['bad-answer', 'bad-answer'],
  badlen1: ['bad-answer', 'bad-answer'],
  junkbefore1: ['bad-answer', '-'],
  junkafter1: ['bad-answer', '-'],
  noise: ['bad-answer', '-'],
  trunc1: ['bad-answer', 'bad-answer'],
  split: ['-', '-'],
  onebyte1: ['bad-answer', 'bad-answer'],
  close: ['offline', 'timeout'],
  halfopen: ['timeout', 'timeout'],
};
const exceptionCodes: Readonly<Record<string, number>> = { exc2: 2, exc6: 6, excweird: 0x2c };

function shuffled(words: readonly string[], from: number): string[] {
  let state = from;
  const next = (): number => (state = (state * 48271 + 11) % 0x7fffffff) / 0x7fffffff;
  return words
    .map((word) => ({ word, key: next() }))
    .sort((a, b) => a.key - b.key)
    .map(({ word }) => word);
}

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      if (address === null || typeof address === 'string') reject(new Error('no port'));
      else server.close(() => resolve(address.port));
    });
  });

/** One line to the control port, one line back. */
const control = (port: number, line: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port }, () => socket.write(`${line}\n`));
    let answer = '';
    socket.on('data', (chunk) => (answer += chunk.toString()));
    socket.on('error', reject);
    socket.on('close', () => resolve(answer.trim()));
  });

const firstLine = (child: ChildProcess): Promise<string> =>
  new Promise((resolve, reject) => {
    let said = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      if (said.includes('\n')) resolve(said.trim());
    });
    child.once('exit', () => reject(new Error('the responder ended')));
  });

const requests: readonly RegisterRequest[] = [
  { unit: 1, function: 3, address: 10, count: 4 },
  { unit: 1, function: 3, address: 100, count: 4 },
  { unit: 2, function: 4, address: 50, count: 2 },
  { unit: 1, function: 4, address: 7, count: 1 },
  { unit: 1, function: 3, address: 200, count: 4 },
];

function mustBeRight(mode: string, request: RegisterRequest, answer: RegisterAnswer): void {
  if (!answer.ok) return;
  const right = Array.from({ length: request.count }, (_, n) => (request.address + n) * 10);
  assert.equal(answer.values, right, `wrong value in mode ${mode}`);
}

for (const framing of ['tcp', 'rtu'] as const)
  test(`${framing}: every fault, twice, in any order: no wrong value, its kind is told, good readings follow`, async () => {
    const ctl = await freePort();
    const port = await freePort();
    const wire = framing === 'tcp' ? ['--tcp', String(port)] : ['--rtu'];
    const child = spawn('python3', [responder, ...wire, '--ctl', String(ctl)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const said = await firstLine(child);
    const line = new ModbusLine({
      framing,
      link: framing === 'tcp' ? tcpTo(port) : serialAt(said),
      timeoutMs,
      worstAnswerMs: 1200,
    }).start();

    /** Reads until `wanted` good ones came running; the time that took. */
    const recover = async (mode: string, wanted: number): Promise<number> => {
      const from = performance.now();
      for (let good = 0; good < wanted;) {
        const request = requests[good % requests.length];
        assert.ok(request !== undefined);
        const answer = await line.read(request);
        mustBeRight(mode, request, answer);
        good = answer.ok ? good + 1 : 0;
        assert.ok(performance.now() - from < recoveryLimitMs, `no two good readings after ${mode}`);
        // Offline is answered at once: give the link its turn.
        if (!answer.ok) await new Promise((resolve) => setTimeout(resolve, 20));
      }
      return performance.now() - from;
    };

    try {
      const listed = (await control(ctl, 'modes')).replace('modes: ', '').split(' ');
      assert.equal(
        [...listed].sort(),
        Object.keys(faults).sort(),
        'the table knows every mode of the responder',
      );
      await recover('start', 2);
      for (const mode of [...shuffled(listed, seed + 1), ...shuffled(listed, seed + 2)]) {
        assert.is(await control(ctl, `mode ${mode}`), 'ok');
        // One after the other, then three at once over two units.
        const answers: RegisterAnswer[] = [];
        for (const request of requests.slice(0, 2)) {
          const answer = await line.read(request);
          mustBeRight(mode, request, answer);
          answers.push(answer);
        }
        const rest = requests.slice(2);
        const together = await Promise.all(rest.map((request) => line.read(request)));
        together.forEach((answer, n) => {
          const request = rest[n];
          if (request !== undefined) mustBeRight(mode, request, answer);
        });
        answers.push(...together);
        const kinds = answers.flatMap((answer) => (answer.ok ? [] : [answer.kind]));
        const expected = faults[mode]?.[framing === 'tcp' ? 0 : 1];
        if (expected === '-') assert.equal(kinds, [], `${mode} needs no failure`);
        else
          assert.ok(expected !== undefined && kinds.includes(expected), `${mode}: told ${kinds.join(' ')}`);
        const code = exceptionCodes[mode];
        if (code !== undefined) assert.ok(answers.some((answer) => !answer.ok && answer.exception === code));
        for (const answer of answers)
          if (!answer.ok) assert.ok(answer.reason.zh !== '' && answer.reason.en !== '');
        await control(ctl, 'mode ok');
        await recover(mode, 2);
      }
      assert.ok(line.counters.disagreements > 0, 'two readings that differ were met');
    } finally {
      await line.close();
      child.kill();
    }
  });

test('a connection that goes and comes back: offline at once, good readings afterwards', async () => {
  const ctl = await freePort();
  const port = await freePort();
  const start = (): ChildProcess =>
    spawn('python3', [responder, '--tcp', String(port), '--ctl', String(ctl)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
  let child = start();
  await firstLine(child);
  let wentDown = (): void => undefined;
  const down = new Promise<void>((resolve) => (wentDown = resolve));
  let cameUp = (): void => undefined;
  let up = new Promise<void>((resolve) => (cameUp = resolve));
  const line = new ModbusLine({
    framing: 'tcp',
    link: tcpTo(port),
    timeoutMs,
    onLink: (isUp) => {
      if (isUp) cameUp();
      else wentDown();
    },
  }).start();
  const request: RegisterRequest = { unit: 1, function: 3, address: 10, count: 4 };
  try {
    await up;
    assert.ok((await line.read(request)).ok);
    up = new Promise<void>((resolve) => (cameUp = resolve));
    child.kill('SIGKILL');
    await down;
    const from = performance.now();
    const answer = await line.read(request);
    assert.not(answer.ok);
    assert.ok(!answer.ok && answer.kind === 'offline');
    assert.ok(performance.now() - from < timeoutMs / 2, 'told at once');
    child = start();
    await up;
    assert.ok((await line.read(request)).ok);
  } finally {
    await line.close();
    child.kill();
  }
});

test.run();
