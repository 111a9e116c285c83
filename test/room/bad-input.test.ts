/** The whole program, started by its public command, with something wrong around it: it says what, and the guard goes on. */
import { mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Program, freePort, linekeeper } from './program.ts';

test.after(() => Program.endAll());

const folderOf = (): string => mkdtempSync(path.join(os.tmpdir(), 'lk-bad-'));

function roomFile(folder: string, { card = 'serial:/dev/lk-nothing-here', more = '' } = {}): string {
  const file = path.join(folder, 'room.yaml');
  writeFileSync(
    file,
    `room: { id: bad, name: { zh: 坏, en: Bad }, timezone: UTC, language: en }
buses: { card-a: { line-card: "${card}" } }
points: { pbx-alarm: { input: card-a/in1 } }
lines: { L01: { channel: card-a/1, bypass: card-a/relay1, trunk: "1", phone: "8001" } }
subjects: { pbx: { kind: pbx, evidence: [{ point: pbx-alarm }, { lines: all }] } }
${more}`,
  );
  return file;
}
const env = (folder: string): NodeJS.ProcessEnv => ({ LINEKEEPER_DATA: path.join(folder, 'data') });

async function stopped(program: Program): Promise<void> {
  program.kill('SIGTERM');
  assert.is(await program.ended, 0, program.output);
}

test('a serial port that is not there: the room runs, says so, and tries again', async () => {
  const folder = folderOf();
  const program = linekeeper(['run', '--room', roomFile(folder)], env(folder));
  await program.says(/alarm raised card-a\/card\.lost.*lk-nothing-here/);
  await program.says(/guard active/);
  await program.says(/recorder ready/);
  await stopped(program);
});

test('something on TCP that speaks no line card: garbage is dropped, the room runs on', async () => {
  const folder = folderOf();
  const sockets = new Set<net.Socket>();
  const server = net.createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.write(Buffer.from(Array.from({ length: 3000 }, (_, n) => (n * 7919) % 256)));
  });
  const port = await new Promise<number>((resolve) =>
    server.listen(0, '127.0.0.1', () => resolve((server.address() as net.AddressInfo).port)),
  );
  const program = linekeeper(
    ['run', '--room', roomFile(folder, { card: `tcp://127.0.0.1:${port}` })],
    env(folder),
  );
  await program.says(/alarm raised card-a\//, 40_000);
  assert.ok(sockets.size > 0);
  await stopped(program);
  for (const socket of sockets) socket.destroy();
  server.close();
});

test('a damaged guard.json is set aside and alarmed; the room starts', async () => {
  const folder = folderOf();
  mkdirSync(path.join(folder, 'data'));
  writeFileSync(path.join(folder, 'data', 'guard.json'), '{"version": 1, "room": ');
  const program = linekeeper(['run', '--room', roomFile(folder)], env(folder));
  await program.says(/alarm raised linekeeper\/guard\.json-corrupt/);
  await program.says(/guard active/);
  assert.ok(readdirSync(path.join(folder, 'data')).some((name) => name.startsWith('guard.json.broken-')));
  await stopped(program);
});

test('a damaged database is set aside and alarmed; the room starts', async () => {
  const folder = folderOf();
  mkdirSync(path.join(folder, 'data'));
  writeFileSync(
    path.join(folder, 'data', 'archive.db'),
    'this is no database, and it is long enough to be looked at '.repeat(200),
  );
  const program = linekeeper(['run', '--room', roomFile(folder)], env(folder));
  await program.says(/alarm raised linekeeper\/archive\.set-aside/);
  await program.says(/archive: running/);
  await stopped(program);
});

test('a data folder that cannot be written: alarmed, the guard goes on', async () => {
  const folder = folderOf();
  writeFileSync(path.join(folder, 'data'), 'a file in the way');
  const program = linekeeper(['run', '--room', roomFile(folder)], env(folder));
  await program.says(/guard active/);
  await program.says(/alarm raised linekeeper\/disk\.not-writable/);
  await stopped(program);
});

test('a broker that is away at start: the room runs', async () => {
  const folder = folderOf();
  const file = roomFile(folder, {
    more: `report: { mqtt: { broker: "mqtt://127.0.0.1:${await freePort()}" } }`,
  });
  const program = linekeeper(['run', '--room', file], env(folder));
  await program.says(/guard active/);
  await program.says(/page: http/);
  await stopped(program);
});

test('a port that is taken moves to the next free one, and the start says so', async () => {
  const folder = folderOf();
  const server = net.createServer();
  const port = await new Promise<number>((resolve) =>
    server.listen(0, '127.0.0.1', () => resolve((server.address() as net.AddressInfo).port)),
  );
  const program = linekeeper(
    ['run', '--room', roomFile(folder, { more: `http: { port: ${port} }` })],
    env(folder),
  );
  await program.says(new RegExp(`port ${port} is taken`));
  const [, moved = ''] = await program.says(/page: http:\/\/127\.0\.0\.1:(\d+)/);
  assert.is.not(Number(moved), port);
  await stopped(program);
  server.close();
});

test('LINEKEEPER_DATA, LINEKEEPER_HTTP_PORT and LINEKEEPER_MQTT_PORT override the room file; a port that is none ends with 2', async () => {
  const folder = folderOf();
  const file = roomFile(folder, {
    more: `report: { mqtt: { broker: "mqtt://127.0.0.1:1" } }\nhttp: { port: 1 }\ndata: /nowhere/at/all`,
  });
  let called = (): void => undefined;
  const broker = net.createServer((socket) => {
    socket.on('error', () => undefined);
    called();
  });
  const connected = new Promise<void>((resolve) => (called = resolve));
  const mqtt = await new Promise<number>((resolve) =>
    broker.listen(0, '127.0.0.1', () => resolve((broker.address() as net.AddressInfo).port)),
  );
  const http = await freePort();
  const program = linekeeper(['run', '--room', file], {
    ...env(folder),
    LINEKEEPER_HTTP_PORT: String(http),
    LINEKEEPER_MQTT_PORT: String(mqtt),
  });
  await program.says(new RegExp(`page: http://127\\.0\\.0\\.1:${http}/`));
  await connected;
  await program.says(/recorder ready/);
  assert.ok(readdirSync(path.join(folder, 'data')).includes('guard.json'));
  await stopped(program);
  broker.close();
  const wrong = linekeeper(['run', '--room', file], { ...env(folder), LINEKEEPER_HTTP_PORT: 'eighty' });
  assert.is(await wrong.ended, 2);
  assert.match(wrong.output, /LINEKEEPER_HTTP_PORT=eighty is not a port/);
});

test('a room file with errors: the last good copy runs, alarmed; without one it ends with 1 and names every problem', async () => {
  const folder = folderOf();
  const file = roomFile(folder);
  const good = linekeeper(['run', '--room', file], env(folder));
  await good.says(/recorder ready/);
  await stopped(good);
  writeFileSync(file, 'room: { id: "Bad Id" }\nbusses: {}\n');
  const second = linekeeper(['run', '--room', file], env(folder));
  await second.says(/goes on with the last good copy/);
  await second.says(/alarm raised linekeeper\/room\.file/);
  await second.says(/guard active/);
  await stopped(second);
  const other = folderOf();
  const third = linekeeper(['run', '--room', file], env(other));
  assert.is(await third.ended, 1);
  assert.match(third.output, /room\.yaml:1:13/);
  assert.match(third.output, /room\.yaml:2:1 .*did you mean|busses/);
});

test('wrong usage ends with 2 and says what is missing', async () => {
  for (const [args, says] of [
    [['run'], /--room FILE is missing/],
    [['run', '--rom', 'x'], /--rom/],
    [['run', '--room', '/nowhere/room.yaml'], /\/nowhere\/room\.yaml/],
    [[], /usage: linekeeper COMMAND/],
    [['nonsense'], /no command "nonsense"/],
    [['chek', 'room.yaml'], /no command "chek"\. Did you mean check\?/],
    [['check'], /FILE/],
    [['sim'], /what to simulate: card/],
    [['sim', 'card'], /give one of --pty PATH, --tcp PORT and --serial PATH/],
    [['replay'], /FILE/],
  ] as const) {
    const program = linekeeper(args);
    assert.is(await program.ended, 2, program.output);
    assert.match(program.output, says);
  }
});

test('the third start within a minute feeds no card and says so', async () => {
  const folder = folderOf();
  const file = roomFile(folder);
  for (const start of [1, 2, 3]) {
    const program = linekeeper(['run', '--room', file], env(folder));
    await program.says(/guard active/);
    if (start === 3) await program.says(/alarm raised linekeeper\/guard\.unfit/);
    program.kill('SIGKILL');
    await program.ended;
  }
});

test.run();
