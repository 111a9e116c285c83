/** Writes the one register that starts or ends a battery test, once, and reads it back where the map says that it can be read. */
import { text } from '../../model/text.ts';
import type { TestAnswer } from '../../ports/probe.ts';
import type { WritableRegisters } from '../../ports/registers.ts';
import type { UpsOrder } from './map.ts';

export async function orderTest(
  registers: WritableRegisters,
  unit: number,
  { reg: address, fc, value, readBack = false }: UpsOrder,
): Promise<TestAnswer> {
  const written = await registers.write({ unit, function: fc, address, value });
  if (!written.ok) {
    const { zh, en } = written.reason;
    return {
      accepted: false,
      reason: text(
        `写寄存器 ${address} 未被确认：${zh}`,
        `the write to register ${address} was not confirmed: ${en}`,
      ),
    };
  }
  if (!readBack) return { accepted: true, reason: text('', '') };
  const read = await registers.read({ unit, function: fc === 5 ? 1 : 3, address, count: 1 });
  if (read.ok && read.values[0] === value) return { accepted: true, reason: text('', '') };
  const shown = read.ok
    ? text(`读回 ${read.values[0] ?? ''}`, `it reads ${read.values[0] ?? ''}`)
    : read.reason;
  return {
    accepted: false,
    reason: text(
      `寄存器 ${address} 写入 ${value} 后不符：${shown.zh}`,
      `register ${address} was written ${value} and does not show it: ${shown.en}`,
    ),
  };
}
