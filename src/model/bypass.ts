/** States of state-machines.md, "Bypass". The names are the contract of `GET /api/v1/status`. */
export type RoomBypassState = 'steady' | 'confirming' | 'tripped' | 'held' | 'settling' | 'restoring';

export type LineBypassState =
  | 'normal'
  | 'waiting'
  | 'releasing'
  | 'bypass'
  | 'operating'
  | 'proving'
  | 'exercising'
  | 'stuck'
  | 'open'
  | 'locked'
  | 'unreachable';

/** Why a room or line is in bypass although nobody tripped it just now. */
export type BypassReason =
  | 'verdict'
  | 'command'
  | 'key'
  | 'power-cut'
  | 'guard-absent'
  | 'unknown'
  | 'failed-proof'
  | 'exercise-kept'
  | 'exercise-phone'
  | 'port-alone-failed'
  | 'limiter'
  | 'first-power-on';

/** Coil energised = normal; released = bypass. The spring releases when nobody commands. */
export type CoilCommand = 'energise' | 'release';

/** Position of the key-operated switch that opens the coil supply; software only sees it. */
export type KeyPosition = 'normal' | 'turned' | 'unknown';

/** What a line card reports of one changeover relay. Times are measured by the card's own clock. */
export interface RelayReport {
  /** Coil as the card drives it. */
  readonly coil: CoilCommand;
  /** Proved electrically by the taps (or the spare pole). */
  readonly position: 'normal' | 'bypass' | 'between' | 'unknown';
  /** Milliseconds from the last coil write to the position that it asked for; absent while it has not been reached. */
  readonly moveMs?: number;
  /** Milliseconds since the last coil write, by the card's clock. */
  readonly sinceWriteMs: number;
  /** Released but not proved to be at the phone: which sides show the trunk's voltage. */
  readonly taps?: { readonly trunk: boolean; readonly pbx: boolean; readonly phone: boolean };
  /** Loop current on the phone side. */
  readonly phoneMilliamps: number;
}
