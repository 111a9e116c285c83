/** The NUT client against an upsd of the test's own, which can be made to misbehave; the real one is in test/real. */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { nutProbe } from '../../src/drivers/nut/nut-probe.ts';
import type { NutProbeOptions } from '../../src/drivers/nut/nut-probe.ts';
import type { ProbeEvidence } from '../../src/ports/probe.ts';
import { Reports, probeContract } from '../contract/probe.ts';

class FakeUpsd {
  readonly asked: string[] = [];
  variables: Record<string, string> = { 'ups.status': 'OL', 'battery.charge': '100' };
  /** Answer to a question instead of the right one. */
  override: (question: string) => string | undefined = () => undefined;
  isAlive = true;
  port = 0;
  readonly #sockets = new Set<Socket>();
  readonly #server: Server = createServer((socket) => {
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    socket.on('error', () => undefined);
    let rest = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) this.#answer(socket, line);
    });
  });

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    this.port = address.port;
    return this;
  }
  #answer(socket: Socket, line: string): void {
    this.asked.push(line);
    if (!this.isAlive) return;
    const other = this.override(line);
    if (other !== undefined) socket.write(other);
    else if (line === 'LIST VAR room') {
      // In pieces, as a busy network brings it.
      socket.write('BEGIN LIST VAR room\nVAR room ');
      const rows = Object.entries(this.variables).map(([name, value]) => `${name} "${value}"\n`);
      socket.write(`${rows.join('VAR room ')}END LIST VAR room\n`);
    } else if (line === 'LIST UPS')
      socket.write('BEGIN LIST UPS\nUPS room "one"\nUPS cut "two"\nEND LIST UPS\n');
    else if (line.startsWith('LIST VAR')) socket.write('ERR UNKNOWN-UPS\n');
    else if (/^(USERNAME|PASSWORD|LOGIN) /.test(line)) socket.write('OK\n');
    else if (line === 'LOGOUT') socket.end('OK Goodbye\n');
    else socket.write('ERR UNKNOWN-COMMAND\n');
  }
  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }
}

const probeOf = (port: number, more: Partial<NutProbeOptions> = {}): ReturnType<typeof nutProbe> =>
  nutProbe({
    source: 'ups-1.1',
    ups: 'room',
    host: '127.0.0.1',
    port,
    tls: false,
    everyMs: 300,
    timeoutMs: 250,
    ...more,
  });

probeContract('NUT', {
  open: async () => {
    const upsd = await new FakeUpsd().start();
    return {
      probe: probeOf(upsd.port),
      everyMs: 300,
      waitMs: 250,
      silence: 'unknown',
      setAlive: (alive) => {
        upsd.isAlive = alive;
      },
      close: () => upsd.stop(),
    };
  },
  openBroken: () => probeOf(1, { everyMs: 200, passwordFile: '/nonexistent/secret', username: 'x' }),
});

/** The first evidence that a probe gives. */
async function first(upsd: FakeUpsd, more: Partial<NutProbeOptions> = {}): Promise<ProbeEvidence> {
  const probe = probeOf(upsd.port, more);
  const reports = new Reports();
  probe.start(reports.report);
  const evidence = await reports.next(5000);
  await probe.stop();
  await upsd.stop();
  return evidence;
}

async function withSecret(mode: number, work: (file: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), 'nut-'));
  const file = path.join(folder, 'secret');
  writeFileSync(file, 'rig\n');
  chmodSync(file, mode);
  await work(file).finally(() => rmSync(folder, { recursive: true }));
}

test('one reading, in pieces on the wire; what upsd does not tell is absent', async () => {
  const upsd = await new FakeUpsd().start();
  const { says, values } = await first(upsd);
  assert.is(says, 'up');
  assert.is(values?.['onBattery'], false);
  assert.is(values?.['batteryPercent'], 100);
  assert.is(values?.['runtimeS'], undefined);
  assert.equal(upsd.asked.slice(0, 1), ['LIST VAR room']);
});

const misses: readonly (readonly [string, RegExp])[] = [
  ['ERR DATA-STALE\n', /stale/],
  ['ERR DRIVER-NOT-CONNECTED\n', /driver of room does not run/],
  ['HTTP/1.1 400 Bad Request\n', /no upsd/],
  ['BEGIN LIST VAR room\nVAR room ups.status "OL\n', /no upsd/],
  ['x'.repeat(5000), /no upsd/],
  ['BEGIN LIST VAR room\nVAR room ups.status "WAIT"\nEND LIST VAR room\n', /no data of the UPS yet/],
  ['BEGIN LIST VAR room\nEND LIST VAR room\n', /does not tell whether it is on battery/],
];
for (const [answer, pattern] of misses)
  test(`the answer ${JSON.stringify(answer.slice(0, 40))} is a lost round with its reason`, async () => {
    const upsd = await new FakeUpsd().start();
    upsd.override = (question) => (question === 'LIST VAR room' ? answer : undefined);
    const { says, reason } = await first(upsd);
    assert.is(says, 'unknown');
    assert.match(reason.en, pattern);
  });

test('an unknown UPS names those that upsd has', async () => {
  const { says, reason } = await first(await new FakeUpsd().start(), { ups: 'rom' });
  assert.is(says, 'unknown');
  assert.match(reason.en, /no UPS rom; it has room, cut/);
});

test('a user is logged in before the first question; a refused one is told with what to look at', () =>
  withSecret(0o600, async (passwordFile) => {
    const upsd = await new FakeUpsd().start();
    assert.is((await first(upsd, { username: 'keeper', passwordFile })).says, 'up');
    assert.equal(upsd.asked.slice(0, 4), [
      'USERNAME "keeper"',
      'PASSWORD "rig"',
      'LOGIN "room"',
      'LIST VAR room',
    ]);
    const strict = await new FakeUpsd().start();
    strict.override = (question) => (question.startsWith('LOGIN') ? 'ERR ACCESS-DENIED\n' : undefined);
    const { says, reason } = await first(strict, { username: 'keeper', passwordFile });
    assert.is(says, 'unknown');
    assert.match(reason.en, /refuses user keeper.*upsd\.users/);
    assert.not(strict.asked.includes('LIST VAR room'));
    assert.not(reason.en.includes('rig'));
  }));

test('a password file that others may read is not used', () =>
  withSecret(0o644, async (passwordFile) => {
    const upsd = await new FakeUpsd().start();
    const { says, reason } = await first(upsd, { username: 'keeper', passwordFile });
    assert.is(says, 'unknown');
    assert.match(reason.en, /chmod 600/);
    assert.equal(upsd.asked, []);
  }));

test('asked for TLS it never sends a password without', () =>
  withSecret(0o600, async (passwordFile) => {
    const upsd = await new FakeUpsd().start();
    upsd.override = (question) => (question === 'STARTTLS' ? 'ERR FEATURE-NOT-CONFIGURED\n' : undefined);
    const { says, reason } = await first(upsd, { tls: true, username: 'keeper', passwordFile });
    assert.is(says, 'unknown');
    assert.match(reason.en, /no TLS certificate/);
    assert.not(upsd.asked.some((line) => line.startsWith('PASSWORD')));
    const injected = await new FakeUpsd().start();
    injected.override = (question) => (question === 'STARTTLS' ? 'OK STARTTLS\nOK\n' : undefined);
    assert.match((await first(injected, { tls: true })).reason.en, /words behind STARTTLS/);
  }));

test('a forced shutdown is low battery, and nobody waits for us: the login ends', () =>
  withSecret(0o600, async (passwordFile) => {
    const upsd = await new FakeUpsd().start();
    const probe = probeOf(upsd.port, { everyMs: 100, username: 'keeper', passwordFile });
    const reports = new Reports();
    probe.start(reports.report);
    await reports.next(5000);
    upsd.variables['ups.status'] = 'FSD OL';
    let values: ProbeEvidence['values'];
    while (values?.['lowBattery'] !== true) ({ values } = await reports.next(5000));
    await reports.next(5000);
    await reports.next(5000);
    await probe.stop();
    await upsd.stop();
    const after = upsd.asked.slice(upsd.asked.indexOf('LOGOUT'));
    assert.ok(after.includes('LIST VAR room'), after.join('; '));
    assert.not(after.some((line) => line.startsWith('LOGIN')));
  }));

test('a battery test is ordered over a connection of its own, with the user; why upsd refuses it is said', async () => {
  const upsd = await new FakeUpsd().start();
  upsd.override = (line) => (line.startsWith('INSTCMD') ? 'OK\n' : undefined);
  await withSecret(0o600, async (passwordFile) => {
    const probe = probeOf(upsd.port, { username: 'lk', passwordFile });
    assert.is((await probe.test?.('quick'))?.accepted, true);
    assert.equal(
      upsd.asked.filter((line) => /^(USERNAME|LOGIN|INSTCMD)/.test(line)),
      ['USERNAME "lk"', 'INSTCMD "room" "test.battery.start.quick"'],
    );
    assert.is((await probe.test?.('stop'))?.accepted, true);
    assert.ok(upsd.asked.includes('INSTCMD "room" "test.battery.stop"'));
    for (const [answer, pattern] of [
      ['ERR ACCESS-DENIED', /does not let user lk do test\.battery\.start\.quick: write instcmds/],
      ['ERR CMD-NOT-SUPPORTED', /the NUT driver of the UPS does not know/],
    ] as const) {
      upsd.override = (line) => (line.startsWith('INSTCMD') ? `${answer}\n` : undefined);
      const refused = await probe.test?.('quick');
      assert.is(refused?.accepted, false);
      assert.match(refused?.reason.en ?? '', pattern);
    }
    await upsd.stop();
    assert.is((await probe.test?.('quick'))?.accepted, false);
  });
});

test.run();
