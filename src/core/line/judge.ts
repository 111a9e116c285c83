/**
 * The line table of state-machines.md: judges the level that holds at one moment. It is called at every reading and at
 * every moment at which a timer of `due.ts` runs out, so nothing depends on how often it is called. Unknown levels move
 * nothing: no reading, no verdict.
 */
import {
  abandonMs,
  aliveMs,
  deadMs,
  firstLookMs,
  idleVoltsMax,
  idleVoltsMin,
  keepMs,
  learnMs,
  offHookMs,
  offVolts,
  onVolts,
  steadyVolts,
} from './limits.ts';
import type { Dead, Draft, Idle, OffHook, Ringing, Unknown } from './state.ts';
import { aliveVolts, emptyVolts } from '../../model/loop.ts';
import { burstStart, countRing, followRing, isRinging } from './ring.ts';
import { endCall, toAnswered, toDead, toIdle, toKept, toOffHook, toRinging } from './transitions.ts';
import type { Judging } from './transitions.ts';
import type { LoopReading } from '../../model/event.ts';
import type { MonoMs } from '../../model/units.ts';
import { elapsedMs, hasLasted } from '../../model/units.ts';
import { judgeOffHook } from './off-hook.ts';

/** One level can lead through this many phases at most: unknown, the kept one, idle, ringing. */
const phasesMax = 4;

export function judge(judging: Judging): void {
  const { line, at } = judging;
  if (line.phase.signal === 'unknown') endKept(judging, line.phase);
  const { reading } = line;
  if (reading === null) return;
  if (line.blankUntil !== null) {
    if (at < line.blankUntil) return;
    line.blankUntil = null;
  }
  // A new phase looks at the same level at once, so that its timers start with it.
  for (let phases = 0; phases < phasesMax; phases++) {
    const { phase } = line;
    judgeReading(judging, reading);
    if (line.phase === phase) break;
  }
  line.ringVolts = reading.ringVolts;
  line.movedAt = null;
}

function judgeReading(judging: Judging, reading: LoopReading): void {
  const { line, at } = judging;
  if (line.phase.signal === 'unknown') takeUpKept(judging, line.phase, reading);
  const burst = followRing(line, reading, at);
  const { phase } = line;
  if (line.burst !== null && phase.signal !== 'off-hook') {
    ignoreDc(line);
    judgeRing(judging);
    return;
  }
  followEmpty(line, reading, at);
  if (phase.signal !== 'dead' && line.emptyFrom !== null && hasLasted(line.emptyFrom, deadMs, at)) {
    die(judging, line.emptyFrom);
    return;
  }
  switch (phase.signal) {
    case 'idle':
      judgeIdle(judging, phase, reading);
      return;
    case 'ringing':
      if (burst !== null) countRing(phase, burst);
      judgeSilence(judging, phase, reading, burst?.end ?? null);
      return;
    case 'off-hook':
      judgeOffHook(judging, phase, reading);
      return;
    case 'dead':
      judgeDead(judging, phase, reading);
      return;
    case 'unknown':
      judgeUnknown(judging, phase, reading);
      return;
    default:
      phase satisfies never;
  }
}

/** While AC of ring frequency is on the pair, its DC says nothing. */
function ignoreDc(line: Draft): void {
  const { phase } = line;
  line.lowFrom = null;
  line.emptyFrom = null;
  line.steady = null;
  if (phase.signal === 'idle' || phase.signal === 'ringing' || phase.signal === 'unknown')
    phase.offHookFrom = null;
  if (phase.signal === 'unknown') phase.onHookFrom = null;
  if (phase.signal === 'dead') phase.aliveFrom = null;
}

function judgeRing(judging: Judging): void {
  const { line, at } = judging;
  const { phase, burst } = line;
  if (burst === null || !isRinging(burst, at)) return;
  if (phase.signal === 'idle' || phase.signal === 'unknown') {
    const since = burstStart(burst);
    toRinging(judging, since < phase.since ? phase.since : since);
  }
}

function judgeIdle(judging: Judging, phase: Idle, reading: LoopReading): void {
  const { line, at } = judging;
  if (!isOffHook(line, reading.volts)) {
    phase.offHookFrom = null;
    learn(line, Math.abs(reading.dcVolts), at);
    return;
  }
  line.steady = null;
  phase.offHookFrom ??= at;
  if (hasLasted(phase.offHookFrom, offHookMs, at)) toOffHook(judging, 'outgoing', phase.offHookFrom);
}

/** Between bursts. A level that is there when a burst ends began with that end: the current trips the ring. */
function judgeSilence(judging: Judging, phase: Ringing, reading: LoopReading, burstEnd: MonoMs | null): void {
  const { line, at } = judging;
  if (isOffHook(line, reading.volts)) {
    if (phase.offHookFrom === null) {
      phase.offHookFrom = at;
      phase.trippedAt = burstEnd;
    }
    if (hasLasted(phase.offHookFrom, offHookMs, at))
      toAnswered(judging, phase, phase.trippedAt ?? phase.offHookFrom);
    return;
  }
  phase.offHookFrom = null;
  if (phase.quietFrom === null || !hasLasted(phase.quietFrom, abandonMs, at)) return;
  const end = phase.burstEnd ?? phase.since;
  toIdle(judging, end);
  endCall(judging, phase.call, 'abandoned', end);
}

function judgeDead(judging: Judging, phase: Dead, reading: LoopReading): void {
  const { line, at } = judging;
  if (Math.abs(reading.dcVolts) < aliveVolts) {
    phase.aliveFrom = null;
    return;
  }
  phase.aliveFrom ??= at;
  if (!hasLasted(phase.aliveFrom, aliveMs, at)) return;
  if (isOffHook(line, reading.volts)) toOffHook(judging, 'found', phase.aliveFrom);
  else toIdle(judging, phase.aliveFrom);
}

/** A line seen for the first time, or again after its call was given up. */
function judgeUnknown(judging: Judging, phase: Unknown, reading: LoopReading): void {
  const { line, at } = judging;
  if (isOffHook(line, reading.volts)) {
    phase.onHookFrom = null;
    phase.offHookFrom ??= at;
    if (hasLasted(phase.offHookFrom, firstLookMs, at)) toOffHook(judging, 'found', phase.offHookFrom);
    return;
  }
  phase.offHookFrom = null;
  if (Math.abs(reading.volts) < emptyVolts) {
    phase.onHookFrom = null;
    return;
  }
  phase.onHookFrom ??= at;
  if (hasLasted(phase.onHookFrom, firstLookMs, at)) toIdle(judging, phase.onHookFrom);
}

function die(judging: Judging, since: MonoMs): void {
  const { phase } = judging.line;
  toDead(judging, since);
  if (phase.signal === 'ringing' || phase.signal === 'off-hook')
    endCall(judging, phase.call, 'line-lost', since);
}

/** The call of a card that stayed silent is given up; it was last seen when the frames stopped. */
function endKept({ line, at, effects }: Judging, phase: Unknown): void {
  const { kept } = phase;
  if (kept === null || !hasLasted(kept.gapFrom, keepMs, at)) return;
  line.phase = { ...phase, kept: null };
  endCall({ line, at, effects }, kept.phase.call, 'link-lost', kept.gapFrom);
}

function takeUpKept(judging: Judging, { kept }: Unknown, reading: LoopReading): void {
  const { line, at } = judging;
  if (kept === null) return;
  const call = { ...kept.phase.call, gapMs: kept.phase.call.gapMs + elapsedMs(kept.gapFrom, at) };
  if (kept.phase.signal === 'ringing') {
    toKept(judging, { ...kept.phase, call, offHookFrom: null, quietFrom: at });
    return;
  }
  // A break that began before the gap and still lasts is one break; any other is forgotten, nobody saw its end.
  const isStillOpen = Math.abs(reading.volts) > onVolts(line.idleVolts);
  const taken: OffHook = {
    ...kept.phase,
    call,
    turnedFrom: null,
    loopBreak: isStillOpen ? kept.phase.loopBreak : null,
    pulses: 0,
  };
  toKept(judging, taken);
}

function followEmpty(line: Draft, reading: LoopReading, at: MonoMs): void {
  line.lowFrom = Math.abs(reading.volts) < emptyVolts ? (line.lowFrom ?? at) : null;
  line.emptyFrom = Math.abs(reading.dcVolts) < emptyVolts ? (line.emptyFrom ?? line.lowFrom ?? at) : null;
}

/** Idle feeds drift and differ (24, 48, 60 V): the thresholds follow a level that held for two seconds. */
function learn(line: Draft, volts: number, at: MonoMs): void {
  if (volts < idleVoltsMin || volts > idleVoltsMax) {
    line.steady = null;
    return;
  }
  if (line.steady === null || Math.abs(line.steady.volts - volts) > steadyVolts)
    line.steady = { volts, from: at };
  if (!hasLasted(line.steady.from, learnMs, at)) return;
  line.idleVolts = line.steady.volts;
  line.idleLearned = true;
}

function isOffHook(line: Draft, shortVolts: number): boolean {
  const volts = Math.abs(shortVolts);
  return volts >= emptyVolts && volts < offVolts(line.idleVolts);
}
