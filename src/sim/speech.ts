/**
 * Two people talking, made of nothing but arithmetic: syllables of a noisy onset and a vowel, vowels from a pulse train
 * through three formant resonators (Klatt, JASA 67, 1980, much reduced), phrases, pauses, turns. It sounds like speech
 * through a wall, follows no copyright, and never repeats within a call, so that a recording can be compared with it.
 */
import type { Chance } from './chance.ts';
import { between, chance } from './chance.ts';

const rateHz = 8000;

interface Voice {
  readonly pitchHz: number;
  /** Formants of a longer or shorter throat. */
  readonly scale: number;
  readonly level: number;
}
const voices: readonly [Voice, Voice] = [
  { pitchHz: 118, scale: 1, level: 2600 },
  { pitchHz: 205, scale: 1.17, level: 2300 },
];
/** First three formants in hertz. */
const vowels: readonly (readonly [number, number, number])[] = [
  [730, 1090, 2440],
  [530, 1840, 2480],
  [270, 2290, 3010],
  [570, 840, 2410],
  [300, 870, 2240],
  [490, 1350, 1690],
  [640, 1190, 2390],
];
const bandwidthsHz = [90, 120, 170] as const;
const formantGains = [1, 0.9, 0.7] as const;

/** Two-pole resonator with unit gain at its peak. */
class Resonator {
  #a = 0;
  #b = 0;
  #gain = 0;
  #y1 = 0;
  #y2 = 0;

  tune(hz: number, bandwidthHz: number): void {
    const radius = Math.exp((-Math.PI * bandwidthHz) / rateHz);
    const angle = (2 * Math.PI * Math.min(hz, 3600)) / rateHz;
    this.#a = 2 * radius * Math.cos(angle);
    this.#b = -radius * radius;
    this.#gain = (1 - radius) * Math.sqrt(1 - 2 * radius * Math.cos(2 * angle) + radius * radius);
  }

  next(input: number): number {
    const y = this.#gain * input + this.#a * this.#y1 + this.#b * this.#y2;
    this.#y2 = this.#y1;
    this.#y1 = y;
    return y;
  }
}

export class Conversation {
  readonly #random: Chance;
  readonly #formants = [new Resonator(), new Resonator(), new Resonator()] as const;
  readonly #fricative = new Resonator();
  #voice: Voice = voices[0];
  #turn = 0;
  /** Syllables left in this phrase, phrases left in this turn. */
  #syllables = 0;
  #phrases = 0;
  /** Samples left of silence, of the onset and of the vowel. */
  #pause = 0;
  #onset = 0;
  #vowel = 0;
  #vowelLength = 1;
  #phase = 0;
  #pitchHz = 120;
  #pitchSlope = 0;
  #before = 0;

  constructor(seed: number) {
    this.#random = chance(seed);
    this.#startTurn();
  }

  next(): number {
    if (this.#pause > 0) {
      this.#pause--;
      return 0;
    }
    if (this.#onset > 0) {
      this.#onset--;
      return this.#fricative.next((this.#random() - 0.5) * 3) * this.#voice.level * 0.5;
    }
    if (this.#vowel > 0) {
      this.#vowel--;
      return this.#voiced();
    }
    this.#startSyllable();
    return 0;
  }

  #voiced(): number {
    const done = 1 - this.#vowel / this.#vowelLength;
    const loudness = Math.min(1, done * 8, (1 - done) * 4);
    this.#phase += this.#pitchHz / rateHz;
    this.#pitchHz += this.#pitchSlope;
    if (this.#phase >= 1) this.#phase -= 1;
    // The change of a glottal flow that closes faster than it opens (what the lips radiate), plus a little breath: the
    // energy of a telephone's 300 to 3400 Hz, not of a hum.
    const open =
      this.#phase < 0.35 ? Math.sin((Math.PI * this.#phase) / 0.35) : this.#phase < 0.45 ? -3.5 : 0;
    const source = open + (this.#random() - 0.5) * 0.4;
    const pressed = source - 0.9 * this.#before;
    this.#before = source;
    let sum = 0;
    for (let i = 0; i < 3; i++) sum += (this.#formants[i]?.next(pressed) ?? 0) * (formantGains[i] ?? 0);
    return sum * loudness * this.#voice.level * 3;
  }

  #startTurn(): void {
    this.#turn++;
    this.#voice = voices[this.#turn % 2 === 1 ? 0 : 1];
    this.#phrases = 1 + Math.floor(this.#random() * 3);
    this.#pause = Math.round(between(this.#random, 0.25, 0.7) * rateHz);
    this.#startPhrase();
  }

  #startPhrase(): void {
    this.#syllables = 4 + Math.floor(this.#random() * 9);
    this.#pitchHz = this.#voice.pitchHz * between(this.#random, 1.0, 1.2);
  }

  #startSyllable(): void {
    if (this.#syllables === 0) {
      this.#phrases--;
      if (this.#phrases <= 0) {
        this.#startTurn();
        return;
      }
      this.#pause = Math.round(between(this.#random, 0.15, 0.4) * rateHz);
      this.#startPhrase();
      return;
    }
    this.#syllables--;
    const random = this.#random;
    this.#onset = Math.round(between(random, 0.01, 0.05) * rateHz);
    this.#vowel = Math.round(between(random, 0.09, 0.2) * rateHz);
    this.#vowelLength = this.#vowel;
    const target = this.#voice.pitchHz * between(random, 0.85, 1.2);
    this.#pitchSlope = (target - this.#pitchHz) / this.#vowel;
    const formants = vowels[Math.floor(random() * vowels.length)] ?? [500, 1500, 2500];
    this.#formants.forEach((formant, i) => {
      formant.tune((formants[i] ?? 500) * this.#voice.scale, bandwidthsHz[i] ?? 100);
    });
    this.#fricative.tune(between(random, 1800, 3400), 700);
  }
}
