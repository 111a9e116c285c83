import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { crc32 } from '@node-rs/crc32';
import fc from 'fast-check';
import { FrameReader, FrameWriter, lostBetween } from '../../firmware-bridge/codec/frame.ts';
import { cobsBytesMax, stuff } from '../../firmware-bridge/codec/cobs.ts';
import { crcBytes, headerBytes, payloadBytesMax } from '../../firmware-bridge/codec/protocol.ts';
import { audioFrame, lineFrame, readAudio, readLine } from '../../firmware-bridge/codec/stream.ts';
import { sessionSeals } from '../../firmware-bridge/codec/seal.ts';
import { messageKinds, vectors } from './vectors.ts';
import { seed } from '../seeded.ts';

/** Mulberry32: the loops below must be repeatable from the printed seed. */
function chance(start: number): () => number {
  let state = start >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 0x1_0000_0000;
  };
}

const wires = vectors.frames.map(({ wire }) => Buffer.from(wire, 'hex'));
const raws = new Set(vectors.frames.map(({ raw }) => raw));
const pick = <T>(list: readonly T[], random: () => number): T => {
  const one = list[Math.floor(random() * list.length)];
  if (one === undefined) throw new Error('empty list');
  return one;
};

test('bytes pushed in any pieces give the same frames', () => {
  const all = Buffer.concat(wires);
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 2000 }), { minLength: 1, maxLength: 60 }), (sizes) => {
      const types: number[] = [];
      const reader = new FrameReader((frame) => types.push(frame.type));
      let at = 0;
      for (const size of sizes) {
        reader.push(all.subarray(at, at + size));
        at += size;
      }
      reader.push(all.subarray(at));
      assert.is(types.length, wires.length);
      assert.is(reader.bad, 0);
    }),
    { seed, numRuns: 200 },
  );
});

test('any payload up to the limit comes back as it went, one byte more is refused by the writer', () => {
  let zeros = 0;
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: payloadBytesMax }),
      fc.integer({ min: 0, max: 255 }),
      (payload, type) => {
        if (payload.includes(0)) zeros++;
        let seen = 0;
        new FrameReader((frame) => {
          seen++;
          assert.is(frame.type, type);
          assert.ok(frame.bytes.subarray(frame.start, frame.end).equals(payload));
        }).push(new FrameWriter().frame(type, payload));
        assert.is(seen, 1);
      },
    ),
    { seed, numRuns: 400 },
  );
  assert.ok(zeros > 0);
  let length = 0;
  new FrameReader((frame) => (length = frame.end - frame.start)).push(
    new FrameWriter().frame(1, Buffer.alloc(payloadBytesMax)),
  );
  assert.is(length, payloadBytesMax);
  assert.throws(() => new FrameWriter().frame(1, Buffer.alloc(payloadBytesMax + 1)), /at most 4096/);
});

test('a payload of 4097 bytes is no frame, even with a right length and CRC', () => {
  for (const length of [payloadBytesMax, payloadBytesMax + 1]) {
    const raw = Buffer.alloc(headerBytes + length + crcBytes, 1);
    raw[2] = 0;
    raw.writeUInt16LE(length, 4);
    raw.writeUInt32LE(crc32(raw.subarray(0, -crcBytes)), headerBytes + length);
    const wire = Buffer.alloc(cobsBytesMax(raw.length) + 1);
    stuff(raw, raw.length, wire, 0);
    const reader = new FrameReader(() => undefined);
    reader.push(wire);
    assert.is(reader.good, length === payloadBytesMax ? 1 : 0);
  }
});

test('stuffing never writes a zero and never grows past its bound', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 1200 }), (raw) => {
      const into = new Uint8Array(cobsBytesMax(raw.length) + 1);
      const end = stuff(raw, raw.length, into, 0);
      assert.ok(end <= cobsBytesMax(raw.length));
      assert.not(into.subarray(0, end).includes(0));
    }),
    { seed, numRuns: 400 },
  );
});

test('random bytes are never a frame and never throw', () => {
  const random = chance(seed);
  let bad = 0;
  for (let round = 0; round < 400; round++) {
    const reader = new FrameReader(() => {
      assert.unreachable('noise was accepted as a frame');
    });
    reader.push(Buffer.from(Array.from({ length: 3000 }, () => Math.floor(random() * 256))));
    bad += reader.bad;
  }
  assert.ok(bad > 1000);
});

test('frames that are turned, cut, doubled or mixed with noise: none bad is accepted, the next good one always is', () => {
  const random = chance(seed + 1);
  let good = 0;
  let bad = 0;
  let bitsTurned = 0;
  let cut = 0;
  let joined = 0;
  let noisy = 0;
  for (let round = 0; round < 6000; round++) {
    const seen: string[] = [];
    const reader = new FrameReader((frame) =>
      seen.push(frame.bytes.toString('hex', 0, frame.end + (frame.sealed ? 28 : 4))),
    );
    const victim = Buffer.from(pick(wires, random));
    switch (Math.floor(random() * 4)) {
      case 0: {
        bitsTurned++;
        const turns = 1 + Math.floor(random() * 8);
        for (let i = 0; i < turns; i++) {
          const at = Math.floor(random() * victim.length);
          victim[at] = (victim[at] ?? 0) ^ (1 << Math.floor(random() * 8));
        }
        reader.push(victim);
        break;
      }
      case 1:
        cut++;
        reader.push(victim.subarray(Math.floor(random() * victim.length)));
        reader.push(victim.subarray(0, Math.floor(random() * victim.length)));
        break;
      case 2:
        joined++;
        reader.push(victim.subarray(0, victim.length - 1));
        reader.push(pick(wires, random));
        break;
      default:
        noisy++;
        reader.push(
          Buffer.from(Array.from({ length: Math.floor(random() * 6000) }, () => Math.floor(random() * 256))),
        );
    }
    // The damage may have eaten the zero that ends it: the sender's next zero brings the reader back into step.
    reader.push(Buffer.from([0]));
    const before = seen.length;
    const next = pick(wires, random);
    reader.push(next);
    assert.is(seen.length, before + 1, 'the first whole frame after damage was not read');
    assert.ok(
      seen.every((raw) => raws.has(raw)),
      'a damaged frame was accepted',
    );
    good += reader.good;
    bad += reader.bad;
  }
  assert.ok(good >= 6000);
  assert.ok(bad > 4000, String(bad));
  for (const count of [bitsTurned, cut, joined, noisy]) assert.ok(count > 1000);
});

test('a damaged frame costs at most itself and its neighbour, even without a zero to spare', () => {
  const random = chance(seed + 2);
  let lostWorst = 0;
  for (let round = 0; round < 2000; round++) {
    const frames = Array.from({ length: 8 }, () => pick(wires, random));
    const stream = Buffer.concat(frames);
    const at = Math.floor(
      random() * (stream.length - frames.slice(-2).reduce((sum, one) => sum + one.length, 0)),
    );
    stream[at] = (stream[at] ?? 0) ^ (1 + Math.floor(random() * 255));
    const reader = new FrameReader(() => undefined);
    reader.push(stream);
    lostWorst = Math.max(lostWorst, 8 - reader.good);
    assert.ok(reader.good >= 6, `${reader.good} of 8 frames read`);
    assert.is(reader.resyncs, 1);
  }
  assert.ok(lostWorst > 0);
});

test('reading any good frame as any message never throws', () => {
  const random = chance(seed + 3);
  const line = lineFrame();
  const audio = audioFrame();
  let read = 0;
  let refused = 0;
  const reader = new FrameReader((frame) => {
    for (const { head } of Object.values(messageKinds))
      if (head?.read(frame.bytes, frame.start, frame.end) === undefined) refused++;
      else read++;
    if (readLine(frame, line)) read++;
    if (readAudio(frame, audio)) read++;
  });
  for (let round = 0; round < 2000; round++) {
    const payload = Buffer.from(
      Array.from({ length: Math.floor(random() * 400) }, () => Math.floor(random() * 256)),
    );
    reader.push(new FrameWriter().frame(Math.floor(random() * 256), payload));
  }
  assert.is(reader.good, 2000);
  assert.ok(read > 0 && refused > 0);
});

test('a sealed frame is accepted once, and never after any change of one byte', () => {
  const random = chance(seed + 4);
  const names = { ...vectors.seal, key: Buffer.from(vectors.seal.key, 'hex') };
  let wrong = 0;
  for (let round = 0; round < 500; round++) {
    const host = sessionSeals('host', names);
    const card = sessionSeals('card', names);
    const wire = new FrameWriter().frame(0x10, Buffer.from('0123456789'), host.send);
    let verdict = '';
    const reader = new FrameReader((frame) => {
      verdict = card.receive.check(frame);
      assert.is(verdict, 'good');
      assert.is(card.receive.check(frame), 'replayed');
      // Somebody who can make a right CRC but has no key.
      const at = Math.floor(random() * (frame.end + 24));
      frame.bytes[at] = (frame.bytes[at] ?? 0) ^ (1 + Math.floor(random() * 255));
      if (sessionSeals('card', names).receive.check(frame) === 'wrong') wrong++;
    });
    reader.push(wire);
    assert.is(verdict, 'good');
  }
  assert.is(wrong, 500);
});

test('a lost frame is counted, a repeated or restarted sequence is not', () => {
  assert.is(lostBetween(0, 1), 0);
  assert.is(lostBetween(0, 4), 3);
  assert.is(lostBetween(0xfffe, 1), 2);
  assert.is(lostBetween(5, 5), 0);
  assert.is(lostBetween(500, 0), 0);
  assert.is(lostBetween(0, 0x7fff), 0x7ffe);
  assert.is(lostBetween(0, 0x8000), 0);
});

test.run();
