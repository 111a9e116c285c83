/**
 * One alarm as four regions that move side by side (state-machines.md; ISA-18.2, OPC UA part 9): condition, acknowledgement,
 * latch, suppression. Suppressing never stops the condition from being judged, and an unknown condition keeps the last one
 * that was known.
 */
import type {
  AckState,
  AlarmKey,
  AlarmView,
  Condition,
  ConditionState,
  Severity,
  Suppression,
} from '../../model/alarm.ts';
import type { MonoMs } from '../../model/units.ts';
import { later } from '../../model/units.ts';
import type { Text } from '../../model/text.ts';
import { text } from '../../model/text.ts';
import type { Maintenance } from '../../model/watch.ts';
import { alarmKind, isSafetyType } from './catalogue.ts';
import type { AlarmRule } from './rules.ts';
import { rank, severityUnder } from './rules.ts';

export interface Alarm {
  readonly key: AlarmKey;
  readonly id: string;
  /** How it behaves: the catalogue, and what the room file says of it. */
  readonly rule: AlarmRule;
  readonly severity: Severity;
  readonly condition: ConditionState;
  /** The last known condition is an alarm (on-delay over, off-delay not over). */
  readonly stands: boolean;
  readonly ack: AckState;
  readonly latched: boolean;
  readonly suppressions: readonly Suppression[];
  /** It was raised while out of service: nobody has to acknowledge it once it is over. */
  readonly raisedOutOfService: boolean;
  readonly detail: Text;
  /** Subjects that it hides. */
  readonly hides: readonly string[];
  /** 0 until it is raised for the first time. */
  readonly count: number;
  /** First moment of the evidence of what was raised last. */
  readonly since: MonoMs;
  readonly raisedAt: MonoMs;
  readonly changedAt: MonoMs;
  readonly clearedAt: MonoMs | undefined;
  readonly ackedBy: string | undefined;
  /** Beginnings of the condition that were not enough for an alarm, oldest first (count in window). */
  readonly onsets: readonly MonoMs[];
  /** Acknowledged, and asked for again then if it still stands. */
  readonly reAlarmAt: MonoMs | undefined;
  /** End of the on-delay or off-delay that runs. */
  readonly delayEndsAt: MonoMs | undefined;
  /** Kept from before a restart, and nobody has reported its condition since: absence is no evidence until then. */
  readonly restoredUntil: MonoMs | undefined;
  /** Number of the moment at which it last began to sound. */
  readonly sequence: number;
}

export const sounds = (alarm: Alarm): boolean => alarm.ack === 'unacked' && alarm.suppressions.length === 0;

/** Taken out of service by a person, for this alarm alone. */
const isWithdrawn = ({ suppressions }: Alarm): boolean =>
  suppressions.some((one) => one.kind === 'out-of-service' && one.by !== undefined);

/** People see it: it was raised, or somebody took it out of service before it ever was. */
export const isListed = (alarm: Alarm): boolean => !isUnraised(alarm) || isWithdrawn(alarm);

/** Nothing is left of it: no condition, nothing to acknowledge, reset or unshelve. */
export const isOver = (alarm: Alarm): boolean =>
  alarm.condition === 'clear' &&
  alarm.ack === 'none' &&
  !alarm.latched &&
  alarm.suppressions.length === 0 &&
  alarm.onsets.length === 0;

/** Not an alarm yet, and never was one: its on-delay runs for the first time. */
export const isUnraised = (alarm: Alarm): boolean => alarm.count === 0;

const nobody: readonly string[] = [];

export function fresh(id: string, condition: Condition, rule: AlarmRule, at: MonoMs): Alarm {
  return {
    key: condition.key,
    id,
    rule,
    severity: severityUnder(rule, condition),
    condition: 'clear',
    stands: false,
    ack: 'none',
    latched: false,
    suppressions: [],
    raisedOutOfService: false,
    detail: condition.detail,
    hides: condition.hides ?? nobody,
    count: 0,
    since: condition.since ?? at,
    raisedAt: at,
    changedAt: at,
    clearedAt: undefined,
    ackedBy: undefined,
    onsets: [],
    reAlarmAt: undefined,
    delayEndsAt: undefined,
    restoredUntil: undefined,
    sequence: 0,
  };
}

/** Settles the regions with each other: clear and acknowledged without a latch is nothing any more. */
function settled(alarm: Alarm): Alarm {
  if (alarm.stands || alarm.condition === 'rising' || alarm.latched || alarm.ack !== 'acked') return alarm;
  return { ...alarm, ack: 'none', ackedBy: undefined };
}

const withoutDelay = (alarm: Alarm): Alarm => ({
  ...alarm,
  delayEndsAt: undefined,
  restoredUntil: undefined,
});

/** The condition is reported: active or unknown. */
export function reported(alarm: Alarm, condition: Condition, at: MonoMs): Alarm {
  const severity = severityUnder(alarm.rule, condition);
  if (condition.state === 'unknown') return unseen(alarm, at);
  const hides = condition.hides ?? nobody;
  const isTold = sameText(alarm.detail, condition.detail) && sameNames(alarm.hides, hides);
  const told = isTold ? alarm : { ...alarm, detail: condition.detail, hides };
  const graded = severity === told.severity ? told : regraded(told, severity, at);
  switch (graded.condition) {
    case 'active':
      return graded.restoredUntil === undefined ? graded : withoutDelay(graded);
    case 'rising':
      return graded;
    case 'falling':
    case 'unknown':
      return { ...withoutDelay(graded), condition: 'active', changedAt: at };
    case 'clear':
      return begins({ ...graded, since: condition.since ?? at }, at);
  }
}

const sameNames = (a: readonly string[], b: readonly string[]): boolean =>
  a === b || (a.length === b.length && a.every((name, n) => name === b[n]));
const sameText = (a: Text, b: Text): boolean => a === b || (a.zh === b.zh && a.en === b.en);

/** The same report, whether or not its machine made the object anew. */
export const sameCondition = (a: Condition, b: Condition): boolean =>
  a === b ||
  (a.state === b.state &&
    a.severity === b.severity &&
    sameText(a.detail, b.detail) &&
    a.expected?.cause === b.expected?.cause &&
    a.expected?.root === b.expected?.root &&
    sameNames(a.hides ?? nobody, b.hides ?? nobody) &&
    a.key.subject === b.key.subject &&
    a.key.type === b.key.type &&
    a.key.qualifier === b.key.qualifier);

/** Nothing that must survive a restart differs. */
export const keepsSame = (a: Alarm, b: Alarm): boolean =>
  a.stands === b.stands &&
  a.ack === b.ack &&
  a.latched === b.latched &&
  a.severity === b.severity &&
  a.count === b.count &&
  a.reAlarmAt === b.reAlarmAt &&
  a.suppressions === b.suppressions;

function begins(alarm: Alarm, at: MonoMs): Alarm {
  const { onDelayMs, inWindow } = alarm.rule;
  if (inWindow !== undefined) return counted(alarm, inWindow, at);
  if (onDelayMs === 0) return raised(withoutDelay(alarm), at);
  return { ...withoutDelay(alarm), condition: 'rising', changedAt: at, delayEndsAt: later(at, onDelayMs) };
}

/** So many beginnings within the window are an alarm; one that does not end within it is as well. */
function counted(alarm: Alarm, { times, withinMs }: NonNullable<AlarmRule['inWindow']>, at: MonoMs): Alarm {
  const onsets = [...inWindowOf(alarm, at), at];
  if (onsets.length >= times) return raised(withoutDelay(alarm), at);
  return {
    ...withoutDelay(alarm),
    onsets,
    condition: 'rising',
    changedAt: at,
    delayEndsAt: later(at, withinMs),
  };
}

function inWindowOf({ onsets, rule }: Alarm, at: MonoMs): readonly MonoMs[] {
  const withinMs = rule.inWindow?.withinMs ?? 0;
  return onsets.every((onset) => at < later(onset, withinMs))
    ? onsets
    : onsets.filter((onset) => at < later(onset, withinMs));
}

/** Active from here on: from `none` and from an acknowledged one that comes again, it must be acknowledged (anew). */
function raised(alarm: Alarm, at: MonoMs): Alarm {
  return {
    ...withoutDelay(alarm),
    clearedAt: undefined,
    ackedBy: undefined,
    onsets: [],
    reAlarmAt: undefined,
    condition: 'active',
    stands: true,
    ack: 'unacked',
    latched: alarm.rule.latch,
    raisedOutOfService: isOutOfService(alarm),
    count: alarm.count + 1,
    raisedAt: at,
    changedAt: at,
  };
}

function regraded(alarm: Alarm, severity: Severity, at: MonoMs): Alarm {
  const rose = rank(severity) > rank(alarm.severity);
  if (!rose || alarm.ack !== 'acked' || !alarm.stands) return { ...alarm, severity, changedAt: at };
  return { ...alarm, severity, ack: 'unacked', ackedBy: undefined, reAlarmAt: undefined, changedAt: at };
}

/** Nobody can see the condition: what was known last goes on. A delay that runs has no ground any more. */
function unseen(alarm: Alarm, at: MonoMs): Alarm {
  switch (alarm.condition) {
    case 'active':
    case 'falling':
      return { ...withoutDelay(alarm), condition: 'unknown', changedAt: at };
    case 'rising':
      return settled({ ...withoutDelay(alarm), condition: 'clear', changedAt: at });
    case 'unknown':
    case 'clear':
      return alarm.restoredUntil === undefined ? alarm : withoutDelay(alarm);
  }
}

/** The condition is not reported any more. */
export function absent(alarm: Alarm, at: MonoMs): Alarm {
  if (alarm.restoredUntil !== undefined && at < alarm.restoredUntil) return alarm;
  switch (alarm.condition) {
    case 'active':
    case 'unknown':
      return ends(withoutDelay(alarm), at);
    case 'rising':
      return settled({ ...withoutDelay(alarm), condition: 'clear', changedAt: at });
    case 'falling':
    case 'clear':
      return alarm;
  }
}

function ends(alarm: Alarm, at: MonoMs): Alarm {
  const { offDelayMs } = alarm.rule;
  if (offDelayMs === 0) return cleared(alarm, at);
  return { ...alarm, condition: 'falling', changedAt: at, delayEndsAt: later(at, offDelayMs) };
}

const cleared = (alarm: Alarm, at: MonoMs): Alarm =>
  settled({
    ...withoutDelay(alarm),
    condition: 'clear',
    stands: false,
    reAlarmAt: undefined,
    clearedAt: at,
    changedAt: at,
  });

/** What the passing of time does: delays end, shelves run out, what was acknowledged long ago is asked for again. */
export function elapsed(before: Alarm, at: MonoMs): Alarm {
  const onsets = inWindowOf(before, at);
  const alarm = onsets === before.onsets ? before : { ...before, onsets };
  const { delayEndsAt, reAlarmAt } = alarm;
  const isDue = delayEndsAt !== undefined && at >= delayEndsAt;
  const delayed = !isDue ? alarm : alarm.condition === 'rising' ? raised(alarm, at) : cleared(alarm, at);
  const isForgotten = reAlarmAt !== undefined && at >= reAlarmAt && delayed.stands && delayed.ack === 'acked';
  const moved = isForgotten ? askedAgain(delayed, at) : delayed;
  const kept = moved.suppressions.filter((one) => one.kind === 'by-design' || at < one.until);
  return kept.length === moved.suppressions.length ? moved : withSuppressions(moved, kept, at);
}

const askedAgain = (alarm: Alarm, at: MonoMs): Alarm => ({
  ...alarm,
  ack: 'unacked',
  ackedBy: undefined,
  reAlarmAt: undefined,
  changedAt: at,
});

export const isOutOfService = ({ suppressions }: Alarm): boolean =>
  suppressions.some(({ kind }) => kind === 'out-of-service');

type OutOfService = Extract<Suppression, { kind: 'out-of-service' }>;

/** Puts the alarm out of service while maintenance is announced, never one of the bypass, a relay or the guard. */
export function inService(alarm: Alarm, maintenance: Maintenance | undefined, at: MonoMs): Alarm {
  const now = isSafetyType(alarm.key.type) ? undefined : maintenance;
  const had = alarm.suppressions.find(
    (one): one is OutOfService => one.kind === 'out-of-service' && one.by === undefined,
  );
  if (had?.until === now?.until) return alarm;
  const others = alarm.suppressions.filter((one) => one !== had);
  return withSuppressions(
    alarm,
    now === undefined
      ? others
      : [...others, { kind: 'out-of-service', until: now.until, permit: `${now.by}: ${now.reason.zh}` }],
    at,
  );
}

/** Suppressed by logic as long as `root` says, or a cause without one (`true`). */
export function byDesign(alarm: Alarm, cause: string, root: string | true | undefined, at: MonoMs): Alarm {
  const had = alarm.suppressions.find((one) => one.kind === 'by-design' && one.cause === cause);
  const now = isSafetyType(alarm.key.type) ? undefined : root;
  if (now === undefined && had === undefined) return alarm;
  const rooted = typeof now === 'string' ? { root: now } : {};
  if (had?.kind === 'by-design' && now !== undefined && had.root === rooted.root) return alarm;
  const others = alarm.suppressions.filter((one) => one !== had);
  return withSuppressions(
    alarm,
    now === undefined ? others : [...others, { kind: 'by-design', cause, ...rooted }],
    at,
  );
}

const reportedCauses = ['behind', 'ups-test', 'exercise'] as const;

/** What its machine knows to follow from something else: a level. */
export function expectedBy(alarm: Alarm, expected: Condition['expected'], at: MonoMs): Alarm {
  let now = alarm;
  if (expected !== undefined) now = byDesign(now, expected.cause, expected.root ?? true, at);
  for (const cause of reportedCauses)
    if (cause !== expected?.cause) now = byDesign(now, cause, undefined, at);
  return now;
}

const isSuperseded = ({ suppressions }: Alarm): boolean =>
  suppressions.some((one) => one.kind === 'by-design' && one.cause === 'superseded');

/** When the last suppression ends while the condition stands, the alarm comes back as a new one to acknowledge. */
export function withSuppressions(alarm: Alarm, suppressions: readonly Suppression[], at: MonoMs): Alarm {
  const comesBack = alarm.suppressions.length > 0 && suppressions.length === 0 && alarm.stands;
  const next: Alarm = { ...alarm, suppressions, changedAt: at };
  // The greater alarm that it grew into was the one to see.
  if (isSuperseded(alarm) && !isSuperseded(next) && !alarm.stands && !alarm.latched)
    return { ...next, ack: 'none', ackedBy: undefined };
  const isOverUnseen = isOutOfService(alarm) && !isOutOfService(next) && !alarm.stands && !alarm.latched;
  if (isOverUnseen && alarm.raisedOutOfService) return { ...next, ack: 'none', raisedOutOfService: false };
  return comesBack ? askedAgain(next, at) : next;
}

export const acknowledged = (alarm: Alarm, by: string, at: MonoMs): Alarm =>
  alarm.ack === 'unacked'
    ? settled({
        ...alarm,
        ack: 'acked',
        ackedBy: by,
        reAlarmAt:
          alarm.rule.reAlarmMs === undefined || !alarm.stands ? undefined : later(at, alarm.rule.reAlarmMs),
        changedAt: at,
      })
    : alarm;

/** A latch lets go only of what is over and acknowledged. */
export const mayReset = (alarm: Alarm): boolean =>
  alarm.latched && alarm.condition === 'clear' && alarm.ack !== 'unacked';

export const reset = (alarm: Alarm, at: MonoMs): Alarm =>
  mayReset(alarm) ? settled({ ...alarm, latched: false, changedAt: at }) : alarm;

/** The next moment at which time alone changes it. */
export function alarmDue(alarm: Alarm): MonoMs | undefined {
  const moments = [
    alarm.delayEndsAt,
    alarm.restoredUntil,
    alarm.reAlarmAt,
    // A window that runs on is looked at when its condition comes again.
    alarm.condition === 'clear' && alarm.onsets[0] !== undefined
      ? later(alarm.onsets[0], alarm.rule.inWindow?.withinMs ?? 0)
      : undefined,
    ...alarm.suppressions.map((one) => (one.kind === 'by-design' ? undefined : one.until)),
  ].filter((moment) => moment !== undefined);
  return moments.reduce<MonoMs | undefined>((a, b) => (a === undefined || b < a ? b : a), undefined);
}

/** Subjects named in what an alarm explains. */
const hiddenNamed = 20;

function rootOf(suppressions: readonly Suppression[]): Pick<AlarmView, 'root'> {
  const root = suppressions.flatMap((one) =>
    one.kind === 'by-design' && one.root !== undefined ? [one.root] : [],
  )[0];
  return root === undefined ? {} : { root };
}

export function viewOf(alarm: Alarm, isFirstOut: boolean): AlarmView {
  const {
    key,
    id,
    severity,
    condition,
    ack,
    latched,
    suppressions,
    detail,
    since,
    raisedAt,
    changedAt,
    count,
  } = alarm;
  const { what, effect, action } = alarmKind(key.type);
  const { ask } = alarm.rule;
  return {
    id,
    key,
    severity,
    condition,
    ack,
    latched,
    suppressions,
    sounds: sounds(alarm),
    what: detail.zh === '' ? what : text(`${what.zh}：${detail.zh}`, `${what.en}: ${detail.en}`),
    effect,
    action: ask === undefined ? action : text(`${action.zh}；${ask.zh}`, `${action.en}; ${ask.en}`),
    since,
    ...(isFirstOut ? { firstOut: true } : {}),
    ...rootOf(suppressions),
    ...(alarm.hides.length === 0
      ? {}
      : { consequences: { count: alarm.hides.length, subjects: alarm.hides.slice(0, hiddenNamed) } }),
    raisedAt,
    changedAt,
    ...(alarm.clearedAt === undefined ? {} : { clearedAt: alarm.clearedAt }),
    ...(alarm.ackedBy === undefined ? {} : { ackedBy: alarm.ackedBy }),
    count,
  };
}

/** Rules that hold for every alarm at every moment. */
export function broken(alarm: Alarm): readonly string[] {
  const { condition, stands, ack, latched, count } = alarm;
  const wrong: string[] = [];
  if ((condition === 'clear' || condition === 'rising') === stands)
    wrong.push(`alarm: ${alarm.id} is ${condition} but ${stands ? 'stands' : 'does not stand'}`);
  if (stands && ack === 'none') wrong.push(`alarm: ${alarm.id} stands and nobody is asked`);
  if (ack === 'acked' && !stands && !latched && condition !== 'rising')
    wrong.push(`alarm: ${alarm.id} is over and acknowledged but kept`);
  if (count === 0 && (stands || ack !== 'none' || latched)) wrong.push(`alarm: ${alarm.id} was never raised`);
  return wrong;
}
