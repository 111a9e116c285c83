/** Records as they come in the course of years: dates that are not told, midnight, daylight saving, calls of many lines. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { loadPbxFormat, loadWithSamples } from '../../../src/drivers/smdr/format-file.ts';
import { compilePbxFormatCheck } from '../../../src/drivers/smdr/format-schema.ts';
import { momentOf, offsetsOf } from '../../../src/format/smdr/civil-time.ts';
import type { OffsetAt } from '../../../src/format/smdr/civil-time.ts';
import { RecordStream, heldMax, rememberedMax } from '../../../src/format/smdr/record-stream.ts';
import { durationOf, readWritten } from '../../../src/format/smdr/written-time.ts';
import type { LineRead, PbxRecord } from '../../../src/model/pbx-record.ts';
import { wallMs } from '../../../src/model/units.ts';

const check = compilePbxFormatCheck();

const near = (iso_: string) => ({ at: at(iso_), aheadMs: 7_200_000 });
const utc: OffsetAt = () => 0;
const at = (iso: string) => wallMs(Date.parse(iso));
const iso = (ms: number | undefined): string | undefined =>
  ms === undefined ? undefined : new Date(ms).toISOString();
const recordOf = (reads: readonly LineRead[]): PbxRecord | undefined =>
  reads.flatMap((read) => (read.kind === 'record' ? [read.record] : []))[0];
const ipOffice = (id: number, more: number, start = '2024/05/06 10:00:00'): string =>
  `${start},00:00:10,5,02012345,I,201,201,,0,${id},${more},E201,Anna,T9001,LINE 1.1,0,0`;
const teleseer = (hhmm: string): string =>
  (loadWithSamples('avaya-cm-teleseer', check).samples[0]?.lines[1] ?? '').replace('0931', hhmm);

test('a year that is not told is the one nearest to the arrival, over New Year and on 29 February', () => {
  const of = (month: number, day: number, arrived: string) =>
    iso(momentOf({ month, day, hour: 12, minute: 0 }, near(arrived), utc)?.at);
  assert.is(of(12, 31, '2025-01-01T00:00:05Z'), '2024-12-31T12:00:00.000Z');
  assert.is(of(1, 1, '2024-12-31T23:59:58Z'), '2025-01-01T12:00:00.000Z', 'a switch whose clock is ahead');
  assert.is(of(2, 29, '2024-03-01T08:00:00Z'), '2024-02-29T12:00:00.000Z');
  assert.is(of(2, 29, '2025-03-01T08:00:00Z'), '2024-02-29T12:00:00.000Z');
  assert.is(of(2, 30, '2025-03-01T08:00:00Z'), undefined, 'there is no such day');
});

test('a year of two digits is of the century of its time', () => {
  const of = (year: number, arrived?: string) =>
    iso(
      momentOf({ year, month: 6, day: 1, hour: 0 }, arrived === undefined ? undefined : near(arrived), utc)
        ?.at,
    )?.slice(0, 4);
  assert.is(of(99, '2001-01-01T00:00:00Z'), '1999');
  assert.is(of(0, '1999-12-31T00:00:00Z'), '2000');
  assert.is(of(26, '2026-01-01T00:00:00Z'), '2026');
  assert.is(of(96), '1996');
  assert.is(of(24), '2024');
});

test('a time without a date is of the day before or after when it is nearer, and unknown where nothing is near', () => {
  const of = (hour: number, arrived: string) => iso(momentOf({ hour, minute: 59 }, near(arrived), utc)?.at);
  assert.is(of(23, '2024-05-06T00:00:03Z'), '2024-05-05T23:59:00.000Z');
  assert.is(of(0, '2024-05-05T23:58:00Z'), '2024-05-06T00:59:00.000Z');
  assert.is(momentOf({ hour: 9, minute: 0 }, undefined, utc), undefined);
  assert.is(momentOf({ hour: 24, minute: 0 }, near('2024-05-06T00:00:00Z'), utc), undefined);
});

test('daylight saving: the hour that comes twice is the one of the arrival, the one that is skipped is no error', () => {
  const berlin = offsetsOf('Europe/Berlin');
  const written = { year: 2024, month: 10, day: 27, hour: 2, minute: 30 };
  const first = momentOf(written, near('2024-10-27T00:31:00Z'), berlin);
  assert.equal(first, { at: at('2024-10-27T00:30:00Z'), isAmbiguous: true });
  const second = momentOf(written, near('2024-10-27T01:31:00Z'), berlin);
  assert.equal(second, { at: at('2024-10-27T01:30:00Z'), isAmbiguous: true });
  const skipped = momentOf({ ...written, month: 3, day: 31 }, near('2024-03-31T01:31:00Z'), berlin);
  assert.equal(skipped, { at: at('2024-03-31T01:30:00Z'), isAmbiguous: false });
  assert.equal(momentOf({ ...written, hour: 12 }, near('2024-10-27T12:00:00Z'), berlin), {
    at: at('2024-10-27T11:30:00Z'),
    isAmbiguous: false,
  });
});

test('every hour of a leap year in zones with odd offsets comes back as it was', () => {
  for (const zone of ['Asia/Shanghai', 'Asia/Kolkata', 'Australia/Lord_Howe', 'America/New_York']) {
    const offsetAt = offsetsOf(zone);
    for (let ms = Date.UTC(2024, 0, 1); ms < Date.UTC(2025, 0, 1); ms += 3_600_000 * 7 + 60_000) {
      const shown = new Date(ms + offsetAt(ms));
      const written = {
        year: shown.getUTCFullYear(),
        month: shown.getUTCMonth() + 1,
        day: shown.getUTCDate(),
        hour: shown.getUTCHours(),
        minute: shown.getUTCMinutes(),
      };
      assert.is(
        momentOf(written, { at: ms, aheadMs: 7_200_000 }, offsetAt)?.at,
        ms,
        `${zone} ${shown.toISOString()}`,
      );
    }
  }
});

test('forms: padded, AM and PM, tenths, names of months; what does not fit is refused', () => {
  assert.equal(readWritten('hh:mmA', '12:05AM'), { hour: 0, minute: 5 });
  assert.equal(readWritten('hh:mmA', '12:05P'), { hour: 12, minute: 5 });
  assert.is(readWritten('hh:mmA', '00:05AM'), undefined);
  assert.equal(readWritten('hmmt', '1059'), { hour: 1, minute: 5, tenth: 9 });
  assert.equal(readWritten("m'ss", "125'07"), { minute: 125, second: 7 });
  assert.equal(readWritten('hh:mm:ss.f W W N D YYYY', '17:57:08.070 UTC Tue Dec 11 2007'), {
    hour: 17,
    minute: 57,
    second: 8,
    month: 12,
    day: 11,
    year: 2007,
  });
  assert.is(readWritten('YYYY-MM-DD', '2024/05/06'), undefined);
  assert.is(durationOf({ hour: 1, minute: 60, second: 0 }), undefined);
  assert.is(durationOf({ minute: 125, second: 7 }), 7_507_000);
});

test('days go by without a date line: each record is of the day on which it came', () => {
  const stream = new RecordStream({ format: loadPbxFormat('avaya-cm-teleseer', check), offsetAt: utc });
  stream.line({ text: '0506' }, at('2024-05-06T00:00:01Z'));
  for (const [hhmm, arrived, end] of [
    ['2359', '2024-05-06T00:00:20Z', '2024-05-05T23:59:00.000Z'],
    ['0931', '2024-05-06T09:31:20Z', '2024-05-06T09:31:00.000Z'],
    ['0931', '2024-05-09T09:31:20Z', '2024-05-09T09:31:00.000Z'],
  ] as const)
    assert.is(iso(recordOf(stream.line({ text: teleseer(hhmm) }, at(arrived)))?.endedAt), end);
});

test('a switch that kept its records for days tells the day first, and the records are of that day', () => {
  const stream = new RecordStream({ format: loadPbxFormat('avaya-cm-teleseer', check), offsetAt: utc });
  const arrived = at('2024-05-09T12:00:00Z');
  stream.line({ text: '0506' }, arrived);
  assert.is(
    iso(recordOf(stream.line({ text: teleseer('0931') }, arrived))?.endedAt),
    '2024-05-06T09:31:00.000Z',
  );
  assert.is(
    iso(recordOf(stream.line({ text: teleseer('2340') }, arrived))?.endedAt),
    '2024-05-06T23:40:00.000Z',
  );
  stream.line({ text: '0507' }, arrived);
  assert.is(
    iso(recordOf(stream.line({ text: teleseer('0001') }, arrived))?.endedAt),
    '2024-05-07T00:01:00.000Z',
  );
});

test('a record that comes again is told as repeated, as long as it is remembered', () => {
  const stream = new RecordStream({ format: loadPbxFormat('avaya-ip-office', check), offsetAt: utc });
  const kinds = (id: number) => stream.line({ text: ipOffice(id, 0) }).map(({ kind }) => kind);
  assert.equal(kinds(1), ['record']);
  assert.equal(kinds(1), ['repeated']);
  for (let id = 2; id <= rememberedMax; id++) kinds(id);
  assert.equal(kinds(1), ['repeated'], 'the oldest one that is remembered');
  kinds(rememberedMax + 1);
  assert.equal(kinds(1), ['record'], 'one more, and it is forgotten');
});

test('the same words a day later are another call, where the record has no date', () => {
  const stream = new RecordStream({ format: loadPbxFormat('avaya-cm-teleseer', check), offsetAt: utc });
  const read = (arrived: string) =>
    stream.line({ text: teleseer('0931') }, at(arrived)).map(({ kind }) => kind);
  assert.equal(read('2024-05-06T09:31:20Z'), ['record']);
  assert.equal(read('2024-05-06T09:35:00Z'), ['repeated']);
  assert.equal(read('2024-05-07T09:31:20Z'), ['record']);
});

test('a call whose last segment never comes is told when its time is over, and not before', () => {
  const stream = new RecordStream({ format: loadPbxFormat('avaya-ip-office', check), offsetAt: utc });
  const arrived = at('2024-05-06T10:00:20Z');
  assert.equal(
    stream.line({ text: ipOffice(7, 1) }, arrived).map(({ kind }) => kind),
    ['held'],
  );
  assert.equal(stream.overdue(wallMs(arrived + 14_399_999)), []);
  assert.equal(
    stream.overdue(wallMs(arrived + 14_400_000)).map(({ callId }) => callId),
    ['7'],
  );
  assert.equal(stream.overdue(wallMs(arrived + 99_400_000)), []);
});

test('no more calls are held than the limit; the oldest is told as it is', () => {
  const stream = new RecordStream({ format: loadPbxFormat('avaya-ip-office', check), offsetAt: utc });
  for (let id = 1; id <= heldMax; id++)
    assert.equal(
      stream.line({ text: ipOffice(id, 1) }).map(({ kind }) => kind),
      ['held'],
    );
  const reads = stream.line({ text: ipOffice(heldMax + 1, 1) });
  assert.equal(
    reads.map(({ kind }) => kind),
    ['held', 'record'],
  );
  assert.is(recordOf(reads)?.callId, '1');
  assert.is(stream.rest().length, heldMax);
});

test.run();
