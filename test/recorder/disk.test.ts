import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { RecorderRig } from './rig.ts';
import { memoryMsMax } from '../../src/recorder/recorder.ts';
import { speech } from '../signal/voices.ts';

const voice = speech(20_000, 31, 9000);

async function recording(): Promise<RecorderRig> {
  const room = new RecorderRig(['L01']);
  room.sound = (_line, first, out) => {
    for (let index = 0; index < out.length; index++) out[index] = voice[(first + index) % voice.length] ?? 0;
    return true;
  };
  await room.begin();
  await room.run(1000);
  room.start('r', 'L01', room.nowMs);
  await room.run(2000);
  return room;
}

for (const [code, type] of [
  ['ENOSPC', 'disk.full'],
  ['EDQUOT', 'disk.full'],
  ['EROFS', 'disk.not-writable'],
  ['EIO', 'disk.not-writable'],
] as const)
  test(`${code} for half a minute: ${type} is told once, nothing is lost, and it is told when it is over`, async () => {
    const room = await recording();
    room.disk.refuses = code;
    await room.run(30_000);
    assert.ok(room.disk.refused > 5);
    assert.equal(
      room.of('condition').map(({ type, active }) => [type, active]),
      [[type, true]],
    );
    room.disk.refuses = undefined;
    await room.run(5000);
    assert.equal(
      room.of('condition').map(({ type, active }) => [type, active]),
      [
        [type, true],
        [type, false],
      ],
    );
    room.stop('r', 'L01', room.nowMs);
    await room.run(1000);
    assert.is(room.offered[0]?.durationMs, 37_000);
    assert.is(room.offered[0]?.lostSamples, 0);
    assert.is(room.file(room.offered[0]).isEnded, true);
  });

test('longer than memory holds: the beginning is kept, the rest is a counted gap, and it goes on when space returns', async () => {
  const room = await recording();
  room.disk.refuses = 'ENOSPC';
  await room.run(memoryMsMax * 2.5);
  room.disk.refuses = undefined;
  await room.run(5000);
  room.stop('r', 'L01', room.nowMs);
  await room.run(1000);
  const [recording_] = room.offered;
  assert.is(recording_?.durationMs, 2000 + memoryMsMax * 2.5 + 5000);
  const lostMs = (recording_?.lostSamples ?? 0) / 8;
  assert.ok(lostMs > 1000 && lostMs <= memoryMsMax * 1.5 + 3000, `${lostMs} ms lost`);
  assert.is(room.file(recording_).samples, (recording_?.durationMs ?? 0) * 8);
});

test('a call that came and went while the disk was full is sealed afterwards', async () => {
  const room = await recording();
  room.disk.refuses = 'ENOSPC';
  await room.run(1000);
  room.stop('r', 'L01', room.nowMs);
  await room.run(1000);
  room.start('s', 'L01', room.nowMs);
  await room.run(3000);
  room.stop('s', 'L01', room.nowMs);
  await room.run(5000);
  assert.is(room.offered.length, 0);
  room.disk.refuses = undefined;
  await room.run(5000);
  assert.equal(room.offered.map(({ id, durationMs, lostSamples }) => [id, durationMs, lostSamples]).sort(), [
    ['r', 3000, 0],
    ['s', 3000, 0],
  ]);
});

test('a disk that hangs never stops the encoder and is told after some seconds', async () => {
  const room = await recording();
  let letGo = (): void => undefined;
  room.disk.hangs = new Promise((resolve) => (letGo = resolve));
  await room.run(10_000);
  assert.equal(
    room.of('condition').map(({ type, active }) => [type, active]),
    [['disk.not-writable', true]],
  );
  room.disk.hangs = undefined;
  letGo();
  await room.recorder.settled();
  await room.run(3000);
  assert.is(room.of('condition').at(-1)?.active, false);
  room.stop('r', 'L01', room.nowMs);
  await room.run(1000);
  assert.is(room.offered[0]?.lostSamples, 0);
  assert.is(room.offered[0]?.durationMs, 15_000);
});

test('a full disk while closing: the recorder still ends, and the next start seals what the log had', async () => {
  const room = await recording();
  room.disk.refuses = 'ENOSPC';
  await room.run(1000);
  await room.recorder.close();
  assert.is(room.messages.at(-1)?.kind, 'closed');
  room.disk.refuses = undefined;
  await room.startAgain(room.disk, 2);
  await room.run(500);
  assert.is(room.offered[0]?.recovered, true);
  assert.ok((room.offered[0]?.durationMs ?? 0) >= 1900);
});

test('a data folder that cannot be read at start is told, and recording goes on when it can be written', async () => {
  const room = new RecorderRig(['L01']);
  room.disk.list = () => Promise.reject(Object.assign(new Error('EACCES: no'), { code: 'EACCES' }));
  await room.begin();
  assert.equal(
    room.of('condition').map(({ type, active }) => [type, active]),
    [['disk.not-writable', true]],
  );
  room.start('r', 'L01', room.nowMs);
  await room.run(2000);
  room.stop('r', 'L01', room.nowMs);
  await room.run(1000);
  assert.is(room.offered.length, 1);
});

test.run();
