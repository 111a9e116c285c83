/**
 * Call records from a wire to a verdict, in the program as it is installed: a socat pty pair is the record port of the switch,
 * another one the virtual line card. Records of calls that the lines saw: up. Calls go on and records stop: after three
 * calls down. The wire is pulled: unknown and an alarm, never down.
 */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { needsPrograms } from '../rig.ts';
import { Program, control, eventually, freePort, linekeeper } from '../room/program.ts';
import { archiveRows, ptyPair, switchEnd } from './switch-wire.ts';

needsPrograms('socat');
const folder = mkdtempSync(path.join(os.tmpdir(), 'lk-smdr-'));
const data = path.join(folder, 'data');
const tty = (name: string): string => path.join(folder, name);
let records: Program | undefined;
let recordPort: FileHandle | undefined;
let program: Program | undefined;
let cardControl = 0;
let calls = 0;

async function plugRecordPort(): Promise<void> {
  records = await ptyPair(folder, 'records', 'switch');
  recordPort = await switchEnd(tty('switch'));
}

test.after(async () => {
  await recordPort?.close();
  await Program.endAll();
  rmSync(folder, { recursive: true, force: true });
});

const rows = <T>(sql: string): Promise<T[]> => archiveRows<T>(data, sql);

/** One answered call on a line; resolves when the archive has its end. */
async function oneCall(line: number): Promise<void> {
  // The line may still be settling from the call before.
  await eventually(`line ${line} takes a call`, () =>
    control(cardControl, `call in ${line} answer 2 talk 4`).then(
      () => true,
      () => undefined,
    ),
  );
  calls++;
  await eventually(
    `the end of call ${calls}`,
    async () =>
      (await rows('SELECT id FROM calls WHERE answered_at IS NOT NULL')).length >= calls ? true : undefined,
    60_000,
  );
}

const two = (number: number): string => String(number).padStart(2, '0');

/** What the switch writes of a call that has just ended, in UTC. */
async function writeRecord(line: number, id: number): Promise<void> {
  const [call] = await rows<{ started: number }>(
    `SELECT max(started_at) AS started FROM calls WHERE line = 'L0${line}' AND answered_at IS NOT NULL`,
  );
  const start = new Date(call?.started ?? 0);
  const day = `${start.getUTCFullYear()}/${two(start.getUTCMonth() + 1)}/${two(start.getUTCDate())}`;
  const time = [start.getUTCHours(), start.getUTCMinutes(), start.getUTCSeconds()].map(two).join(':');
  const record = `${day} ${time},00:00:05,2,02012345,I,201,201,4711,0,${id},0,E201,Anna,T900${line},LINE 1.${line},0,0`;
  // A switch writes when it likes: here in two pieces.
  await recordPort?.write(record.slice(0, 30));
  await recordPort?.write(`${record.slice(30)}\r\n`);
}

test('calls leave records: the switch is up, every record is kept and names its line', async () => {
  await ptyPair(folder, 'host', 'card');
  await plugRecordPort();
  const room = path.join(folder, 'room.yaml');
  writeFileSync(
    room,
    `room: { id: smdr, name: Records, timezone: UTC, language: en }
buses:
  card-a: { line-card: "serial:${tty('host')}" }
  smdr: { serial: "${tty('records')}", baud: 9600 }
lines:
  L01-L02: { channel: card-a/1..2, trunk: "020-{n}", record-trunk: "LINE 1.{n}", phone: "80{nn}" }
subjects:
  switch: { kind: server, evidence: [{ call-records: smdr, format: avaya-ip-office }], down-when: 1 }
http: { port: ${await freePort()} }
data: ${data}
`,
  );
  const check = linekeeper(['check', room, '--language', 'en']);
  assert.is(await check.ended, 0, check.output);
  assert.not.ok(/not used/.test(check.output), check.output);
  const card = linekeeper(['sim', 'card', '--serial', tty('card'), '--control', '0']);
  const [, port = ''] = await card.says(/control 127\.0\.0\.1:(\d+)/);
  cardControl = Number(port);
  program = linekeeper(['run', '--room', room]);
  await program.says(/guard active/);
  await eventually('the database', () => existsSync(path.join(data, 'archive.db')) || undefined);

  await oneCall(1);
  await recordPort?.write('half a line of before\r\n');
  await writeRecord(1, 1);
  await program.says(/switch: up: .*a record arrived/, 30_000);
  const [kept] = await eventually('the record in the archive', async () => {
    const found = await rows<{ line: string; extension: string; account: string }>(
      'SELECT line, extension, account FROM pbx_records',
    );
    return found.length > 0 ? found : undefined;
  });
  assert.equal(kept, { line: 'L01', extension: '201', account: '4711' });
  const refused = await rows<{ raw: string }>(`SELECT raw FROM record_lines WHERE came_to = 'rejected'`);
  assert.equal(refused, [{ raw: 'half a line of before' }]);
});

test('records stop while calls go on: after three calls, and not before, the switch is down', async () => {
  const from = program?.output.length ?? 0;
  await oneCall(1);
  await oneCall(2);
  await oneCall(1);
  await program?.says(/switch: down: .*3 calls in a row left no record/, 120_000, from);
});

test('a record comes again: up; the record of the first call has found its call meanwhile', async () => {
  const from = program?.output.length ?? 0;
  await oneCall(2);
  await writeRecord(2, 2);
  await program?.says(/switch: up: .*a record arrived/, 30_000, from);
  const [matched] = await eventually(
    'the first record and its call',
    async () => {
      const found = await rows<{ line: string; extension: string }>(
        `SELECT calls.line AS line, extension FROM pbx_records JOIN calls ON calls.id = call_id WHERE state = 'certain'`,
      );
      return found.length > 0 ? found : undefined;
    },
    120_000,
  );
  assert.equal(matched, { line: 'L01', extension: '201' });
});

test('the wire is pulled: unknown and an alarm, not down; plugged in again it clears by itself', async () => {
  const from = program?.output.length ?? 0;
  await recordPort?.close();
  recordPort = undefined;
  records?.kill('SIGKILL');
  await program?.says(/switch: unknown: /, 30_000, from);
  await program?.says(/alarm raised .*bus\.lost.*smdr/, 30_000, from);
  await plugRecordPort();
  await program?.says(/alarm cleared .*bus\.lost.*smdr/, 60_000, from);
  assert.not.ok(/switch: down/.test(program?.output.slice(from) ?? ''));
  program?.kill('SIGTERM');
  assert.is(await program?.ended, 0);
});

test.run();
