/**
 * The room table: when every line is asked to go to its phone, and when the room may begin to take lines back.
 *
 * A trip is never refused, delayed or counted out; the limiter limits restores. `unknown` neither trips nor restores.
 * Source: state-machines.md, table "room state".
 */
import { elapsedMs } from '../../model/units.ts';
import type { MonoMs } from '../../model/units.ts';
import type { BypassReason } from '../../model/bypass.ts';
import type { LineId } from '../../model/ids.ts';
import { isDownConfirmed, isRoomKeyTurned } from './intent.ts';
import type { BypassState, FailedProof, LinePart, RoomPart, Urgency } from './state.ts';

/** More changes of phase in one turn than there are phases cannot be. */
const phasesMax = 6;

export const withPhase = (
  room: RoomPart,
  kind: 'steady' | 'confirming' | 'settling',
  at: MonoMs,
): RoomPart => ({
  ...room,
  phase: { kind, since: at },
});

export const held = (room: RoomPart, reason: BypassReason, urgency: Urgency, at: MonoMs): RoomPart => ({
  ...room,
  phase: { kind: 'held', since: at, urgency },
  reason,
});

export const restoring = (room: RoomPart, ordered: boolean, at: MonoMs): RoomPart => ({
  ...room,
  phase: { kind: 'restoring', since: at, ordered, canary: 'wanted' },
});

/** The newest trips; as many as the limiter can ever ask for. */
function tripped(room: RoomPart, state: BypassState, at: MonoMs): RoomPart {
  const kept = Math.max(1, state.config.settings.restoresPerHour);
  return {
    ...room,
    phase: { kind: 'tripped', since: at },
    reason: 'verdict',
    trips: [...room.trips, at].slice(-kept),
  };
}

const tripsCounted = (state: BypassState, at: MonoMs): number =>
  state.room.trips.filter((trip) => elapsedMs(trip, at) < state.config.values.countedMs).length;

/** The room after this turn. Several rows may follow each other at one moment: the lines see only the last. */
export function judgeRoom(state: BypassState, at: MonoMs): RoomPart {
  let room = state.room;
  for (let n = 0; n < phasesMax; n += 1) {
    const next = oneRow({ ...state, room }, at);
    if (next === room) break;
    room = next;
  }
  return room;
}

function oneRow(state: BypassState, at: MonoMs): RoomPart {
  const { room, verdict } = state;
  const { settings } = state.config;
  const { phase } = room;
  const keyTurned = isRoomKeyTurned(state);
  if (keyTurned && phase.kind !== 'held') return held(room, 'key', 'capped', at);

  switch (phase.kind) {
    case 'steady':
      return verdict === 'down' ? withPhase(room, 'confirming', at) : room;
    case 'confirming':
      if (verdict !== 'down') return withPhase(room, 'steady', at);
      return isDownConfirmed(state, at) ? tripped(room, state, at) : room;
    case 'tripped':
      if (verdict !== 'up') return room;
      if (tripsCounted(state, at) >= settings.restoresPerHour) return held(room, 'limiter', 'capped', at);
      if (settings.restore !== 'when-idle') return held(room, 'verdict', 'capped', at);
      return withPhase(room, 'settling', at);
    case 'held':
      // A planned bypass waits for calls without limit, but not on a dead PBX.
      if (phase.urgency === 'planned' && isDownConfirmed(state, at))
        return { ...room, phase: { ...phase, urgency: 'capped' } };
      // Where the room file gives the key the right to restore, turning it and back is the person's order.
      if (keyTurned && room.reason === 'verdict' && settings.restore === 'by-key')
        return { ...room, reason: 'key' };
      return room.reason === 'key' && !keyTurned ? withPhase(room, 'settling', at) : room;
    case 'settling': {
      if (isDownConfirmed(state, at)) return tripped(room, state, at);
      const upFor =
        verdict === 'up' ? Math.min(elapsedMs(state.verdictSince, at), elapsedMs(phase.since, at)) : -1;
      return upFor >= settings.restoreAfterMs ? restoring(room, false, at) : room;
    }
    case 'restoring':
      return isDownConfirmed(state, at) ? tripped(room, state, at) : room;
  }
}

/**
 * Lines rang unanswered in proving: their own bypass is set; a second line, or a line's second time, holds the room. Where other
 * lines were answered since, the proof speaks of the line's own port only and does not count against the PBX.
 */
export function afterFailedProofs(
  room: RoomPart,
  lines: readonly LineId[],
  state: BypassState,
  at: MonoMs,
): RoomPart {
  const recent = room.failedProofs.filter((proof) => elapsedMs(proof.at, at) < state.config.values.countedMs);
  const failed = lines.filter((line) => !hasFailedAlone(recent, line));
  const failedProofs = [...recent, ...failed.map((line) => ({ line, at }))].slice(
    -state.config.lines.length - 1,
  );
  const next = { ...room, failedProofs };
  const counted = recent.filter(({ othersAnswered }) => othersAnswered !== true).length;
  return failed.length > 0 && counted + failed.length >= 2 && room.phase.kind !== 'held'
    ? held(next, 'failed-proof', 'capped', at)
    : next;
}

/** It failed before, and since then the PBX answered or seized another line. */
export const hasFailedAlone = (proofs: RoomPart['failedProofs'], line: LineId): boolean =>
  proofs.some((proof) => proof.line === line && proof.othersAnswered === true);

/** A line on the PBX is in use: the PBX answered or seized it. Failed proofs of other lines from before are their ports' own. */
export function withAnswers(
  proofs: RoomPart['failedProofs'],
  lines: readonly LinePart[],
): RoomPart['failedProofs'] {
  const isSettled = proofs.every(
    (proof) => proof.othersAnswered === true || !lines.some((line) => isAnsweredSince(line, proof)),
  );
  if (isSettled) return proofs;
  return proofs.map((proof) =>
    lines.some((line) => isAnsweredSince(line, proof)) ? { ...proof, othersAnswered: true } : proof,
  );
}

const isAnsweredSince = (line: LinePart, proof: FailedProof): boolean =>
  line.id !== proof.line &&
  (line.step.kind === 'normal' || line.step.kind === 'proving') &&
  line.signal === 'off-hook' &&
  line.signalSince > proof.at;
