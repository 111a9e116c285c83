/**
 * Carries events from the outbox to the broker, lowest sequence number first, a bounded number in flight. An event
 * leaves the outbox's unsent rows only when the broker has acknowledged it.
 *
 * Two things that an acknowledgement does not prove are mended here. A broker that is killed may lose what it had just
 * acknowledged: after a loss of the connection the last seconds are sent again (the centre knows doubles by id). And a
 * broker that has just come back may have nobody listening yet: where it says so (MQTT 5), the first event waits for a
 * listener, for a bounded time.
 */
import type { Outbox, OutboxRow } from '../outbox/outbox.ts';
import type { PublishResult } from './broker-link.ts';

export const inFlightMax = 64;
/** Sent again after a loss: acknowledged within this time before it, at most so many. */
export const doubtMs = 5000;
export const doubtRowsMax = 256;
/** How long the first event after a connect waits for somebody to subscribe. */
export const listenerMsMax = 30_000;
const listenerRetryMs = 500;
const refusedRetryMs = 10_000;

export interface EventPumpSettings {
  readonly outbox: Outbox;
  readonly publish: (row: OutboxRow, done: (result: PublishResult) => void) => void;
  readonly refused: (isRefused: boolean) => void;
  readonly mono: () => number;
}

export class EventPump {
  readonly #settings: EventPumpSettings;
  readonly #inFlight = new Set<number>();
  #recent: { seq: number; at: number }[] = [];
  #cursor = 0;
  #connection = 0;
  #isUp = false;
  /** Somebody takes our events, or we no longer wait for it. */
  #isHeard = false;
  #upAt = 0;
  #pause: NodeJS.Timeout | undefined;

  constructor(settings: EventPumpSettings) {
    this.#settings = settings;
  }

  up(): void {
    this.#isUp = true;
    this.#connection++;
    this.#upAt = this.#settings.mono();
    this.#isHeard = false;
    this.#restart();
  }

  down(): void {
    const now = this.#settings.mono();
    this.#isUp = false;
    this.#endPause();
    this.#inFlight.clear();
    const doubtful = this.#recent.filter(({ at }) => now - at <= doubtMs).map(({ seq }) => seq);
    if (doubtful.length > 0) this.#settings.outbox.doubt(doubtful);
    this.#recent = [];
  }

  /** Something new is in the outbox. */
  wake(): void {
    this.#pump();
  }

  /** The centre asks again for what it missed. */
  replay(from: number, to: number, limit: number): { readonly count: number; readonly next: number | null } {
    const answer = this.#settings.outbox.again(from, to, limit);
    this.#cursor = Math.min(this.#cursor, from - 1);
    this.#pump();
    return answer;
  }

  /** Orderly end: what was acknowledged is believed. */
  close(): void {
    this.#isUp = false;
    this.#recent = [];
    this.#endPause();
  }

  #restart(): void {
    this.#settings.outbox.flush();
    this.#cursor = 0;
    this.#pump();
  }

  #pump(): void {
    if (!this.#isUp || this.#pause !== undefined) return;
    const room = (this.#isHeard ? inFlightMax : 1) - this.#inFlight.size;
    if (room <= 0) return;
    const connection = this.#connection;
    for (const row of this.#settings.outbox.pendingAfter(this.#cursor, room)) {
      this.#cursor = row.seq;
      if (this.#inFlight.has(row.seq)) continue;
      this.#inFlight.add(row.seq);
      this.#settings.publish(row, (result) => {
        if (connection === this.#connection && this.#isUp) this.#answered(row.seq, result);
      });
    }
  }

  #answered(seq: number, result: PublishResult): void {
    const { mono, outbox, refused } = this.#settings;
    this.#inFlight.delete(seq);
    switch (result) {
      case 'lost':
        return;
      case 'refused':
        refused(true);
        this.#pauseFor(refusedRetryMs);
        return;
      case 'unheard':
        if (!this.#isHeard && mono() - this.#upAt < listenerMsMax) {
          this.#pauseFor(listenerRetryMs);
          return;
        }
        break;
      case 'taken':
        break;
    }
    this.#isHeard = true;
    refused(false);
    outbox.acked(seq);
    this.#recent.push({ seq, at: mono() });
    if (this.#recent.length > doubtRowsMax) this.#recent.shift();
    this.#pump();
  }

  #pauseFor(ms: number): void {
    if (this.#pause !== undefined) return;
    this.#pause = setTimeout(() => {
      this.#pause = undefined;
      this.#restart();
    }, ms);
  }
  #endPause(): void {
    clearTimeout(this.#pause);
    this.#pause = undefined;
  }
}
