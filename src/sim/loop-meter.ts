/**
 * What a card's front end measures on one pair: DC as means over 5 ms of 8 kHz samples, ringing as rms and frequency behind
 * a 16–60 Hz band-pass over 100 ms, loop current.
 */
import type { LineChannel } from '../../firmware-bridge/codec/stream.ts';
import { lineFlag } from '../../firmware-bridge/codec/protocol.ts';

const slotMs = 5;
const ringSlots = 20;
const samplesPerMs = 8;
const crossings = 8;
const ringVoltsLeast = 5;
const crossingAgeMs = 250;

export class LoopMeter {
  readonly #slots: [number, number, number, number] = [0, 0, 0, 0];
  #slot = 0;
  #slotSum = 0;
  #slotCount = 0;
  /** Sum of squares of the AC part, 5 ms each. */
  readonly #squares = new Float64Array(ringSlots);
  #squareAt = 0;
  #square = 0;
  #isQuiet = 0;
  /** Moments of upward zero crossings, in milliseconds. */
  readonly #crossedAt: number[] = [];
  #last = 0;

  /** One millisecond: the steady voltage, and peak and start phase (in turns) of what is on top of it. */
  add(at: number, volts: number, peak: number, phase: number, hz: number): void {
    this.#slotSum += volts * samplesPerMs;
    if (peak !== 0) {
      for (let i = 0; i < samplesPerMs; i++) {
        const value = peak * Math.sin(2 * Math.PI * (phase + (hz * i) / (samplesPerMs * 1000)));
        this.#slotSum += value;
        this.#square += value * value;
        if (this.#last < 0 && value >= 0) this.#cross(at + (i - value / (value - this.#last)) / samplesPerMs);
        this.#last = value;
      }
      this.#isQuiet = 0;
    } else this.#last = 0;
    if (++this.#slotCount < slotMs) return;
    this.#slots[this.#slot] = this.#slotSum / (slotMs * samplesPerMs);
    this.#slot = (this.#slot + 1) % 4;
    this.#slotSum = 0;
    this.#slotCount = 0;
    this.#squares[this.#squareAt] = this.#square;
    this.#squareAt = (this.#squareAt + 1) % ringSlots;
    this.#square = 0;
    if (this.#isQuiet <= ringSlots) this.#isQuiet++;
  }

  /** The 20 ms that end at `at`, into one channel of LINE. */
  read(at: number, milliamps: number, into: LineChannel): void {
    for (let i = 0; i < 4; i++) into.volts[i] = this.#slots[i] ?? 0;
    into.milliamps = milliamps;
    into.ringVolts = this.#ringVolts();
    into.ringHz = into.ringVolts < ringVoltsLeast ? 0 : this.#ringHz(at);
    into.flags = into.ringVolts >= ringVoltsLeast ? lineFlag.ringing : 0;
  }

  #cross(at: number): void {
    this.#crossedAt.push(at);
    if (this.#crossedAt.length > crossings) this.#crossedAt.shift();
  }

  #ringVolts(): number {
    if (this.#isQuiet > ringSlots) return 0;
    let sum = 0;
    for (const square of this.#squares) sum += square;
    return Math.sqrt(sum / (ringSlots * slotMs * samplesPerMs));
  }

  #ringHz(at: number): number {
    const recent = this.#crossedAt.filter((crossed) => at - crossed < crossingAgeMs);
    const first = recent[0];
    const last = recent[recent.length - 1];
    if (first === undefined || last === undefined || last === first) return 0;
    return ((recent.length - 1) * 1000) / (last - first);
  }
}
