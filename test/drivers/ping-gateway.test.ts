import { mkdtempSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { defaultGateway } from '../../src/drivers/ping/gateway.ts';

const head = 'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT';
function table(...rows: readonly string[]): string {
  const file = path.join(mkdtempSync(path.join(os.tmpdir(), 'lk-route-')), 'route');
  writeFileSync(file, [head, ...rows, ''].join('\n'));
  return file;
}
const route = (to: string, gateway: string, flags: string, metric: number): string =>
  `eth0\t${to}\t${gateway}\t${flags}\t0\t0\t${metric}\t00000000\t0\t0\t0`;

test('the default route with the smallest metric is the way out', async () => {
  const file = table(
    route('0000000A', '00000000', '0001', 100),
    route('00000000', '0200A8C0', '0003', 600),
    route('00000000', '0100000A', '0003', 100),
  );
  assert.is(await defaultGateway(file), '10.0.0.1');
});

test('a route that is down or leads to no gateway is no way out; nor is a missing table', async () => {
  assert.is(await defaultGateway(table(route('00000000', '0100000A', '0002', 1))), undefined);
  assert.is(await defaultGateway(table(route('00000000', '00000000', '0001', 1))), undefined);
  assert.is(await defaultGateway('/nonexistent'), undefined);
});

test.run();
