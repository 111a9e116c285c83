import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { commentBytesMax, OggOpusWriter, packetBytesMax, readOggOpus } from '../../src/format/ogg.ts';
import { chance } from '../signal/voices.ts';

const comments = [
  ['TITLE', 'L01 号线'],
  ['LINE', 'L01'],
] as const;

function packets(count: number, bytesMax = 60): Uint8Array[] {
  const random = chance(5);
  return Array.from({ length: count }, () =>
    Uint8Array.from({ length: 1 + Math.floor(random() * bytesMax) }, () => Math.floor(random() * 256)),
  );
}

function file(contents: readonly Uint8Array[], samples: number): { bytes: Uint8Array; pageEnds: number[] } {
  const writer = new OggOpusWriter({ serial: 77, preSkipSamples: 52, comments });
  const parts = [writer.header()];
  for (const packet of contents) {
    const page = writer.packet(packet);
    if (page !== undefined) parts.push(page);
  }
  parts.push(writer.end(samples));
  const pageEnds: number[] = [];
  let end = 0;
  for (const part of parts) pageEnds.push((end += part.length));
  return { bytes: Buffer.concat(parts), pageEnds };
}

test('packets, comments and the exact length come back', () => {
  for (const count of [1, 49, 50, 51, 100, 101, 730]) {
    const contents = packets(count);
    const samples = count * 160 - 100;
    const { bytes, pageEnds } = file(contents, samples);
    const read = readOggOpus(bytes);
    if (read === undefined) throw new Error('not read');
    assert.equal(read.comments, comments);
    assert.is(read.preSkipSamples, 52);
    assert.is(read.samples, samples);
    assert.is(read.isEnded, true);
    assert.is(read.validBytes, bytes.length);
    assert.equal(
      read.packets.map((packet) => [...packet]),
      contents.map((packet) => [...packet]),
    );
    assert.is(
      pageEnds.length,
      1 + Math.ceil(count / 50),
      'a page a second, the last packet in the last page',
    );
  }
});

test('the first page is the same, check included, as the one that ffmpeg 5.1 writes', () => {
  const theirs =
    '4f67675300020000000000000000' +
    '0bffbe30' +
    '00000000' +
    '1b97f247' +
    '0113' +
    '4f70757348656164' +
    '0101380140' +
    '1f000000' +
    '0000';
  const page = new OggOpusWriter({ serial: 0x30beff0b, preSkipSamples: 52, comments: [] }).header();
  assert.is(Buffer.from(page.subarray(0, 47)).toString('hex'), theirs);
});

test('cut anywhere, the whole pages before the cut are read and nothing else', () => {
  const contents = packets(230);
  const { bytes, pageEnds } = file(contents, 230 * 160);
  const [headerEnd = 0, ...ends] = pageEnds;
  let partial = 0;
  for (let cut = 0; cut < bytes.length; cut++) {
    const read = readOggOpus(bytes.subarray(0, cut));
    if (cut < headerEnd) {
      assert.is(read, undefined);
      continue;
    }
    const whole = ends.filter((end) => end <= cut).length;
    assert.is(read?.packets.length, whole * 50);
    assert.is(read?.isEnded, false);
    partial++;
  }
  assert.ok(partial > 0);
});

test('a flipped bit ends the reading at its page', () => {
  const { bytes, pageEnds } = file(packets(120), 120 * 160);
  const random = chance(8);
  for (let round = 0; round < 300; round++) {
    const at = Math.floor(random() * bytes.length);
    const damaged = Uint8Array.from(bytes);
    damaged[at] = (damaged[at] ?? 0) ^ (1 << Math.floor(random() * 8));
    const read = readOggOpus(damaged);
    const before = pageEnds.filter((end) => end <= at);
    if (before.length === 0) assert.is(read, undefined);
    else assert.is(read?.validBytes, before.at(-1));
  }
});

test('the longest packet is taken, one byte more is refused', () => {
  const writer = new OggOpusWriter({ serial: 1, preSkipSamples: 52, comments: [] });
  assert.not.throws(() => writer.packet(new Uint8Array(packetBytesMax)));
  assert.throws(() => writer.packet(new Uint8Array(packetBytesMax + 1)));
  assert.throws(() => writer.packet(new Uint8Array(0)));
});

test('long packets fill pages by their segments and still come back', () => {
  const contents = packets(300, packetBytesMax);
  const { bytes } = file(contents, 300 * 160 - 52);
  assert.equal(
    readOggOpus(bytes)?.packets.map((packet) => packet.length),
    contents.map((packet) => packet.length),
  );
});

test('comments that fill a page are taken, one byte more is refused', () => {
  const fixed = 'linekeeper'.length + 'KEY='.length;
  const make = (length: number) => (): unknown =>
    new OggOpusWriter({ serial: 1, preSkipSamples: 52, comments: [['KEY', 'x'.repeat(length)]] }).header();
  assert.not.throws(make(commentBytesMax - fixed));
  assert.throws(make(commentBytesMax - fixed + 1));
});

test.run();
