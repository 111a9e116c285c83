/**
 * A source that asks by itself (SIP OPTIONS, dial tone on an extension, ping, TCP connect, UPS, …). One miss says nothing:
 * only a run of them is down, dated from its first. News older than two periods and the longest wait is unknown. What the
 * kinds differ in (period, wait, misses, veto) stands on the source as data; no kind is named here.
 */
import type { MonoMs } from '../../model/units.ts';
import { elapsedMs, later } from '../../model/units.ts';
import type { PolledSource } from '../../model/room.ts';
import type { Says } from '../../model/watch.ts';
import type { Text } from '../../model/text.ts';
import { text } from '../../model/text.ts';
import type { Statement, Values } from './statement.ts';

/** News older than this is no news. */
export const staleMs = (source: PolledSource): number => 2 * source.everyMs + source.waitMs;

export interface PolledMemory {
  readonly says: Says;
  readonly since: MonoMs;
  readonly at?: MonoMs;
  readonly reason: Text;
  readonly misses: number;
  readonly firstMissAt?: MonoMs;
  readonly values?: Values;
  /** Newest answer that carried values, and what it said. Kept through silence. */
  readonly lastRead?: { readonly at: MonoMs; readonly reason: Text };
}

export const polledUnheard = (at: MonoMs, lastRead?: PolledMemory['lastRead']): PolledMemory => ({
  says: 'unknown',
  since: at,
  reason: text('尚未查询到结果', 'nothing heard yet'),
  misses: 0,
  ...(lastRead === undefined ? {} : { lastRead }),
});

export interface PolledNews {
  readonly at: MonoMs;
  readonly says: Says;
  readonly reason: Text;
  readonly values?: Values;
}

export function polledHeard(source: PolledSource, memory: PolledMemory, news: PolledNews): PolledMemory {
  const { at, reason } = news;
  const values = news.values === undefined ? {} : { values: news.values };
  const isRead = news.says === 'up' && news.values !== undefined;
  const lastRead = isRead ? { at, reason } : memory.lastRead;
  const last = lastRead === undefined ? {} : { lastRead };
  const isStale = memory.at !== undefined && elapsedMs(memory.at, at) > staleMs(source);
  const says: Says = isStale ? 'unknown' : memory.says;
  if (news.says !== 'down')
    return {
      says: news.says,
      since: says === news.says ? memory.since : at,
      at,
      reason,
      misses: 0,
      ...values,
      ...last,
    };
  const firstMissAt = (isStale ? undefined : memory.firstMissAt) ?? at;
  const misses = Math.min((isStale ? 0 : memory.misses) + 1, source.missLimit);
  if (misses >= source.missLimit)
    return { says: 'down', since: firstMissAt, at, reason, misses, firstMissAt, ...values, ...last };
  // What was last read stays good until the run of misses is long enough.
  const kept = memory.values === undefined || isStale ? {} : { values: memory.values };
  return { says, since: isStale ? at : memory.since, at, reason, misses, firstMissAt, ...kept, ...last };
}

export function polledSays(source: PolledSource, memory: PolledMemory, at: MonoMs): Statement {
  const heardAt = memory.at;
  const last = memory.lastRead === undefined ? {} : { lastRead: memory.lastRead };
  if (heardAt === undefined)
    return { says: 'unknown', since: memory.since, reason: memory.reason, missing: false, ...last };
  const staleAt = later(heardAt, staleMs(source));
  if (at > staleAt)
    return {
      says: 'unknown',
      since: staleAt,
      at: heardAt,
      reason: text('结果已过期', 'the last answer is too old'),
      missing: false,
      ...last,
    };
  const { says, since, reason, values } = memory;
  const { vetoMs = 0 } = source;
  const vetoes = says === 'up' && memory.misses === 0 && elapsedMs(heardAt, at) < vetoMs;
  return {
    says,
    since,
    at: heardAt,
    reason,
    missing: memory.misses > 0,
    changesAt: vetoes ? later(heardAt, Math.min(vetoMs, staleMs(source) + 1)) : later(staleAt, 1),
    ...(vetoes ? { vetoAt: heardAt } : {}),
    ...(values === undefined ? {} : { values }),
    ...last,
  };
}
