import type { CallId, LineId } from './ids.ts';
import type { MonoMs } from './units.ts';

/** State of the trunk pair as the tap sees it (state-machines.md, "Line"). */
export type LineSignal = 'idle' | 'ringing' | 'off-hook' | 'dead' | 'unknown';

/** Where a changeover relay stands, proved electrically by the card; `between` is neither side. */
export type RelayPosition = 'normal' | 'bypass' | 'between' | 'unknown';

/** `found`: the line was already off hook when we first could see it. */
export type CallDirection = 'incoming' | 'outgoing' | 'found';

export type CallEnd = 'released' | 'abandoned' | 'line-lost' | 'link-lost' | 'cut-over';

/** One use of a line, from ring or seizure to release, as seen from the line. Times are back-dated to the first sample. */
export interface Call {
  readonly id: CallId;
  readonly line: LineId;
  readonly direction: CallDirection;
  readonly startedAt: MonoMs;
  readonly answeredAt?: MonoMs;
  /** Who answered, from the relay's position: the PBX in normal, the seat phone in bypass. */
  readonly answeredBy?: 'pbx' | 'phone';
  readonly endedAt?: MonoMs;
  readonly end?: CallEnd;
  /** Ring bursts of at least 200 ms. */
  readonly rings: number;
  /** Digits dialled by loop breaks, in order; DTMF is the recorder's business. */
  readonly pulseDigits: string;
  /** Hook flashes seen (breaks of 100 ms to 1.5 s). */
  readonly flashes: number;
  /** The relay stood in bypass for some part of the call: the PBX has no record of it. */
  readonly bypass: boolean;
  /** Milliseconds in which the card was silent during the call. */
  readonly gapMs: number;
}
