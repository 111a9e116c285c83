/**
 * What the core remembers of one line: plain JSON, so that a journal or a dump can hold it. Each phase carries only
 * what can be true in it; a timer is the moment at which its level began, or null.
 */
import type { Call, LineSignal, RelayPosition } from '../../model/line.ts';
import type { LineId } from '../../model/ids.ts';
import type { LoopReading } from '../../model/event.ts';
import type { MonoMs } from '../../model/units.ts';
import { idleVoltsDefault } from './limits.ts';

export interface LineConfig {
  readonly id: LineId;
  /** Drawn at every start: call ids are unique over restarts. */
  readonly runId: string;
  /** False: the pair ends at the PBX for good, and nobody will report a position. */
  readonly hasRelay: boolean;
  readonly settings: { readonly loopOpenMs: number };
}

export type LineEvent = { readonly at: MonoMs } & (
  | ({ readonly kind: 'loop' } & LoopReading)
  | { readonly kind: 'frames'; readonly flowing: boolean }
  | { readonly kind: 'position'; readonly position: RelayPosition }
  | { readonly kind: 'turn' }
);

export type LineEffect = { readonly at: MonoMs } & (
  | { readonly kind: 'signal'; readonly line: LineId; readonly signal: LineSignal; readonly since: MonoMs }
  | { readonly kind: 'call'; readonly phase: 'opened' | 'answered' | 'ended'; readonly call: Call }
);

export interface Idle {
  readonly signal: 'idle';
  readonly since: MonoMs;
  offHookFrom: MonoMs | null;
}
export interface Ringing {
  readonly signal: 'ringing';
  readonly since: MonoMs;
  call: Call;
  offHookFrom: MonoMs | null;
  /** The off-hook level was there when a burst ended: this is that end, the likely moment of answer. */
  trippedAt: MonoMs | null;
  /** End of the last whole burst, for dating; null during the first. */
  burstEnd: MonoMs | null;
  /** From here the six seconds count. */
  quietFrom: MonoMs | null;
}
export interface OffHook {
  readonly signal: 'off-hook';
  readonly since: MonoMs;
  call: Call;
  polarity: -1 | 0 | 1;
  turnedFrom: MonoMs | null;
  loopBreak: LoopBreak | null;
  /** Pulses of the digit that is being dialled, and the end of its last one. */
  pulses: number;
  pulseEnd: MonoMs;
}
/** The loop is open: a dial pulse, a flash, or the end, as time will tell. */
export interface LoopBreak {
  readonly from: MonoMs;
  /** A relay that moved opened it, nobody's hook. */
  readonly byMove: boolean;
  /** First sample no longer above `on`. */
  readonly fellAt: MonoMs | null;
  readonly madeFrom: MonoMs | null;
}
export interface Dead {
  readonly signal: 'dead';
  readonly since: MonoMs;
  aliveFrom: MonoMs | null;
}
export interface Unknown {
  readonly signal: 'unknown';
  readonly since: MonoMs;
  /** The call that was open when the card fell silent. */
  readonly kept: { readonly phase: Ringing | OffHook; readonly gapFrom: MonoMs } | null;
  offHookFrom: MonoMs | null;
  onHookFrom: MonoMs | null;
}
export type Phase = Idle | Ringing | OffHook | Dead | Unknown;

/** A stretch of AC of ring frequency. Levels are rms over the card's window, which blurs begin and end: see ring.ts. */
export interface Burst {
  readonly from: MonoMs;
  readonly firstVolts: number;
  readonly peakVolts: number;
}

/** The same state, as step.ts works on its own copy of it. Nested objects are replaced, never changed, but for the phase. */
export interface Draft {
  readonly config: LineConfig;
  /** Everything up to here has been judged. */
  now: MonoMs;
  phase: Phase;
  /** The level that holds; null: no valid frame. */
  reading: LoopReading | null;
  /** Ring level of the reading judged last. */
  ringVolts: number;
  burst: Burst | null;
  lastRingEnd: MonoMs | null;
  /** Empty loop, by the short mean (for the date) and by V (for the verdict). */
  lowFrom: MonoMs | null;
  emptyFrom: MonoMs | null;
  steady: { readonly volts: number; readonly from: MonoMs } | null;
  idleVolts: number;
  idleLearned: boolean;
  position: RelayPosition;
  /** Last position that was not `unknown`. */
  side: RelayPosition;
  /** Nothing is judged before this moment. */
  blankUntil: MonoMs | null;
  /** A relay moved here, and no reading has been judged since. */
  movedAt: MonoMs | null;
  calls: number;
  /** No call begins before the one before it ended, whatever the back-dating says. */
  callEndedAt: MonoMs;
}
export type LineState = Readonly<Draft>;

export function initial(config: LineConfig, at: MonoMs): LineState {
  const position = config.hasRelay ? 'unknown' : 'normal';
  return {
    config,
    now: at,
    phase: { signal: 'unknown', since: at, kept: null, offHookFrom: null, onHookFrom: null },
    reading: null,
    ringVolts: 0,
    burst: null,
    lastRingEnd: null,
    lowFrom: null,
    emptyFrom: null,
    steady: null,
    idleVolts: idleVoltsDefault,
    idleLearned: false,
    position,
    side: position,
    blankUntil: null,
    movedAt: null,
    calls: 0,
    callEndedAt: at,
  };
}

export const signalOf = (line: LineState): LineSignal => line.phase.signal;
export const sinceOf = (line: LineState): MonoMs => line.phase.since;

/** The call in progress, also while the card is silent and the call is kept. */
export function openCallOf(line: LineState): Call | undefined {
  const { phase } = line;
  if (phase.signal === 'ringing' || phase.signal === 'off-hook') return phase.call;
  return phase.signal === 'unknown' ? phase.kept?.phase.call : undefined;
}

/** End of the last ring burst heard, for "not within 6 s of ring". */
export const lastRingEndOf = (line: LineState): MonoMs | undefined => line.lastRingEnd ?? undefined;

/** Ring is on the pair at this moment (not the silence between bursts). */
export const isRingOn = (line: LineState): boolean => line.burst !== null;

/** A break that has not ended the call yet: the loop is open since then. */
export function loopOpenSince(line: LineState): MonoMs | undefined {
  return line.phase.signal === 'off-hook' ? line.phase.loopBreak?.from : undefined;
}
