/** Every time and level of the line table (state-machines.md, "Line"), with its unit. Fixed loop levels: `model/loop.ts`. */

/** AC of ring frequency for this long is ringing. */
export const ringMs = 100;
/** Shorter bursts do not count as a ring: caller-ID alerts and splashes. */
export const burstMsMin = 200;
/** No burst for this long after the last one: the caller gave up. */
export const abandonMs = 6_000;
/** The off-hook band must hold this long. */
export const offHookMs = 50;
export const pulseMsMin = 15;
export const pulseMsMax = 100;
/**
 * A break is over when the loop has carried current again for this long. Shorter, and a feed that drops to nothing
 * through the off-hook band would end it; the shortest make of a 10 pulses-a-second dial (38 ms) is well above.
 */
export const makeMsMin = 10;
/** A digit is complete after this pause; exchanges demand 250 ms and more between digits, makes last 33 to 50 ms. */
export const digitGapMs = 200;
export const pulsesPerDigitMax = 10;
/** Digits kept of one call. */
export const digitsMax = 64;
/** The other polarity must hold this long to be a reversal. */
export const polarityMs = 50;
/** Below `emptyVolts` for this long is dead; anything shorter is an exchange's own gap. */
export const deadMs = 2_000;
/** At `aliveVolts` or more for this long is alive again. */
export const aliveMs = 1_000;
/** Card frames are reported missing after this silence, so the last valid one is that much older. */
export const framesLostMs = 500;
/** An open call survives a silent card for this long. */
export const keepMs = 10_000;
/** After a relay moved nothing is believed for this long: contact bounce and the 1 to 5 ms in which both sides are open. */
export const blankMs = 100;
/** A relay is reported this much after it may have begun to move (the card's own fault limit). */
export const movingMs = 100;
/** From a line that we see for the first time: this long in one band decides. */
export const firstLookMs = 50;
/**
 * A level holds until the next reading, and readings reach us a frame (20 ms) and the link's delay late. So a turn
 * judges what was true this long ago; judged at once, a hook change still on its way would be read as a level that held.
 */
export const frameSlackMs = 60;

export const idleVoltsDefault = 48;
export const idleVoltsMin = 18;
export const idleVoltsMax = 75;
/** The idle voltage is learned from a level that stays within ± this … */
export const steadyVolts = 2;
/** … for this long. */
export const learnMs = 2_000;
/** See `endUnlearned` in off-hook.ts. */
export const unlearnedMs = 10_000;

/** Off hook below this. A 48 V feed: 19.2 V; a 24 V feed: 14 V. */
export const offVolts = (idleVolts: number): number => Math.max(14, (2 * idleVolts) / 5);
/** On hook above this. A 48 V feed: 28.8 V; a 24 V feed: 18 V. */
export const onVolts = (idleVolts: number): number => Math.max(offVolts(idleVolts) + 4, (3 * idleVolts) / 5);
