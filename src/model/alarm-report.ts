/** How well the alarms of a room serve its people over a time: the figures of EEMUA 191 and ISA-18.2. */
import type { Severity } from './alarm.ts';
import type { Text } from './text.ts';
import type { WallMs } from './units.ts';

/** One change of one alarm, from the archive. */
export interface AlarmChange {
  readonly at: WallMs;
  readonly change: string;
  readonly id: string;
  readonly severity: Severity;
  /** Kept from horn and lamp when it changed: listed, but no load on anybody. */
  readonly isSuppressed: boolean;
  /** Who acknowledged or shelved it; `''`: nobody known. */
  readonly by: string;
}

export interface AlarmHistory {
  readonly from: WallMs;
  readonly to: WallMs;
  /** In the order in which they happened. */
  readonly changes: readonly AlarmChange[];
  /** Alarms that stood at `from`, and since when. */
  readonly standing: readonly { readonly id: string; readonly raisedAt: WallMs }[];
}

export interface Kpi {
  readonly id: string;
  readonly name: Text;
  readonly value: number;
  readonly unit: '' | '%' | 'min';
  readonly target: Text;
  /** Absent: nothing to judge. */
  readonly met?: boolean;
}

export interface CountedAlarm {
  readonly id: string;
  readonly count: number;
  /** Per cent of all. */
  readonly share: number;
}

export interface AlarmReport {
  readonly from: WallMs;
  readonly to: WallMs;
  readonly kpis: readonly Kpi[];
  readonly floods: readonly {
    readonly from: WallMs;
    readonly to: WallMs;
    readonly count: number;
    readonly peak: number;
  }[];
  /** Bad actors first. */
  readonly topTen: readonly CountedAlarm[];
  readonly bySeverity: Readonly<Record<Severity, number>>;
  /** Raised, for each day of 24 h from `from`. */
  readonly perDay: readonly number[];
  readonly chattering: readonly string[];
  readonly fleeting: readonly CountedAlarm[];
  readonly stale: readonly string[];
  readonly people: readonly {
    readonly name: string;
    readonly acknowledged: number;
    readonly shelved: number;
    /** From the beginning of the sound to the acknowledgement. */
    readonly medianMinutes?: number;
  }[];
}
