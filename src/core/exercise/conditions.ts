/** What of the exercises needs a person: failures until one passes, and lines that nobody exercised for too long. */
import type { Condition } from '../../model/alarm.ts';
import type { MonoMs } from '../../model/units.ts';
import { elapsedMs } from '../../model/units.ts';
import { text } from '../../model/text.ts';
import type { ExerciseState } from './step.ts';

/** Overdue after so many intervals without an exercise that passed. */
const overdueFactor = 1.5;
/** More lines than this are counted, not named. */
const namedMax = 8;

export function conditions({ config, results, knownSince }: ExerciseState, at: MonoMs): Condition[] {
  const found = config.lines.flatMap(({ id }): Condition[] =>
    (['relay', 'phone'] as const).flatMap((what): Condition[] => {
      const result = results[id]?.[what];
      if (result?.passed !== false) return [];
      return [
        {
          key: { subject: id, type: 'bypass.exercise-failed', qualifier: what },
          state: 'active',
          detail: result.why,
        },
      ];
    }),
  );
  const { everyMs } = config;
  if (everyMs === undefined) return found;
  const overdue = config.lines.filter(({ id }) => {
    const last = results[id]?.relay;
    const since = last?.passed === true ? last.at : (knownSince[id] ?? at);
    return last?.passed !== false && elapsedMs(since, at) >= everyMs * overdueFactor;
  });
  if (overdue.length === 0) return found;
  const names = overdue.slice(0, namedMax).map(({ id }) => id);
  const more = overdue.length > namedMax ? [`+${overdue.length - namedMax}`] : [];
  return [
    ...found,
    {
      key: { subject: 'room', type: 'bypass.exercise-overdue', qualifier: '' },
      state: 'active',
      detail: text([...names, ...more].join('、'), [...names, ...more].join(', ')),
    },
  ];
}
