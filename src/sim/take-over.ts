/**
 * The card's own watchdog (PROTOCOL.md, "When the host is gone"): without a feed for `hostLost` it releases the relays by
 * itself, a line without a call at once, a line in a call when its loop opens or at the cap. It chooses the moment, never
 * the direction: nothing here can energise.
 */

export interface TakeOverLimits {
  readonly hostLostMs: number;
  readonly loopOpenMs: number;
  readonly callCapMs: number;
}

/** A loop is off hook between these two. */
const liveVolts = 3;
const offHookConfirmMs = 50;
const deadMs = 2000;

/** Whether one line is in a call, from the card's own measurements, one each 20 ms. */
class Busy {
  #isBusy = false;
  #offSince: number | undefined;
  #openSince: number | undefined;
  #deadSince: number | undefined;

  get isBusy(): boolean {
    return this.#isBusy;
  }

  /** `volts`: magnitude of the mean; `rings`: DC says nothing now. */
  judge(
    at: number,
    volts: number,
    rings: boolean,
    offHookBelow: number,
    onHookAbove: number,
    loopOpenMs: number,
  ): void {
    if (rings) return;
    const isOff = volts >= liveVolts && volts < offHookBelow;
    this.#offSince = isOff ? (this.#offSince ?? at) : undefined;
    this.#openSince = volts > onHookAbove ? (this.#openSince ?? at) : undefined;
    this.#deadSince = volts < liveVolts ? (this.#deadSince ?? at) : undefined;
    if (this.#offSince !== undefined && at - this.#offSince >= offHookConfirmMs) this.#isBusy = true;
    if (this.#openSince !== undefined && at - this.#openSince >= loopOpenMs) this.#isBusy = false;
    if (this.#deadSince !== undefined && at - this.#deadSince >= deadMs) this.#isBusy = false;
  }
}

export class TakeOver {
  limits: TakeOverLimits;
  readonly #busy: readonly Busy[];
  #fedAt = 0;
  #lostAt: number | undefined;

  constructor(lines: number, limits: TakeOverLimits) {
    this.limits = limits;
    this.#busy = Array.from({ length: lines }, () => new Busy());
  }

  get isHostLost(): boolean {
    return this.#lostAt !== undefined;
  }

  fed(at: number): void {
    this.#fedAt = at;
    this.#lostAt = undefined;
  }

  judge(
    line: number,
    at: number,
    volts: number,
    rings: boolean,
    offHookBelow: number,
    onHookAbove: number,
  ): void {
    this.#busy[line]?.judge(at, volts, rings, offHookBelow, onHookAbove, this.limits.loopOpenMs);
  }

  isBusy(line: number): boolean {
    return this.#busy[line]?.isBusy ?? false;
  }

  /** Lines (from 0) to release now. */
  due(at: number): readonly number[] {
    if (this.#lostAt === undefined && at - this.#fedAt >= this.limits.hostLostMs) this.#lostAt = at;
    const lostAt = this.#lostAt;
    if (lostAt === undefined) return [];
    const isCapOver = at - lostAt >= this.limits.callCapMs;
    return this.#busy.flatMap((busy, line) => (isCapOver || !busy.isBusy ? [line] : []));
  }
}
