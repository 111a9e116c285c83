/** Bugs that somebody could write into the dial-tone test: each would take an extension from its caller, or speak against a sound PBX. */
import type { Mutant } from './bypass.ts';

const by = { copied: 'dial-tone/dial-tone.test.ts' };

export const mutants: readonly Mutant[] = [
  {
    name: 'the extension is never released',
    file: 'dial-tone/step.ts',
    search: "state: { ...state, phase: { kind: 'releasing', since: at } },",
    replace: 'state,',
    by,
    caught: 'dial tone: seized after six quiet seconds',
  },
  {
    name: 'an extension that rings is seized',
    file: 'dial-tone/step.ts',
    search: 'volts >= onHookVolts && !isRing(event)',
    replace: 'volts >= onHookVolts',
    by,
    caught: 'never while it rings',
  },
  {
    name: 'the silence between two bursts of ring is an idle extension',
    file: 'dial-tone/step.ts',
    search: '!hasLasted(loop.quietFrom, quietMs, at)',
    replace: '!hasLasted(loop.quietFrom, quietMs / 6, at)',
    by,
    caught: 'never while it rings',
  },
  {
    name: 'a pair that somebody else holds is seized',
    file: 'dial-tone/step.ts',
    search: 'volts >= onHookVolts && !isRing(event)',
    replace: 'volts >= emptyVolts && !isRing(event)',
    by,
    caught: 'never while somebody else holds the pair',
  },
  {
    name: 'a ring in the moment of the test does not end it',
    file: 'dial-tone/step.ts',
    search: 'if (event !== undefined && isRing(event))',
    replace: 'if (event === undefined && at < 0)',
    by,
    caught: 'a call that arrives in the moment of the test',
  },
  {
    name: 'in doubt it asks without pause',
    file: 'dial-tone/step.ts',
    search: 'isSuspect ? Math.min(config.suspectMs, config.everyMs)',
    replace: 'isSuspect ? 1_000',
    by,
    caught: 'asked once a period, and in doubt never more often',
  },
  {
    name: 'a silent card speaks against the PBX',
    file: 'dial-tone/step.ts',
    search: 'if (isDeaf(heard, at))',
    replace: 'if (isDeaf(heard, at) && at < 0)',
    by,
    caught: 'a card that sends no sound says nothing of the PBX',
  },
  {
    name: 'busy tone is a special dial tone',
    file: 'dial-tone/limits.ts',
    search: 'export const stutterMs = 120;',
    replace: 'export const stutterMs = 720;',
    by,
    caught: 'busy and congestion tones of several countries',
  },
  {
    name: 'a lost card leaves the extension seized',
    file: 'dial-tone/step.ts',
    search: "phase: { kind: 'resting' },\n    isUp,",
    replace: 'phase: before.phase,\n    isUp,',
    by,
    caught: 'a card that is lost in the middle drops the test',
  },
];
