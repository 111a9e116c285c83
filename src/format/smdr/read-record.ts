/** The fields of one line → one record of a call, or the reason why it is none. */
import type { OtherLine, PbxRecord } from '../../model/pbx-record.ts';
import type { Text } from '../../model/text.ts';
import { text } from '../../model/text.ts';
import { wallMs } from '../../model/units.ts';
import type { Moment, Near, OffsetAt } from './civil-time.ts';
import { momentOf } from './civil-time.ts';
import type { CallRule, PbxFormat } from './pbx-format.ts';
import type { Fields } from './read-fields.ts';
import { durationOf, readWritten } from './written-time.ts';
import type { WrittenTime } from './written-time.ts';

export interface ReadingContext {
  /** The moment that a date or time without year or date is nearest to. */
  readonly near: Near | undefined;
  readonly offsetAt: OffsetAt;
}

export type RecordRead =
  | { readonly kind: 'record'; readonly record: PbxRecord; readonly fields: Fields }
  | { readonly kind: 'other'; readonly means: OtherLine }
  | { readonly kind: 'rejected'; readonly why: Text };

export const holds = (when: CallRule['when'], values: Readonly<Record<string, string>>): boolean =>
  when.every(({ field, pattern }) => pattern.test(values[field] ?? ''));

const rejected = (zh: string, en: string): RecordRead => ({ kind: 'rejected', why: text(zh, en) });

export function readRecord(
  format: PbxFormat,
  line: string,
  fields: Fields,
  { near, offsetAt }: ReadingContext,
): RecordRead {
  const { values, isClockJump } = fields;
  const rule = format.calls.find(({ when }) => holds(when, values));
  if (rule === undefined) return rejected('没有适用的呼叫规则', 'no rule says what kind of call this is');
  if (rule.means !== 'call') return { kind: 'other', means: rule.means };

  const durationMs = spanOf(format, values, 'duration');
  const ringMs = spanOf(format, values, 'ring');
  for (const [name, span] of [
    ['duration', durationMs],
    ['ring', ringMs],
  ] as const)
    if (span === 'wrong') return rejected(`${name} 无法读懂`, `${name} cannot be read`);
  const duration = durationMs === 'wrong' ? undefined : durationMs;
  const ring = ringMs === 'wrong' ? undefined : ringMs;

  const zone: OffsetAt = format.isUtc ? () => 0 : offsetAt;
  const start = momentIn(format, values, ['start'], near, zone);
  const end = momentIn(format, values, ['end'], near, zone);
  const one = momentIn(format, values, ['date', 'time'], near, zone);
  if (start === 'wrong' || end === 'wrong' || one === 'wrong')
    return rejected('日期或时间无法读懂', 'date or time cannot be read');
  const took = (duration ?? 0) + (ring ?? 0);
  const given = format.timeIs === 'start' ? { start: start ?? one, end } : { start, end: end ?? one };
  const startedAt = isClockJump ? undefined : (given.start?.at ?? backFrom(given.end, took));
  const endedAt = given.end?.at ?? (given.start === undefined ? undefined : given.start.at + took);
  if (startedAt !== undefined && endedAt !== undefined && endedAt < startedAt)
    return rejected('结束早于开始', 'it ends before it begins');

  const first = (names: readonly string[]): string | undefined =>
    names.map((name) => values[name] ?? '').find((value) => value !== '');
  const answered = rule.isAnswered ?? (duration === undefined ? undefined : duration > 0);
  const record: PbxRecord = {
    direction: rule.direction,
    resolutionMs: resolutionOf(format),
    raw: [line],
    ...(startedAt === undefined ? {} : { startedAt: wallMs(startedAt) }),
    ...(endedAt === undefined ? {} : { endedAt: wallMs(endedAt) }),
    ...((given.start ?? given.end)?.isAmbiguous === true ? { isAmbiguousTime: true } : {}),
    ...(duration === undefined ? {} : { durationMs: duration }),
    ...(ring === undefined ? {} : { ringMs: ring }),
    ...(answered === undefined ? {} : { answered }),
    ...(isClockJump ? { isClockJump } : {}),
    ...named('trunk', first(rule.trunk)),
    ...named('extension', first(rule.extension)),
    ...named('number', first(rule.number)),
    ...named('account', values['account']),
    ...named('callId', values['callId']),
  };
  return { kind: 'record', record, fields };
}

const named = <K extends 'trunk' | 'extension' | 'number' | 'account' | 'callId'>(
  key: K,
  value: string | undefined,
): Partial<Record<K, string>> =>
  value === undefined || value === '' ? {} : ({ [key]: value } as Partial<Record<K, string>>);

const backFrom = (end: Moment | undefined, took: number): number | undefined =>
  end === undefined ? undefined : end.at - took;

function spanOf(
  format: PbxFormat,
  values: Readonly<Record<string, string>>,
  name: string,
): number | undefined | 'wrong' {
  const written = values[name] ?? '';
  const forms = format.fields[name]?.forms ?? [];
  if (written === '' || forms.length === 0) return undefined;
  for (const form of forms) {
    const read = readWritten(form, written);
    const span = read === undefined ? undefined : durationOf(read);
    if (span !== undefined) return span;
  }
  return 'wrong';
}

/** Fields that together say one moment. Several forms may fit (day and month): the nearest moment counts. */
function momentIn(
  format: PbxFormat,
  values: Readonly<Record<string, string>>,
  names: readonly string[],
  near: Near | undefined,
  offsetAt: OffsetAt,
): Moment | undefined | 'wrong' {
  let written: WrittenTime[] = [{}];
  let isThere = false;
  for (const name of names) {
    const words = values[name] ?? '';
    const forms = format.fields[name]?.forms ?? [];
    if (words === '' || forms.length === 0) continue;
    isThere = true;
    const read = forms.flatMap((form) => readWritten(form, words) ?? []);
    written = written.flatMap((before) => read.map((part) => ({ ...before, ...part })));
  }
  if (!isThere) return undefined;
  if (written.length === 0) return 'wrong';
  // A date alone is no moment, and a time alone needs something that it is near to.
  const whole = written.filter(({ hour, epoch }) => hour !== undefined || epoch !== undefined);
  if (whole.length === 0) return undefined;
  const isTimeOnly = whole.every(({ month, epoch }) => month === undefined && epoch === undefined);
  const isYearless = whole.every(({ year, epoch }) => year === undefined && epoch === undefined);
  const moments = whole.flatMap((one) => momentOf(one, near, offsetAt) ?? []);
  const [firstMoment] = moments;
  if (firstMoment === undefined) {
    const isReadable = whole.some(
      ({ hour = 0, minute = 0, second = 0 }) => hour < 24 && minute < 60 && second < 60,
    );
    return near === undefined && (isTimeOnly || isYearless) && isReadable ? undefined : 'wrong';
  }
  if (near === undefined) return firstMoment;
  return moments.reduce((best, one) =>
    Math.abs(one.at - near.at) < Math.abs(best.at - near.at) ? one : best,
  );
}

/** A form with seconds knows the second, another one only the minute. */
function resolutionOf(format: PbxFormat): number {
  const forms = ['start', 'end', 'time'].flatMap((name) => format.fields[name]?.forms ?? []);
  return forms.length > 0 && forms.every((form) => !/s|X/.test(form)) ? 60_000 : 1000;
}
