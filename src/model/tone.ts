/** What 20 ms of a channel sound like, as far as a dial-tone test must know. */

/** Length of one piece of sound that is judged. */
export const soundMs = 20;

export type Sound =
  /** One of the dial tones that are looked for, and nothing beside it. */
  | {
      readonly kind: 'dial';
      /** One frequency, or the two of a mixed tone: as it should be, and as measured once there was enough of it. */
      readonly hz: readonly number[];
      /** dBm0. */
      readonly levelDbm: number;
    }
  /** A tone that is never a dial tone (the two of the North American busy tone). */
  | { readonly kind: 'refusal' }
  /** Speech, music, noise, another tone. */
  | { readonly kind: 'other' }
  | { readonly kind: 'silence' };
