/** Time that a test moves on: a clock and one-shot timers that run in order when `advance` passes them. */
import type { After, Clock } from '../ports/clock.ts';
import { monoMs, wallMs } from '../model/units.ts';

interface Timer {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
}

export class DrivenTime {
  #now: number;
  #order = 0;
  readonly #timers = new Set<Timer>();

  constructor(start = 1000) {
    this.#now = start;
  }

  readonly clock: Clock = {
    mono: () => monoMs(this.#now),
    wall: () => wallMs(1_800_000_000_000 + this.#now),
  };

  readonly after: After = (ms, run) => {
    const timer: Timer = { at: this.#now + Math.max(0, ms), order: this.#order++, run };
    this.#timers.add(timer);
    return () => {
      this.#timers.delete(timer);
    };
  };

  advance(ms: number): void {
    const end = this.#now + ms;
    for (let next = this.#next(end); next !== undefined; next = this.#next(end)) {
      this.#timers.delete(next);
      this.#now = Math.max(this.#now, next.at);
      next.run();
    }
    this.#now = end;
  }

  /** Moves on without running a timer: a process that was stopped. */
  freeze(ms: number): void {
    this.#now += ms;
  }

  #next(end: number): Timer | undefined {
    let first: Timer | undefined;
    for (const timer of this.#timers)
      if (
        timer.at <= end &&
        (first === undefined || timer.at < first.at || (timer.at === first.at && timer.order < first.order))
      )
        first = timer;
    return first;
  }
}
