/** Escalation: who is told of an alarm that nobody acknowledges, when, and how often again. */
import type { AlarmView, Severity } from './alarm.ts';
import type { Text } from './text.ts';

/** Somebody to be told, and the ways in which the centre reaches him, as labels: `SMS 138…`, `phone 8001`. */
export interface DutyPerson {
  readonly id: string;
  readonly name: Text;
  readonly tell: readonly string[];
}

export interface EscalationLevel {
  /** From the moment at which the alarm began to sound. */
  readonly afterMs: number;
  /** Told again so often, until the next level or the end; absent: once. */
  readonly repeatMs?: number;
  /** Ids of people. */
  readonly who: readonly string[];
}

export interface EscalationSettings {
  readonly severities: readonly Severity[];
  /** `acknowledge-or-clear`: nobody is told of what is over, even if it was never acknowledged. */
  readonly stopsOn: 'acknowledge' | 'acknowledge-or-clear';
  readonly levels: readonly EscalationLevel[];
  readonly people: readonly DutyPerson[];
}

/** How far an alarm has been escalated. */
export interface EscalationView {
  /** 1 is the first. */
  readonly level: number;
  /** How often this level was told. */
  readonly times: number;
}

/** An alarm as those who are told of it read it. */
export type EscalatedAlarm = Pick<AlarmView, 'id' | 'severity' | 'what' | 'action'>;

/** An alarm that sounds, as the escalation must know it. */
export interface Sounding {
  readonly id: string;
  readonly severity: Severity;
  /** Its condition holds. */
  readonly stands: boolean;
  /** Part of a flood, told by the flood's own alarm. */
  readonly isInFlood: boolean;
}
