/**
 * The alarms: what needs a person, from its first moment until somebody has seen it and it is over (state-machines.md, alarm
 * regions; ISA-18.2 / IEC 62682; keys after RFC 8632). Machines report which conditions stand, as levels; the edges are found
 * here. It silences nothing that a person has not silenced, and no alarm of it can stop a line from going over.
 *
 * Only what changed is judged: a turn that brings what the turn before brought costs a comparison, and the list for people is
 * put in order when somebody asks for it.
 */
import type { Actor, Command } from '../../model/event.ts';
import type { AlarmCounts, AlarmKey, AlarmView, Condition } from '../../model/alarm.ts';
import { alarmId } from '../../model/alarm.ts';
import type { Effect, Notice } from '../../model/effect.ts';
import type { Maintenance } from '../../model/watch.ts';
import type { AlarmSetting } from '../../model/room.ts';
import type { MonoMs } from '../../model/units.ts';
import { earlier } from '../../model/units.ts';
import { text } from '../../model/text.ts';
import type { Text } from '../../model/text.ts';
import { isAlarmCommand, obey } from './commands.ts';
import type { Sounding } from '../../model/escalation.ts';
import { countsOf, soundingOf, told, viewsOf } from './told.ts';
import type { Bursts } from './first-out.ts';
import { firstsOf, noBursts, withRaised } from './first-out.ts';
import type { FloodState } from './flood.ts';
import { floodDue, floodKey, floodNotice, flooded, noFlood } from './flood.ts';
import type { Alarm } from './regions.ts';
import {
  absent,
  alarmDue,
  broken,
  elapsed,
  expectedBy,
  fresh,
  inService,
  isOver,
  isUnraised,
  keepsSame,
  reported,
  sameCondition,
  sounds,
  viewOf,
} from './regions.ts';
import type { AlarmRules } from './rules.ts';
import { alarmRules, rank, ruleOf } from './rules.ts';
import type { SavedAlarms } from './saved.ts';
import { restored, savedOf } from './saved.ts';
import { superseded } from './supersede.ts';

export type { SavedAlarms } from './saved.ts';

/** Alarms kept at once, and how many more critical ones find room behind them. */
export const standingLimit = 10_000;
export const criticalReserve = 1_000;

export type AlarmEvent = { readonly at: MonoMs } & (
  | { readonly kind: 'turn' }
  /** All that stands, each turn. The same array, or the same items, means that nothing changed. */
  | { readonly kind: 'conditions'; readonly standing: readonly Condition[] }
  | { readonly kind: 'command'; readonly id: string; readonly by: Actor; readonly command: Command }
  /** All maintenance that is announced now, by subject; a level. */
  | { readonly kind: 'maintenance'; readonly subjects: Readonly<Record<string, Maintenance>> }
);

export interface AlarmConfig {
  readonly settings: readonly AlarmSetting[];
  /** What an alarm may be about, for who names one that has not come yet. */
  readonly subjects: ReadonlySet<string>;
  /** What to do besides what the catalogue says, by `subject/type`. */
  readonly asks?: ReadonlyMap<string, Text>;
}

export interface AlarmState {
  readonly subjects: ReadonlySet<string>;
  /** What the room file says of types. */
  readonly rules: AlarmRules;
  /** A new map whenever anything of it differs. */
  readonly alarms: ReadonlyMap<string, Alarm>;
  readonly standing: readonly Condition[];
  /** The levels by alarm; of two with one key the active one. */
  readonly levels: ReadonlyMap<string, Condition>;
  readonly maintenance: Readonly<Record<string, Maintenance>>;
  /** Conditions that found no room. */
  readonly leftOut: number;
  readonly sequence: number;
  readonly bursts: Bursts;
  readonly flood: FloodState;
  /** Never later than the next moment at which time alone changes something. */
  readonly due: MonoMs | undefined;
  readonly counts: AlarmCounts;
  readonly violations: readonly string[];
}

export interface AlarmStep {
  readonly state: AlarmState;
  readonly effects: readonly Effect[];
}

const noConfig: AlarmConfig = { settings: [], subjects: new Set() };

export function initial(
  saved: SavedAlarms | undefined,
  at: MonoMs,
  { settings, subjects, asks }: AlarmConfig = noConfig,
): AlarmState {
  const rules = alarmRules(settings, asks);
  const alarms = new Map(
    (saved?.alarms ?? [])
      .slice(0, standingLimit)
      .map((one, index) => restored(one, index + 1, rules, at))
      .filter((alarm) => !isOver(alarm))
      .map((alarm) => [alarm.id, alarm]),
  );
  return {
    subjects,
    rules,
    alarms,
    standing: [],
    levels: new Map(),
    maintenance: {},
    leftOut: 0,
    sequence: saved?.alarms.length ?? 0,
    bursts: noBursts,
    flood: noFlood,
    due: dueOf(alarms.values()),
    counts: countsOf(alarms.values(), undefined),
    violations: [...alarms.values()].flatMap(broken),
  };
}

/** The same array while nothing changed. */
export const views = (state: AlarmState): readonly AlarmView[] => viewsOf(state.alarms, state.bursts);
export const isFlood = (state: AlarmState): boolean => state.flood.open !== undefined;
/** The same array while nothing changed. */
export const sounding = (state: AlarmState): readonly Sounding[] =>
  soundingOf(state.alarms, state.flood.open?.horn);
/** One alarm in words. */
export function viewIn(state: AlarmState, id: string): AlarmView | undefined {
  const own = state.alarms.get(id);
  return own === undefined ? undefined : viewOf(own, false);
}
export const counts = (state: AlarmState): AlarmCounts => state.counts;
export const nextDeadline = (state: AlarmState): MonoMs | undefined => state.due;
export const saved = (state: AlarmState, at: MonoMs): SavedAlarms => savedOf(state.alarms.values(), at);
export const check = (state: AlarmState): readonly string[] => state.violations;

const dueOf = (alarms: Iterable<Alarm>): MonoMs | undefined => {
  let due: MonoMs | undefined;
  for (const alarm of alarms) due = earlier(due, alarmDue(alarm));
  return due;
};

/** The alarms while they are worked on, and which of them were put down differently. */
interface Draft {
  readonly alarms: Map<string, Alarm>;
  readonly touched: Set<string>;
}

function put({ alarms, touched }: Draft, alarm: Alarm): void {
  if (alarms.get(alarm.id) === alarm) return;
  touched.add(alarm.id);
  if (isOver(alarm)) alarms.delete(alarm.id);
  else alarms.set(alarm.id, alarm);
}

export function step(state: AlarmState, event: AlarmEvent): AlarmStep {
  const { at } = event;
  const isDue = state.due !== undefined && at >= state.due;
  const standing =
    event.kind === 'conditions' && !sameStanding(event.standing, state.standing) ? event.standing : undefined;
  if (standing === undefined && !isDue && (event.kind === 'turn' || event.kind === 'conditions'))
    return { state, effects: [] };

  const draft: Draft = { alarms: new Map(state.alarms), touched: new Set() };
  const effects: Effect[] = [];
  if (isDue) for (const alarm of state.alarms.values()) put(draft, elapsed(alarm, at));
  if (event.kind === 'command' && isAlarmCommand(event.command)) {
    const by = event.by.name === '' ? event.by.via : event.by.name;
    const around = {
      rules: state.rules,
      subjects: state.subjects,
      hasRoom: draft.alarms.size < standingLimit,
    };
    const answer = obey(draft.alarms, event.command, { by, at, ...around });
    for (const alarm of answer.changed) put(draft, alarm);
    const { accepted } = answer;
    effects.push(notice({ at, kind: 'command', id: event.id, accepted, text: answer.text }));
  }
  const maintenance = event.kind === 'maintenance' ? event.subjects : state.maintenance;
  if (event.kind === 'maintenance')
    for (const alarm of state.alarms.values())
      put(draft, inService(draft.alarms.get(alarm.id) ?? alarm, maintenance[alarm.key.subject], at));
  // Time or a person may have made room, or ended the grace of a restored alarm: the levels are compared again.
  const now = standing ?? state.standing;
  const levels = standing === undefined ? state.levels : levelsOf(standing);
  const mustCompare = standing !== undefined || isDue || state.leftOut > 0;
  const isAll = isDue || state.leftOut > 0;
  const leftOut = mustCompare ? compare(draft, state, levels, { maintenance, isAll, at }) : state.leftOut;
  for (const alarm of superseded(draft.alarms, draft.touched, at)) put(draft, alarm);
  return finished(state, draft, { standing: now, levels, maintenance, leftOut }, isDue, effects, at);
}

const notice = (one: Notice): Effect => ({ kind: 'notice', notice: one });

/** References first: most turns bring what the turn before brought. */
const sameStanding = (a: readonly Condition[], b: readonly Condition[]): boolean =>
  a === b ||
  (a.length === b.length &&
    a.every((condition, index) => {
      const other = b[index];
      return other !== undefined && sameCondition(condition, other);
    }));

const ids = new WeakMap<AlarmKey, string>();
/** Machines that report the same condition report the same object: its name is made once. */
function idOf({ key }: Condition): string {
  const known = ids.get(key);
  if (known !== undefined) return known;
  const id = alarmId(key);
  ids.set(key, id);
  return id;
}

function levelsOf(standing: readonly Condition[]): ReadonlyMap<string, Condition> {
  const levels = new Map<string, Condition>();
  for (const condition of standing) {
    const id = idOf(condition);
    if (levels.get(id)?.state !== 'active') levels.set(id, condition);
  }
  return levels;
}

/** Our own alarm about too many alarms; it always finds room. */
const fullKey = { subject: 'linekeeper', type: 'guard.alarms-full', qualifier: '' } as const;
const fullCondition = (leftOut: number): Condition => ({
  key: fullKey,
  state: 'active',
  detail: text(`${leftOut} 条未显示`, `${leftOut} not shown`),
});
const fullId = alarmId(fullKey);
const floodId = alarmId(floodKey);
const isOwn = (id: string): boolean => id === fullId || id === floodId;

/** Room that is taken; our own two always find some. */
const taken = (alarms: ReadonlyMap<string, Alarm>): number =>
  alarms.size - (alarms.has(fullId) ? 1 : 0) - (alarms.has(floodId) ? 1 : 0);

interface Comparison {
  readonly maintenance: AlarmState['maintenance'];
  /** Also what is reported as it was before: time has passed, or there may be room. */
  readonly isAll: boolean;
  readonly at: MonoMs;
}

/** Compares the levels with the alarms; says how many found no room. */
function compare(
  draft: Draft,
  before: AlarmState,
  levels: ReadonlyMap<string, Condition>,
  { maintenance, isAll, at }: Comparison,
): number {
  const { alarms } = draft;
  for (const alarm of isAll ? [...alarms.values()] : gone(before, levels, alarms))
    if (!levels.has(alarm.id) && !isOwn(alarm.id)) put(draft, expectedBy(absent(alarm, at), undefined, at));
  let leftOut = 0;
  for (const [id, condition] of levels) {
    if (!isAll && before.levels.get(id) === condition) continue;
    const known = alarms.get(id);
    if (known !== undefined) put(draft, judged(known, condition, at));
    else if (condition.state === 'active') {
      const alarm = inService(
        fresh(id, condition, ruleOf(before.rules, condition.key), at),
        maintenance[condition.key.subject],
        at,
      );
      const limit = alarm.severity === 'critical' ? standingLimit + criticalReserve : standingLimit;
      if (taken(alarms) < limit) put(draft, judged(alarm, condition, at));
      else leftOut++;
    }
  }
  const full = alarms.get(fullId);
  if (leftOut > 0) {
    const condition = fullCondition(leftOut);
    put(draft, reported(full ?? fresh(fullId, condition, ruleOf(before.rules, fullKey), at), condition, at));
  } else if (full !== undefined) put(draft, absent(full, at));
  return leftOut;
}

/** Alarms of which a condition was reported before and is not now. */
function gone(
  before: AlarmState,
  levels: ReadonlyMap<string, Condition>,
  alarms: ReadonlyMap<string, Alarm>,
): readonly Alarm[] {
  const left: Alarm[] = [];
  for (const id of before.levels.keys()) {
    const alarm = levels.has(id) ? undefined : alarms.get(id);
    if (alarm !== undefined) left.push(alarm);
  }
  return left;
}

/** What is expected is so before it is raised: it never sounds. */
const judged = (alarm: Alarm, condition: Condition, at: MonoMs): Alarm =>
  condition.expected === undefined
    ? expectedBy(reported(alarm, condition, at), undefined, at)
    : reported(expectedBy(alarm, condition.expected, at), condition, at);

// ---- what follows from a changed set of alarms ----------------------------------------------------------------------

type Compared = Pick<AlarmState, 'standing' | 'levels' | 'maintenance' | 'leftOut'>;

function finished(
  before: AlarmState,
  draft: Draft,
  compared: Compared,
  isDue: boolean,
  effects: Effect[],
  at: MonoMs,
): AlarmStep {
  const { alarms, touched } = draft;
  const flood = floodOf(before, draft, at);
  let { sequence } = before;
  let mustSave = false;
  const moved: (readonly [old: Alarm | undefined, now: Alarm])[] = [];
  for (const id of touched) {
    const old = before.alarms.get(id);
    const alarm = alarms.get(id);
    if (alarm === undefined) {
      if (old === undefined) continue;
      mustSave ||= !isUnraised(old);
      moved.push([old, over(old, at)]);
      continue;
    }
    if (old === alarm) continue;
    mustSave ||= old === undefined ? !isUnraised(alarm) : !keepsSame(old, alarm);
    const begins =
      sounds(alarm) && (old === undefined || !sounds(old) || rank(alarm.severity) > rank(old.severity));
    const next = begins ? { ...alarm, sequence: ++sequence } : alarm;
    if (begins) alarms.set(id, next);
    moved.push([old, next]);
  }
  const raised = moved.flatMap(([old, now]) => (now.count > (old?.count ?? 0) ? [now] : []));
  const bursts = moved.length === 0 ? before.bursts : withRaised(before.bursts, raised, alarms);
  const firsts = firstsOf(bursts);
  for (const [old, now] of moved)
    for (const one of told(old, now, firsts.has(now.id), at)) effects.push(notice(one));
  const ofFlood = floodNotice(before.flood, flood, at);
  if (ofFlood !== undefined) effects.push(notice(ofFlood));
  if (mustSave) effects.push({ kind: 'save' });
  const due = isDue ? dueOf(alarms.values()) : earlier(before.due, dueOf(moved.map(([, now]) => now)));
  const isHornSame = flood.open?.horn === before.flood.open?.horn;
  const isMoved = moved.length > 0;
  const { standing, maintenance, leftOut } = compared;
  const isSame =
    standing === before.standing && maintenance === before.maintenance && leftOut === before.leftOut;
  if (isSame && !isMoved && flood === before.flood && !isDue) return { state: before, effects };
  return {
    state: {
      ...before,
      ...compared,
      ...(isMoved ? { alarms, sequence, bursts } : {}),
      flood,
      due: earlier(due, floodDue(flood)),
      counts: isMoved || !isHornSame ? countsOf(alarms.values(), flood.open?.horn) : before.counts,
      violations: isMoved ? moved.flatMap(([, now]) => broken(now)) : before.violations,
    },
    effects,
  };
}

/** Counts what was annunciated just now, and keeps the flood's own alarm. */
function floodOf(before: AlarmState, draft: Draft, at: MonoMs): FloodState {
  const { alarms, touched } = draft;
  const raised: Alarm[] = [];
  for (const id of touched) {
    const alarm = alarms.get(id);
    if (alarm === undefined || isOwn(id) || alarm.suppressions.length > 0) continue;
    if (alarm.count > (before.alarms.get(id)?.count ?? 0)) raised.push(alarm);
  }
  const flood = flooded(before.flood, raised, before.sequence, at);
  const own = alarms.get(floodId);
  if (flood.open === undefined) {
    if (own !== undefined) put(draft, absent(own, at));
    return flood;
  }
  const condition: Condition = {
    key: floodKey,
    state: 'active',
    detail: flood.open.told.text,
    since: flood.open.since,
  };
  put(draft, reported(own ?? fresh(floodId, condition, ruleOf(before.rules, floodKey), at), condition, at));
  return flood;
}

/** An alarm of which nothing is left, as its last notices show it. */
function over(alarm: Alarm, at: MonoMs): Alarm {
  return {
    ...alarm,
    condition: 'clear',
    stands: false,
    ack: 'none',
    latched: false,
    suppressions: [],
    onsets: [],
    reAlarmAt: undefined,
    delayEndsAt: undefined,
    restoredUntil: undefined,
    changedAt: at,
    clearedAt: alarm.stands ? at : alarm.clearedAt,
  };
}
