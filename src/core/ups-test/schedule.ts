/**
 * Battery tests by schedule. The shell tells when the hour of the day is open, by the wall clock; whether a test is due in it is
 * counted on the monotonic clock alone, so that a clock that jumps moves a test to another hour and never makes two of one: an
 * order goes out at most once in half an interval. What may not begin now is tried again until the hour is over, and the next day.
 */
import type { Condition } from '../../model/alarm.ts';
import type { RoomEventOf } from '../../model/event.ts';
import type { Effect } from '../../model/effect.ts';
import type { SubjectId } from '../../model/ids.ts';
import type { Subject, UpsTestSchedule } from '../../model/room.ts';
import type { MonoMs } from '../../model/units.ts';
import { elapsedMs, hasLasted, later } from '../../model/units.ts';
import type { Text } from '../../model/text.ts';
import { text } from '../../model/text.ts';
import { notBegun, noteOf } from './words.ts';

const dayMs = 86_400_000;
/** A test takes some minutes of its hour: the next one must not be pushed to the day after for them. */
const slackMs = dayMs / 2;
const overdueIntervals = 2;

export interface Plan {
  readonly schedule: UpsTestSchedule;
  /** The last test, by whomever, came to its end; where there was none, the schedule was taken up. */
  readonly countsFrom: MonoMs;
  readonly isTested: boolean;
  /** The schedule sent an order. */
  readonly triedAt?: MonoMs;
  /** `isSpent`: in this hour the UPS did not take the order. `why`: the last refusal of ours. */
  readonly hour?: { readonly until: MonoMs; readonly isSpent: boolean; readonly why?: Text };
}
export type Plans = Readonly<Record<SubjectId, Plan>>;

export type SavedPlans = Readonly<
  Record<SubjectId, { readonly ageMs: number; readonly isTested: boolean; readonly triedAgeMs?: number }>
>;

export function initialPlans(
  subjects: readonly Subject[],
  saved: SavedPlans,
  savedAt: MonoMs,
  at: MonoMs,
): Plans {
  return Object.fromEntries(
    subjects.flatMap(({ id, test: schedule }): [SubjectId, Plan][] => {
      if (schedule === undefined) return [];
      const own = saved[id];
      if (own === undefined) return [[id, { schedule, countsFrom: at, isTested: false }]];
      const { ageMs, isTested, triedAgeMs } = own;
      const tried = triedAgeMs === undefined ? {} : { triedAt: later(savedAt, -triedAgeMs) };
      return [[id, { schedule, countsFrom: later(savedAt, -ageMs), isTested, ...tried }]];
    }),
  );
}

export const savedPlans = (plans: Plans, at: MonoMs): SavedPlans =>
  Object.fromEntries(
    Object.entries(plans).map(([id, { countsFrom, isTested, triedAt }]) => [
      id,
      {
        ageMs: elapsedMs(countsFrom, at),
        isTested,
        ...(triedAt === undefined ? {} : { triedAgeMs: elapsedMs(triedAt, at) }),
      },
    ]),
  );

/** From guard.json; what is not right is left out. */
export function readPlans(rows: Readonly<Record<string, unknown>>): SavedPlans {
  return Object.fromEntries(
    Object.entries(rows).flatMap(([id, one]) => {
      if (typeof one !== 'object' || one === null || !('ageMs' in one) || !('isTested' in one)) return [];
      const { ageMs, isTested } = one;
      const triedAgeMs = 'triedAgeMs' in one ? one.triedAgeMs : undefined;
      if (typeof ageMs !== 'number' || typeof isTested !== 'boolean') return [];
      return [[id, { ageMs, isTested, ...(typeof triedAgeMs === 'number' ? { triedAgeMs } : {}) }]];
    }),
  );
}

export const hasOpenHour = (plans: Plans): boolean =>
  Object.values(plans).some(({ hour }) => hour !== undefined);

export function isDue(
  { schedule: { everyMs }, countsFrom, isTested, triedAt, hour }: Plan,
  at: MonoMs,
): boolean {
  if (hour === undefined || hour.isSpent || at >= hour.until) return false;
  if (triedAt !== undefined && !hasLasted(triedAt, everyMs / 2, at)) return false;
  return !isTested || hasLasted(countsFrom, everyMs - Math.min(slackMs, everyMs / 2), at);
}

export function hourTold(
  plans: Plans,
  { subject, until, at }: RoomEventOf<'ups-test-hour'>,
): { readonly plans: Plans; readonly effects: readonly Effect[] } {
  const plan = plans[subject];
  if (plan === undefined) return { plans, effects: [] };
  if (until === undefined) return hourOver(plans, subject, plan, at);
  const { isSpent = false, why } = plan.hour ?? {};
  const hour = { until, isSpent, ...(why === undefined ? {} : { why }) };
  return { plans: { ...plans, [subject]: { ...plan, hour } }, effects: [] };
}

/** A test that was due and was not begun is told once, with what was in its way. */
function hourOver(
  plans: Plans,
  subject: SubjectId,
  { hour, ...plan }: Plan,
  at: MonoMs,
): { readonly plans: Plans; readonly effects: readonly Effect[] } {
  if (hour === undefined) return { plans, effects: [] };
  return {
    plans: { ...plans, [subject]: plan },
    effects: hour.why === undefined ? [] : [noteOf(at, notBegun(subject, hour.why))],
  };
}

export function hoursRunOut(
  plans: Plans,
  at: MonoMs,
): { readonly plans: Plans; readonly effects: readonly Effect[] } {
  let now: { readonly plans: Plans; readonly effects: readonly Effect[] } = { plans, effects: [] };
  for (const [subject, plan] of Object.entries(plans)) {
    if (plan.hour === undefined || at < plan.hour.until) continue;
    const over = hourOver(now.plans, subject, plan, at);
    now = { plans: over.plans, effects: [...now.effects, ...over.effects] };
  }
  return now;
}

const changed = (plans: Plans, subject: SubjectId, change: (plan: Plan) => Plan): Plans => {
  const plan = plans[subject];
  return plan === undefined ? plans : { ...plans, [subject]: change(plan) };
};

export const hindered = (plans: Plans, subject: SubjectId, why: Text): Plans =>
  changed(plans, subject, (plan) => {
    if (plan.hour === undefined || plan.hour.why?.en === why.en) return plan;
    return { ...plan, hour: { ...plan.hour, why } };
  });

export const sentBySchedule = (plans: Plans, subject: SubjectId, at: MonoMs): Plans =>
  changed(plans, subject, ({ hour, ...plan }) => ({
    ...plan,
    triedAt: at,
    ...(hour === undefined ? {} : { hour: { until: hour.until, isSpent: hour.isSpent } }),
  }));

/** Nothing more in this hour; where nothing ran, the hour of another day may try again. */
export const hourSpent = (plans: Plans, subject: SubjectId, mayRun: boolean): Plans =>
  changed(plans, subject, ({ triedAt, hour, ...plan }) => ({
    ...plan,
    ...(mayRun && triedAt !== undefined ? { triedAt } : {}),
    ...(hour === undefined ? {} : { hour: { ...hour, isSpent: true } }),
  }));

export const testEnded = (plans: Plans, subject: SubjectId, at: MonoMs): Plans =>
  changed(plans, subject, (plan) => ({ ...plan, countsFrom: at, isTested: true }));

export const overdueConditions = (plans: Plans, at: MonoMs): readonly Condition[] =>
  Object.entries(plans).flatMap(([subject, { schedule, countsFrom, isTested }]): Condition[] => {
    if (!hasLasted(countsFrom, overdueIntervals * schedule.everyMs, at)) return [];
    const days = Math.floor(elapsedMs(countsFrom, at) / dayMs);
    return [
      {
        key: { subject, type: 'ups.test-overdue', qualifier: '' },
        state: 'active',
        detail: isTested
          ? text(`上次测试在 ${days} 天前`, `last tested ${days} d ago`)
          : text(`${days} 天来从未测试`, `not tested in ${days} d`),
      },
    ];
  });
