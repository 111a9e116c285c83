/** Times and levels of the dial-tone test. The spare channel is on a PBX's extension: its bell may ring like any other. */

/** Ring (state-machines.md, "Line"): the silence between two bursts is no idle extension. */
export const ringVoltsMin = 20;
export const ringHzMin = 16;
export const ringHzMax = 60;
/** It was seen on hook, without ring, for this long before it is seized: one ring period and a second. */
export const quietMs = 6_000;
/** On hook with us off the pair: 24 V feeds are the lowest in use. Lower and somebody else holds the pair. */
export const onHookVolts = 14;
/** Below this there is no feed. */
export const emptyVolts = 3;
export const emptyMs = 2_000;
/** Readings older than this are no readings. */
export const freshMs = 500;

/** Current of a closed loop; extensions carry 18 mA and more. */
export const loopMilliamps = 5;
/** From the order to seize to the current. */
export const closeMs = 1_000;
/** From the current to the first of the tone (state-machines.md: none in 3 s). */
export const toneMs = 3_000;
/** A tone that has begun in time is followed this much longer. */
export const followMs = 1_000;
/** A port that lets go of us: current gone for this long. */
export const droppedMs = 300;
/** Whatever happens, the hook is released after this. The card's own timer (`cardLimitMs`) stands behind it. */
export const seizedMsMax = 5_000;
export const cardLimitMs = 6_000;
/** The loop must be open again this long after the order to release. */
export const openMs = 1_000;

/** So much tone, with gaps no longer than `stutterMs`, is dial tone: no busy tone in use is on for as long. */
export const dialMs = 1_000;
/** Gaps of the special dial tones (China 40 ms, North America 100 ms). */
export const stutterMs = 120;
/** On and off times of busy and congestion tones. */
export const busyMsMin = 140;
export const busyMsMax = 900;
export const busyBursts = 2;
/** Of the North American busy tone, which has frequencies of its own. */
export const refusalMs = 400;
/** Share of the pieces of sound that must have arrived, or the card's silence would be taken for the PBX's. */
export const heardShareMin = 0.5;
/** Sound that is no tone, so that the reason may name it. */
export const otherMs = 500;
