/**
 * Counters of the room (surges of an arrester, starts of a generator): a register that counts by itself, or pulses of a contact.
 * Each new count is an alarm that stays until a person has looked and resets it; the count goes on through restarts of ours, and
 * through the device's own wrap-around and its return to zero.
 */
import type { Condition } from '../../model/alarm.ts';
import type { CounterPoint } from '../../model/room.ts';
import type { MonoMs } from '../../model/units.ts';
import { elapsedMs } from '../../model/units.ts';
import type { PointId } from '../../model/ids.ts';
import { text } from '../../model/text.ts';

/** The event itself lasts a moment: so long it is a condition, then the latch of its alarm keeps it. */
const countShownMs = 10_000;
/** A register near its end that shows a small number has wrapped; from anywhere else it was set to zero. */
const wrapShare = 0.25;

export interface SavedCounter {
  /** What the device showed last; absent where we count pulses. */
  readonly shown?: number;
  readonly total: number;
  /** The total when a person reset it last. */
  readonly seen: number;
}
export interface CounterMemory extends SavedCounter {
  readonly countedAt?: MonoMs;
}
export type Counters = Readonly<Record<PointId, CounterMemory>>;

const rangeOf = { u16: 2 ** 16, u32: 2 ** 32 } as const;

/** The first number that a device shows is where we begin, and nothing that happened now. */
export function counterRead(
  before: CounterMemory | undefined,
  shown: number,
  type: keyof typeof rangeOf,
  at: MonoMs,
): CounterMemory {
  if (before?.shown === undefined) return { shown, total: shown, seen: shown };
  const range = rangeOf[type];
  const hasWrapped = before.shown >= range * (1 - wrapShare) && shown < range * wrapShare;
  const more =
    shown >= before.shown ? shown - before.shown : hasWrapped ? shown + range - before.shown : shown;
  return more === 0 && shown === before.shown
    ? before
    : { ...before, shown, total: before.total + more, ...(more === 0 ? {} : { countedAt: at }) };
}

export function pulseCounted(before: CounterMemory | undefined, at: MonoMs): CounterMemory {
  const { total = 0, seen = 0 } = before ?? {};
  return { total: total + 1, seen, countedAt: at };
}

export function counterConditions(
  points: readonly CounterPoint[],
  counters: Counters,
  at: MonoMs,
): Condition[] {
  return points.flatMap(({ id, name }): Condition[] => {
    const memory = counters[id];
    if (memory?.countedAt === undefined || elapsedMs(memory.countedAt, at) >= countShownMs) return [];
    const { total, seen } = memory;
    return [
      {
        key: { subject: id, type: 'counter.counted', qualifier: '' },
        state: 'active',
        detail: text(
          `${name.zh} 新增 ${total - seen}，累计 ${total}`,
          `${name.en}: ${total - seen} new, ${total} in all`,
        ),
      },
    ];
  });
}

/** Those whose alarm a person has reset: what was counted is seen. */
export function countersSeen(counters: Counters, standing: ReadonlySet<PointId>): Counters {
  const next = Object.entries(counters).map(([id, memory]): [PointId, CounterMemory] => {
    const { total, seen } = memory;
    return [id, total === seen || standing.has(id) ? memory : { ...memory, seen: total }];
  });
  return next.every(([id, memory]) => memory === counters[id]) ? counters : Object.fromEntries(next);
}

export const savedCounters = (counters: Counters): Readonly<Record<PointId, SavedCounter>> =>
  Object.fromEntries(
    Object.entries(counters).map(([id, { shown, total, seen }]) => [
      id,
      { ...(shown === undefined ? {} : { shown }), total, seen },
    ]),
  );
