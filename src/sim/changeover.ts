/**
 * One changeover relay as a thing of iron: it takes time to operate and to release, its contact leaves one side before it
 * reaches the other, and bounces there. It can stick, weld or open. Times are milliseconds of the plant.
 */

/** Contact leaves, contact arrives, in milliseconds after the coil changed. */
const operate = { leaves: 4, arrives: 8.2 } as const;
const release = { leaves: 2, arrives: 4.5 } as const;
/** After its arrival the contact lifts once more for this long. */
const bounce = { after: 0.6, lasts: 0.8 } as const;

export type Contact = 'normal' | 'bypass' | 'between';

/**
 * `stuck`: the armature stays where it is. `welded`: the normal contact never opens again. `open`: the contact reaches
 * neither side. `open-once`: the same until the coil was energised once more.
 */
export const relayFaults = ['sound', 'stuck', 'welded', 'open', 'open-once'] as const;
export type RelayFault = (typeof relayFaults)[number];

export class Changeover {
  #fault: RelayFault = 'sound';
  /** Where the armature goes or is. */
  #energised = false;
  #changedAt = -Infinity;
  /** Where it stood before that. */
  #from: Contact = 'bypass';

  /** Coil current on or off at `at`: the coil output and the coil supply together. */
  power(energised: boolean, at: number): void {
    if (energised === this.#energised) return;
    const now = this.contact(at);
    if (this.#fault === 'open-once' && energised) this.#fault = 'sound';
    this.#from = now;
    this.#energised = energised;
    this.#changedAt = at;
  }

  /** Breaks it, or mends it: a mended armature goes where its coil asks. */
  fail(fault: RelayFault, at: number): void {
    this.#from = this.contact(at);
    this.#changedAt = at;
    this.#fault = fault;
  }

  get fault(): RelayFault {
    return this.#fault;
  }

  /** The side that the coil asks for. */
  get side(): 'normal' | 'bypass' {
    return this.#energised ? 'normal' : 'bypass';
  }

  contact(at: number): Contact {
    if (this.#fault === 'welded') return 'normal';
    if (this.#fault === 'stuck' || this.#from === this.side) return this.#from;
    const since = at - this.#changedAt;
    const times = this.#energised ? operate : release;
    if (since < times.leaves) return this.#from;
    if (since < times.arrives) return 'between';
    if (this.#fault !== 'sound') return 'between';
    const bounced = since - times.arrives - bounce.after;
    return bounced >= 0 && bounced < bounce.lasts ? 'between' : this.side;
  }

  /** Milliseconds from the coil's change to the arrival that it asked for, as read at `at`. */
  moveMs(at: number): number | undefined {
    if (this.contact(at) !== this.side) return undefined;
    if (this.#fault === 'welded' || this.#from === this.side) return 0;
    return (this.#energised ? operate : release).arrives;
  }
}
