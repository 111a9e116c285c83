/**
 * Battery tests of UPSes: whether one may begin, whether it goes as a test should, and what came of it. A test puts the load on
 * the battery for some seconds. It is refused whenever the battery may be needed or is not known to be good for it: in a power
 * cut and a day after, with a battery that is not full, while lines are in bypass, while another UPS is tested.
 *
 * While it runs, "on battery" of that UPS is what was ordered and no power cut (`duringTest` takes it out of the reading before
 * anybody judges it). But what no test looks like ends this at once: mains gone at the input, a low battery, on battery longer
 * than a test lasts, or on battery when the UPS says that it does not test. Then the test is over and the reading counts as it is.
 *
 * A deep test is ended by us, at half the charge or after half an hour: the room must live on the rest.
 */
import type { Command, RoomEventOf } from '../../model/event.ts';
import type { Condition } from '../../model/alarm.ts';
import type { Effect } from '../../model/effect.ts';
import type { SourceId, SubjectId } from '../../model/ids.ts';
import type { Source, Subject } from '../../model/room.ts';
import { isPolled, offersTest } from '../../model/room.ts';
import type { MonoMs } from '../../model/units.ts';
import { elapsedMs, hasLasted, later } from '../../model/units.ts';
import { upsReadingOf } from '../../model/ups.ts';
import type { UpsReading, UpsTestKind } from '../../model/ups.ts';
import type { Text } from '../../model/text.ts';
import { text } from '../../model/text.ts';
import { refusal } from './guard.ts';
import type { Circumstances } from './guard.ts';
import * as schedule from './schedule.ts';
import type { Plans, SavedPlans } from './schedule.ts';
import { aborted, deepOver, ended, notBegun, noteOf, scheduleName, started } from './words.ts';

/** A quick test takes 10 s on most, and some minutes on a few. */
export const testMsMax = 5 * 60_000;
/** A deep test is stopped then, or at this charge; some minutes later it is none any more. */
const deepMsMax = 30 * 60_000;
const deepPercentMin = 50;
const msMax = { quick: testMsMax, deep: deepMsMax + testMsMax } as const;
/** The UPS must show that it tests, or have tested, by then. */
const beginMsMax = 60_000;
const answerMsMax = 15_000;
/** A reading may still be of the moment before the order, or before the UPS has set its bit. */
const graceMs = 15_000;
/** Below this nobody calls it mains, at any nominal voltage. */
const mainsVoltsMin = 80;

const results = ['passed', 'failed', 'aborted', 'no-result'] as const;
export type TestResult = (typeof results)[number];
export type TestOrder = Extract<Command, { readonly do: 'ups-test' }>;

export interface Running {
  readonly subject: SubjectId;
  readonly source: SourceId;
  readonly order: string;
  readonly by: string;
  readonly what: UpsTestKind;
  readonly isScheduled: boolean;
  readonly since: MonoMs;
  /** It was told to stop; what is noted as soon as it runs on mains. */
  readonly ending?: { readonly at: MonoMs; readonly result: TestResult; readonly words: Text };
  /** The UPS has taken the order. */
  readonly isTaken: boolean;
  /** A reading showed the test. */
  readonly isSeen: boolean;
}

interface Tested {
  readonly at: MonoMs;
  readonly result: TestResult;
}

export interface UpsTestState {
  readonly subjects: readonly Subject[];
  /** Newest reading of each source of a UPS. */
  readonly seen: Readonly<Record<SourceId, { readonly at: MonoMs; readonly reading: UpsReading }>>;
  readonly running?: Running;
  /** Newest moment at which a UPS of the room was on battery without a test. */
  readonly cutAt?: MonoMs;
  readonly tested: Readonly<Record<SubjectId, Tested>>;
  readonly plans: Plans;
}

export interface SavedUpsTests {
  readonly cutAgeMs?: number;
  readonly tested: Readonly<Record<SubjectId, { readonly ageMs: number; readonly result: TestResult }>>;
  /** Absent in files of before there was a schedule. */
  readonly plans?: SavedPlans;
}

export type UpsTestEvent =
  | (Omit<RoomEventOf<'command'>, 'command'> & {
      readonly command: TestOrder;
      readonly around: Circumstances;
    })
  | RoomEventOf<'ups-test-sent'>
  | RoomEventOf<'evidence'>
  | RoomEventOf<'ups-test-hour'>
  /** `around` while the hour of a schedule is open. */
  | (RoomEventOf<'turn'> & { readonly around?: Circumstances });

export interface UpsTestStep {
  readonly state: UpsTestState;
  readonly effects: readonly Effect[];
}

const testSourceOf = ({ sources }: Subject, what: UpsTestKind): Source | undefined =>
  sources.find((source) => offersTest(source, what));

export function initial(
  subjects: readonly Subject[],
  saved: SavedUpsTests | undefined,
  savedAt: MonoMs,
  at: MonoMs,
): UpsTestState {
  const { cutAgeMs, tested = {}, plans = {} } = saved ?? {};
  return {
    plans: schedule.initialPlans(subjects, plans, savedAt, at),
    subjects: subjects.filter(({ kind }) => kind === 'ups'),
    seen: {},
    ...(cutAgeMs === undefined ? {} : { cutAt: later(savedAt, -cutAgeMs) }),
    tested: Object.fromEntries(
      Object.entries(tested).map(([id, { ageMs, result }]) => [id, { at: later(savedAt, -ageMs), result }]),
    ),
  };
}

export const saved = ({ cutAt, tested, plans }: UpsTestState, at: MonoMs): SavedUpsTests => ({
  plans: schedule.savedPlans(plans, at),
  ...(cutAt === undefined ? {} : { cutAgeMs: elapsedMs(cutAt, at) }),
  tested: Object.fromEntries(
    Object.entries(tested).map(([id, one]) => [id, { ageMs: elapsedMs(one.at, at), result: one.result }]),
  ),
});

/** From guard.json; what is not right is left out. */
export function readSaved(value: unknown): SavedUpsTests {
  const isRecord = (one: unknown): one is Readonly<Record<string, unknown>> =>
    typeof one === 'object' && one !== null;
  if (!isRecord(value)) return { tested: {} };
  const { cutAgeMs, tested, plans } = value;
  const rows = Object.entries(isRecord(tested) ? tested : {}).flatMap(([id, one]) => {
    if (!isRecord(one)) return [];
    const { ageMs, result } = one;
    const known = results.find((name) => name === result);
    return typeof ageMs === 'number' && known !== undefined ? [[id, { ageMs, result: known }] as const] : [];
  });
  return {
    ...(typeof cutAgeMs === 'number' ? { cutAgeMs } : {}),
    tested: Object.fromEntries(rows),
    ...(isRecord(plans) ? { plans: schedule.readPlans(plans) } : {}),
  };
}

export function step(state: UpsTestState, event: UpsTestEvent): UpsTestStep {
  switch (event.kind) {
    case 'command':
      return ordered(state, event);
    case 'ups-test-sent':
      return taken(state, event);
    case 'evidence':
      return heard(state, event);
    case 'ups-test-hour': {
      const { plans, effects } = schedule.hourTold(state.plans, event);
      return { state: plans === state.plans ? state : { ...state, plans }, effects };
    }
    case 'turn': {
      const { state: now, effects } = overdue(state, event.at);
      const next = event.around === undefined ? undefined : scheduled(now, event.around, event.at);
      return next === undefined
        ? { state: now, effects }
        : { ...next, effects: [...effects, ...next.effects] };
    }
    default:
      return event satisfies never;
  }
}

/** The values as they are judged: on battery for a test is not on battery. */
export function duringTest(
  { running, subjects }: UpsTestState,
  event: RoomEventOf<'evidence'>,
): RoomEventOf<'evidence'> {
  const { values } = event;
  if (running === undefined || values === undefined || values['onBattery'] !== true) return event;
  const own = subjects.find(({ id }) => id === running.subject);
  if (own?.sources.some(({ id }) => id === event.source) !== true) return event;
  return { ...event, values: { ...values, onBattery: false, onLine: true, test: true } };
}

/** A failed test stands until one is passed. */
export const conditions = ({ tested, subjects, plans }: UpsTestState, at: MonoMs): readonly Condition[] => [
  ...schedule.overdueConditions(plans, at),
  ...Object.entries(tested).flatMap(([subject, { result }]): Condition[] =>
    result === 'failed' && subjects.some(({ id }) => id === subject)
      ? [{ key: { subject, type: 'ups.test-failed', qualifier: '' }, state: 'active', detail: text('', '') }]
      : [],
  ),
];

export const hasOpenHour = ({ plans }: UpsTestState): boolean => schedule.hasOpenHour(plans);

// ---- orders ------------------------------------------------------------------------------------------------------

function ordered(state: UpsTestState, event: Extract<UpsTestEvent, { kind: 'command' }>): UpsTestStep {
  const { command, id, by, at, around } = event;
  const subject = state.subjects.find((one) => one.id === command.subject);
  const what = command.deep === true ? 'deep' : 'quick';
  const source = subject === undefined ? undefined : testSourceOf(subject, what);
  const name = by.name === '' ? by.via : by.name;
  const no = (why: Text): UpsTestStep => ({
    state,
    effects: [{ kind: 'notice', notice: { kind: 'command', at, id, accepted: false, text: why } }],
  });
  if (command.stop === true) return stopped(state, event, name);
  const from = by.via === 'centre' ? 'centre' : 'site';
  const why = refusal({ subject, source, state, around, what, by: from, at });
  if (why !== undefined || subject === undefined || source === undefined)
    return no(why ?? text('没有此 UPS', 'there is no such UPS'));
  return begun(state, {
    ...{ subject: subject.id, source: source.id, order: id, by: name, since: at, what },
    ...{ isScheduled: false, isTaken: false, isSeen: false },
  });
}

const begun = (state: UpsTestState, running: Running): UpsTestStep => {
  const { subject, source, order, what } = running;
  return {
    state: { ...state, running },
    effects: [{ kind: 'ups-test', subject, source, order, what }],
  };
};

/** The first that is due and may begin does; what hinders the others is kept for the end of their hour. */
function scheduled(before: UpsTestState, around: Circumstances, at: MonoMs): UpsTestStep {
  const { plans, effects } = schedule.hoursRunOut(before.plans, at);
  let state = plans === before.plans ? before : { ...before, plans };
  for (const [id, plan] of Object.entries(plans)) {
    if (state.running?.subject === id || !schedule.isDue(plan, at)) continue;
    const { what } = plan.schedule;
    const subject = state.subjects.find((one) => one.id === id);
    const source = subject === undefined ? undefined : testSourceOf(subject, what);
    const why = refusal({ subject, source, state, around, what, by: 'schedule', at });
    if (why !== undefined || source === undefined) {
      const next = schedule.hindered(state.plans, id, why ?? text('', ''));
      if (next !== state.plans) state = { ...state, plans: next };
      continue;
    }
    const next = begun(
      { ...state, plans: schedule.sentBySchedule(state.plans, id, at) },
      {
        ...{ subject: id, source: source.id, order: `ups-test-${id}-${at}`, by: scheduleName, since: at },
        ...{ what, isScheduled: true, isTaken: false, isSeen: false },
      },
    );
    return { state: next.state, effects: [...effects, ...next.effects, { kind: 'save' }] };
  }
  return { state, effects };
}

function stopped(
  state: UpsTestState,
  { command, id, at }: Extract<UpsTestEvent, { kind: 'command' }>,
  name: string,
): UpsTestStep {
  const { running } = state;
  const answer = (accepted: boolean, words: Text): Effect => ({
    kind: 'notice',
    notice: { kind: 'command', at, id, accepted, text: words },
  });
  if (running?.subject !== command.subject || running.ending !== undefined)
    return {
      state,
      effects: [
        answer(false, text(`${command.subject} 没有在测试`, `no test of ${command.subject} is running`)),
      ],
    };
  const over = told(state, running, id, {
    ...{ at, result: 'aborted' },
    words: aborted(running, 'aborted', text(`${name} 中止`, `stopped by ${name}`)),
  });
  return {
    state: over.state,
    effects: [
      ...over.effects,
      answer(
        true,
        text(`${name} 中止了 ${running.subject} 的测试`, `test of ${running.subject} stopped by ${name}`),
      ),
    ],
  };
}

/** It still runs on battery for a moment: that is the test too. */
const told = (
  state: UpsTestState,
  running: Running,
  order: string,
  ending: NonNullable<Running['ending']>,
): UpsTestStep => ({
  state: { ...state, running: { ...running, ending } },
  effects: [{ kind: 'ups-test', subject: running.subject, source: running.source, order, what: 'stop' }],
});

function taken(
  state: UpsTestState,
  { order, accepted, reason, at }: RoomEventOf<'ups-test-sent'>,
): UpsTestStep {
  const { running } = state;
  if (running?.order !== order || running.isTaken) return { state, effects: [] };
  if (accepted)
    return {
      // The time runs from here: the order may have waited for the wire.
      state: { ...state, running: { ...running, isTaken: true, since: at } },
      effects: [started(running, at)],
    };
  return notTaken(state, running, reason, at, false);
}

/** `mayRun`: it said nothing, and may have taken it all the same. */
function notTaken(
  state: UpsTestState,
  running: Running,
  reason: Text,
  at: MonoMs,
  mayRun: boolean,
): UpsTestStep {
  const { running: _, ...rest } = state;
  const { subject, order: id, isScheduled } = running;
  if (isScheduled)
    return {
      state: { ...rest, plans: schedule.hourSpent(state.plans, subject, mayRun) },
      effects: [noteOf(at, notBegun(subject, reason)), { kind: 'save' }],
    };
  return {
    state: rest,
    effects: [{ kind: 'notice', notice: { kind: 'command', at, id, accepted: false, text: reason } }],
  };
}

// ---- how it goes -------------------------------------------------------------------------------------------------

function heard(before: UpsTestState, { source, values, at }: RoomEventOf<'evidence'>): UpsTestStep {
  const subject = before.subjects.find(({ sources }) =>
    sources.some((one) => one.id === source && isPolled(one)),
  );
  if (subject === undefined || values === undefined) return { state: before, effects: [] };
  const reading = upsReadingOf(values);
  const state = { ...before, seen: { ...before.seen, [source]: { at, reading } } };
  const { running } = state;
  if (running?.subject !== subject.id) {
    if (reading.onBattery !== true) return { state, effects: [] };
    // Kept when a cut begins, and when it is over: in between every reading would be a write.
    const isNew = before.cutAt === undefined || elapsedMs(before.cutAt, at) > 60_000;
    return { state: { ...state, cutAt: at }, effects: isNew ? [{ kind: 'save' }] : [] };
  }
  const real = realFailure(running, reading, at);
  if (real !== undefined) return end({ ...state, cutAt: at }, running, 'aborted', at, real);
  const isShown = reading.test === true || reading.onBattery === true;
  if (running.ending !== undefined) return isShown ? { state, effects: [] } : closed(state, running, at);
  if (isShown) return shown(state, { ...running, isSeen: true }, reading, at);
  if (!running.isSeen || source !== running.source) return { state, effects: [] };
  const result =
    reading.testFailed === true ? 'failed' : reading.testPassed === true ? 'passed' : 'no-result';
  return end(state, running, result, at);
}

/** On battery as it was ordered; a deep test goes as far as it may. */
function shown(
  state: UpsTestState,
  running: Running,
  { batteryPercent }: UpsReading,
  at: MonoMs,
): UpsTestStep {
  const { what, since, order } = running;
  const isFar =
    hasLasted(since, deepMsMax, at) || (batteryPercent !== undefined && batteryPercent <= deepPercentMin);
  if (what === 'quick' || !isFar) return { state: { ...state, running }, effects: [] };
  return told(state, running, `${order}-stop`, {
    ...{ at, result: 'no-result' },
    words: deepOver(running, elapsedMs(since, at), batteryPercent),
  });
}

/** Why this is no test. */
function realFailure({ since, what, ending }: Running, reading: UpsReading, at: MonoMs): Text | undefined {
  if (reading.lowBattery === true) return text('电池电量低', 'the battery is low');
  if (reading.onBattery !== true) return undefined;
  if (reading.inputVolts !== undefined && reading.inputVolts < mainsVoltsMin)
    return text('输入端没有市电', 'there are no mains at its input');
  if (hasLasted(since, msMax[what], at))
    return text('电池供电超过测试时间', 'it is on battery longer than a test');
  if (ending !== undefined && hasLasted(ending.at, graceMs, at))
    return text('测试已中止却仍由电池供电', 'it is on battery though the test was stopped');
  if (reading.test === false && hasLasted(since, graceMs, at))
    return text('UPS 不在测试却由电池供电', 'it is on battery and says that it does not test');
  return undefined;
}

function overdue(state: UpsTestState, at: MonoMs): UpsTestStep {
  const { running } = state;
  if (running === undefined) return { state, effects: [] };
  const { since, isTaken, isSeen, what, ending } = running;
  if (ending !== undefined)
    return hasLasted(ending.at, 2 * graceMs, at) ? closed(state, running, at) : { state, effects: [] };
  if (!isTaken && hasLasted(since, answerMsMax, at))
    return notTaken(
      state,
      running,
      text('UPS 没有回应测试命令', 'the UPS did not answer the order'),
      at,
      true,
    );
  if (isTaken && !isSeen && hasLasted(since, beginMsMax, at))
    return end(state, running, 'no-result', at, text('UPS 没有显示测试', 'the UPS showed no test'));
  if (hasLasted(since, msMax[what] + graceMs, at))
    return end(state, running, 'aborted', at, text('测试没有结束', 'it did not come to an end'));
  return { state, effects: [] };
}

const closed = (state: UpsTestState, running: Running, at: MonoMs): UpsTestStep =>
  end(state, running, running.ending?.result ?? 'aborted', at);

function end(state: UpsTestState, running: Running, result: TestResult, at: MonoMs, why?: Text): UpsTestStep {
  const { running: _, ...rest } = state;
  // What was not finished says nothing against the battery, and nothing for it.
  const isTold = result === 'passed' || result === 'failed';
  const before = state.tested[running.subject];
  const keeps = !isTold && before?.result === 'failed';
  const isDone = isTold || (result === 'no-result' && running.isSeen);
  const words =
    why === undefined ? (running.ending?.words ?? ended(running, result)) : aborted(running, result, why);
  return {
    state: {
      ...rest,
      plans: isDone ? schedule.testEnded(state.plans, running.subject, at) : state.plans,
      tested: keeps ? state.tested : { ...state.tested, [running.subject]: { at, result } },
    },
    effects: [noteOf(at, words), { kind: 'save' }],
  };
}
