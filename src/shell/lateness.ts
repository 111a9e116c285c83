/** How late the ticks of the guard's loop came: the worst since the last look, and the last minute by classes. */
import type { LoopLateness } from '../model/messages.ts';

/** Upper ends of the classes; the last class has none. */
export const upToMs = [5, 10, 20, 50, 100, 200, 500] as const;
const secondsKept = 60;

interface Second {
  worstMs: number;
  readonly counts: number[];
}

const emptySecond = (): Second => ({
  worstMs: 0,
  counts: Array.from({ length: upToMs.length + 1 }, () => 0),
});

export class Lateness {
  #now = emptySecond();
  readonly #past: Second[] = [];

  note(ms: number): void {
    const lateMs = Math.max(0, ms);
    this.#now.worstMs = Math.max(this.#now.worstMs, lateMs);
    const found = upToMs.findIndex((limit) => lateMs <= limit);
    const index = found < 0 ? upToMs.length : found;
    this.#now.counts[index] = (this.#now.counts[index] ?? 0) + 1;
  }

  /** Ends one second; its worst lateness. */
  endSecond(): number {
    const { worstMs } = this.#now;
    this.#past.push(this.#now);
    if (this.#past.length > secondsKept) this.#past.shift();
    this.#now = emptySecond();
    return worstMs;
  }

  /** The last 60 seconds that have ended. */
  get lastMinute(): LoopLateness {
    const sum = emptySecond();
    for (const { worstMs, counts } of this.#past) {
      sum.worstMs = Math.max(sum.worstMs, worstMs);
      counts.forEach((count, index) => (sum.counts[index] = (sum.counts[index] ?? 0) + count));
    }
    return { worstMs: Math.round(sum.worstMs), upToMs, counts: sum.counts };
  }
}
