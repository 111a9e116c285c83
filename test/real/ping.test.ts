import { spawnSync } from 'node:child_process';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { PingRounds } from '../../src/drivers/ping/fping.ts';
import { Reports } from '../contract/probe.ts';
import { needsPrograms } from '../rig.ts';

needsPrograms('fping');

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

test.run();
