/** Lamps and horn as the room file sets them. */
import type { Severity } from './alarm.ts';

/** A horn may rest at night for these, in the room's zone; never for critical alarms. */
export interface QuietHours {
  /** Minutes after midnight; a `to` before `from` is on the next day. */
  readonly fromMinute: number;
  readonly toMinute: number;
  readonly severities: readonly Exclude<Severity, 'critical'>[];
}

export interface AnnunciatorSettings {
  /** Alarm types of sequence R: when they are over they flash slowly and sound the ringback tone until a person resets them. */
  readonly ringback: readonly string[];
  /** First-out groups: subjects, lines, points and buses by the name of their group. Absent: what `core/room` makes of the kinds. */
  readonly firstOut?: Readonly<Record<string, readonly string[]>>;
  /** The horn stops by itself after this long, unless an alarm is critical. Absent: never. */
  readonly autoSilenceMs?: number;
  readonly quiet?: QuietHours;
}

/** What a lamp shows; nothing given: every alarm of the room. */
export interface LampScope {
  readonly severity?: Severity;
  /** Of a first-out group. */
  readonly group?: string;
  /** Of one subject, line, point or bus: this lamp shows the first-out mark. */
  readonly subject?: string;
}

/** First-out groups of a room whose file names none, and what each is made of. */
export const defaultFirstOut = {
  power: 'UPSs',
  pbx: 'the PBX, its lines and their cards, and the bypass of the room',
  network: 'network subjects, and what depends on one of them',
} as const;
