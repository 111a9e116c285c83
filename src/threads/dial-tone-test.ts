/**
 * The dial-tone test of one spare extension, between its card and the machine that decides (`core/dial-tone`): frames of the
 * channel become events, the hook's level becomes commands, what was found is evidence. One piece of sound is judged in some
 * microseconds (bench/dial-tone.ts) and only while a test lasts, so it runs on the guard's thread, where the samples arrive.
 *
 * The card opens the loop by its own timer, and when the session or the feed is lost; this side only asks for less.
 */
import type { ChannelReading } from '../ports/line-card.ts';
import { samplesPerFrame } from '../ports/line-card.ts';
import type { ChannelTap } from './cards.ts';
import type { Clock } from '../ports/clock.ts';
import type { MonoMs } from '../model/units.ts';
import type { Probe, ProbeEvidence } from '../ports/probe.ts';
import type { Source } from '../model/room.ts';
import type { Text } from '../model/text.ts';
import { text } from '../model/text.ts';
import type { DialToneEvent, DialToneState } from '../core/dial-tone/step.ts';
import { initial, isListening, isSeized, isStuck, step } from '../core/dial-tone/step.ts';
import { cardLimitMs } from '../core/dial-tone/limits.ts';
import { DialToneEar } from '../signal/dial-tone.ts';
import { elapsedMs } from '../model/units.ts';

/** Turns beside the frames, which may cease. */
const turnMs = 200;
/** The order to release is repeated while current flows. */
const repeatMs = 500;

export interface DialToneTestOptions {
  readonly source: Extract<Source, { kind: 'dial-tone' }>;
  readonly clock: Clock;
  readonly hook: (seize: boolean, ms: number) => void;
  /** The loop did not open again. */
  readonly stuck: (isStuck: boolean, detail: Text) => void;
}

export class DialToneTest implements Probe, ChannelTap {
  readonly source: string;
  readonly channel: number;
  readonly #options: DialToneTestOptions;
  readonly #ear: DialToneEar;
  #state: DialToneState;
  #report: ((evidence: ProbeEvidence) => void) | undefined;
  #timer: NodeJS.Timeout | undefined;
  #wasSeized = false;
  #orderedAt: MonoMs | undefined;
  #wasStuck = false;

  constructor(options: DialToneTestOptions) {
    const { id, extension, everyMs, suspectMs, tones } = options.source;
    this.#options = options;
    this.source = id;
    this.channel = extension.number;
    this.#ear = new DialToneEar(tones);
    this.#state = initial({ extension: `${extension.bus}/${extension.number}`, everyMs, suspectMs });
  }

  // ---- the probe --------------------------------------------------------------------------------------------------

  start(report: (evidence: ProbeEvidence) => void): void {
    if (this.#report !== undefined) return;
    this.#report = report;
    this.#timer = setInterval(() => {
      this.#take({ kind: 'turn', at: this.#options.clock.mono() });
    }, turnMs);
  }

  suspect(on: boolean): void {
    this.#take({ kind: 'suspect', on, at: this.#options.clock.mono() });
  }

  stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#report = undefined;
    if (this.#wasSeized) this.#options.hook(false, 0);
    this.#wasSeized = false;
    return Promise.resolve();
  }

  // ---- the channel ------------------------------------------------------------------------------------------------

  link(isUp: boolean, canHook: boolean, at: MonoMs): void {
    this.#take({ kind: 'link', isUp, canHook, at });
  }

  loop(at: MonoMs, { volts, milliamps, ringVolts, ringHz }: ChannelReading): void {
    const mean = (volts[0] + volts[1] + volts[2] + volts[3]) / volts.length;
    this.#take({ kind: 'loop', volts: mean, milliamps, ringVolts, ringHz, at });
  }

  sound(at: MonoMs, samples: Int16Array, from: number): void {
    if (isListening(this.#state))
      this.#take({ kind: 'sound', sound: this.#ear.hears(samples, from, samplesPerFrame), at });
  }

  refused(at: MonoMs): void {
    this.#take({ kind: 'refused', at });
  }

  // ---- deciding and doing -----------------------------------------------------------------------------------------

  #take(event: DialToneEvent): void {
    // Nobody would hear what is found, or it is all over: then nothing is seized either.
    if (this.#report === undefined && event.kind !== 'link') return;
    const { state, news } = step(this.#state, event);
    this.#state = state;
    this.#drive(event.at);
    if (news !== undefined) this.#report?.(news);
  }

  #drive(at: MonoMs): void {
    const { hook, stuck, source } = this.#options;
    const seized = isSeized(this.#state);
    const isDue =
      this.#state.phase.kind === 'releasing' &&
      (this.#orderedAt === undefined || elapsedMs(this.#orderedAt, at) >= repeatMs);
    if (seized !== this.#wasSeized || isDue) {
      this.#wasSeized = seized;
      this.#orderedAt = at;
      hook(seized, seized ? cardLimitMs : 0);
    }
    const isStuckNow = isStuck(this.#state, at);
    if (isStuckNow === this.#wasStuck) return;
    this.#wasStuck = isStuckNow;
    const { bus, number } = source.extension;
    stuck(isStuckNow, text(`通道 ${bus}/${number}`, `channel ${bus}/${number}`));
  }
}
