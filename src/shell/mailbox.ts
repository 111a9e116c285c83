/**
 * Where drivers put what they saw, until the next turn takes it. Bounded: when a flood fills it, loop readings give way
 * first, because the next one tells the level again; everything else is kept up to the hard limit and then counted as lost.
 */
import type { RoomEvent } from '../model/event.ts';

/** Beyond this many waiting events, loop readings are dropped. */
export const softLimitEvents = 4096;
/** Beyond this many, everything is dropped and counted: the guard is not keeping up. */
export const hardLimitEvents = 8192;

export class Mailbox {
  #events: RoomEvent[] = [];
  #dropped = 0;

  /** False when the event was dropped. */
  post(event: RoomEvent): boolean {
    const full = this.#events.length >= (event.kind === 'loop' ? softLimitEvents : hardLimitEvents);
    if (full) {
      this.#dropped++;
      return false;
    }
    this.#events.push(event);
    return true;
  }

  /** Takes at most `limit` events, oldest first: a turn has a bounded size. */
  take(limit: number): RoomEvent[] {
    if (this.#events.length <= limit) {
      const all = this.#events;
      this.#events = [];
      return all;
    }
    return this.#events.splice(0, limit);
  }

  get waiting(): number {
    return this.#events.length;
  }

  get dropped(): number {
    return this.#dropped;
  }
}
