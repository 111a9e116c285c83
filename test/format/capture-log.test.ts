import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { CaptureRecord, Scan } from '../../src/format/capture-log.ts';
import {
  encodeRecord,
  encodeSegmentHeader,
  packetsPerRecordMax,
  payloadBytesMax,
  scanCaptureLog,
  segmentHeaderBytes,
} from '../../src/format/capture-log.ts';
import { packetBytesMax } from '../../src/format/ogg.ts';
import { wallMs } from '../../src/model/units.ts';
import { chance } from '../signal/voices.ts';

const records: readonly CaptureRecord[] = [
  {
    type: 'start',
    slot: 7,
    start: {
      id: 'r-1',
      line: 'L01',
      call: 'c-1',
      why: 'line-voltage',
      wallMs: 1_700_000_000_123,
      monoMs: 1234.5,
      ringPosition: 2 ** 33,
      preSkipSamples: 52,
    },
  },
  {
    type: 'packets',
    slot: 7,
    frame: 0,
    packets: [Uint8Array.of(1, 2, 3), new Uint8Array(packetBytesMax).fill(9)],
  },
  { type: 'gap', slot: 7, frame: 2, lostSamples: 320, silentFrames: 1 },
  { type: 'packets', slot: 7, frame: 3, packets: [Uint8Array.of(4)] },
  { type: 'stop', slot: 7, stop: { samples: 600, endWallMs: 1_700_000_000_200 } },
  {
    type: 'sealed',
    slot: 7,
    recording: {
      id: 'r-1',
      line: 'L01',
      why: 'line-voltage',
      startedAt: wallMs(1),
      endedAt: wallMs(2),
      durationMs: 1,
      path: 'audio/x.opus',
      bytes: 5,
      sha256: 'aa',
      codec: 'opus',
      lostSamples: 0,
      recovered: false,
    },
  },
  { type: 'done', slot: 7 },
];
const segment = Buffer.concat([
  encodeSegmentHeader({ number: 3, pid: 99 }),
  ...records.map((record) => encodeRecord(3, record)),
]);
const ends: number[] = [];
for (let end = segmentHeaderBytes, index = 0; index < records.length; index++) {
  const record = records[index];
  if (record !== undefined) ends.push((end += encodeRecord(3, record).length));
}

function scan(bytes: Uint8Array): Scan & { records: unknown[] } {
  const found: unknown[] = [];
  const result = scanCaptureLog(bytes, (record) => found.push(plain(record)));
  return { ...result, records: found };
}
const plain = (record: CaptureRecord): unknown =>
  record.type === 'packets' ? { ...record, packets: record.packets.map((packet) => [...packet]) } : record;

test('what was written comes back', () => {
  const { header, end, records: found } = scan(segment);
  assert.equal(header, { number: 3, pid: 99 });
  assert.equal(end, { kind: 'whole', offset: segment.length });
  assert.equal(found, records.map(plain));
});

test('cut at every byte: the records before the cut come back, and the place is told', () => {
  for (let cut = 0; cut < segment.length; cut++) {
    const { end, records: found } = scan(segment.subarray(0, cut));
    if (cut < segmentHeaderBytes) {
      assert.equal(end, { kind: 'not-ours', offset: 0 });
      continue;
    }
    const whole = ends.filter((at) => at <= cut);
    assert.is(found.length, whole.length);
    const offset = whole.at(-1) ?? segmentHeaderBytes;
    assert.equal(end, { kind: offset === cut ? 'whole' : 'torn', offset });
  }
});

test('any flipped bit ends the scan at its record', () => {
  for (let at = 0; at < segment.length; at++) {
    const damaged = Uint8Array.from(segment);
    damaged[at] = (damaged[at] ?? 0) ^ (1 << (at % 8));
    const { end, records: found } = scan(damaged);
    if (at < segmentHeaderBytes) {
      assert.is(found.length, 0, `byte ${at}`);
      continue;
    }
    const before = ends.filter((offset) => offset <= at);
    assert.is(found.length, before.length, `byte ${at}`);
    assert.is.not(end.kind, 'whole');
    assert.is(end.offset, before.at(-1) ?? segmentHeaderBytes);
  }
});

test('a record of another segment does not pass', () => {
  const [first] = records;
  if (first === undefined) throw new Error('no record');
  const mixed = Buffer.concat([encodeSegmentHeader({ number: 4, pid: 99 }), encodeRecord(3, first)]);
  assert.is(scan(mixed).records.length, 0);
});

test('zeros and noise behind the last record are not records', () => {
  const random = chance(3);
  for (let round = 0; round < 200; round++) {
    const tail = Uint8Array.from({ length: 1 + Math.floor(random() * 300) }, () =>
      round === 0 ? 0 : Math.floor(random() * 256),
    );
    const { end, records: found } = scan(Buffer.concat([segment, tail]));
    assert.is(found.length, records.length);
    assert.is(end.offset, segment.length);
  }
});

test('the largest record fits, a larger one is refused', () => {
  const full = { type: 'packets', slot: 1, frame: 0 } as const;
  const longest = Array.from({ length: packetsPerRecordMax }, () => new Uint8Array(packetBytesMax).fill(1));
  assert.not.throws(() => encodeRecord(1, { ...full, packets: longest }));
  assert.throws(() => encodeRecord(1, { ...full, packets: [...longest, ...longest.slice(0, 2)] }));
  assert.ok(packetsPerRecordMax * (packetBytesMax + 2) + 5 <= payloadBytesMax);
});

test.run();
