/** The plan and the cut as people see them. */
import type { CheckView, PowerCutView, StepView } from '../../model/power-cut.ts';
import { missing } from './commands.ts';
import { phaseOf } from './draft.ts';
import { whatOf, whenOf } from './plan.ts';
import { runtimeLeftS } from './mains.ts';
import type { Cut, PowerCutState } from './state.ts';
import { allSteps } from './state.ts';
import { groupsOut } from './steps.ts';

/** The page and the centre need no new number every second. */
const shownS = 30;
const forPeople: readonly string[] = ['open', 'asked', 'failed', 'waiting'];

export function view(state: PowerCutState): PowerCutView | undefined {
  const { plan, cut, forms, levels } = state;
  if (plan.length === 0) return undefined;
  const stages = plan.map((stage) => {
    const dueAt = cut?.due[stage.number];
    return {
      number: stage.number,
      when: whenOf(stage),
      ...(dueAt === undefined ? {} : { dueAt }),
      steps: stage.steps.map(({ id, action }): StepView => {
        const log = cut?.steps[id];
        return {
          id,
          what: whatOf(action),
          state: log?.state ?? 'pending',
          isForPeople: log !== undefined && forPeople.includes(log.state),
          ...(log === undefined ? {} : { at: log.at, by: log.by, reason: log.reason }),
        };
      }),
    };
  });
  const shared = {
    phase: phaseOf(state),
    isLow: levels?.supply.isLow ?? false,
    stages,
    formsOwed: forms !== undefined,
  };
  if (cut === undefined) return { ...shared, groups: [], checks: [], mayClear: false };
  const left = runtimeLeftS(state, cut);
  const isOnBattery = cut.phase.kind === 'on-battery';
  return {
    ...shared,
    cutAt: cut.since,
    phaseAt: cut.ended?.at ?? cut.phase.since,
    ...(left === undefined || !isOnBattery ? {} : { runtimeS: Math.floor(left / shownS) * shownS }),
    groups: groupsOut(allSteps(state), cut),
    checks: cut.phase.kind === 'checking' ? state.config.subjects.map((one) => checkOf(cut, one)) : [],
    mayClear: cut.phase.kind === 'checking' && missing(state, cut).length === 0,
  };
}

function checkOf(cut: Cut, { id, name }: PowerCutState['config']['subjects'][number]): CheckView {
  const checked = cut.checked[id];
  if (checked === undefined) return { subject: id, name, state: 'awaited' };
  return checked.kind === 'seen'
    ? { subject: id, name, state: 'seen' }
    : { subject: id, name, state: 'waived', by: checked.by, reason: checked.reason };
}
