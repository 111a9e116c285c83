/** Tones of a Chinese exchange: 450 Hz at -10 dBm (YD/T 1277), and the two frequencies of a dialled digit (ITU-T Q.23). */

const rateHz = 8000;
const toneHz = 450;
/** -10 dBm on a codec whose full scale is +3.14 dBm0. */
const toneLevel = 7200;
const digitLevel = 4500;

const rows = [697, 770, 852, 941];
const columns = [1209, 1336, 1477, 1633];
const keys = '123A456B789C*0#D';

export const tone = (sample: number): number =>
  toneLevel * Math.sin((2 * Math.PI * toneHz * sample) / rateHz);

export function digitTone(digit: string, sample: number): number {
  const key = keys.indexOf(digit);
  if (key < 0) return 0;
  const turn = (2 * Math.PI * sample) / rateHz;
  return digitLevel * (Math.sin(turn * (rows[key >> 2] ?? 0)) + Math.sin(turn * (columns[key & 3] ?? 0)));
}

/** Cadences in milliseconds, on then off. */
const cadences = { dial: [1, 0], ringback: [1000, 4000], busy: [350, 350] } as const;
export type ToneName = keyof typeof cadences;

export function toneIsOn(name: ToneName, sinceMs: number): boolean {
  const [on, off] = cadences[name];
  return sinceMs % (on + off) < on;
}
