import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { PingRounds } from '../../src/drivers/ping/fping.ts';
import { Reports } from '../contract/probe.ts';
import { needsPrograms, program, projectFolder } from '../rig.ts';

needsPrograms('fping', 'setpriv', 'unshare');

test('hosts of this machine answer the real fping', async () => {
  const rounds = new PingRounds();
  const probes = ['127.0.0.1', '127.0.0.2', '127.0.0.3'].map((host, n) =>
    rounds.probe({ source: `lan.${n}`, host, everyMs: 5000 }),
  );
  const answers = await Promise.all(
    probes.map((probe) => {
      const reports = new Reports();
      probe.start(reports.report);
      return reports.next(10_000);
    }),
  );
  await Promise.all(probes.map((probe) => probe.stop()));
  for (const { says, reason, values } of answers) {
    assert.is(says, 'up', reason.en);
    assert.type(values?.['roundTripMs'], 'number');
  }
});

test('a name that does not exist is unknown', async () => {
  const probe = new PingRounds().probe({ source: 'lan.1', host: 'no-such-host.invalid', everyMs: 1000 });
  const reports = new Reports();
  probe.start(reports.report);
  const { says } = await reports.next(15_000);
  await probe.stop();
  assert.is(says, 'unknown');
});

test('a machine without any route says unknown, never down', () => {
  const script = `
    import { PingRounds } from './src/drivers/ping/fping.ts';
    const probe = new PingRounds().probe({ source: 'lan.1', host: '192.0.2.1', everyMs: 500 });
    let said = 0;
    probe.start(({ says }) => { console.log(says); if (++said === 4) void probe.stop(); });`;
  const cut = spawnSync(
    'unshare',
    ['--map-root-user', '--net', process.execPath, '--import', 'tsx', '--input-type=module', '-e', script],
    { encoding: 'utf8', timeout: 30_000 },
  );
  assert.equal(cut.stdout.trim().split('\n'), ['unknown', 'unknown', 'unknown', 'unknown'], cut.stderr);
});

test('with no more rights than the systemd unit gives, hosts still answer', () => {
  const unit = readFileSync(path.join(projectFolder, 'systemd/linekeeper.service'), 'utf8');
  assert.match(unit, /^NoNewPrivileges=yes$/m);
  const rights = (key: string): string => {
    const names = (new RegExp(`^${key}=(.*)$`, 'm').exec(unit)?.[1] ?? '')
      .split(' ')
      .filter((name) => name !== '');
    return ['-all', ...names.map((name) => `+${name.replace(/^CAP_/, '').toLowerCase()}`)].join(',');
  };
  const ambient = rights('AmbientCapabilities');
  const node = [
    process.execPath,
    '-e',
    "process.exitCode = require('node:child_process').spawnSync(process.argv[1], ['-c1', '127.0.0.1']).status ?? 99",
  ];
  const asUnit = spawnSync(
    'setpriv',
    [
      ...['--reuid=65534', '--regid=65534', '--clear-groups', '--no-new-privs'],
      ...[
        `--inh-caps=${ambient}`,
        `--ambient-caps=${ambient}`,
        `--bounding-set=${rights('CapabilityBoundingSet')}`,
      ],
      ...node,
      program('fping') ?? '',
    ],
    { encoding: 'utf8', timeout: 30_000 },
  );
  assert.is(asUnit.status, 0, asUnit.stderr);
});

test.run();
