/**
 * The bypass machine: events set levels, a turn judges them all. Total: what is unknown or late changes nothing.
 *
 * Every event should be followed by a turn; within one turn the room is judged first, then each line once, then whose
 * turn it is to be restored. So a trip releases every line without a call in the turn that confirms it.
 */
import type { CoilCommand } from '../../model/bypass.ts';
import type { Effect } from '../../model/effect.ts';
import type { LineId } from '../../model/ids.ts';
import { elapsedMs } from '../../model/units.ts';
import type { MonoMs } from '../../model/units.ts';
import { command } from './commands.ts';
import { hasCall, lineIntent, roomIntent } from './intent.ts';
import { judgeLine, withExpiredIntent } from './line.ts';
import { commandNotice, effectsBetween } from './notices.ts';
import { coilOf, withReport } from './read-back.ts';
import { withNextLine, withRestoreEnded } from './restore.ts';
import { afterFailedProofs, hasFailedAlone, judgeRoom, withAnswers } from './room.ts';
import { adopted, withLink } from './start.ts';
import type { BypassEvent, BypassState, BypassView, LinePart } from './state.ts';

export interface BypassStep {
  readonly state: BypassState;
  readonly effects: readonly Effect[];
}

type EventOf<K extends BypassEvent['kind']> = Extract<BypassEvent, { kind: K }>;

export function step(before: BypassState, event: BypassEvent): BypassStep {
  // Events of different sources may arrive a little out of order: what is older than the newest moment is judged now.
  const at = event.at > before.at ? event.at : before.at;
  const state: BypassState = { ...before, at, isJudged: false };
  switch (event.kind) {
    case 'command':
      return withCommand(before, state, event, at);
    case 'turn':
      return said(before, judged(state, at));
    case 'verdict':
      return event.verdict === state.verdict
        ? { state, effects: [] }
        : said(before, { ...state, verdict: event.verdict, verdictSince: at, restless: true });
    case 'line':
      return said(before, withLineEvent(state, event, at));
    case 'speech':
      return said(before, withSpeech(state, event.line, at));
    case 'relays':
      return said(before, withRelays(state, event, at));
    case 'card':
      return said(before, { ...withLink(state, event.card, event.link, at), restless: true });
    case 'port-failed':
      return said(before, withPortFailed(state, event.line, at));
    case 'key': {
      const known = event.turned !== 'unknown';
      const turned = event.turned === 'unknown' ? state.key.turned : event.turned;
      return said(before, { ...state, key: { turned, known }, restless: true });
    }
    case 'ending':
      return said(before, { ...state, stopping: withEnding(state, event.how, at), restless: true });
  }
}

/** A stop that was asked for is not made a restart by a later word; a restart ends at once. */
function withEnding(
  state: BypassState,
  how: 'stop' | 'restart',
  at: MonoMs,
): NonNullable<BypassState['stopping']> {
  const { stopping } = state;
  return {
    since: stopping?.since ?? at,
    how: stopping?.how === 'stop' ? 'stop' : how,
    ended: how === 'restart' || stopping?.ended === true,
  };
}

const said = (before: BypassState, state: BypassState): BypassStep => ({
  state,
  effects: effectsBetween(before, state),
});

function withCommand(
  before: BypassState,
  state: BypassState,
  event: EventOf<'command'>,
  at: MonoMs,
): BypassStep {
  const asked = event.command;
  if (
    asked.do !== 'bypass' &&
    asked.do !== 'restore' &&
    asked.do !== 'reset-bypass' &&
    asked.do !== 'exercise'
  )
    return { state, effects: [] };
  const answer = command(state, asked, event.by.via, at);
  const after: BypassState = { ...answer.state, restless: true };
  return {
    state: after,
    effects: [commandNotice(event.id, answer.accepted, answer.text, at), ...effectsBetween(before, after)],
  };
}

function withLineEvent(state: BypassState, event: EventOf<'line'>, at: MonoMs): BypassState {
  if (!state.lines.some((line) => line.id === event.line)) return state;
  const lines = state.lines.map((line): LinePart => {
    if (line.id !== event.line) return line;
    const isKnown = event.signal !== 'unknown';
    const isCardUp = state.cards[line.card]?.link === 'up';
    return {
      ...line,
      signal: event.signal,
      signalSince: event.since < at ? event.since : at,
      inBurst: event.signal === 'ringing' && event.inBurst === true,
      mayHaveCall: isKnown ? false : hasCall(line) || event.call !== undefined || !isCardUp,
      call: event.call,
    };
  });
  return { ...state, lines, restless: true };
}

/** Only a line in service, in a room where nothing else is the matter, is taken off its port. */
function withPortFailed(state: BypassState, id: LineId, at: MonoMs): BypassState {
  if (state.room.phase.kind !== 'steady' || state.verdict === 'down' || state.stopping !== undefined)
    return state;
  const lines = state.lines.map((line): LinePart =>
    line.id === id && line.intent === undefined && line.step.kind === 'normal'
      ? { ...line, intent: { reason: 'port-alone-failed', urgency: 'capped', since: at } }
      : line,
  );
  return { ...state, lines, restless: true };
}

const withSpeech = (state: BypassState, id: LineId, at: MonoMs): BypassState => ({
  ...state,
  lines: state.lines.map((line) => (line.id === id ? { ...line, lastSpeechAt: at } : line)),
});

function withRelays(state: BypassState, event: EventOf<'relays'>, at: MonoMs): BypassState {
  const card = state.cards[event.card];
  if (card === undefined || card.link !== 'up') return state;
  const keyKnown = event.bypassKey !== 'unknown';
  const next: BypassState = {
    ...state,
    cards: {
      ...state.cards,
      [event.card]: {
        ...card,
        coilSupply: event.coilSupply,
        key: event.bypassKey === 'unknown' ? card.key : event.bypassKey,
        keyKnown,
        hostLost: event.hostLost,
      },
    },
    restless: true,
  };
  if (!card.adopted) return adopted(next, event.card, event.relays, at);
  return {
    ...next,
    lines: next.lines.map((line) => {
      const report = line.card === event.card ? event.relays[line.id] : undefined;
      return report === undefined ? line : withReport(line, report, at, next.config.values);
    }),
  };
}

/** One turn. */
function judged(before: BypassState, at: MonoMs): BypassState {
  const room = judgeRoom(before, at);
  const withRoom: BypassState = room === before.room ? before : { ...before, room };
  const once = withLinesJudged(withRoom, at);
  // A line that failed its proof has just held the room: the others hear of it in the same turn.
  const isHeldNow = once.room.phase.kind === 'held' && withRoom.room.phase.kind !== 'held';
  const withLines = isHeldNow ? withLinesJudged(once, at) : once;
  const restored = withRestoreEnded(withNextLine(withLines, at), at);
  const stopped = withStopJudged(restored, at);
  const isChanged =
    stopped.room !== before.room ||
    stopped.stopping !== before.stopping ||
    stopped.lines.some((line, index) => line !== before.lines[index]);
  return { ...stopped, restless: isChanged, isJudged: true };
}

function withLinesJudged(state: BypassState, at: MonoMs): BypassState {
  const { settings, values } = state.config;
  const fromRoom = roomIntent(state);
  const isRoomInBypass = state.room.phase.kind === 'tripped' || state.room.phase.kind === 'held';
  const known = withAnswers(state.room.failedProofs, state.lines);
  const failed: LineId[] = [];
  const proved: LineId[] = [];
  const lines = state.lines.map((before): LinePart => {
    const card = state.cards[before.card];
    if (card === undefined) return before;
    const fresh = withExpiredIntent(before, at, state.config);
    const intent = lineIntent(fromRoom, fresh, card);
    const after = withoutStale(
      judgeLine(fresh, { at, settings, values, verdict: state.verdict, card, intent }),
      isRoomInBypass,
      at,
      values.callCutMs,
    );
    if (before.step.kind === 'proving' && after !== fresh) {
      if (after.step.kind === 'normal' && after.signal === 'off-hook') proved.push(after.id);
      if (after.intent?.reason === 'failed-proof' && fresh.intent === undefined) {
        failed.push(after.id);
        if (hasFailedAlone(known, after.id))
          return { ...after, intent: { ...after.intent, reason: 'port-alone-failed' } };
      }
    }
    return after;
  });
  if (known === state.room.failedProofs && lines.every((line, index) => line === state.lines[index]))
    return state;
  const failedProofs = known;
  const kept = proved.length === 0 ? failedProofs : failedProofs.filter(({ line }) => !proved.includes(line));
  const room = kept === state.room.failedProofs ? state.room : { ...state.room, failedProofs: kept };
  return {
    ...state,
    lines,
    room: failed.length === 0 ? room : afterFailedProofs(room, failed, state, at),
  };
}

/** Drops an order that is carried out or overruled, and the reminder of a cut call that has stood its time. */
function withoutStale(line: LinePart, isRoomInBypass: boolean, at: MonoMs, callCutMs: number): LinePart {
  const isOrderOver = line.orderedAt !== undefined && (isRoomInBypass || line.step.kind === 'normal');
  // The room asks for more than an exercise; its order is over, and the line goes back with the others.
  const isExerciseOver = isRoomInBypass && line.intent?.reason === 'exercise-phone';
  const isCutOver = line.cut !== undefined && elapsedMs(line.cut.at, at) >= callCutMs;
  if (!isOrderOver && !isCutOver && !isExerciseOver) return line;
  return {
    ...line,
    intent: isExerciseOver ? undefined : line.intent,
    orderedAt: isOrderOver ? undefined : line.orderedAt,
    cut: isCutOver ? undefined : line.cut,
  };
}

/** An orderly stop ends when no line is on its way any more, or when its time is over: then the line cards see to the rest. */
function withStopJudged(state: BypassState, at: MonoMs): BypassState {
  const { stopping } = state;
  if (stopping === undefined || stopping.ended) return state;
  const isMoving = state.lines.some(
    (line) => coilOf(line.step) === 'energise' || line.step.kind === 'releasing',
  );
  const isOver = elapsedMs(stopping.since, at) >= state.config.values.stopMs;
  return isMoving && !isOver ? state : { ...state, stopping: { ...stopping, ended: true } };
}

/**
 * Where every adopted relay shall be. A line that is not named here is not commanded: its card's positions are not
 * adopted yet, or the card cannot be reached and follows its own watchdog.
 */
export function outputs(state: BypassState): Readonly<Record<LineId, CoilCommand>> {
  const coils: Record<LineId, CoilCommand> = {};
  for (const line of state.lines) {
    const coil = coilOf(line.step);
    if (coil !== undefined) coils[line.id] = coil;
  }
  return coils;
}

export const view = (state: BypassState): BypassView => ({
  room: state.room.phase.kind,
  reason: state.room.reason,
  lines: state.lines.map((line) => ({
    id: line.id,
    state: line.step.kind,
    ...(line.intent === undefined ? {} : { intent: line.intent.reason }),
    ...(line.cut?.liftPhone === undefined ? {} : { liftPhone: line.cut.liftPhone }),
  })),
});
