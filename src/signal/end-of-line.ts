/**
 * An input with a resistor at the far end of its wire: what the card measures tells the contact from the wire (EN 50131-1:
 * detection of cut and short). The resistors are those of the installer: the wire's own ohms, the card's ± 10 % and a few
 * kilohms of damp lie well within the bands.
 */

export interface EndOfLine {
  /** Of the whole loop while nothing is wrong, and while the contact tells. */
  readonly normalOhms: number;
  readonly alarmOhms: number;
}

export type LoopReading = 'normal' | 'alarm' | 'cut' | 'short';

/** Below this share of the lower one the wires touch; above so many times the higher one the wire is open. */
const shortShare = 0.4;
const cutTimes = 2.5;

export function readLoop({ normalOhms, alarmOhms }: EndOfLine, ohms: number): LoopReading {
  const low = Math.min(normalOhms, alarmOhms);
  const high = Math.max(normalOhms, alarmOhms);
  if (ohms < low * shortShare) return 'short';
  if (ohms > high * cutTimes) return 'cut';
  const isLow = ohms < Math.sqrt(low * high);
  return isLow === normalOhms < alarmOhms ? 'normal' : 'alarm';
}
