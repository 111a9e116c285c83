/**
 * Control out to the switch in the program as it is installed: a socat pty pair is the record port of the switch, used both
 * ways; a relay of the virtual line card is night service, its read-back a contact of the card.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { needsPrograms } from '../rig.ts';
import { Program, control, eventually, freePort, linekeeper } from '../room/program.ts';
import { archiveRows, ptyPair, switchEnd } from './switch-wire.ts';

needsPrograms('socat');
const folder = mkdtempSync(path.join(os.tmpdir(), 'lk-control-'));
const data = path.join(folder, 'data');
const room = path.join(folder, 'room.yaml');
const tty = (name: string): string => path.join(folder, name);
let port: FileHandle | undefined;
let program: Program | undefined;
let cardControl = 0;

test.after(async () => {
  await port?.close();
  await Program.endAll();
  rmSync(folder, { recursive: true, force: true });
});

/** What the switch received so far, and what it answers to whole lines. */
let received = '';
async function answering(answer: string): Promise<void> {
  const buffer = Buffer.alloc(256);
  const from = received.length;
  while (!received.slice(from).includes('\r')) {
    const { bytesRead } = (await port?.read(buffer, 0, buffer.length, null)) ?? { bytesRead: 0 };
    received += buffer.toString('latin1', 0, bytesRead);
  }
  await port?.write(answer);
}

const order = (...words: readonly string[]): Program =>
  linekeeper(['control', ...words], { ...process.env, LINEKEEPER_DATA: data });
async function ordered(...words: readonly string[]): Promise<string> {
  const one = order(...words);
  const code = await one.ended;
  return `${code} ${one.output.trim()}`;
}

const rows = <T>(sql: string): Promise<T[]> => archiveRows<T>(data, sql);

async function start(): Promise<void> {
  program = linekeeper(['run', '--room', room]);
  await program.says(/guard active/);
  await program.says(/page/);
  await eventually('the room answers', async () => ((await ordered()).startsWith('0 ') ? true : undefined));
}

test('a string goes to the switch over the wire of its call records, its answer is found, a record is read meanwhile', async () => {
  await ptyPair(folder, 'host', 'card');
  await ptyPair(folder, 'records', 'switch');
  port = await switchEnd(tty('switch'));
  writeFileSync(
    room,
    `room: { id: ctl, name: Controls, timezone: UTC, language: en }
buses:
  card-a: { line-card: "serial:${tty('host')}" }
  smdr: { serial: "${tty('records')}", baud: 9600 }
points:
  night-relay: { output: card-a/out2 }
  lit: { input: card-a/in3, contact: normally-open }
lines:
  L01: { channel: card-a/1, trunk: "020-1", phone: "8001" }
subjects:
  switch: { kind: server, evidence: [{ call-records: smdr, format: avaya-ip-office }], down-when: 1 }
controls:
  reset-port: { serial: smdr, send: "\\x02RESET {port}\\r", values: { port: ["1", "2"] }, expect: "OK *2", within: 4s }
  night: { output: night-relay, mode: hold, read-back: lit, read-back-within: 1s }
http: { port: ${await freePort()} }
data: ${data}
`,
  );
  const check = linekeeper(['check', room, '--language', 'en']);
  assert.is(await check.ended, 0, check.output);
  assert.match(check.output, 'reset-port');
  const card = linekeeper(['sim', 'card', '--serial', tty('card'), '--control', '0']);
  const [, where = ''] = await card.says(/control 127\.0\.0\.1:(\d+)/);
  cardControl = Number(where);
  await start();
  await control(cardControl, 'input 3 open');
  const record =
    '2026/11/25 09:28:41,00:00:09,9,8004206,I,4324,4324,,0,1000014155,0,E4324,Jo,T9161,LINE 5.1,0,0';
  const answered = answering(`${record}\r\nOK port 2\r\n`);
  assert.is(
    await ordered('reset-port', 'port=2'),
    '0 reset-port (reset-port), send, by '.concat(
      os.userInfo().username,
      ': done and confirmed: came: OK port 2',
    ),
  );
  await answered;
  assert.is(received, '\x02RESET 2\r');
  await eventually(
    'the record in the archive',
    async () => (await rows('SELECT 1 FROM pbx_records')).length > 0 || undefined,
  );
});

test('what the lists do not hold never reaches the wire', async () => {
  const before = received;
  assert.match(await ordered('reset-port', 'port=3'), /^1 .*refused: port is one of 1, 2/);
  assert.match(await ordered('reset-port', 'port=2\rERASE'), /^1 .*refused/);
  assert.is(received, before);
});

test('night service is held and confirmed by its contact; without the contact an alarm stands until it shows', async () => {
  const on = order('night', 'on');
  await eventually('the relay', async () => {
    const { outputs } = JSON.parse(await control(cardControl, 'state')) as { outputs?: readonly boolean[] };
    return outputs === undefined || outputs[1] === true || undefined;
  });
  await control(cardControl, 'input 3 closed');
  assert.is(await on.ended, 0, on.output);
  assert.match(on.output, 'done and confirmed');
  const from = program?.output.length ?? 0;
  assert.match(
    await ordered('night', 'off'),
    /^1 .*not confirmed: its read-back lit did not show it within 1000 ms/,
  );
  await program?.says(/alarm raised night\/control\.no-read-back/, 30_000, from);
  await control(cardControl, 'input 3 open');
  await program?.says(/alarm cleared night\/control\.no-read-back/, 30_000, from);
});

test('every order is in the archive, with who gave it and what came of it', async () => {
  const found = await eventually('the audit', async () => {
    const all = await rows<{ notice: string }>(
      `SELECT notice FROM notices WHERE kind = 'control' ORDER BY at`,
    );
    return all.length >= 5 ? all : undefined;
  });
  const told = found.map(({ notice }) => {
    const {
      control: id,
      did,
      outcome,
      by,
    } = JSON.parse(notice) as Record<string, unknown> & { by: { via: string } };
    return `${String(id)} ${String(did)} ${String(outcome)} ${by.via}`;
  });
  assert.equal(told, [
    'reset-port send confirmed cli',
    'reset-port send refused cli',
    'reset-port send refused cli',
    'night on confirmed cli',
    'night off not-confirmed cli',
  ]);
});

test('what is held is held again after a restart', async () => {
  const on = order('night', 'on');
  await control(cardControl, 'input 3 closed');
  assert.is(await on.ended, 0, on.output);
  program?.kill('SIGUSR2');
  assert.is(await program?.ended, 0);
  await start();
  assert.match(await ordered('night'), /^0 .*it was on already/);
  program?.kill('SIGTERM');
  assert.is(await program?.ended, 0);
});

test.run();
