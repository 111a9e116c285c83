/** First steps of orders that are asked twice: each holds for its own order, once, for a while. Bounded. */
import { customAlphabet } from 'nanoid';

/** First steps that wait for their second one. */
export const confirmationsMax = 32;
/** Read off a screen and typed: no letter that looks like another, and never a dash at its head. */
const newToken = customAlphabet('23456789abcdefghjkmnpqrstuvwxyz', 12);

export class Confirmations<Order> {
  readonly #waiting = new Map<string, { readonly order: string; readonly until: number }>();
  readonly #mono: () => number;
  readonly #validMs: number;

  constructor(mono: () => number, validMs: number) {
    this.#mono = mono;
    this.#validMs = validMs;
  }

  begin(order: Order): string {
    const token = newToken();
    this.#waiting.set(token, { order: JSON.stringify(order), until: this.#mono() + this.#validMs });
    const oldest = this.#waiting.keys().next().value;
    if (this.#waiting.size > confirmationsMax && oldest !== undefined) this.#waiting.delete(oldest);
    return token;
  }

  /** Used once, whatever comes of it. */
  isConfirmed(token: string, order: Order): boolean {
    const first = this.#waiting.get(token);
    this.#waiting.delete(token);
    return first !== undefined && first.order === JSON.stringify(order) && this.#mono() < first.until;
  }
}
