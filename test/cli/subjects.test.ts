/** `linekeeper subjects` and `linekeeper why`, against a room that answers as the front does, and against none. */
import { createServer } from 'node:http';
import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { notePage, pageFile, tokenFile } from '../../src/cli/page-file.ts';
import { subjects } from '../../src/cli/subjects.ts';
import { why } from '../../src/cli/why.ts';
import { text } from '../../src/model/text.ts';
import { said as run } from './said.ts';

const at = Date.UTC(2026, 10, 25);
const pbx = {
  id: 'pbx',
  kind: 'pbx',
  verdict: 'degraded',
  why: text('证据不一致或不足：触点 pbx-alarm 故障', 'degraded: contact pbx-alarm down for 8 s'),
  change: text('“故障”需要：再有 1 个领域报故障', 'down needs: 1 more domain down'),
  since: at - 125_000,
  sources: [
    {
      ...{ id: 'pbx.1', name: text('触点 pbx-alarm', 'contact pbx-alarm'), domain: 'wire', weight: 'proof' },
      ...{ says: 'down', at: at - 8000, reason: text('触点断开', 'contact open') },
    },
    {
      ...{ id: 'pbx.2', name: text('外线', 'the lines'), domain: 'lines', weight: 'proof', vetoes: true },
      ...{ says: 'up', at: at - 3000, reason: text('刚应答', 'answered') },
    },
    {
      ...{ id: 'pbx.3', name: text('SIP', 'SIP'), domain: 'our-lan', weight: 'hint' },
      ...{ says: 'unknown', reason: text('尚未查询到结果', 'nothing heard yet') },
    },
  ],
};
const crm = {
  ...{
    id: 'crm',
    kind: 'server',
    verdict: 'up',
    why: text('正常：应答', 'up: answers'),
    since: at - 90_000_000,
  },
  ...{ change: text('', 'down needs 1 of its 2 sources down'), sources: [], flapping: true },
  maintenance: { until: at + 3_600_000, by: 'Li', reason: text('换盘', 'new disk') },
};
const seat = {
  ...{ id: 'seat', kind: 'terminal', verdict: 'unknown', hiddenBy: 'lan', since: at, sources: [] },
  ...{ why: text('不可达：上级 lan 故障', 'unreachable: lan is down'), change: text('', '') },
};

let answer: { status: number; body: unknown } = { status: 200, body: {} };
const room = (...some: readonly object[]) => ({
  status: 200,
  body: {
    ...{ at, language: 'en', room: { id: 'gz', name: text('广州', 'Guangzhou') } },
    ...{ controls: [], subjects: some },
  },
});
let token: string | undefined;
const server = createServer((request, response) => {
  token = request.headers.authorization;
  response.writeHead(answer.status, { 'content-type': 'application/json' }).end(JSON.stringify(answer.body));
});
const folder = mkdtempSync(path.join(tmpdir(), 'subjects-'));
let url = '';
test.before(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  process.env['LINEKEEPER_DATA'] = folder;
  delete process.env['LINEKEEPER_HTTP_PORT'];
  delete process.env['RUNTIME_DIRECTORY'];
});
test.after(() => {
  server.close();
  server.closeAllConnections();
  rmSync(folder, { recursive: true, force: true });
});

test('the table has every subject, the worst first, in the language of the room', async () => {
  answer = room(crm, seat, pbx);
  const { code, out } = await run(subjects, '--url', url);
  assert.is(code, 1);
  assert.equal(
    out.split('\n').map((line) => line.replaceAll(/ {2,}/g, '|')),
    [
      'subject|kind|verdict|for|why',
      'pbx|PBX|degraded|2 min|contact pbx-alarm down for 8 s',
      'seat|terminal|unreachable|0 s|lan is down',
      'crm|server|up · flapping, in maintenance (1 h left)|1 d|answers',
      '',
    ],
  );
  const chinese = await run(subjects, '--url', url, '--language', 'zh');
  assert.match(chinese.out, /^对象 +类别 +结论 +已持续 +原因\n/);
  assert.match(chinese.out, '维护中（还有 1 小时）');
});

test('measured values stand below, with why one is not known', async () => {
  const readings = [
    {
      id: 'ups-1.batteryPercent',
      name: text('UPS 电量', 'UPS battery'),
      unit: '%',
      state: 'ok',
      value: 97,
      at: at - 4000,
    },
    {
      ...{ id: 'rack', name: text('机柜', 'Rack'), unit: '°C', state: 'unknown' },
      reason: text('没有传感器', 'no such sensor'),
    },
  ];
  answer = room(crm);
  answer = { ...answer, body: { ...(answer.body as object), readings } };
  const { out } = await run(subjects, '--url', url);
  const lines = out.split('\n').map((line) => line.replaceAll(/ {2,}/g, '|'));
  assert.equal(lines.slice(-4), [
    'reading|value|state|ago|name',
    'ups-1.batteryPercent|97 %|ok|4 s|UPS battery',
    'rack|-|unknown|-|Rack: no such sensor',
    '',
  ]);
});

test('all up ends with 0; --json gives what the room said', async () => {
  answer = room(crm);
  const { code, out } = await run(subjects, '--json', '--url', url);
  assert.is(code, 0);
  assert.equal(JSON.parse(out), [crm]);
  answer = room(pbx);
  const one = await run(why, 'pbx', '--json', '--url', url);
  assert.is(one.code, 1);
  assert.equal(JSON.parse(one.out), pbx);
});

test('why tells each source with domain, weight, word, age and reason, the veto, and what would change the verdict', async () => {
  answer = room(crm, pbx);
  const { code, out } = await run(why, 'pbx', '--url', url);
  assert.is(code, 1);
  assert.equal(
    out.split('\n').map((line) => line.replaceAll(/ {2,}/g, '|')),
    [
      'pbx: degraded: contact pbx-alarm down for 8 s',
      'for 2 min',
      '',
      'source|domain|weight|says|age|reason',
      'contact pbx-alarm|wire|proof|down|8 s|contact open',
      'the lines|lines|proof|up|3 s|answered (proof of service: not judged down)',
      'SIP|our-lan|hint|unknown|–|nothing heard yet',
      '',
      'what would change it: down needs: 1 more domain down',
      '',
    ],
  );
  const up = await run(why, 'crm', '--url', url);
  assert.is(up.code, 0);
  assert.match(up.out, 'maintenance: new disk (Li)');
});

test('a slip of the pen ends with 2 and the name that was meant', async () => {
  answer = room(crm, pbx);
  const { code, out, err } = await run(why, 'pxb', '--url', url);
  assert.is(code, 2);
  assert.is(out, '');
  assert.match(err, 'there is no subject pxb. Did you mean pbx?');
});

test('wrong usage ends with 2', async () => {
  for (const [command, args] of [
    [why, []],
    [why, ['a', 'b']],
    [why, ['a', '--language', 'fr']],
    [subjects, ['pbx']],
    [subjects, ['--url', '8080']],
    [subjects, ['--jason']],
  ] as const) {
    const { code, err } = await run(command, ...args);
    assert.is(code, 2, args.join(' '));
    assert.match(err, 'usage: linekeeper');
  }
  assert.is((await run(why, '--help')).code, 0);
});

test('no room, a closed room, and something else at the address end with 3 and say so', async () => {
  const nobody = await run(subjects, '--url', 'http://127.0.0.1:1/', '--language', 'en');
  assert.is(nobody.code, 3);
  assert.match(nobody.err, 'no room answers at http://127.0.0.1:1/');
  answer = { status: 401, body: { error: {} } };
  assert.match(
    (await run(subjects, '--url', url, '--language', 'en')).err,
    'is not shown to this user; run this as root',
  );
  for (const body of [{}, [], { ...room().body, subjects: [{ id: 'x' }] }]) {
    answer = { status: 200, body };
    const { code, err } = await run(why, 'x', '--url', url, '--language', 'en');
    assert.is(code, 3);
    assert.match(err, 'is not understood');
  }
});

test('the room is found where it noted its page, or by LINEKEEPER_HTTP_PORT', async () => {
  answer = room(crm);
  const runtime = path.join(folder, 'run');
  await notePage(runtime, url, 'first');
  await notePage(runtime, url, 'second');
  assert.is((await run(subjects)).code, 0);
  assert.is(token, 'Bearer second', 'it shows the token of the present start');
  assert.is(statSync(tokenFile(runtime)).mode & 0o777, 0o600);
  process.env['LINEKEEPER_HTTP_PORT'] = new URL(url).port;
  rmSync(pageFile(runtime));
  assert.is((await run(subjects)).code, 0);
  delete process.env['LINEKEEPER_HTTP_PORT'];
});

test('a folder that cannot be written is no reason to fail', async () => {
  mkdirSync(pageFile(folder), { recursive: true });
  await notePage(folder, url, 'token');
});

test.run();
