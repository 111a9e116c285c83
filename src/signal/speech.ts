/**
 * Tells whether somebody speaks on a line: level against a noise floor that follows the line, and no pure tone (dial,
 * ringback and busy tone are not people). Decides on 20 ms of 8 kHz samples at a time. It is a help for timing (how long a
 * call in progress is waited for), never a reason to record or not.
 */

/** Speech stands at least this far above the noise of the line. */
const aboveFloorDb = 9;
/** Quieter than this is nobody, whatever the floor says (0 dB: full scale). */
const levelDbMin = -48;
const floorDbMin = -75;
/** The floor falls at once towards a quieter frame and rises slowly, so that speech does not lift it. */
const floorFall = 0.3;
const floorRiseDbPerFrame = 0.06;
/** Share of the energy that two samples before do not foretell; a single sine leaves next to nothing. */
const toneResidueMax = 0.03;
/** Frames that must be speech out of the last `windowFrames`. */
const speechFramesMin = 4;
const windowFrames = 8;

export class SpeechDetector {
  #floorDb = -55;
  /** One bit a frame, newest lowest. */
  #recent = 0;

  /** True while speech is heard; call with each frame in turn. */
  hears(samples: Int16Array): boolean {
    const levelDb = levelOf(samples);
    const stands = levelDb > levelDbMin && levelDb > this.#floorDb + aboveFloorDb;
    if (levelDb < this.#floorDb) this.#floorDb += (Math.max(levelDb, floorDbMin) - this.#floorDb) * floorFall;
    else this.#floorDb = Math.min(levelDb, this.#floorDb + floorRiseDbPerFrame);
    const isSpeech = stands && !isTone(samples);
    this.#recent = ((this.#recent << 1) | (isSpeech ? 1 : 0)) & ((1 << windowFrames) - 1);
    return ones(this.#recent) >= speechFramesMin;
  }
}

function levelOf(samples: Int16Array): number {
  let sum = 0;
  let squares = 0;
  for (const sample of samples) {
    sum += sample;
    squares += sample * sample;
  }
  const count = Math.max(1, samples.length);
  const variance = squares / count - (sum / count) ** 2;
  return 10 * Math.log10(Math.max(variance, 1e-3) / 32768 ** 2);
}

/** A sine obeys x[n] = a·x[n−1] − x[n−2] exactly: fit `a`, look at what is left. */
function isTone(samples: Int16Array): boolean {
  let cross = 0;
  let middle = 0;
  for (let index = 2; index < samples.length; index++) {
    const previous = samples[index - 1] ?? 0;
    cross += previous * ((samples[index] ?? 0) + (samples[index - 2] ?? 0));
    middle += previous * previous;
  }
  if (middle === 0) return false;
  const a = cross / middle;
  let residue = 0;
  for (let index = 2; index < samples.length; index++) {
    const rest = (samples[index] ?? 0) - a * (samples[index - 1] ?? 0) + (samples[index - 2] ?? 0);
    residue += rest * rest;
  }
  return residue < toneResidueMax * middle * toneGain(a);
}

/** Noise passes the fitted filter stronger at some frequencies than at others: 2 + a² is its gain for white noise. */
const toneGain = (a: number): number => (2 + a * a) / 3;

function ones(bits: number): number {
  let count = 0;
  for (let rest = bits; rest !== 0; rest &= rest - 1) count++;
  return count;
}
