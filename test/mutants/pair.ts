/** Bugs that somebody could write into the judgement of trunk pairs and seat phones: each caught by name. */
import type { Mutant } from './bypass.ts';

const by = { copied: 'pair/pair.test.ts' };

export const mutants: readonly Mutant[] = [
  {
    name: 'a reversal in a call is a swapped trunk',
    file: 'pair/step.ts',
    search: "state.signal === 'idle' && Math.abs(state.volts)",
    replace: 'Math.abs(state.volts) * 6',
    by,
    caught: 'a reversal in a call is the exchange’s answer',
  },
  {
    name: 'a phone that hangs on its extension draws no current and is a fault',
    file: 'pair/step.ts',
    search: "position === 'bypass' && signal === 'off-hook';",
    replace: "position !== 'unknown' && signal === 'off-hook';",
    by,
    caught: 'in normal the phone draws nothing from the trunk',
  },
  {
    name: 'somebody who speaks has left his handset off',
    file: 'pair/step.ts',
    search: 'Math.max(heldFrom(state), state.spokeAt ?? 0)',
    replace: 'Math.max(heldFrom(state), 0)',
    by,
    caught: 'a handset left off in bypass',
  },
  {
    name: 'a phone on hook is a phone that works',
    file: 'pair/seat.ts',
    search: "if (position !== 'bypass') return { says: 'unknown'",
    replace:
      "if (position === 'bypass') return { says: 'up', since, reason: worked };\n  if (position !== 'bypass') return { says: 'unknown'",
    by: { copied: 'pair/seat.test.ts' },
    caught: 'on the PBX, and on hook in bypass, nothing is known of it',
  },
  {
    name: 'a dead network hides the fault of a seat phone',
    file: 'watch/parents.ts',
    search: "if (source.kind === 'seat-phone') return false;",
    replace: '',
    by: { copied: 'watch/seat-phone.test.ts' },
    caught: 'behind a dead network the phone still speaks',
  },
];
