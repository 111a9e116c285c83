import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { httpWay } from '../../../src/drivers/http/host-way.ts';
import type { HttpWay } from '../../../src/model/host.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'http-'));
test.after(() => rmSync(folder, { recursive: true }));
const secretFile = path.join(folder, 'token');
writeFileSync(secretFile, 'Bearer abc\n');
chmodSync(secretFile, 0o600);
const { signal } = new AbortController();

interface Heard {
  readonly method: string;
  readonly url: string;
  readonly authorization: string | undefined;
  readonly body: string;
}

/** A management board: `/off` shuts down, `/state` tells. */
async function board(answer: (heard: Heard) => readonly [status: number, page: string]) {
  const heard: Heard[] = [];
  const server = http.createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      const one = { method, url, authorization: headers.authorization, body };
      heard.push(one);
      const [status, page] = answer(one);
      response.writeHead(status, { location: '/elsewhere' }).end(page);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const way = (more: Partial<HttpWay> = {}): HttpWay => ({
    kind: 'http',
    url: `http://127.0.0.1:${port}/off`,
    method: 'POST',
    secret: { header: 'Authorization', file: secretFile },
    body: '{"ResetType":"GracefulShutdown"}',
    expect: {},
    ...more,
  });
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.closeAllConnections();
      server.close(() => resolve());
    });
  return { heard, port, way, close };
}

test('the request goes out once with its secret and its body, and is taken', async () => {
  const { heard, way, close } = await board(() => [204, '']);
  assert.is((await httpWay(way()).ask(signal)).kind, 'asked');
  assert.equal(heard, [
    {
      method: 'POST',
      url: '/off',
      authorization: 'Bearer abc',
      body: '{"ResetType":"GracefulShutdown"}',
    },
  ]);
  await close();
});

test('what another try may mend is tried again; what it will not is told; a redirect does not get the secret', async () => {
  for (const [status, kind] of [
    [500, 'unreached'],
    [503, 'unreached'],
    [429, 'unreached'],
    [401, 'refused'],
    [403, 'refused'],
    [404, 'refused'],
    [307, 'refused'],
  ] as const) {
    const { heard, way, close } = await board(() => [status, '']);
    assert.is((await httpWay(way()).ask(signal)).kind, kind, String(status));
    assert.is(heard.length, 1);
    await close();
  }
  const { way, close } = await board(() => [200, '']);
  await close();
  const gone = await httpWay(way()).ask(signal);
  assert.is(gone.kind, 'unreached');
  assert.not.match(JSON.stringify(gone), /abc/);
});

test('an answer that must hold words, or have a status, and does not', async () => {
  const { way, close } = await board(() => [200, '{"task":"queued"}']);
  assert.is((await httpWay(way({ expect: { contains: 'queued' } })).ask(signal)).kind, 'asked');
  assert.is((await httpWay(way({ expect: { contains: 'done' } })).ask(signal)).kind, 'unreached');
  assert.is((await httpWay(way({ expect: { status: 202 } })).ask(signal)).kind, 'unreached');
  await close();
});

test('off is what confirm says; a board that does not answer says nothing', async () => {
  let state = 'On';
  const { way, port, close } = await board(() => [200, `{"PowerState":"${state}"}`]);
  const confirm = { url: `http://127.0.0.1:${port}/state`, contains: '"PowerState":"Off"' };
  const asking = httpWay(way({ confirm }));
  assert.is((await asking.look(signal)).kind, 'on');
  state = 'Off';
  assert.is((await asking.look(signal)).kind, 'off');
  await close();
  assert.is((await asking.look(signal)).kind, 'unknown');
  assert.is((await httpWay(way()).look(signal)).kind, 'closed', 'without confirm the port tells');
});

test('a dry run asks for the page of the test, or for the head of the place, and orders nothing', async () => {
  const { heard, way, port, close } = await board(({ method }) => [method === 'HEAD' ? 405 : 200, '']);
  assert.ok((await httpWay(way()).test(signal)).works);
  assert.ok((await httpWay(way({ testUrl: `http://127.0.0.1:${port}/state` })).test(signal)).works);
  assert.equal(
    heard.map(({ method, url, body }) => `${method} ${url} ${body}`),
    ['HEAD /off ', 'GET /state '],
  );
  await close();
  const { way: closed, close: end } = await board(() => [401, '']);
  assert.not.ok((await httpWay(closed()).test(signal)).works);
  await end();
});

test('a secret that others may read is not sent', async () => {
  const { heard, way, close } = await board(() => [200, '']);
  const open = path.join(folder, 'open');
  writeFileSync(open, 'Bearer abc\n');
  chmodSync(open, 0o644);
  const answer = await httpWay(way({ secret: { header: 'Authorization', file: open } })).ask(signal);
  assert.is(answer.kind, 'refused');
  assert.equal(heard, []);
  await close();
});

test.run();
