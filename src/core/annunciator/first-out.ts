/**
 * Sequence F3A: which alarm of a group came first. Its lamp flashes unlike the others, and keeps a slow mark when it has been
 * acknowledged, so that who comes later still sees where it began. The mark never moves on to an alarm that came later; only
 * evidence that proves to be older takes it, and only while nobody has acknowledged anything on its word. It ends by the first-out
 * reset, or when the group is dark again. An alarm that comes then is first anew.
 */
import type { MonoMs } from '../../model/units.ts';
import type { Window, Windows } from './windows.ts';

interface Mark {
  readonly id: string;
  readonly since: MonoMs;
  /** It was acknowledged, or is over: nothing takes the mark from it. */
  readonly isSettled: boolean;
}

/** By group. */
export type Marks = Readonly<Record<string, Mark>>;
export const noMarks: Marks = {};

export function marked(before: Marks, { all, alerted }: Windows): Marks {
  const next: Record<string, Mark> = {};
  const lit = new Set(
    [...all.values()].flatMap(({ group, state }) => (group === undefined || state === 'dark' ? [] : [group])),
  );
  for (const group of lit) {
    const mark = firstOf(
      before[group],
      alerted.filter((window) => window.group === group),
      all,
    );
    if (mark !== undefined) next[group] = mark;
  }
  return next;
}

function firstOf(
  mark: Mark | undefined,
  alerted: readonly Window[],
  all: ReadonlyMap<string, Window>,
): Mark | undefined {
  const oldest = alerted.toSorted((a, b) => a.since - b.since || a.number - b.number)[0];
  if (mark === undefined)
    return oldest === undefined ? undefined : { id: oldest.id, since: oldest.since, isSettled: false };
  const isSettled = mark.isSettled || all.get(mark.id)?.state !== 'alert';
  if (isSettled) return mark.isSettled ? mark : { ...mark, isSettled };
  return oldest !== undefined && oldest.since < mark.since
    ? { id: oldest.id, since: oldest.since, isSettled: false }
    : mark;
}

export const marksOf = (marks: Marks): ReadonlySet<string> =>
  new Set(Object.values(marks).map(({ id }) => id));
