/** The local socket: who may use it, what it takes away and what it leaves, and what may be ordered over it. */
import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ask, socketOfRoom } from '../../src/cli/room-way.ts';
import { confirmationsMax } from '../../src/front/http/confirmations.ts';
import { orderConfirmMs } from '../../src/front/http/order-routes.ts';
import { ordersPath, pathBytesMax, socketIn } from '../../src/front/local/socket-path.ts';
import { text } from '../../src/model/text.ts';
import { LocalRoom } from '../cli/a-local-room.ts';
import { aLine } from './a-room.ts';

let room = new LocalRoom();
const others: LocalRoom[] = [];
test.before.each(() => {
  room = new LocalRoom();
  delete process.env['RUNTIME_DIRECTORY'];
  delete process.env['LINEKEEPER_DATA'];
});
test.after.each(async () => {
  for (const one of [room, ...others.splice(0)]) await one.close();
});
const socket = () => socketIn(room.runtime);
const order = (body: object) => ask({ kind: 'socket', path: socket() }, ordersPath, body);
const silence = { commands: [{ do: 'silence' }], by: 'li' };

test('the socket is for its own user alone, stands in a closed folder, and nothing is left beside it', async () => {
  await room.open();
  const seen = statSync(socket());
  assert.ok(seen.isSocket());
  assert.is(seen.mode & 0o777, 0o600);
  assert.is(statSync(room.runtime).mode & 0o777, 0o700);
  assert.equal(room.told.at(-1)?.active, false);
  await room.door?.close();
  assert.not.ok(existsSync(socket()));
});

test('a group of the room file may write to it and pass through the folder; one that is not there is told', async () => {
  await room.open({}, String(process.getgid?.() ?? 0));
  assert.is(statSync(socket()).mode & 0o777, 0o660);
  assert.is(statSync(room.runtime).mode & 0o777, 0o710);
  const other = new LocalRoom();
  others.push(other);
  await other.open({}, 'no-such-group');
  assert.is(statSync(socketIn(other.runtime)).mode & 0o777, 0o600);
  assert.equal([other.told.at(-1)?.type, other.told.at(-1)?.active], ['socket.closed', true]);
  assert.match(other.told.at(-1)?.detail.en ?? '', 'there is no group no-such-group');
});

test('the socket of a dead program is replaced; one that is answered, and a file that is none, are left and told', async () => {
  mkdirSync(room.runtime, { recursive: true });
  await deadSocket(socket());
  assert.ok(existsSync(socket()));
  await room.open();
  assert.is((await order(silence)).status, 200);

  const second = new LocalRoom();
  others.push(second);
  await second.open();
  const twin = new LocalRoom();
  others.push(twin);
  Object.assign(twin, { runtime: second.runtime });
  await twin.open();
  assert.match(twin.told.at(-1)?.detail.en ?? '', 'another program that runs answers at');
  await twin.door?.close();
  assert.ok(existsSync(socketIn(second.runtime)), 'the file of the other stays');
  const way = { kind: 'socket', path: socketIn(second.runtime) } as const;
  assert.is((await ask(way, ordersPath, silence)).status, 200);
  assert.is(twin.given.length, 0);

  const third = new LocalRoom();
  others.push(third);
  mkdirSync(third.runtime);
  writeFileSync(socketIn(third.runtime), 'mine');
  await third.open();
  assert.match(third.told.at(-1)?.detail.en ?? '', 'is no socket');
});

test('a path longer than a socket address holds is bound and reached all the same', async () => {
  const deep = path.join(room.folder, 'x'.repeat(60), 'y'.repeat(60), 'run');
  Object.assign(room, { runtime: deep });
  assert.ok(Buffer.byteLength(socketIn(deep)) > pathBytesMax);
  await room.open();
  assert.ok(statSync(socketIn(deep)).isSocket());
  assert.is((await order(silence)).status, 200);
});

test('an order needs no code, carries the name it is given in, and its outcome is told', async () => {
  await room.open();
  const done = await order({ commands: [{ do: 'acknowledge', alarm: 'all' }], by: '李明' });
  assert.equal(done, {
    status: 200,
    body: { results: [{ status: 'ok', id: resultId(done.body), text: { zh: '已执行', en: 'done' } }] },
  });
  assert.equal(room.given, [
    { by: { via: 'cli', name: '李明' }, command: { do: 'acknowledge', alarm: 'all' } },
  ]);
  room.answer = { accepted: false, text: text('不行', 'no') };
  assert.is(firstStatus((await order(silence)).body), 'refused');
  room.answer = undefined;
  assert.is(firstStatus((await order(silence)).body), 'unknown');
});

test('what moves relays is asked twice, with the calls that it touches; the code holds for this order, once, for a while', async () => {
  await room.open({ lines: [aLine(1, { signal: 'off-hook' }), aLine(2), aLine(3, { signal: 'off-hook' })] });
  const bypass = { commands: [{ do: 'bypass', mode: 'now' }], by: 'li' };
  const first = async (body: object): Promise<{ token: string; text: { en: string } }> => {
    const { status, body: said } = await order(body);
    assert.is(status, 202);
    return (said as { confirm: { token: string; text: { en: string } } }).confirm;
  };
  const { token, text: said } = await first(bypass);
  assert.match(said.en, '2 in a call now and cut: L01 (020-120-1), L03 (020-120-3)');
  assert.is(room.given.length, 0);
  const planned = { commands: [{ do: 'bypass', mode: 'planned' }], by: 'li' };
  assert.is((await order({ ...planned, confirm: token })).status, 409);
  assert.is((await order({ ...bypass, confirm: token })).status, 409, 'used up');
  const late = await first(bypass);
  room.mono += orderConfirmMs;
  assert.is((await order({ ...bypass, confirm: late.token })).status, 409, 'too late');
  const two = {
    commands: [
      { do: 'bypass', line: 'L02', mode: 'planned' },
      { do: 'bypass', line: 'L03', mode: 'planned' },
    ],
    by: 'li',
  };
  const good = await first(two);
  assert.match(
    good.text.en,
    /line L02 .*No call is on these lines now\nline L03 .*1 in a call now and waited for: L03/,
  );
  const done = await order({ ...two, confirm: good.token });
  assert.is((done.body as { results: object[] }).results.length, 2);
  assert.equal(
    room.given.map(({ command }) => command),
    two.commands,
  );
});

test('first steps that wait are bounded', async () => {
  await room.open();
  const body = { commands: [{ do: 'restore' }], by: 'li' };
  const tokens: string[] = [];
  for (let n = 0; n <= confirmationsMax; n++)
    tokens.push(((await order(body)).body as { confirm: { token: string } }).confirm.token);
  assert.is((await order({ ...body, confirm: tokens[0] })).status, 409);
  assert.is((await order({ ...body, confirm: tokens[1] })).status, 200);
});

test('a malformed order is refused', async () => {
  await room.open();
  for (const body of [
    {},
    { commands: [], by: 'li' },
    { commands: [{ do: 'explode' }], by: 'li' },
    { commands: [{ do: 'silence' }] },
    { commands: [{ do: 'silence' }], by: '' },
    { commands: Array.from({ length: 65 }, () => ({ do: 'silence' })), by: 'li' },
    { commands: [{ do: 'silence' }], by: 'li', code: '1' },
  ])
    assert.is((await order(body)).status, 400, JSON.stringify(body).slice(0, 80));
  assert.is(room.given.length, 0);
});

test('the room of another data folder is never taken for the one that was named', async () => {
  await room.open();
  assert.equal(await socketOfRoom({ data: room.folder }), { kind: 'socket', path: socket() });
  process.env['RUNTIME_DIRECTORY'] = room.runtime;
  assert.equal(await socketOfRoom({ data: room.folder }), { kind: 'socket', path: socket() });
  const other = await socketOfRoom({ data: path.join(room.folder, 'other') });
  assert.match('en' in other ? other.en : '', /no room runs here: looked at .*other\/run\/control\.sock/);
});

const resultId = (body: unknown): string => (body as { results: { id: string }[] }).results[0]?.id ?? '';
const firstStatus = (body: unknown): string | undefined =>
  (body as { results: { status: string }[] }).results[0]?.status;

/** What a killed program leaves: a socket's file that nobody listens on. */
async function deadSocket(file: string): Promise<void> {
  const { renameSync } = await import('node:fs');
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(`${file}.old`, resolve));
  renameSync(`${file}.old`, file);
  await new Promise((resolve) => server.close(resolve));
}

test.run();
