/**
 * Turns the LINE frames of one channel (four 5 ms means every 20 ms) into loop readings, and passes on only those that
 * tell something new. It must never hide a level: what it does not pass on is within the deadband of what it did, and
 * once the loop has come to rest its exact value follows within 200 ms.
 *
 * Two means, because one cannot do both. The mean over 80 ms is the V of state-machines.md: whole periods of 25 and
 * 50 Hz, steady enough to learn the idle voltage from and to call a line dead. A 38 ms make of a rotary dial vanishes
 * in it, and a hook change shows up to 80 ms late; the mean over 20 ms (one period of mains hum) keeps both.
 */
import { aliveVolts, emptyVolts, isRing } from '../model/loop.ts';
import type { ChannelReading } from '../ports/line-card.ts';
import type { LoopReading } from '../model/event.ts';
import { monoMs } from '../model/units.ts';
import type { MonoMs } from '../model/units.ts';

const stepMs = 5;
const stepsPerFrame = 4;
const shortSteps = 4;
const longSteps = 16;
/** A longer silence than this empties the means: old samples must not colour what comes after a gap. */
const gapMs = 100;
/** At rest the exact value follows this long after the last change; 200 ms are promised, one frame is spare. */
const restMs = 180;

const deadbandVolts = 0.5;
const deadbandRingVolts = 2;
const deadbandMilliamps = 2;
/** Less than this is no difference at all. */
const sameVolts = 0.05;

type PassReading = (at: MonoMs, reading: LoopReading) => void;

export class LoopFollower {
  readonly #pass: PassReading;
  readonly #steps = new Float64Array(longSteps);
  #next = 0;
  #filled = 0;
  #frameAt = Number.NEGATIVE_INFINITY;
  #at = Number.NEGATIVE_INFINITY;
  #ringVolts = 0;
  #ringHz = 0;
  #milliamps = 0;
  #passed: LoopReading | undefined;
  #passedAt = 0;
  #rested = true;

  constructor(pass: PassReading) {
    this.#pass = pass;
  }

  /** Forget everything: the next full 20 ms are passed on as they are. A gap in the frames does this by itself. */
  reset(): void {
    this.#next = 0;
    this.#filled = 0;
    this.#passed = undefined;
  }

  /** One frame; `at` is the moment of its last sample. */
  frame(at: MonoMs, channel: ChannelReading): void {
    if (at - this.#frameAt > gapMs) this.reset();
    this.#frameAt = at;
    const { volts } = channel;
    for (let step = 0; step < stepsPerFrame; step++) {
      this.#steps[this.#next] = volts[step] ?? 0;
      this.#next = (this.#next + 1) % longSteps;
      if (this.#filled < longSteps) this.#filled += 1;
      // The card's clock may be set back a little against ours; a reading is never older than the one before.
      this.#at = Math.max(this.#at, at - (stepsPerFrame - 1 - step) * stepMs);
      if (step === stepsPerFrame - 1) {
        // Ring and current are measured at the frame's end, so they belong to its last step.
        this.#ringVolts = channel.ringVolts;
        this.#ringHz = channel.ringHz;
        this.#milliamps = channel.milliamps;
      }
      if (this.#filled >= shortSteps) this.#consider();
    }
  }

  #consider(): void {
    const volts = this.#mean(shortSteps);
    const dcVolts = this.#mean(this.#filled);
    const last = this.#passed;
    if (last !== undefined && !this.#isNews(last, volts, dcVolts)) {
      if (this.#rested || this.#at - this.#passedAt < restMs) return;
      this.#rested = true;
      const moved = Math.max(Math.abs(volts - last.volts), Math.abs(dcVolts - last.dcVolts));
      if (moved < sameVolts && last.ringVolts === this.#ringVolts && last.milliamps === this.#milliamps)
        return;
    } else {
      this.#rested = false;
      this.#passedAt = this.#at;
    }
    this.#passed = {
      volts,
      dcVolts,
      ringVolts: this.#ringVolts,
      ringHz: this.#ringHz,
      milliamps: this.#milliamps,
    };
    this.#pass(monoMs(this.#at), this.#passed);
  }

  #isNews(last: LoopReading, volts: number, dcVolts: number): boolean {
    return (
      hasMoved(last.volts, volts) ||
      hasMoved(last.dcVolts, dcVolts) ||
      Math.abs(this.#ringVolts - last.ringVolts) >= deadbandRingVolts ||
      Math.abs(this.#milliamps - last.milliamps) >= deadbandMilliamps ||
      isRing(this.#ringVolts, this.#ringHz) !== isRing(last.ringVolts, last.ringHz)
    );
  }

  #mean(steps: number): number {
    let sum = 0;
    for (let back = 1; back <= steps; back++) {
      sum += this.#steps[(this.#next - back + longSteps) % longSteps] ?? 0;
    }
    return sum / steps;
  }
}

/** Below `emptyVolts` a sign means nothing: the noise of a dead pair must not flood the core with reversals. */
function hasMoved(from: number, to: number): boolean {
  const moved = Math.abs(to - from);
  return moved >= deadbandVolts || (moved >= sameVolts && zone(from) !== zone(to));
}

function zone(volts: number): number {
  const size = Math.abs(volts);
  if (size < emptyVolts) return 0;
  return Math.sign(volts) * (size < aliveVolts ? 1 : 2);
}
