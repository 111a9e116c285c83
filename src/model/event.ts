/**
 * Everything that a decision may see. Each event carries `at`, the only clock of the core, and is written to the
 * journal as it stands: plain data, no class, no function, nothing that JSON would lose.
 */
import type { AlarmKey, Severity } from './alarm.ts';
import type {
  BusId,
  ControlId,
  HostId,
  LineId,
  OrderId,
  PointId,
  RecordingId,
  SourceId,
  SubjectId,
} from './ids.ts';
import type { SendOutcome } from './control.ts';
import type { KeyPosition, RelayReport } from './bypass.ts';
import type { MonoMs, WallMs } from './units.ts';
import type { Says } from './watch.ts';
import type { SpokenOutcome } from './speech.ts';
import type { Text } from './text.ts';

/** Who asks. `panel`, `cli` and `centre` carry a person's name where one is known; `button` is the wall's own, `plan` the power-cut plan's. */
export interface Actor {
  readonly via: 'panel' | 'cli' | 'centre' | 'button' | 'key' | 'plan';
  readonly name: string;
}

export type Command =
  | { readonly do: 'acknowledge'; /** An alarm's id, or `all`. */ readonly alarm: string }
  | { readonly do: 'silence' }
  | { readonly do: 'reset-alarm'; /** An alarm's id, or `all`. */ readonly alarm: string }
  | { readonly do: 'shelve'; readonly alarm: string; readonly forMs: number; readonly reason: string }
  | { readonly do: 'unshelve'; readonly alarm: string }
  /** One alarm is out of service under a work permit, whether or not it stands now. */
  | { readonly do: 'out-of-service'; readonly alarm: string; readonly forMs: number; readonly permit: string }
  | { readonly do: 'return-to-service'; readonly alarm: string }
  /** Alarms of a subject, line or point are out of service until the time is over. The bypass does not ask. */
  | { readonly do: 'maintenance'; readonly subject: string; readonly forMs: number; readonly reason: string }
  | { readonly do: 'end-maintenance'; readonly subject: string }
  /** The marks of the alarms that came first go (lamps of sequence F3A); nothing else does. */
  | { readonly do: 'reset-first-out' }
  | { readonly do: 'lamp-test' }
  /** `planned`: busy lines wait without cap. `line` absent: the whole room. */
  | {
      readonly do: 'bypass';
      readonly line?: LineId;
      readonly mode: 'now' | 'planned';
      /** For the audit. */
      readonly reason?: string;
    }
  /** Restore ordered by a person; `reset` only lifts `held`. */
  | { readonly do: 'restore'; readonly line?: LineId; readonly reason?: string }
  | { readonly do: 'reset-bypass'; readonly line?: LineId; readonly reason?: string }
  /** Level 1 (the default): over and back, proved by the taps. Level 2: the line stays until somebody has lifted its phone. */
  | { readonly do: 'exercise'; readonly line: LineId; readonly level?: 1 | 2 }
  /** The trunk takes its alternate phone in bypass, or its usual one again. */
  | { readonly do: 'alternate-phone'; readonly line: LineId; readonly on: boolean }
  /** The changeover relay of this line was replaced: its times are those of another one. */
  | { readonly do: 'new-relay'; readonly line: LineId }
  /** Power cut: a step of the plan is done; `forms`: calls written by hand are entered; `return`: the mains are back. */
  | { readonly do: 'power-cut-done'; readonly step: string }
  /** Power cut: a step is not done, or a subject not checked, for a reason. */
  | { readonly do: 'waive'; /** A step or a subject. */ readonly what: string; readonly reason: string }
  | { readonly do: 'all-clear' }
  | { readonly do: 'record'; readonly line: LineId; readonly on: boolean }
  /** A battery test of a UPS, a quick one unless `deep`; `stop` ends the one that runs. */
  | {
      readonly do: 'ups-test';
      readonly subject: SubjectId;
      readonly deep?: boolean;
      readonly stop?: boolean;
    }
  /** `on` absent: on. `values` fill the places of a string that is sent. */
  | {
      readonly do: 'control';
      readonly control: ControlId;
      readonly on?: boolean;
      readonly values?: Readonly<Record<string, string>>;
    };

/** Wire cut, wires touching, or a card that cannot measure what the room file says of this input. */
export type LoopFault = 'cut' | 'short' | 'not-measured';

/**
 * The loop of one line at one moment, sent when something changed by more than the deadband: levels hold in between.
 * `volts` and `dcVolts` are signed (tip to ring) so that a reversal shows.
 */
export interface LoopReading {
  /** Mean over 20 ms: follows dial pulses and flashes. */
  readonly volts: number;
  /** Mean over 80 ms: the V of state-machines.md. */
  readonly dcVolts: number;
  /** AC rms over 100 ms and its frequency; 0 when there is none. */
  readonly ringVolts: number;
  readonly ringHz: number;
  readonly milliamps: number;
}

export type RoomEvent = { readonly at: MonoMs } & (
  | /** End of a drained batch: judge levels and deadlines. At least every 20 ms. */
    { readonly kind: 'turn' }
  | ({ readonly kind: 'loop'; readonly line: LineId } & LoopReading)
  /** Valid LINE frames of a card stopped for 500 ms, or came back. */
  | { readonly kind: 'frames'; readonly card: BusId; readonly flowing: boolean }
  | {
      readonly kind: 'card';
      readonly card: BusId;
      /** `up`: HELLO agreed, this session's commands are obeyed. `refused`: a card we do not know, or of another version. */
      readonly link: 'up' | 'lost' | 'refused';
      readonly serialNumber: string;
      readonly reason: Text;
    }
  /** Newest relay report of a card; index 0 is relay 1. */
  | {
      readonly kind: 'relays';
      readonly card: BusId;
      readonly relays: readonly RelayReport[];
      readonly coilSupply: boolean;
      readonly bypassKey: KeyPosition;
      /** The card has taken its lines over because nobody fed it. */
      readonly hostLost: boolean;
    }
  /** A wired input, after debouncing. `unknown`: its bus is gone. */
  | {
      readonly kind: 'contact';
      readonly point: PointId;
      readonly closed: boolean | 'unknown';
      /** Of a supervised input: what is wrong with its wire, so that it tells nothing of the contact. */
      readonly fault?: LoopFault;
    }
  | {
      readonly kind: 'reading';
      readonly point: PointId;
      readonly value: number | 'unknown';
      /** Why it is unknown. */
      readonly reason?: Text;
    }
  | {
      readonly kind: 'evidence';
      readonly source: SourceId;
      readonly says: Says;
      readonly reason: Text;
      /** Values that came with it, named as in `config/ups/README.md`; absent is absent, never zero. */
      readonly values?: Readonly<Record<string, number | string | boolean>>;
    }
  /** A record of the PBX arrived for a call on this trunk of ours; `''`: it does not tell on which. */
  | { readonly kind: 'call-record'; readonly source: SourceId; readonly trunk: string }
  /** The recorder hears speech on a line; at most one a second and line. */
  | { readonly kind: 'speech'; readonly line: LineId }
  | {
      readonly kind: 'recording';
      readonly id: RecordingId;
      readonly line: LineId;
      readonly state: 'started' | 'sealed' | 'failed';
      readonly reason: Text;
    }
  /** Something that the shell found out and a person must know: a broken file, a full disk, a dead worker, a lost broker. */
  | {
      readonly kind: 'condition';
      readonly key: AlarmKey;
      readonly active: boolean;
      readonly severity?: Severity;
      readonly detail: Text;
    }
  | { readonly kind: 'command'; readonly id: string; readonly by: Actor; readonly command: Command }
  /** Whether the UPS took the order of the effect `ups-test`. */
  | {
      readonly kind: 'ups-test-sent';
      readonly order: string;
      readonly accepted: boolean;
      readonly reason: Text;
    }
  /** The hour of the day in which the schedule of a UPS may test its battery ends then; without `until` it is over. */
  | { readonly kind: 'ups-test-hour'; readonly subject: SubjectId; readonly until?: MonoMs }
  /** What came of the effect `control-send` of this order. */
  | {
      readonly kind: 'control-sent';
      readonly control: ControlId;
      readonly order: string;
      readonly outcome: SendOutcome;
    }
  /** A maintenance window of the room file is open until then; without `until` it is over. */
  | {
      readonly kind: 'maintenance';
      readonly window: string;
      readonly subjects: readonly string[];
      readonly reason: Text;
      readonly until?: MonoMs;
    }
  /** Quiet hours run until then; without `until` they are over. */
  | { readonly kind: 'quiet'; readonly until?: MonoMs }
  /** The hours in which relays may be exercised are open until then; without `until` they are over. */
  | { readonly kind: 'exercise-hours'; readonly until?: MonoMs }
  /** The sentence of the effect `speak` is over: said, broken off, or it could not be said. */
  | { readonly kind: 'spoken'; readonly id: string; readonly outcome: SpokenOutcome }
  /** What became of an order of the power-cut plan: `confirmed` only when the host is seen down, or said so itself. */
  | {
      readonly kind: 'host';
      readonly host: HostId;
      readonly order: OrderId;
      readonly outcome: 'asked' | 'confirmed' | 'refused' | 'failed';
      readonly reason: Text;
    }
  | {
      readonly kind: 'manual-forms';
      readonly order: OrderId;
      readonly outcome: 'printed' | 'shown' | 'failed';
      readonly reason: Text;
    }
  /** The wall clock was set: labels only. */
  | { readonly kind: 'clock'; readonly wall: WallMs; readonly stepMs: number }
  /** Orderly end: `stop` takes lines over as they go idle; `restart` keeps every position. */
  | { readonly kind: 'ending'; readonly how: 'stop' | 'restart' }
);

export type RoomEventOf<K extends RoomEvent['kind']> = Extract<RoomEvent, { kind: K }>;
