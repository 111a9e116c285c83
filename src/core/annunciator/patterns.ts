/**
 * What is heard and seen, as times of on and off. Each tone must be told from the others by ear, on a horn that knows only on
 * and off: critical is almost without pause, major is long beeps, minor a short beep now and then, ringback a double pip far
 * apart, unwell four ticks. Lamps flash in step; the periods of all of them divide two seconds.
 */
import type { Severity } from '../../model/alarm.ts';
import type { MonoMs } from '../../model/units.ts';
import { later } from '../../model/units.ts';

export interface Pattern {
  /** When it is on, from–to, in ms after the beginning of a period; in order, and the first begins at 0. */
  readonly on: readonly (readonly [from: number, to: number])[];
  readonly periodMs: number;
}

/** `unwell`: what sounds is only that linekeeper itself is not well. `ringback`: something is over and waits for a reset. */
export type Tone = Exclude<Severity, 'warning'> | 'unwell' | 'ringback';

export const tones: Readonly<Record<Tone, Pattern>> = {
  critical: { on: [[0, 900]], periodMs: 1000 },
  major: { on: [[0, 500]], periodMs: 1500 },
  minor: { on: [[0, 300]], periodMs: 4000 },
  unwell: {
    on: [
      [0, 100],
      [200, 300],
      [400, 500],
      [600, 700],
    ],
    periodMs: 3000,
  },
  ringback: {
    on: [
      [0, 100],
      [250, 350],
    ],
    periodMs: 10_000,
  },
};

/** A warning is shown, not sounded. */
export const toneOf = (severity: Severity): Exclude<Severity, 'warning'> | undefined =>
  severity === 'warning' ? undefined : severity;

/**
 * `alert`: nobody acknowledged it. `first`: the same, and it came first of its group (double flash). `first-steady`: acknowledged,
 * still there, and the first of its group (slow, mostly on). `returned`: over, waits for a reset, sequence R (slow, mostly off).
 */
export type Show = 'dark' | 'steady' | 'alert' | 'first' | 'first-steady' | 'returned';

export const flashes: Readonly<Record<Exclude<Show, 'dark' | 'steady'>, Pattern>> = {
  alert: { on: [[0, 500]], periodMs: 1000 },
  first: {
    on: [
      [0, 150],
      [300, 450],
    ],
    periodMs: 1000,
  },
  'first-steady': { on: [[0, 1500]], periodMs: 2000 },
  returned: { on: [[0, 500]], periodMs: 2000 },
};

const phaseOf = ({ periodMs }: Pattern, since: MonoMs, at: MonoMs): number => (at - since) % periodMs;

export function isOn(pattern: Pattern, since: MonoMs, at: MonoMs): boolean {
  const phase = phaseOf(pattern, since, at);
  return pattern.on.some(([from, to]) => phase >= from && phase < to);
}

/** The moment at which the pattern switches next. */
export function edge(pattern: Pattern, since: MonoMs, at: MonoMs): MonoMs {
  const phase = phaseOf(pattern, since, at);
  const next = pattern.on.flat().find((moment) => moment > phase) ?? pattern.periodMs;
  return later(at, next - phase);
}
