/**
 * Standing conditions that belong to no single machine: dead lines, cards that are gone, plain contacts, and what the shell
 * found out. Levels, worked out anew each turn.
 */
import type { BusId, LineId, PointId } from '../../model/ids.ts';
import type { Condition } from '../../model/alarm.ts';
import type { LineSignal } from '../../model/line.ts';
import type { LoopFault } from '../../model/event.ts';
import type { MonoMs } from '../../model/units.ts';
import { elapsedMs, hasLasted } from '../../model/units.ts';
import type { Text } from '../../model/text.ts';
import { text } from '../../model/text.ts';
import type { RoomConfig } from './config.ts';

/** Off hook without end: a handset left beside its phone, or a stuck hook (safety-review, section E). */
const offHookLongMs = 30 * 60_000;
/** From this many dead lines of one card on it is one cable, and one alarm. */
const cableLines = 2;

export interface CardSeen {
  readonly link: 'awaited' | 'up' | 'lost' | 'refused';
  readonly serialNumber: string;
  readonly reason: Text;
}
export interface LineSeen {
  readonly signal: LineSignal;
  readonly since: MonoMs;
}

const active = (subject: string, type: string, detail: Text, qualifier = ''): Condition => ({
  key: { subject, type, qualifier },
  state: 'active',
  detail,
});

/** Dead and long-off-hook lines; lines that died together on one card are one alarm of the card's cable. */
export function lineConditions(
  config: RoomConfig,
  lines: Readonly<Record<LineId, LineSeen>>,
  at: MonoMs,
): Condition[] {
  const conditions: Condition[] = [];
  for (const [card, ids] of Object.entries(config.linesOfCard)) {
    const dead = ids.filter((id) => lines[id]?.signal === 'dead');
    const trunks = dead.map((id) => config.lines[id]?.trunk ?? id).join(', ');
    if (dead.length >= cableLines)
      conditions.push(
        active(
          card,
          'line.dead',
          text(
            `${dead.length} 条线路同时无电压：${trunks}`,
            `${dead.length} lines without voltage: ${trunks}`,
          ),
          'cable',
        ),
      );
    else
      for (const id of dead)
        conditions.push(active(id, 'line.dead', text(`外线 ${trunks}`, `trunk ${trunks}`)));
    for (const id of ids) {
      const line = lines[id];
      if (line?.signal === 'off-hook' && elapsedMs(line.since, at) >= offHookLongMs)
        conditions.push(
          active(
            id,
            'line.off-hook-long',
            text(`话机 ${config.lines[id]?.phone ?? ''}`, `phone ${config.lines[id]?.phone ?? ''}`),
          ),
        );
    }
  }
  return conditions;
}

export function cardConditions(cards: Readonly<Record<BusId, CardSeen>>): Condition[] {
  return Object.entries(cards).flatMap(([id, { link, reason }]) => {
    if (link === 'lost') return [active(id, 'card.lost', reason)];
    return link === 'refused' ? [active(id, 'card.refused', reason)] : [];
  });
}

/** Plain contacts out of their normal position that speak for no subject. An unknown contact keeps what was known. */
export function pointConditions(
  config: RoomConfig,
  contacts: Readonly<Record<PointId, boolean | 'unknown'>>,
): Condition[] {
  return Object.entries(contacts).flatMap(([id, closed]): Condition[] => {
    const point = config.inputs[id];
    if (point?.role !== 'plain' || point.counter === true || config.evidencePoints.includes(id)) return [];
    const key = { subject: id, type: 'point.active', qualifier: '' };
    if (closed === 'unknown')
      return [{ key, state: 'unknown', severity: point.severity, detail: point.name }];
    return closed === (point.contact === 'normally-closed')
      ? []
      : [{ key, state: 'active', severity: point.severity, detail: point.name }];
  });
}

const loopAlarms = {
  cut: 'point.cut',
  short: 'point.short',
  'not-measured': 'point.not-supervised',
} as const;

/** Wires of supervised inputs: an alarm of their own, also where a subject uses the contact as evidence. */
export const loopConditions = (
  config: RoomConfig,
  faults: Readonly<Record<PointId, { readonly fault: LoopFault; readonly isKnown: boolean }>>,
): Condition[] =>
  Object.entries(faults).map(([id, { fault, isKnown }]) => ({
    key: { subject: id, type: loopAlarms[fault], qualifier: '' },
    state: isKnown ? 'active' : 'unknown',
    detail: config.inputs[id]?.name ?? text(id, id),
  }));

/** A button that is held so long is stuck: what it ordered once it does not order again, and nobody can press it. */
const stuckMs = 60_000;

export function buttonConditions(
  { inputs }: RoomConfig,
  heldSince: Readonly<Record<PointId, MonoMs>>,
  at: MonoMs,
): Condition[] {
  return Object.entries(heldSince).flatMap(([id, since]) => {
    const name = inputs[id]?.name ?? text(id, id);
    return hasLasted(since, stuckMs, at) ? [active(id, 'button.stuck', name)] : [];
  });
}
