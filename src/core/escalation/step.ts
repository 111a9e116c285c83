/**
 * Escalation: an alarm of the set severities that sounds and that nobody acknowledges is told to more and more people, level by
 * level, by the room file. Its clock runs from the moment at which the alarm began to sound and does not begin anew when the
 * alarm comes and goes: a fault that chatters reaches the last level too. Acknowledging ends it, and so does any suppression.
 *
 * What falls due in one turn is told in one message, and repeats that would soon come go with it. In a flood, alarms that are not critical are not told one by one: the flood's
 * own alarm is. Who is on duty is not known here: the shell asks its port (`ports/duty.ts`).
 */
import type { Severity } from '../../model/alarm.ts';
import type { Effect } from '../../model/effect.ts';
import type { EscalatedAlarm, EscalationSettings, EscalationView, Sounding } from '../../model/escalation.ts';
import type { MonoMs } from '../../model/units.ts';
import { earlier, elapsedMs, later } from '../../model/units.ts';

/** Alarms named in one message; the rest is counted. */
const namedMax = 10;

/** All that sounds, each turn: a level. The same array means that nothing changed. */
export interface EscalationEvent {
  readonly kind: 'alarms';
  readonly at: MonoMs;
  readonly sounding: readonly Sounding[];
}

interface Escalation {
  readonly severity: Severity;
  readonly since: MonoMs;
  readonly stands: boolean;
  /** Levels told so far, and how often the last of them. */
  readonly level: number;
  readonly times: number;
  readonly nextAt: MonoMs | undefined;
}

export interface EscalationState {
  /** Absent: the room file has no escalation. */
  readonly settings: EscalationSettings | undefined;
  readonly sounding: readonly Sounding[];
  readonly running: ReadonlyMap<string, Escalation>;
  readonly due: MonoMs | undefined;
}

export interface SavedEscalation {
  readonly alarm: string;
  readonly severity: Severity;
  readonly agoMs: number;
  readonly level: number;
  readonly times: number;
  readonly nextInMs?: number;
}

export interface EscalationStep {
  readonly state: EscalationState;
  readonly effects: readonly Effect[];
}

export function initial(
  settings: EscalationSettings | undefined,
  saved: readonly SavedEscalation[],
  at: MonoMs,
): EscalationState {
  const levels = settings?.levels.length ?? 0;
  const running = new Map(
    (settings === undefined ? [] : saved).map(
      ({ alarm, severity, agoMs, level, times, nextInMs }): [string, Escalation] => [
        alarm,
        {
          severity,
          since: later(at, -agoMs),
          // Until its alarm is heard of.
          stands: false,
          level: Math.min(level, levels),
          times,
          nextAt: nextInMs === undefined ? undefined : later(at, nextInMs),
        },
      ],
    ),
  );
  const due = settings === undefined ? undefined : dueOf(settings, running);
  return { settings, sounding: [], running, due };
}

export const saved = ({ running }: EscalationState, at: MonoMs): readonly SavedEscalation[] =>
  [...running].map(([alarm, { severity, since, level, times, nextAt }]) => ({
    alarm,
    severity,
    agoMs: elapsedMs(since, at),
    level,
    times,
    ...(nextAt === undefined ? {} : { nextInMs: elapsedMs(at, nextAt) }),
  }));

export function viewOf({ running }: EscalationState, alarm: string): EscalationView | undefined {
  const own = running.get(alarm);
  return own === undefined || own.level === 0 ? undefined : { level: own.level, times: own.times };
}

/** `describe`: the alarm in words, for who is told. */
export function step(
  state: EscalationState,
  event: EscalationEvent,
  describe: (alarm: string) => EscalatedAlarm | undefined,
): EscalationStep {
  const { settings } = state;
  if (settings === undefined) return { state, effects: [] };
  const heard =
    event.sounding === state.sounding ? state : compared(state, settings, event.sounding, event.at);
  return heard.due === undefined || event.at < heard.due
    ? { state: heard, effects: heard.running === state.running ? [] : [{ kind: 'save' }] }
    : told(heard, settings, event.at, describe);
}

function compared(
  state: EscalationState,
  settings: EscalationSettings,
  sounding: readonly Sounding[],
  at: MonoMs,
): EscalationState {
  const running = new Map<string, Escalation>();
  let isSame = true;
  for (const { id, severity, stands, isInFlood } of sounding) {
    const own = state.running.get(id);
    const concerns = settings.severities.includes(severity);
    if (own === undefined && (!concerns || isInFlood)) continue;
    const next = own ?? begun(settings, severity, at);
    const now = next.stands === stands && next.severity === severity ? next : { ...next, stands, severity };
    isSame &&= now === own;
    running.set(id, now);
  }
  if (isSame && running.size === state.running.size) return { ...state, sounding };
  return { ...state, sounding, running, due: dueOf(settings, running) };
}

const begun = ({ levels }: EscalationSettings, severity: Severity, at: MonoMs): Escalation => ({
  severity,
  since: at,
  stands: true,
  level: 0,
  times: 0,
  nextAt: levels[0] === undefined ? undefined : later(at, levels[0].afterMs),
});

const mayTell = ({ stopsOn }: EscalationSettings, { stands }: Escalation): boolean =>
  stands || stopsOn === 'acknowledge';

function dueOf(settings: EscalationSettings, running: ReadonlyMap<string, Escalation>): MonoMs | undefined {
  let due: MonoMs | undefined;
  for (const one of running.values()) if (mayTell(settings, one)) due = earlier(due, one.nextAt);
  return due;
}

const isDue = ({ nextAt }: Escalation, at: MonoMs): boolean => nextAt !== undefined && at >= nextAt;

/** A repeat that would come within half its time goes with what is due: a person gets one message, not ten in a row. */
function goesAlong({ levels }: EscalationSettings, one: Escalation, at: MonoMs): boolean {
  const { nextAt, level, since } = one;
  const repeatMs = levels[level - 1]?.repeatMs;
  const above = levels[level];
  if (nextAt === undefined || repeatMs === undefined) return false;
  if (above !== undefined && nextAt >= later(since, above.afterMs)) return false;
  return elapsedMs(at, nextAt) <= repeatMs / 2;
}

/** All that is due now, told together by level. */
function told(
  state: EscalationState,
  settings: EscalationSettings,
  at: MonoMs,
  describe: (alarm: string) => EscalatedAlarm | undefined,
): EscalationStep {
  const running = new Map(state.running);
  const byLevel = new Map<number, { ids: string[]; times: number }>();
  for (const [id, one] of state.running) {
    if (!mayTell(settings, one) || !(isDue(one, at) || goesAlong(settings, one, at))) continue;
    const next = advanced(settings, one, at);
    running.set(id, next);
    const group = byLevel.get(next.level) ?? { ids: [], times: 0 };
    group.ids.push(id);
    group.times = Math.max(group.times, next.times);
    byLevel.set(next.level, group);
  }
  const effects = [...byLevel].map(([level, { ids, times }]): Effect => ({
    kind: 'escalate',
    at,
    level,
    times,
    count: ids.length,
    alarms: ids.slice(0, namedMax).flatMap((id) => describe(id) ?? []),
  }));
  return {
    state: { ...state, running, due: dueOf(settings, running) },
    effects: [...effects, { kind: 'save' }],
  };
}

/** To the highest level that is due: after a long absence nobody is told what he should have been told an hour ago. */
function advanced({ levels }: EscalationSettings, one: Escalation, at: MonoMs): Escalation {
  let { level } = one;
  for (
    let next = levels[level];
    next !== undefined && at >= later(one.since, next.afterMs);
    next = levels[level]
  )
    level++;
  const own = levels[level - 1];
  const times = level === one.level ? one.times + 1 : 1;
  const again = own?.repeatMs === undefined ? undefined : later(at, own.repeatMs);
  const above = levels[level];
  return {
    ...one,
    level,
    times,
    nextAt: earlier(again, above === undefined ? undefined : later(one.since, above.afterMs)),
  };
}

// ---- reading guard.json -----------------------------------------------------------------------------------------------

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;
const isCount = (value: unknown): boolean =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0;
const isMs = (value: unknown): boolean => typeof value === 'number' && Number.isFinite(value);

/** What is not right is left out. */
export function readSaved(value: unknown): readonly SavedEscalation[] {
  if (!Array.isArray(value)) return [];
  const rows: readonly unknown[] = value;
  return rows.filter((row): row is SavedEscalation => {
    if (!isRecord(row)) return false;
    const { alarm, severity, agoMs, level, times, nextInMs } = row;
    return (
      typeof alarm === 'string' &&
      (severity === 'critical' || severity === 'major' || severity === 'minor' || severity === 'warning') &&
      isMs(agoMs) &&
      isCount(level) &&
      isCount(times) &&
      (nextInMs === undefined || isMs(nextInMs))
    );
  });
}
