/**
 * Fixed levels of the subscriber loop (state-machines.md, "Line"), shared by the follower that thins the readings out
 * and by the core that judges them: what one of them calls a change, the other must get to see.
 */

/** Below this there is no feed: cut, short or dead exchange, which voltage alone cannot tell apart. */
export const emptyVolts = 3;
/** From here on a dead line has feed again. */
export const aliveVolts = 6;

const ringVoltsOver = 20;
const ringHzMin = 16;
const ringHzMax = 60;
/** The card's ring level is an rms over this window; it follows a burst's begin and end that much late. */
export const ringWindowMs = 100;

export const isRing = (ringVolts: number, ringHz: number): boolean =>
  ringVolts > ringVoltsOver && ringHz >= ringHzMin && ringHz <= ringHzMax;
