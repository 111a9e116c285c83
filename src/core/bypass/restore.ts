/**
 * Whose turn it is to go back to the PBX: first one canary line, then one line after the other, each only while it is
 * idle. This is the one place where a coil becomes energised (the return from an exercise in line.ts excepted).
 *
 * Source: state-machines.md, row `bypass → operating` of the line table and the rows of `restoring`.
 */
import { elapsedMs } from '../../model/units.ts';
import type { MonoMs } from '../../model/units.ts';
import { isIdleFor, lineIntent, mayEnergise, roomIntent } from './intent.ts';
import { moved } from './line.ts';
import { isSoundlyReleased } from './read-back.ts';
import { withPhase } from './room.ts';
import type { BypassState, LinePart, RoomPart } from './state.ts';

/** A person's order that has not lapsed; `up` is not needed for it. */
function isOrdered(state: BypassState, line: LinePart, at: MonoMs): boolean {
  const { phase } = state.room;
  const { overdueMs } = state.config.values;
  const byRoom = phase.kind === 'restoring' && phase.ordered && elapsedMs(phase.since, at) < overdueMs;
  return byRoom || (line.orderedAt !== undefined && elapsedMs(line.orderedAt, at) < overdueMs);
}

function isItsTurn(state: BypassState, line: LinePart, at: MonoMs): boolean {
  const card = state.cards[line.card];
  if (line.step.kind !== 'bypass' || card === undefined) return false;
  return (
    lineIntent(roomIntent(state), line, card) === undefined &&
    state.verdict !== 'down' &&
    (state.verdict === 'up' || isOrdered(state, line, at)) &&
    isIdleFor(line, at, state.config.settings.idleForMs) &&
    isSoundlyReleased(line) &&
    mayEnergise(card)
  );
}

/** The canary has proved the PBX, or another line must. */
function withCanaryJudged(room: RoomPart, lines: readonly LinePart[]): RoomPart {
  const { phase } = room;
  if (phase.kind !== 'restoring' || typeof phase.canary === 'string') return room;
  const { canary } = phase;
  const step = lines.find((line) => line.id === canary.line)?.step.kind;
  if (step === 'operating' || step === 'proving') return room;
  return { ...room, phase: { ...phase, canary: step === 'normal' ? 'passed' : 'wanted' } };
}

/** A line that is to be spared is the canary only where a person ordered that line, or no other line is left to try. */
const mayBeCanary = (state: BypassState, line: LinePart, at: MonoMs): boolean =>
  !line.neverCanary ||
  (line.orderedAt !== undefined && elapsedMs(line.orderedAt, at) < state.config.values.overdueMs) ||
  state.lines.every((other) => other.neverCanary || isDone(state, other));

/** Takes at most one line back. */
export function withNextLine(before: BypassState, at: MonoMs): BypassState {
  const room = withCanaryJudged(before.room, before.lines);
  const state = room === before.room ? before : { ...before, room };
  const { phase, lastOperateAt } = room;
  if (state.stopping !== undefined) return state;
  if (phase.kind !== 'steady' && phase.kind !== 'restoring') return state;
  if (phase.kind === 'restoring' && typeof phase.canary !== 'string') return state;
  if (lastOperateAt !== undefined && elapsedMs(lastOperateAt, at) < state.config.settings.spacingMs)
    return state;
  const isCanary = phase.kind === 'restoring' && phase.canary === 'wanted';
  const chosen = state.lines.find(
    (line) => isItsTurn(state, line, at) && (!isCanary || mayBeCanary(state, line, at)),
  );
  if (chosen === undefined) return state;
  return {
    ...state,
    room: {
      ...room,
      phase: isCanary ? { ...phase, canary: { line: chosen.id } } : phase,
      lastOperateAt: at,
    },
    lines: state.lines.map((line) => (line === chosen ? moved(line, { kind: 'operating' }, at) : line)),
  };
}

/** Nothing more can be done for this line by waiting: it is back, or a person or a repair must come first. */
function isDone(state: BypassState, line: LinePart): boolean {
  const card = state.cards[line.card];
  if (card === undefined || line.intent !== undefined || !mayEnergise(card)) return true;
  switch (line.step.kind) {
    case 'normal':
    case 'locked':
    case 'stuck':
    case 'open':
    case 'unreachable':
      return true;
    case 'bypass':
      // A dead trunk cannot prove its relay; the line goes back by itself when the trunk lives again.
      return line.signal === 'dead' && !isSoundlyReleased(line);
    case 'waiting':
    case 'releasing':
    case 'operating':
    case 'proving':
    case 'exercising':
      return false;
  }
}

/** Restoring ends when every line is back or beyond waiting for. */
export const withRestoreEnded = (state: BypassState, at: MonoMs): BypassState =>
  state.room.phase.kind === 'restoring' && state.lines.every((line) => isDone(state, line))
    ? { ...state, room: withPhase(state.room, 'steady', at) }
    : state;
