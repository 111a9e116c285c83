/**
 * A notice as the world outside reads it: every monotonic moment inside becomes UTC milliseconds, because a clock of
 * this boot means nothing to the centre. `at` of both clocks in the same message gives the relation.
 */
import type { AlarmView } from '../model/alarm.ts';
import type { Call } from '../model/line.ts';
import type { ClockMark } from '../model/messages.ts';
import type { EventId, RoomId } from '../model/ids.ts';
import type { MonoMs, WallMs } from '../model/units.ts';
import type { Notice } from '../model/effect.ts';
import { wallAt } from '../model/messages.ts';

type Body = Readonly<Record<string, unknown>>;

function callBody(call: Call, wall: (at: MonoMs) => WallMs): Body {
  const { startedAt, answeredAt, endedAt, ...rest } = call;
  return {
    ...rest,
    startedAt: wall(startedAt),
    ...(answeredAt === undefined ? {} : { answeredAt: wall(answeredAt) }),
    ...(endedAt === undefined ? {} : { endedAt: wall(endedAt) }),
  };
}

function alarmBody(alarm: AlarmView, wall: (at: MonoMs) => WallMs): Body {
  const { since, raisedAt, changedAt, clearedAt, suppressions, ...rest } = alarm;
  return {
    ...rest,
    suppressions: suppressions.map((one) => ('until' in one ? { ...one, until: wall(one.until) } : one)),
    since: wall(since),
    raisedAt: wall(raisedAt),
    changedAt: wall(changedAt),
    ...(clearedAt === undefined ? {} : { clearedAt: wall(clearedAt) }),
  };
}

/** The event without its sequence number: `{ id, at, room, kind, … }`. */
export function eventBody(room: RoomId, id: EventId, at: WallMs, notice: Notice): Body {
  const mark: ClockMark = { mono: notice.at, wall: at };
  const wall = (moment: MonoMs): WallMs => wallAt(mark, moment);
  switch (notice.kind) {
    case 'call':
      return { ...notice, call: callBody(notice.call, wall), id, at, room };
    case 'alarm':
      return { ...notice, alarm: alarmBody(notice.alarm, wall), id, at, room };
    case 'command':
      return { ...notice, command: notice.id, id, at, room };
    case 'signal':
    case 'verdict':
    case 'bypass-room':
    case 'bypass-line':
    case 'power-cut':
    case 'flood':
    case 'escalation':
    case 'control':
    case 'note':
      return { ...notice, id, at, room };
  }
}
