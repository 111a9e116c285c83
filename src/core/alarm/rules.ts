/**
 * How each alarm behaves: the catalogue's word, and over it what the room file says of the type or of the type on one subject.
 * Alarms of the bypass, the relays and the guard may be made louder, never quieter or slower: `check` refuses such a file, and
 * here it would have no effect.
 */
import type { AlarmKey, Condition, Severity } from '../../model/alarm.ts';
import { severities } from '../../model/alarm.ts';
import type { AlarmSetting } from '../../model/room.ts';
import type { Text } from '../../model/text.ts';
import { alarmKind, isSafetyType } from './catalogue.ts';
import type { AlarmKind } from './catalogue-entry.ts';

export interface AlarmRule extends Pick<AlarmKind, 'latch' | 'onDelayMs' | 'offDelayMs'> {
  /** Of the room file: over what the condition and the catalogue say. */
  readonly fixedSeverity?: Severity;
  /** So many beginnings within this time are an alarm, and so is one that lasts as long. In place of the on-delay. */
  readonly inWindow?: { readonly times: number; readonly withinMs: number };
  /** Acknowledged and still standing after this long: it asks again. */
  readonly reAlarmMs?: number;
  /** What to do besides what the catalogue says. */
  readonly ask?: Text;
}

/** By `type` and by `subject/type`. */
export type AlarmRules = ReadonlyMap<string, AlarmRule>;

/** `asks` by `subject/type`. */
export function alarmRules(
  settings: readonly AlarmSetting[],
  asks: ReadonlyMap<string, Text> = new Map(),
): AlarmRules {
  const rules = new Map<string, AlarmRule>();
  for (const one of settings)
    if (one.subject === undefined) rules.set(one.type, ruled(alarmKind(one.type), one));
  for (const one of settings)
    if (one.subject !== undefined)
      rules.set(`${one.subject}/${one.type}`, ruled(rules.get(one.type) ?? alarmKind(one.type), one));
  for (const [key, ask] of asks) {
    const type = key.slice(key.indexOf('/') + 1);
    rules.set(key, { ...(rules.get(key) ?? rules.get(type) ?? behaviourOf(alarmKind(type))), ask });
  }
  return rules;
}

const behaviourOf = ({ latch, onDelayMs, offDelayMs }: AlarmKind): AlarmRule => ({
  latch,
  onDelayMs,
  offDelayMs,
});

export const ruleOf = (rules: AlarmRules, { subject, type }: AlarmKey): AlarmRule =>
  (rules.size === 0 ? undefined : (rules.get(`${subject}/${type}`) ?? rules.get(type))) ?? alarmKind(type);

function ruled(base: AlarmRule, setting: AlarmSetting): AlarmRule {
  const { type, severity, inWindow, reAlarmMs, onDelayMs, offDelayMs, latch } = setting;
  const isSafety = isSafetyType(type);
  const window = onDelayMs === undefined && inWindow === undefined ? base.inWindow : inWindow;
  const fixedSeverity = severity ?? base.fixedSeverity;
  const askedAgainMs = reAlarmMs ?? base.reAlarmMs;
  return {
    latch: isSafety ? base.latch || latch === true : (latch ?? base.latch),
    onDelayMs: least(isSafety, base.onDelayMs, onDelayMs),
    offDelayMs: isSafety ? Math.max(base.offDelayMs, offDelayMs ?? 0) : (offDelayMs ?? base.offDelayMs),
    ...(fixedSeverity === undefined ? {} : { fixedSeverity }),
    ...(window === undefined || isSafety ? {} : { inWindow: window }),
    ...(askedAgainMs === undefined ? {} : { reAlarmMs: askedAgainMs }),
  };
}

const least = (isSafety: boolean, base: number, given: number | undefined): number =>
  isSafety ? Math.min(base, given ?? base) : (given ?? base);

/** 1 warning … 4 critical. */
export const rank = (severity: Severity): number => severities.length - severities.indexOf(severity);

export function severityUnder({ fixedSeverity }: AlarmRule, { key, severity }: Condition): Severity {
  const own = severity ?? alarmKind(key.type).severity;
  if (fixedSeverity === undefined) return own;
  return isSafetyType(key.type) && rank(fixedSeverity) < rank(own) ? own : fixedSeverity;
}
