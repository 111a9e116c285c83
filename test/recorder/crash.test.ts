import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { MemoryDisk, RecorderRig, correlate, decode } from './rig.ts';
import { chance, speech } from '../signal/voices.ts';

const originMs = 100_000;
const voice = speech(40_000, 21, 9000);
const play = (_line: string, first: number, out: Int16Array): boolean => {
  for (let index = 0; index < out.length; index++) out[index] = voice[first - originMs * 8 + index] ?? 0;
  return true;
};

async function recording(ms: number, ids: readonly string[] = ['r']): Promise<RecorderRig> {
  const room = new RecorderRig(ids.map((_, index) => `L0${index + 1}`));
  room.sound = play;
  await room.begin();
  await room.run(3000);
  for (const [index, id] of ids.entries()) room.start(id, `L0${index + 1}`, room.nowMs);
  await room.run(ms);
  return room;
}
const fromMs = originMs + 3000;

test('power cut at any moment: every recording is there after the start, at most its last second is lost', async () => {
  const random = chance(20261123);
  let cuts = 0;
  let lostMost = 0;
  for (let round = 0; round < 25; round++) {
    const ranMs = 20 * Math.ceil((1000 + random() * 6000) / 20);
    const room = await recording(ranMs, ['a', 'b', 'c']);
    await room.startAgain(room.disk.afterPowerCut(round + 1), 2);
    assert.is(room.of('ready')[0]?.recovered, 3);
    await room.run(500);
    assert.equal(room.offered.map(({ id }) => id).sort(), ['a', 'b', 'c']);
    for (const sealed of room.offered) {
      assert.is(sealed.recovered, true);
      const lostMs = ranMs - sealed.durationMs;
      assert.ok(lostMs >= 0 && lostMs <= 1000, `${lostMs} ms of ${ranMs} lost`);
      lostMost = Math.max(lostMost, lostMs);
      const ogg = room.file(sealed);
      assert.is(ogg.isEnded, true);
      cuts++;
    }
  }
  assert.ok(cuts === 75 && lostMost > 100, `the cuts cost something: ${lostMost} ms`);
});

test('the log cut at any byte: what was whole before the cut is sealed and sounds like the line', async () => {
  const room = await recording(3000);
  const [name, file] = [...room.disk.files].find(([name]) => name.endsWith('.lklog')) ?? [];
  if (name === undefined || file === undefined) throw new Error('no log');
  let sealedCount = 0;
  let emptyCount = 0;
  for (let cut = 0; cut <= file.bytes.length; cut += 97) {
    const disk = new MemoryDisk();
    disk.files.set(name, { bytes: Buffer.from(file.bytes.subarray(0, cut)), syncedBytes: cut });
    const again = new RecorderRig(['L01'], disk, 2);
    await again.begin();
    await again.run(200);
    const [sealed] = again.offered;
    if (sealed === undefined) {
      emptyCount++;
      continue;
    }
    sealedCount++;
    const heard = decode(again.file(sealed));
    assert.ok(Math.abs(heard.length - sealed.durationMs * 8) <= 4);
    if (sealed.durationMs > 1000)
      assert.ok(correlate(heard, voice.subarray((fromMs - originMs) * 8), 8).likeness >= 0.9);
  }
  assert.ok(sealedCount > 20 && emptyCount > 0);
});

test('damage in the middle of a segment: what lies before it is sealed, the damage is told', async () => {
  const room = await recording(4000);
  const [, file] = [...room.disk.files].find(([name]) => name.endsWith('.lklog')) ?? [];
  if (file === undefined) throw new Error('no log');
  file.bytes[Math.floor(file.bytes.length / 2)] = (file.bytes[Math.floor(file.bytes.length / 2)] ?? 0) ^ 4;
  await room.startAgain(room.disk, 2);
  await room.run(200);
  const ms = room.offered[0]?.durationMs ?? 0;
  assert.ok(ms > 1500 && ms < 2500, `${ms} ms`);
  assert.match(room.logged[0] ?? '', /damage in \d{8}\.lklog at byte \d+/);
});

test('a crash between stop and seal loses nothing, and the recording does not count as recovered', async () => {
  const room = await recording(2000);
  room.stop('r', 'L01', room.nowMs);
  room.disk.hangs = undefined;
  await room.run(20);
  const disk = room.disk.afterPowerCut(1);
  for (const name of [...disk.files.keys()]) if (name.endsWith('.opus')) disk.files.delete(name);
  // Everything that was written is in the log of this crash: a killed process, not a power cut.
  for (const [name, { bytes }] of room.disk.files)
    if (name.endsWith('.lklog'))
      disk.files.set(name, { bytes: Buffer.from(bytes), syncedBytes: bytes.length });
  await room.startAgain(disk, 2);
  await room.run(200);
  assert.is(room.offered[0]?.durationMs, 2000);
});

test('sealing twice gives the same bytes', async () => {
  const room = await recording(2000);
  const disk = room.disk.afterPowerCut(1);
  await room.startAgain(disk.afterPowerCut(1), 2);
  await room.run(200);
  const first = room.offered[0];
  await room.startAgain(disk.afterPowerCut(1), 2);
  await room.run(200);
  assert.is(room.offered[0]?.sha256, first?.sha256);
  assert.ok(first !== undefined);
});

test('a sealed recording that the archive never took is offered after the start, not sealed again', async () => {
  const room = await recording(1000);
  room.archiveStores = false;
  room.stop('r', 'L01', room.nowMs);
  await room.run(2000);
  const [before] = room.offered;
  const files = room.disk.files.size;
  room.archiveStores = true;
  await room.startAgain(room.disk, 2);
  assert.equal(room.offered[0], before);
  assert.is(room.of('ready')[0]?.recovered, 0);
  assert.is(room.disk.files.size, files);
});

test('what the archive has taken is not offered again, though its segment is still needed by another recording', async () => {
  const room = await recording(1000, ['a', 'b']);
  room.stop('a', 'L01', room.nowMs);
  await room.run(1000);
  assert.equal(
    room.offered.map(({ id }) => id),
    ['a'],
  );
  await room.startAgain(room.disk, 2);
  await room.run(500);
  assert.equal(
    room.offered.map(({ id }) => id),
    ['b'],
  );
});

test('a dead recorder of the same process: the guard offers the recording again and not a sample is lost', async () => {
  const room = await recording(2000);
  room.nowMs += 700;
  for (let ms = 20; ms <= 700; ms += 20) {
    const frame = new Int16Array(160);
    const first = (room.nowMs - 700 + ms) * 8 - 160;
    play('L01', first, frame);
    room.rings.get('L01')?.writer.write(((first + 159) / 8) as never, frame, 0, 160);
  }
  await room.startAgain(room.disk, 1);
  assert.is(room.offered.length, 0, 'held for the guard');
  room.start('r', 'L01', fromMs);
  await room.run(1300);
  room.stop('r', 'L01', room.nowMs);
  await room.run(500);
  const [sealed] = room.offered;
  assert.is(sealed?.durationMs, 4000);
  assert.is(sealed?.lostSamples, 0);
  const { likeness, shift } = correlate(decode(room.file(sealed)), voice.subarray((fromMs - originMs) * 8));
  assert.ok(likeness >= 0.9 && Math.abs(shift) <= 8, `${likeness} ${shift}`);
});

test('a dead recorder of the same process and no offer: sealed after three seconds with what is there', async () => {
  const room = await recording(2000);
  await room.startAgain(room.disk, 1);
  await room.run(2900);
  assert.is(room.offered.length, 0);
  await room.run(300);
  assert.is(room.offered.length, 1);
  assert.is(room.offered[0]?.recovered, true);
});

test('a stop for a recording that is held takes the rest from the ring', async () => {
  const room = await recording(2000);
  await room.startAgain(room.disk, 1);
  await room.run(500);
  room.stop('r', 'L01', room.nowMs);
  await room.run(500);
  assert.is(room.offered[0]?.durationMs, 2500);
});

test('leftovers of a seal that was cut off are removed', async () => {
  const disk = new MemoryDisk();
  disk.files.set('/data/capture/4.new', { bytes: Buffer.from('half'), syncedBytes: 4 });
  const room = new RecorderRig(['L01'], disk);
  await room.begin();
  assert.is(disk.files.size, 0);
});

test.run();
