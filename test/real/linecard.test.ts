/**
 * The driver and `linekeeper sim card` as two programs, over a real terminal and over TCP: sessions, relays, hostLost, damage
 * on the wire, and audio that is byte for byte what the card played.
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { compress, expand } from '../../firmware-bridge/codec/a-law.ts';
import { systemClock } from '../../src/drivers/clock/system.ts';
import { readCardKey } from '../../src/drivers/linecard/card-key.ts';
import { makeLineCard } from '../../src/drivers/linecard/line-card.ts';
import { openLink } from '../../src/drivers/serial/open-link.ts';
import type { CoilCommand, RelayReport } from '../../src/model/bypass.ts';
import type { Link } from '../../src/model/room.ts';
import type { LineCard } from '../../src/ports/line-card.ts';
import { wallMs } from '../../src/model/units.ts';
import { needsPrograms, projectFolder } from '../rig.ts';

needsPrograms('socat');

const folder = mkdtempSync(path.join(tmpdir(), 'linecard-'));
const keyFile = path.join(folder, 'card.key');
writeFileSync(keyFile, `${'5a'.repeat(32)}\n`, { mode: 0o600 });
const read = readCardKey(keyFile);
assert.ok(read.ok);
const { key } = read;

async function until(what: string, isSo: () => boolean, limitMs = 8000): Promise<void> {
  const end = performance.now() + limitMs;
  while (!isSo()) {
    if (performance.now() > end) throw new Error(`not within ${limitMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 4));
  }
}
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** `linekeeper sim card` as a program, with its control port. */
const programs = new Set<CardProgram>();

class CardProgram {
  readonly #child: ChildProcess;
  at = '';
  #control = 0;

  constructor(args: readonly string[]) {
    const main = path.join(projectFolder, 'src/main.ts');
    this.#child = spawn(
      process.execPath,
      ['--import', 'tsx', main, 'sim', 'card', '--control', '0', '--seed', '3', ...args],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    programs.add(this);
  }
  async ready(): Promise<this> {
    let output = '';
    this.#child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()));
    await until('the card is ready', () => output.includes('\n'), 20_000);
    const [, at = '', control = ''] = /ready at (\S+) control 127\.0\.0\.1:(\d+)/.exec(output) ?? [];
    this.at = at;
    this.#control = Number(control);
    return this;
  }
  async order(words: string): Promise<string> {
    const socket = connect(this.#control, '127.0.0.1');
    socket.write(`${words}\n`);
    const [answer] = (await once(socket, 'data')) as [Buffer];
    socket.destroy();
    return answer.toString().trim();
  }
  async stop(): Promise<void> {
    programs.delete(this);
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.kill('SIGTERM');
    await once(this.#child, 'exit');
  }
}

/** Closed after each test, however it ended. */
const hosts = new Set<Host>();
const closeHosts = async (): Promise<void> => {
  await Promise.all([...hosts].map((host) => host.close()));
};

/** A guard's part: turns every 20 ms, drives and feeds. */
class Host {
  readonly links: { state: string; serialNumber: string; reason: string }[] = [];
  readonly gaps: number[] = [];
  readonly audio = new Map<number, Int16Array>();
  readonly dated: { sample: number; at: number }[] = [];
  frames = 0;
  relays: readonly RelayReport[] = [];
  reports: { at: number; relays: readonly RelayReport[] }[] = [];
  hostLost = false;
  volts: number[] = [];
  coils: CoilCommand[] | undefined;
  feeds = true;
  readonly card: LineCard;
  readonly #turns: NodeJS.Timeout;

  constructor(link: Link, options: { hostLostMs?: number; serialNumber?: string; key?: Uint8Array } = {}) {
    const { hostLostMs = 5000, serialNumber } = options;
    hosts.add(this);
    this.card = makeLineCard({
      bus: {
        kind: 'line-card',
        id: 'card-a',
        link,
        hostLostMs,
        ...(serialNumber === undefined ? {} : { serialNumber }),
      },
      link: openLink(link, 'card-a'),
      clock: systemClock,
      ...(options.key === undefined ? {} : { key: options.key }),
    });
    this.card.start({
      link: (state, serial, reason) => this.links.push({ state, serialNumber: serial, reason: reason.en }),
      lines: (_at, lines) => {
        this.frames++;
        this.volts = lines.map(({ volts }) => volts[3]);
      },
      audio: (at, firstSample, samples) => {
        this.audio.set(Number(firstSample), samples.slice(0, 160));
        this.dated.push({ sample: Number(firstSample) + 160, at });
      },
      relays: (at, relays, _supply, _key, hostLost) => {
        this.relays = relays;
        this.reports.push({ at, relays });
        this.hostLost = hostLost;
      },
      input: () => undefined,
      hookRefused: () => undefined,
      gap: (_at, samples) => this.gaps.push(samples),
    });
    this.#turns = setInterval(() => {
      if (this.coils !== undefined) this.card.drive(this.coils);
      if (this.feeds) this.card.feed();
    }, 20);
  }
  get link(): string {
    return this.links.at(-1)?.state ?? 'none';
  }
  async close(): Promise<void> {
    hosts.delete(this);
    clearInterval(this.#turns);
    await this.card.close();
  }
}

const all = (coil: CoilCommand): CoilCommand[] => Array.from({ length: 8 }, () => coil);

interface Played {
  readonly line: number;
  readonly what: string;
  readonly sample: number;
  readonly samples?: number;
  readonly file?: string;
  readonly wall: number;
}

function linkOf(at: string): Link {
  const tcp = /^tcp:\/\/([^:]+):(\d+)$/.exec(at);
  return tcp === null
    ? { kind: 'serial', path: at, baud: 921_600, parity: 'none' }
    : { kind: 'tcp', host: tcp[1] ?? '', port: Number(tcp[2]) };
}

const ways: readonly {
  readonly name: string;
  readonly args: readonly string[];
  readonly key?: Uint8Array;
}[] = [
  { name: 'a terminal', args: ['--pty', path.join(folder, 'tty')] },
  { name: 'TCP', args: ['--tcp', '0'] },
  { name: 'TCP with a key', args: ['--tcp', '0', '--key', keyFile], key },
];

for (const way of ways) {
  const real = suite(`line card over ${way.name}`);
  const wav = path.join(folder, `wav ${way.name}`);
  const options = way.key === undefined ? {} : { key: way.key };
  let program: CardProgram;

  real.before(async () => {
    program = await new CardProgram([...way.args, '--wav', wav]).ready();
  });
  real.after.each(closeHosts);
  real.after(() => program.stop());

  real('relays operate and release within 100 ms of the command, proved by the card', async () => {
    const host = new Host(linkOf(program.at), options);
    await until('up', () => host.link === 'up');
    await until('reports', () => host.relays.length === 8);
    host.coils = all('energise');
    await until('normal', () => host.relays.every(({ position }) => position === 'normal'));
    const times: number[] = [];
    for (let i = 0; i < 10; i++) {
      const asked = systemClock.mono();
      const wanted = i % 2 === 0 ? 'bypass' : 'normal';
      const from = host.reports.length;
      host.coils = all(wanted === 'bypass' ? 'release' : 'energise');
      await until(wanted, () =>
        host.reports.slice(from).some(({ relays }) => relays.every(({ position }) => position === wanted)),
      );
      const report = host.reports
        .slice(from)
        .find(({ relays }) => relays.every(({ position }) => position === wanted));
      times.push((report?.at ?? 0) - asked);
      assert.is(report?.relays[0]?.moveMs, wanted === 'bypass' ? 4.5 : 8.2);
      await pause(30);
    }
    assert.ok(Math.max(...times) < 100, `slowest ${Math.max(...times).toFixed(1)} ms`);
    await host.close();
  });

  real('a call is heard byte for byte as the card played it, and dated within 50 ms', async () => {
    const host = new Host(linkOf(program.at), options);
    await until('up', () => host.link === 'up');
    await until('reports', () => host.relays.length === 8);
    host.coils = all('energise');
    await until('normal', () => host.relays.every(({ position }) => position === 'normal'));
    assert.is(await program.order('call in 1 answer 0.5 talk 3'), 'ok');
    await until('off hook', () => Math.abs(host.volts[0] ?? 48) < 14);
    await until('on hook again', () => Math.abs(host.volts[0] ?? 0) > 40, 15_000);
    const wholeCall = (): Played | undefined =>
      readFileSync(path.join(wav, 'played.jsonl'), 'utf8')
        .trim()
        .split('\n')
        .map((row) => JSON.parse(row) as Played)
        .findLast(({ what, line }) => what === 'played' && line === 1);
    await until('the file of the call', () => wholeCall() !== undefined);
    await pause(100);
    const played = wholeCall();
    assert.ok(played?.file !== undefined && played.samples !== undefined);
    const file = readFileSync(path.join(wav, played.file));
    const samples = new Int16Array(file.buffer.slice(file.byteOffset + 44, file.byteOffset + file.length));
    assert.is(samples.length, played.samples);
    let compared = 0;
    let loud = 0;
    for (let i = 0; i < samples.length; i++) {
      const sample = played.sample + i;
      const frame = host.audio.get(sample - (sample % 160));
      assert.ok(frame !== undefined, `sample ${sample} never arrived`);
      const heard = frame[sample % 160];
      if (heard !== expand(compress(samples[i] ?? 0))) assert.unreachable(`sample ${sample} differs`);
      compared++;
      if (Math.abs(heard ?? 0) > 1000) loud++;
    }
    assert.ok(compared > 3 * 8000);
    assert.ok(loud > 2000, 'speech is to be heard');
    const mark = { mono: systemClock.mono(), wall: systemClock.wall() };
    const worst = Math.max(
      ...host.dated.slice(50).map(({ sample, at }) => {
        const truth = played.wall + (sample - played.sample) / 8;
        return Math.abs(wallMs(mark.wall + (at - mark.mono)) - truth);
      }),
    );
    assert.ok(worst < 50, `worst date is off by ${worst.toFixed(1)} ms`);
    assert.equal(host.gaps, []);
    await host.close();
  });

  real(
    'noise and a cut wire: counted, lost with a reason, back by itself, the gap told to the sample',
    async () => {
      const host = new Host(linkOf(program.at), options);
      await until('up', () => host.link === 'up');
      await until('frames', () => host.frames > 20);
      for (let i = 0; i < 20; i++) {
        await program.order(`noise ${200 + i * 37}`);
        await pause(15);
      }
      await until('bad frames', () => host.card.counters.badFrames >= 5);
      assert.is(host.links.length, 1, 'noise does not end a session');
      const before = host.gaps.length;
      assert.is(await program.order('cut-link 3'), 'ok');
      await until('lost', () => host.link === 'lost', 3000);
      await until('up again', () => host.link === 'up', 8000);
      await until('gap', () => host.gaps.length > before);
      const missing = host.gaps.slice(before).reduce((sum, samples) => sum + samples, 0);
      assert.ok(missing > 2.5 * 8000 && missing < 8 * 8000, String(missing));
      const got = [...host.audio.keys()].sort((a, b) => a - b);
      const span = (got.at(-1) ?? 0) - (got[0] ?? 0) + 160;
      assert.is(got.length * 160 + host.gaps.reduce((sum, samples) => sum + samples, 0), span);
      await host.close();
    },
  );

  real('a host that stops feeding: idle lines over after hostLost, the call when it ends', async () => {
    const host = new Host(linkOf(program.at), { ...options, hostLostMs: 1500 });
    await until('up', () => host.link === 'up');
    await until('reports', () => host.relays.length === 8);
    host.coils = all('energise');
    await until('normal', () => host.relays.every(({ position }) => position === 'normal'));
    assert.is(await program.order('call in 4 answer 0.2 talk never'), 'ok');
    await until('off hook', () => Math.abs(host.volts[3] ?? 48) < 14);
    await pause(300);
    host.feeds = false;
    await until('hostLost', () => host.hostLost, 3000);
    await until('idle lines over', () =>
      host.relays.every(({ position }, i) => position === (i === 3 ? 'normal' : 'bypass')),
    );
    await pause(500);
    assert.is(host.relays[3]?.position, 'normal', 'a call is not cut');
    await program.order('hang up 4 near');
    await until('the last line over', () => host.relays[3]?.position === 'bypass', 3000);
    await host.close();
  });

  real('a swapped card is refused by its serial number and its relays stay', async () => {
    const host = new Host(linkOf(program.at), { ...options, serialNumber: 'LK8-OTHER' });
    host.coils = all('energise');
    await until('refused', () => host.link === 'refused');
    assert.match(host.links.at(-1)?.reason ?? '', /LK8-SIM1.*LK8-OTHER/);
    await pause(500);
    assert.is(host.frames, 0);
    await host.close();
  });

  real.run();
}

const other = suite('line card programs');
other.after.each(closeHosts);

other(
  'a card that is unplugged and plugged in again: lost, then up with the same serial number',
  async () => {
    const tty = path.join(folder, 'plug');
    const first = await new CardProgram(['--pty', tty, '--serial-number', 'LK8-0007']).ready();
    const host = new Host(linkOf(tty));
    await until('up', () => host.link === 'up');
    await first.stop();
    await until('lost', () => host.link === 'lost');
    const second = await new CardProgram(['--pty', tty, '--serial-number', 'LK8-0007']).ready();
    await until('up again', () => host.link === 'up', 15_000);
    assert.is(host.links.at(-1)?.serialNumber, 'LK8-0007');
    await host.close();
    await second.stop();
  },
);

other('with the wrong key nothing is heard and nothing moves', async () => {
  const program = await new CardProgram(['--tcp', '0', '--key', keyFile]).ready();
  const host = new Host(linkOf(program.at), { key: Buffer.alloc(32, 1) });
  host.coils = all('energise');
  await until('refused', () => host.link === 'refused');
  await pause(500);
  assert.is(host.frames, 0);
  assert.match(await program.order('state'), /"coil":"release"/);
  assert.not.match(await program.order('state'), /"coil":"energise"/);
  await host.close();
  await program.stop();
});

other('over one end of a pair of terminals, opened as a serial port', async () => {
  const [a, b] = [path.join(folder, 'pair-a'), path.join(folder, 'pair-b')];
  const socat = spawn('socat', [`PTY,rawer,link=${a}`, `PTY,rawer,link=${b}`], { stdio: 'ignore' });
  await pause(500);
  const program = await new CardProgram(['--serial', a]).ready();
  const host = new Host(linkOf(b));
  await until('up', () => host.link === 'up');
  await until('frames', () => host.frames > 50);
  assert.equal(host.gaps, []);
  await host.close();
  await program.stop();
  socat.kill();
});

other.after(async () => {
  await Promise.all([...programs].map((program) => program.stop()));
  rmSync(folder, { recursive: true, force: true });
});
other.run();
