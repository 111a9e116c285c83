/**
 * The start matrix, and a card's return: the relays say where they stand, guard.json says only why.
 *
 * Positions are adopted card by card, with the first settled report of the session; until then no relay of that card is
 * commanded. Adoption never energises a coil that was not energised. Source: state-machines.md, "at start: relay reads".
 */
import type { RelayReport } from '../../model/bypass.ts';
import type { BusId, LineId } from '../../model/ids.ts';
import { elapsedMs, later } from '../../model/units.ts';
import type { MonoMs } from '../../model/units.ts';
import { moved } from './line.ts';
import { coilOf } from './read-back.ts';
import { held, withPhase } from './room.ts';
import type {
  BypassConfig,
  BypassState,
  CardPart,
  LinePart,
  LineStep,
  RoomPart,
  SavedBypass,
  SavedLine,
} from './state.ts';

const cardAtStart: CardPart = {
  link: 'awaited',
  adopted: false,
  coilSupply: false,
  key: 'normal',
  keyKnown: false,
  hostLost: false,
};

export function initial(config: BypassConfig, saved: AtInitial, at: MonoMs): BypassState {
  const known = typeof saved === 'string' ? undefined : saved;
  const lines = config.lines.map((line): LinePart => {
    const told = known?.lines[line.id];
    const intent = told?.intent;
    return {
      id: line.id,
      card: line.card,
      phone: line.phone,
      neverCanary: line.neverCanary ?? false,
      step: { kind: 'unreachable' },
      intent: intent === undefined ? undefined : { ...intent, since: at },
      orderedAt: undefined,
      signal: 'unknown',
      signalSince: at,
      inBurst: false,
      mayHaveCall: true,
      call: undefined,
      lastSpeechAt: undefined,
      commandedAt: at,
      report: undefined,
      reportAt: undefined,
      contradictedSince: undefined,
      betweenSince: undefined,
      cut: undefined,
      wasFaulty: told?.faulty ?? false,
    };
  });
  return {
    config,
    at,
    startedAt: at,
    verdict: 'unknown',
    verdictSince: at,
    key: { turned: false, known: true },
    room: known === undefined ? roomAtStart(at) : savedRoom(known, at),
    cards: Object.fromEntries(config.lines.map((line) => [line.card, cardAtStart])),
    lines,
    atStart: reasonAtStart(saved),
    notYetAdopted: config.lines.map((line) => line.id),
    restless: true,
    isJudged: false,
  };
}

type AtInitial = SavedBypass | 'missing' | 'unreadable' | 'first-power-on';

function reasonAtStart(saved: AtInitial): BypassState['atStart'] {
  if (saved === 'missing' || saved === 'unreadable') return 'unknown';
  if (saved === 'first-power-on') return 'first-power-on';
  const { state, reason } = saved.room;
  return state === 'settling' || state === 'restoring' ? reason : 'guard-absent';
}

const roomAtStart = (at: MonoMs): RoomPart => ({
  phase: { kind: 'steady', since: at },
  reason: 'verdict',
  trips: [],
  failedProofs: [],
});

/** Tripped and held stand again; everything else follows from the positions that the relays report. */
function savedRoom(saved: SavedBypass, at: MonoMs): RoomPart {
  const { state, reason, urgency } = saved.room;
  return {
    phase:
      state === 'tripped'
        ? { kind: 'tripped', since: at }
        : state === 'held'
          ? { kind: 'held', since: at, urgency: urgency ?? 'capped' }
          : { kind: 'steady', since: at },
    reason,
    trips: saved.tripAgesMs.map((ageMs) => later(at, -ageMs)),
    failedProofs: saved.failedProofs.map(({ ageMs, ...proof }) => ({ ...proof, at: later(at, -ageMs) })),
  };
}

/** What guard.json keeps. */
export function saved(state: BypassState): SavedBypass {
  const { phase, reason, trips, failedProofs } = state.room;
  const lines: Record<LineId, SavedLine> = {};
  for (const line of state.lines) {
    const faulty = isFaulty(line);
    if (line.intent === undefined && !faulty) continue;
    lines[line.id] = {
      ...(line.intent === undefined
        ? {}
        : { intent: { reason: line.intent.reason, urgency: line.intent.urgency } }),
      faulty,
    };
  }
  return {
    version: 1,
    room: {
      state: phase.kind,
      reason,
      ...(phase.kind === 'held' ? { urgency: phase.urgency } : {}),
    },
    tripAgesMs: trips.map((trip) => elapsedMs(trip, state.at)),
    failedProofs: failedProofs.map(({ at, ...proof }) => ({ ...proof, ageMs: elapsedMs(at, state.at) })),
    lines,
  };
}

/** A relay that a person must look at; also while its card cannot be asked. */
export function isFaulty({ step, wasFaulty }: LinePart): boolean {
  switch (step.kind) {
    case 'stuck':
    case 'open':
    case 'locked':
      return true;
    case 'releasing':
      return step.pulsed;
    case 'unreachable':
      return wasFaulty;
    case 'normal':
    case 'waiting':
    case 'bypass':
    case 'operating':
    case 'proving':
    case 'exercising':
      return false;
  }
}

/** Armature at rest, or given all the time that it may take. */
const isSettled = (report: RelayReport, faultMs: number): boolean =>
  report.sinceWriteMs >= faultMs || report.position === (report.coil === 'energise' ? 'normal' : 'bypass');

function reportedStep(report: RelayReport, isFed: boolean, at: MonoMs): LineStep {
  const isAtNormal = report.position === 'normal' || (report.position === 'unknown' && isFed);
  if (report.coil === 'energise' && isAtNormal) return { kind: 'normal' };
  return report.position === 'bypass' || report.position === 'unknown'
    ? { kind: 'bypass', since: at }
    : { kind: 'releasing', pulsed: false };
}

/** The card's lines where its first settled report of this session says they stand. Untouched while that must wait. */
export function adopted(
  state: BypassState,
  card: BusId,
  relays: Readonly<Record<LineId, RelayReport>>,
  at: MonoMs,
): BypassState {
  const part = state.cards[card];
  const own = state.lines.filter((line) => line.card === card);
  const { readBackFaultMs } = state.config.values;
  const isReady = own.every((line) => {
    const report = relays[line.id];
    return report !== undefined && isSettled(report, readBackFaultMs);
  });
  if (part === undefined || part.link !== 'up' || !isReady) return state;

  let room = state.room;
  const lines = state.lines.map((line): LinePart => {
    const report = line.card === card ? relays[line.id] : undefined;
    if (report === undefined) return line;
    const isFed = part.coilSupply && part.key !== 'turned';
    const here: LinePart = {
      ...line,
      contradictedSince: undefined,
      betweenSince: report.position === 'between' ? at : undefined,
      wasFaulty: false,
      step: reportedStep(report, isFed, at),
      commandedAt: at,
      report,
      reportAt: at,
    };
    if (isFaulty(line)) return withFaultKept(here, at);
    if (!state.notYetAdopted.includes(line.id) || here.step.kind === 'normal') return here;
    if (state.atStart === 'unknown') return { ...here, intent: unknownIntent(at) };
    room = becauseOfPosition(room, here, state, at);
    return here;
  });
  const next: BypassState = {
    ...state,
    room,
    lines,
    cards: { ...state.cards, [card]: { ...part, adopted: true } },
    notYetAdopted: state.notYetAdopted.filter((id) => own.every((line) => line.id !== id)),
  };
  return state.notYetAdopted.length > 0 ? heldWhereAllUnknown(next, at) : next;
}

const unknownIntent = (at: MonoMs): NonNullable<LinePart['intent']> => ({
  reason: 'unknown',
  urgency: 'capped',
  since: at,
});

/** A fault outlives a restart and a lost link, except where the relay now stands well in normal: then it goes by the table. */
function withFaultKept(line: LinePart, at: MonoMs): LinePart {
  if (line.step.kind === 'normal') return { ...line, intent: line.intent ?? unknownIntent(at) };
  if (line.report?.position === 'normal') return { ...line, step: { kind: 'stuck' } };
  return { ...line, step: { kind: 'locked', why: 'before-restart' } };
}

/** A line stands in bypass and nobody said why: the room settles, and takes it back when the PBX has proved itself. */
function becauseOfPosition(room: RoomPart, line: LinePart, state: BypassState, at: MonoMs): RoomPart {
  const { phase } = room;
  if (line.intent !== undefined || (phase.kind !== 'steady' && phase.kind !== 'confirming')) return room;
  return { ...withPhase(room, 'settling', at), reason: state.atStart };
}

/** Every line of the room is in bypass and no guard.json says why: the room is held, and one order restores it. */
function heldWhereAllUnknown(state: BypassState, at: MonoMs): BypassState {
  const isAllUnknown =
    state.notYetAdopted.length === 0 &&
    state.lines.length > 0 &&
    state.lines.every((line) => line.intent?.reason === 'unknown' && coilOf(line.step) === 'release');
  if (!isAllUnknown || state.atStart !== 'unknown' || state.room.phase.kind === 'held') return state;
  const lines = state.lines.map((line): LinePart => ({ ...line, intent: undefined }));
  return { ...state, lines, room: held(state.room, 'unknown', 'capped', at) };
}

/** The link of a card changed. Its lines are assumed to be nowhere until the card reports them. */
export function withLink(
  state: BypassState,
  card: BusId,
  link: 'up' | 'lost' | 'refused',
  at: MonoMs,
): BypassState {
  const part = state.cards[card];
  if (part === undefined || part.link === link) return state;
  return {
    ...state,
    cards: { ...state.cards, [card]: { ...part, link, adopted: false, hostLost: false } },
    lines: state.lines.map((line): LinePart => {
      if (line.card !== card) return line;
      return {
        ...moved(line, { kind: 'unreachable' }, at),
        report: undefined,
        reportAt: undefined,
        betweenSince: undefined,
        wasFaulty: isFaulty(line),
        mayHaveCall: line.mayHaveCall || line.signal === 'unknown',
      };
    }),
  };
}
