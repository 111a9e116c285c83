/** Thresholds of flapping: what a subject says of itself stands above what the room says. */
import { isPolled } from '../model/room.ts';
import type { FlapThreshold, Source } from '../model/room.ts';
import { text } from '../model/text.ts';
import { limits, written } from './limits.ts';
import { durationOr } from './reading.ts';
import type { Reading } from './reading.ts';

/** What `core/watch/flapping.ts` cuts the time into. */
const slots = 20;

export function readFlapping(
  { draft, report }: Reading,
  id: string,
  sources: readonly Source[],
): { readonly flapping?: FlapThreshold } {
  const own = draft.subjects?.[id]?.flapping;
  if (own === undefined && draft.flapping === undefined) return {};
  const said = { ...draft.flapping, ...own };
  const inMs = durationOr(said.in, 'flapping.in');
  const periods = sources.filter(isPolled).map(({ everyMs }) => everyMs);
  const fastestMs = Math.min(...periods);
  const leastMs = 2 * fastestMs * slots;
  if (own !== undefined && periods.length > 0 && leastMs > inMs)
    report({
      severity: 'note',
      path: ['subjects', id, 'flapping'],
      at: 'key',
      message: text(
        `最快每 ${written(fastestMs, 'ms')} 问一次：变化按 ${written(leastMs, 'ms')} 计，不是 ${written(inMs, 'ms')}`,
        `it is asked every ${written(fastestMs, 'ms')}: its changes are counted over ${written(leastMs, 'ms')}, not ${written(inMs, 'ms')}`,
      ),
    });
  return { flapping: { changes: said.changes ?? limits['flapping.changes'].default, inMs } };
}
