/** One call as the PBX wrote it down. What a switch does not tell is absent, never empty and never zero. */
import type { Text } from './text.ts';
import type { WallMs } from './units.ts';

export type RecordDirection = 'incoming' | 'outgoing' | 'internal' | 'unknown';

export interface PbxRecord {
  readonly direction: RecordDirection;
  readonly startedAt?: WallMs;
  readonly endedAt?: WallMs;
  /** Times of the record are only known to so many milliseconds: a second, or a minute. */
  readonly resolutionMs: number;
  /** The local time occurs twice (clocks went back), and the moment of arrival decided which one is meant. */
  readonly isAmbiguousTime?: boolean;
  /** Conversation, without ringing. */
  readonly durationMs?: number;
  readonly ringMs?: number;
  readonly answered?: boolean;
  /** As the switch names it; the room file says which line that is (`record-trunk`). */
  readonly trunk?: string;
  readonly extension?: string;
  readonly number?: string;
  readonly account?: string;
  readonly callId?: string;
  /** The switch says that its clock was set during this call: its times and duration cannot be used. */
  readonly isClockJump?: boolean;
  /** The lines that it was made of, in order. */
  readonly raw: readonly string[];
}

/** Lines that are no record of a call and are none of our trouble. */
export type OtherLine = 'heading' | 'date' | 'not-a-call' | 'interim' | 'records-lost';

/** What one line of the switch came to. `raw` is kept in every case. */
export type LineRead = { readonly raw: string } & (
  | { readonly kind: 'record'; readonly record: PbxRecord }
  /** Part of a call of which more will come. */
  | { readonly kind: 'held' }
  | { readonly kind: 'other'; readonly means: OtherLine }
  /** This very record has come before. */
  | { readonly kind: 'repeated' }
  | { readonly kind: 'rejected'; readonly why: Text }
);
