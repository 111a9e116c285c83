/**
 * Lamp and horn after ISA-18.1 sequence A: an alarm that nobody has acknowledged flashes and sounds, an acknowledged one that
 * still stands is steady, nothing is dark. Silence stops the horn and nothing else, until an alarm begins to sound that was
 * not there before. Patterns follow from the moment of the last event alone. A lamp test never hides a true alarm.
 */
import type { AlarmCounts, Severity } from '../../model/alarm.ts';
import { severities } from '../../model/alarm.ts';
import type { MonoMs } from '../../model/units.ts';
import { earlier, elapsedMs, later } from '../../model/units.ts';

export const flashMs = { on: 500, period: 1000 } as const;
/** The more urgent, the more the horn is heard. A warning is shown, not sounded. */
export const hornMs = {
  critical: { on: 900, period: 1000 },
  major: { on: 500, period: 1500 },
  minor: { on: 300, period: 4000 },
  warning: undefined,
} as const satisfies Record<Severity, Pattern | undefined>;
export const lampTestMs = 5000;
/** The horn is tried at the beginning of a lamp test, briefly. */
export const hornTestMs = 500;

interface Pattern {
  readonly on: number;
  readonly period: number;
}

export type AnnunciatorEvent = { readonly at: MonoMs } & (
  | { readonly kind: 'alarms'; readonly counts: AlarmCounts }
  | { readonly kind: 'silence' }
  | { readonly kind: 'lamp-test' }
  | { readonly kind: 'turn' }
);

export interface AnnunciatorState {
  readonly at: MonoMs;
  readonly counts: AlarmCounts;
  /** Alarms that began to sound up to this number are silenced. */
  readonly silenced: number;
  /** What the horn sounds, and since when. */
  readonly horn: { readonly severity: Severity; readonly since: MonoMs } | undefined;
  readonly flashingSince: MonoMs | undefined;
  readonly testedAt: MonoMs | undefined;
}

const noCount: Record<Severity, number> = { critical: 0, major: 0, minor: 0, warning: 0 };
const noAlarms: AlarmCounts = {
  standing: 0,
  unacknowledged: 0,
  sounding: noCount,
  newest: noCount,
  steady: 0,
};

export const initial = (at: MonoMs): AnnunciatorState => ({
  at,
  counts: noAlarms,
  silenced: 0,
  horn: undefined,
  flashingSince: undefined,
  testedAt: undefined,
});

export function step(state: AnnunciatorState, event: AnnunciatorEvent): AnnunciatorState {
  const { at } = event;
  switch (event.kind) {
    case 'turn':
      return dated(state, at);
    case 'alarms':
      return dated(
        event.counts === state.counts ? state : settled({ ...state, counts: event.counts }, at),
        at,
      );
    case 'silence': {
      const silenced = Math.max(state.silenced, ...Object.values(state.counts.newest));
      return dated(settled({ ...state, silenced }, at), at);
    }
    case 'lamp-test':
      return dated({ ...state, testedAt: at }, at);
  }
}

/** At rest the state stays the same object; `at` matters only while something blinks. */
function dated(state: AnnunciatorState, at: MonoMs): AnnunciatorState {
  const isTestOver = state.testedAt !== undefined && elapsedMs(state.testedAt, at) >= lampTestMs;
  const tested = isTestOver ? { ...state, testedAt: undefined } : state;
  const moves =
    tested.horn !== undefined || tested.flashingSince !== undefined || tested.testedAt !== undefined;
  return moves || tested !== state ? { ...tested, at } : state;
}

function settled(state: AnnunciatorState, at: MonoMs): AnnunciatorState {
  const { counts, silenced } = state;
  const severity = severities.find(
    (one) => hornMs[one] !== undefined && counts.sounding[one] > 0 && counts.newest[one] > silenced,
  );
  const since = severity !== undefined && state.horn?.severity === severity ? state.horn.since : at;
  const flashes = severities.some((one) => counts.sounding[one] > 0);
  return {
    ...state,
    horn: severity === undefined ? undefined : { severity, since },
    flashingSince: flashes ? (state.flashingSince ?? at) : undefined,
  };
}

const isOn = (pattern: Pattern, since: MonoMs, at: MonoMs): boolean =>
  elapsedMs(since, at) % pattern.period < pattern.on;

/** The moment at which the pattern switches next. */
function edge(pattern: Pattern, since: MonoMs, at: MonoMs): MonoMs {
  const phase = elapsedMs(since, at) % pattern.period;
  return later(at, phase < pattern.on ? pattern.on - phase : pattern.period - phase);
}

export function outputs(state: AnnunciatorState): { readonly horn: boolean; readonly lamp: boolean } {
  const { at, counts, horn, flashingSince, testedAt } = state;
  const testMs = testedAt === undefined ? lampTestMs : elapsedMs(testedAt, at);
  const pattern = horn === undefined ? undefined : hornMs[horn.severity];
  const sounds = horn !== undefined && pattern !== undefined && isOn(pattern, horn.since, at);
  const shines = flashingSince === undefined ? counts.steady > 0 : isOn(flashMs, flashingSince, at);
  return {
    horn: sounds || testMs < hornTestMs,
    lamp: shines || testMs < lampTestMs,
  };
}

export function nextDeadline(state: AnnunciatorState): MonoMs | undefined {
  const { at, horn, flashingSince, testedAt } = state;
  const pattern = horn === undefined ? undefined : hornMs[horn.severity];
  const ofHorn = horn === undefined || pattern === undefined ? undefined : edge(pattern, horn.since, at);
  const ofLamp = flashingSince === undefined ? undefined : edge(flashMs, flashingSince, at);
  const ofTest =
    testedAt === undefined
      ? undefined
      : later(testedAt, elapsedMs(testedAt, at) < hornTestMs ? hornTestMs : lampTestMs);
  return earlier(earlier(ofHorn, ofLamp), ofTest);
}

/** Silence may stop the horn, never the lamp; what sounds must be seen. */
export function check(state: AnnunciatorState): readonly string[] {
  const isUnacked = severities.some((one) => state.counts.sounding[one] > 0);
  const wrong: string[] = [];
  if (isUnacked !== (state.flashingSince !== undefined))
    wrong.push('annunciator: the lamp does not flash for what nobody acknowledged');
  if (state.horn !== undefined && !isUnacked) wrong.push('annunciator: the horn sounds for nothing');
  const isNewCritical = state.counts.newest.critical > state.silenced && state.counts.sounding.critical > 0;
  if (isNewCritical && state.horn?.severity !== 'critical')
    wrong.push('annunciator: an unsilenced critical alarm is not sounded');
  return wrong;
}
