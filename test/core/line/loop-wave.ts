/**
 * A subscriber loop as the tap sees it, in 1 ms steps, measured as the card measures it: 5 ms means, and rms and
 * frequency of the AC over the last 100 ms, in frames of 20 ms. The frames arrive late, as over a real link.
 */
import type { ChannelReading } from '../../../src/ports/line-card.ts';
import { LoopFollower } from '../../../src/signal/loop.ts';
import type { LoopReading } from '../../../src/model/event.ts';
import type { MonoMs } from '../../../src/model/units.ts';
import { monoMs } from '../../../src/model/units.ts';
import type { Scene } from './scene.ts';

const frameMs = 20;
const windowMs = 100;
const linkMs = 32;

export class LoopWave {
  readonly #volts: number[] = [];
  #level: number;
  #hum: { volts: number; hz: number } | undefined;

  constructor(level: number) {
    this.#level = level;
  }
  get now(): number {
    return this.#volts.length;
  }
  /** The DC from here on; the loop's own capacity smooths the edge a little. */
  level(volts: number): this {
    this.#level = volts;
    return this;
  }
  hum(volts: number, hz: number): this {
    this.#hum = { volts, hz };
    return this;
  }
  for(ms: number, ringRms = 0, ringHz = 25): this {
    for (let step = 0; step < ms; step++) {
      const seconds = this.now / 1000;
      const ac = ringRms * Math.SQRT2 * Math.sin(2 * Math.PI * ringHz * (step / 1000));
      const hum = this.#hum;
      const noise =
        hum === undefined ? 0 : hum.volts * Math.SQRT2 * Math.sin(2 * Math.PI * hum.hz * seconds + 1);
      this.#volts.push(this.#level + ac + noise);
    }
    return this;
  }
  until(ms: number): this {
    return this.for(ms - this.now);
  }
  pulses(digits: string, on: number, off: number, breakMs = 62, makeMs = 38): this {
    for (const digit of digits) {
      for (let pulse = 0; pulse < (Number(digit) || 10); pulse++)
        this.level(on).for(breakMs).level(off).for(makeMs);
      this.for(600);
    }
    return this;
  }

  frames(): { at: number; channel: ChannelReading }[] {
    const frames = [];
    for (let at = frameMs; at <= this.now; at += frameMs) {
      const mean = (from: number, to: number): number =>
        this.#volts.slice(from, to).reduce((sum, volts) => sum + volts, 0) / (to - from);
      const start = Math.max(0, at - windowMs);
      const window = this.#volts.slice(start, at);
      const dc = mean(start, at);
      const rms = Math.sqrt(window.reduce((sum, volts) => sum + (volts - dc) ** 2, 0) / window.length);
      const crossings = window.flatMap((volts, i) =>
        i > 0 && volts - dc > 0 !== (window[i - 1] ?? 0) - dc > 0 ? [i] : [],
      );
      const spanMs = (crossings.at(-1) ?? 0) - (crossings[0] ?? 0);
      const hz = spanMs === 0 ? 0 : ((crossings.length - 1) * 1000) / (2 * spanMs);
      const isAc = hz >= 16 && hz <= 60;
      const round = (volts: number): number => Math.round(volts * 10) / 10;
      frames.push({
        at,
        channel: {
          volts: [
            round(mean(at - 20, at - 15)),
            round(mean(at - 15, at - 10)),
            round(mean(at - 10, at - 5)),
            round(mean(at - 5, at)),
          ] as const,
          milliamps: Math.abs(this.#volts[at - 1] ?? 0) < 15 ? 22 : 0,
          ringVolts: isAc ? round(rms) : 0,
          ringHz: isAc ? hz : 0,
        },
      });
    }
    return frames;
  }

  /** Through the follower into the line, with turns of the guard in between as they come. Returns the events passed. */
  play(scene: Scene): number {
    let passed = 0;
    const follower = new LoopFollower((at: MonoMs, reading: LoopReading) => {
      passed++;
      scene.put({ kind: 'loop', at, ...reading });
    });
    for (const { at, channel } of this.frames()) {
      scene.turn(at + linkMs - 10);
      follower.frame(monoMs(at), channel);
      scene.turn(at + linkMs);
    }
    return passed;
  }
}
