/**
 * The invariants that can be seen from one state, judged after every turn while the program runs. A violated one means
 * that this program is wrong, not the world: the guard then ends itself and starts anew; it releases nothing.
 *
 * I1, I4, I8 and I9 are statements about times and pairs of states: the exploration proves them (docs/safety.md).
 */
import { elapsedMs } from '../../model/units.ts';
import type { MonoMs } from '../../model/units.ts';
import { hasCall, isDownConfirmed } from './intent.ts';
import { coilOf, hasLeftItsPlace } from './read-back.ts';
import type { BypassState, LinePart } from './state.ts';

/** Names of violated invariants; empty between an event and its turn, where levels are not yet judged. */
export function check(state: BypassState, at: MonoMs = state.at): readonly string[] {
  if (!state.isJudged) return [];
  const violated = new Set<string>();
  const { kind } = state.room.phase;
  const isRoomInBypass = kind === 'tripped' || kind === 'held';
  const isDown = isDownConfirmed(state, state.at);
  if (isDown && !isRoomInBypass) violated.add('I5 a confirmed down did not trip the room');
  for (const line of state.lines) {
    if (isDown && !isOnItsWay(state, line, at)) violated.add(`I2 ${line.id} stays on a PBX that is down`);
    if (line.step.kind === 'operating' && state.verdict === 'down' && state.verdictSince < line.commandedAt)
      violated.add(`I3 ${line.id} restored while the PBX is down`);
    if (isRoomInBypass && ['normal', 'operating', 'proving'].includes(line.step.kind))
      violated.add(`I6 ${line.id} is energised in a room in bypass`);
    if (coilOf(line.step) !== undefined && state.cards[line.card]?.adopted !== true)
      violated.add(`I6 ${line.id} is commanded without a report of this session`);
    if (coilOf(line.step) === 'energise' && hasLeftItsPlace(line, state.config.values))
      violated.add(`I7 ${line.id} is energised but does not stand in normal`);
  }
  return [...violated];
}

/** Released; or in a call that has not used up its time. */
function isOnItsWay(state: BypassState, line: LinePart, at: MonoMs): boolean {
  if (coilOf(line.step) !== 'energise') return true;
  if (line.step.kind !== 'waiting' || line.step.capFrom === undefined) return false;
  const { settings } = state.config;
  const isLoopOpening = line.signal === 'idle' && elapsedMs(line.signalSince, at) < settings.loopOpenMs;
  return (hasCall(line) || isLoopOpening) && elapsedMs(line.step.capFrom, state.at) <= settings.callCapMs;
}
