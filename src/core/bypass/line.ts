/**
 * The line table: one line's way between PBX and seat phone. One row a turn; levels are judged, never edges.
 *
 * A line without a call goes over at once, a line in a call when its loop opens or its time is over. Nothing here
 * energises a coil except the return from an exercise (`restore.ts` chooses whose turn it is otherwise).
 * Source: state-machines.md, table "line state"; mended rows in docs/safety.md.
 */
import { elapsedMs } from '../../model/units.ts';
import type { MonoMs } from '../../model/units.ts';
import type { BypassSettings } from '../../model/room.ts';
import type { Verdict } from '../../model/watch.ts';
import { hasCall, isIdleFor, mayEnergise } from './intent.ts';
import {
  coilOf,
  hasLeftItsPlace,
  isSoundlyReleased,
  isUnacknowledged,
  isWrongTwice,
  positionNow,
} from './read-back.ts';
import type { BypassConfig, CardPart, CutCall, LinePart, LineStep, Urgency } from './state.ts';
import type { BypassValues } from './values.ts';

/** What a line must know of the world in one turn. */
export interface LineTurn {
  readonly at: MonoMs;
  readonly settings: BypassSettings;
  readonly values: BypassValues;
  readonly verdict: Verdict;
  readonly card: CardPart;
  /** Bypass is asked for, by the room or for this line. */
  readonly intent: Urgency | undefined;
}

/** The line in another step. The read-back starts afresh when the coil is told something new. */
export function moved(line: LinePart, step: LineStep, at: MonoMs): LinePart {
  if (coilOf(step) === coilOf(line.step)) return { ...line, step };
  return { ...line, step, commandedAt: at, contradictedSince: undefined };
}

/** Keeps who was on the line when it was switched over, so that somebody lifts the right phone. */
function withCut(line: LinePart, at: MonoMs): LinePart {
  if (!hasCall(line)) return line;
  const direction = line.call?.direction ?? 'found';
  const cut: CutCall = {
    at,
    direction,
    ...(line.call === undefined ? {} : { call: line.call.id }),
    ...(direction === 'incoming' ? { liftPhone: line.phone } : {}),
  };
  return { ...line, cut };
}

const release = (line: LinePart, at: MonoMs): LinePart =>
  moved(line, { kind: 'releasing', pulsed: false }, at);

/** Straight to bypass where the relay is proved to be there, else by way of the read-back. */
const released = (line: LinePart, at: MonoMs): LinePart =>
  isSoundlyReleased(line) ? moved(line, { kind: 'bypass', since: at }, at) : release(line, at);

export const withoutIntent = (line: LinePart, at: MonoMs): LinePart => ({
  ...line,
  intent: undefined,
  step: line.step.kind === 'bypass' ? { kind: 'bypass', since: at } : line.step,
});

/** Own intents that end by themselves. */
export function withExpiredIntent(
  line: LinePart,
  at: MonoMs,
  { settings, values }: Pick<BypassConfig, 'settings' | 'values'>,
): LinePart {
  const { intent } = line;
  if (intent === undefined) return line;
  const isOver =
    (intent.reason === 'exercise-kept' && isIdleFor(line, at, settings.idleForMs)) ||
    (intent.reason === 'exercise-phone' &&
      isIdleFor(line, at, settings.idleForMs) &&
      (line.signalSince > intent.since || elapsedMs(intent.since, at) >= values.phoneTestMs)) ||
    (intent.reason === 'failed-proof' && elapsedMs(intent.since, at) >= settings.restoreAfterMs);
  return isOver ? withoutIntent(line, at) : line;
}

export function judgeLine(line: LinePart, turn: LineTurn): LinePart {
  switch (line.step.kind) {
    case 'normal':
      return leftNormal(line, turn) ?? toBypass(line, turn) ?? line;
    case 'waiting':
      return leftNormal(line, turn) ?? wait(line, line.step.capFrom, turn);
    case 'releasing':
      return readReleased(line, line.step.pulsed, turn);
    case 'bypass':
      // A contact that leaves the phone's side is found like one that never reached it.
      return hasLeftItsPlace(line, turn.values) ? release(line, turn.at) : line;
    case 'operating':
      return operate(line, turn);
    case 'proving':
      return leftNormal(line, turn) ?? toBypass(line, turn) ?? prove(line, line.step.since, turn);
    case 'exercising':
      return exercise(line, line.step.since, turn);
    case 'stuck':
      return positionNow(line) === 'bypass' ? moved(line, { kind: 'locked', why: 'wear' }, turn.at) : line;
    case 'open':
      // notices.ts sends the one pulse with this move; the read-back is judged anew after it.
      return {
        ...moved(line, { kind: 'releasing', pulsed: true }, turn.at),
        commandedAt: turn.at,
        contradictedSince: undefined,
      };
    case 'locked':
    case 'unreachable':
      return line;
  }
}

/** The relay is energised but does not stand in normal, or its card has let it go. */
function leftNormal(line: LinePart, turn: LineTurn): LinePart | undefined {
  const { at, card, values } = turn;
  const isLetGo = line.report?.coil === 'release' && (line.reportAt ?? -Infinity) > line.commandedAt;
  if (isLetGo) return withCut(release(line, at), at);
  if (!hasLeftItsPlace(line, values)) return undefined;
  const isUnfed = !mayEnergise(card);
  return withCut(isUnfed ? release(line, at) : moved(line, { kind: 'locked', why: 'dropped' }, at), at);
}

/** Normal or proving, and bypass is asked for. */
function toBypass(line: LinePart, { at, intent }: LineTurn): LinePart | undefined {
  if (intent === undefined) return undefined;
  if (!hasCall(line)) return release(line, at);
  if (intent === 'now') return withCut(release(line, at), at);
  return moved(line, intent === 'planned' ? { kind: 'waiting' } : { kind: 'waiting', capFrom: at }, at);
}

function wait(
  line: LinePart,
  capFrom: MonoMs | undefined,
  { at, intent, settings, values }: LineTurn,
): LinePart {
  if (intent === undefined) return moved(line, { kind: 'normal' }, at);
  const isLoopOpen = line.signal !== 'idle' || elapsedMs(line.signalSince, at) >= settings.loopOpenMs;
  if (!hasCall(line) && isLoopOpen) return release(line, at);
  if (intent === 'now') return withCut(release(line, at), at);
  if (intent === 'planned') return capFrom === undefined ? line : moved(line, { kind: 'waiting' }, at);
  if (capFrom === undefined) return moved(line, { kind: 'waiting', capFrom: at }, at);
  const waitedMs = elapsedMs(capFrom, at);
  const isSpeaking = line.lastSpeechAt !== undefined && elapsedMs(line.lastSpeechAt, at) < values.speechMs;
  const isOver = waitedMs >= settings.callCapMs || (waitedMs >= settings.busyCapMs && !isSpeaking);
  return isOver ? withCut(release(line, at), at) : line;
}

function readReleased(line: LinePart, pulsed: boolean, { at, values }: LineTurn): LinePart {
  const position = positionNow(line);
  if (position === 'bypass') return moved(line, { kind: 'bypass', since: at }, at);
  const isUnanswered = isUnacknowledged(line, at, values);
  if (!isWrongTwice(line, values) && !isUnanswered) return line;
  switch (position) {
    case 'normal':
      return moved(line, { kind: 'stuck' }, at);
    case 'between':
      return moved(line, pulsed ? { kind: 'locked', why: 'open' } : { kind: 'open' }, at);
    case 'unknown':
      // A dead trunk shows no voltage on any tap: released, not proved, and not energised until it is.
      return moved(line, { kind: 'bypass', since: at }, at);
  }
}

function operate(line: LinePart, { at, card, intent, values }: LineTurn): LinePart {
  if (intent !== undefined || !mayEnergise(card)) return release(line, at);
  if (positionNow(line) === 'normal' && line.report?.coil === 'energise')
    return moved(line, { kind: 'proving', since: at }, at);
  return isWrongTwice(line, values) || isUnacknowledged(line, at, values)
    ? moved(line, { kind: 'locked', why: 'not-operated' }, at)
    : line;
}

function prove(line: LinePart, since: MonoMs, { at, settings }: LineTurn): LinePart {
  if (line.signal === 'off-hook') return moved(line, { kind: 'normal' }, at);
  if (line.signal === 'ringing') {
    const rangMs = Math.min(elapsedMs(line.signalSince, at), elapsedMs(since, at));
    if (rangMs < settings.ringLimitMs) return line;
    return { ...release(line, at), intent: { reason: 'failed-proof', urgency: 'capped', since: at } };
  }
  return elapsedMs(since, at) >= settings.proveMs ? moved(line, { kind: 'normal' }, at) : line;
}

function exercise(line: LinePart, since: MonoMs, turn: LineTurn): LinePart {
  const { at, values, verdict, card, intent } = turn;
  if (intent !== undefined) return released(line, at);
  if (hasCall(line))
    return { ...released(line, at), intent: { reason: 'exercise-kept', urgency: 'capped', since: at } };
  const position = positionNow(line);
  if (isWrongTwice(line, values)) return moved(line, { kind: position === 'normal' ? 'stuck' : 'open' }, at);
  const stayedMs = elapsedMs(since, at);
  const isDue = isSoundlyReleased(line) || line.signal === 'ringing' || stayedMs >= values.exerciseMs;
  const isInBurst = line.inBurst && stayedMs < values.exerciseMs + values.burstWaitMs;
  if (!isDue || isInBurst) return line;
  if (verdict === 'down' || !mayEnergise(card)) return released(line, at);
  return moved(line, { kind: 'operating' }, at);
}
