/**
 * Lamps and horn after ISA-18.1 (sequences A, M, R and first-out F3A): what nobody has acknowledged flashes and sounds, what was
 * acknowledged and still stands is steady, nothing is dark; what is over and latched waits for a reset. Silence stops the horn
 * and nothing else, until an alarm begins to sound that was not there before. Patterns follow from the moment of the last event
 * alone. A lamp test never hides a true alarm, and no quiet hour and no time limit silences a critical one.
 */
import type { AlarmView, Severity } from '../../model/alarm.ts';
import { severities } from '../../model/alarm.ts';
import type { LampScope } from '../../model/annunciator.ts';
import type { PointId } from '../../model/ids.ts';
import type { MonoMs } from '../../model/units.ts';
import { earlier, hasLasted, later } from '../../model/units.ts';
import type { Marks } from './first-out.ts';
import { marked, marksOf, noMarks } from './first-out.ts';
import type { Show, Tone } from './patterns.ts';
import { edge, flashes, isOn, tones, toneOf } from './patterns.ts';
import type { Window, WindowRules, Windows } from './windows.ts';
import { isIn, noWindows, seen } from './windows.ts';

export const lampTestMs = 5000;
/** The horn, and the relay of the new alarm, are tried at the beginning of a lamp test, briefly. */
export const hornTestMs = 500;

export interface AnnunciatorConfig extends WindowRules {
  readonly lamps: readonly { readonly point: PointId; readonly scope: LampScope }[];
  /** The horn stops by itself after this long, unless an alarm is critical. */
  readonly autoSilenceMs?: number;
  readonly quietSeverities: readonly Severity[];
}

export type AnnunciatorEvent = { readonly at: MonoMs } & (
  | {
      readonly kind: 'alarms';
      readonly views: readonly AlarmView[];
      /** More come than a person can act on (`core/alarm/flood.ts`). */
      readonly isFlood: boolean;
    }
  | { readonly kind: 'silence' }
  /** The marks of the first alarms go; nothing else does. */
  | { readonly kind: 'reset-first-out' }
  | { readonly kind: 'lamp-test' }
  /** A level: the quiet hours run until then. */
  | { readonly kind: 'quiet'; readonly until: MonoMs | undefined }
  | { readonly kind: 'turn' }
);

interface Horn {
  readonly tone: Tone;
  /** It sounds for a critical alarm: no time limit stops it. */
  readonly isCritical: boolean;
  /** Of the pattern. */
  readonly since: MonoMs;
  /** Number and moment of the newest window that it sounds for. */
  readonly newest: number;
  readonly newestAt: MonoMs;
}

export interface AnnunciatorState {
  readonly config: AnnunciatorConfig;
  readonly at: MonoMs;
  readonly views: readonly AlarmView[];
  readonly windows: Windows;
  readonly marks: Marks;
  /** Windows that began to sound up to this number are silenced by a person. */
  readonly silenced: number;
  /** The same for those that are not critical, by the time limit. */
  readonly timedOut: number;
  /** A flood runs: windows that began to sound after this number do not start the horn, unless they are critical or the flood's own. */
  readonly floodFrom: number | undefined;
  readonly quietUntil: MonoMs | undefined;
  /** Ids of those that wait to be acknowledged and that nothing holds back, warnings too. The same array while nothing changed. */
  readonly heard: readonly string[];
  readonly horn: Horn | undefined;
  /** Beginning of all flashing: the lamps flash in step. */
  readonly flashingSince: MonoMs | undefined;
  readonly shows: Readonly<Record<PointId, Show>>;
  /** An alarm waits to be acknowledged. */
  readonly isNew: boolean;
  /** At least one window is not dark. */
  readonly isLit: boolean;
  readonly testedAt: MonoMs | undefined;
}

export interface AnnunciatorOutputs {
  readonly horn: boolean;
  readonly newAlarm: boolean;
  readonly anyAlarm: boolean;
  readonly lamps: Readonly<Record<PointId, boolean>>;
}

export const initial = (config: AnnunciatorConfig, at: MonoMs): AnnunciatorState => ({
  config,
  at,
  views: [],
  windows: noWindows,
  marks: noMarks,
  silenced: 0,
  timedOut: 0,
  floodFrom: undefined,
  quietUntil: undefined,
  heard: [],
  horn: undefined,
  flashingSince: undefined,
  shows: {},
  isNew: false,
  isLit: false,
  testedAt: undefined,
});

export function step(before: AnnunciatorState, event: AnnunciatorEvent): AnnunciatorState {
  const { at } = event;
  const state = elapsed(before, at);
  switch (event.kind) {
    case 'turn':
      return dated(state, at);
    case 'alarms': {
      const { views, isFlood } = event;
      if (views === state.views && isFlood === (state.floodFrom !== undefined)) return dated(state, at);
      const windows = seen(state.windows, views, state.config);
      const marks = marked(state.marks, windows);
      const floodFrom = isFlood ? (state.floodFrom ?? state.windows.count) : undefined;
      return dated(settled({ ...state, views, windows, marks, floodFrom }, at), at);
    }
    case 'silence':
      return dated(settled({ ...state, silenced: state.windows.count }, at), at);
    case 'reset-first-out':
      return dated(settled({ ...state, marks: noMarks }, at), at);
    case 'lamp-test':
      return dated({ ...state, testedAt: at }, at);
    case 'quiet':
      return event.until === state.quietUntil
        ? dated(state, at)
        : dated(settled({ ...state, quietUntil: event.until }, at), at);
  }
}

/** What the passing of time does: quiet hours end, and a horn that sounded long enough stops. */
function elapsed(before: AnnunciatorState, at: MonoMs): AnnunciatorState {
  let state = before;
  if (state.quietUntil !== undefined && at >= state.quietUntil)
    state = settled({ ...state, quietUntil: undefined }, at);
  const stopsAt = autoSilenceAt(state);
  if (stopsAt !== undefined && at >= stopsAt)
    state = settled({ ...state, timedOut: state.horn?.newest ?? state.timedOut }, at);
  return state;
}

function autoSilenceAt({ horn, config }: AnnunciatorState): MonoMs | undefined {
  const { autoSilenceMs } = config;
  if (horn === undefined || autoSilenceMs === undefined || horn.isCritical) return undefined;
  return later(horn.newestAt, autoSilenceMs);
}

/** At rest the state stays the same object; `at` matters only while something blinks. */
function dated(state: AnnunciatorState, at: MonoMs): AnnunciatorState {
  const isTestOver = state.testedAt !== undefined && hasLasted(state.testedAt, lampTestMs, at);
  const tested = isTestOver ? { ...state, testedAt: undefined } : state;
  const moves =
    tested.horn !== undefined || tested.flashingSince !== undefined || tested.testedAt !== undefined;
  return moves || tested !== state ? { ...tested, at } : state;
}

function settled(state: AnnunciatorState, at: MonoMs): AnnunciatorState {
  const windows = [...state.windows.all.values()];
  const firsts = marksOf(state.marks);
  const shows = Object.fromEntries(
    state.config.lamps.map(({ point, scope }) => [point, showOf(windows, scope, firsts)]),
  );
  const moves = windows.some((one) => one.state === 'alert' || one.state === 'returned');
  const blinks = moves || Object.values(shows).some((show) => show === 'first-steady');
  return {
    ...state,
    shows,
    isNew: windows.some((one) => one.state === 'alert'),
    isLit: windows.some((one) => one.state !== 'dark'),
    heard: windows.flatMap((one) => (one.state === 'alert' && isHeard(state, one) ? [one.id] : [])),
    horn: hornOf(state, windows, at),
    flashingSince: blinks ? (state.flashingSince ?? at) : undefined,
  };
}

/** One lamp for many alarms shows what asks most of a person. Only the lamp of one subject shows who came first. */
function showOf(windows: readonly Window[], scope: LampScope, firsts: ReadonlySet<string>): Show {
  const here = windows.filter((one) => one.state !== 'dark' && isIn(scope, one));
  const first = scope.subject === undefined ? undefined : here.find(({ id }) => firsts.has(id));
  if (first?.state === 'alert') return 'first';
  if (here.some(({ state }) => state === 'alert')) return 'alert';
  if (first?.state === 'steady') return 'first-steady';
  if (here.some(({ state }) => state === 'returned')) return 'returned';
  return here.length > 0 ? 'steady' : 'dark';
}

function hornOf(state: AnnunciatorState, windows: readonly Window[], at: MonoMs): Horn | undefined {
  const heard = windows.filter((window) => isHeard(state, window));
  const alerts = heard.filter((one) => one.state === 'alert' && toneOf(one.severity) !== undefined);
  const worst = severities.find((one) => alerts.some(({ severity }) => severity === one));
  const loudest = alerts.filter(({ severity }) => severity === worst);
  const sounding = worst === undefined ? heard.filter((one) => one.state === 'returned') : alerts;
  if (sounding.length === 0) return undefined;
  const tone: Tone =
    worst === undefined
      ? 'ringback'
      : loudest.every(({ isOwn }) => isOwn)
        ? 'unwell'
        : (toneOf(worst) ?? 'minor');
  const newest = Math.max(...sounding.map(({ number }) => number));
  const { horn } = state;
  return {
    tone,
    isCritical: worst === 'critical',
    since: horn?.tone === tone ? horn.since : at,
    newest,
    newestAt: horn?.newest === newest ? horn.newestAt : at,
  };
}

function isHeard(state: AnnunciatorState, window: Window): boolean {
  const { silenced, timedOut, floodFrom, quietUntil, config } = state;
  const { number, severity } = window;
  if (number <= silenced) return false;
  if (severity === 'critical' && window.state === 'alert') return true;
  if (floodFrom !== undefined && number > floodFrom && !window.isFlood) return false;
  const isQuiet = quietUntil !== undefined && config.quietSeverities.some((one) => one === severity);
  return !isQuiet && number > timedOut;
}

export function outputs(state: AnnunciatorState): AnnunciatorOutputs {
  const { at, horn, flashingSince, testedAt, shows, config } = state;
  const tests = testedAt !== undefined && !hasLasted(testedAt, lampTestMs, at);
  const testsHorn = testedAt !== undefined && !hasLasted(testedAt, hornTestMs, at);
  const shines = (show: Show): boolean => {
    if (show === 'dark' || show === 'steady') return show === 'steady';
    return isOn(flashes[show], flashingSince ?? at, at);
  };
  return {
    horn: testsHorn || (horn !== undefined && isOn(tones[horn.tone], horn.since, at)),
    newAlarm: testsHorn || state.isNew,
    anyAlarm: tests || state.isLit,
    lamps: Object.fromEntries(
      config.lamps.map(({ point }) => [point, tests || shines(shows[point] ?? 'dark')]),
    ),
  };
}

export function nextDeadline(state: AnnunciatorState): MonoMs | undefined {
  const { at, horn, flashingSince, testedAt, shows, quietUntil } = state;
  const due: (MonoMs | undefined)[] = [quietUntil, autoSilenceAt(state)];
  if (horn !== undefined) due.push(edge(tones[horn.tone], horn.since, at));
  if (flashingSince !== undefined)
    for (const show of new Set(Object.values(shows)))
      if (show !== 'dark' && show !== 'steady') due.push(edge(flashes[show], flashingSince, at));
  if (testedAt !== undefined)
    due.push(later(testedAt, hasLasted(testedAt, hornTestMs, at) ? lampTestMs : hornTestMs));
  return due.reduce<MonoMs | undefined>(earlier, undefined);
}

/** Silence may stop the horn, never the lamp; what sounds must be seen; nothing but a person silences a critical alarm. */
export function check(state: AnnunciatorState): readonly string[] {
  const windows = [...state.windows.all.values()];
  const isUnacked = windows.some((one) => one.state === 'alert');
  const wrong: string[] = [];
  if (isUnacked && (state.flashingSince === undefined || !state.isNew))
    wrong.push('annunciator: the lamp does not flash for what nobody acknowledged');
  if (state.horn !== undefined && !windows.some((one) => one.state === 'alert' || one.state === 'returned'))
    wrong.push('annunciator: the horn sounds for nothing');
  const isNewCritical = windows.some(
    (one) => one.state === 'alert' && one.severity === 'critical' && one.number > state.silenced,
  );
  if (isNewCritical && state.horn?.isCritical !== true)
    wrong.push('annunciator: an unsilenced critical alarm is not sounded');
  return wrong;
}
