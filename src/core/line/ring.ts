/**
 * Follows ring bursts. The card's ring level is an rms over 100 ms: as a burst of full level P enters the window the
 * reading grows with the square root of the share that is in it, and shrinks likewise as it leaves. So the share,
 * (reading / P)², tells when the burst really began and ended, although the level is passed late: up to 95 ms at the end.
 */
import type { Burst, Draft, Ringing } from './state.ts';
import { burstMsMin, ringMs } from './limits.ts';
import { isRing, ringWindowMs } from '../../model/loop.ts';
import { hasLasted, later } from '../../model/units.ts';
import type { LoopReading } from '../../model/event.ts';
import type { MonoMs } from '../../model/units.ts';

/** The card measures ring once a frame: what it read before held until a frame ago. */
const frameMs = 20;
const fullShare = 0.9;

interface EndedBurst {
  readonly from: MonoMs;
  readonly end: MonoMs;
  /** Long enough to be ringing at all. */
  readonly isWhole: boolean;
  /** Long enough to be counted as a ring. */
  readonly counts: boolean;
}

/** Judges the ring level at `at`; returns the burst that just ended. */
export function followRing(line: Draft, reading: LoopReading, at: MonoMs): EndedBurst | null {
  const { burst } = line;
  if (isRing(reading.ringVolts, reading.ringHz)) {
    line.burst =
      burst === null
        ? {
            from: at,
            firstVolts: reading.ringVolts,
            peakVolts: reading.ringVolts,
          }
        : { ...burst, peakVolts: Math.max(burst.peakVolts, reading.ringVolts) };
    return null;
  }
  if (burst === null) return null;
  const missing = (volts: number): number => (1 - share(volts, burst)) * ringWindowMs;
  const end = Math.max(at - missing(reading.ringVolts), at - frameMs - missing(line.ringVolts));
  return endBurst(line, burst, later(at, Math.round(end - at)), at);
}

/** The frames stopped in the middle of a burst: it counts up to there. */
export function cutRing(line: Draft, at: MonoMs): EndedBurst | null {
  return line.burst === null ? null : endBurst(line, line.burst, at, at);
}

export function countRing(phase: Ringing, burst: EndedBurst): void {
  if (!burst.isWhole) return;
  if (burst.counts) phase.call = { ...phase.call, rings: phase.call.rings + 1 };
  phase.burstEnd = burst.end;
  phase.quietFrom = burst.end;
}

/**
 * When the burst really began. A level that is full in the first frame is no window filling up: either the card could
 * not name the frequency before (burst a whole window old) or it does not blur (a frame old); the middle is within 50 ms
 * of both.
 */
export function burstStart(burst: Burst): MonoMs {
  const there = share(burst.firstVolts, burst);
  const early = there < fullShare ? there * ringWindowMs : (frameMs + ringWindowMs) / 2;
  return later(burst.from, -Math.round(early));
}

export const isRinging = (burst: Burst, at: MonoMs): boolean => hasLasted(burst.from, ringMs, at);

const share = (volts: number, burst: Burst): number => Math.min(1, (volts / burst.peakVolts) ** 2);

function endBurst(line: Draft, burst: Burst, guess: MonoMs, at: MonoMs): EndedBurst {
  const from = burstStart(burst);
  const end = guess < from ? from : guess;
  const isWhole = isRinging(burst, at);
  line.burst = null;
  if (isWhole) line.lastRingEnd = end;
  return { from, end, isWhole, counts: isWhole && end - from >= burstMsMin };
}
