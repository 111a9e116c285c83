/** The form of an entry of the alarm catalogue. */
import type { Severity } from '../../model/alarm.ts';
import type { Text } from '../../model/text.ts';
import { text } from '../../model/text.ts';

export interface AlarmKind {
  readonly severity: Severity;
  /** Stays after its condition is gone until a person resets it: something has to be looked at in any case. */
  readonly latch: boolean;
  /** The condition must hold this long before it is an alarm. */
  readonly onDelayMs: number;
  /** The condition must be gone this long before the alarm clears. */
  readonly offDelayMs: number;
  /** What is wrong. */
  readonly what: Text;
  /** What it does to the calls. */
  readonly effect: Text;
  /** What to do now. */
  readonly action: Text;
}

type Pair = readonly [zh: string, en: string];

interface Words {
  readonly what: Pair;
  readonly effect: Pair;
  readonly action: Pair;
}

interface Behaviour {
  readonly latch?: boolean;
  readonly onDelayMs?: number;
  readonly offDelayMs?: number;
}

export const kind = (severity: Severity, words: Words, behaviour: Behaviour = {}): AlarmKind => ({
  severity,
  latch: behaviour.latch ?? false,
  onDelayMs: behaviour.onDelayMs ?? 0,
  offDelayMs: behaviour.offDelayMs ?? 0,
  what: text(...words.what),
  effect: text(...words.effect),
  action: text(...words.action),
});
