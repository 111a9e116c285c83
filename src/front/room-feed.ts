/**
 * The room as the page's live stream tells it: one whole picture, then what changed, then what happened. Keeps the last
 * messages, so that a page that lost the connection for a moment goes on where it was.
 */
import { nanoid } from 'nanoid';
import type { RoomView } from '../model/messages.ts';

export interface FeedMessage {
  readonly id: string;
  readonly event: 'snapshot' | 'change' | 'notice';
  readonly data: string;
}
export const keptMessagesMax = 512;

export interface RoomFeed {
  readonly view: RoomView | undefined;
  /** Milliseconds since the guard last told us anything of the room. */
  ageMs(): number;
  accept(view: RoomView): void;
  notice(body: object): void;
  /** Everything after `lastId`; the whole picture when that is no longer known. */
  since(lastId: string | undefined): readonly FeedMessage[];
  listen(listener: (message: FeedMessage) => void): () => void;
}

type Listed = 'lines' | 'subjects' | 'readings' | 'alarms';
type Plain = 'room' | 'controls' | 'threads' | 'cards' | 'horn' | 'healthy' | 'powerCut';
const listed = ['lines', 'subjects', 'readings', 'alarms'] as const satisfies readonly Listed[];
const plain = [
  'room',
  'controls',
  'threads',
  'cards',
  'horn',
  'healthy',
  'powerCut',
] as const satisfies readonly Plain[];

/** Changed members of a list, and the ids that are gone. */
interface ListChange {
  readonly set?: readonly object[];
  readonly gone?: readonly string[];
}

function changeOf(
  before: readonly { id: string }[],
  after: readonly { id: string }[],
): ListChange | undefined {
  const old = new Map(before.map((item) => [item.id, JSON.stringify(item)]));
  const set = after.filter((item) => old.get(item.id) !== JSON.stringify(item));
  const now = new Set(after.map((item) => item.id));
  const gone = before.map((item) => item.id).filter((id) => !now.has(id));
  if (set.length === 0 && gone.length === 0) return undefined;
  return { ...(set.length > 0 ? { set } : {}), ...(gone.length > 0 ? { gone } : {}) };
}

function difference(before: RoomView, after: RoomView): Record<string, unknown> | undefined {
  const change: Record<string, unknown> = {};
  for (const name of plain)
    if (JSON.stringify(before[name]) !== JSON.stringify(after[name])) change[name] = after[name];
  for (const name of listed) {
    const found = changeOf(before[name], after[name]);
    if (found !== undefined) change[name] = found;
  }
  return Object.keys(change).length === 0 ? undefined : { at: after.at, ...change };
}

export function roomFeed(about: object, mono: () => number): RoomFeed {
  const run = nanoid(6);
  const listeners = new Set<(message: FeedMessage) => void>();
  const kept: FeedMessage[] = [];
  let view: RoomView | undefined;
  let acceptedAt = mono();
  let number = 0;
  const emit = (event: FeedMessage['event'], data: object): void => {
    const message: FeedMessage = { id: `${run}-${++number}`, event, data: JSON.stringify(data) };
    kept.push(message);
    if (kept.length > keptMessagesMax) kept.shift();
    for (const listener of listeners) listener(message);
  };
  const snapshot = (whole: RoomView): FeedMessage => ({
    id: `${run}-${number}`,
    event: 'snapshot',
    data: JSON.stringify({ ...about, view: whole }),
  });
  return {
    get view() {
      return view;
    },
    ageMs: () => mono() - acceptedAt,
    accept(next) {
      acceptedAt = mono();
      const before = view;
      view = next;
      if (before === undefined) {
        for (const listener of listeners) listener(snapshot(next));
        return;
      }
      const change = difference(before, next);
      if (change !== undefined) emit('change', change);
    },
    notice(body) {
      emit('notice', body);
    },
    since(lastId) {
      if (view === undefined) return [];
      const at = lastId === undefined ? -1 : kept.findIndex((message) => message.id === lastId);
      if (at >= 0) return kept.slice(at + 1);
      return [snapshot(view)];
    },
    listen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
