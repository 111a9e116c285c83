/** The next moment at which a level that holds comes to mean something new. Must name every timer that judge.ts reads. */
import {
  abandonMs,
  aliveMs,
  deadMs,
  digitGapMs,
  firstLookMs,
  keepMs,
  learnMs,
  makeMsMin,
  offHookMs,
  polarityMs,
  ringMs,
  unlearnedMs,
} from './limits.ts';
import type { LineState, OffHook } from './state.ts';
import { isRungInBreak } from './off-hook.ts';
import { monoMs } from '../../model/units.ts';
import type { MonoMs } from '../../model/units.ts';

const never = Number.POSITIVE_INFINITY;

export function due(line: LineState): MonoMs | undefined {
  const { phase, reading, blankUntil } = line;
  const givesUp = after(phase.signal === 'unknown' ? (phase.kept?.gapFrom ?? null) : null, keepMs);
  const next = Math.min(givesUp, reading === null ? never : (blankUntil ?? levelTimer(line)));
  return next === never ? undefined : monoMs(next);
}

function levelTimer(line: LineState): number {
  const { phase, burst, steady } = line;
  if (burst !== null && phase.signal !== 'off-hook')
    return phase.signal === 'idle' || phase.signal === 'unknown' ? after(burst.from, ringMs) : never;
  const empty = after(line.emptyFrom, deadMs);
  switch (phase.signal) {
    case 'idle': {
      const learns = steady !== null && steady.volts !== line.idleVolts;
      return Math.min(
        empty,
        after(phase.offHookFrom, offHookMs),
        after(learns ? steady.from : null, learnMs),
      );
    }
    case 'ringing':
      return Math.min(
        empty,
        phase.offHookFrom === null ? after(phase.quietFrom, abandonMs) : after(phase.offHookFrom, offHookMs),
      );
    case 'off-hook':
      return Math.min(empty, offHookTimer(line, phase));
    case 'dead':
      return after(phase.aliveFrom, aliveMs);
    case 'unknown':
      return Math.min(empty, after(phase.offHookFrom, firstLookMs), after(phase.onHookFrom, firstLookMs));
    default:
      return phase satisfies never;
  }
}

function offHookTimer(line: LineState, phase: OffHook): number {
  const { loopBreak } = phase;
  if (isRungInBreak(line, phase)) return after(line.burst?.from ?? null, ringMs);
  if (loopBreak !== null)
    return loopBreak.madeFrom === null
      ? after(loopBreak.from, line.config.settings.loopOpenMs)
      : after(loopBreak.madeFrom, makeMsMin);
  return Math.min(
    after(phase.turnedFrom, polarityMs),
    after(phase.pulses === 0 ? null : phase.pulseEnd, digitGapMs),
    after(line.steady?.from ?? null, unlearnedMs),
  );
}

const after = (from: MonoMs | null, ms: number): number => (from === null ? never : from + ms);
