/** Controls that did not do what they were told: a relay whose read-back differs from its level, an order that nothing showed. */
import type { Condition } from '../../model/alarm.ts';
import type { MonoMs } from '../../model/units.ts';
import { hasLasted } from '../../model/units.ts';
import type { Text } from '../../model/text.ts';
import { text } from '../../model/text.ts';
import type { ControlState, Memory, RelayMemory } from './state.ts';
import { isRelay } from './state.ts';
import { reasons } from './words.ts';

/** An order that failed stands until a later one is confirmed, at most this long: nobody can prove it gone. */
const failedShownMs = 3_600_000;

export const conditions = ({ controls }: ControlState, at: MonoMs): readonly Condition[] =>
  Object.values(controls).flatMap((memory) => ofControl(memory, at));

function ofControl(memory: Memory, at: MonoMs): readonly Condition[] {
  const { failed } = memory;
  const { id, name } = memory.config;
  const key = { subject: id, type: 'control.no-read-back', qualifier: '' };
  const active = (why: Text): readonly Condition[] => [
    { key, state: 'active', detail: text(`${name.zh}：${why.zh}`, `${name.en}: ${why.en}`) },
  ];
  if (isRelay(memory) && memory.config.readBack !== undefined) {
    const { readBack } = memory.config;
    if (differs(memory, readBack.withinMs, at))
      return active(reasons.noReadBack(readBack.point, readBack.withinMs));
    if (memory.contact === 'unknown') return [{ key, state: 'unknown', detail: name }];
    // A held level that its read-back shows by now is proved; a pulse leaves nothing to see.
    if (memory.config.mode === 'hold') return [];
  }
  return failed === undefined || hasLasted(failed.at, failedShownMs, at) ? [] : active(failed.why);
}

function differs({ contact, contactSince, on, since }: RelayMemory, withinMs: number, at: MonoMs): boolean {
  if (contact === 'unknown' || contact === on) return false;
  return hasLasted(since > contactSince ? since : contactSince, withinMs, at);
}
