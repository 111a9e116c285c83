/** Reads one value of the room at its period. Three rounds without a reading, or "no value" of the device, are `unknown`. */
import { registerValue, wordsOf } from '../../format/register-value.ts';
import { text } from '../../model/text.ts';
import type { RegisterPoint } from '../../model/room.ts';
import type { Probe } from '../../ports/probe.ts';
import type { Registers } from '../../ports/registers.ts';
import { ProbeRounds } from '../probe-rounds.ts';

export function registerPoll(point: RegisterPoint, registers: Registers): Probe {
  const { id, terminal, type, scale, everyMs } = point;
  return new ProbeRounds({
    source: id,
    everyMs,
    suspectMs: Math.min(everyMs, Math.max(1000, everyMs / 5)),
    silence: 'unknown',
    ask: async () => {
      const answer = await registers.read({
        unit: terminal.unit ?? 1,
        function: terminal.table === 'holding' ? 3 : 4,
        address: terminal.number,
        count: wordsOf(type),
      });
      if (!answer.ok) return { kind: 'miss', reason: answer.reason };
      const value = registerValue(type, answer.values);
      if (value === undefined)
        return { kind: 'cannot', reason: text('设备没有读数', 'the device has no value') };
      return { kind: 'alive', reason: text('有读数', 'read'), values: { value: value * scale } };
    },
  });
}
