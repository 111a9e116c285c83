/**
 * What was heard since the loop closed, piece by piece: dial tone is a tone that stays; the same tone cut into bursts is busy
 * or congestion tone; short gaps are one of the special dial tones (a message waits, calls are diverted) and prove service too.
 */
import type { MonoMs } from '../../model/units.ts';
import { elapsedMs, monoMs } from '../../model/units.ts';
import { soundMs } from '../../model/tone.ts';
import type { Sound } from '../../model/tone.ts';
import {
  busyBursts,
  busyMsMax,
  busyMsMin,
  dialMs,
  heardShareMin,
  otherMs,
  refusalMs,
  stutterMs,
} from './limits.ts';

export interface Heard {
  readonly from: MonoMs;
  readonly pieces: number;
  readonly refusalMs: number;
  readonly otherMs: number;
  /** Begin of the first tone. */
  readonly toneAt?: MonoMs;
  /** The tone that goes on, or has just stopped. */
  readonly run?: Run;
  /** Bursts of the length of busy tone, each followed by such a silence. */
  readonly bursts: number;
}

interface Run {
  readonly from: MonoMs;
  /** End of the last piece of tone. */
  readonly to: MonoMs;
  readonly onMs: number;
  readonly stutters: number;
  readonly hz: readonly number[];
  /** Sum over the pieces, for the mean. */
  readonly levelSumDbm: number;
}

export const nothingHeard = (from: MonoMs): Heard => ({
  from,
  pieces: 0,
  refusalMs: 0,
  otherMs: 0,
  bursts: 0,
});

/** `at`: end of the piece. */
export function hear(before: Heard, sound: Sound, at: MonoMs): Heard {
  const heard = { ...before, pieces: before.pieces + 1 };
  switch (sound.kind) {
    case 'silence':
      return heard;
    case 'other':
      return { ...heard, otherMs: heard.otherMs + soundMs };
    case 'refusal':
      return { ...heard, refusalMs: heard.refusalMs + soundMs };
    case 'dial':
      return hearTone(heard, sound, at);
    default:
      return sound satisfies never;
  }
}

function hearTone(heard: Heard, { hz, levelDbm }: Extract<Sound, { kind: 'dial' }>, at: MonoMs): Heard {
  const { run } = heard;
  const began = monoMs(Math.max(heard.from, at - soundMs));
  const toneAt = heard.toneAt ?? began;
  const fresh: Run = { from: began, to: at, onMs: soundMs, stutters: 0, hz, levelSumDbm: levelDbm };
  if (run === undefined) return { ...heard, toneAt, run: fresh };
  const gapMs = Math.max(0, elapsedMs(run.to, at) - soundMs);
  if (gapMs <= stutterMs) {
    const stutters = run.stutters + (gapMs >= soundMs ? 1 : 0);
    const next: Run = {
      ...run,
      to: at,
      onMs: run.onMs + soundMs,
      stutters,
      hz,
      levelSumDbm: run.levelSumDbm + levelDbm,
    };
    return { ...heard, toneAt, run: next };
  }
  const isBusy = isBusyTime(elapsedMs(run.from, run.to)) && isBusyTime(gapMs);
  return { ...heard, toneAt, run: fresh, bursts: heard.bursts + (isBusy ? 1 : 0) };
}

const isBusyTime = (ms: number): boolean => ms >= busyMsMin && ms <= busyMsMax;

export interface DialTone {
  /** One frequency, or `350+440`. */
  readonly hz: number | string;
  readonly levelDbm: number;
  /** From the closed loop to the tone. */
  readonly afterMs: number;
  /** Cut by short gaps. */
  readonly isSpecial: boolean;
}

export function dialToneIn({ from, toneAt, run }: Heard): DialTone | undefined {
  if (run === undefined || toneAt === undefined || run.onMs < dialMs) return undefined;
  const [first = 0, ...more] = run.hz;
  return {
    hz: more.length === 0 ? first : run.hz.join('+'),
    levelDbm: Math.round((run.levelSumDbm * soundMs) / run.onMs),
    afterMs: elapsedMs(from, toneAt),
    isSpecial: run.stutters > 0,
  };
}

export const isRefused = (heard: Heard): boolean =>
  heard.bursts >= busyBursts || heard.refusalMs >= refusalMs;

/** A tone goes on at this moment. */
export const toneGoesOn = ({ run }: Heard, at: MonoMs): boolean =>
  run !== undefined && elapsedMs(run.to, at) <= stutterMs;

export const hasOtherSound = (heard: Heard): boolean => heard.otherMs >= otherMs;

/** Too few pieces arrived to say that there was silence. */
export const isDeaf = ({ from, pieces }: Heard, at: MonoMs): boolean =>
  pieces * soundMs < heardShareMin * elapsedMs(from, at);
