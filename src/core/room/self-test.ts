/**
 * How long ago a person last proved lamp and horn. What is never tried is found broken when it is needed; the moment is kept
 * through restarts, and a room where nobody ever tried them is overdue from the beginning.
 */
import type { Condition } from '../../model/alarm.ts';
import type { MonoMs } from '../../model/units.ts';
import { elapsedMs, later } from '../../model/units.ts';
import { text } from '../../model/text.ts';

export interface SavedSelfTest {
  readonly ageMs: number;
}

const dayMs = 86_400_000;

export const selfTestAt = (saved: SavedSelfTest | undefined, savedAt: MonoMs): MonoMs | undefined =>
  saved === undefined ? undefined : later(savedAt, -saved.ageMs);

export const savedSelfTest = (testedAt: MonoMs | undefined, at: MonoMs): SavedSelfTest | undefined =>
  testedAt === undefined ? undefined : { ageMs: elapsedMs(testedAt, at) };

export function selfTestConditions(
  everyMs: number | undefined,
  testedAt: MonoMs | undefined,
  at: MonoMs,
): readonly Condition[] {
  if (everyMs === undefined) return [];
  const ageMs = testedAt === undefined ? undefined : elapsedMs(testedAt, at);
  if (ageMs !== undefined && ageMs < everyMs) return [];
  const days = Math.floor((ageMs ?? 0) / dayMs);
  return [
    {
      key: { subject: 'linekeeper', type: 'self-test.overdue', qualifier: '' },
      state: 'active',
      detail:
        ageMs === undefined
          ? text('从未试过', 'never tried')
          : text(`上次在 ${days} 天前`, `last tried ${days} d ago`),
    },
  ];
}
