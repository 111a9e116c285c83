/** What an exercise of a line's bypass has shown. */
import type { MonoMs } from './units.ts';
import type { Text } from './text.ts';

/** 1: the relay goes over and back, proved by the taps. 2: and somebody lifts the phone. */
export type ExerciseLevel = 1 | 2;

export interface ExerciseResult {
  readonly at: MonoMs;
  readonly passed: boolean;
  readonly why: Text;
}
/** The newest of each level; absent: never. */
export interface ExerciseResults {
  readonly relay?: ExerciseResult;
  readonly phone?: ExerciseResult;
}
