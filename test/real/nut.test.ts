/**
 * NUT's own upsd with its simulated UPSes (tools/ups-rigs), as plain processes: a power cut to the low battery and back, stale data,
 * a dead driver, a forced shutdown, login and TLS.
 */
import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { nutProbe } from '../../src/drivers/nut/nut-probe.ts';
import type { NutProbeOptions } from '../../src/drivers/nut/nut-probe.ts';
import type { ProbeEvidence } from '../../src/ports/probe.ts';
import { Reports } from '../contract/probe.ts';
import { absent, needsPrograms, needsRig } from '../rig.ts';
import { freePort } from '../room/program.ts';

needsPrograms('upsrw', 'openssl', 'certutil', 'pk12util');
const rig = needsRig('ups-rigs/nut');
/** Not those in PATH: Debian's upsd there starts nothing until /etc/nut/nut.conf allows it. */
const driver = '/lib/nut/dummy-ups';
const server = '/lib/nut/upsd';
for (const program of [driver, server]) if (!existsSync(program)) absent(`${program} of nut-server`);

const user = userInfo().username;
const limitMs = 60_000;

class Nut {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'nut-rig-'));
  port = 0;
  readonly #children = new Map<string, ChildProcess>();
  #probes: { stop(): Promise<void> }[] = [];

  get #environment(): NodeJS.ProcessEnv {
    const run = path.join(this.folder, 'run');
    return {
      ...process.env,
      NUT_CONFPATH: path.join(this.folder, 'etc'),
      NUT_STATEPATH: run,
      NUT_ALTPIDPATH: run,
    };
  }
  async start(more: readonly string[] = []): Promise<this> {
    this.port = await freePort();
    const etc = path.join(this.folder, 'etc');
    for (const name of ['etc', 'run']) mkdirSync(path.join(this.folder, name));
    for (const name of readdirSync(rig))
      if (/\.(dev|seq|users)$|^ups\.conf$/.test(name)) cpSync(path.join(rig, name), path.join(etc, name));
    writeFileSync(
      path.join(etc, 'upsd.conf'),
      [`LISTEN 127.0.0.1 ${this.port}`, 'MAXAGE 5', ...more, ''].join('\n'),
    );
    for (const name of readdirSync(etc)) chmodSync(path.join(etc, name), 0o640);
    for (const ups of ['room', 'cut']) this.#spawn(ups, driver, '-a', ups, '-u', user, '-D');
    // upsd says which of its drivers it cannot reach yet, and finds them by itself.
    this.#spawn('upsd', server, '-u', user, '-D');
    return Promise.resolve(this);
  }
  #spawn(name: string, program: string, ...args: readonly string[]): void {
    this.#children.set(name, spawn(program, args, { env: this.#environment, stdio: 'ignore' }));
  }
  signal(name: string, signal: NodeJS.Signals): void {
    this.#children.get(name)?.kill(signal);
  }
  set(name: string, value: string): void {
    const { status, stderr } = spawnSync(
      'upsrw',
      ['-u', 'linekeeper', '-p', 'rig', '-s', `${name}=${value}`, `room@127.0.0.1:${this.port}`],
      { encoding: 'utf8', env: this.#environment },
    );
    assert.is(status, 0, stderr);
  }
  file(name: string, content: string, mode = 0o600): string {
    const file = path.join(this.folder, name);
    writeFileSync(file, content);
    chmodSync(file, mode);
    return file;
  }
  watch(more: Partial<NutProbeOptions> = {}): Reports {
    const probe = nutProbe({
      source: 'ups.1',
      ups: 'room',
      host: '127.0.0.1',
      port: this.port,
      tls: false,
      everyMs: 300,
      ...more,
    });
    this.#probes.push(probe);
    const reports = new Reports();
    probe.start(reports.report);
    return reports;
  }
  async stop(): Promise<void> {
    await Promise.all(this.#probes.map((probe) => probe.stop()));
    for (const child of this.#children.values()) child.kill('SIGKILL');
    rmSync(this.folder, { recursive: true });
  }
}

async function until(
  reports: Reports,
  isIt: (evidence: ProbeEvidence) => boolean,
  what: string,
): Promise<ProbeEvidence> {
  const endMs = performance.now() + limitMs;
  for (;;) {
    const evidence = await reports.next(limitMs);
    if (isIt(evidence)) return evidence;
    assert.ok(performance.now() < endMs, `${what}; last ${JSON.stringify(evidence)}`);
  }
}
const reading = (reports: Reports, wanted: Readonly<Record<string, unknown>>): Promise<ProbeEvidence> =>
  until(
    reports,
    ({ says, values }) =>
      says === 'up' && Object.entries(wanted).every(([name, value]) => values?.[name] === value),
    `not read: ${JSON.stringify(wanted)}`,
  );
const saying = (reports: Reports, pattern: RegExp): Promise<ProbeEvidence> =>
  until(
    reports,
    ({ says, reason }) => says === 'unknown' && pattern.test(reason.en),
    `not said: ${String(pattern)}`,
  );

test('a power cut by hand: on battery, low, mains back; then stale data, a dead driver and a forced shutdown', async () => {
  const nut = await new Nut().start();
  try {
    const reports = nut.watch();
    await reading(reports, {
      onLine: true,
      onBattery: false,
      charging: true,
      batteryPercent: 100,
      runtimeS: 12_600,
      inputVolts: 229,
    });
    nut.set('ups.status', 'OB DISCHRG');
    await reading(reports, { onLine: false, onBattery: true, lowBattery: false, discharging: true });
    nut.set('ups.status', 'OB DISCHRG LB');
    await reading(reports, { onBattery: true, lowBattery: true });
    nut.set('ups.status', 'OL BYPASS');
    await reading(reports, { onBattery: false, bypass: true });
    nut.set('ups.status', 'OL CHRG');
    await reading(reports, { onLine: true, bypass: false });

    nut.signal('room', 'SIGSTOP');
    await saying(reports, /stale/);
    nut.signal('room', 'SIGCONT');
    await reading(reports, { onLine: true });
    nut.signal('room', 'SIGKILL');
    await saying(reports, /driver of room does not run/);
    assert.not(reports.all.some(({ evidence }) => evidence.says === 'down'));
  } finally {
    await nut.stop();
  }
});

test('a scripted power cut, over and over: every stage is seen in its order', async () => {
  const nut = await new Nut().start();
  try {
    const reports = nut.watch({ ups: 'cut' });
    await reading(reports, { onBattery: false, charging: false, batteryPercent: 100 });
    await reading(reports, { onBattery: true, lowBattery: false, batteryPercent: 60, inputVolts: 0 });
    await reading(reports, { onBattery: true, lowBattery: true, runtimeS: 540 });
    await reading(reports, { onBattery: false, charging: true, inputVolts: 228 });
  } finally {
    await nut.stop();
  }
});

test('an unknown name tells which there are; a dead upsd is unknown and comes back', async () => {
  const nut = await new Nut().start();
  try {
    await saying(nut.watch({ ups: 'rom' }), /no UPS rom; it has (room, cut|cut, room)/);
    const reports = nut.watch();
    await reading(reports, { onLine: true });
    nut.signal('upsd', 'SIGSTOP');
    await saying(reports, /does not answer in time/);
    nut.signal('upsd', 'SIGCONT');
    await reading(reports, { onLine: true });
  } finally {
    await nut.stop();
  }
});

test('login: a right password reads, a wrong one is told before any power cut', async () => {
  const nut = await new Nut().start();
  try {
    const right = nut.file('right', 'rig\n');
    const wrong = nut.file('wrong', 'gir\n');
    await reading(nut.watch({ username: 'linekeeper', passwordFile: right }), { onLine: true });
    await saying(nut.watch({ username: 'linekeeper', passwordFile: wrong }), /refuses user linekeeper/);
  } finally {
    await nut.stop();
  }
});

test('a battery test: upsd understands the order and tells that the driver has none', async () => {
  const nut = await new Nut().start();
  try {
    const passwordFile = nut.file('right', 'rig\n');
    const probe = nutProbe({
      ...{ source: 'ups.1', ups: 'room', host: '127.0.0.1', port: nut.port, tls: false, everyMs: 300 },
      ...{ username: 'linekeeper', passwordFile },
    });
    await reading(nut.watch(), { onLine: true });
    // dummy-ups has no test of its own.
    const { accepted, reason } = (await probe.test?.('quick')) ?? {};
    assert.is(accepted, false);
    assert.match(reason?.en ?? '', 'the NUT driver of the UPS does not know test.battery.start.quick');
  } finally {
    await nut.stop();
  }
});

test('TLS: the own certificate is enough, a foreign one is refused, and without one nothing is sent', async () => {
  const plain = await new Nut().start();
  const nut = new Nut();
  const run = (program: string, ...args: readonly string[]): void => {
    const { status, stderr } = spawnSync(program, args, { cwd: nut.folder, encoding: 'utf8' });
    assert.is(status, 0, `${program}: ${stderr}`);
  };
  const certificate = (name: string): string => {
    run(
      'openssl',
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-days',
      '2',
      '-subj',
      '/CN=upsd',
      '-keyout',
      `${name}.key`,
      '-out',
      `${name}.pem`,
    );
    return path.join(nut.folder, `${name}.pem`);
  };
  try {
    const own = certificate('own');
    const foreign = certificate('foreign');
    run(
      'openssl',
      'pkcs12',
      '-export',
      '-inkey',
      'own.key',
      '-in',
      'own.pem',
      '-name',
      'upsd',
      '-out',
      'own.p12',
      '-passout',
      'pass:x',
    );
    const password = nut.file('db-password', 'secret');
    mkdirSync(path.join(nut.folder, 'db'));
    run('certutil', '-N', '-d', 'sql:db', '-f', password);
    run('pk12util', '-i', 'own.p12', '-d', 'sql:db', '-k', password, '-W', 'x');
    await nut.start([`CERTPATH ${path.join(nut.folder, 'db')}`, 'CERTIDENT upsd secret']);
    await reading(nut.watch({ tls: true, caFile: own }), { onLine: true });
    const right = nut.file('right', 'rig\n');
    await reading(nut.watch({ tls: true, caFile: own, username: 'linekeeper', passwordFile: right }), {
      onLine: true,
    });
    await saying(nut.watch({ tls: true, caFile: foreign }), /not trusted.*ca-file/);
    await saying(nut.watch({ tls: true }), /not trusted.*ca-file/);
    await saying(plain.watch({ tls: true }), /no TLS certificate/);
  } finally {
    await nut.stop();
    await plain.stop();
  }
});

test.run();
