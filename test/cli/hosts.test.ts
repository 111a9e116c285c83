/** `linekeeper hosts` as a person and as a script meets it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { hosts } from '../../src/cli/hosts.ts';
import { NutServer } from '../../src/drivers/nut/server.ts';
import { NutConnection } from '../../src/drivers/nut/client.ts';
import { spoilt } from '../room-file/base.ts';
import { eventually, freePort } from '../room/program.ts';
import { said } from './said.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'hosts-'));
const file = path.join(folder, 'room.yaml');
const password = path.join(folder, 'password');
const heard: string[] = [];
const board = http.createServer((request, response) => {
  heard.push(`${request.method ?? ''} ${request.url ?? ''}`);
  response.writeHead(request.url === '/closed' ? 401 : 200).end('{"PowerState":"On"}');
});
const nutPort = await freePort();
const server = new NutServer({
  settings: { host: '127.0.0.1', port: nutPort },
  hosts: [{ kind: 'nut', ups: 'pc', user: 'pc', passwordFile: password }],
  description: 'gz-120',
  version: '1',
});

test.before(async () => {
  await new Promise<void>((resolve) => board.listen(0, '127.0.0.1', resolve));
  const address = board.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  writeFileSync(password, 'word\n', { mode: 0o600 });
  writeFileSync(
    file,
    spoilt(
      'recorder: {',
      `power-cut: [{ when: on battery, do: [shut: seats] }]
nut-server: { port: ${nutPort} }
hosts:
  vm: { http: "http://127.0.0.1:${port}/off", group: seats, confirm: { url: "http://127.0.0.1:${port}/state", contains: Off } }
  closed: { http: "http://127.0.0.1:${port}/closed", group: seats, subject: crm }
  pc: { nut: pc, password-file: ${password}, group: seats }
  crm: { ssh: a@127.0.0.1:1, key-file: ${password}, known-hosts: /none, command: [poweroff], group: seats }
recorder: {`,
    ),
  );
  server.start();
  await eventually('the port', () => (server.fault === undefined ? true : undefined));
});
test.after(async () => {
  board.closeAllConnections();
  board.close();
  await server.close();
  rmSync(folder, { recursive: true });
});

const ask = (...words: readonly string[]) => said(hosts, ...words, '--room', file, '--language', 'en');

test('a dry run orders nothing: it asks for the head of the page', async () => {
  const { code, out } = await ask('test', 'vm');
  assert.is(code, 0, out);
  assert.match(out, /^vm: works: 127\.0\.0\.1:\d+ answers 200/);
  assert.equal(heard, ['HEAD /off']);
  const refused = await ask('test', 'closed');
  assert.is(refused.code, 1);
  assert.match(refused.out, /closed: does not work: .* answers 401/);
  const unpinned = await ask('test', 'crm');
  assert.is(unpinned.code, 1);
  assert.match(unpinned.out, /\/none cannot be read/);
});

test('a host whose upsmon is logged into the running program is found there', async () => {
  assert.match((await ask('test', 'pc')).out, /no upsmon is logged into pc/);
  const upsmon = await NutConnection.open({
    ...{ host: '127.0.0.1', port: nutPort, tls: false, timeoutMs: 20_000 },
    ...{ username: 'pc', password: 'word' },
  });
  await upsmon.login('pc');
  const { code, out } = await ask('test', 'pc');
  assert.is(code, 0);
  assert.match(out, /pc: works: upsmon of 127\.0\.0\.1 is logged in/);
  upsmon.close();
});

test('the list tells each host with what it answers, and exits 1 while one does not', async () => {
  const { code, out } = await ask();
  assert.is(code, 1);
  assert.match(out, /vm +seats +POST http:\S+ +127\.0\.0\.1:\d+ answers 200 without "Off"/);
  assert.match(out, /crm +seats +ssh a@127\.0\.0\.1:1 poweroff +127\.0\.0\.1:1 refuses connections/);
  const asJson = await ask('--json');
  assert.equal(
    (JSON.parse(asJson.out) as { id: string; seen: string }[]).map(({ id, seen }) => `${id} ${seen}`),
    ['vm on', 'closed on', 'pc unknown', 'crm closed'],
  );
});

test('a wrong name, a wrong word and a missing file: exit 2, and what would be right', async () => {
  const unknown = await ask('test', 'pcc');
  assert.is(unknown.code, 2);
  assert.match(unknown.err, /no host pcc.*pc/);
  assert.is((await ask('shut', 'pc')).code, 2, 'there is no such command');
  assert.is((await said(hosts, '--room', path.join(folder, 'none.yaml'))).code, 2);
  assert.is((await said(hosts)).code, 2);
});

test.run();
