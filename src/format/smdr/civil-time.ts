/**
 * Local times of a switch → UTC. A switch may leave out year or date, writes years with two digits, knows no zone, and
 * its clock goes through midnight and daylight saving: of all moments that fit what it wrote, the one nearest to a moment
 * that we know (arrival of the line, the record before) is meant.
 */
import type { WrittenTime } from './written-time.ts';

/** Milliseconds to add to UTC at that moment to get local time. */
export type OffsetAt = (utcMs: number) => number;

export interface Moment {
  /** UTC milliseconds since 1970. */
  readonly at: number;
  /** Two moments fit: the clocks went back. */
  readonly isAmbiguous: boolean;
}

export const dayMs = 86_400_000;

/** Days since 1970 of a date of the Gregorian calendar; no check. */
export function daysOf(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const ofEra = y - era * 400;
  const ofYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  return era * 146_097 + ofEra * 365 + Math.floor(ofEra / 4) - Math.floor(ofEra / 100) + ofYear - 719_468;
}

function dateOf(days: number): {
  readonly year: number;
  readonly month: number;
  readonly day: number;
} {
  const z = days + 719_468;
  const era = Math.floor(z / 146_097);
  const ofEra = z - era * 146_097;
  const ofEraYear = Math.floor(
    (ofEra - Math.floor(ofEra / 1460) + Math.floor(ofEra / 36_524) - Math.floor(ofEra / 146_096)) / 365,
  );
  const ofYear = ofEra - (365 * ofEraYear + Math.floor(ofEraYear / 4) - Math.floor(ofEraYear / 100));
  const shifted = Math.floor((5 * ofYear + 2) / 153);
  const month = shifted < 10 ? shifted + 3 : shifted - 9;
  const year = ofEraYear + era * 400 + (month <= 2 ? 1 : 0);
  return { year, month, day: ofYear - Math.floor((153 * shifted + 2) / 5) + 1 };
}

const monthDays = (year: number, month: number): number =>
  daysOf(month === 12 ? year + 1 : year, month === 12 ? 1 : month + 1, 1) - daysOf(year, month, 1);

/** Offsets of an IANA zone, from the tables of the runtime; throws RangeError where there is no such zone. */
export function offsetsOf(zone: string): OffsetAt {
  const form = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  /** Offsets change on quarters of an hour at the finest. */
  const known = new Map<number, number>();
  const slotMs = 900_000;
  return (utcMs) => {
    const slot = Math.floor(utcMs / slotMs);
    const found = known.get(slot);
    if (found !== undefined) return found;
    const part: Record<string, number> = {};
    for (const { type, value } of form.formatToParts(slot * slotMs)) part[type] = Number(value);
    const { year = 1970, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part;
    const local = daysOf(year, month, day) * dayMs + ((hour * 60 + minute) * 60 + second) * 1000;
    const offset = local - slot * slotMs;
    if (known.size > 4096) known.clear();
    known.set(slot, offset);
    return offset;
  };
}

/** The moments at which local clocks show this (0 where they skip it: then the moment with the offset before). */
function momentsOf(localMs: number, offsetAt: OffsetAt): number[] {
  const before = offsetAt(localMs - dayMs / 2 - offsetAt(localMs));
  const after = offsetAt(localMs + dayMs / 2 - offsetAt(localMs));
  const fitting = [...new Set([before, after])]
    .map((offset) => localMs - offset)
    .filter((at) => offsetAt(at) === localMs - at);
  return fitting.length > 0 ? fitting : [localMs - before];
}

const nearest = (moments: readonly number[], near: number): number | undefined =>
  moments.reduce<number | undefined>(
    (best, at) => (best === undefined || Math.abs(at - near) < Math.abs(best - near) ? at : best),
    undefined,
  );

/** A year of two digits is of the century in which the reference lies nearest. */
function yearsOf(year: number | undefined, nearYear: number): number[] {
  if (year === undefined) return [nearYear - 1, nearYear, nearYear + 1];
  if (year > 99) return [year];
  const century = Math.floor(nearYear / 100) * 100;
  return [century - 100 + year, century + year, century + 100 + year];
}

/** A moment that we know, and how far beyond it the written one may be. */
export interface Near {
  readonly at: number;
  /** Of a time without a date: it lies between `at` + `aheadMs` - 1 day and `at` + `aheadMs`. */
  readonly aheadMs: number;
}

/** `undefined`: no such date or time, or a part of the date is missing and `near` too. */
export function momentOf(
  written: WrittenTime,
  near: Near | undefined,
  offsetAt: OffsetAt,
): Moment | undefined {
  const { hour = 0, minute = 0, second = 0, epoch } = written;
  if (epoch !== undefined) return { at: epoch * 1000, isAmbiguous: false };
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  const ofDay = ((hour * 60 + minute) * 60 + second) * 1000;
  const day = dayOf(written, ofDay, near, offsetAt);
  if (day === undefined) return undefined;
  const moments = momentsOf(day * dayMs + ofDay, offsetAt);
  const at = nearest(moments, near?.at ?? moments[0] ?? 0);
  return at === undefined ? undefined : { at, isAmbiguous: moments.length > 1 };
}

/** Days since 1970 of the date that is meant. */
function dayOf(
  { year, month, day }: WrittenTime,
  ofDay: number,
  near: Near | undefined,
  offsetAt: OffsetAt,
): number | undefined {
  const localNear = near === undefined ? undefined : near.at + offsetAt(near.at);
  if (month === undefined || day === undefined) {
    if (near === undefined || localNear === undefined) return undefined;
    return Math.floor((localNear + near.aheadMs - ofDay) / dayMs);
  }
  const fits = (candidate: number): boolean =>
    month >= 1 && month <= 12 && day >= 1 && day <= monthDays(candidate, month);
  if (localNear === undefined) {
    if (year === undefined) return undefined;
    // With nothing to be near to: no switch is older than 1980.
    const whole = year > 99 ? year : year < 80 ? 2000 + year : 1900 + year;
    return fits(whole) ? daysOf(whole, month, day) : undefined;
  }
  const days = yearsOf(year, dateOf(Math.floor(localNear / dayMs)).year)
    .filter(fits)
    .map((candidate) => daysOf(candidate, month, day));
  return days.reduce<number | undefined>(
    (best, one) =>
      best === undefined ||
      Math.abs(one * dayMs + ofDay - localNear) < Math.abs(best * dayMs + ofDay - localNear)
        ? one
        : best,
    undefined,
  );
}
