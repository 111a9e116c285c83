/** The polled values of a room: each read over its bus, or (in the worker `probes`) from the kernel. */
import type { BusId, PointId } from '../model/ids.ts';
import type { Room } from '../model/room.ts';
import type { Probe } from '../ports/probe.ts';
import type { Registers } from '../ports/registers.ts';
import type { Text } from '../model/text.ts';
import { registerPoll } from '../drivers/modbus/register-poll.ts';

export interface Readings {
  close(): Promise<void>;
}

export const registerPolls = (room: Room, registers: ReadonlyMap<BusId, Registers>): readonly Probe[] =>
  room.points.flatMap((point) => {
    const bus = point.kind === 'register' ? registers.get(point.terminal.bus) : undefined;
    return point.kind === 'register' && bus !== undefined ? [registerPoll(point, bus)] : [];
  });

export function startReadings(
  polls: readonly Probe[],
  report: (point: PointId, value: number | 'unknown', reason: Text) => void,
): Readings {
  for (const poll of polls)
    poll.start(({ says, values, reason }) => {
      const value = values?.['value'];
      if (typeof value === 'number') report(poll.source, value, reason);
      else if (says === 'unknown') report(poll.source, 'unknown', reason);
      // One lost answer is no news: the value of before stands.
    });
  return {
    close: async () => {
      await Promise.all(polls.map((poll) => poll.stop()));
    },
  };
}
