/**
 * Who may be fed. A card is fed on its own, only by a completed turn that judged a relay report of the card not older than
 * 200 ms, and not before its positions were adopted; a lost or silent card withholds only its own feed. systemd's watchdog is fed by the same completed turns. An
 * unfit guard (third start within 60 s) feeds no card: the cards follow `hostLost`, alarms and reporting go on.
 */
import type { BusId } from '../model/ids.ts';
import type { MonoMs } from '../model/units.ts';
import { elapsedMs } from '../model/units.ts';

/** A relay report older than this is not the newest truth. */
export const reportAgeMsMax = 200;
/** Between two feeds of one card; a tenth of the shortest `hostLost`. */
export const feedEveryMs = 500;

export class HealthGate {
  readonly #isFit: boolean;
  readonly #systemdEveryMs: number | undefined;
  readonly #reportedAt = new Map<BusId, MonoMs>();
  readonly #fedAt = new Map<BusId, MonoMs>();
  #systemdAt: MonoMs | undefined;

  /** `watchdogUsec` is WATCHDOG_USEC of systemd, or undefined where it does not watch. */
  constructor(isFit: boolean, watchdogUsec: number | undefined) {
    this.#isFit = isFit;
    this.#systemdEveryMs = watchdogUsec === undefined ? undefined : watchdogUsec / 1000 / 3;
  }

  reported(card: BusId, at: MonoMs): void {
    this.#reportedAt.set(card, at);
  }

  lost(card: BusId): void {
    this.#reportedAt.delete(card);
    this.#fedAt.delete(card);
  }

  /** Cards to feed now, after a completed turn at `at`. `isAdopted`: the decisions know where the relays of the card stand. */
  cardsToFeed(at: MonoMs, isAdopted: (card: BusId) => boolean): BusId[] {
    if (!this.#isFit) return [];
    const due: BusId[] = [];
    for (const [card, reportedAt] of this.#reportedAt) {
      if (elapsedMs(reportedAt, at) > reportAgeMsMax || !isAdopted(card)) continue;
      const fedAt = this.#fedAt.get(card);
      if (fedAt !== undefined && elapsedMs(fedAt, at) < feedEveryMs) continue;
      this.#fedAt.set(card, at);
      due.push(card);
    }
    return due;
  }

  /** Whether systemd's watchdog is due, after a completed turn at `at`. */
  systemdIsDue(at: MonoMs): boolean {
    if (this.#systemdEveryMs === undefined) return false;
    if (this.#systemdAt !== undefined && elapsedMs(this.#systemdAt, at) < this.#systemdEveryMs) return false;
    this.#systemdAt = at;
    return true;
  }
}
