/**
 * Keys that a room file may already hold and that this version does not act on. `check` tells each of them, so that
 * nobody relies on what does not happen; what is used later is taken off this list.
 */
import { text } from '../model/text.ts';
import type { Path } from './problem.ts';
import type { Reading } from './reading.ts';

export function tellNotYet({ draft, report }: Reading): void {
  const tell = (path: Path): void =>
    report({
      severity: 'note',
      path,
      at: 'key',
      message: text('已接受，但本版本尚未使用', 'accepted, not used by this version yet'),
    });
  if (draft.people !== undefined) tell(['people']);
  if (draft.recorder?.backup !== undefined) tell(['recorder', 'backup']);
}
