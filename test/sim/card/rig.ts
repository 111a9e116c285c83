/** The virtual room without a card: stepped by the test, everything that the taps carry kept. */
import { lineFrame } from '../../../firmware-bridge/codec/stream.ts';
import { Plant, samplesPerMs } from '../../../src/sim/plant.ts';
import type { LineHappening } from '../../../src/sim/plant-line.ts';

const frameMs = 20;
const stride = frameMs * samplesPerMs;

export class PlantRig {
  readonly happened: { line: number; what: LineHappening; at: number }[] = [];
  readonly plant: Plant;
  /** Samples of line 1. */
  readonly heard: number[] = [];
  /** Of line 1, one a frame. */
  readonly readings: {
    at: number;
    volts: readonly number[];
    milliamps: number;
    ringVolts: number;
    ringHz: number;
  }[] = [];
  readonly #audio: Int16Array;
  readonly #channel = lineFrame().channel[0];

  constructor(seed = 1, lines = 2) {
    this.#audio = new Int16Array(lines * stride);
    this.plant = new Plant({
      lines,
      seed,
      pbxContact: 1,
      happened: (line, what, at) => this.happened.push({ line, what, at }),
    });
  }

  run(ms: number): void {
    const end = this.plant.now + ms;
    while (this.plant.now < end) {
      const inFrame = this.plant.now % frameMs;
      if (inFrame === 0) this.#audio.fill(0);
      this.plant.step(this.#audio, stride, inFrame * samplesPerMs);
      if (inFrame === frameMs - 1) {
        this.heard.push(...this.#audio.subarray(0, stride));
        const channel = this.#channel;
        if (channel === undefined) continue;
        this.plant.line(1).read(this.plant.now, channel);
        const { volts, milliamps, ringVolts, ringHz } = channel;
        this.readings.push({ at: this.plant.now, volts: [...volts], milliamps, ringVolts, ringHz });
      }
    }
  }

  energise(): void {
    this.plant.lines.forEach((_, i) => {
      this.plant.setCoil(i, true);
    });
    this.run(200);
  }

  /** Moments at which something happened on line 1. */
  when(what: LineHappening): number[] {
    return this.happened.filter((one) => one.line === 1 && one.what === what).map(({ at }) => at);
  }

  /** Root mean square of line 1 between two moments. */
  level(from: number, to: number): number {
    const samples = this.heard.slice(from * samplesPerMs, to * samplesPerMs);
    return Math.sqrt(samples.reduce((sum, one) => sum + one * one, 0) / Math.max(1, samples.length));
  }
}

/** Share of the energy of `samples` that lies at `hz` (Goertzel). */
export function shareAt(hz: number, samples: readonly number[]): number {
  const coefficient = 2 * Math.cos((2 * Math.PI * hz) / 8000);
  let [s1, s2, energy] = [0, 0, 0];
  for (const sample of samples) {
    const s0 = sample + coefficient * s1 - s2;
    s2 = s1;
    s1 = s0;
    energy += sample * sample;
  }
  const power = s1 * s1 + s2 * s2 - coefficient * s1 * s2;
  return energy === 0 ? 0 : (2 * power) / (samples.length * energy);
}
