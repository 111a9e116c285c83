/** Weeks of ISO 8601 (`2026-W47`, Monday to Sunday) in a time zone: the week that begins at midnight there. */
import type { OffsetAt } from './smdr/civil-time.ts';
import { dayMs, daysOf } from './smdr/civil-time.ts';

export interface Span {
  /** UTC milliseconds, inclusive and exclusive. */
  readonly from: number;
  readonly to: number;
}

/** `undefined`: there is no such week. A week with a change of the clocks is an hour shorter or longer. */
export function isoWeek(written: string, offsetAt: OffsetAt): Span | undefined {
  const match = /^(\d{4})-W(\d{2})$/.exec(written);
  const [year, week] = [Number(match?.[1]), Number(match?.[2])];
  if (match === null || week < 1) return undefined;
  const monday = firstMonday(year) + (week - 1) * 7;
  if (monday >= firstMonday(year + 1)) return undefined;
  return { from: midnight(monday, offsetAt), to: midnight(monday + 7, offsetAt) };
}

/** Days since 1970 of the Monday of week 1: the week with 4 January in it. */
function firstMonday(year: number): number {
  const fourth = daysOf(year, 1, 4);
  // 1970-01-01 was a Thursday.
  return fourth - ((fourth + 3) % 7);
}

/** Where the clocks skip midnight, the first moment of the day. */
function midnight(day: number, offsetAt: OffsetAt): number {
  const local = day * dayMs;
  const guess = local - offsetAt(local);
  return local - offsetAt(guess);
}
