/**
 * How long each changeover relay takes to operate and to release, over its life. A relay wears before it fails: it grows
 * slow first. The card times every move by its own clock, from the coil's write to the position that the taps prove; the
 * first moves are the relay's own measure, the newest are compared with them and with the room's limit.
 *
 * A new relay has a new measure: another card on the bus, or a person's word (`new-relay`). Relays on the Pi are not timed.
 */
import type { Condition } from '../../model/alarm.ts';
import type { RelayReport } from '../../model/bypass.ts';
import type { BusId, LineId } from '../../model/ids.ts';
import type { RelayMove, RelayTimes, RelayTrendView } from '../../model/relay.ts';
import { text } from '../../model/text.ts';

/** Moves that make the relay's own measure. */
const firstCount = 5;
/** Newest moves that are compared: one odd move is no trend. */
const newestCount = 3;
/** Slower than at first by this factor … */
const slowerBy = 1.5;
/** … and by so much: contact bounce and the card's clock make tenths of it. */
const slowerMs = 2;
/** What a card may report as a move; longer ones are faults, and the bypass judges them. */
const moveMsMax = 1000;

interface Times {
  readonly moves: number;
  readonly first: readonly number[];
  readonly newest: readonly number[];
}
export interface RelayTrend {
  /** Card on which it was timed. */
  readonly serialNumber: string;
  readonly operate: Times;
  readonly release: Times;
}
export type SavedTrends = Readonly<Record<LineId, RelayTrend>>;

/** The move that is under way, as far as the reports of this session show. */
interface Seen {
  readonly coil: RelayReport['coil'];
  readonly isTimed: boolean;
}
export interface RelayTrendState {
  readonly slowMs: number;
  readonly cardOf: Readonly<Record<LineId, BusId>>;
  readonly serials: Readonly<Record<BusId, string>>;
  readonly seen: Readonly<Record<LineId, Seen>>;
  readonly trends: SavedTrends;
}

export interface RelayTrendConfig {
  readonly slowMs: number;
  /** Card of each line that has a relay. */
  readonly cardOf: Readonly<Record<LineId, BusId>>;
}

export type RelayTrendEvent =
  | { readonly kind: 'card'; readonly card: BusId; readonly isUp: boolean; readonly serialNumber: string }
  | {
      readonly kind: 'relays';
      readonly relays: Readonly<Record<LineId, RelayReport>>;
      /** Coils have their supply and the key is not turned: only then does a coil move its relay. */
      readonly isFed: boolean;
    }
  | { readonly kind: 'new-relay'; readonly line: LineId };

const none: Times = { moves: 0, first: [], newest: [] };
const untimed = (serialNumber: string): RelayTrend => ({ serialNumber, operate: none, release: none });

/** Lines that have no relay any more are forgotten. */
export const initial = (config: RelayTrendConfig, saved: SavedTrends = {}): RelayTrendState => ({
  ...config,
  serials: {},
  seen: {},
  trends: Object.fromEntries(Object.entries(saved).filter(([line]) => config.cardOf[line] !== undefined)),
});

/** The same state when nothing was learned. */
export function step(before: RelayTrendState, event: RelayTrendEvent): RelayTrendState {
  switch (event.kind) {
    case 'card':
      return withCard(before, event);
    case 'relays':
      return Object.entries(event.relays).reduce(
        (state, [line, report]) => withReport(state, line, report, event.isFed),
        before,
      );
    case 'new-relay':
      return { ...before, trends: without(before.trends, [event.line]) };
    default:
      return event satisfies never;
  }
}

const without = <T>(all: Readonly<Record<string, T>>, ids: readonly string[]): Record<string, T> =>
  Object.fromEntries(Object.entries(all).filter(([id]) => !ids.includes(id)));

function withCard(
  state: RelayTrendState,
  { card, isUp, serialNumber }: Extract<RelayTrendEvent, { kind: 'card' }>,
): RelayTrendState {
  const own = Object.entries(state.cardOf).flatMap(([line, of]) => (of === card ? [line] : []));
  if (own.length === 0) return state;
  // What a relay did while nobody heard its card was not timed for us.
  const seen = without(state.seen, own);
  if (!isUp) return { ...state, seen };
  const others = own.filter((line) => (state.trends[line]?.serialNumber ?? serialNumber) !== serialNumber);
  return {
    ...state,
    seen,
    serials: { ...state.serials, [card]: serialNumber },
    trends: others.length === 0 ? state.trends : without(state.trends, others),
  };
}

function withReport(
  state: RelayTrendState,
  line: LineId,
  report: RelayReport,
  isFed: boolean,
): RelayTrendState {
  const { coil, position, moveMs } = report;
  const seen = state.seen[line];
  const see = (isTimed: boolean): RelayTrendState => ({
    ...state,
    seen: { ...state.seen, [line]: { coil, isTimed } },
  });
  if (seen === undefined) return see(true);
  const isNew = seen.coil !== coil;
  if (!isNew && seen.isTimed) return state;
  if (!isFed) return see(true);
  const isThere = position === (coil === 'energise' ? 'normal' : 'bypass');
  if (!isThere || moveMs === undefined) return isNew ? see(false) : state;
  // 0: it did not move, for it stood there already.
  if (moveMs <= 0 || moveMs > moveMsMax) return see(true);
  const card = state.cardOf[line];
  if (card === undefined) return state;
  const trend = state.trends[line] ?? untimed(state.serials[card] ?? '');
  const move: RelayMove = coil === 'energise' ? 'operate' : 'release';
  return {
    ...see(true),
    trends: { ...state.trends, [line]: { ...trend, [move]: withMove(trend[move], moveMs) } },
  };
}

const withMove = ({ moves, first, newest }: Times, ms: number): Times => ({
  moves: moves + 1,
  first: first.length < firstCount ? [...first, ms] : first,
  newest: [...newest, ms].slice(-newestCount),
});

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

function timesOf({ moves, first, newest }: Times): RelayTimes {
  return {
    moves,
    ...(first.length < firstCount ? {} : { firstMs: median(first) }),
    ...(newest.length < newestCount ? {} : { nowMs: median(newest) }),
  };
}

function isSlow({ firstMs, nowMs }: RelayTimes, slowMs: number): boolean {
  if (nowMs === undefined) return false;
  const isSlower = firstMs !== undefined && nowMs >= firstMs * slowerBy && nowMs >= firstMs + slowerMs;
  return isSlower || nowMs >= slowMs;
}

/** Absent: no move was timed yet. */
export function view({ trends, slowMs }: RelayTrendState, line: LineId): RelayTrendView | undefined {
  const trend = trends[line];
  if (trend === undefined) return undefined;
  const operate = timesOf(trend.operate);
  const release = timesOf(trend.release);
  return { operate, release, isSlow: isSlow(operate, slowMs) || isSlow(release, slowMs) };
}

const words: Readonly<Record<RelayMove, readonly [string, string]>> = {
  operate: ['吸合', 'operates'],
  release: ['释放', 'releases'],
};

export function conditions(state: RelayTrendState): Condition[] {
  return Object.keys(state.trends).flatMap((line): Condition[] => {
    const seen = view(state, line);
    if (seen?.isSlow !== true) return [];
    const slow = (['operate', 'release'] as const).filter((move) => isSlow(seen[move], state.slowMs));
    const says = slow.map((move) => {
      const { firstMs, nowMs = 0 } = seen[move];
      const [zh, en] = words[move];
      return text(
        `${zh} ${nowMs} 毫秒${firstMs === undefined ? '' : `（最初 ${firstMs}）`}`,
        `${en} in ${nowMs} ms${firstMs === undefined ? '' : `, ${firstMs} at first`}`,
      );
    });
    return [
      {
        key: { subject: line, type: 'relay.slow', qualifier: '' },
        state: 'active',
        detail: text(says.map(({ zh }) => zh).join('，'), says.map(({ en }) => en).join(', ')),
      },
    ];
  });
}
