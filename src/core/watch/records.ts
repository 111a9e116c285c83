/**
 * Call records of the PBX as evidence. A quiet link says nothing by itself: only calls that our lines saw in normal and
 * that left no record count, three in a row are down. Any record is up, for a while. While the room is in bypass the PBX
 * sees no call, so it can leave no record and this source cannot speak.
 */
import type { Call } from '../../model/line.ts';
import type { MonoMs } from '../../model/units.ts';
import { elapsedMs, later } from '../../model/units.ts';
import { text } from '../../model/text.ts';
import type { Statement } from './statement.ts';

/** A record must arrive this long after the call's end. */
export const recordWaitMs = 60_000;
/** Calls in a row that left no record. */
export const unrecordedCalls = 3;
/** A record says nothing of the present after this. */
export const recordFreshMs = 600_000;
/** A shorter outgoing call may never have been answered, and then leaves no record on many switches. */
export const outgoingCallMsMin = 15_000;
/** Ended calls that wait for their record, and trunks whose last record is remembered. */
export const awaitedRecords = 64;

export interface RecordsMemory {
  /** Oldest first. */
  readonly awaited: readonly { readonly trunk: string; readonly dueAt: MonoMs }[];
  readonly missed: number;
  readonly missedAt?: MonoMs;
  readonly recordAt?: MonoMs;
  readonly lastOf: readonly { readonly trunk: string; readonly at: MonoMs }[];
  /** Records that name no trunk and came while no call awaited one: each may be of a call that still goes on. */
  readonly spare: readonly MonoMs[];
}

export const recordsUnheard: RecordsMemory = { awaited: [], missed: 0, lastOf: [], spare: [] };

/** Would the PBX have written a record of this call? */
function leavesRecord(call: Call): boolean {
  if (call.bypass || call.end !== 'released' || call.endedAt === undefined) return false;
  if (call.direction === 'incoming') return call.answeredAt !== undefined && call.answeredBy !== 'phone';
  return call.direction === 'outgoing' && elapsedMs(call.startedAt, call.endedAt) >= outgoingCallMsMin;
}

export function callEnded(memory: RecordsMemory, call: Call, trunk: string, at: MonoMs): RecordsMemory {
  if (!leavesRecord(call)) return memory;
  if (memory.lastOf.some((last) => last.trunk === trunk && last.at >= call.startedAt)) return memory;
  const spare = memory.spare.findIndex((arrived) => arrived >= call.startedAt);
  if (spare >= 0) return { ...memory, spare: memory.spare.filter((_, index) => index !== spare) };
  const awaited = [...memory.awaited, { trunk, dueAt: later(at, recordWaitMs) }];
  return { ...memory, awaited: awaited.slice(-awaitedRecords) };
}

/** A record that names no trunk (`''`) is of the call that has waited longest: one call the less that may be missed. */
export function recordArrived(memory: RecordsMemory, trunk: string, at: MonoMs): RecordsMemory {
  const first = memory.awaited.findIndex((call) => trunk === '' || call.trunk === trunk);
  if (trunk === '') {
    const spare = first >= 0 ? memory.spare : [...memory.spare, at].slice(-awaitedRecords);
    const awaited = memory.awaited.filter((_, index) => index !== first);
    return { ...memory, awaited, spare, missed: 0, recordAt: at };
  }
  const lastOf = [...memory.lastOf.filter((last) => last.trunk !== trunk), { trunk, at }];
  return {
    awaited: memory.awaited.filter((_, index) => index !== first),
    missed: 0,
    recordAt: at,
    spare: memory.spare,
    lastOf: lastOf.slice(-awaitedRecords),
  };
}

/** Counts the calls whose record is overdue. */
export function recordsOverdue(memory: RecordsMemory, at: MonoMs): RecordsMemory {
  const overdue = memory.awaited.filter(({ dueAt }) => dueAt <= at);
  if (overdue.length === 0) return memory;
  const missed = Math.min(memory.missed + overdue.length, unrecordedCalls);
  const last = overdue[Math.min(overdue.length, unrecordedCalls - memory.missed) - 1];
  const isNew = memory.missed < unrecordedCalls && missed >= unrecordedCalls && last !== undefined;
  return {
    ...memory,
    awaited: memory.awaited.filter(({ dueAt }) => dueAt > at),
    missed,
    ...(isNew ? { missedAt: last.dueAt } : {}),
  };
}

export function recordsSay(memory: RecordsMemory, started: MonoMs, inBypass: boolean, at: MonoMs): Statement {
  const { recordAt, missed, missedAt } = memory;
  if (inBypass)
    return {
      says: 'unknown',
      since: started,
      ...(recordAt === undefined ? {} : { at: recordAt }),
      reason: text('旁路期间交换机不产生话单', 'in bypass the PBX writes no records'),
      missing: false,
    };
  const due = memory.awaited[0]?.dueAt;
  const changes = due === undefined ? {} : { changesAt: due };
  if (missed >= unrecordedCalls && missedAt !== undefined)
    return {
      says: 'down',
      since: missedAt,
      at: missedAt,
      reason: text(
        `连续 ${unrecordedCalls} 个通话没有话单`,
        `${unrecordedCalls} calls in a row left no record`,
      ),
      missing: true,
      ...changes,
    };
  const freshUntil = recordAt === undefined ? undefined : later(recordAt, recordFreshMs);
  if (recordAt !== undefined && freshUntil !== undefined && at < freshUntil)
    return {
      says: 'up',
      since: recordAt,
      at: recordAt,
      reason: text('收到话单', 'a record arrived'),
      missing: missed > 0,
      changesAt: due !== undefined && due < freshUntil ? due : freshUntil,
    };
  return {
    says: 'unknown',
    since: freshUntil ?? started,
    ...(recordAt === undefined ? {} : { at: recordAt }),
    reason: text('近期没有话单', 'no record lately'),
    missing: missed > 0,
    ...changes,
  };
}
