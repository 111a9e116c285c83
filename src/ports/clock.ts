import type { MonoMs, WallMs } from '../model/units.ts';

/** The only source of time outside the core. `mono` never steps back; `wall` may jump. */
export interface Clock {
  mono(): MonoMs;
  wall(): WallMs;
}
