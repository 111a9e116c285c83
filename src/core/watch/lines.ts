/**
 * The lines themselves as evidence of the PBX, the only kind that shows what a caller meets. A line that stands in normal
 * and rings `ringLimitMs` unanswered counts against it: two such lines (one, where the switch answers by itself) with none
 * answered since are down. A line in normal that goes off hook was answered or seized by the PBX: up, and a veto, for 30 s.
 * A line that is not in normal, or that we cannot see, says nothing.
 */
import type { LineId } from '../../model/ids.ts';
import type { LineSettings } from '../../model/room.ts';
import type { LineSignal, RelayPosition } from '../../model/line.ts';
import type { MonoMs } from '../../model/units.ts';
import { elapsedMs, later } from '../../model/units.ts';
import { text } from '../../model/text.ts';
import type { Statement } from './statement.ts';

/** An answer or a seizure proves service for this long. */
export const answerVetoMs = 30_000;
/** Lines that must have rung unanswered where people answer by hand. */
export const unansweredLines = 2;

export interface LineMemory {
  readonly signal: LineSignal;
  /** First moment of the signal. */
  readonly since: MonoMs;
  readonly position: RelayPosition;
  readonly normalSince: MonoMs;
  /** When it had rung unanswered for the limit; the first time since anybody answered. */
  readonly unansweredAt?: MonoMs;
  /** The flag above was raised by the ring that still goes on. */
  readonly flaggedNow: boolean;
  /** Last answer or seizure in normal: when it happened, and when we heard of it. */
  readonly answeredAt?: MonoMs;
  readonly answerHeardAt?: MonoMs;
}

export const lineUnseen = (at: MonoMs): LineMemory => ({
  signal: 'unknown',
  since: at,
  position: 'unknown',
  normalSince: at,
  flaggedNow: false,
});

export interface LineLevels {
  readonly at: MonoMs;
  readonly signal: LineSignal;
  readonly since: MonoMs;
  readonly position: RelayPosition;
}

const speaks = (line: LineMemory): boolean => line.position === 'normal' && line.signal !== 'unknown';

const limitAt = (line: LineMemory, ringLimitMs: number): MonoMs | undefined =>
  line.signal === 'ringing' && line.position === 'normal' && !line.flaggedNow
    ? later(line.since > line.normalSince ? line.since : line.normalSince, ringLimitMs)
    : undefined;

/** Raises the flag when the ring has reached its limit. */
export function lineRang(line: LineMemory, ringLimitMs: number, at: MonoMs): LineMemory {
  const limit = limitAt(line, ringLimitMs);
  if (limit === undefined || at < limit) return line;
  const stillCounts =
    line.unansweredAt !== undefined &&
    (line.answerHeardAt === undefined || line.unansweredAt > line.answerHeardAt);
  return { ...line, flaggedNow: true, ...(stillCounts ? {} : { unansweredAt: limit }) };
}

export function lineChanged(before: LineMemory, levels: LineLevels, ringLimitMs: number): LineMemory {
  const { at, signal, since, position } = levels;
  const { unansweredAt, flaggedNow, ...rest } = before;
  const normalSince = position === 'normal' && before.position !== 'normal' ? at : before.normalSince;
  const next: LineMemory = { ...rest, signal, since, position, normalSince, flaggedNow: false };
  if (!speaks(next)) return next;
  const kept: LineMemory = unansweredAt === undefined ? next : { ...next, unansweredAt };
  const stoodInNormal = before.position === 'normal';
  if (signal === 'off-hook' && stoodInNormal && (before.signal === 'idle' || before.signal === 'ringing'))
    return { ...next, answeredAt: since, answerHeardAt: at };
  // The ring turns out to have ended before its limit: the caller gave up, nobody failed to answer.
  if (
    before.signal === 'ringing' &&
    signal === 'idle' &&
    flaggedNow &&
    elapsedMs(before.since, since) < ringLimitMs
  )
    return next;
  return signal === 'ringing' && before.signal === 'ringing' ? { ...kept, flaggedNow } : kept;
}

export interface WatchedLine {
  readonly settings: Pick<LineSettings, 'id' | 'answers'>;
  readonly memory: LineMemory;
}

const newest = (moments: readonly (MonoMs | undefined)[]): MonoMs | undefined =>
  moments.reduce<MonoMs | undefined>(
    (best, moment) => (best === undefined || (moment !== undefined && moment > best) ? moment : best),
    undefined,
  );

/** Moment at which the unanswered lines became enough. */
function downSince(lines: readonly WatchedLine[], clearedAt: MonoMs | undefined): MonoMs | undefined {
  const flagged = lines
    .flatMap(({ settings, memory }) =>
      memory.unansweredAt !== undefined && (clearedAt === undefined || memory.unansweredAt > clearedAt)
        ? [{ at: memory.unansweredAt, alone: settings.answers === 'pbx' }]
        : [],
    )
    .sort((a, b) => a.at - b.at);
  return flagged.find(({ alone }, index) => alone || index + 1 >= unansweredLines)?.at;
}

const names = (lines: readonly WatchedLine[]): LineId[] =>
  lines.filter(({ memory }) => memory.unansweredAt !== undefined).map(({ settings }) => settings.id);

export function linesSay(
  all: readonly WatchedLine[],
  started: MonoMs,
  ringLimitMs: number,
  at: MonoMs,
): Statement {
  const lines = all.filter(({ memory }) => speaks(memory));
  // An answer stays a fact when its line has left normal since.
  const answeredAt = newest(all.map(({ memory }) => memory.answeredAt));
  const heardAt = newest(all.map(({ memory }) => memory.answerHeardAt));
  const nextLimit = lines
    .map(({ memory }) => limitAt(memory, ringLimitMs))
    .reduce((a, b) => (a === undefined || (b !== undefined && b < a) ? b : a), undefined);
  const missing = lines.some(
    ({ memory }) => memory.unansweredAt !== undefined && memory.unansweredAt > (heardAt ?? -1),
  );
  const ring = nextLimit === undefined ? {} : { changesAt: nextLimit };
  if (lines.length === 0)
    return {
      says: 'unknown',
      since: started,
      reason: text('没有外线处于正常位', 'no line stands in normal'),
      missing: false,
    };
  const since = downSince(lines, heardAt);
  if (since !== undefined) {
    const rang = names(lines).join('、');
    return {
      says: 'down',
      since,
      at: since,
      reason: text(`${rang} 振铃无人应答`, `rang unanswered: ${names(lines).join(', ')}`),
      missing: true,
      ...ring,
    };
  }
  if (answeredAt !== undefined && elapsedMs(answeredAt, at) < answerVetoMs) {
    const ends = later(answeredAt, answerVetoMs);
    return {
      says: 'up',
      since: answeredAt,
      at: answeredAt,
      reason: text('交换机刚应答或占用外线', 'the PBX answered or seized a line'),
      vetoAt: answeredAt,
      missing,
      changesAt: nextLimit !== undefined && nextLimit < ends ? nextLimit : ends,
    };
  }
  return {
    says: 'unknown',
    since: answeredAt === undefined ? started : later(answeredAt, answerVetoMs),
    ...(answeredAt === undefined ? {} : { at: answeredAt }),
    reason: text('外线近期无通话', 'no call on the lines lately'),
    missing,
    ...ring,
  };
}
