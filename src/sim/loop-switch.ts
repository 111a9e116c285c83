/**
 * The loop switches of the virtual card: HOOK of PROTOCOL.md. Each opens by its own timer, and all of them with the session and
 * with the host, so that no pair stays seized by a card that nobody leads.
 */
import { errorCode, hookActions } from '../../firmware-bridge/codec/protocol.ts';
import type { Plant } from './plant.ts';

/** Longest seizure when the host names none. */
const seizedMsMax = 600_000;
const flashMs = 600;

export class LoopSwitches {
  readonly #plant: Plant;
  /** Channel by index: when it opens, and when it closes again after a flash. */
  readonly #opensAt: (number | undefined)[];
  readonly #closesAt: (number | undefined)[];

  constructor(plant: Plant) {
    this.#plant = plant;
    this.#opensAt = plant.lines.map(() => undefined);
    this.#closesAt = plant.lines.map(() => undefined);
  }

  /** Error code, or nothing when it was obeyed. */
  command(channel: number, action: number, ms: number, isHostLost: boolean, at: number): number | undefined {
    const index = channel - 1;
    const line = this.#plant.lines[index];
    if (line === undefined) return errorCode.range;
    switch (hookActions[action]) {
      case 'release':
        this.#open(index);
        return undefined;
      case 'seize':
        if (isHostLost) return errorCode.hostLost;
        line.isSeized = true;
        this.#opensAt[index] = at + (ms === 0 ? seizedMsMax : ms);
        return undefined;
      case 'flash':
        if (!line.isSeized) return errorCode.range;
        line.isSeized = false;
        this.#closesAt[index] = at + (ms === 0 ? flashMs : ms);
        return undefined;
      default:
        return errorCode.unsupported;
    }
  }

  step(at: number): void {
    for (let index = 0; index < this.#opensAt.length; index++) {
      if (at >= (this.#opensAt[index] ?? Infinity)) this.#open(index);
      const line = this.#plant.lines[index];
      if (at < (this.#closesAt[index] ?? Infinity) || line === undefined) continue;
      this.#closesAt[index] = undefined;
      line.isSeized = true;
    }
  }

  openAll(): void {
    for (let index = 0; index < this.#opensAt.length; index++) this.#open(index);
  }

  #open(index: number): void {
    this.#opensAt[index] = undefined;
    this.#closesAt[index] = undefined;
    const line = this.#plant.lines[index];
    if (line !== undefined) line.isSeized = false;
  }
}
