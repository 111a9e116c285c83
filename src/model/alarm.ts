import type { Text } from './text.ts';
import type { MonoMs } from './units.ts';

/** RFC 8632: one key, one alarm; the same fault updates it, never doubles it. */
export interface AlarmKey {
  /** The watched thing: a subject id, line id, point id, bus id or `linekeeper`. */
  readonly subject: string;
  /** A type of the catalogue in `core/alarm/catalogue.ts`, e.g. `pbx.down`. */
  readonly type: string;
  /** Tells two alarms of one type on one subject apart; usually empty. */
  readonly qualifier: string;
}

/** critical 一级紧急 · major 二级重要 · minor 三级一般 · warning 四级提示. */
export type Severity = 'critical' | 'major' | 'minor' | 'warning';

export const severities = ['critical', 'major', 'minor', 'warning'] as const satisfies readonly Severity[];

export type ConditionState = 'clear' | 'rising' | 'active' | 'falling' | 'unknown';
export type AckState = 'none' | 'unacked' | 'acked';

export type Suppression =
  | { readonly kind: 'shelved'; readonly until: MonoMs; readonly by: string; readonly reason: string }
  | {
      readonly kind: 'by-design';
      /** `behind` something that is down, `superseded` by a greater alarm, `ups-test`, `exercise`. */
      readonly cause: string;
      /** Id of the alarm to act on instead. */
      readonly root?: string;
    }
  | {
      readonly kind: 'out-of-service';
      readonly until: MonoMs;
      readonly permit: string;
      /** Who ordered it for this alarm; absent: its subject is in maintenance. */
      readonly by?: string;
    };

/** One alarm as people see it: the parallel regions of state-machines.md and what to do. */
export interface AlarmView {
  /** `subject/type` or `subject/type/qualifier`: stable over the alarm's life and over restarts. */
  readonly id: string;
  readonly key: AlarmKey;
  readonly severity: Severity;
  readonly condition: ConditionState;
  readonly ack: AckState;
  readonly latched: boolean;
  readonly suppressions: readonly Suppression[];
  /** Unacknowledged and not suppressed: lamps flash, the horn sounds. */
  readonly sounds: boolean;
  /** What is wrong. */
  readonly what: Text;
  /** What it does to the calls. */
  readonly effect: Text;
  /** What to do now. */
  readonly action: Text;
  /** First moment of the evidence, as far as it is known. */
  readonly since: MonoMs;
  /** It came first of a burst that nobody has acknowledged yet. */
  readonly firstOut?: true;
  /** Id of the alarm that explains this one and is to be acted on. */
  readonly root?: string;
  /** What this alarm explains: how many subjects it hides, and the first of them by name. */
  readonly consequences?: { readonly count: number; readonly subjects: readonly string[] };
  readonly raisedAt: MonoMs;
  readonly changedAt: MonoMs;
  readonly clearedAt?: MonoMs;
  readonly ackedBy?: string;
  readonly count: number;
}

/** A standing condition, as a machine of the core reports it every turn: a level, so that a lost edge heals itself. */
export interface Condition {
  readonly key: AlarmKey;
  readonly state: 'active' | 'unknown';
  /** Overrides the severity of the catalogue. */
  readonly severity?: Severity;
  /** What is special about this case, put behind the catalogue's sentence. */
  readonly detail: Text;
  /** First moment of the evidence; without it, when it was reported first. */
  readonly since?: MonoMs;
  /** Known to follow from something else: it does not sound while that lasts. Never of the bypass, the relays or the guard. */
  readonly expected?: { readonly cause: string; readonly root?: string };
  /** Subjects that this hides. */
  readonly hides?: readonly string[];
}

/** What the annunciator and the status page need of all alarms together. */
export interface AlarmCounts {
  /** Condition active (or last known active), suppressed ones included. */
  readonly standing: number;
  readonly unacknowledged: number;
  /** Unacknowledged and not suppressed. */
  readonly sounding: Readonly<Record<Severity, number>>;
  /** Among the sounding ones, the number of the newest; grows with every alarm that begins to sound. 0: none sounds. */
  readonly newest: Readonly<Record<Severity, number>>;
  /** Acknowledged and not suppressed, but active or latched: the lamp is steady. */
  readonly steady: number;
}

export const alarmId = (key: AlarmKey): string =>
  key.qualifier === '' ? `${key.subject}/${key.type}` : `${key.subject}/${key.type}/${key.qualifier}`;
