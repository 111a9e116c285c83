/** The polled values of a room, each read over its bus. */
import type { BusId, PointId } from '../model/ids.ts';
import type { Room } from '../model/room.ts';
import type { Registers } from '../ports/registers.ts';
import { registerPoll } from '../drivers/modbus/register-poll.ts';

export interface Readings {
  close(): Promise<void>;
}

export function startReadings(
  room: Room,
  registers: ReadonlyMap<BusId, Registers>,
  report: (point: PointId, value: number | 'unknown') => void,
): Readings {
  const polls = room.points.flatMap((point) => {
    const bus = point.kind === 'register' ? registers.get(point.terminal.bus) : undefined;
    return point.kind === 'register' && bus !== undefined ? [registerPoll(point, bus)] : [];
  });
  for (const poll of polls)
    poll.start(({ says, values }) => {
      const value = values?.['value'];
      if (typeof value === 'number') report(poll.source, value);
      else if (says === 'unknown') report(poll.source, 'unknown');
      // One lost answer is no news: the value of before stands.
    });
  return {
    close: async () => {
      await Promise.all(polls.map((poll) => poll.stop()));
    },
  };
}
