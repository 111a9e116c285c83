/**
 * Hears the dial tone of a PBX on 20 ms of 8 kHz samples at a time: the share of the energy that lies at a tone's
 * frequencies (Goertzel), so that speech and noise of any level are not taken for it, and its level and frequency.
 *
 * Tones: China 450 ± 25 Hz (GB 3380), most of Europe 425 ± 15 Hz (ETSI TR 101 041), North America 350 + 440 Hz, whose busy
 * tone is 480 + 620 Hz. Everywhere else busy tone is dial tone that is interrupted: that is for whoever follows the sounds.
 *
 * A piece takes 6 µs (bench/dial-tone.ts), so it runs where the samples arrive, while a test lasts.
 */
import type { Sound } from '../model/tone.ts';

const rateHz = 8000;
/** Level of a sine of full scale on an A-law codec (ITU-T G.711). */
const fullScaleDbm = 3.14;
/** Quieter is silence. Crosstalk of a neighbour's dial tone lies below. */
const silenceDbm = -50;
/** A dial tone that nobody would hear is none. */
const toneDbmMin = -38;
/** Share of the energy that must lie at the tone. One bin of 20 ms holds less than 2 % of white noise. */
const shareMin = 0.7;
/** Of a mixed tone each part must be there. */
const partShareMin = 0.15;
/** A bin of 20 ms is 50 Hz wide: with these three a tone that is up to 30 Hz off still shows four fifths of its energy. */
const offsetsHz = [-20, 0, 20] as const;
const refusalHz = [480, 620] as const;
/** The frequency is measured on so many samples of unbroken tone (160 ms: bins of 6 Hz). */
const measuredSamples = 1280;
const measuredStepHz = 5;
const measuredReachHz = 30;

export class DialToneEar {
  readonly #tones: readonly (readonly number[])[];
  readonly #kept = new Float64Array(measuredSamples);
  #piece = new Float64Array(0);
  #filled = 0;
  #tone: readonly number[] | undefined;
  #measured: readonly number[] | undefined;

  /** `tones`: those that count as dial tone, each with its one or two frequencies. */
  constructor(tones: readonly (readonly number[])[]) {
    this.#tones = tones;
  }

  /** The next piece: `count` samples of `samples` from index `from` on. */
  hears(samples: Int16Array, from: number, count: number): Sound {
    const { energy, levelDbm } = this.#take(samples, from, count);
    if (levelDbm < silenceDbm) return this.#no({ kind: 'silence' });
    const found = this.#toneIn(energy);
    if (found !== undefined && levelDbm >= toneDbmMin) {
      this.#follow(found);
      return { kind: 'dial', hz: this.#measured ?? found, levelDbm };
    }
    return this.#no({ kind: isMixed(this.#piece, refusalHz, energy) ? 'refusal' : 'other' });
  }

  #no(sound: Sound): Sound {
    this.#tone = undefined;
    this.#measured = undefined;
    this.#filled = 0;
    return sound;
  }

  /** Without its mean: a codec's offset is no sound. */
  #take(
    samples: Int16Array,
    from: number,
    count: number,
  ): { readonly energy: number; readonly levelDbm: number } {
    if (this.#piece.length !== count) this.#piece = new Float64Array(count);
    const piece = this.#piece;
    let sum = 0;
    for (let i = 0; i < count; i++) sum += samples[from + i] ?? 0;
    const mean = sum / Math.max(1, count);
    let energy = 0;
    for (let i = 0; i < count; i++) {
      const value = (samples[from + i] ?? 0) - mean;
      piece[i] = value;
      energy += value * value;
    }
    const ofFullScale = (2 * energy) / (Math.max(1, count) * 32_768 ** 2);
    return { energy, levelDbm: 10 * Math.log10(Math.max(ofFullScale, 1e-12)) + fullScaleDbm };
  }

  /** The tone with the greatest share: 425 and 450 Hz both catch each other's. */
  #toneIn(energy: number): readonly number[] | undefined {
    let best: readonly number[] | undefined;
    let bestShare = shareMin;
    for (const tone of this.#tones) {
      const share = tone.length === 1 ? shareAround(this.#piece, tone[0] ?? 0, energy) : 0;
      if (tone.length > 1 ? best === undefined && isMixed(this.#piece, tone, energy) : share >= bestShare) {
        best = tone;
        bestShare = Math.max(bestShare, share);
      }
    }
    return best;
  }

  #follow(tone: readonly number[]): void {
    if (this.#tone === undefined || this.#tone.length !== tone.length) {
      this.#tone = tone;
      this.#filled = 0;
      this.#measured = undefined;
    }
    const room = measuredSamples - this.#filled;
    if (room <= 0) return;
    this.#kept.set(this.#piece.subarray(0, room), this.#filled);
    this.#filled += Math.min(room, this.#piece.length);
    if (this.#filled === measuredSamples) this.#measured = this.#tone.map((hz) => this.#peakNear(hz));
  }

  #peakNear(hz: number): number {
    let best = hz;
    let most = -1;
    for (let offset = -measuredReachHz; offset <= measuredReachHz; offset += measuredStepHz) {
      const power = powerAt(this.#kept, hz + offset);
      if (power > most) [best, most] = [hz + offset, power];
    }
    const [below, above] = [
      powerAt(this.#kept, best - measuredStepHz),
      powerAt(this.#kept, best + measuredStepHz),
    ];
    const bend = below - 2 * most + above;
    return Math.round(best + (bend === 0 ? 0 : (measuredStepHz * (below - above)) / (2 * bend)));
  }
}

const shareAround = (piece: Float64Array, hz: number, energy: number): number =>
  Math.max(...offsetsHz.map((offset) => shareAt(piece, hz + offset, energy)));

function isMixed(piece: Float64Array, tone: readonly number[], energy: number): boolean {
  let sum = 0;
  for (const hz of tone) {
    const share = shareAt(piece, hz, energy);
    if (share < partShareMin) return false;
    sum += share;
  }
  return sum >= shareMin;
}

/** 1 for a sine of exactly this frequency. */
const shareAt = (piece: Float64Array, hz: number, energy: number): number =>
  energy === 0 ? 0 : (2 * powerAt(piece, hz)) / (piece.length * energy);

/** Goertzel: squared magnitude of the spectrum at one frequency. */
function powerAt(piece: Float64Array, hz: number): number {
  const coefficient = 2 * Math.cos((2 * Math.PI * hz) / rateHz);
  let before = 0;
  let last = 0;
  for (const sample of piece) {
    const next = sample + coefficient * last - before;
    before = last;
    last = next;
  }
  return before * before + last * last - coefficient * before * last;
}
