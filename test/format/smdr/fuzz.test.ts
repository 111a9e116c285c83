/**
 * Noise on the wire: whatever comes, nothing throws, the memory stays bounded, every refused line is kept, and a record
 * that arrived whole is read as if there had been no noise. Seeded.
 */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { loadPbxFormat, loadWithSamples } from '../../../src/drivers/smdr/format-file.ts';
import { compilePbxFormatCheck } from '../../../src/drivers/smdr/format-schema.ts';
import { pbxFormats } from '../../../src/drivers/smdr/catalogue.ts';
import { LineAssembler, lineBytesMax } from '../../../src/format/smdr/line-assembler.ts';
import type { RawLine } from '../../../src/format/smdr/line-assembler.ts';
import { RecordStream } from '../../../src/format/smdr/record-stream.ts';
import { tryFormat } from '../../../src/format/smdr/propose.ts';
import { wallMs } from '../../../src/model/units.ts';
import '../../seeded.ts';

const check = compilePbxFormatCheck();

const formats = pbxFormats().map((id) => loadPbxFormat(id, check));
const samples = pbxFormats().flatMap((id) =>
  loadWithSamples(id, check).samples.flatMap(({ lines }) => lines),
);
const arrivedAt = wallMs(Date.UTC(2024, 4, 6, 10, 0, 0));
const utc = () => 0;

const chunked = (bytes: Uint8Array, cuts: readonly number[]): Uint8Array[] => {
  const at = [...new Set([0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length])].sort(
    (a, b) => a - b,
  );
  return at.slice(1).map((end, index) => bytes.slice(at[index] ?? 0, end));
};
const assembled = (chunks: readonly Uint8Array[]): RawLine[] => {
  const assembler = new LineAssembler();
  return chunks.flatMap((chunk) => assembler.push(chunk));
};

test('any bytes in any pieces: nothing throws, no line is longer than the limit, every line comes to something', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.oneof(
          fc.uint8Array({ maxLength: 300 }),
          fc.constantFrom(...samples).map((line) => Buffer.from(`${line}\r\n`)),
        ),
        {
          maxLength: 8,
        },
      ),
      fc.array(fc.nat(4000), { maxLength: 6 }),
      (parts, cuts) => {
        const lines = assembled(chunked(Buffer.concat(parts), cuts));
        for (const { text } of lines) assert.ok(text.length <= lineBytesMax);
        for (const format of formats) {
          const stream = new RecordStream({ format, offsetAt: utc });
          for (const line of lines) {
            const reads = stream.line(line, arrivedAt);
            assert.ok(reads.length > 0);
            const kept = reads.map(({ raw }) => raw).join('');
            assert.is(kept, line.text, 'every line is kept as it came');
          }
        }
      },
    ),
    { numRuns: 300 },
  );
});

test('a line without an end is bounded: a megabyte of noise comes out marked, and the record after it is read', () => {
  const noise = Buffer.alloc(1 << 20, 0x55);
  const [record = ''] = loadWithSamples('avaya-ip-office', check).samples[0]?.lines ?? [];
  const lines = assembled([noise, Buffer.from(`\n${record}\n`)]);
  assert.is(lines.length, 3);
  assert.ok(lines[0]?.trouble !== undefined && lines[1]?.trouble !== undefined);
  assert.equal(lines[2], { text: record });
});

test('good records between noise, cut anywhere and with any end of line, are all read', () => {
  for (const format of formats) {
    const good = loadWithSamples(format.id, check).samples.filter(({ rejected = 0 }) => rejected === 0);
    fc.assert(
      fc.property(
        fc.constantFrom(...good),
        fc.constantFrom('\r', '\n', '\r\n', '\n\r', '\0\0', '\r\n\f'),
        fc.array(fc.string({ unit: 'binary', maxLength: 40 }), { maxLength: 4 }),
        fc.array(fc.nat(4000), { maxLength: 8 }),
        (sample, end, noise, cuts) => {
          const clean = tryFormat(
            format,
            sample.lines.map((text) => ({ text })),
            utc,
            arrivedAt,
          );
          // Noise comes as lines of its own: here it begins with a sign that no format knows.
          const garbage = (index: number): string =>
            noise[index] === undefined ? '' : `~${noise[index].replaceAll(/[\r\n\f\0]/g, '')}~${end}`;
          const bytes = Buffer.from(
            sample.lines.map((line, index) => `${garbage(index)}${line}${end}`).join(''),
          );
          const noisy = tryFormat(format, assembled(chunked(bytes, cuts)), utc, arrivedAt);
          assert.equal(
            noisy.records.map(({ raw: _, ...rest }) => rest),
            clean.records.map(({ raw: _, ...rest }) => rest),
          );
        },
      ),
      { numRuns: 60 },
    );
  }
});

test('a torn record before a whole one costs only itself, where records begin distinctly', () => {
  const format = loadPbxFormat('avaya-ip-office', check);
  const [first = ''] = loadWithSamples('avaya-ip-office', check).samples[0]?.lines ?? [];
  const [second = ''] = loadWithSamples('avaya-ip-office', check).samples[1]?.lines ?? [];
  for (let cut = 1; cut < first.length; cut++) {
    const { records } = tryFormat(format, [{ text: first.slice(0, cut) + second }], utc);
    assert.is(records.at(-1)?.callId, '1000200', `cut at ${cut}: ${first.slice(0, cut)}`);
  }
});

test('flipped bits never make a record appear out of two, nor lose a neighbour', () => {
  const format = loadPbxFormat('avaya-ip-office', check);
  const [first = ''] = loadWithSamples('avaya-ip-office', check).samples[0]?.lines ?? [];
  const [second = ''] = loadWithSamples('avaya-ip-office', check).samples[1]?.lines ?? [];
  for (let at = 0; at < first.length; at++)
    for (let bit = 0; bit < 8; bit++) {
      const bytes = Buffer.from(`${first}\r\n${second}\r\n`);
      bytes[at] = (bytes[at] ?? 0) ^ (1 << bit);
      const { records } = tryFormat(format, assembled([bytes]), utc);
      assert.ok(records.length <= 2);
      // One flipped mark says that the first call goes on: it waits for its end then, and comes after the second.
      assert.ok(
        records.some(({ callId }) => callId === '1000200'),
        `byte ${at}, bit ${bit}`,
      );
    }
});

test('7 bits with even, odd and mark parity, read with 8 bits, are found out by the parity itself', () => {
  const [line = ''] = loadWithSamples('avaya-cm-teleseer', check).samples[0]?.lines.slice(1) ?? [];
  const bits = (byte: number): number => byte.toString(2).replaceAll('0', '').length;
  const withParity: Readonly<Record<string, (byte: number) => number>> = {
    even: (byte) => (bits(byte) % 2 === 0 ? byte : byte | 0x80),
    odd: (byte) => (bits(byte) % 2 === 1 ? byte : byte | 0x80),
    mark: (byte) => byte | 0x80,
  };
  for (const [name, encode] of Object.entries(withParity))
    for (const end of ['\r\n', '\r', '\n']) {
      const bytes = Buffer.from(`${line}${end}${line}${end}`).map(encode);
      assert.equal(assembled([bytes]), [{ text: line }, { text: line }], `${name} ${JSON.stringify(end)}`);
    }
});

test('names in UTF-8 whose bytes look like an end of line with parity stay whole', () => {
  const line = '2024/05/06 10:00:00,00:00:10,2,201,O,202,202,,1,1,0,E201,上海上海上,E202,丄北京,0,0';
  assert.equal(assembled([Buffer.from(`${line}\n`)]), [{ text: line }]);
});

test('a wrong speed is told as noise', () => {
  const bytes = Buffer.from([0xf8, 0x80, 0x1c, 0xfe, 0x00, 0x80, 0x9c, 0xff, 0xe0, 0x81, 0x0a]);
  assert.ok(assembled([bytes]).every(({ trouble }) => trouble !== undefined));
});

test.run();
