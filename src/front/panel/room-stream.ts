/**
 * The room as this page knows it: one whole picture over the live stream, then what changes. The browser reconnects by
 * itself; a stream that the server refused is opened again here. `freshAt` is when the guard last said anything.
 */
import { useEffect, useState } from 'preact/hooks';
import type { RoomView } from '../../model/messages.ts';

export interface LiveRoom {
  readonly view: RoomView | undefined;
  readonly timezone: string;
  readonly version: string;
  readonly takesCommands: boolean;
  readonly link: 'connecting' | 'live' | 'lost' | 'refused';
  readonly freshAt: number;
}

interface ListChange<T> {
  readonly set?: readonly T[];
  readonly gone?: readonly string[];
}
type Lists = 'lines' | 'subjects' | 'readings' | 'alarms';
type Change = Partial<Omit<RoomView, Lists>> & {
  readonly [K in Lists]?: ListChange<RoomView[K][number]>;
};

const reopenMs = 4000;

function merged<T extends { readonly id: string }>(
  list: readonly T[],
  change: ListChange<T> | undefined,
): readonly T[] {
  if (change === undefined) return list;
  const set = new Map((change.set ?? []).map((item) => [item.id, item]));
  const gone = new Set(change.gone ?? []);
  const kept = list.filter((item) => !gone.has(item.id)).map((item) => set.get(item.id) ?? item);
  const known = new Set(list.map((item) => item.id));
  return [...kept, ...[...set.values()].filter((item) => !known.has(item.id))];
}

function changed(view: RoomView, change: Change): RoomView {
  const { lines, subjects, readings, alarms, ...plain } = change;
  return {
    ...view,
    ...plain,
    lines: merged(view.lines, lines),
    subjects: merged(view.subjects, subjects),
    readings: merged(view.readings, readings),
    alarms: merged(view.alarms, alarms),
  };
}

const nothingYet: LiveRoom = {
  view: undefined,
  timezone: 'UTC',
  version: '',
  takesCommands: false,
  link: 'connecting',
  freshAt: Date.now(),
};

export function useRoom(): LiveRoom {
  const [room, setRoom] = useState<LiveRoom>(nothingYet);
  useEffect(() => {
    let source: EventSource | undefined;
    let again: number | undefined;
    const dataOf = (event: Event): unknown =>
      event instanceof MessageEvent && typeof event.data === 'string' ? JSON.parse(event.data) : undefined;
    const open = (): void => {
      const stream = new EventSource('/api/v1/events');
      source = stream;
      stream.addEventListener('snapshot', (event) => {
        const { view, timezone, version, takesCommands } = dataOf(event) as LiveRoom;
        setRoom({ view, timezone, version, takesCommands, link: 'live', freshAt: Date.now() });
      });
      stream.addEventListener('change', (event) => {
        const change = dataOf(event) as Change;
        setRoom((now) => ({
          ...now,
          link: 'live',
          freshAt: Date.now(),
          ...(now.view === undefined ? {} : { view: changed(now.view, change) }),
        }));
      });
      stream.addEventListener('beat', (event) => {
        const { ageMs } = dataOf(event) as { ageMs: number | null };
        if (ageMs !== null) setRoom((now) => ({ ...now, link: 'live', freshAt: Date.now() - ageMs }));
      });
      stream.addEventListener('error', () => {
        const isOver = stream.readyState === EventSource.CLOSED;
        setRoom((now) => ({ ...now, link: isOver && now.view === undefined ? 'refused' : 'lost' }));
        if (isOver) again = window.setTimeout(open, reopenMs);
      });
    };
    open();
    return () => {
      window.clearTimeout(again);
      source?.close();
    };
  }, []);
  return room;
}

/** The present moment, moving once a second while the page is looked at. */
export function useNow(): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = window.setInterval(() => {
      setNow(Date.now());
    }, 1000);
    return () => {
      window.clearInterval(timer);
    };
  }, []);
  return now;
}
