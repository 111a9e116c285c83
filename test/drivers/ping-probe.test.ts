import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { PingRounds, hostsPerRunMax } from '../../src/drivers/ping/fping.ts';
import { Reports, probeContract } from '../contract/probe.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'fping-'));
test.after(() => rmSync(folder, { recursive: true }));

/** A program that behaves like fping in one way. */
function stub(name: string, script: string): string {
  const file = path.join(folder, name);
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
  return file;
}

const firstReport = async (program: string, host: string): Promise<{ says: string; en: string }> => {
  const probe = new PingRounds({ program }).probe({ source: 'lan.1', host, everyMs: 1000 });
  const reports = new Reports();
  probe.start(reports.report);
  const { says, reason } = await reports.next(8000);
  await probe.stop();
  return { says, en: reason.en };
};

probeContract('ping', {
  open: () => {
    const dead = path.join(folder, 'dead');
    rmSync(dead, { force: true });
    const program = stub(
      'switched',
      `if [ -e ${dead} ]; then echo "127.0.0.1 : - - -" >&2; exit 1; fi; echo "127.0.0.1 : 1 1 1" >&2`,
    );
    const rounds = new PingRounds({ program });
    return Promise.resolve({
      probe: rounds.probe({ source: 'lan.1', host: '127.0.0.1', everyMs: 300 }),
      everyMs: 300,
      waitMs: 300,
      silence: 'down',
      setAlive: (alive) => {
        if (alive) rmSync(dead, { force: true });
        else writeFileSync(dead, '');
      },
      close: () => Promise.resolve(),
    });
  },
  openBroken: () =>
    new PingRounds({ program: path.join(folder, 'absent') }).probe({
      source: 'lan.1',
      host: '127.0.0.1',
      everyMs: 300,
    }),
});

test('a missing program is unknown and says what to install', async () => {
  const { says, en } = await firstReport(path.join(folder, 'absent'), '127.0.0.1');
  assert.is(says, 'unknown');
  assert.match(en, 'not installed');
});

test('exit 4 means that fping could not work: unknown, not down', async () => {
  const program = stub('norights', 'echo "fping: can\'t create socket (must run as root?)" >&2; exit 4');
  const { says, en } = await firstReport(program, '127.0.0.1');
  assert.is(says, 'unknown');
  assert.match(en, "can't create socket");
});

test('an unknown name is unknown', async () => {
  const program = stub('noname', 'echo "crm: Name or service not known" >&2; exit 2');
  assert.is((await firstReport(program, 'crm')).says, 'unknown');
});

test('one echo of three is an answer', async () => {
  const program = stub('lossy', 'echo "127.0.0.1 : - 0.42 -" >&2; exit 1');
  const { says, en } = await firstReport(program, '127.0.0.1');
  assert.is(says, 'up');
  assert.match(en, '2 of 3 lost');
});

test('a host that looks like an option never reaches the program', async () => {
  const log = path.join(folder, 'called');
  const program = stub('logs', `echo "$@" >> ${log}; exit 4`);
  const { says, en } = await firstReport(program, '-f/etc/passwd');
  assert.is(says, 'unknown');
  assert.match(en, 'not a host');
  assert.throws(() => readFileSync(log));
});

for (const count of [hostsPerRunMax, hostsPerRunMax + 1])
  test(`${count} hosts that come due together are asked by ${Math.ceil(count / hostsPerRunMax)} process(es)`, async () => {
    const log = path.join(folder, `runs-${count}`);
    const program = stub(
      `all-${count}`,
      `shift 9; shift; echo $# >> ${log}; for host in "$@"; do echo "$host : 1 1 1" >&2; done`,
    );
    const rounds = new PingRounds({ program });
    const probes = Array.from({ length: count }, (_, n) =>
      rounds.probe({ source: `lan.${n}`, host: `10.0.0.${n}`, everyMs: 60_000 }),
    );
    const up = await Promise.all(
      probes.map(async (probe) => {
        const reports = new Reports();
        probe.start(reports.report);
        const { says } = await reports.next(8000);
        return says === 'up';
      }),
    );
    await Promise.all(probes.map((probe) => probe.stop()));
    assert.ok(up.every(Boolean));
    const sizes = readFileSync(log, 'utf8').trim().split('\n').map(Number);
    assert.is(
      sizes.reduce((sum, size) => sum + size, 0),
      count,
    );
    assert.ok(Math.max(...sizes) <= hostsPerRunMax);
  });

test.run();
