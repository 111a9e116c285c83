/**
 * Decides when one line is recorded. A recording begins at ring or seizure, less the pre-roll, so that the ring phase and
 * the first syllable are in; one recording a call, abandoned calls too. Recordings of a line never overlap and leave no
 * hole between them: where the hang-over of one call meets the pre-roll of the next, one ends where the other begins.
 * It must never give up on a call that goes on: a recording that fails is asked for again, ever more slowly.
 */
import type { Running, TriggerEffect, TriggerEvent, TriggerState, Why } from './state.ts';
import { earlier, elapsedMs, later } from '../../model/units.ts';
import type { CallId } from '../../model/ids.ts';
import type { MonoMs } from '../../model/units.ts';

/** A recording longer than this is split, so that one file stays a thing a person can handle. */
const lengthMsMax = 4 * 3_600_000;
/** How far back of now a start may reach beyond the pre-roll: what was told late, and what a first failure lost. */
const lookBackMs = 5_000;
/** Speech is told once a second; pauses between sentences are longer. */
const voiceHoldMsMin = 3_000;
/** A silent card ends what no call ends (the line ends its call by itself, after the same time). */
const keepMs = 10_000;
const retryMsMin = 1_000;
const retryMsMax = 60_000;
/** A recording that lasted this long shows that the recorder works again. */
const soundMs = 10_000;
/** The recorder confirms a start within this, unless something is wrong. */
const answerMs = 10_000;

interface Stepped {
  readonly state: TriggerState;
  readonly effects: readonly TriggerEffect[];
}
/** What the decision works on; nested objects are replaced, never changed. */
type Draft = { -readonly [K in keyof TriggerState]: TriggerState[K] };
interface Deciding {
  readonly state: Draft;
  readonly at: MonoMs;
  readonly effects: TriggerEffect[];
}
interface Reason {
  readonly why: Why;
  readonly from: MonoMs;
  readonly callId: CallId | null;
}

const nothing: readonly TriggerEffect[] = [];

export function step(before: TriggerState, event: TriggerEvent): Stepped {
  const { at } = event;
  if (event.kind === 'turn') {
    const next = nextDeadline(before);
    if (next === undefined || next > at) return { state: before, effects: nothing };
  }
  const deciding: Deciding = { state: { ...before }, at, effects: [] };
  take(deciding, event);
  settle(deciding);
  return { state: deciding.state, effects: deciding.effects };
}

/** When a turn will have something to do, if no event comes before. */
function nextDeadline(state: TriggerState): MonoMs | undefined {
  const { running, retryAt, unknownSince } = state;
  if (running === null) return retryAt ?? undefined;
  const soundAt =
    running.startedAt !== null && state.failures > 0 ? later(running.startedAt, soundMs) : undefined;
  const answerAt =
    running.startedAt === null && !state.isUnanswered ? later(running.askedAt, answerMs) : undefined;
  const silentAt = unknownSince !== null && running.callId === null ? later(unknownSince, keepMs) : undefined;
  return [running.stopAt ?? undefined, later(running.from, lengthMsMax), soundAt, answerAt].reduce(
    (soonest, moment) => earlier(soonest, moment),
    silentAt,
  );
}

function take(deciding: Deciding, event: TriggerEvent): void {
  const { state, at } = deciding;
  switch (event.kind) {
    case 'call':
      takeCall(deciding, event);
      return;
    case 'signal':
      state.unknownSince = event.signal === 'unknown' ? event.since : null;
      return;
    case 'speech':
      state.speechAt = at;
      if (state.running?.why === 'voice')
        state.running = { ...state.running, stopAt: later(at, voiceHoldMs(state)) };
      return;
    case 'record':
      if (event.on) state.orderedAt ??= at;
      else {
        state.orderedAt = null;
        if (state.running?.why === 'command') state.running = { ...state.running, stopAt: at };
      }
      return;
    case 'schedule':
      state.isScheduleOpen = event.open;
      return;
    case 'recording':
      takeRecording(deciding, event);
      return;
    case 'turn':
      return;
    default:
      event satisfies never;
  }
}

function takeCall({ state, at, effects }: Deciding, event: Extract<TriggerEvent, { kind: 'call' }>): void {
  const { call } = event;
  state.openCall = event.phase === 'ended' ? null : call;
  const { running } = state;
  if (running?.callId === call.id) {
    const stopAt =
      call.endedAt !== undefined && isByCall(running)
        ? later(call.endedAt, state.config.settings.hangOverMs)
        : running.stopAt;
    state.running = { ...running, call, stopAt };
  } else if (event.phase === 'opened' && running !== null && recordsCalls(state)) {
    // One recording a call: whatever runs ends where this call's begins, but never before its own call ended.
    const begin = startOf(state, later(call.startedAt, -state.config.settings.preRollMs), at);
    const ownEnd = running.call?.endedAt ?? running.from;
    const asked = running.stopAt !== null && running.stopAt < begin ? running.stopAt : begin;
    stop({ state, at, effects }, running, asked < ownEnd ? ownEnd : asked);
  }
}

function takeRecording({ state, at }: Deciding, event: Extract<TriggerEvent, { kind: 'recording' }>): void {
  const { running } = state;
  const isRunning = running?.id === event.id;
  switch (event.state) {
    case 'started':
      state.isUnanswered = false;
      if (isRunning) state.running = { ...running, startedAt: at };
      return;
    case 'sealed':
      state.isUnanswered = false;
      if (state.retryAt === null) state.failures = 0;
      if (!isRunning) return;
      // Ended although nobody asked: go on at once.
      state.running = null;
      state.notBefore = at;
      return;
    case 'failed':
      state.isUnanswered = false;
      state.failures += 1;
      if (!isRunning) return;
      state.running = null;
      state.retryAt = later(at, Math.min(retryMsMax, retryMsMin * 2 ** Math.min(state.failures - 1, 16)));
      return;
    default:
      event.state satisfies never;
  }
}

/** Ends what is over, splits what is too long, begins what is wanted. */
function settle(deciding: Deciding): void {
  const { state, at } = deciding;
  const { running } = state;
  if (running !== null) {
    judgeRecorder(state, running, at);
    const silentSince =
      state.unknownSince !== null && running.callId === null && elapsedMs(state.unknownSince, at) >= keepMs
        ? state.unknownSince
        : undefined;
    const end = earlier(running.stopAt ?? undefined, silentSince);
    const splitAt = later(running.from, lengthMsMax);
    if (end !== undefined && end <= at && end <= splitAt) {
      stop(deciding, running, end);
    } else if (splitAt <= at) {
      stop(deciding, running, splitAt);
      start(deciding, { why: running.why, from: splitAt, callId: running.callId }, running);
    }
  }
  if (state.running !== null || (state.retryAt !== null && at < state.retryAt)) return;
  state.retryAt = null;
  const reason = reasonOf(state, at);
  if (reason !== undefined) start(deciding, { ...reason, from: startOf(state, reason.from, at) });
}

function judgeRecorder(state: Draft, running: Running, at: MonoMs): void {
  if (running.startedAt === null) {
    if (elapsedMs(running.askedAt, at) >= answerMs) state.isUnanswered = true;
  } else if (elapsedMs(running.startedAt, at) >= soundMs) {
    state.failures = 0;
  }
}

function reasonOf(state: Draft, at: MonoMs): Reason | undefined {
  const { settings } = state.config;
  const callId = state.openCall?.id ?? null;
  const roll = (moment: MonoMs): MonoMs => later(moment, -settings.preRollMs);
  if (state.openCall !== null && recordsCalls(state))
    return {
      why: settings.start === 'schedule' ? 'schedule' : 'line-voltage',
      from: roll(state.openCall.startedAt),
      callId,
    };
  if (
    settings.start === 'voice' &&
    state.speechAt !== null &&
    elapsedMs(state.speechAt, at) < voiceHoldMs(state)
  )
    return { why: 'voice', from: roll(state.speechAt), callId };
  if (state.unknownSince !== null) return undefined;
  if (state.orderedAt !== null) return { why: 'command', from: roll(state.orderedAt), callId: null };
  return settings.start === 'continuous' ? { why: 'continuous', from: at, callId: null } : undefined;
}

function start({ state, at, effects }: Deciding, reason: Reason, before?: Running): void {
  const { line, runId } = state.config;
  const { why, from, callId } = reason;
  state.made += 1;
  const id = `${runId}-r${state.made}-${line}`;
  const call = before?.call ?? (state.openCall?.id === callId ? state.openCall : null);
  const stopAt =
    why === 'voice' && state.speechAt !== null
      ? later(state.speechAt, voiceHoldMs(state))
      : (before?.stopAt ?? null);
  state.running = { id, from, why, callId, call, stopAt, askedAt: at, startedAt: null };
  effects.push({ kind: 'start-recording', id, line, from, why, ...(callId !== null && { call: callId }) });
}

function stop({ state, effects }: Deciding, running: Running, asked: MonoMs): void {
  const { id, call } = running;
  const to = asked < running.from ? running.from : asked;
  state.running = null;
  state.notBefore = to;
  effects.push({ kind: 'stop-recording', id, line: state.config.line, to, ...(call !== null && { call }) });
}

/** Not what another recording already holds, and no further back than audio is kept. */
function startOf(state: Draft, wanted: MonoMs, at: MonoMs): MonoMs {
  const kept = later(at, -state.config.settings.preRollMs - lookBackMs);
  const from = wanted < kept ? kept : wanted;
  return from < state.notBefore ? state.notBefore : from;
}

const isByCall = (running: Running): boolean => running.why === 'line-voltage' || running.why === 'schedule';

const recordsCalls = ({ config, isScheduleOpen }: TriggerState): boolean =>
  config.settings.start === 'line-voltage' || (config.settings.start === 'schedule' && isScheduleOpen);

const voiceHoldMs = ({ config }: TriggerState): number =>
  Math.max(config.settings.hangOverMs, voiceHoldMsMin);

/** What can never be; each sentence found is a fault of this program. */
export function check(state: TriggerState): readonly string[] {
  const { running, openCall } = state;
  const wrong: string[] = [];
  const must = (isTrue: boolean, what: string): void => {
    if (!isTrue) wrong.push(`recordings of ${state.config.line}: ${what}`);
  };
  if (running !== null) {
    must(running.from >= state.notBefore, 'one begins inside the one before');
    must(state.retryAt === null, 'a retry is waiting although one runs');
    must(
      !isByCall(running) || running.stopAt !== null || running.callId === openCall?.id,
      'one has lost its call and will never end',
    );
  } else {
    must(
      openCall === null || !recordsCalls(state) || state.retryAt !== null,
      'a call is open and is not recorded',
    );
  }
  return wrong;
}
