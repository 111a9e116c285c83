/** What must never be, whatever happened. */
import type { PowerCutState } from './state.ts';
import { allSteps, hostMs, stateOf } from './state.ts';
import { groupsOut } from './steps.ts';
import { elapsedMs } from '../../model/units.ts';

/** Names of what must never be and is. */
export function check(state: PowerCutState): readonly string[] {
  const { cut, at } = state;
  if (cut === undefined) return [];
  const broken: string[] = [];
  const steps = allSteps(state);
  for (const { id, action } of steps) {
    if (action.kind !== 'shut-host') continue;
    const log = cut.steps[id];
    const isOpen = steps.some(
      (other) =>
        other.action.kind === 'open-load' &&
        other.action.group === action.group &&
        cut.steps[other.id]?.state === 'done' &&
        (cut.steps[other.id]?.at ?? at) >= (log?.at ?? at),
    );
    if (log?.state === 'asked' && log.askedAt !== undefined && isOpen && elapsedMs(log.askedAt, at) < hostMs)
      broken.push(`power-cut: the relay of ${action.group} opened before ${action.host} answered`);
  }
  if (cut.phase.kind === 'checking' && groupsOut(steps, cut).length > 0)
    broken.push('power-cut: a load is still switched while the room is checked');
  if (cut.ended !== undefined && cut.phase.kind !== 'on-battery')
    broken.push('power-cut: ended, and yet going on');
  if (
    steps.some(
      ({ id, action }) => action.kind === 'end' && stateOf(cut, id) === 'done' && cut.ended === undefined,
    )
  )
    broken.push('power-cut: the end is done, and yet the plan goes on');
  return broken;
}
