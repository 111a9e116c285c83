/**
 * The whole story on real transports: a call is recorded; the PBX dies while another call is up; the alarm sounds; the lines
 * reach their phones; the centre hears of it; the PBX returns and the lines go back without cutting a call.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { needsPrograms } from '../rig.ts';
import { RealRoom } from '../room/real-room.ts';
import { eventually, linekeeper } from '../room/program.ts';

needsPrograms('socat', 'mosquitto', 'ffmpeg', 'ffprobe');
const room = new RealRoom({ lines: 3, withUps: true });

test.after(() => room.stop());

const state = (name: string) => room.topic(name);
const recordings = (): string[] =>
  readdirSync(path.join(room.dataFolder, 'audio'), { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.opus'),
  );

test('first power-on: lines wait in bypass until the PBX has proved itself, then go to normal one by one', async () => {
  await room.start();
  await eventually('presence', () => room.topics.get('linekeeper/real/presence') === 'online' || undefined);
  await room.lineIs('L01', 'bypass', 'bypass');
  for (const line of ['L01', 'L02', 'L03']) await room.lineIs(line, 'bypass', 'normal', 120_000);
  await eventually('room steady', () => state('state/room')?.['bypass'] === 'steady' || undefined, 60_000);
  assert.is(state('state/subject/ups-1')?.['verdict'], 'up');
  assert.is(state('state/subject/pbx')?.['verdict'], 'up');
});

test('a call is recorded: what the recording holds is what the line carried, its times within 50 ms', async () => {
  await room.order('call in 1 answer 3 talk 8');
  const ended = await room.event(
    ({ kind, phase }) => kind === 'call' && phase === 'ended',
    'the end of the call',
    40_000,
  );
  const call = ended['call'] as { line: string; direction: string; answeredBy: string; rings: number };
  assert.is(call.line, 'L01');
  assert.is(call.direction, 'incoming');
  assert.is(call.answeredBy, 'pbx');
  assert.ok(call.rings >= 1);

  const [file] = await eventually(
    'a sealed recording',
    () => (recordings().length > 0 ? recordings() : undefined),
    20_000,
  );
  const full = path.join(room.dataFolder, 'audio', file ?? '');
  const probe = spawnSync(
    'ffprobe',
    ['-v', 'error', '-show_entries', 'stream=codec_name,sample_rate:format=duration', '-of', 'json', full],
    { encoding: 'utf8' },
  );
  assert.is(probe.status, 0, probe.stderr);
  const probed = JSON.parse(probe.stdout) as {
    streams: { codec_name: string }[];
    format: { duration: string };
  };
  assert.is(probed.streams[0]?.codec_name, 'opus');

  const rows = await eventually('what the card played', () => {
    const mine = room.played().filter(({ line }) => line === 1);
    return mine.some(({ what }) => what === 'played') ? mine : undefined;
  });
  const played = rows.find(({ what }) => what === 'played');
  assert.ok(played?.file !== undefined);
  const source = samplesOf(readFileSync(path.join(room.wavFolder, played.file)).subarray(44));
  const decoded = spawnSync(
    'ffmpeg',
    ['-v', 'error', '-i', full, '-f', 's16le', '-ar', '8000', '-ac', '1', '-'],
    { maxBuffer: 1 << 28 },
  );
  assert.is(decoded.status, 0, decoded.stderr.toString());
  const heard = samplesOf(decoded.stdout);
  const { correlation, lag } = bestCorrelation(source, heard);
  assert.ok(correlation > 0.9, `correlation ${correlation}`);

  const api = await archiveRow();
  const offHook = rows.find(({ what }) => what === 'off-hook');
  assert.ok(offHook !== undefined && api.answeredAt !== null);
  // The virtual exchange rings 1 s on, 4 s off: after 3 s the line is answered in silence.
  assert.ok(
    Math.abs(api.answeredAt - offHook.wall) <= 50,
    `answered ${api.answeredAt - offHook.wall} ms off`,
  );
  const startOfSource = api.startedAt + (lag / 8000) * 1000;
  assert.ok(Math.abs(startOfSource - played.wall) <= 50, `audio ${startOfSource - played.wall} ms off`);
});

test('the PBX dies: the alarm sounds, idle lines reach their phones at once, the busy one when its call ends', async () => {
  await room.order('call in 2 answer 1 talk 60 patience 30');
  await room.lineIs('L02', 'signal', 'off-hook');
  const from = room.events.length;
  await room.order('pbx-dead hung');
  room.pbx.setAlive(false);
  await room.event(({ kind, state: to }) => kind === 'bypass-room' && to === 'tripped', 'the trip', 20_000);
  await room.lineIs('L01', 'bypass', 'bypass');
  await room.lineIs('L03', 'bypass', 'bypass');
  assert.is(state('state/line/L02')?.['bypass'], 'waiting');
  assert.ok(state('state/alarm/room/bypass.tripped') !== undefined);
  await eventually(
    'the horn',
    async () =>
      (JSON.parse(await room.order('state')) as { outputs: boolean[] }).outputs[0] === true || undefined,
  );
  // A hung switch holds its port; the call ends when the person at it hangs up.
  await room.order('hang up 2 near');
  await room.lineIs('L02', 'bypass', 'bypass', 40_000);
  const moved = room.events.slice(from).filter(({ kind }) => kind === 'bypass-line');
  assert.not.ok(
    moved.some(({ cutCall }) => cutCall !== undefined),
    'no call was cut',
  );
  const card = await room.cardState();
  assert.equal(
    card.lines.slice(0, 3).map(({ contact }) => contact),
    ['bypass', 'bypass', 'bypass'],
  );
});

test('in bypass a call reaches the seat phone and is recorded as such', async () => {
  const from = room.events.length;
  await room.order('call in 3 answer 2 talk 4');
  const ended = await eventually(
    'the call in bypass',
    () =>
      room.events
        .slice(from)
        .find(
          ({ kind, phase, call }) =>
            kind === 'call' && phase === 'ended' && (call as { line: string }).line === 'L03',
        ),
    40_000,
  );
  const call = ended['call'] as { answeredBy: string; bypass: boolean };
  assert.is(call.answeredBy, 'phone');
  assert.is(call.bypass, true);
});

test('mains fail: the UPS on battery is an alarm with its runtime', async () => {
  await room.upsOrder('power off');
  await eventually(
    'on battery',
    () => [...room.topics].find(([topic, payload]) => topic.includes('ups.on-battery') && payload !== ''),
    20_000,
  );
  await room.upsOrder('power on');
});

test('the PBX returns: lines go back one by one, and a call that is up is not cut', async () => {
  await room.order('pbx-return');
  room.pbx.setAlive(true);
  await eventually(
    'settling',
    () => ['settling', 'restoring'].includes(String(state('state/room')?.['bypass'])) || undefined,
    20_000,
  );
  await room.order('call in 1 answer 1 talk 45 patience 30');
  await room.lineIs('L01', 'signal', 'off-hook');
  await room.lineIs('L02', 'bypass', 'normal', 90_000);
  assert.is(state('state/line/L01')?.['bypass'], 'bypass', 'the busy line stays with its phone');
  await room.lineIs('L01', 'bypass', 'normal', 90_000);
  await eventually('steady', () => state('state/room')?.['bypass'] === 'steady' || undefined, 60_000);
  const calls = room.events.filter(({ kind, phase }) => kind === 'call' && phase === 'ended');
  assert.ok(calls.length >= 4);
  assert.not.ok(calls.some(({ call }) => (call as { end: string }).end === 'cut-over'));
});

test('every recording verifies, and an orderly end says offline', async () => {
  await eventually('all recordings', () => recordings().length >= 4 || undefined);
  const verify = linekeeper(['verify', '--json'], { LINEKEEPER_DATA: room.dataFolder });
  assert.is(await verify.ended, 0, verify.output);
  room.program?.kill('SIGTERM');
  assert.is(await room.program?.ended, 0);
  await eventually('offline', () => room.topics.get('linekeeper/real/presence') === 'offline' || undefined);
});

const samplesOf = (bytes: Buffer): Int16Array =>
  new Int16Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + (bytes.length & ~1)));

/** The lag in `heard` at which 3 s out of the middle of `source` fit best, by normalised cross-correlation. */
function bestCorrelation(source: Int16Array, heard: Int16Array): { correlation: number; lag: number } {
  const length = Math.min(24_000, source.length);
  const begin = Math.floor((source.length - length) / 2);
  const energy = (samples: Int16Array, from: number): number => {
    let sum = 0;
    for (let i = 0; i < length; i++) sum += (samples[from + i] ?? 0) ** 2;
    return Math.sqrt(sum);
  };
  const own = energy(source, begin);
  const at = (offset: number, step: number): number => {
    let sum = 0;
    for (let i = 0; i < length; i += step) sum += (source[begin + i] ?? 0) * (heard[offset + i] ?? 0);
    return sum;
  };
  let best = { offset: 0, score: -Infinity };
  for (let offset = 0; offset + length <= heard.length; offset++) {
    const score = at(offset, 16);
    if (score > best.score) best = { offset, score };
  }
  const correlation = at(best.offset, 1) / (own * energy(heard, best.offset) || 1);
  return { correlation, lag: best.offset - begin };
}

/** The newest recording's own times, from the database of the archive, opened read-only. */
async function archiveRow(): Promise<{ startedAt: number; answeredAt: number | null }> {
  const { default: Database } = await import('better-sqlite3');
  const database = new Database(path.join(room.dataFolder, 'archive.db'), { readonly: true });
  try {
    const row = database
      .prepare(
        'select r.started_at as startedAt, c.answered_at as answeredAt from recordings r left join calls c on c.id = r.call_id order by r.serial limit 1',
      )
      .get() as { startedAt: number; answeredAt: number | null };
    return row;
  } finally {
    database.close();
  }
}

test.run();
