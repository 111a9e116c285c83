/** "Did you mean": the candidate that a slip of the pen turns into the word. */
import type { Text } from '../model/text.ts';
import { text } from '../model/text.ts';

/** Longer words are never compared: bounds the work on hostile input. */
const lengthLimit = 64;

/** Insertions, deletions, replacements and swaps of neighbours that lead from one word to the other. */
function distance(a: string, b: string): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let best = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        best = Math.min(best, (before[j - 2] ?? 0) + 1);
      }
      row.push(best);
    }
    before = last;
    last = row;
  }
  return last[b.length] ?? 0;
}

export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  if (word.length === 0 || word.length > lengthLimit) return undefined;
  const plain = (name: string): string => name.toLowerCase().replaceAll(/[_ -]/g, '');
  let best: string | undefined;
  let least = Math.max(1, Math.floor(word.length / 3)) + 0.5;
  for (const candidate of candidates) {
    if (candidate === word || candidate.length > lengthLimit) continue;
    const steps = plain(candidate) === plain(word) ? 0.5 : distance(word, candidate);
    if (steps < least) {
      least = steps;
      best = candidate;
    }
  }
  return best;
}

const listed = 12;

/** The hint under an unknown word: the near one, else all that there are. */
export function didYouMean(word: string, candidates: Iterable<string>): Text | undefined {
  const all = [...candidates];
  const near = nearest(word, all);
  if (near !== undefined) return text(`是否指 ${near}？`, `Did you mean ${near}?`);
  if (all.length === 0) return undefined;
  const names = all.slice(0, listed).join(', ') + (all.length > listed ? ', …' : '');
  return text(`可用：${names}。`, `There is: ${names}.`);
}
