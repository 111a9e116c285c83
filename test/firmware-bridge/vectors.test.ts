import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { stuff } from '../../firmware-bridge/codec/cobs.ts';
import { FrameReader, FrameWriter } from '../../firmware-bridge/codec/frame.ts';
import type { Frame } from '../../firmware-bridge/codec/frame.ts';
import { readParts } from '../../firmware-bridge/codec/messages.ts';
import { crcBytes, headerBytes, sealBytes } from '../../firmware-bridge/codec/protocol.ts';
import { directionKey, sessionSeals } from '../../firmware-bridge/codec/seal.ts';
import { audioFrame, lineFrame, readAudio, readLine } from '../../firmware-bridge/codec/stream.ts';
import { compress, expand } from '../../firmware-bridge/codec/a-law.ts';
import { kindOf, messageKinds, patternSample, payloadOf, vectors } from './vectors.ts';

const names = { ...vectors.seal, key: Buffer.from(vectors.seal.key, 'hex') };
const otherSide = { host: 'card', card: 'host' } as const;

/** Reads the wire bytes of one frame and hands it to `look`. */
function readWire(wire: string, look: (frame: Frame) => void): FrameReader {
  const reader = new FrameReader(look);
  reader.push(Buffer.from(wire, 'hex'));
  return reader;
}

for (const vector of vectors.frames) {
  test(`writes: ${vector.name}`, () => {
    const writer = new FrameWriter();
    for (let i = 0; i < vector.sequence; i++) writer.frame(0, Buffer.alloc(0));
    const seal = vector.sealed ? sessionSeals(vector.from, names).send : undefined;
    assert.is(
      writer.frame(kindOf(vector.message).type, payloadOf(vector), seal).toString('hex'),
      vector.wire,
    );
  });

  test(`reads: ${vector.name}`, () => {
    let seen = 0;
    const { head, part, type } = kindOf(vector.message);
    const reader = readWire(vector.wire, (frame) => {
      seen++;
      assert.is(frame.type, type);
      assert.is(frame.version, 1);
      assert.is(frame.sequence, vector.sequence);
      assert.is(frame.sealed, vector.sealed);
      assert.is(
        frame.bytes.toString('hex', 0, frame.end + (frame.sealed ? sealBytes : 0) + crcBytes),
        vector.raw,
      );
      if (vector.sealed) assert.is(sessionSeals(otherSide[vector.from], names).receive.check(frame), 'good');
      if (head !== undefined) assert.equal(head.read(frame.bytes, frame.start, frame.end), vector.fields);
      if (head !== undefined && part !== undefined)
        assert.equal(
          readParts(part, vector.parts?.length ?? 0, frame.bytes, frame.start + head.bytes, frame.end),
          vector.parts,
        );
      if (vector.channels !== undefined) {
        const line = lineFrame();
        assert.ok(readLine(frame, line));
        assert.is(line.counter, vector.fields['counter']);
        assert.equal(line.channel.slice(0, line.channels), vector.channels);
      }
      if (vector.audio !== undefined) {
        const audio = audioFrame();
        assert.ok(readAudio(frame, audio));
        assert.is(audio.counter, vector.fields['counter']);
        assert.is(audio.mask, vector.audio.mask);
        const { format, mask } = vector.audio;
        for (let channel = 0; channel < 8; channel++)
          for (let i = 0; i < 160; i++) {
            const sample = patternSample(channel, i);
            const expected =
              ((mask >> channel) & 1) === 0 ? 0 : format === 1 ? expand(compress(sample)) : sample;
            assert.is(audio.linear[channel * 160 + i], expected);
          }
      }
    });
    assert.is(seen, 1);
    assert.is(reader.bad, 0);
  });
}

for (const { name, wire } of vectors.bad)
  test(`refuses: ${name}`, () => {
    const reader = readWire(wire, () => {
      assert.unreachable('a bad frame was accepted');
    });
    assert.is(reader.good, 0);
    assert.is(reader.bad, 1);
  });

for (const { name, raw, stuffed } of vectors.cobs)
  test(`COBS: ${name}`, () => {
    const from = Buffer.from(raw, 'hex');
    const into = Buffer.alloc(from.length + 8);
    assert.is(into.toString('hex', 0, stuff(from, from.length, into, 0)), stuffed);
  });

test('every message of the protocol has a vector', () => {
  const seen = new Set(vectors.frames.map(({ message }) => message));
  assert.equal(
    Object.keys(messageKinds).filter((name) => !seen.has(name)),
    [],
  );
});

test('the keys of both directions follow from key, session, nonces and serial number', () => {
  assert.is(directionKey('host', names).toString('hex'), vectors.seal.hostKey);
  assert.is(directionKey('card', names).toString('hex'), vectors.seal.cardKey);
});

test('every A-law code survives expansion and compression, and no sample is off by more than half a step', () => {
  for (let code = 0; code < 256; code++) assert.is(compress(expand(code)), code);
  for (let sample = -32768; sample < 32768; sample++) {
    const step = Math.max(16, 2 ** Math.floor(Math.log2(Math.abs(sample) + 1)) / 16);
    assert.ok(Math.abs(expand(compress(sample)) - sample) <= step / 2 + 16, String(sample));
  }
});

test('a payload that has grown is read up to the fields that we know, a short one is refused', () => {
  for (const vector of vectors.frames) {
    const { head } = kindOf(vector.message);
    if (head === undefined) continue;
    const payload = payloadOf(vector);
    const grown = Buffer.concat([payload, Buffer.alloc(7, 0xff)]);
    assert.equal(head.read(grown, 0, grown.length), vector.fields);
    assert.is(head.read(payload, 0, head.bytes - 1), undefined);
  }
});

test('a LINE or AUDIO whose head promises more than the payload holds is refused', () => {
  let refused = 0;
  for (const vector of vectors.frames.filter(({ message }) => message === 'LINE' || message === 'AUDIO')) {
    const payload = payloadOf(vector);
    for (const length of [0, 8, 11, 12, 15, payload.length - 1]) {
      new FrameReader((frame) => {
        assert.is(frame.end - headerBytes, length);
        assert.not(vector.message === 'LINE' ? readLine(frame, lineFrame()) : readAudio(frame, audioFrame()));
        refused++;
      }).push(new FrameWriter().frame(kindOf(vector.message).type, payload.subarray(0, length)));
    }
  }
  assert.is(refused, 24);
});

test.run();
