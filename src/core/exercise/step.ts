/**
 * Exercises of the bypass: a relay that is never moved sticks unseen, and a phone that is never lifted is dead unseen.
 *
 * Level 1 runs by itself in the hours of the room file: one line after the other goes over and back for at most 2 s, each only
 * when the bypass itself says that it may. Level 2 is ordered by a person and watched here. What came of each is kept; a failure
 * stands as an alarm until the next exercise of that level passes, and a line that was not exercised for too long is told.
 *
 * Moves no relay: it asks, as a person would, and the bypass refuses what does not fit.
 */
import type { LineBypassState, BypassReason, RelayReport } from '../../model/bypass.ts';
import type { ExerciseLevel, ExerciseResult, ExerciseResults } from '../../model/exercise.ts';
import type { LineId } from '../../model/ids.ts';
import type { LineSignal } from '../../model/line.ts';
import type { MonoMs } from '../../model/units.ts';
import { elapsedMs } from '../../model/units.ts';
import { text } from '../../model/text.ts';
import type { Text } from '../../model/text.ts';

/** The hours come a little early or late by the wall clock: this much of the interval may be missing. */
const earlyMs = 12 * 3_600_000;
/** Calls may interrupt an exercise so often in one night; then it is left for the next one. */
const triesMax = 3;
/** A telephone off hook on a sound pair draws at least this (safety-review §17). */
const phoneMilliampsMin = 15;

export interface ExerciseConfig {
  /** Absent: no exercise by itself. */
  readonly everyMs?: number;
  readonly lines: readonly ExercisedLine[];
}
export interface ExercisedLine {
  readonly id: LineId;
  readonly phone: string;
  /** A card measures the phone's current; a relay on the Pi does not. */
  readonly measuresPhone: boolean;
}

/** One line as the bypass sees it now. */
export interface ExerciseLine {
  readonly id: LineId;
  readonly step: LineBypassState;
  readonly intent: BypassReason | undefined;
  readonly signal: LineSignal;
}

export type ExerciseEvent = { readonly at: MonoMs } & (
  | /** The hours of exercise are open until then; without `until` they are over. */
    { readonly kind: 'hours'; readonly until?: MonoMs }
  | { readonly kind: 'relays'; readonly relays: Readonly<Record<LineId, RelayReport>> }
  /** An order was given: a relay may be back before the next turn, so what begins is seen at once. */
  | { readonly kind: 'ordered'; readonly lines: readonly ExerciseLine[] }
  | {
      readonly kind: 'turn';
      readonly lines: readonly ExerciseLine[];
      /** Nothing but the exercise moves lines. */
      readonly isRoomSteady: boolean;
      /** Whether the bypass would accept an exercise of this line now. */
      readonly mayExercise: (line: LineId) => boolean;
      /** The line was once seen to reach its phone: its contacts are wired right. */
      readonly hasReachedPhone: (line: LineId) => boolean;
    }
);

interface Running {
  readonly line: LineId;
  readonly level: ExerciseLevel;
  readonly since: MonoMs;
  /** Level 1: the position was proved, and how long it took. */
  readonly isProved: boolean;
  readonly moveMs?: number;
  /** What the taps show instead. */
  readonly taps?: RelayReport['taps'];
  readonly isInterrupted: boolean;
  readonly isLifted: boolean;
  readonly milliamps: number;
}
export interface ExerciseState {
  readonly config: ExerciseConfig;
  readonly until?: MonoMs;
  /** Lines that are still to be exercised in these hours, with how often a call came between. */
  readonly waiting: readonly { readonly line: LineId; readonly tries: number }[];
  readonly running?: Running;
  readonly results: Readonly<Record<LineId, ExerciseResults>>;
  /** Since when each line is known: what was never exercised is overdue from there. */
  readonly knownSince: Readonly<Record<LineId, MonoMs>>;
}

export interface ExerciseStep {
  readonly state: ExerciseState;
  readonly orders: readonly { readonly do: 'exercise'; readonly line: LineId }[];
  /** A result is new. */
  readonly isNew: boolean;
}

const only = (state: ExerciseState): ExerciseStep => ({ state, orders: [], isNew: false });

export function step(before: ExerciseState, event: ExerciseEvent): ExerciseStep {
  switch (event.kind) {
    case 'hours':
      return only(withHours(before, event.until, event.at));
    case 'relays':
      return only(withReports(before, event.relays));
    case 'ordered':
      return only(withBegun(before, event.lines, event.at));
    case 'turn': {
      const begun = withBegun(before, event.lines, event.at);
      const ended = withEnded(begun, event, event.at);
      const state = withoutHours(ended, event.at);
      const next = nextLine(state, event);
      return {
        state,
        orders: next === undefined ? [] : [{ do: 'exercise', line: next }],
        isNew: ended.results !== before.results,
      };
    }
    default:
      return event satisfies never;
  }
}

// ---- when ------------------------------------------------------------------------------------------------------

function withHours(state: ExerciseState, until: MonoMs | undefined, at: MonoMs): ExerciseState {
  const { until: _was, ...rest } = state;
  const { everyMs, lines } = state.config;
  if (until === undefined || everyMs === undefined) return { ...rest, waiting: [] };
  const due = lines.filter(({ id }) => {
    const last = state.results[id]?.relay;
    return last === undefined || elapsedMs(last.at, at) >= everyMs - earlyMs;
  });
  return { ...rest, until, waiting: due.map(({ id }) => ({ line: id, tries: 0 })) };
}

function withoutHours(state: ExerciseState, at: MonoMs): ExerciseState {
  if (state.until === undefined || at < state.until) return state;
  const { until: _over, ...rest } = state;
  return { ...rest, waiting: [] };
}

const nextLine = (
  { running, waiting }: ExerciseState,
  { mayExercise }: Extract<ExerciseEvent, { kind: 'turn' }>,
): LineId | undefined =>
  running === undefined ? waiting.find(({ line }) => mayExercise(line))?.line : undefined;

// ---- one exercise ----------------------------------------------------------------------------------------------

/** An exercise is seen by what the bypass does, whoever ordered it. */
function withBegun(state: ExerciseState, lines: readonly ExerciseLine[], at: MonoMs): ExerciseState {
  if (state.running !== undefined) return state;
  const line = lines.find(({ step: kind, intent }) => kind === 'exercising' || intent === 'exercise-phone');
  if (line === undefined) return state;
  const running: Running = {
    line: line.id,
    level: line.step === 'exercising' ? 1 : 2,
    since: at,
    ...{ isProved: false, isInterrupted: false, isLifted: false, milliamps: 0 },
  };
  return { ...state, running };
}

function withReports(state: ExerciseState, relays: Readonly<Record<LineId, RelayReport>>): ExerciseState {
  const { running } = state;
  const report = running === undefined ? undefined : relays[running.line];
  if (running === undefined || report?.coil !== 'release') return state;
  const { position, moveMs, taps, phoneMilliamps } = report;
  const milliamps = Math.max(running.milliamps, Math.abs(phoneMilliamps));
  const isProved = running.isProved || position === 'bypass';
  if (isProved === running.isProved && milliamps === running.milliamps && taps === undefined) return state;
  return {
    ...state,
    running: {
      ...running,
      ...{ isProved, milliamps },
      ...(isProved && moveMs !== undefined ? { moveMs } : {}),
      ...(taps === undefined ? {} : { taps }),
    },
  };
}

type Outcome = 'goes on' | 'interrupted' | Omit<ExerciseResult, 'at'>;

function withEnded(
  state: ExerciseState,
  { lines, isRoomSteady, hasReachedPhone }: Extract<ExerciseEvent, { kind: 'turn' }>,
  at: MonoMs,
): ExerciseState {
  const { running } = state;
  if (running === undefined) return state;
  const line = lines.find(({ id }) => id === running.line);
  const settings = state.config.lines.find(({ id }) => id === running.line);
  if (line === undefined || settings === undefined) return over(state, running, 'interrupted', at);
  const seen: Running = {
    ...running,
    isInterrupted: running.isInterrupted || (running.level === 1 && isInUse(line.signal)),
    isLifted: running.isLifted || line.signal === 'off-hook',
  };
  const isSame = seen.isInterrupted === running.isInterrupted && seen.isLifted === running.isLifted;
  const outcome =
    running.level === 1
      ? relayOutcome(seen, line, hasReachedPhone(line.id))
      : isRoomSteady
        ? phoneOutcome(seen, line, settings)
        : 'interrupted';
  if (outcome === 'goes on') return isSame ? state : { ...state, running: seen };
  return over(state, seen, outcome, at);
}

const isInUse = (signal: LineSignal): boolean => signal === 'ringing' || signal === 'off-hook';

function over(
  state: ExerciseState,
  { line, level }: Running,
  outcome: Exclude<Outcome, 'goes on'>,
  at: MonoMs,
): ExerciseState {
  const { running: _done, ...rest } = state;
  if (outcome === 'interrupted')
    return {
      ...rest,
      waiting: state.waiting
        .map((one) => (one.line === line && level === 1 ? { ...one, tries: one.tries + 1 } : one))
        .filter(({ tries }) => tries < triesMax),
    };
  const result: ExerciseResult = { ...outcome, at };
  return {
    ...rest,
    waiting: level === 1 ? state.waiting.filter((one) => one.line !== line) : state.waiting,
    results: {
      ...state.results,
      [line]: { ...state.results[line], [level === 1 ? 'relay' : 'phone']: result },
    },
  };
}

const passed = (why: Text): Outcome => ({ passed: true, why });
const failed = (why: Text): Outcome => ({ passed: false, why });

function relayOutcome(running: Running, line: ExerciseLine, hasReachedPhone: boolean): Outcome {
  switch (line.step) {
    case 'exercising':
    case 'operating':
      return 'goes on';
    case 'normal':
    case 'waiting':
    case 'proving':
      if (running.isProved) return passed(movedText(running.moveMs));
      return running.isInterrupted ? 'interrupted' : failed(tapsText(running.taps));
    case 'stuck':
      return failed(
        hasReachedPhone
          ? text('继电器粘在交换机侧', 'the relay is stuck on the PBX side')
          : text(
              '释放后仍在交换机侧，且从未到过话机侧：继电器的常闭/常开触点接反，或已粘住',
              'released, it stays on the PBX side, and it never was at its phone: NC and NO of the relay are swapped, or it is stuck',
            ),
      );
    case 'open':
      return failed(text('释放后两侧触点均不通', 'released, it closes neither contact'));
    case 'locked':
      return failed(
        running.isProved
          ? text('未能回到交换机侧', 'it did not come back to the PBX side')
          : tapsText(running.taps),
      );
    case 'releasing':
    case 'bypass':
    case 'unreachable':
      return 'interrupted';
  }
}

const movedText = (ms: number | undefined): Text =>
  ms === undefined
    ? text('位置正确', 'the position is right')
    : text(`释放 ${ms} 毫秒，位置正确`, `released in ${ms} ms, the position is right`);

function tapsText(taps: RelayReport['taps']): Text {
  if (taps?.pbx === true && !taps.trunk)
    return text(
      '释放后外线侧无电压而交换机侧有：外线与交换机的线对接反',
      'released, the trunk side is dead and the PBX side live: trunk and PBX pair are swapped',
    );
  if (taps?.trunk === true && !taps.pbx && !taps.phone)
    return text(
      '释放后话机侧无电压：话机线对未接在常闭触点上，或触点不通',
      'released, the phone side has no voltage: the phone pair is not on the NC contact, or the contact is open',
    );
  return text('两秒内未能证实位置', 'the position was not proved within 2 s');
}

function phoneOutcome(running: Running, line: ExerciseLine, settings: ExercisedLine): Outcome {
  if (line.intent === 'exercise-phone') return 'goes on';
  if (line.step === 'stuck' || line.step === 'open' || line.step === 'locked')
    return failed(text('继电器未到话机侧', 'the relay did not reach the phone'));
  if (line.step === 'unreachable' || line.intent !== undefined) return 'interrupted';
  const milliamps = Math.round(running.milliamps);
  if (!running.isLifted)
    return failed(
      text(
        `无人摘起电话 ${settings.phone}，或话机线对不通`,
        `nobody lifted phone ${settings.phone}, or its pair is open`,
      ),
    );
  if (!settings.measuresPhone)
    return passed(text('摘机已看到，电流无法测量', 'lifted; the current cannot be measured'));
  return milliamps >= phoneMilliampsMin
    ? passed(text(`摘机，环路电流 ${milliamps} 毫安`, `lifted, ${milliamps} mA`))
    : failed(
        text(
          `摘机时环路电流只有 ${milliamps} 毫安：线对不良，或别的设备占用外线`,
          `only ${milliamps} mA when lifted: a bad pair, or something else holds the trunk`,
        ),
      );
}
