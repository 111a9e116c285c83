/**
 * Who sits at our end of a trunk: a port of the PBX, or a person at a seat phone. Answers a ringing line after a while,
 * hangs up when the far end has gone, seizes the line for a call out.
 */

/** Hears the busy tone this long before hanging up. */
const hearBusyMs = 1500;
/** A port that carries no loop current this long lets go. */
const noCurrentMs = 600;
/** Silence after which a ringing line is taken as given up. */
const ringGapMs = 5500;

export class Party {
  /** Nobody there, or the PBX is dead: it does nothing of its own. */
  isPresent = true;
  /** From the first ring heard to the answer; Infinity: lets it ring. */
  answerMs = 4000;
  #isOffHook = false;
  #rangSince: number | undefined;
  #rangLast = -Infinity;
  #clearedSince: number | undefined;
  #dryAt: number | undefined;
  #hangUpAt = Infinity;

  get isOffHook(): boolean {
    return this.#isOffHook;
  }

  lift(): void {
    this.#isOffHook = true;
    this.#rangSince = undefined;
  }

  hangUp(): void {
    this.#isOffHook = false;
    this.#hangUpAt = Infinity;
    this.#clearedSince = undefined;
    this.#dryAt = undefined;
  }

  /** Ends the present call at `at`. */
  hangUpAt(at: number): void {
    this.#hangUpAt = at;
  }

  /** One millisecond. `isJoined`: the changeover joins this party to the trunk. */
  step(at: number, isJoined: boolean, rings: boolean, isCleared: boolean, hasFeed: boolean): void {
    if (!this.isPresent) return;
    if (this.#isOffHook) {
      this.#clearedSince = isJoined && isCleared ? (this.#clearedSince ?? at) : undefined;
      this.#dryAt = isJoined && hasFeed ? undefined : (this.#dryAt ?? at);
      const hasGone = this.#clearedSince !== undefined && at - this.#clearedSince > hearBusyMs;
      const isDry = this.#dryAt !== undefined && at - this.#dryAt > noCurrentMs;
      if (hasGone || isDry || at >= this.#hangUpAt) this.hangUp();
      return;
    }
    if (!isJoined || at - this.#rangLast > ringGapMs) this.#rangSince = undefined;
    if (isJoined && rings) {
      this.#rangLast = at;
      this.#rangSince ??= at;
    }
    if (this.#rangSince !== undefined && at - this.#rangSince >= this.answerMs) this.lift();
  }
}
