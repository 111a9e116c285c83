/** What of a power cut is an alarm: stages that are announced, steps that failed or wait for a person, and what is still owed. */
import type { Condition } from '../../model/alarm.ts';
import type { MonoMs } from '../../model/units.ts';
import { hasLasted } from '../../model/units.ts';
import type { Text } from '../../model/text.ts';
import { text } from '../../model/text.ts';
import { missing } from './commands.ts';
import { whatOf, whenOf } from './plan.ts';
import { runtimeLeftS } from './mains.ts';
import type { Cut, PowerCutState } from './state.ts';
import { allSteps } from './state.ts';

const active = (type: string, detail: Text, qualifier = ''): Condition => ({
  key: { subject: 'room', type, qualifier },
  state: 'active',
  detail,
});

export function conditions(state: PowerCutState, at: MonoMs): readonly Condition[] {
  const { cut, forms } = state;
  const isCutOn = cut !== undefined && cut.phase.kind === 'on-battery';
  const owed = forms === undefined || isCutOn ? [] : [active('power-cut.forms', text('', ''))];
  return cut === undefined ? owed : [...owed, ...ofCut(state, cut, at)];
}

function ofCut(state: PowerCutState, cut: Cut, at: MonoMs): readonly Condition[] {
  const found: Condition[] = [];
  const { remindMs } = state.config.settings.back;
  if (cut.ended !== undefined) found.push(active('power-cut.ended', text('', '')));
  for (const stage of state.plan) {
    const isSaid = stage.steps.some(
      ({ id, action }) => action.kind === 'announce' && cut.steps[id]?.state === 'done',
    );
    if (cut.phase.kind !== 'on-battery' || !isSaid || cut.due[stage.number] === undefined) continue;
    const { zh, en } = whenOf(stage);
    found.push({
      ...active(
        'power-cut.stage',
        text(`${zh}${left(state, cut).zh}`, `${en}${left(state, cut).en}`),
        `${stage.number}`,
      ),
      severity: stage.when.kind === 'on-battery' ? 'major' : 'critical',
    });
  }
  for (const { id, action } of allSteps(state)) {
    const log = cut.steps[id];
    if (log === undefined) continue;
    const what = whatOf(action);
    if (action.kind === 'suspend-outbound' && log.state === 'done')
      found.push(active('power-cut.outbound', text('', '')));
    if (log.state === 'failed')
      found.push(
        active(
          'power-cut.step-failed',
          text(`${what.zh}：${log.reason.zh}`, `${what.en}: ${log.reason.en}`),
          id,
        ),
      );
    if (log.state === 'open' && hasLasted(log.at, remindMs, at))
      found.push(active('power-cut.step-open', what, id));
  }
  if (cut.phase.kind === 'returning' || cut.phase.kind === 'restarting')
    found.push(active('power-cut.recovery', text('', '')));
  if (cut.phase.kind === 'checking') {
    const open = missing(state, cut);
    const detail =
      open.length === 0
        ? text('可以宣布解除', 'nothing stands against it')
        : text(`待检查：${open.join('、')}`, `to be checked: ${open.join(', ')}`);
    found.push({
      ...active('power-cut.all-clear', detail),
      severity: hasLasted(cut.phase.since, remindMs, at) ? 'major' : 'warning',
    });
  }
  return found;
}

/** The runtime when the alarm was raised; alarms do not change their words with every minute. */
function left(state: PowerCutState, cut: Cut): Text {
  const seconds = runtimeLeftS(state, cut);
  if (seconds === undefined) return text('，剩余时间不明', ', time left not known');
  return state.levels?.supply.isLow === true ? text('，电池将尽', ', battery nearly empty') : text('', '');
}
