/**
 * Which call that our lines saw is which record of the PBX? Scored by trunk, direction, times, duration and number; a pair is
 * certain only when nothing else comes near it, from either side. What stays ambiguous stays unmatched: a recording under
 * a wrong name is worse than one without a name.
 */
import type { CallRecord } from '../../model/messages.ts';
import type { PbxRecord } from '../../model/pbx-record.ts';

export interface MatchRecord {
  /** Of the caller's own. */
  readonly key: number;
  readonly record: PbxRecord;
  readonly arrivedAt: number;
  /** Our line, where the record names it. */
  readonly line?: string;
}

export type MatchCall = Pick<
  CallRecord,
  'id' | 'line' | 'direction' | 'startedAt' | 'answeredAt' | 'endedAt' | 'caller' | 'digits' | 'bypass'
>;

export type Match =
  | { readonly key: number; readonly state: 'certain'; readonly call: string; readonly score: number }
  /** `call`: the one that fits best, though not so much better than others that it could be said to be it. */
  | { readonly key: number; readonly state: 'ambiguous'; readonly call: string; readonly score: number }
  | { readonly key: number; readonly state: 'none' };

/** Ends of record and call further apart than this are not of one call, after the clocks are compared. */
export const endToleranceMs = 15_000;
/** e⁵ ≈ 150 times more likely than the next best, from either side. */
const certainMargin = 5;
const certainScoreMin = -8;
/** Where the trunk is not told, a record whose call we missed must not go to a neighbour that fits so-so. */
const blindScoreMin = -1.5;
/** Clocks that differ by less are compared by the tolerance alone; by more than that nothing is known. */
const skewMsMin = 5000;
const skewMsMax = 6 * 3_600_000;
/** Records that say how far the switch's clock is off. */
const skewRecordsMin = 5;

/**
 * `records` are judged against all of `calls` and against each other; what is not to be decided yet belongs there too, or a
 * call could be given to the wrong one of two.
 */
export function matchRecords(records: readonly MatchRecord[], calls: readonly MatchCall[]): Match[] {
  const skewMs = clockSkew(records);
  const ended = calls
    .filter(({ endedAt, bypass }) => endedAt !== undefined && !bypass)
    .sort((a, b) => (a.endedAt ?? 0) - (b.endedAt ?? 0));
  const ends = ended.map(({ endedAt }) => endedAt ?? 0);
  const pairs: { readonly record: MatchRecord; readonly call: MatchCall; readonly score: number }[] = [];
  for (const record of records) {
    const end = record.record.endedAt;
    if (end === undefined || record.record.direction === 'internal') continue;
    const reach = endToleranceMs + record.record.resolutionMs;
    for (let at = firstFrom(ends, end + skewMs - reach); at < ended.length; at++) {
      const call = ended[at];
      if (call === undefined || (ends[at] ?? 0) > end + skewMs + reach) break;
      const score = scoreOf(record, call, skewMs);
      if (score !== undefined) pairs.push({ record, call, score });
    }
  }
  const ofRecord = grouped(pairs, ({ record }) => record.key);
  const ofCall = grouped(pairs, ({ call }) => call.id);
  return records.map(({ key }): Match => {
    const mine = ofRecord.get(key) ?? [];
    const best = mine.reduce<(typeof pairs)[number] | undefined>(
      (top, pair) => (top === undefined || pair.score > top.score ? pair : top),
      undefined,
    );
    if (best === undefined) return { key, state: 'none' };
    const rivals = [...mine, ...(ofCall.get(best.call.id) ?? [])].filter((pair) => pair !== best);
    const next = Math.max(Number.NEGATIVE_INFINITY, ...rivals.map(({ score }) => score));
    const scoreMin = best.record.line === undefined ? blindScoreMin : certainScoreMin;
    return best.score >= scoreMin && best.score - next >= certainMargin
      ? { key, state: 'certain', call: best.call.id, score: best.score }
      : { key, state: 'ambiguous', call: best.call.id, score: best.score };
  });
}

/** Natural logarithm of how well they fit, 0 at best, more with a number that agrees; `undefined`: not of one call. */
export function scoreOf({ record, line }: MatchRecord, call: MatchCall, skewMs: number): number | undefined {
  const { endedAt: callEnd } = call;
  if (record.endedAt === undefined || callEnd === undefined) return undefined;
  if (line !== undefined && line !== call.line) return undefined;
  if (
    (record.direction === 'incoming' && call.direction === 'outgoing') ||
    (record.direction === 'outgoing' && call.direction === 'incoming')
  )
    return undefined;
  const { resolutionMs } = record;
  const end = outside(callEnd - (record.endedAt + skewMs), 0, resolutionMs);
  if (Math.abs(end) > endToleranceMs) return undefined;
  let score = normal(end, 3000, 20);

  if (record.startedAt !== undefined) {
    // A switch sees a call after the line does: it waits for the number, or for the dialling to end.
    const start = outside(record.startedAt + skewMs - call.startedAt, -resolutionMs, 6000);
    score += normal(start, 4000, 6);
  }
  const talkMs = call.answeredAt === undefined ? undefined : callEnd - call.answeredAt;
  if (call.direction === 'incoming' && record.answered !== undefined) {
    if (record.answered !== (talkMs !== undefined)) score -= 12;
  }
  if (record.durationMs !== undefined && record.answered !== false) {
    const { durationMs } = record;
    // Tenths of minutes are the coarsest durations.
    const grain = resolutionMs > 1000 ? 6000 : 1000;
    if (talkMs !== undefined) score += normal(outside(durationMs - talkMs, -grain, grain), 3000, 10);
    // Outgoing: the switch counts from the answer, which the line does not show, or from a fixed time after dialling.
    else score += normal(outside(callEnd - call.startedAt - durationMs, -grain, 60_000), 4000, 10);
  }
  const numbers = [call.caller, call.digits].filter((number) => number.length >= 5);
  // A number whose last digits are hidden (`format/smdr/mask.ts`) says neither yes nor no.
  if (record.number !== undefined && !record.number.includes('x') && numbers.length > 0)
    score += numbers.some((number) => isSameNumber(number, record.number ?? '')) ? 6 : -6;
  return score;
}

/** How far a value lies outside of a range; 0 within. */
const outside = (value: number, least: number, most: number): number =>
  value < least ? value - least : value > most ? value - most : 0;

const normal = (off: number, sigma: number, worst: number): number =>
  Math.max(-worst, -((off / sigma) ** 2) / 2);

/** One may carry an access code or a country's prefix in front. */
function isSameNumber(a: string, b: string): boolean {
  const [x, y] = [a, b].map((number) => number.replaceAll(/\D/g, ''));
  if (x === undefined || y === undefined || x.length < 5 || y.length < 5) return false;
  const digits = Math.min(x.length, y.length);
  return x.slice(-digits) === y.slice(-digits);
}

/** Milliseconds to add to the switch's times: records arrive when their call has ended. 0 where that cannot be told. */
function clockSkew(records: readonly MatchRecord[]): number {
  const delays = records
    .filter(({ record }) => record.endedAt !== undefined && record.isClockJump !== true)
    .map(({ record, arrivedAt }) => arrivedAt - (record.endedAt ?? 0) - record.resolutionMs / 2)
    .sort((a, b) => a - b);
  if (delays.length < skewRecordsMin) return 0;
  const at = (share: number): number => delays[Math.floor((delays.length - 1) * share)] ?? 0;
  const [low, middle, high] = [at(0.2), at(0.5), at(0.8)];
  // Records that were kept and handed over late say nothing of the clock.
  if (high - low > 60_000 || Math.abs(middle) < skewMsMin + 30_000 || Math.abs(middle) > skewMsMax) return 0;
  return middle;
}

function firstFrom(sorted: readonly number[], value: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

function grouped<T, K>(items: readonly T[], keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}
