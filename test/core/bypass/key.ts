/**
 * When are two plants the same? When everything that can matter later is the same: ages instead of moments, each clamped
 * where it stops to count, and left out where nothing counts it. A key that leaves out too much would hide states; one
 * that leaves out too little only costs time.
 */
import type { BypassState, SavedBypass } from '../../../src/core/bypass/index.ts';
import { clamp } from './plant.ts';
import type { Layout, Plant } from './plant.ts';

/** Everything about a plant that can matter later, as a string: ages instead of moments, each clamped where it stops to count. */
export function keyOf(layout: Layout, plant: Plant): string {
  const parts: (string | number)[] = [plant.guard, plant.verdict, plant.keyTurned ? 1 : 0];
  if (plant.guard !== 'alive') parts.push(fileKey(plant.file, layout.config.values.countedMs));
  for (const id of layout.cardIds) {
    const card = plant.cards[id];
    if (card === undefined) continue;
    parts.push(
      `${card.linked ? 1 : 0}${card.feedAge}${card.hostLost ? 1 : 0}${card.supply ? 1 : 0}${card.keyTurned ? 1 : 0}${card.silent ? 1 : 0}`,
    );
  }
  for (const id of layout.lineIds) {
    const relay = plant.relays[id];
    const trunk = plant.trunks[id];
    if (relay === undefined || trunk === undefined) continue;
    parts.push(
      `${relay.coil}${relay.writeAge}${relay.armature}${relay.fault}`,
      `${trunk.signal}${trunk.age}${trunk.inBurst ? 1 : 0}${trunk.ringAge}${trunk.isSeen ? 1 : 0}`,
      `${plant.ghost.lineOrdered[id] === true ? 1 : 0}${plant.ghost.reachedFor[id] ?? 0}${plant.ghost.openFor[id] ?? 0}${plant.ghost.faulty[id] === true ? 1 : 0}`,
    );
  }
  parts.push(plant.ghost.downFor, plant.ghost.roomOrdered ? 1 : 0);
  if (plant.guard !== 'dead')
    parts.push(stateKey(plant.state, plant.guard === 'stalled' ? plant.at : plant.state.at));
  return parts.join('|');
}

/** guard.json as far as a start looks at it. */
function fileKey(file: SavedBypass | 'missing', countedMs: number): string {
  if (typeof file === 'string') return file;
  const { state, reason, urgency } = file.room;
  const isHeld = state === 'held';
  const room = isHeld ? `held${reason}${urgency ?? ''}` : state === 'tripped' ? 'tripped' : '';
  const trips = file.tripAgesMs.filter((age) => age < countedMs);
  const proofs = file.failedProofs.filter((proof) => proof.ageMs < countedMs);
  return `${room}${trips.join()}${JSON.stringify(proofs)}${JSON.stringify(file.lines)}`;
}

/** The core's state with every moment as an age, clamped where the core stops to count it. */
function stateKey(state: BypassState, now: number): string {
  const { settings, values } = state.config;
  const age = (moment: number | undefined, most: number): number | string =>
    moment === undefined ? '-' : clamp(now - moment, most);
  const { room } = state;
  const { phase } = room;
  const counted = (moments: readonly number[]): string =>
    moments
      .map((moment) => now - moment)
      .filter((ms) => ms < values.countedMs)
      .join();
  const parts: (string | number)[] = [
    state.verdict,
    state.verdict === 'down' ? age(state.verdictSince, settings.confirmMs) : '-',
    `${state.key.turned}${state.key.known}`,
    phase.kind,
    phase.kind === 'settling' && state.verdict === 'up'
      ? age(Math.max(phase.since, state.verdictSince), settings.restoreAfterMs)
      : '-',
    phase.kind === 'held' ? phase.urgency : '-',
    phase.kind === 'restoring'
      ? `${phase.ordered}${typeof phase.canary === 'string' ? phase.canary : phase.canary.line}`
      : '-',
    phase.kind === 'held' ? room.reason : '-',
    counted(room.trips),
    room.failedProofs
      .filter((proof) => now - proof.at < values.countedMs)
      .map(
        (proof) =>
          `${proof.line}${now - proof.at}${proof.othersAnswered === true ? 'a' : ''}${newerSignals(state, proof.at)}`,
      )
      .join(),
    age(room.lastOperateAt, settings.spacingMs),
    state.atStart === 'unknown' ? state.notYetAdopted.join() : '-',
    state.atStart !== 'unknown' && state.notYetAdopted.length > 0 ? state.atStart : '-',
    state.stopping === undefined
      ? '-'
      : `${state.stopping.how}${age(state.stopping.since, values.stopMs)}${state.stopping.ended}`,
  ];
  for (const [id, card] of Object.entries(state.cards))
    parts.push(
      id,
      `${card.link}${card.adopted}${card.coilSupply}${card.key}${card.keyKnown}${card.hostLost}`,
    );
  for (const line of state.lines) {
    const { step, intent, report } = line;
    const stepAge =
      step.kind === 'waiting'
        ? age(step.capFrom, settings.callCapMs)
        : step.kind === 'proving'
          ? age(step.since, Math.max(settings.proveMs, settings.ringLimitMs))
          : step.kind === 'exercising'
            ? age(step.since, values.exerciseMs + values.burstWaitMs)
            : step.kind === 'releasing'
              ? `${step.pulsed}`
              : step.kind === 'locked'
                ? step.why
                : '-';
    parts.push(
      step.kind,
      stepAge,
      intent === undefined
        ? '-'
        : `${intent.reason}${intent.urgency}${
            intent.reason === 'failed-proof'
              ? age(intent.since, settings.restoreAfterMs)
              : intent.reason === 'exercise-phone'
                ? `${age(intent.since, values.phoneTestMs)}${line.signalSince > intent.since}`
                : ''
          }`,
      line.orderedAt === undefined ? 0 : 1,
      line.signal,
      line.signal === 'off-hook' || line.signal === 'unknown'
        ? '-'
        : age(
            line.signalSince,
            line.signal === 'ringing'
              ? settings.ringLimitMs
              : Math.max(settings.idleForMs, settings.loopOpenMs),
          ),
      line.inBurst ? 1 : 0,
      line.mayHaveCall ? 1 : 0,
      step.kind === 'waiting' ? age(line.lastSpeechAt, values.speechMs) : '-',
      isMoving(line) ? age(line.commandedAt, values.acknowledgeMs) : '-',
      line.reportAt === undefined ? '-' : line.reportAt > line.commandedAt ? 1 : 0,
      report === undefined
        ? '-'
        : `${report.coil}${report.position}${clamp(report.sinceWriteMs, values.readBackFaultMs)}`,
      line.contradictedSince === undefined || line.reportAt === undefined
        ? '-'
        : `${clamp(line.reportAt - line.contradictedSince, 1)}${age(line.contradictedSince, 1)}`,
      age(line.betweenSince, values.readBackFaultMs),
      line.wasFaulty ? 1 : 0,
    );
  }
  return parts.join('');
}

/** Lines that are in use since a failed proof: whether a call began before or after it counts. */
const newerSignals = (state: BypassState, at: number): string =>
  state.lines
    .flatMap((line) => (line.signal === 'off-hook' && line.signalSince > at ? [line.id] : []))
    .join('');

/** The age of the coil's command counts only where an answer is awaited, or the card does something else. */
const isMoving = ({ step, report }: BypassState['lines'][number]): boolean =>
  step.kind === 'releasing' ||
  step.kind === 'operating' ||
  step.kind === 'exercising' ||
  report?.coil !==
    (step.kind === 'normal' || step.kind === 'waiting' || step.kind === 'proving' ? 'energise' : 'release');
