/**
 * The lines of one switch in order → records of calls: remembers the date of the page, joins the parts of a call, finds a
 * record behind a torn one, and knows what has come before. Pure: the moment of arrival comes in with the line.
 */
import type { LineRead, PbxRecord } from '../../model/pbx-record.ts';
import { text } from '../../model/text.ts';
import { wallMs } from '../../model/units.ts';
import type { WallMs } from '../../model/units.ts';
import type { Near, OffsetAt } from './civil-time.ts';
import { dayMs, daysOf } from './civil-time.ts';
import type { RawLine } from './line-assembler.ts';
import type { PbxFormat } from './pbx-format.ts';
import { readFields } from './read-fields.ts';
import { holds, readRecord } from './read-record.ts';

/** Records remembered as having come: a switch sends again what it still holds, some hundred to some thousand. */
export const rememberedMax = 4096;
/** Calls of which more is awaited. */
export const heldMax = 256;

/** A time without a date is at most this much later than its arrival. */
const clockAheadMs = 7_200_000;
/** Records come in order, a little mixed; after a date line, the last calls of the day before. */
const orderedAheadMs = 79_200_000;
const firstOfDayAheadMs = 82_800_000;

interface Held {
  readonly key: string;
  readonly record: PbxRecord;
  readonly since: number | undefined;
}

export interface StreamOptions {
  readonly format: PbxFormat;
  readonly offsetAt: OffsetAt;
}

export class RecordStream {
  readonly #format: PbxFormat;
  readonly #offsetAt: OffsetAt;
  readonly #known = new Set<string>();
  #held: Held[] = [];
  /** The day that the switch named last, and the end of the record before. */
  #day: { readonly beginsAt: number; readonly isPast: boolean } | undefined;
  #last: number | undefined;

  constructor({ format, offsetAt }: StreamOptions) {
    this.#format = format;
    this.#offsetAt = offsetAt;
  }

  /** `arrivedAt` absent: a captured file, of which only its own dates are known. */
  line({ text: line, trouble }: RawLine, arrivedAt?: WallMs): LineRead[] {
    if (trouble !== undefined) return [{ kind: 'rejected', raw: line, why: trouble }];
    const whole = this.#read(line, arrivedAt);
    if (whole.every(({ kind }) => kind !== 'rejected')) return whole;
    return this.#behindTorn(line, arrivedAt) ?? whole;
  }

  /** Calls of which no more came in time. */
  overdue(at: WallMs): PbxRecord[] {
    const { withinMs = 0 } = this.#format.join ?? {};
    return this.#release(({ since }) => since === undefined || at - since >= withinMs);
  }

  /** The end of a file: nothing more will come. */
  rest(): PbxRecord[] {
    return this.#release(() => true);
  }

  #release(isDue: (held: Held) => boolean): PbxRecord[] {
    const due = this.#held.filter(isDue);
    if (due.length > 0) this.#held = this.#held.filter((held) => !due.includes(held));
    return due.map(({ record }) => record);
  }

  /** A line that lost its beginning or its end of line, and a whole record after it. */
  #behindTorn(line: string, arrivedAt: WallMs | undefined): LineRead[] | undefined {
    const { start } = this.#format;
    if (start === undefined) return undefined;
    for (const { index } of line.matchAll(start)) {
      if (index === 0) continue;
      const tail = this.#read(line.slice(index), arrivedAt);
      if (tail.some(({ kind }) => kind === 'rejected')) continue;
      const why = text('残缺的记录，其后接着完整的一条', 'a torn record, and a whole one behind it');
      return [{ kind: 'rejected', raw: line.slice(0, index), why }, ...tail];
    }
    return undefined;
  }

  #read(line: string, arrivedAt: WallMs | undefined): LineRead[] {
    const format = this.#format;
    const other = format.other.find(({ pattern }) => pattern.test(line));
    if (other !== undefined) {
      if (other.means === 'date') this.#noteDay(other.pattern.exec(line)?.groups ?? {}, arrivedAt);
      return [{ kind: 'other', raw: line, means: other.means }];
    }
    const fields = readFields(format, line);
    if (fields === undefined)
      return [
        {
          kind: 'rejected',
          raw: line,
          why: text(`不是 ${format.id} 格式`, `not of the form of ${format.id}`),
        },
      ];
    const near = this.#near(arrivedAt);
    const read = readRecord(format, line, fields, { near, offsetAt: this.#offsetAt });
    if (read.kind !== 'record') return [{ ...read, raw: line }];
    const { record } = read;
    if (this.#hasCome(record, line)) return [{ kind: 'repeated', raw: line }];
    if (record.endedAt !== undefined && record.isClockJump !== true) this.#last = record.endedAt;
    return this.#join(record, fields.values, line, arrivedAt);
  }

  /** What a date without a year, or a time without a date, is nearest to. */
  #near(arrivedAt: WallMs | undefined): Near | undefined {
    const day = this.#day;
    // A line comes when its call ends; the clock of the switch may be ahead.
    if (arrivedAt !== undefined && day?.isPast !== true) return { at: arrivedAt, aheadMs: clockAheadMs };
    if (day === undefined)
      return this.#last === undefined ? undefined : { at: this.#last, aheadMs: orderedAheadMs };
    // Records that were kept for days, or a file: in order, after the day that the switch named.
    return this.#last !== undefined && this.#last >= day.beginsAt
      ? { at: this.#last, aheadMs: orderedAheadMs }
      : { at: day.beginsAt, aheadMs: firstOfDayAheadMs };
  }

  #noteDay(groups: Readonly<Record<string, string | undefined>>, arrivedAt: WallMs | undefined): void {
    const [month, day, year] = ['month', 'day', 'year'].map((name) => Number(groups[name] ?? Number.NaN));
    if (month === undefined || day === undefined || !(month >= 1 && month <= 12 && day >= 1 && day <= 31))
      return;
    const reference = arrivedAt ?? this.#last;
    const years =
      year !== undefined && !Number.isNaN(year)
        ? [year < 100 ? 2000 + year : year]
        : reference === undefined
          ? []
          : [-1, 0, 1].map((more) => 1970 + Math.floor(reference / (365.2425 * dayMs)) + more);
    const begins = years.map((one) => {
      const local = daysOf(one, month, day) * dayMs;
      return local - this.#offsetAt(local - this.#offsetAt(local));
    });
    const distance = (begin: number): number => Math.abs(begin + dayMs / 2 - (reference ?? begin));
    const beginsAt = begins.reduce<number | undefined>(
      (best, begin) => (best === undefined || distance(begin) < distance(best) ? begin : best),
      undefined,
    );
    if (beginsAt === undefined) return;
    // Older than the day of arrival: the switch hands over what it had kept.
    this.#day = { beginsAt, isPast: arrivedAt === undefined || arrivedAt - beginsAt > 1.5 * dayMs };
  }

  #hasCome({ endedAt }: PbxRecord, line: string): boolean {
    const key = `${endedAt === undefined ? '' : Math.floor(endedAt / 60_000)} ${line}`;
    if (this.#known.has(key)) return true;
    this.#known.add(key);
    if (this.#known.size > rememberedMax) {
      const [oldest] = this.#known;
      if (oldest !== undefined) this.#known.delete(oldest);
    }
    return false;
  }

  #join(
    record: PbxRecord,
    values: Readonly<Record<string, string>>,
    line: string,
    arrivedAt: WallMs | undefined,
  ): LineRead[] {
    const { join } = this.#format;
    if (join === undefined) return [{ kind: 'record', raw: line, record }];
    const key = join.by.map((name) => values[name] ?? '').join('\n');
    const before = this.#held.find((held) => held.key === key);
    this.#held = this.#held.filter((held) => held !== before);
    const joined = before === undefined ? record : together(before.record, record, join.durations);
    if (!holds(join.more, values)) return [{ kind: 'record', raw: line, record: joined }];
    this.#held.push({ key, record: joined, since: arrivedAt });
    const reads: LineRead[] = [{ kind: 'held', raw: line }];
    const [oldest] = this.#held;
    if (this.#held.length > heldMax && oldest !== undefined) {
      this.#held.shift();
      reads.push({ kind: 'record', raw: '', record: oldest.record });
    }
    return reads;
  }
}

/** Two parts of one call. Who spoke last is the extension; the trunk and the number stay those of the first. */
function together(first: PbxRecord, next: PbxRecord, durations: 'sum' | 'longest'): PbxRecord {
  const add = (a: number | undefined, b: number | undefined): number | undefined =>
    a === undefined || b === undefined ? (a ?? b) : durations === 'sum' ? a + b : Math.max(a, b);
  const durationMs = add(first.durationMs, next.durationMs);
  const ringMs = first.ringMs ?? next.ringMs;
  const startedAt = least(first.startedAt, next.startedAt);
  // Parts that all begin at the start of the call tell its end only by their sum.
  const isSameStart = first.startedAt === next.startedAt && durations === 'sum';
  const endedAt =
    isSameStart && startedAt !== undefined
      ? wallMs(startedAt + (durationMs ?? 0) + (first.ringMs ?? 0) + (next.ringMs ?? 0))
      : most(first.endedAt, next.endedAt);
  const answered = first.answered === true || next.answered === true;
  const knowsAnswer = first.answered !== undefined || next.answered !== undefined;
  return {
    ...next,
    ...first,
    ...(next.extension !== undefined && next.answered !== false ? { extension: next.extension } : {}),
    ...(next.account === undefined ? {} : { account: next.account }),
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(endedAt === undefined ? {} : { endedAt }),
    ...(durationMs === undefined ? {} : { durationMs }),
    ...(ringMs === undefined ? {} : { ringMs }),
    ...(knowsAnswer ? { answered } : {}),
    direction:
      first.direction === 'unknown' || first.direction === 'internal' ? next.direction : first.direction,
    raw: [...first.raw, ...next.raw].slice(-16),
  };
}

const least = (a: WallMs | undefined, b: WallMs | undefined): WallMs | undefined =>
  a === undefined || b === undefined ? (a ?? b) : a < b ? a : b;
const most = (a: WallMs | undefined, b: WallMs | undefined): WallMs | undefined =>
  a === undefined || b === undefined ? (a ?? b) : a > b ? a : b;
