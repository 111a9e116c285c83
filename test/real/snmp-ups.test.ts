/** The UPS-MIB of net-snmp's own snmpd, which takes its numbers from a table: v1, v2c and v3, a power cut, alarms, silence. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { upsSnmpProbe } from '../../src/drivers/snmp/ups-snmp-probe.ts';
import type { SnmpAccessFiles } from '../../src/model/room.ts';
import type { ProbeEvidence } from '../../src/ports/probe.ts';
import { Reports } from '../contract/probe.ts';
import { needsPrograms } from '../rig.ts';
import { freePort } from '../room/program.ts';

needsPrograms('snmpd', 'awk');

const limitMs = 60_000;
const root = '.1.3.6.1.2.1.33';

/**
 * Answers snmpd's `pass` protocol (man snmpd.conf): `-g OID` or `-n OID`, from lines `OID TYPE VALUE` in the order of OIDs; `-s OID TYPE VALUE`
 * of the test and its lock changes the line. The lock is good for one test; a test shows on battery.
 */
const passScript = `#!/bin/sh
folder="$(dirname "$0")"
if [ "$1" = -s ]; then
  case "$2" in ${root}.1.7.1.0 | ${root}.1.7.2.0) ;; *) echo not-writable; exit ;; esac
  if [ "$2" = ${root}.1.7.2.0 ] && ! grep -q "^$2 integer $4$" "$folder/table"; then echo inconsistent-value; exit; fi
  echo "$2 $4" >> "$folder/sets"
  sed -i "/^$2 /c $2 $3 $4" "$folder/table"
  exit
fi
exec awk -v how="$1" -v asked="$2" '
function later(oid,    a, b, n, m, i, one, two) {
  n = split(substr(oid, 2), one, "."); m = split(substr(asked, 2), two, ".")
  for (i = 1; i <= n && i <= m; i++) if (one[i] + 0 != two[i] + 0) return one[i] + 0 > two[i] + 0
  return n > m
}
(how == "-g" && $1 == asked) || (how == "-n" && later($1)) { print $1; print $2; print $3; exit }
' "$(dirname "$0")/table"
`;

const mains: Readonly<Record<string, string>> = {
  '1.2.1.0': 'integer 2',
  '1.2.2.0': 'integer 0',
  '1.2.3.0': 'integer 210',
  '1.2.4.0': 'integer 100',
  '1.2.5.0': 'integer 545',
  '1.2.7.0': 'integer 25',
  '1.3.3.1.2.1': 'integer 500',
  '1.3.3.1.3.1': 'integer 229',
  '1.4.1.0': 'integer 3',
  '1.4.4.1.2.1': 'integer 230',
  '1.4.4.1.5.1': 'integer 33',
  '1.6.1.0': 'gauge 0',
  '1.7.1.0': `objectid ${root}.1.7.7.1`,
  '1.7.2.0': 'integer 4711',
  '1.7.3.0': 'integer 1',
};

class Agent {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'snmp-rig-'));
  port = 0;
  #process: ChildProcess | undefined;
  readonly #probes: { stop(): Promise<void> }[] = [];

  async start(): Promise<this> {
    this.port = await freePort();
    mkdirSync(path.join(this.folder, 'state'));
    this.file('pass', passScript, 0o755);
    this.set(mains);
    const config = this.file(
      'snmpd.conf',
      [
        'rocommunity rig-community 127.0.0.1',
        'rwcommunity rig-writer 127.0.0.1',
        'createUser keeper SHA "authentic-words" AES "private-words"',
        'rouser keeper priv',
        'createUser writer SHA "authentic-words" AES "private-words"',
        'rwuser writer priv',
        `pass ${root} /bin/sh ${path.join(this.folder, 'pass')}`,
        '',
      ].join('\n'),
    );
    this.#process = spawn(
      'snmpd',
      ['-f', '-Lo', '-C', '-c', config, '-I', '-smux', `udp:127.0.0.1:${this.port}`],
      { stdio: 'ignore', env: { ...process.env, SNMP_PERSISTENT_DIR: path.join(this.folder, 'state') } },
    );
    return this;
  }
  set(table: Readonly<Record<string, string>>): void {
    const inOrder = Object.entries(table).sort(([a], [b]) => {
      const [one, two] = [a, b].map((oid) =>
        oid
          .split('.')
          .map((part) => part.padStart(6, '0'))
          .join('.'),
      );
      return (one ?? '') < (two ?? '') ? -1 : 1;
    });
    this.file('table', inOrder.map(([oid, value]) => `${root}.${oid} ${value}\n`).join(''), 0o644);
  }
  file(name: string, content: string, mode = 0o600): string {
    const file = path.join(this.folder, name);
    writeFileSync(file, content);
    chmodSync(file, mode);
    return file;
  }
  signal(signal: NodeJS.Signals): void {
    this.#process?.kill(signal);
  }
  /** What was set, in its order. */
  get sets(): readonly string[] {
    const file = path.join(this.folder, 'sets');
    return existsSync(file) ? readFileSync(file, 'utf8').trim().replaceAll(`${root}.`, '').split('\n') : [];
  }
  async order(access: SnmpAccessFiles, what: 'quick' | 'deep' | 'stop'): Promise<string> {
    const probe = upsSnmpProbe({ source: 'ups.1', host: '127.0.0.1', port: this.port, access, everyMs: 500 });
    const answer = await probe.test?.(what);
    return answer?.accepted === true ? 'taken' : (answer?.reason.en ?? '');
  }
  watch(access: SnmpAccessFiles): Reports {
    const probe = upsSnmpProbe({ source: 'ups.1', host: '127.0.0.1', port: this.port, access, everyMs: 500 });
    this.#probes.push(probe);
    const reports = new Reports();
    probe.start(reports.report);
    return reports;
  }
  async stop(): Promise<void> {
    await Promise.all(this.#probes.map((probe) => probe.stop()));
    this.#process?.kill('SIGKILL');
    rmSync(this.folder, { recursive: true });
  }
}

async function until(reports: Reports, isIt: (evidence: ProbeEvidence) => boolean): Promise<ProbeEvidence> {
  const endMs = performance.now() + limitMs;
  for (;;) {
    const evidence = await reports.next(limitMs);
    if (isIt(evidence)) return evidence;
    assert.ok(performance.now() < endMs, `last ${JSON.stringify(evidence)}`);
  }
}
const reading = (reports: Reports, wanted: Readonly<Record<string, unknown>>): Promise<ProbeEvidence> =>
  until(
    reports,
    ({ says, values }) =>
      says === 'up' && Object.entries(wanted).every(([name, value]) => values?.[name] === value),
  );
const saying = (reports: Reports, pattern: RegExp): Promise<ProbeEvidence> =>
  until(reports, ({ says, reason }) => says === 'unknown' && pattern.test(reason.en));

const full = {
  onLine: true,
  onBattery: false,
  batteryPercent: 100,
  runtimeS: 12_600,
  batteryVolts: 54.5,
  inputVolts: 229,
  inputHz: 50,
  loadPercent: 33,
  replaceBattery: false,
  testPassed: true,
} as const;

for (const version of ['v1', 'v2c'] as const)
  test(`${version}: mains, power cut with alarms of the table, low battery, silence, mains; what is missing is absent`, async () => {
    const agent = await new Agent().start();
    try {
      const communityFile = agent.file('community', 'rig-community\n');
      const reports = agent.watch({ version, communityFile });
      const { values } = await reading(reports, full);
      assert.is(values?.['outputHz'], undefined);
      assert.is(values?.['bypassVolts'], undefined);
      agent.set({
        ...mains,
        '1.2.2.0': 'integer 60',
        '1.2.3.0': 'integer 9',
        '1.2.1.0': 'integer 3',
        '1.3.3.1.3.1': 'integer 0',
        '1.4.1.0': 'integer 5',
        '1.6.1.0': 'gauge 2',
        '1.6.2.1.2.1': `objectid ${root}.1.6.3.2`,
        '1.6.2.1.2.7': `objectid ${root}.1.6.3.1`,
      });
      await reading(reports, {
        onLine: false,
        onBattery: true,
        lowBattery: true,
        runtimeS: 540,
        onBatteryS: 60,
        replaceBattery: true,
        overload: false,
        inputVolts: 0,
      });
      agent.signal('SIGSTOP');
      await saying(reports, /does not answer/);
      agent.set(mains);
      agent.signal('SIGCONT');
      await reading(reports, full);
      assert.not(reports.all.some(({ evidence }) => evidence.says === 'down'));
    } finally {
      await agent.stop();
    }
  });

test('v3 with authentication and privacy; a wrong password and an unknown user are told', async () => {
  const agent = await new Agent().start();
  try {
    const authFile = agent.file('auth', 'authentic-words\n');
    const privacyFile = agent.file('privacy', 'private-words\n');
    const wrong = agent.file('wrong', 'unauthentic-words\n');
    const base = { version: 'v3', auth: 'sha', privacyFile } as const;
    await reading(agent.watch({ ...base, user: 'keeper', authFile }), full);
    for (const access of [
      { ...base, user: 'keeper', authFile: wrong },
      { ...base, user: 'nobody', authFile },
    ]) {
      const { reason } = await saying(agent.watch(access), /SNMP/);
      assert.not.match(reason.en, /words/);
    }
  } finally {
    await agent.stop();
  }
});

test('a wrong community is silence, and the message names it; an agent without the MIB says so', async () => {
  const agent = await new Agent().start();
  try {
    await saying(agent.watch({ version: 'v2c' }), /does not answer.*community/);
    agent.set({});
    const communityFile = agent.file('community', 'rig-community\n');
    await saying(agent.watch({ version: 'v2c', communityFile }), /no UPS-MIB/);
    await saying(agent.watch({ version: 'v2c', communityFile: agent.file('open', 'x', 0o644) }), /chmod 600/);
  } finally {
    await agent.stop();
  }
});

test('a battery test: the lock and the test are set in one question, by who may write and on mains only', async () => {
  const agent = await new Agent().start();
  try {
    const communityFile = agent.file('community', 'rig-community\n');
    const writeCommunityFile = agent.file('writer', 'rig-writer\n');
    const access = { version: 'v2c', communityFile, writeCommunityFile } as const;
    await reading(agent.watch(access), full);
    assert.is(await agent.order(access, 'quick'), 'taken');
    assert.equal(agent.sets, ['1.7.2.0 4711', '1.7.1.0 .1.3.6.1.2.1.33.1.7.7.4'.replace(`${root}.`, '')]);
    assert.is(await agent.order(access, 'stop'), 'taken');
    assert.match(agent.sets.at(-1) ?? '', /7\.7\.2$/);
    agent.set(mains);
    const writer = { version: 'v3', user: 'writer', auth: 'sha', mayWrite: true } as const;
    const files = {
      authFile: agent.file('auth', 'authentic-words\n'),
      privacyFile: agent.file('privacy', 'private-words\n'),
    };
    assert.is(await agent.order({ ...writer, ...files }, 'deep'), 'taken');
    assert.match(agent.sets.at(-1) ?? '', /7\.7\.5$/);
    agent.set(mains);
    assert.is(await agent.order({ ...access, version: 'v1' }, 'quick'), 'taken');

    const done = agent.sets.length;
    assert.is(
      await agent.order({ version: 'v2c', communityFile }, 'quick'),
      'no community or user that may write',
    );
    assert.match(
      await agent.order({ ...access, writeCommunityFile: communityFile }, 'quick'),
      /refuses the write/,
    );
    assert.match(await agent.order({ ...writer, ...files, user: 'keeper' }, 'quick'), /refuses the write/);
    const unknown = { ...access, writeCommunityFile: agent.file('unknown', 'nobody\n') };
    assert.match(await agent.order(unknown, 'quick'), /does not answer/);
    agent.set({ ...mains, '1.4.1.0': 'integer 5' });
    assert.is(await agent.order(access, 'quick'), 'the UPS is not on mains');
    agent.set({ ...mains, '1.7.3.0': 'integer 5' });
    assert.is(await agent.order(access, 'quick'), 'the UPS is testing already');
    assert.is(agent.sets.length, done, 'nothing was set');
  } finally {
    await agent.stop();
  }
});

test.run();
