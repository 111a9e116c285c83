/** Changes of the line's signal, with what they do to the call. The only place that opens, answers or ends a call. */
import type { Call, CallDirection, CallEnd, LineSignal } from '../../model/line.ts';
import type { Draft, LineEffect, OffHook, Phase, Ringing } from './state.ts';
import type { MonoMs } from '../../model/units.ts';

/** What the judging of one event works on. */
export interface Judging {
  readonly line: Draft;
  readonly at: MonoMs;
  readonly effects: LineEffect[];
}

export function toIdle(judging: Judging, since: MonoMs): void {
  enter(judging, { signal: 'idle', since, offHookFrom: null });
}

export function toRinging(judging: Judging, since: MonoMs): void {
  const call = newCall(judging.line, 'incoming', since);
  enter(judging, {
    signal: 'ringing',
    since: call.startedAt,
    call,
    offHookFrom: null,
    trippedAt: null,
    burstEnd: null,
    quietFrom: null,
  });
  tell(judging, 'opened', call);
}

/** Off hook without a ring before it. */
export function toOffHook(
  judging: Judging,
  direction: Exclude<CallDirection, 'incoming'>,
  since: MonoMs,
): void {
  const call = newCall(judging.line, direction, since);
  enter(judging, offHook(judging.line, call, call.startedAt));
  tell(judging, 'opened', call);
}

/** The one who lifts is behind the relay: the PBX in normal, the seat phone in bypass. In between nobody can tell. */
export function toAnswered(judging: Judging, ringing: Ringing, since: MonoMs): void {
  const { position } = judging.line;
  const by = position === 'normal' ? 'pbx' : position === 'bypass' ? 'phone' : undefined;
  const call: Call = {
    ...ringing.call,
    answeredAt: notBefore(since, ringing.call.startedAt),
    ...(by !== undefined && { answeredBy: by }),
  };
  enter(judging, offHook(judging.line, call, since));
  tell(judging, 'answered', call);
}

/** An outgoing call is answered at the far end. */
export function farAnswered(judging: Judging, phase: OffHook, since: MonoMs): void {
  phase.call = { ...phase.call, answeredAt: notBefore(since, phase.call.startedAt) };
  tell(judging, 'answered', phase.call);
}

export function toDead(judging: Judging, since: MonoMs): void {
  enter(judging, { signal: 'dead', since, aliveFrom: null });
}

export function toUnknown(judging: Judging, gapFrom: MonoMs): void {
  const { phase } = judging.line;
  const kept = phase.signal === 'ringing' || phase.signal === 'off-hook' ? { phase, gapFrom } : null;
  enter(judging, { signal: 'unknown', since: gapFrom, kept, offHookFrom: null, onHookFrom: null });
}

/** The frames are back in time: the kept call goes on. */
export function toKept(judging: Judging, phase: Ringing | OffHook): void {
  enter(judging, { ...phase, since: judging.at });
}

export function endCall(judging: Judging, call: Call, end: CallEnd, at: MonoMs): void {
  const last = call.answeredAt ?? call.startedAt;
  const endedAt = notBefore(at, last);
  judging.line.callEndedAt = endedAt;
  tell(judging, 'ended', { ...call, endedAt, end });
}

function offHook(line: Draft, call: Call, since: MonoMs): OffHook {
  const volts = line.reading?.volts ?? 0;
  return {
    signal: 'off-hook',
    since,
    call,
    polarity: volts > 0 ? 1 : volts < 0 ? -1 : 0,
    turnedFrom: null,
    loopBreak: null,
    pulses: 0,
    pulseEnd: since,
  };
}

function newCall(line: Draft, direction: CallDirection, startedAt: MonoMs): Call {
  line.calls += 1;
  return {
    id: `${line.config.runId}-${line.config.id}-${line.calls}`,
    line: line.config.id,
    direction,
    startedAt: notBefore(startedAt, line.callEndedAt),
    rings: 0,
    pulseDigits: '',
    flashes: 0,
    bypass: line.position === 'bypass',
    gapMs: 0,
  };
}

function enter({ line, at, effects }: Judging, phase: Phase): void {
  const before: LineSignal = line.phase.signal;
  line.phase = phase;
  line.steady = null;
  if (phase.signal !== before)
    effects.push({ kind: 'signal', at, line: line.config.id, signal: phase.signal, since: phase.since });
}

function tell({ at, effects }: Judging, phase: 'opened' | 'answered' | 'ended', call: Call): void {
  effects.push({ kind: 'call', at, phase, call });
}

const notBefore = (at: MonoMs, first: MonoMs): MonoMs => (at < first ? first : at);
