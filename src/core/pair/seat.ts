/**
 * A seat phone as evidence of its seat. It can be seen only while it carries the trunk, in bypass, and there only when somebody
 * lifts it or when it rings in vain: at rest it draws nothing, whether or not its pair is whole. Then it says unknown.
 */
import type { Says } from '../../model/watch.ts';
import type { MonoMs } from '../../model/units.ts';
import { elapsedMs } from '../../model/units.ts';
import { text } from '../../model/text.ts';
import type { Text } from '../../model/text.ts';
import { phoneFreshMs } from './limits.ts';
import type { PairState } from './step.ts';
import { conditions, heldFrom, isInUse } from './step.ts';

export interface PhoneWord {
  readonly says: Says;
  readonly since: MonoMs;
  readonly reason: Text;
}

const faults: Readonly<Record<string, Text>> = {
  'terminal.phone-no-current': text('线路摘机而话机无环路电流', 'no loop current though its line is in use'),
  'terminal.phone-off-hook': text('旁路中未挂好', 'left off hook in bypass'),
  'terminal.phone-unanswered': text('旁路中久响无人接', 'rang in bypass and nobody answered'),
};
const inUse = text('旁路通话中有环路电流', 'in use in bypass, with loop current');
const worked = text('刚在旁路中正常使用过', 'was in use in bypass just now');
const unheard = text('录音线程中断，不知是否有人说话', 'the recorder is away: nobody knows who speaks');
const onPbx = text('接在交换机上，旁路时才看得到', 'hangs on the PBX, seen only in bypass');
const atRest = text('挂机中：线对断开也量不出来', 'on hook: an open pair could not be measured');
const unmeasured = text('此继电器不测话机电流', 'this relay does not measure its current');

/** `isHeard`: the recorder listens. */
export function phoneSays(state: PairState, isHeard: boolean, at: MonoMs): PhoneWord {
  const { config, position, signal, positionSince, workedAt } = state;
  const told = conditions(state, isHeard, at).find(({ key }) => key.type.startsWith('terminal.'));
  const since = told?.since ?? heldFrom(state);
  if (told?.state === 'active') return { says: 'down', since, reason: faults[told.key.type] ?? told.detail };
  if (told !== undefined) return { says: 'unknown', since, reason: unheard };
  if (isInUse(state)) return { says: 'up', since, reason: inUse };
  if (workedAt !== undefined && elapsedMs(workedAt, at) < phoneFreshMs)
    return { says: 'up', since: workedAt, reason: worked };
  if (position !== 'bypass') return { says: 'unknown', since: positionSince, reason: onPbx };
  const isLifted = signal === 'off-hook' && !config.measuresPhone;
  return { says: 'unknown', since: positionSince, reason: isLifted ? unmeasured : atRest };
}
