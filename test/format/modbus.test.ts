import { test } from 'uvu';
import * as assert from 'uvu/assert';
import fc from 'fast-check';
import { crc16, findRtuAnswer, judgePdu, mbapFrame, readMbap, rtuFrame } from '../../src/format/modbus.ts';
import type { ExpectedRead } from '../../src/format/modbus.ts';
import '../seeded.ts';

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
const expected: ExpectedRead = { unit: 0x11, function: 3, count: 3 };
/** The example of the Modbus application protocol, with its unit and CRC. */
const answer = bytes('11 03 06 AE 41 56 52 43 40 49 AD');
const pdu = answer.slice(1, -2);

test('CRC of the published example', () => {
  assert.is(crc16(bytes('01 04 02 FF FF')), 0x80b8);
  assert.equal(rtuFrame(0x11, pdu), answer);
});

test('the answer is found behind noise, an echo and a foreign frame, and with junk after it', () => {
  const echo = rtuFrame(0x11, bytes('03 00 6B 00 03'));
  const foreign = rtuFrame(0x12, pdu);
  const exceptionOfOther = rtuFrame(0x12, bytes('83 02'));
  for (const before of [bytes(''), bytes('00 FF 13'), echo, foreign, exceptionOfOther, bytes('11 03 06')])
    assert.equal(findRtuAnswer(Uint8Array.of(...before, ...answer, 0x55, 0xaa), expected), pdu);
});

test('cut anywhere it is not there yet', () => {
  for (let length = 0; length < answer.length; length++)
    assert.is(findRtuAnswer(answer.subarray(0, length), expected), undefined);
});

test('any one bit turned and it is no answer', () => {
  for (let bit = 0; bit < answer.length * 8; bit++) {
    const hurt = answer.slice();
    hurt[bit >> 3] = (hurt[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    assert.is(findRtuAnswer(hurt, expected), undefined, `bit ${bit}`);
  }
});

test('an answer to another unit, function or count is not ours', () => {
  assert.is(findRtuAnswer(answer, { ...expected, unit: 0x10 }), undefined);
  assert.is(findRtuAnswer(answer, { ...expected, function: 4 }), undefined);
  for (const count of [1, 2, 4, 125]) assert.is(findRtuAnswer(answer, { ...expected, count }), undefined);
});

test('bits come eight to a byte', () => {
  const bits: ExpectedRead = { unit: 0x11, function: 2, count: 11 };
  const frame = rtuFrame(0x11, bytes('02 02 A5 05'));
  assert.equal(findRtuAnswer(frame, bits), bytes('02 02 A5 05'));
  for (const count of [8, 17]) assert.is(findRtuAnswer(frame, { ...bits, count }), undefined);
  assert.is(findRtuAnswer(frame, { ...bits, function: 1 }), undefined);
});

test('an exception answers the question, with any code', () => {
  for (const code of [1, 2, 7, 44, 255])
    assert.equal(
      findRtuAnswer(rtuFrame(0x11, Uint8Array.of(0x83, code)), expected),
      Uint8Array.of(0x83, code),
    );
  assert.is(judgePdu(bytes('83 02'), expected), 'exception');
  assert.is(judgePdu(bytes('83 02 00'), expected), 'wrong');
  assert.is(judgePdu(bytes('84 02'), expected), 'wrong');
  assert.is(judgePdu(bytes(''), expected), 'wrong');
});

test('MBAP frames are cut from a stream split anywhere', () => {
  const stream = Uint8Array.of(...mbapFrame(7, 1, pdu), ...mbapFrame(8, 2, bytes('83 02')));
  for (let split = 0; split <= stream.length; split++) {
    const first = readMbap(stream.subarray(0, split));
    const whole = mbapFrame(7, 1, pdu).length;
    assert.is(first.kind, split >= whole ? 'frame' : 'incomplete');
  }
  const first = readMbap(stream);
  assert.ok(first.kind === 'frame');
  assert.equal(
    { ...first, pdu: undefined },
    { kind: 'frame', transaction: 7, unit: 1, pdu: undefined, bytes: 15 },
  );
  assert.equal(first.pdu, pdu);
});

test('a stream that is not Modbus TCP is broken, not waited for', () => {
  assert.is(readMbap(Buffer.from('login: \r\n')).kind, 'broken');
  assert.is(readMbap(bytes('00 01 00 00 00 02 01 03')).kind, 'broken');
  assert.is(readMbap(bytes('00 01 00 00 00 FE')).kind, 'incomplete');
  assert.is(readMbap(bytes('00 01 00 00 00 FF')).kind, 'broken');
});

test('random bytes never throw, and no values come out without a good CRC', () => {
  let looked = 0;
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.integer({ min: 1, max: 125 }), (noise, count) => {
      looked++;
      const found = findRtuAnswer(noise, { unit: noise[0] ?? 0, function: 3, count });
      if (found !== undefined) assert.is.not(judgePdu(found, { unit: 0, function: 3, count }), 'wrong');
      const frame = readMbap(noise);
      if (frame.kind === 'frame') assert.ok(frame.bytes <= noise.length);
    }),
  );
  assert.ok(looked > 0);
});

test.run();
