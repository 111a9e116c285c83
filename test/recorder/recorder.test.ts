import { createHash } from 'node:crypto';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { capturesPerLineMax } from '../../src/recorder/recorder.ts';
import { correlate, decode, RecorderRig } from './rig.ts';
import { monoMs } from '../../src/model/units.ts';
import { speech } from '../signal/voices.ts';

const voices = new Map([
  ['L01', speech(60_000, 11, 9000)],
  ['L02', speech(60_000, 12, 9000)],
]);
const originMs = 100_000;
/** Each line plays its own voice, from the moment at which the rig begins. */
const play = (line: string, first: number, out: Int16Array): boolean => {
  const voice = voices.get(line);
  for (let index = 0; index < out.length; index++) out[index] = voice?.[first - originMs * 8 + index] ?? 0;
  return true;
};
const playedFrom = (line: string, ms: number): Int16Array =>
  voices.get(line)?.subarray((ms - originMs) * 8) ?? new Int16Array();

async function rig(lines = ['L01'], ms = 4000): Promise<RecorderRig> {
  const room = new RecorderRig(lines);
  room.sound = play;
  await room.begin();
  await room.run(ms);
  return room;
}

test('a recording begins with the pre-roll, ends with the hang-over and sounds like the line', async () => {
  const room = await rig();
  room.start('r1', 'L01', room.nowMs - 2000);
  const from = room.nowMs - 2000;
  await room.run(5000);
  room.stop('r1', 'L01', room.nowMs + 3000);
  const to = room.nowMs + 3000;
  await room.run(4000);
  const [recording] = room.offered;
  assert.is(room.offered.length, 1);
  assert.is(recording?.durationMs, to - from);
  assert.is(recording?.lostSamples, 0);
  assert.is(recording?.recovered, false);
  const ogg = room.file(recording);
  assert.is(ogg.isEnded, true);
  assert.ok(Math.abs(ogg.samples - (to - from) * 8) <= 8);
  const { likeness, shift } = correlate(decode(ogg), playedFrom('L01', from));
  assert.ok(likeness >= 0.9, `likeness ${likeness}`);
  assert.ok(Math.abs(shift) <= 8, `shifted by ${shift} samples`);
  assert.equal(
    room.of('started').map(({ id }) => id),
    ['r1'],
  );
  assert.is(room.of('sealed')[0]?.path, recording?.path);
});

test('times, hash, size and name of a sealed recording are those of its file', async () => {
  const room = await rig();
  room.start('r/1', 'L01', room.nowMs - 1000);
  await room.run(2000);
  room.stop('r/1', 'L01', room.nowMs);
  await room.run(1000);
  const [recording] = room.offered;
  const { bytes, comments } = room.file(recording);
  assert.is(recording?.sha256, createHash('sha256').update(bytes).digest('hex'));
  assert.is(recording?.bytes, bytes.length);
  // Monotonic 103 s of a clock whose 0 is 08:00:00 UTC.
  assert.is(recording?.path, 'audio/2026/11/23/080143_L01_r-1.opus');
  assert.is(new Date(recording?.startedAt ?? 0).toISOString(), '2026-11-23T08:01:43.000Z');
  assert.is((recording?.endedAt ?? 0) - (recording?.startedAt ?? 0), 3000);
  assert.is(new Map(comments).get('LINEKEEPER_ID'), 'r/1');
});

test('two lines at once keep their own voices', async () => {
  const room = await rig(['L01', 'L02']);
  const from = room.nowMs;
  room.start('a', 'L01', from);
  room.start('b', 'L02', from);
  await room.run(4000);
  room.stop('a', 'L01', room.nowMs);
  room.stop('b', 'L02', room.nowMs);
  await room.run(1000);
  assert.is(room.offered.length, 2);
  for (const recording of room.offered) {
    const other = recording.line === 'L01' ? 'L02' : 'L01';
    const heard = decode(room.file(recording));
    assert.ok(correlate(heard, playedFrom(recording.line, from)).likeness >= 0.9);
    assert.ok(correlate(heard, playedFrom(other, from)).likeness < 0.5);
  }
});

test('a call within the hang-over of the one before gets its own recording; both are whole', async () => {
  const room = await rig();
  room.start('a', 'L01', room.nowMs);
  await room.run(2000);
  room.stop('a', 'L01', room.nowMs + 3000);
  await room.run(1000);
  room.start('b', 'L01', room.nowMs - 2000);
  await room.run(3000);
  room.stop('b', 'L01', room.nowMs);
  await room.run(1000);
  assert.equal(room.offered.map(({ id, durationMs }) => [id, durationMs]).sort(), [
    ['a', 5000],
    ['b', 5000],
  ]);
});

test('a gap is silence of its true length and is counted', async () => {
  const room = await rig();
  const from = room.nowMs;
  room.start('r', 'L01', from);
  await room.run(1000);
  room.sound = () => false;
  await room.run(500);
  room.sound = play;
  await room.run(1500);
  room.stop('r', 'L01', room.nowMs);
  await room.run(1000);
  const [recording] = room.offered;
  assert.is(recording?.lostSamples, 500 * 8);
  assert.is(recording?.durationMs, 3000);
  const heard = decode(room.file(recording));
  const tail = correlate(heard.subarray(1600 * 8), playedFrom('L01', from + 1600));
  assert.ok(tail.likeness >= 0.85 && Math.abs(tail.shift) <= 8, 'the voice behind the gap is in its place');
});

test('a card that falls silent before the end: the recording ends in time, the rest counts as lost', async () => {
  const room = await rig();
  room.start('r', 'L01', room.nowMs);
  await room.run(1000);
  room.sound = () => false;
  room.stop('r', 'L01', room.nowMs + 1000);
  await room.run(2900);
  assert.is(room.offered.length, 0, 'the last samples are waited for');
  await room.run(400);
  assert.is(room.offered[0]?.durationMs, 2000);
  assert.is(room.offered[0]?.lostSamples, 8000);
});

test('a stop that comes late cuts the recording where it was wanted', async () => {
  const room = await rig();
  const from = room.nowMs;
  room.start('r', 'L01', from);
  await room.run(3000);
  room.stop('r', 'L01', from + 1234);
  await room.run(500);
  assert.is(room.offered[0]?.durationMs, 1234);
  assert.ok(Math.abs(room.file(room.offered[0]).samples - 1234 * 8) <= 8);
});

test('a recorder that stood still for longer than the ring loses that much and says so', async () => {
  const room = await rig();
  const { recorder } = room;
  const from = room.nowMs;
  room.start('r', 'L01', from);
  await room.run(1000);
  // The lines go on while nobody takes their samples.
  const asleep = { tick: () => undefined, settled: () => Promise.resolve() };
  room.recorder = Object.assign(Object.create(recorder) as typeof recorder, asleep);
  await room.run(20_000);
  room.recorder = recorder;
  await room.run(5000);
  room.stop('r', 'L01', room.nowMs);
  await room.run(1000);
  const [recording] = room.offered;
  assert.is(recording?.durationMs, 26_000);
  assert.ok(
    (recording?.lostSamples ?? 0) > 4000 && (recording?.lostSamples ?? 0) < 8 * 6000,
    String(recording?.lostSamples),
  );
  const tailMs = 24_000;
  const tail = decode(room.file(recording)).subarray(tailMs * 8);
  const { likeness, shift } = correlate(tail, playedFrom('L01', from + tailMs));
  assert.ok(likeness >= 0.85 && Math.abs(shift) <= 8, 'what comes behind the loss is in its place');
});

test('a line that never had a sample fails its recording instead of making an empty file', async () => {
  const room = new RecorderRig(['L01']);
  room.sound = () => false;
  await room.begin();
  room.start('r', 'L01', room.nowMs);
  await room.run(500);
  room.stop('r', 'L01', room.nowMs);
  await room.run(3000);
  assert.is(room.of('failed')[0]?.id, 'r');
  assert.is(room.offered.length, 0);
});

test('asked twice, it answers twice and records once', async () => {
  const room = await rig();
  room.start('r', 'L01', room.nowMs);
  room.start('r', 'L01', room.nowMs);
  await room.run(1000);
  room.stop('r', 'L01', room.nowMs);
  room.stop('r', 'L01', room.nowMs + 500);
  await room.run(1000);
  room.stop('r', 'L01', room.nowMs);
  room.start('r', 'L01', room.nowMs);
  await room.run(200);
  assert.is(room.offered.length, 1);
  assert.is(room.offered[0]?.durationMs, 1000);
  assert.is(room.of('sealed').length, 3);
});

test('an unknown line, an unknown recording and one too many are refused with a reason', async () => {
  const room = await rig();
  room.start('x', 'L99', room.nowMs);
  room.stop('y', 'L01', room.nowMs);
  for (let count = 0; count <= capturesPerLineMax; count++) room.start(`r${count}`, 'L01', room.nowMs);
  assert.equal(
    room.of('failed').map(({ id }) => id),
    ['x', 'y', `r${capturesPerLineMax}`],
  );
  assert.is(room.of('started').length, capturesPerLineMax);
});

test('speech is told at most once a second, and only while somebody speaks', async () => {
  const room = await rig();
  room.start('r', 'L01', room.nowMs);
  await room.run(8000);
  const heard = room.of('speech');
  assert.ok(heard.length >= 3 && heard.length <= 8, `${heard.length} times`);
  for (const [index, { at }] of heard.entries()) {
    const before = heard[index - 1];
    if (before !== undefined) assert.ok(at - before.at >= 1000);
  }
  room.sound = (_line, _first, out) => out.fill(0).length > 0;
  await room.run(500);
  const silentFrom = room.of('speech').length;
  await room.run(3000);
  assert.is(room.of('speech').length, silentFrom);
});

test('the log goes when everything in it has been taken by the archive', async () => {
  const room = await rig();
  room.archiveStores = false;
  room.start('r', 'L01', room.nowMs);
  await room.run(2000);
  room.stop('r', 'L01', room.nowMs);
  await room.run(1000);
  assert.ok([...room.disk.files.keys()].some((name) => name.endsWith('.lklog')));
  room.archiveStores = true;
  await room.run(11_000);
  assert.is(room.offered.length, 2, 'offered again');
  await room.recorder.close();
  assert.equal(
    [...room.disk.files.keys()].filter((name) => !name.endsWith('.opus')),
    [],
  );
});

test('segments go one after another while a long recording ends and others run', async () => {
  const room = await rig(['L01', 'L02'], 1000);
  room.start('long', 'L02', room.nowMs);
  for (let count = 0; count < 10; count++) {
    room.start(`r${count}`, 'L01', room.nowMs);
    await room.run(2000);
    room.stop(`r${count}`, 'L01', room.nowMs);
  }
  await room.run(1000);
  room.stop('long', 'L02', room.nowMs);
  await room.run(1000);
  assert.is(room.offered.length, 11);
  assert.is(room.offered.find(({ id }) => id === 'long')?.durationMs, 21_000);
});

test('an orderly end seals what is running', async () => {
  const room = await rig(['L01', 'L02']);
  room.start('a', 'L01', room.nowMs);
  room.start('b', 'L02', room.nowMs);
  await room.run(2000);
  room.stop('b', 'L02', room.nowMs + 3000);
  await room.recorder.close();
  assert.equal(room.offered.map(({ id, durationMs }) => [id, durationMs]).sort(), [
    ['a', 2000],
    ['b', 2000],
  ]);
  assert.is(room.messages.at(-1)?.kind, 'closed');
});

test('a beat comes once a second', async () => {
  const room = await rig([], 10_000);
  assert.is(room.of('beat').length, 10);
});

test('a wall clock that was set labels the next recording', async () => {
  const room = await rig();
  room.recorder.take({
    kind: 'clock',
    clock: { mono: monoMs(room.nowMs), wall: Date.UTC(2027, 0, 1) as never },
  });
  room.start('r', 'L01', room.nowMs);
  await room.run(1000);
  room.stop('r', 'L01', room.nowMs);
  await room.run(500);
  assert.ok(room.offered[0]?.path.startsWith('audio/2027/01/01/000000_'));
});

test.run();
