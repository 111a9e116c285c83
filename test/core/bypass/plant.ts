/**
 * The equipment room around the bypass core, with a clock that counts in ticks: line cards with their own watchdog,
 * relays that weld and open, trunks, the PBX's verdict, key, coil supply, people, guard.json, crash and restart.
 *
 * Here: what the room consists of, and what can happen in it. One tick is a second or so in the room; every time of the
 * core is compressed to a few ticks, so that all orders of events are reached.
 */
import type { BusId, LineId } from '../../../src/model/ids.ts';
import type { Actor } from '../../../src/model/event.ts';
import type {
  BypassCommand,
  BypassConfig,
  BypassState,
  SavedBypass,
} from '../../../src/core/bypass/index.ts';
import type { CoilCommand } from '../../../src/model/bypass.ts';
import type { LineSignal } from '../../../src/model/line.ts';
import type { Verdict } from '../../../src/model/watch.ts';

/** Times in ticks. `hostLost` is the card's own. */
export const ticks = { hostLost: 2, never: 1_000_000 };

export function configOf(cards: readonly BusId[], linesPerCard: number): BypassConfig {
  return {
    settings: {
      confirmMs: 1,
      busyCapMs: 1,
      callCapMs: 2,
      idleForMs: 2,
      loopOpenMs: 1,
      restoreAfterMs: 1,
      spacingMs: 1,
      proveMs: 2,
      ringLimitMs: 1,
      restoresPerHour: 2,
      restore: 'when-idle',
    },
    values: {
      readBackLookMs: 1,
      readBackFaultMs: 1,
      acknowledgeMs: 3,
      speechMs: 2,
      exerciseMs: 2,
      phoneTestMs: 3,
      burstWaitMs: 1,
      openPulseMs: 1,
      countedMs: 2,
      askAfterMs: ticks.never,
      overdueMs: ticks.never,
      callCutMs: 1,
      stopMs: 2,
    },
    hostLostMs: ticks.hostLost,
    lines: cards.flatMap((card, c) =>
      Array.from({ length: linesPerCard }, (_, n) => ({
        id: `L${c * linesPerCard + n + 1}`,
        card,
        relay: n + 1,
        phone: `800${c * linesPerCard + n + 1}`,
      })),
    ),
    allowFromCentre: true,
  };
}

export type Armature = 'normal' | 'bypass' | 'between';

export interface Relay {
  readonly coil: CoilCommand;
  /** Ticks since the coil was written, clamped. */
  readonly writeAge: number;
  readonly armature: Armature;
  /** `welded`: stays where it is. `open`: neither contact, until repaired or freed by the pulse. */
  readonly fault: 'none' | 'welded' | 'open';
}
export interface Trunk {
  readonly signal: Exclude<LineSignal, 'unknown'>;
  /** Ticks since it began, clamped. */
  readonly age: number;
  readonly inBurst: boolean;
  /** Ticks since the last ring, clamped. */
  readonly ringAge: number;
  /** The guard has been told the signal. */
  readonly isSeen: boolean;
}
export interface Card {
  readonly linked: boolean;
  /** Ticks since the last feed, clamped. */
  readonly feedAge: number;
  readonly hostLost: boolean;
  readonly supply: boolean;
  readonly keyTurned: boolean;
  /** Its link stands, but no report comes: what the guard knows of its relays grows stale. */
  readonly silent: boolean;
}
/** What the invariants remember of the past. */
export interface Ghost {
  /** Ticks for which the verdict has been down without a break, as the living guard was told; -1: not down. */
  readonly downFor: number;
  readonly roomOrdered: boolean;
  readonly lineOrdered: Readonly<Record<LineId, boolean>>;
  /** Ticks since the line's position was last adopted. */
  readonly reachedFor: Readonly<Record<LineId, number>>;
  readonly openFor: Readonly<Record<LineId, number>>;
  /** The relay was found faulty, guard.json knows it, and no person has reset it. */
  readonly faulty: Readonly<Record<LineId, boolean>>;
}
export interface Plant {
  readonly at: number;
  readonly guard: 'alive' | 'stalled' | 'dead';
  /** Kept while stalled; of no meaning while dead. */
  readonly state: BypassState;
  readonly file: SavedBypass | 'missing';
  readonly verdict: Verdict;
  readonly keyTurned: boolean;
  readonly cards: Readonly<Record<BusId, Card>>;
  readonly relays: Readonly<Record<LineId, Relay>>;
  readonly trunks: Readonly<Record<LineId, Trunk>>;
  readonly ghost: Ghost;
}

export type Move =
  | { readonly do: 'tick' | 'crash' | 'restart' | 'lose guard.json' | 'stall' | 'continue' | 'stop' }
  | { readonly do: 'verdict'; readonly verdict: Verdict }
  | { readonly do: 'key'; readonly turned: boolean }
  | { readonly do: 'order'; readonly command: BypassCommand }
  | {
      readonly do:
        | 'ring'
        | 'burst ends'
        | 'next burst'
        | 'ring stops'
        | 'off hook'
        | 'hang up'
        | 'wire cut'
        | 'wire mended'
        | 'speech';
      readonly line: LineId;
    }
  | { readonly do: 'weld' | 'open' | 'repair' | 'port fails'; readonly line: LineId }
  | { readonly do: 'card'; readonly card: BusId; readonly linked: boolean }
  | { readonly do: 'supply'; readonly card: BusId; readonly on: boolean }
  | { readonly do: 'card silent'; readonly card: BusId; readonly silent: boolean }
  | { readonly do: 'card key'; readonly card: BusId; readonly turned: boolean };

export interface Happened {
  readonly plant: Plant;
  /** guard.json was written: a crash just before it is a second way for this move to end. */
  readonly saved: boolean;
  readonly violations: readonly string[];
  /** Names of noteworthy happenings, so that a test can assert that they were reached. */
  readonly marks: readonly string[];
}

export const person: Actor = { via: 'panel', name: 'duty' };
export const clamp = (age: number, most: number): number => (age > most ? most : age);
/** How long a signal must last to mean something more. */
export const ageMaxOf = (signal: Trunk['signal'], { settings }: BypassConfig): number =>
  signal === 'off-hook'
    ? settings.loopOpenMs
    : signal === 'ringing'
      ? settings.ringLimitMs
      : settings.idleForMs;
export const hasCall = (trunk: Trunk): boolean => trunk.signal === 'off-hook';
export const record = <K extends string, V>(keys: readonly K[], value: (key: K) => V): Record<K, V> =>
  Object.fromEntries(keys.map((key) => [key, value(key)])) as Record<K, V>;

/** A room as it is wired. */
export interface Layout {
  readonly config: BypassConfig;
  readonly lineIds: readonly LineId[];
  readonly cardIds: readonly BusId[];
  readonly cardOf: Readonly<Record<LineId, BusId>>;
  /** Longest age that any rule of plant or invariants asks for. */
  readonly ageMax: number;
}

export function layoutOf(config: BypassConfig): Layout {
  return {
    config,
    lineIds: config.lines.map((line) => line.id),
    cardIds: [...new Set(config.lines.map((line) => line.card))],
    cardOf: Object.fromEntries(config.lines.map((line) => [line.id, line.card])),
    ageMax: ticks.hostLost + config.settings.callCapMs + 2,
  };
}

export function must<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('the plant has no such part');
  return value;
}
