/**
 * A polled value as evidence of a subject: within its `ok` it says up, outside it down, not known it says unknown. Out of it and
 * back by the deadband, so that a value that trembles on the limit does not flap.
 */
import type { MeasuredPoint, ReadingSource, Threshold } from '../../model/room.ts';
import { writtenValue } from '../../model/room.ts';
import type { SourceId } from '../../model/ids.ts';
import type { WatchEvent } from '../watch/hear.ts';
import { text } from '../../model/text.ts';
import type { ReadingNews } from './readings.ts';

/** Sources whose value was outside when it was heard last. */
export type ReadingFaults = Readonly<Record<SourceId, true>>;

export interface ReadingEvidence {
  readonly faults: ReadingFaults;
  readonly events: readonly Extract<WatchEvent, { kind: 'evidence' }>[];
}

export function readingEvidence(
  point: MeasuredPoint,
  sources: readonly ReadingSource[],
  before: ReadingFaults,
  { value, reason, at }: ReadingNews,
): ReadingEvidence {
  const mine = new Set(sources.map(({ id }) => id));
  const outside =
    value === 'unknown'
      ? []
      : sources.filter(({ id, ok }) => !isWithin(ok, value, before[id] === true ? point.deadband : 0));
  const kept = Object.keys(before).filter(
    (id) => !mine.has(id) || (value === 'unknown' && before[id] === true),
  );
  const faults: ReadingFaults = Object.fromEntries(
    [...kept, ...outside.map(({ id }) => id)].map((id) => [id, true] as const),
  );
  return {
    faults,
    events: sources.map(({ id, ok }) => {
      if (value === 'unknown')
        return {
          kind: 'evidence',
          at,
          source: id,
          says: 'unknown',
          reason: reason ?? text('读数未知', 'its value is not known'),
        };
      const written = writtenValue(point, value);
      const wanted = `${ok.when} ${writtenValue(point, ok.value)}`;
      return {
        kind: 'evidence',
        at,
        source: id,
        says: outside.some((one) => one.id === id) ? 'down' : 'up',
        reason: text(`${written}（应 ${wanted}）`, `${written} (ok is ${wanted})`),
      };
    }),
  };
}

const isWithin = ({ when, value: limit }: Threshold, value: number, deadband: number): boolean =>
  when === '<' ? value < limit - deadband : value > limit + deadband;
