/**
 * Time of the virtual room. All timers of all that lives in it stand in one list, each with its owner: a process that is killed takes
 * its timers with it, one that is stopped finds them late. While the room is simulated, Node's own timers are these.
 *
 * Between two timers nothing happens, so an idle second costs nothing. Promises are kept moving by `settle`: virtual time stands still
 * until everything that was promised has run.
 */
import type { After, Clock } from '../../../src/ports/clock.ts';
import { monoMs, wallMs } from '../../../src/model/units.ts';

/** Whoever has timers: the guard's process, a card, the world outside. */
export class Owner {
  readonly name: string;
  isAlive = true;
  /** Its timers and its ears rest until then. */
  stoppedUntil = 0;
  /** A busy machine: a periodic timer comes this much late. */
  lateMs = 0;

  constructor(name: string) {
    this.name = name;
  }
}

interface Timer {
  at: number;
  order: number;
  readonly run: () => void;
  readonly owner: Owner;
  readonly everyMs: number | undefined;
  isOff: boolean;
}

const startMs = 100_000;
const startWall = Date.UTC(2026, 10, 25, 8);

const native = {
  setTimeout: globalThis.setTimeout,
  clearTimeout: globalThis.clearTimeout,
  setInterval: globalThis.setInterval,
  clearInterval: globalThis.clearInterval,
  setImmediate: globalThis.setImmediate,
  clearImmediate: globalThis.clearImmediate,
};
const nativeRss = process.memoryUsage.rss.bind(process.memoryUsage);

export class VirtualTime {
  readonly world = new Owner('world');
  now = startMs;
  owner = this.world;
  /** What promises lead to belongs to this one: nobody else in the room uses any. */
  promising = this.world;
  /** The wall clock against the monotonic one. */
  wallOffset = startWall - startMs;
  /** Boot of the computer: its monotonic clock counts from here. */
  bootAt = 0;
  /** A failure inside a timer. */
  onThrow: (error: unknown, owner: Owner) => void = (error) => {
    throw error;
  };
  /** Earliest last. */
  readonly #timers: Timer[] = [];
  #order = 0;
  #mustSettle = false;
  #held: Promise<void> | undefined;

  /** The computer's clock. */
  readonly clock: Clock = {
    mono: () => monoMs(this.now - this.bootAt),
    wall: () => wallMs(Math.round(this.now + this.wallOffset)),
  };
  /** A card's own: no boot of the computer changes it. */
  readonly crystal: Clock = { mono: () => monoMs(this.now), wall: () => wallMs(this.now) };

  afterOf(owner: Owner): After {
    return (ms, run) => {
      const timer = this.#add(ms, run, owner, undefined);
      return () => {
        timer.isOff = true;
      };
    };
  }

  in(ms: number, run: () => void, owner: Owner = this.world): void {
    this.#add(ms, run, owner, undefined);
  }

  /** Runs it as if the owner did. */
  as(owner: Owner, run: () => void): void {
    const before = this.owner;
    this.owner = owner;
    try {
      run();
    } catch (error) {
      this.onThrow(error, owner);
    } finally {
      this.owner = before;
    }
  }

  /** Virtual time stands still until this is done, however long that takes. */
  hold(work: Promise<void>): void {
    this.#held = work;
  }

  /** Somebody may be waiting for what was just done. */
  promised(): void {
    this.#mustSettle = true;
  }

  async settle(): Promise<void> {
    this.#mustSettle = false;
    const before = this.owner;
    this.owner = this.promising;
    await new Promise((resolve) => native.setImmediate(resolve));
    this.owner = before;
  }

  async passUntil(end: number): Promise<void> {
    for (let timer = this.#due(end); timer !== undefined; timer = this.#due(end)) {
      this.now = Math.max(this.now, timer.at);
      if (timer.everyMs !== undefined) {
        timer.at = this.now + timer.everyMs + timer.owner.lateMs;
        this.#place(timer);
      }
      this.as(timer.owner, timer.run);
      if (this.#held !== undefined) {
        const held = this.#held;
        this.#held = undefined;
        this.owner = this.promising;
        await held;
        this.owner = this.world;
      }
      if (this.#mustSettle) await this.settle();
    }
    this.now = end;
  }

  #due(end: number): Timer | undefined {
    for (;;) {
      const timer = this.#timers.at(-1);
      if (timer === undefined || timer.at > end) return undefined;
      this.#timers.pop();
      if (timer.isOff || !timer.owner.isAlive) continue;
      if (timer.owner.stoppedUntil <= Math.max(timer.at, this.now)) return timer;
      timer.at = timer.owner.stoppedUntil;
      this.#place(timer);
    }
  }

  #add(ms: number, run: () => void, owner: Owner, everyMs: number | undefined): Timer {
    const timer = { at: this.now + Math.max(0, ms), order: 0, run, owner, everyMs, isOff: false };
    this.#place(timer);
    return timer;
  }

  #place(timer: Timer): void {
    timer.order = this.#order++;
    let place = this.#timers.length;
    while (place > 0 && (this.#timers[place - 1]?.at ?? 0) <= timer.at) place--;
    this.#timers.splice(place, 0, timer);
  }

  // ---- Node's timers ------------------------------------------------------------------------------------------------

  install(): void {
    // It is a system call, five times a virtual second, and says nothing of the virtual machine.
    process.memoryUsage.rss = () => 0;
    const handle = (timer: Timer): object => {
      const own = { timer, unref: () => own, ref: () => own, hasRef: () => true };
      return own;
    };
    const clear = (given: { timer?: Timer } | undefined): void => {
      if (given?.timer !== undefined) given.timer.isOff = true;
    };
    Object.assign(globalThis, {
      setTimeout: (run: () => void, ms = 1) => handle(this.#add(Math.max(1, ms), run, this.owner, undefined)),
      setInterval: (run: () => void, ms = 1) =>
        handle(this.#add(Math.max(1, ms), run, this.owner, Math.max(1, ms))),
      setImmediate: (run: () => void) => handle(this.#add(0, run, this.owner, undefined)),
      clearTimeout: clear,
      clearInterval: clear,
      clearImmediate: clear,
    });
  }

  uninstall(): void {
    Object.assign(globalThis, native);
    process.memoryUsage.rss = nativeRss;
  }
}
