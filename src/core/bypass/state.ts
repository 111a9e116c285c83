/**
 * What the bypass knows: the room's phase, every line's step in the line table, and the newest level of everything that
 * a decision looks at. Plain immutable data; a change copies only what changed.
 *
 * Words and states: state-machines.md, "Bypass".
 */
import type { BusId, CallId, LineId } from '../../model/ids.ts';
import type {
  BypassReason,
  KeyPosition,
  LineBypassState,
  RelayReport,
  RoomBypassState,
} from '../../model/bypass.ts';
import type { Actor, Command } from '../../model/event.ts';
import type { BypassSettings } from '../../model/room.ts';
import type { CallDirection, LineSignal } from '../../model/line.ts';
import type { MonoMs } from '../../model/units.ts';
import type { Verdict } from '../../model/watch.ts';
import type { BypassValues } from './values.ts';

export interface BypassConfig {
  readonly settings: BypassSettings;
  readonly values: BypassValues;
  /** Start-up without a word from a card for this long is an alarm; the card itself acts on its own `hostLost`. */
  readonly hostLostMs: number;
  /** Lines that have a changeover relay, in the order in which they are restored. */
  readonly lines: readonly BypassLine[];
  /** Bypass commands from the centre are accepted. */
  readonly allowFromCentre: boolean;
}
export interface BypassLine {
  readonly id: LineId;
  readonly card: BusId;
  /** 1-based, as printed on the card. */
  readonly relay: number;
  /** Number of the seat phone that a person must lift. */
  readonly phone: string;
  /** Its callers are not the ones on whom a PBX is tried that has just come back. */
  readonly neverCanary?: true;
}

export type BypassCommand = Extract<Command, { do: 'bypass' | 'restore' | 'reset-bypass' | 'exercise' }>;

/** The call on a line, as far as the bypass must know it. */
export interface LineCall {
  readonly id: CallId;
  readonly direction: CallDirection;
  readonly answeredAt?: MonoMs;
}

export type BypassEvent = { readonly at: MonoMs } & (
  | { readonly kind: 'verdict'; readonly verdict: Verdict }
  | {
      readonly kind: 'line';
      readonly line: LineId;
      readonly signal: LineSignal;
      /** First sample of this signal: back-dated. */
      readonly since: MonoMs;
      /** Ringing current is on the line right now; absent: not known, taken as silence between bursts. */
      readonly inBurst?: boolean;
      readonly call?: LineCall;
    }
  | { readonly kind: 'speech'; readonly line: LineId }
  | {
      readonly kind: 'relays';
      readonly card: BusId;
      readonly relays: Readonly<Record<LineId, RelayReport>>;
      readonly coilSupply: boolean;
      readonly bypassKey: KeyPosition;
      readonly hostLost: boolean;
    }
  | { readonly kind: 'card'; readonly card: BusId; readonly link: 'up' | 'lost' | 'refused' }
  /** This line rings unanswered while others are answered: its port of the PBX is dead. */
  | { readonly kind: 'port-failed'; readonly line: LineId }
  /** The room's key contact wired to the Pi; a cut wire reads as turned. `unknown`: its bus is gone. */
  | { readonly kind: 'key'; readonly turned: boolean | 'unknown' }
  /** Commands that are not of the bypass are ignored. */
  | { readonly kind: 'command'; readonly id: string; readonly by: Actor; readonly command: Command }
  | { readonly kind: 'ending'; readonly how: 'stop' | 'restart' }
  | { readonly kind: 'turn' }
);

/**
 * How hard a line is asked to go to bypass. `planned`: waits for the end of a call without limit · `capped`: busyCap,
 * stretched by speech to callCap · `now`: cuts the call.
 */
export type Urgency = 'planned' | 'capped' | 'now';

/** A line's own reason to be in bypass, whatever the room does. */
export interface OwnIntent {
  readonly reason: BypassReason;
  readonly urgency: Urgency;
  readonly since: MonoMs;
}

export type RoomPhase =
  | { readonly kind: 'steady' | 'confirming' | 'tripped' | 'settling'; readonly since: MonoMs }
  | { readonly kind: 'held'; readonly since: MonoMs; readonly urgency: Urgency }
  | {
      readonly kind: 'restoring';
      readonly since: MonoMs;
      /** A person ordered it: goes on without `up`, never with `down`. */
      readonly ordered: boolean;
      /** The first line back proves the PBX for the others. */
      readonly canary: 'wanted' | 'passed' | { readonly line: LineId };
    };

/** A line rang unanswered after it was restored. */
export interface FailedProof {
  readonly line: LineId;
  readonly at: MonoMs;
  /** Another line was answered or seized since: the PBX works, and this speaks of the line's own port only. */
  readonly othersAnswered?: true;
}

export interface RoomPart {
  readonly phase: RoomPhase;
  /** Why the room is, or last was, in bypass. */
  readonly reason: BypassReason;
  /** Moments of the newest automatic trips, for the limiter of restores. */
  readonly trips: readonly MonoMs[];
  /** Lines that rang unanswered after they were restored. */
  readonly failedProofs: readonly FailedProof[];
  readonly lastOperateAt?: MonoMs;
}

export type LockReason =
  /** Stuck in normal, came free by itself: worn. */
  | 'wear'
  /** Neither contact closed, and the pulse did not help. */
  | 'open'
  /** Left normal although its coil was energised and fed. */
  | 'dropped'
  /** Did not reach normal when energised. */
  | 'not-operated'
  /** guard.json says that it was faulty before the restart. */
  | 'before-restart';

export type LineStep =
  | { readonly kind: 'normal' | 'operating' | 'stuck' | 'open' | 'unreachable' }
  /** `capFrom` absent: planned, waits without limit. */
  | { readonly kind: 'waiting'; readonly capFrom?: MonoMs }
  | { readonly kind: 'releasing'; readonly pulsed: boolean }
  | { readonly kind: 'bypass' | 'proving' | 'exercising'; readonly since: MonoMs }
  | { readonly kind: 'locked'; readonly why: LockReason };

/** A call that a switch-over cut. */
export interface CutCall {
  readonly at: MonoMs;
  readonly direction: CallDirection;
  readonly call?: CallId;
  /** Only for an incoming call: the exchange may hold the caller until this phone is lifted. */
  readonly liftPhone?: string;
}

export interface LinePart {
  readonly id: LineId;
  readonly card: BusId;
  readonly phone: string;
  readonly neverCanary: boolean;
  readonly step: LineStep;
  readonly intent: OwnIntent | undefined;
  /** A person ordered this line back (or exercised it): needs no `up`, never goes with `down`. */
  readonly orderedAt: MonoMs | undefined;
  readonly signal: LineSignal;
  readonly signalSince: MonoMs;
  readonly inBurst: boolean;
  /** While the signal is unknown: a call was there when it was last seen, or nobody has seen it yet. */
  readonly mayHaveCall: boolean;
  readonly call: LineCall | undefined;
  readonly lastSpeechAt: MonoMs | undefined;
  /** Moment of the last change of the coil's command. */
  readonly commandedAt: MonoMs;
  readonly report: RelayReport | undefined;
  readonly reportAt: MonoMs | undefined;
  /** First report of an unbroken series that contradicts the coil (see read-back.ts). */
  readonly contradictedSince: MonoMs | undefined;
  /** First report of an unbroken series that shows neither contact closed, whatever the coil. */
  readonly betweenSince: MonoMs | undefined;
  readonly cut: CutCall | undefined;
  /** It was stuck, open or locked when its card was last heard, or so guard.json says. */
  readonly wasFaulty: boolean;
}

export interface CardPart {
  /** `awaited`: not heard of since the start. */
  readonly link: 'awaited' | 'up' | 'lost' | 'refused';
  /** The positions that it reported in this session were adopted: only then is it commanded. */
  readonly adopted: boolean;
  readonly coilSupply: boolean;
  /** The last position that was known. */
  readonly key: 'normal' | 'turned';
  readonly keyKnown: boolean;
  readonly hostLost: boolean;
}

export interface KeyPart {
  /** The last position that was known. */
  readonly turned: boolean;
  readonly known: boolean;
}

export interface BypassState {
  readonly config: BypassConfig;
  /** Newest moment seen. */
  readonly at: MonoMs;
  readonly startedAt: MonoMs;
  readonly verdict: Verdict;
  readonly verdictSince: MonoMs;
  readonly key: KeyPart;
  readonly room: RoomPart;
  readonly cards: Readonly<Record<BusId, CardPart>>;
  readonly lines: readonly LinePart[];
  /** Why a line that stands in bypass at the start does so, where guard.json gives no reason; `unknown`: no guard.json. */
  readonly atStart: BypassReason;
  /** Lines whose position has not been adopted since the start. */
  readonly notYetAdopted: readonly LineId[];
  /** `stop`: lines go over as they become idle. `restart`: every position is kept. `ended`: the process may end. */
  readonly stopping?: { readonly since: MonoMs; readonly how: 'stop' | 'restart'; readonly ended: boolean };
  /** Something changed since the last turn, or in it: another turn is due at once. */
  readonly restless: boolean;
  /** The last event was a turn: everything below is judged, and `check` may look. */
  readonly isJudged: boolean;
}

/** The bypass part of guard.json. */
export interface SavedBypass {
  readonly version: 1;
  readonly room: {
    readonly state: RoomBypassState;
    readonly reason: BypassReason;
    readonly urgency?: Urgency;
  };
  /** Ages at the time of saving. Time that the guard was away does not count: that errs to the safe side. */
  readonly tripAgesMs: readonly number[];
  readonly failedProofs: readonly {
    readonly line: LineId;
    readonly ageMs: number;
    readonly othersAnswered?: true;
  }[];
  /** Only lines of which there is something to say. */
  readonly lines: Readonly<Record<LineId, SavedLine>>;
}
export interface SavedLine {
  readonly intent?: { readonly reason: BypassReason; readonly urgency: Urgency };
  /** Stuck, open or locked: a person resets it. */
  readonly faulty: boolean;
}

export interface LineBypassView {
  readonly id: LineId;
  readonly state: LineBypassState;
  readonly intent?: BypassReason;
  readonly liftPhone?: string;
}
export interface BypassView {
  readonly room: RoomBypassState;
  readonly reason: BypassReason;
  readonly lines: readonly LineBypassView[];
}
