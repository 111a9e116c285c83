/**
 * Who wants a line in bypass, and how urgently. Normal is only what is left when nobody speaks.
 *
 * Rank (state-machines.md, "Who wins"): coil supply and key · the card's hostLost · locked · a person's bypass ·
 * automatic trip · exercise · normal. Supply, hostLost and locks act on the relay itself (line.ts); here the intents
 * that can be taken back are added up, and the most urgent one counts.
 */
import { elapsedMs } from '../../model/units.ts';
import type { MonoMs } from '../../model/units.ts';
import type { BypassState, CardPart, LinePart, Urgency } from './state.ts';

const rank: Readonly<Record<Urgency, number>> = { planned: 1, capped: 2, now: 3 };

const moreUrgent = (a: Urgency | undefined, b: Urgency | undefined): Urgency | undefined =>
  a === undefined ? b : b === undefined ? a : rank[a] >= rank[b] ? a : b;

/** The room's wired contact reads turned (or cut), or every card's own key does: one key with a pole for each card. */
export function isRoomKeyTurned(state: BypassState): boolean {
  const cards = Object.values(state.cards);
  return state.key.turned || (cards.length > 0 && cards.every((card) => card.key === 'turned'));
}

/** What the room as a whole asks of every line. */
export function roomIntent(state: BypassState): Urgency | undefined {
  const { phase } = state.room;
  const room: Urgency | undefined =
    phase.kind === 'tripped' ? 'capped' : phase.kind === 'held' ? phase.urgency : undefined;
  return moreUrgent(room, state.stopping?.how === 'stop' ? 'planned' : undefined);
}

/** What is asked of one line, all reasons together. One card's key speaks for that card's lines only. */
export const lineIntent = (room: Urgency | undefined, line: LinePart, card: CardPart): Urgency | undefined =>
  moreUrgent(room, moreUrgent(line.intent?.urgency, card.key === 'turned' ? 'capped' : undefined));

/** Nothing above the software keeps this card's coils from being energised. */
export const mayEnergise = (card: CardPart): boolean =>
  card.link === 'up' && card.adopted && card.coilSupply && card.key !== 'turned' && !card.hostLost;

/** A call is on the line, or may be: nobody has seen the line since one could have begun. */
export const hasCall = (line: LinePart): boolean =>
  line.signal === 'off-hook' || (line.signal === 'unknown' && line.mayHaveCall);

/** Quiet for so long that it is not the silence between two rings or hook flashes. */
export const isIdleFor = (line: LinePart, at: MonoMs, idleForMs: number): boolean =>
  (line.signal === 'idle' || line.signal === 'dead') && elapsedMs(line.signalSince, at) >= idleForMs;

/** `down` has stood for as long as a trip needs. */
export const isDownConfirmed = (state: BypassState, at: MonoMs): boolean =>
  state.verdict === 'down' && elapsedMs(state.verdictSince, at) >= state.config.settings.confirmMs;
