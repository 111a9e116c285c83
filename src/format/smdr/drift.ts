/**
 * Does the format still fit? A switch that was upgraded, or a wire at the wrong speed, shows as many refused lines among the
 * newest ones. A single one is nothing: the first after a reconnect is often torn.
 */
import type { LineRead } from '../../model/pbx-record.ts';

/** Newest lines that are judged together. */
const judgedLines = 20;
/** So many refused, and half of them, are a person's matter; one in ten no more. */
const refusedMin = 5;

export class Drift {
  /** True: refused. */
  #newest: boolean[] = [];
  #isDrifting = false;

  get isDrifting(): boolean {
    return this.#isDrifting;
  }
  get refused(): number {
    return this.#newest.filter(Boolean).length;
  }
  get judged(): number {
    return this.#newest.length;
  }

  /** True when the judgement changed. */
  note({ kind }: LineRead): boolean {
    this.#newest = [...this.#newest, kind === 'rejected'].slice(-judgedLines);
    const before = this.#isDrifting;
    const { refused } = this;
    if (refused >= refusedMin && refused * 2 >= this.#newest.length) this.#isDrifting = true;
    else if (refused * 10 <= this.#newest.length) this.#isDrifting = false;
    return before !== this.#isDrifting;
  }
}
