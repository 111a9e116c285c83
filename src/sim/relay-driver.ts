/**
 * The card's coil outputs: what the host commanded, what the card released by itself, pulses and the time of every write.
 * Nothing but `command` and `pulse` energises, and both come only from frames of the present session.
 */
import type { Plant } from './plant.ts';
import { pulseMsMax } from '../../firmware-bridge/codec/protocol.ts';

/** A relay is looked at closely for this long after its coil changed. */
const movingMs = 130;

export class RelayDriver {
  readonly #plant: Plant;
  readonly #writtenAt: number[];
  readonly #pulseEnds: number[];
  #movesUntil = 0;

  constructor(plant: Plant) {
    this.#plant = plant;
    this.#writtenAt = plant.lines.map(() => 0);
    this.#pulseEnds = plant.lines.map(() => Infinity);
  }

  get movesUntil(): number {
    return this.#movesUntil;
  }

  writtenAt(index: number): number {
    return this.#writtenAt[index] ?? 0;
  }

  /** False: something was to be energised while the host is counted as lost; the rest was obeyed. */
  command(mask: number, energise: number, isHostLost: boolean, at: number): boolean {
    let isObeyed = true;
    for (let index = 0; index < this.#writtenAt.length; index++) {
      if (((mask >> index) & 1) === 0) continue;
      const wanted = ((energise >> index) & 1) === 1;
      if (wanted && isHostLost && !this.#plant.coil(index)) isObeyed = false;
      else this.#write(index, wanted, at);
    }
    return isObeyed;
  }

  /** Relay counted from 1; false: no such relay, too long, or it is energised. */
  pulse(relay: number, ms: number, at: number): boolean {
    const index = relay - 1;
    if (this.#writtenAt[index] === undefined || ms < 1 || ms > pulseMsMax || this.#plant.coil(index))
      return false;
    this.#write(index, true, at);
    this.#pulseEnds[index] = at + ms;
    return true;
  }

  release(index: number, at: number): void {
    this.#write(index, false, at);
  }

  releaseAll(at: number): void {
    this.#writtenAt.forEach((_, index) => {
      this.#write(index, false, at);
    });
  }

  step(at: number): void {
    if (this.#movesUntil <= at) return;
    this.#pulseEnds.forEach((end, index) => {
      if (at >= end) this.#write(index, false, at);
    });
  }

  #write(index: number, energised: boolean, at: number): void {
    this.#pulseEnds[index] = Infinity;
    if (this.#plant.coil(index) === energised) return;
    this.#plant.setCoil(index, energised);
    this.#writtenAt[index] = at;
    this.#movesUntil = at + movingMs;
  }
}
