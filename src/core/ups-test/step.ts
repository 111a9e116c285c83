/**
 * Battery tests of UPSes: whether one may begin, whether it goes as a test should, and what came of it. A test puts the load on
 * the battery for some seconds. It is refused whenever the battery may be needed or is not known to be good for it: in a power
 * cut and a day after, with a battery that is not full, while lines are in bypass, while another UPS is tested.
 *
 * While it runs, "on battery" of that UPS is what was ordered and no power cut (`duringTest` takes it out of the reading before
 * anybody judges it). But what no test looks like ends this at once: mains gone at the input, a low battery, on battery longer
 * than a test lasts, or on battery when the UPS says that it does not test. Then the test is over and the reading counts as it is.
 */
import type { Command, RoomEventOf } from '../../model/event.ts';
import type { Condition } from '../../model/alarm.ts';
import type { Effect } from '../../model/effect.ts';
import type { SourceId, SubjectId } from '../../model/ids.ts';
import type { Source, Subject } from '../../model/room.ts';
import { isPolled } from '../../model/room.ts';
import type { MonoMs } from '../../model/units.ts';
import { elapsedMs, hasLasted, later } from '../../model/units.ts';
import { upsReadingOf } from '../../model/ups.ts';
import type { UpsReading } from '../../model/ups.ts';
import type { Text } from '../../model/text.ts';
import { text } from '../../model/text.ts';
import { refusal } from './guard.ts';
import type { Circumstances } from './guard.ts';
import { aborted, ended, noteOf, started } from './words.ts';

/** A quick test takes 10 s on most, and some minutes on a few. */
export const testMsMax = 5 * 60_000;
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
  readonly since: MonoMs;
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
}

export interface SavedUpsTests {
  readonly cutAgeMs?: number;
  readonly tested: Readonly<Record<SubjectId, { readonly ageMs: number; readonly result: TestResult }>>;
}

export type UpsTestEvent =
  | (Omit<RoomEventOf<'command'>, 'command'> & {
      readonly command: TestOrder;
      readonly around: Circumstances;
    })
  | RoomEventOf<'ups-test-sent'>
  | RoomEventOf<'evidence'>
  | RoomEventOf<'turn'>;

export interface UpsTestStep {
  readonly state: UpsTestState;
  readonly effects: readonly Effect[];
}

/** Ways over which this version can order a test. */
const canTest = (source: Source): boolean =>
  source.kind === 'megatec' || (source.kind === 'nut' && source.username !== undefined);
const testSourceOf = ({ sources }: Subject): Source | undefined => sources.find(canTest);

export function initial(
  subjects: readonly Subject[],
  saved: SavedUpsTests | undefined,
  savedAt: MonoMs,
): UpsTestState {
  const { cutAgeMs, tested = {} } = saved ?? {};
  return {
    subjects: subjects.filter(({ kind }) => kind === 'ups'),
    seen: {},
    ...(cutAgeMs === undefined ? {} : { cutAt: later(savedAt, -cutAgeMs) }),
    tested: Object.fromEntries(
      Object.entries(tested).map(([id, { ageMs, result }]) => [id, { at: later(savedAt, -ageMs), result }]),
    ),
  };
}

export const saved = ({ cutAt, tested }: UpsTestState, at: MonoMs): SavedUpsTests => ({
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
  const { cutAgeMs, tested } = value;
  const rows = Object.entries(isRecord(tested) ? tested : {}).flatMap(([id, one]) => {
    if (!isRecord(one)) return [];
    const { ageMs, result } = one;
    const known = results.find((name) => name === result);
    return typeof ageMs === 'number' && known !== undefined ? [[id, { ageMs, result: known }] as const] : [];
  });
  return {
    ...(typeof cutAgeMs === 'number' ? { cutAgeMs } : {}),
    tested: Object.fromEntries(rows),
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
    case 'turn':
      return overdue(state, event.at);
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
export const conditions = ({ tested, subjects }: UpsTestState): readonly Condition[] =>
  Object.entries(tested).flatMap(([subject, { result }]): Condition[] =>
    result === 'failed' && subjects.some(({ id }) => id === subject)
      ? [{ key: { subject, type: 'ups.test-failed', qualifier: '' }, state: 'active', detail: text('', '') }]
      : [],
  );

// ---- orders ------------------------------------------------------------------------------------------------------

function ordered(state: UpsTestState, event: Extract<UpsTestEvent, { kind: 'command' }>): UpsTestStep {
  const { command, id, by, at, around } = event;
  const subject = state.subjects.find((one) => one.id === command.subject);
  const source = subject === undefined ? undefined : testSourceOf(subject);
  const name = by.name === '' ? by.via : by.name;
  const no = (why: Text): UpsTestStep => ({
    state,
    effects: [{ kind: 'notice', notice: { kind: 'command', at, id, accepted: false, text: why } }],
  });
  if (command.stop === true) return stopped(state, event, name);
  const why = refusal({ subject, source, state, around, isFromCentre: by.via === 'centre', at });
  if (why !== undefined || subject === undefined || source === undefined)
    return no(why ?? text('没有此 UPS', 'there is no such UPS'));
  const running: Running = {
    ...{ subject: subject.id, source: source.id, order: id, by: name, since: at },
    ...{ isTaken: false, isSeen: false },
  };
  return {
    state: { ...state, running },
    effects: [{ kind: 'ups-test', subject: subject.id, source: source.id, order: id, what: 'quick' }],
  };
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
  if (running?.subject !== command.subject)
    return {
      state,
      effects: [
        answer(false, text(`${command.subject} 没有在测试`, `no test of ${command.subject} is running`)),
      ],
    };
  const over = end(state, running, 'aborted', at, text(`${name} 中止`, `stopped by ${name}`));
  return {
    state: over.state,
    effects: [
      { kind: 'ups-test', subject: running.subject, source: running.source, order: id, what: 'stop' },
      ...over.effects,
      answer(
        true,
        text(`${name} 中止了 ${running.subject} 的测试`, `test of ${running.subject} stopped by ${name}`),
      ),
    ],
  };
}

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
  const { running: _, ...rest } = state;
  return {
    state: rest,
    effects: [{ kind: 'notice', notice: { kind: 'command', at, id: order, accepted: false, text: reason } }],
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
  if (isShown) return { state: { ...state, running: { ...running, isSeen: true } }, effects: [] };
  if (!running.isSeen || source !== running.source) return { state, effects: [] };
  const result =
    reading.testFailed === true ? 'failed' : reading.testPassed === true ? 'passed' : 'no-result';
  return end(state, running, result, at);
}

/** Why this is no test. */
function realFailure({ since }: Running, reading: UpsReading, at: MonoMs): Text | undefined {
  if (reading.lowBattery === true) return text('电池电量低', 'the battery is low');
  if (reading.onBattery !== true) return undefined;
  if (reading.inputVolts !== undefined && reading.inputVolts < mainsVoltsMin)
    return text('输入端没有市电', 'there are no mains at its input');
  if (hasLasted(since, testMsMax, at))
    return text('电池供电超过测试时间', 'it is on battery longer than a test');
  if (reading.test === false && hasLasted(since, graceMs, at))
    return text('UPS 不在测试却由电池供电', 'it is on battery and says that it does not test');
  return undefined;
}

function overdue(state: UpsTestState, at: MonoMs): UpsTestStep {
  const { running } = state;
  if (running === undefined) return { state, effects: [] };
  const { since, isTaken, isSeen } = running;
  if (!isTaken && hasLasted(since, answerMsMax, at)) {
    const why = text('UPS 没有回应测试命令', 'the UPS did not answer the order');
    const { running: _, ...rest } = state;
    return {
      state: rest,
      effects: [
        { kind: 'notice', notice: { kind: 'command', at, id: running.order, accepted: false, text: why } },
      ],
    };
  }
  if (isTaken && !isSeen && hasLasted(since, beginMsMax, at))
    return end(state, running, 'no-result', at, text('UPS 没有显示测试', 'the UPS showed no test'));
  if (hasLasted(since, testMsMax + graceMs, at))
    return end(state, running, 'aborted', at, text('测试没有结束', 'it did not come to an end'));
  return { state, effects: [] };
}

function end(state: UpsTestState, running: Running, result: TestResult, at: MonoMs, why?: Text): UpsTestStep {
  const { running: _, ...rest } = state;
  // What was not finished says nothing against the battery, and nothing for it.
  const isTold = result === 'passed' || result === 'failed';
  const before = state.tested[running.subject];
  const keeps = !isTold && before?.result === 'failed';
  return {
    state: {
      ...rest,
      tested: keeps ? state.tested : { ...state.tested, [running.subject]: { at, result } },
    },
    effects: [
      noteOf(at, why === undefined ? ended(running, result) : aborted(running, result, why)),
      { kind: 'save' },
    ],
  };
}
