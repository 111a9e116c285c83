/**
 * Flapping: a subject that changes again and again is one alarm, not a hundred. Time is cut into slots, `slotsKept` to the time
 * that the room file gives; of the last ones each in which the verdict changed counts, newer ones more (0.8 to 1.2, as Nagios and
 * Icinga weigh their last checks). From so many `changes` on it flaps, until it is calm below two thirds of them or has not
 * changed for `calmSlots`.
 *
 * Only changes between known verdicts count, and only while the subject itself can be seen: what comes of a parent or of
 * maintenance is not its own unrest. It concerns the alarms of people alone; the bypass never asks.
 */
import type { MonoMs } from '../../model/units.ts';
import { elapsedMs } from '../../model/units.ts';
import type { Verdict } from '../../model/watch.ts';
import type { FlapThreshold, Subject } from '../../model/room.ts';
import { isPolled } from '../../model/room.ts';

export const slotsKept = 20;
/** Without a change for so many slots it is over: a fault that stays must not hide behind the unrest before it. */
export const calmSlots = 6;

/** Where the room file says nothing: six changes in twenty minutes. */
const usualFlapping: FlapThreshold = { changes: 6, inMs: 20 * 60_000 };

export interface FlapMemory {
  /** Last verdict that was not `unknown`, and when it changed last. */
  readonly known?: Verdict;
  readonly changedAt: MonoMs;
  /** Numbers of the slots with a change, oldest first. */
  readonly changed: readonly number[];
  readonly isFlapping: boolean;
}

export const unflapped = (at: MonoMs): FlapMemory => ({ changedAt: at, changed: [], isFlapping: false });

export interface FlapLimits {
  readonly slotMs: number;
  readonly flappingFrom: number;
  readonly calmBelow: number;
}

/** A source that is asked seldom can change but seldom: a slot lasts at least two of its periods. */
export function slotMsOf({ sources, flapping = usualFlapping }: Subject): number {
  const periods = sources.filter(isPolled).map(({ everyMs }) => everyMs);
  const slotMs = flapping.inMs / slotsKept;
  return periods.length === 0 ? slotMs : Math.max(slotMs, 2 * Math.min(...periods));
}

export function flapLimitsOf(subject: Subject): FlapLimits {
  const { changes } = subject.flapping ?? usualFlapping;
  return {
    slotMs: slotMsOf(subject),
    flappingFrom: changes / slotsKept,
    calmBelow: changes / (1.5 * slotsKept),
  };
}

export function share(changed: readonly number[], slot: number): number {
  const step = 0.4 / (slotsKept - 1);
  const weights = changed.map((one) => 1.2 - step * (slot - one));
  return weights.reduce((sum, weight) => sum + weight, 0) / slotsKept;
}

export function flapped(
  memory: FlapMemory,
  verdict: Verdict,
  isOwn: boolean,
  { slotMs, flappingFrom, calmBelow }: FlapLimits,
  at: MonoMs,
): FlapMemory {
  const counts = isOwn && verdict !== 'unknown';
  if (memory.changed.length === 0 && (!counts || memory.known === verdict)) return memory;
  const slot = Math.floor(at / slotMs);
  const isChange = counts && memory.known !== undefined && memory.known !== verdict;
  const changedAt = isChange ? at : memory.changedAt;
  const kept = memory.changed.filter((one) => one > slot - slotsKept);
  const changed = isChange && kept.at(-1) !== slot ? [...kept, slot] : kept;
  const isCalm = elapsedMs(changedAt, at) >= calmSlots * slotMs;
  const now = share(changed, slot);
  const isFlapping = memory.isFlapping ? now >= calmBelow && !isCalm : now >= flappingFrom;
  const known = counts ? { known: verdict } : memory.known === undefined ? {} : { known: memory.known };
  const isOver = memory.isFlapping && !isFlapping;
  return { ...known, changedAt, changed: isOver ? [] : changed, isFlapping };
}
