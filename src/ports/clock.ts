import type { MonoMs, WallMs } from '../model/units.ts';

/** The only source of time outside the core. `mono` never steps back; `wall` may jump. */
export interface Clock {
  mono(): MonoMs;
  wall(): WallMs;
}

/** Runs `run` once, `ms` from now, unless the function that it returns is called before. */
export type After = (ms: number, run: () => void) => () => void;
