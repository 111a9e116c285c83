/**
 * One line of the room: its signal and its calls, from what the tap on the trunk sees (state-machines.md, "Line").
 * A level holds until the next reading. It must never take a silent card for an idle line, nor a relay's bounce for a
 * hook; and every time it tells is that of the first sample of the change, however late the verdict.
 */
import { blankMs, frameSlackMs, framesLostMs, movingMs } from './limits.ts';
import { countRing, cutRing } from './ring.ts';
import type { Draft, LineEffect, LineEvent, LineState } from './state.ts';
import { elapsedMs, hasLasted, later } from '../../model/units.ts';
import type { Call, RelayPosition } from '../../model/line.ts';
import { due } from './due.ts';
import { judge } from './judge.ts';
import type { LoopReading } from '../../model/event.ts';
import type { MonoMs } from '../../model/units.ts';
import { toUnknown } from './transitions.ts';

interface Stepped {
  readonly state: LineState;
  readonly effects: readonly LineEffect[];
}

const nothing: readonly LineEffect[] = [];
/** More timers than this cannot run out between two events; a guard against looping, never reached. */
const timersMax = 64;

export function step(state: LineState, event: LineEvent): Stepped {
  const next = due(state);
  if (event.kind === 'turn' && (next === undefined || !hasLasted(next, frameSlackMs, event.at)))
    return { state, effects: nothing };
  const line: Draft = { ...state, phase: { ...state.phase } };
  const effects: LineEffect[] = [];
  switch (event.kind) {
    case 'turn': {
      const seen = later(event.at, -frameSlackMs);
      advance(line, next !== undefined && next > seen ? next : seen, effects);
      break;
    }
    case 'loop':
      // A reading that comes too late to be judged in its place holds from now on.
      advance(line, event.at, effects);
      line.reading = readingOf(event);
      judge({ line, at: line.now, effects });
      break;
    case 'frames':
      // Back again: the next reading tells, the old one is stale.
      if (!event.flowing) loseFrames(line, event.at, effects);
      break;
    case 'position':
      takePosition(line, event.at, event.position, effects);
      break;
    default:
      event satisfies never;
  }
  return { state: line, effects };
}

/** When a turn will have something to do, if no event comes before. */
export function nextDeadline(state: LineState): MonoMs | undefined {
  const next = due(state);
  return next === undefined ? undefined : later(next, frameSlackMs);
}

function advance(line: Draft, to: MonoMs, effects: LineEffect[]): void {
  for (let timers = 0; timers < timersMax; timers++) {
    const next = due(line);
    if (next === undefined || next > to) break;
    if (next > line.now) line.now = next;
    judge({ line, at: line.now, effects });
  }
  if (to > line.now) line.now = to;
}

function loseFrames(line: Draft, at: MonoMs, effects: LineEffect[]): void {
  const lastFrame = later(at, -framesLostMs);
  advance(line, lastFrame, effects);
  const gapFrom = line.now;
  const burst = cutRing(line, gapFrom);
  if (burst !== null && line.phase.signal === 'ringing') countRing(line.phase, burst);
  if (line.phase.signal === 'unknown') {
    line.phase.offHookFrom = null;
    line.phase.onHookFrom = null;
  } else {
    toUnknown({ line, at, effects }, gapFrom);
  }
  line.reading = null;
  line.ringVolts = 0;
  line.lowFrom = null;
  line.emptyFrom = null;
  line.steady = null;
}

function takePosition(line: Draft, at: MonoMs, position: RelayPosition, effects: LineEffect[]): void {
  advance(line, later(at, -frameSlackMs), effects);
  line.position = position;
  if (position === 'unknown') return;
  const isFirst = line.side === 'unknown';
  const isMove = !isFirst && position !== line.side;
  line.side = position;
  if (position === 'bypass') markBypass(line);
  const until = later(at, blankMs);
  if (!isMove) return;
  // A report so late that its blank is over explains no level that is still to come.
  if (until > line.now) {
    if (line.blankUntil === null || until > line.blankUntil) line.blankUntil = until;
    line.movedAt ??= at;
  }
  forgetMoving(line, later(at, -movingMs));
}

/** What began while the relay may already have been moving is its bounce. */
function forgetMoving(line: Draft, from: MonoMs): void {
  const { phase } = line;
  const isFresh = (since: MonoMs | null): boolean => since !== null && since >= from;
  switch (phase.signal) {
    case 'idle':
    case 'ringing':
    case 'unknown':
      if (isFresh(phase.offHookFrom)) phase.offHookFrom = null;
      return;
    case 'off-hook':
      if (isFresh(phase.turnedFrom)) phase.turnedFrom = null;
      if (isFresh(phase.loopBreak?.from ?? null)) phase.loopBreak = null;
      if (isFresh(phase.pulseEnd)) phase.pulses = 0;
      return;
    case 'dead':
      return;
    default:
      phase satisfies never;
  }
}

function markBypass(line: Draft): void {
  const { phase } = line;
  const mark = (call: Call): Call => (call.bypass ? call : { ...call, bypass: true });
  if (phase.signal === 'ringing' || phase.signal === 'off-hook') phase.call = mark(phase.call);
  if (phase.signal === 'unknown' && phase.kept !== null)
    line.phase = {
      ...phase,
      kept: { ...phase.kept, phase: { ...phase.kept.phase, call: mark(phase.kept.phase.call) } },
    };
}

function readingOf({ volts, dcVolts, ringVolts, ringHz, milliamps }: LoopReading): LoopReading {
  return { volts, dcVolts, ringVolts, ringHz, milliamps };
}

/** What can never be; each sentence found is a fault of this program. */
export function check(state: LineState): readonly string[] {
  const { phase, now } = state;
  const wrong: string[] = [];
  const held = phase.signal === 'unknown' && phase.kept !== null ? phase.kept.phase : phase;
  const must = (isTrue: boolean, what: string): void => {
    if (!isTrue) wrong.push(`line ${state.config.id}: ${what}`);
  };
  const next = due(state);
  must(next === undefined || next > now, 'a timer has run out and was not judged');
  must(phase.since <= now, 'the signal began in the future');
  must(phase.signal === 'unknown' || state.reading !== null, 'a signal without a reading');
  if (held.signal === 'ringing' || held.signal === 'off-hook') {
    const { call } = held;
    must(call.startedAt <= now && (call.answeredAt ?? now) <= now, 'a call in the future');
    must(call.answeredAt === undefined || call.answeredAt >= call.startedAt, 'answered before it began');
    must(call.endedAt === undefined && call.end === undefined, 'an open call that has ended');
    // Several gaps are a sum of differences, which rounds.
    must(elapsedMs(call.startedAt, now) + 1 >= call.gapMs, 'a gap longer than the call');
    must(
      held.signal === 'off-hook' || call.direction === 'incoming',
      'a ring on a call that is not incoming',
    );
    must(held.signal === 'off-hook' || call.answeredAt === undefined, 'an answered call that rings');
  }
  return wrong;
}
