/** What guard.json keeps of the exercises: results with their ages, and how long each line has been known. */
import type { ExerciseResult, ExerciseResults } from '../../model/exercise.ts';
import type { LineId } from '../../model/ids.ts';
import type { MonoMs } from '../../model/units.ts';
import { elapsedMs, later } from '../../model/units.ts';
import type { ExerciseConfig, ExerciseState } from './step.ts';

type SavedResult = Omit<ExerciseResult, 'at'> & { readonly ageMs: number };
export type SavedExercises = Readonly<
  Record<LineId, { readonly knownMs: number; readonly relay?: SavedResult; readonly phone?: SavedResult }>
>;

/** Lines that have no relay any more are forgotten. */
export function initial(
  config: ExerciseConfig,
  saved: SavedExercises | undefined,
  { now, savedAt }: { readonly now: MonoMs; readonly savedAt: MonoMs },
): ExerciseState {
  const results: Record<LineId, ExerciseResults> = {};
  const knownSince: Record<LineId, MonoMs> = {};
  for (const { id } of config.lines) {
    const own = saved?.[id];
    knownSince[id] = own === undefined ? now : later(savedAt, -own.knownMs);
    if (own?.relay === undefined && own?.phone === undefined) continue;
    results[id] = {
      ...(own.relay === undefined ? {} : { relay: restored(own.relay, savedAt) }),
      ...(own.phone === undefined ? {} : { phone: restored(own.phone, savedAt) }),
    };
  }
  return { config, waiting: [], results, knownSince };
}

const restored = ({ ageMs, ...result }: SavedResult, savedAt: MonoMs): ExerciseResult => ({
  ...result,
  at: later(savedAt, -ageMs),
});

const kept = ({ at, ...result }: ExerciseResult, now: MonoMs): SavedResult => ({
  ...result,
  ageMs: elapsedMs(at, now),
});

export const saved = ({ config, results, knownSince }: ExerciseState, now: MonoMs): SavedExercises =>
  Object.fromEntries(
    config.lines.map(({ id }) => {
      const { relay, phone } = results[id] ?? {};
      return [
        id,
        {
          knownMs: elapsedMs(knownSince[id] ?? now, now),
          ...(relay === undefined ? {} : { relay: kept(relay, now) }),
          ...(phone === undefined ? {} : { phone: kept(phone, now) }),
        },
      ];
    }),
  );
