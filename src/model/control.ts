/** Controls: what linekeeper may do to the switch, by a relay or by a word over a serial wire, and how each of them stands. */
import type { BusId, ControlId, PointId } from './ids.ts';
import type { Text } from './text.ts';

/** At most `count` orders in any `perMs`. */
export interface RateLimit {
  readonly count: number;
  readonly perMs: number;
}

interface ControlBase {
  readonly id: ControlId;
  readonly name: Text;
  readonly atMost: RateLimit;
  readonly allowFromCentre: boolean;
}

/** A contact that shows whether the relay, or the switch behind it, did what it was told. */
export interface ReadBack {
  readonly point: PointId;
  /** Level of the contact while the relay is released. */
  readonly restsClosed: boolean;
  readonly withinMs: number;
}

export interface RelayControl extends ControlBase {
  readonly kind: 'relay';
  readonly output: PointId;
  /** `pulse`: energised for `pulseMs`. `hold`: energised until it is ordered off. */
  readonly mode: 'pulse' | 'hold';
  readonly pulseMs: number;
  /** Never energised together with these; mutual. */
  readonly interlock: readonly ControlId[];
  readonly readBack?: ReadBack;
}

export interface SerialControl extends ControlBase {
  readonly kind: 'serial';
  readonly bus: BusId;
  /** What is sent, with `{name}` where a value of `values` goes in. Latin-1. */
  readonly send: string;
  /** What may stand in each place, and nothing else. */
  readonly values: Readonly<Record<string, readonly string[]>>;
  /** Words that one line of the answer must hold, `*` for anything between them; absent: no answer is awaited. */
  readonly expect?: string;
  readonly withinMs: number;
}

export type Control = RelayControl | SerialControl;

export type ControlDid = 'on' | 'off' | 'pulse' | 'send';
/** `done`: carried out, nothing could tell more. `not-confirmed`: carried out, but what should have shown it did not. */
export type ControlOutcome = 'done' | 'confirmed' | 'not-confirmed' | 'refused';

/** What came of a string that was sent over a serial wire. */
export type SendOutcome =
  | {
      readonly kind: 'answered' | 'silent' | 'other';
      /** Newest words of the wire, made printable. */ readonly heard: string;
    }
  | { readonly kind: 'sent' }
  | { readonly kind: 'not-sent'; readonly reason: Text };

export interface ControlView {
  readonly id: ControlId;
  readonly name: Text;
  readonly kind: 'pulse' | 'hold' | 'serial';
  /** Energised now. */
  readonly on: boolean;
  /** An order is under way. */
  readonly busy: boolean;
  readonly readBack: 'none' | 'agrees' | 'differs' | 'unknown';
  readonly values: Readonly<Record<string, readonly string[]>>;
}
