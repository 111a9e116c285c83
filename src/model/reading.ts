import type { SubjectId } from './ids.ts';
import type { Threshold } from './room.ts';
import type { Text } from './text.ts';
import type { MonoMs } from './units.ts';

/** A measured value as people see it: of a point, or of a UPS. */
export interface ReadingView {
  /** A point's name, or `ups-1.batteryPercent`. */
  readonly id: string;
  readonly name: Text;
  /** The UPS that it is of. */
  readonly subject?: SubjectId;
  /** Absent: not known. */
  readonly value?: number;
  readonly unit: string;
  readonly state: 'ok' | 'warn' | 'critical' | 'unknown';
  /** News of it came then. */
  readonly at?: MonoMs;
  readonly warn?: Threshold;
  readonly critical?: Threshold;
  /** Less than this is no change that somebody far away must hear of. */
  readonly step: number;
  /** Of a counter: how many since a person reset it. */
  readonly counted?: number;
  /** Why it is not known. */
  readonly reason?: Text;
}
