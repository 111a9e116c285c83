/**
 * Which alarm of a burst came first (ISA-18.1, first-out): the one to look at, when one fault has pulled others with it. Alarms
 * whose evidence began within `burstGapMs` of each other are one burst. What counts is when the evidence began, not when the
 * alarm was raised: delays and probes differ. The mark stays where it is until every alarm of the burst has been acknowledged or
 * is over; it never moves on to one that came later. An alarm that comes alone carries no mark.
 */
import type { MonoMs } from '../../model/units.ts';
import { earlier, elapsedMs } from '../../model/units.ts';
import type { Alarm } from './regions.ts';
import { rank } from './rules.ts';

export const burstGapMs = 120_000;

export interface Burst {
  readonly number: number;
  /** Id of the alarm that came first. */
  readonly first: string;
  readonly firstSince: MonoMs;
  readonly lastSince: MonoMs;
  readonly members: ReadonlySet<string>;
}

export interface Bursts {
  readonly open: readonly Burst[];
  readonly count: number;
}
export const noBursts: Bursts = { open: [], count: 0 };
/** Members remembered of one burst: beyond, it is a flood, and its beginning is known. */
const burstMembersMax = 1_000;

/** Puts the alarms that were raised just now into bursts, and closes those in which nothing waits for a person any more. */
export function withRaised(
  before: Bursts,
  raised: readonly Alarm[],
  alarms: ReadonlyMap<string, Alarm>,
): Bursts {
  if (raised.length === 0 && before.open.length === 0) return before;
  const open = [...before.open];
  let { count } = before;
  // Copied once a step, however many join.
  const own = new Map<number, Set<string>>();
  const inOrder = raised
    .filter(({ suppressions }) => suppressions.length === 0)
    .toSorted((a, b) => a.since - b.since || rank(b.severity) - rank(a.severity) || (a.id < b.id ? -1 : 1));
  for (const alarm of inOrder) {
    const at = open.findLastIndex((burst) => isNear(burst, alarm.since));
    const burst = open[at];
    if (burst === undefined) open.push(begun(++count, alarm));
    else open[at] = joined(burst, alarm, own);
  }
  const waiting = open.filter(({ members }) => isWaiting(members, alarms));
  const isSame = waiting.length === before.open.length && waiting.every((one, n) => one === before.open[n]);
  return isSame ? before : { open: waiting, count };
}

const isNear = ({ firstSince, lastSince }: Burst, since: MonoMs): boolean =>
  elapsedMs(lastSince, since) <= burstGapMs && elapsedMs(since, firstSince) <= burstGapMs;

const begun = (number: number, { id, since }: Alarm): Burst => ({
  number,
  first: id,
  firstSince: since,
  lastSince: since,
  members: new Set([id]),
});

const isWaiting = (members: ReadonlySet<string>, alarms: ReadonlyMap<string, Alarm>): boolean => {
  for (const id of members) if (alarms.get(id)?.ack === 'unacked') return true;
  return false;
};

function joined(burst: Burst, { id, since }: Alarm, own: Map<number, Set<string>>): Burst {
  const members = own.get(burst.number) ?? new Set(burst.members);
  own.set(burst.number, members);
  const isFirst = !members.has(id) && since < burst.firstSince;
  if (members.size < burstMembersMax) members.add(id);
  return {
    ...burst,
    ...(isFirst ? { first: id, firstSince: since } : {}),
    lastSince: earlier(burst.lastSince, since) === since ? burst.lastSince : since,
    members,
  };
}

export const firstsOf = ({ open }: Bursts): ReadonlySet<string> =>
  new Set(open.filter(({ members }) => members.size > 1).map(({ first }) => first));
