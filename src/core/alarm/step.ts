/**
 * The alarms: what needs a person, from its first moment until somebody has seen it and it is over (state-machines.md, alarm
 * regions; ISA-18.2 / IEC 62682; keys after RFC 8632). Machines report which conditions stand, as levels; the edges are found
 * here. It silences nothing that a person has not silenced, and no alarm of it can stop a line from going over.
 */
import type { Actor, Command } from '../../model/event.ts';
import type { AlarmCounts, AlarmView, Condition, Severity, Suppression } from '../../model/alarm.ts';
import { alarmId } from '../../model/alarm.ts';
import type { Effect, Notice } from '../../model/effect.ts';
import type { Maintenance } from '../../model/watch.ts';
import type { AlarmSetting } from '../../model/room.ts';
import type { MonoMs } from '../../model/units.ts';
import { earlier } from '../../model/units.ts';
import { text } from '../../model/text.ts';
import { isSafetyType } from './catalogue.ts';
import { isAlarmCommand, obey } from './commands.ts';
import type { Bursts } from './first-out.ts';
import { firstsOf, noBursts, withRaised } from './first-out.ts';
import type { Alarm } from './regions.ts';
import {
  absent,
  alarmDue,
  broken,
  elapsed,
  fresh,
  inService,
  isOutOfService,
  isOver,
  isUnraised,
  keepsSame,
  reported,
  sameCondition,
  sounds,
  viewOf,
  withSuppressions,
} from './regions.ts';
import type { AlarmRules } from './rules.ts';
import { alarmRules, rank, ruleOf } from './rules.ts';
import type { SavedAlarms } from './saved.ts';
import { restored, savedOf } from './saved.ts';

export type { SavedAlarms } from './saved.ts';

/** Alarms kept at once, and how many more critical ones find room behind them. */
export const standingLimit = 10_000;
export const criticalReserve = 1_000;
/** Suppressions of one alarm. */
export const suppressionLimit = 8;

export type AlarmEvent = { readonly at: MonoMs } & (
  | { readonly kind: 'turn' }
  /** All that stands, each turn. The same array, or the same items, means that nothing changed. */
  | { readonly kind: 'conditions'; readonly standing: readonly Condition[] }
  | { readonly kind: 'command'; readonly id: string; readonly by: Actor; readonly command: Command }
  /** All maintenance that is announced now, by subject; a level. */
  | { readonly kind: 'maintenance'; readonly subjects: Readonly<Record<string, Maintenance>> }
  /** Suppression by logic or by a work permit, put on or taken off. */
  | {
      readonly kind: 'suppression';
      readonly alarm: string;
      readonly on: boolean;
      readonly suppression: Exclude<Suppression, { kind: 'shelved' }>;
    }
);

export interface AlarmState {
  /** What the room file says of types. */
  readonly rules: AlarmRules;
  readonly alarms: ReadonlyMap<string, Alarm>;
  readonly standing: readonly Condition[];
  readonly maintenance: Readonly<Record<string, Maintenance>>;
  /** Conditions that found no room. */
  readonly leftOut: number;
  readonly sequence: number;
  readonly bursts: Bursts;
  readonly due: MonoMs | undefined;
  readonly views: readonly AlarmView[];
  readonly counts: AlarmCounts;
  readonly violations: readonly string[];
}

export interface AlarmStep {
  readonly state: AlarmState;
  readonly effects: readonly Effect[];
}

export function initial(
  saved: SavedAlarms | undefined,
  at: MonoMs,
  settings: readonly AlarmSetting[] = [],
): AlarmState {
  const rules = alarmRules(settings);
  const alarms = new Map(
    (saved?.alarms ?? [])
      .slice(0, standingLimit)
      .map((one, index) => restored(one, index + 1, rules, at))
      .map((alarm) => [alarm.id, alarm]),
  );
  return derived({
    rules,
    alarms,
    standing: [],
    maintenance: {},
    leftOut: 0,
    sequence: alarms.size,
    bursts: noBursts,
  });
}

export const views = (state: AlarmState): readonly AlarmView[] => state.views;
export const counts = (state: AlarmState): AlarmCounts => state.counts;
export const nextDeadline = (state: AlarmState): MonoMs | undefined => state.due;
export const saved = (state: AlarmState, at: MonoMs): SavedAlarms => savedOf(state.alarms.values(), at);
export const check = (state: AlarmState): readonly string[] => state.violations;

export function step(state: AlarmState, event: AlarmEvent): AlarmStep {
  const { at } = event;
  const isDue = state.due !== undefined && at >= state.due;
  const standing =
    event.kind === 'conditions' && !sameStanding(event.standing, state.standing) ? event.standing : undefined;
  if (standing === undefined && !isDue && (event.kind === 'turn' || event.kind === 'conditions'))
    return { state, effects: [] };

  const draft = new Map(state.alarms);
  const effects: Effect[] = [];
  for (const alarm of state.alarms.values()) put(draft, elapsed(alarm, at));
  if (event.kind === 'command' && isAlarmCommand(event.command)) {
    const answer = obey(draft, event.command, event.by.name === '' ? event.by.via : event.by.name, at);
    for (const alarm of answer.changed) put(draft, alarm);
    const { accepted } = answer;
    effects.push(notice({ at, kind: 'command', id: event.id, accepted, text: answer.text }));
  }
  const maintenance = event.kind === 'maintenance' ? event.subjects : state.maintenance;
  if (event.kind === 'maintenance')
    for (const alarm of [...draft.values()]) put(draft, inService(alarm, maintenance[alarm.key.subject], at));
  if (event.kind === 'suppression') effects.push(...suppress(draft, event));
  // Time or a person may have made room, or ended the grace of a restored alarm: the levels are compared again.
  const now = standing ?? state.standing;
  const leftOut =
    standing !== undefined || isDue || state.leftOut > 0
      ? compare(draft, now, { maintenance, rules: state.rules }, at)
      : state.leftOut;
  const { sequence, bursts, rules } = state;
  const core = { rules, alarms: draft, standing: now, maintenance, leftOut, sequence, bursts };
  return finished(state, core, effects, at);
}

const notice = (one: Notice): Effect => ({ kind: 'notice', notice: one });

function put(draft: Map<string, Alarm>, alarm: Alarm): void {
  if (isOver(alarm)) draft.delete(alarm.id);
  else draft.set(alarm.id, alarm);
}

/** References first: most turns bring what the turn before brought. */
const sameStanding = (a: readonly Condition[], b: readonly Condition[]): boolean =>
  a === b ||
  (a.length === b.length &&
    a.every((condition, index) => {
      const other = b[index];
      return other !== undefined && sameCondition(condition, other);
    }));

/** Our own alarm about too many alarms; it always finds room. */
const fullKey = { subject: 'linekeeper', type: 'guard.alarms-full', qualifier: '' } as const;
const fullCondition = (leftOut: number): Condition => ({
  key: fullKey,
  state: 'active',
  detail: text(`${leftOut} 条未显示`, `${leftOut} not shown`),
});

/** Compares the levels with the alarms; says how many found no room. */
function compare(
  draft: Map<string, Alarm>,
  standing: readonly Condition[],
  { maintenance, rules }: Pick<AlarmState, 'maintenance' | 'rules'>,
  at: MonoMs,
): number {
  const levels = new Map<string, Condition>();
  for (const condition of standing) {
    const id = alarmId(condition.key);
    if (levels.get(id)?.state !== 'active') levels.set(id, condition);
  }
  const fullId = alarmId(fullKey);
  for (const alarm of [...draft.values()])
    if (!levels.has(alarm.id) && alarm.id !== fullId) put(draft, absent(alarm, at));
  let leftOut = 0;
  for (const [id, condition] of levels) {
    const known = draft.get(id);
    if (known !== undefined) put(draft, reported(known, condition, at));
    else if (condition.state === 'active') {
      const alarm = inService(
        fresh(id, condition, ruleOf(rules, condition.key), at),
        maintenance[condition.key.subject],
        at,
      );
      const limit = alarm.severity === 'critical' ? standingLimit + criticalReserve : standingLimit;
      if (draft.size < limit) put(draft, reported(alarm, condition, at));
      else leftOut++;
    }
  }
  const full = draft.get(fullId);
  if (leftOut > 0) {
    const condition = fullCondition(leftOut);
    put(draft, reported(full ?? fresh(fullId, condition, ruleOf(rules, condition.key), at), condition, at));
  } else if (full !== undefined) put(draft, absent(full, at));
  return leftOut;
}

function suppress(
  draft: Map<string, Alarm>,
  { alarm: id, on, suppression, at }: Extract<AlarmEvent, { kind: 'suppression' }>,
): readonly Effect[] {
  const alarm = draft.get(id);
  if (alarm === undefined) return [];
  const isSame = (one: Suppression): boolean =>
    one.kind === suppression.kind &&
    (one.kind !== 'by-design' || suppression.kind !== 'by-design' || one.cause === suppression.cause);
  const others = alarm.suppressions.filter((one) => !isSame(one));
  if (!on) {
    if (others.length < alarm.suppressions.length) put(draft, withSuppressions(alarm, others, at));
    return [];
  }
  if (isSafetyType(alarm.key.type) || others.length >= suppressionLimit)
    return [
      notice({
        at,
        kind: 'note',
        text: text(`告警 ${id} 不允许抑制`, `alarm ${id} may not be suppressed`),
      }),
    ];
  if (alarm.suppressions.some(isSame) && suppression.kind === 'by-design') return [];
  put(draft, withSuppressions(alarm, [...others, suppression], at));
  return [];
}

// ---- what follows from a changed set of alarms ----------------------------------------------------------------------

type Core = Pick<
  AlarmState,
  'rules' | 'alarms' | 'standing' | 'maintenance' | 'leftOut' | 'sequence' | 'bursts'
>;

function finished(before: AlarmState, core: Core, effects: Effect[], at: MonoMs): AlarmStep {
  const alarms = new Map<string, Alarm>();
  let { sequence } = core;
  const moved: (readonly [old: Alarm | undefined, now: Alarm])[] = [];
  let mustSave = false;
  for (const [id, alarm] of core.alarms) {
    const old = before.alarms.get(id);
    if (old === alarm) {
      alarms.set(id, alarm);
      continue;
    }
    mustSave ||= !isUnraised(alarm) && (old === undefined || !keepsSame(old, alarm));
    const begins =
      sounds(alarm) && (old === undefined || !sounds(old) || rank(alarm.severity) > rank(old.severity));
    const next = begins ? { ...alarm, sequence: ++sequence } : alarm;
    alarms.set(id, next);
    moved.push([old, next]);
  }
  for (const [id, old] of before.alarms) {
    if (core.alarms.has(id)) continue;
    mustSave ||= !isUnraised(old);
    moved.push([old, over(old, at)]);
  }
  const raised = moved.flatMap(([old, now]) => (now.count > (old?.count ?? 0) ? [now] : []));
  const bursts = moved.length === 0 ? core.bursts : withRaised(core.bursts, raised, alarms);
  const firsts = firstsOf(bursts);
  for (const [old, now] of moved) effects.push(...told(old, now, firsts.has(now.id), at));
  if (mustSave) effects.push({ kind: 'save' });
  if (moved.length > 0) return { state: derived({ ...core, alarms, sequence, bursts }), effects };
  const { standing, maintenance, leftOut } = core;
  const isSame =
    standing === before.standing && maintenance === before.maintenance && leftOut === before.leftOut;
  // Nothing moved: only what was compared is remembered.
  return { state: isSame ? before : { ...before, standing, maintenance, leftOut }, effects };
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
    changedAt: at,
    clearedAt: alarm.stands ? at : alarm.clearedAt,
  };
}

/** By the passing of time alone: not raised anew, not worse, not back from a suppression. */
const isAskedAgain = (before: Alarm, now: Alarm): boolean =>
  before.reAlarmAt !== undefined &&
  before.count === now.count &&
  before.severity === now.severity &&
  before.suppressions.length <= now.suppressions.length;

const isShelved = (alarm: Alarm): boolean => alarm.suppressions.some(({ kind }) => kind === 'shelved');

/** What people and the centre hear of a change, in the order in which it must have happened. */
function told(before: Alarm | undefined, now: Alarm, isFirstOut: boolean, at: MonoMs): readonly Effect[] {
  const alarm = viewOf(now, isFirstOut);
  const changes: Extract<Notice, { kind: 'alarm' }>['change'][] = [];
  if (now.count > (before?.count ?? 0)) changes.push('raised');
  if (before !== undefined && before.count > 0) {
    if (before.stands && !now.stands) changes.push('cleared');
    const isBackUnseen = isOutOfService(before) && !isOutOfService(now);
    if (before.ack === 'unacked' && now.ack !== 'unacked' && !isBackUnseen) changes.push('acknowledged');
    if (before.latched && !now.latched) changes.push('reset');
    if (before.ack === 'acked' && now.ack === 'unacked' && isAskedAgain(before, now))
      changes.push('re-alarmed');
    const wasShelved = isShelved(before);
    if (!wasShelved && isShelved(now)) changes.push('shelved');
    if (wasShelved && !isShelved(now)) changes.push('unshelved');
    const others = (one: Alarm): number => one.suppressions.filter(({ kind }) => kind !== 'shelved').length;
    if (before.severity !== now.severity || others(before) !== others(now)) changes.push('changed');
  }
  return changes.map((change) => notice({ at, kind: 'alarm', change, alarm }));
}

function derived(core: Core): AlarmState {
  const all = [...core.alarms.values()];
  const firsts = firstsOf(core.bursts);
  const shown = all.filter((alarm) => !isUnraised(alarm));
  shown.sort(
    (a, b) => rank(b.severity) - rank(a.severity) || b.raisedAt - a.raisedAt || (a.id < b.id ? -1 : 1),
  );
  return {
    ...core,
    due: all.reduce<MonoMs | undefined>((due, alarm) => earlier(due, alarmDue(alarm)), undefined),
    views: shown.map((alarm) => viewOf(alarm, firsts.has(alarm.id))),
    counts: count(shown),
    violations: all.flatMap(broken),
  };
}

function count(shown: readonly Alarm[]): AlarmCounts {
  const sounding: Record<Severity, number> = { critical: 0, major: 0, minor: 0, warning: 0 };
  const newest: Record<Severity, number> = { critical: 0, major: 0, minor: 0, warning: 0 };
  for (const alarm of shown.filter(sounds)) {
    sounding[alarm.severity]++;
    newest[alarm.severity] = Math.max(newest[alarm.severity], alarm.sequence);
  }
  const lit = shown.filter(({ suppressions }) => suppressions.length === 0);
  return {
    standing: shown.filter(({ stands }) => stands).length,
    unacknowledged: shown.filter(({ ack }) => ack === 'unacked').length,
    sounding,
    newest,
    steady: lit.filter((alarm) => !sounds(alarm) && (alarm.stands || alarm.latched)).length,
  };
}
