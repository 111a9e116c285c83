/**
 * A wired contact as evidence: bad for 100 ms is down, good for 1 s is up, in between it says what it said before. A
 * normally-closed contact is good while closed, so that a cut wire is a fault; a normally-open one while open.
 */
import type { InputPoint } from '../../model/room.ts';
import type { MonoMs } from '../../model/units.ts';
import { elapsedMs, later } from '../../model/units.ts';
import type { Says } from '../../model/watch.ts';
import { text } from '../../model/text.ts';
import type { Statement } from './statement.ts';

export const contactBadMs = 100;
export const contactGoodMs = 1000;

export interface ContactMemory {
  readonly closed: boolean | 'unknown';
  readonly movedAt: MonoMs;
  /** What it said before it moved. */
  readonly before: { readonly says: Says; readonly since: MonoMs };
}

export const contactUnseen = (at: MonoMs): ContactMemory => ({
  closed: 'unknown',
  movedAt: at,
  before: { says: 'unknown', since: at },
});

const isGood = (closed: boolean, contact: InputPoint['contact']): boolean =>
  closed === (contact === 'normally-closed');

export function contactMoved(
  memory: ContactMemory,
  contact: InputPoint['contact'],
  closed: boolean | 'unknown',
  at: MonoMs,
): ContactMemory {
  if (memory.closed === closed) return memory;
  const { says, since } = contactSays(memory, contact, at);
  return { closed, movedAt: at, before: { says, since } };
}

export function contactSays(memory: ContactMemory, contact: InputPoint['contact'], at: MonoMs): Statement {
  const { closed, movedAt, before } = memory;
  if (closed === 'unknown')
    return {
      says: 'unknown',
      since: movedAt,
      reason: text('触点状态读不到', 'the contact cannot be read'),
      missing: false,
    };
  const good = isGood(closed, contact);
  const reason = closed ? text('触点闭合', 'contact closed') : text('触点断开', 'contact open');
  const settlesAt = later(movedAt, good ? contactGoodMs : contactBadMs);
  if (elapsedMs(settlesAt, at) < 0)
    return { ...before, at: movedAt, reason, missing: false, changesAt: settlesAt };
  const says = good ? 'up' : 'down';
  return { says, since: before.says === says ? before.since : movedAt, at: movedAt, reason, missing: false };
}
