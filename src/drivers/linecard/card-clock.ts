/**
 * Maps a card's sample counter to our monotonic clock. A frame cannot arrive before its last sample was taken, and a TIME
 * question cannot reach the card before it was sent: each frame bounds the difference of the two clocks from above, each
 * TIME answer from below. The tightest bounds of the last 16 s hold it, so late frames do no harm, and a crystal that is
 * 100 ppm off moves it by 1.6 ms at most (the principle of RFC 5905 §10, the clock filter).
 */
import { monoMs } from '../../model/units.ts';
import type { MonoMs } from '../../model/units.ts';
import { sampleRateHz } from '../../ports/line-card.ts';

const bucketMs = 1000;
const buckets = 16;
/** Bounds of different seconds may contradict each other by what 200 ppm make in the window; more means that a clock jumped. */
const contradictionMs = 3.2;
const samplesPerMs = sampleRateHz / 1000;

/** The least value of the last `buckets` × `bucketMs`. */
class SlidingLeast {
  readonly #values = new Float64Array(buckets).fill(Infinity);
  readonly #epochs = new Float64Array(buckets).fill(-1);
  #least = Infinity;
  #epoch = -1;

  add(value: number, at: MonoMs): void {
    const epoch = Math.floor(at / bucketMs);
    const slot = epoch % buckets;
    if (this.#epochs[slot] !== epoch) {
      this.#epochs[slot] = epoch;
      this.#values[slot] = value;
    } else if (value < (this.#values[slot] ?? Infinity)) this.#values[slot] = value;
    if (epoch !== this.#epoch) {
      this.#epoch = epoch;
      this.#least = Infinity;
      for (let i = 0; i < buckets; i++)
        if (epoch - (this.#epochs[i] ?? -1) < buckets)
          this.#least = Math.min(this.#least, this.#values[i] ?? Infinity);
    } else if (value < this.#least) this.#least = value;
  }

  get least(): number {
    return this.#least;
  }

  clear(): void {
    this.#values.fill(Infinity);
    this.#epochs.fill(-1);
    this.#least = Infinity;
    this.#epoch = -1;
  }
}

export class CardClock {
  /** Upper bounds of `mono − counter / 8`. */
  readonly #above = new SlidingLeast();
  /** Lower bounds, negated. */
  readonly #below = new SlidingLeast();

  /** A new session: the card may have been reset, or be another one. */
  reset(): void {
    this.#above.clear();
    this.#below.clear();
  }

  /** A frame arrived at `at` that was sent after the sample `counter` was taken. */
  arrived(counter: number, at: MonoMs): void {
    const bound = at - counter / samplesPerMs;
    this.#above.add(bound, at);
    if (-this.#below.least > this.#above.least + contradictionMs) this.#below.clear();
  }

  /** A TIME question sent at `sentAt` found the card at `counter`; the answer arrived at `at`. */
  asked(sentAt: MonoMs, counter: number, at: MonoMs): void {
    const bound = sentAt - counter / samplesPerMs;
    this.#below.add(-bound, at);
    // The card's counter stood still for a while: what bounded it before is worth nothing.
    if (bound > this.#above.least + contradictionMs) {
      this.#above.clear();
      this.#above.add(at - counter / samplesPerMs, at);
    }
  }

  /** The moment of sample `counter`, never later than `now`. */
  at(counter: number, now: MonoMs): MonoMs {
    const above = this.#above.least;
    const below = -this.#below.least;
    if (above === Infinity) return now;
    const offset = below === -Infinity ? above : (above + below) / 2;
    return monoMs(Math.min(now, counter / samplesPerMs + offset));
  }
}
