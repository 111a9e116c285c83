/** Times and levels of what is judged on a trunk pair and its seat phone beside the line's signal. */

/** A polarity counts on a feed of at least this (the lowest idle voltage in use). */
export const polarityVolts = 18;
/** Seen idle in one polarity for this long: that is how the exchange feeds this pair. */
export const learnMs = 60_000;
/** An exchange turns the polarity for seconds before caller ID, and takes its time to turn it back after a call. */
export const reversedMs = 30_000;

/** A telephone in use draws more. */
export const phoneMilliamps = 5;
/** A phone that was seen in use is believed to work for this long. */
export const phoneFreshMs = 600_000;
/** Off hook in bypass, and no current through the phone for this long. */
export const noCurrentMs = 2_000;
/** Off hook within this after the switch-over: the handset lay off before, nobody has lifted it now. */
export const atSwitchMs = 2_000;
/** Such a phone blocks its trunk from the first second: it is told when nobody has spoken for this long. */
export const atSwitchQuietMs = 10_000;
