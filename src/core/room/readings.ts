/**
 * Polled values of the room (temperature, humidity, voltage) against their limits, whether a bus or the kernel brings them. A limit is passed when the value lies beyond
 * it, and left when it is back by the deadband; how long either must hold is the alarm's delay. A value that is not known any
 * more ends no alarm and begins none but its own.
 */
import type { Condition } from '../../model/alarm.ts';
import type { BusId, PointId } from '../../model/ids.ts';
import type { MeasuredPoint, Threshold } from '../../model/room.ts';
import { writtenValue } from '../../model/room.ts';
import type { MonoMs } from '../../model/units.ts';
import { elapsedMs } from '../../model/units.ts';
import type { Text } from '../../model/text.ts';
import { text } from '../../model/text.ts';

/** Without news for so many periods, and this much more, a value is no longer known, whatever the driver says. */
const periodsFresh = 3;
const slackMs = 10_000;
/** An alarm's words follow a value that has no deadband in steps of this share of its limit. */
const toldShare = 0.05;

export interface ReadingMemory {
  readonly at: MonoMs;
  readonly value: number | 'unknown';
  readonly isWarned: boolean;
  readonly isCritical: boolean;
  /** The value that stands in the alarm's words: they do not change with every poll. */
  readonly told: number;
  /** Why it is unknown. */
  readonly reason?: Text;
}

export interface ReadingNews {
  readonly value: number | 'unknown';
  readonly reason?: Text;
  readonly at: MonoMs;
}

export function readingHeard(
  point: MeasuredPoint,
  before: ReadingMemory | undefined,
  { value, reason, at }: ReadingNews,
): ReadingMemory {
  if (value === 'unknown') {
    const { isWarned = false, isCritical = false, told = 0 } = before ?? {};
    return { at, value, isWarned, isCritical, told, ...(reason === undefined ? {} : { reason }) };
  }
  const isWarned = isBeyond(point.warn, value, before?.isWarned === true ? point.deadband : 0);
  const isCritical = isBeyond(point.critical, value, before?.isCritical === true ? point.deadband : 0);
  const limit = (isCritical ? point.critical : point.warn)?.value ?? 0;
  const step = point.deadband > 0 ? point.deadband : Math.abs(limit) * toldShare;
  const isSame =
    before?.isWarned === isWarned && before.isCritical === isCritical && Math.abs(value - before.told) < step;
  return { at, value, isWarned, isCritical, told: isSame ? before.told : value };
}

const isBeyond = (limit: Threshold | undefined, value: number, deadband: number): boolean =>
  limit !== undefined &&
  (limit.when === '>' ? value > limit.value - deadband : value < limit.value + deadband);

export const isFresh = ({ everyMs }: MeasuredPoint, memory: ReadingMemory, at: MonoMs): boolean =>
  elapsedMs(memory.at, at) <= periodsFresh * everyMs + slackMs;

export function readingConditions(
  points: readonly MeasuredPoint[],
  readings: Readonly<Record<PointId, ReadingMemory>>,
  isBusLost: (bus: BusId) => boolean,
  at: MonoMs,
): Condition[] {
  const isBehindLostBus = (point: MeasuredPoint): boolean =>
    point.kind === 'register' && isBusLost(point.terminal.bus);
  return points.flatMap((point): Condition[] => {
    const { id, warn, critical } = point;
    const memory = readings[id];
    const isKnown = memory !== undefined && memory.value !== 'unknown' && isFresh(point, memory, at);
    const of = (type: string, state: Condition['state'], detail: Text): Condition => ({
      key: { subject: id, type, qualifier: '' },
      state,
      detail,
    });
    if (!isKnown)
      return [
        // The bus has its own alarm, which is the one to act on.
        of('reading.unknown', isBehindLostBus(point) ? 'unknown' : 'active', whyUnknown(point, memory)),
        ...(warn === undefined ? [] : [of('reading.warn', 'unknown', point.name)]),
        ...(critical === undefined ? [] : [of('reading.critical', 'unknown', point.name)]),
      ];
    if (memory.isCritical && critical !== undefined)
      return [
        of('reading.critical', 'active', told(point, memory.told, critical)),
        ...(warn === undefined ? [] : [of('reading.warn', 'unknown', point.name)]),
      ];
    return memory.isWarned && warn !== undefined
      ? [of('reading.warn', 'active', told(point, memory.told, warn))]
      : [];
  });
}

function whyUnknown({ name }: MeasuredPoint, memory: ReadingMemory | undefined): Text {
  const reason = memory?.value === 'unknown' ? memory.reason : undefined;
  return reason === undefined ? name : text(`${name.zh}：${reason.zh}`, `${name.en}: ${reason.en}`);
}

function told({ name, unit }: MeasuredPoint, value: number, { when, value: limit }: Threshold): Text {
  const words = `${writtenValue({ unit }, value)} (${when} ${writtenValue({ unit }, limit)})`;
  return text(`${name.zh} ${words}`, `${name.en} ${words}`);
}
