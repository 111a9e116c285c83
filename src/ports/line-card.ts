import type { BusId } from '../model/ids.ts';
import type { CoilCommand, KeyPosition, RelayReport } from '../model/bypass.ts';
import type { MonoMs } from '../model/units.ts';
import type { Text } from '../model/text.ts';

/** 8 lines a card; audio is 8 kHz. */
export const channelsPerCard = 8;
export const sampleRateHz = 8000;
/** Samples of one AUDIO frame: 20 ms. */
export const samplesPerFrame = 160;

/**
 * One line card, as the guard uses it. The driver speaks the wire protocol (`firmware-bridge/PROTOCOL.md`) over a
 * ByteLink, keeps the session, maps the card's sample counter to our monotonic clock, and never decides anything.
 *
 * Contract: handlers are called on the main thread as frames arrive; arrays passed to them are reused by the driver and
 * valid only during the call. A card that is not `up` is never commanded; a command of an old session is never sent.
 */
export interface LineCard {
  readonly id: BusId;
  start(handlers: LineCardHandlers): void;
  /** Tell the card where every relay shall be: index 0 is relay 1. Sent when it differs from the last, and repeated every second. */
  drive(coils: readonly CoilCommand[]): void;
  /** One short energising of an `open` relay; relay 1 is 1. */
  pulse(relay: number, ms: number): void;
  /** Feed the card's watchdog. Only the health gate of a completed turn calls this. */
  feed(): void;
  /** Output 1 is 1. `falls`: the card releases it by itself when it has lost its host. */
  output(index: number, energised: boolean, falls: boolean): void;
  /** Closes or opens the loop of a channel with such parts, as a telephone does; the card opens it by itself after `ms`. */
  hook(channel: number, seize: boolean, ms: number): void;
  /** What the card of this session can do. */
  readonly abilities: Readonly<LineCardAbilities>;
  close(): Promise<void>;
  readonly counters: Readonly<LineCardCounters>;
}

export interface LineCardAbilities {
  /** Loop-closing parts. */
  readonly hook: boolean;
  /** It measures the resistance of its inputs' loops. */
  readonly supervisedInputs: boolean;
}

export interface LineCardCounters {
  readonly frames: number;
  readonly badFrames: number;
  readonly lostFrames: number;
  readonly resyncs: number;
  readonly audioOverruns: number;
}

export interface LineCardHandlers {
  link(state: 'up' | 'lost' | 'refused', serialNumber: string, reason: Text): void;
  /** One LINE frame: 20 ms of every channel. `at` is the moment of the last sample. */
  lines(at: MonoMs, lines: readonly ChannelReading[]): void;
  /** One AUDIO frame: `samples` holds channels × 160 16-bit linear samples, channel after channel. */
  audio(at: MonoMs, firstSample: bigint, samples: Int16Array): void;
  relays(
    at: MonoMs,
    relays: readonly RelayReport[],
    coilSupply: boolean,
    bypassKey: KeyPosition,
    hostLost: boolean,
  ): void;
  /**
   * Input 1 is 1. Every input is told once at the start of a session, then when it changes. `ohms`: of its loop, up to
   * 65535; of a card that does not measure it says nothing.
   */
  input(at: MonoMs, index: number, closed: boolean, ohms: number): void;
  /** The card did not obey a HOOK: it lacks the parts, or the host was lost. */
  hookRefused(at: MonoMs): void;
  /** Samples that never arrived, counted by the card's sequence. */
  gap(at: MonoMs, samples: number): void;
}

/** 20 ms of one channel as the card measures it. */
export interface ChannelReading {
  /** Means over 5 ms, oldest first, signed volts tip to ring. */
  readonly volts: readonly [number, number, number, number];
  readonly milliamps: number;
  /** AC 16–60 Hz, rms over the last 100 ms. */
  readonly ringVolts: number;
  readonly ringHz: number;
}
