/**
 * An off-hook loop: tells a dial pulse from a flash from the end of the call by how long the loop stays open, reads the
 * digits, and sees the far end's answer in the polarity. It never ends a call on a level that could still turn out to
 * be a flash.
 */
import type { Draft, LoopBreak, OffHook } from './state.ts';
import { endCall, farAnswered, toIdle, toRinging } from './transitions.ts';
import { burstStart, isRinging } from './ring.ts';
import {
  digitGapMs,
  digitsMax,
  idleVoltsMin,
  makeMsMin,
  offVolts,
  onVolts,
  polarityMs,
  pulseMsMax,
  pulseMsMin,
  pulsesPerDigitMax,
  steadyVolts,
  unlearnedMs,
} from './limits.ts';
import { emptyVolts } from '../../model/loop.ts';
import type { Judging } from './transitions.ts';
import type { LoopReading } from '../../model/event.ts';
import { hasLasted } from '../../model/units.ts';
import type { MonoMs } from '../../model/units.ts';

/** A break this long is no dial pulse, so AC on it is ring, not the card's filter answering to the dial. */
const ringsAfterBreakMs = 200;

export function judgeOffHook(judging: Judging, phase: OffHook, reading: LoopReading): void {
  const { line, at } = judging;
  const volts = Math.abs(reading.volts);
  const carries = volts >= emptyVolts && volts < offVolts(line.idleVolts);

  if (isRungInBreak(line, phase)) {
    if (line.burst !== null && isRinging(line.burst, at) && phase.loopBreak !== null) {
      const since = burstStart(line.burst);
      endBroken(judging, phase, phase.loopBreak);
      toRinging(judging, since);
    }
    return;
  }
  followBreak(judging, phase, volts, carries);
  if (line.phase !== phase) return;
  followDigit(phase, at);
  followPolarity(judging, phase, reading.volts, carries);
  endUnlearned(judging, phase, reading);
}

/**
 * An exchange never rings a loop that carries current. Ring on a loop open for a while: the old call is over, and the
 * next one is already coming in.
 */
export function isRungInBreak(line: Draft, phase: OffHook): boolean {
  const { burst } = line;
  return burst !== null && phase.loopBreak !== null && burst.from - phase.loopBreak.from >= ringsAfterBreakMs;
}

function followBreak(judging: Judging, phase: OffHook, volts: number, carries: boolean): void {
  const { line, at } = judging;
  const on = onVolts(line.idleVolts);
  if (phase.loopBreak === null) {
    if (volts <= on) return;
    // The first level after a relay moved: it was the relay that opened the loop.
    phase.loopBreak = {
      from: line.movedAt ?? at,
      byMove: line.movedAt !== null,
      fellAt: null,
      madeFrom: null,
    };
  } else if (volts > on) {
    phase.loopBreak = { ...phase.loopBreak, fellAt: null, madeFrom: null };
  } else {
    // An empty loop carries nothing: the break goes on, until the loop is dead or the call is over.
    phase.loopBreak = {
      ...phase.loopBreak,
      fellAt: phase.loopBreak.fellAt ?? at,
      madeFrom: carries ? (phase.loopBreak.madeFrom ?? at) : null,
    };
  }
  const { loopBreak } = phase;
  if (loopBreak.madeFrom !== null && hasLasted(loopBreak.madeFrom, makeMsMin, at)) {
    phase.loopBreak = null;
    if (!loopBreak.byMove) countBreak(phase, loopBreak.from, loopBreak.fellAt ?? at);
  } else if (loopBreak.madeFrom === null && hasLasted(loopBreak.from, line.config.settings.loopOpenMs, at)) {
    endBroken(judging, phase, loopBreak);
  }
}

function endBroken(judging: Judging, phase: OffHook, loopBreak: LoopBreak): void {
  toIdle(judging, loopBreak.from);
  endCall(judging, phase.call, loopBreak.byMove ? 'cut-over' : 'released', loopBreak.from);
}

function countBreak(phase: OffHook, from: MonoMs, end: MonoMs): void {
  const ms = end - from;
  if (ms < pulseMsMin) return;
  if (ms <= pulseMsMax) {
    phase.pulses = Math.min(phase.pulses + 1, pulsesPerDigitMax + 1);
    phase.pulseEnd = end;
    return;
  }
  // A digit that a flash breaks into is none.
  phase.pulses = 0;
  phase.call = { ...phase.call, flashes: phase.call.flashes + 1 };
}

function followDigit(phase: OffHook, at: MonoMs): void {
  if (phase.pulses === 0 || phase.loopBreak !== null || !hasLasted(phase.pulseEnd, digitGapMs, at)) return;
  const { pulses, call } = phase;
  phase.pulses = 0;
  if (pulses > pulsesPerDigitMax || call.pulseDigits.length >= digitsMax) return;
  phase.call = { ...call, pulseDigits: call.pulseDigits + String(pulses % pulsesPerDigitMax) };
}

/** The first reversal answers an outgoing call; it is never an end, and a second one says nothing that can be relied on. */
function followPolarity(judging: Judging, phase: OffHook, volts: number, carries: boolean): void {
  const { at } = judging;
  if (!carries || phase.loopBreak !== null) {
    phase.turnedFrom = null;
    return;
  }
  const polarity = volts > 0 ? 1 : -1;
  if (phase.polarity === 0) phase.polarity = polarity;
  if (polarity === phase.polarity) {
    phase.turnedFrom = null;
    return;
  }
  phase.turnedFrom ??= at;
  if (!hasLasted(phase.turnedFrom, polarityMs, at)) return;
  const since = phase.turnedFrom;
  phase.turnedFrom = null;
  phase.polarity = polarity;
  if (phase.call.direction === 'outgoing' && phase.call.answeredAt === undefined)
    farAnswered(judging, phase, since);
}

/**
 * A weak feed that we first meet off hook: 24 V never rises above the `on` of an assumed 48 V, and the call would last
 * for ever. No handset holds a loop at 18 V and more for ten seconds, so before anything was learned that is on hook.
 */
function endUnlearned(judging: Judging, phase: OffHook, reading: LoopReading): void {
  const { line, at } = judging;
  const volts = Math.abs(reading.dcVolts);
  const lower = Math.min(volts, Math.abs(reading.volts));
  if (line.idleLearned || phase.loopBreak !== null || lower < idleVoltsMin) {
    line.steady = null;
    return;
  }
  if (line.steady === null || Math.abs(line.steady.volts - volts) > steadyVolts)
    line.steady = { volts, from: at };
  if (!hasLasted(line.steady.from, unlearnedMs, at)) return;
  const since = line.steady.from;
  line.idleVolts = volts;
  line.idleLearned = true;
  toIdle(judging, since);
  endCall(judging, phase.call, 'released', since);
}
