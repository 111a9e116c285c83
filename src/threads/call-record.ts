/** A call of the core as the archive keeps it: wall times, trunk and phone of its line. */
import type { Call } from '../model/line.ts';
import type { CallRecord, ClockMark } from '../model/messages.ts';
import type { Room } from '../model/room.ts';
import { wallAt } from '../model/messages.ts';

export function callRecord(room: Room, clock: ClockMark, call: Call): CallRecord {
  const line = room.lines.find(({ id }) => id === call.line);
  const { answeredAt, answeredBy, endedAt, end } = call;
  return {
    id: call.id,
    line: call.line,
    trunk: line?.trunk ?? '',
    phone: line?.phone ?? '',
    direction: call.direction,
    startedAt: wallAt(clock, call.startedAt),
    ...(answeredAt === undefined ? {} : { answeredAt: wallAt(clock, answeredAt) }),
    ...(answeredBy === undefined ? {} : { answeredBy }),
    ...(endedAt === undefined ? {} : { endedAt: wallAt(clock, endedAt) }),
    ...(end === undefined ? {} : { end }),
    rings: call.rings,
    digits: call.pulseDigits,
    caller: '',
    bypass: call.bypass,
  };
}
