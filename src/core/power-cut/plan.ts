/** The stages of a room file, written out: one step for every host, relay and person, in the order in which they are done. */
import type { PlanHost, PlanStage, StepAction, StepId } from '../../model/power-cut.ts';
import type { PointId } from '../../model/ids.ts';
import type { Text } from '../../model/text.ts';
import { text } from '../../model/text.ts';

/** A relay that feeds loads: at rest it leaves them as they are without linekeeper. */
export interface Load {
  readonly point: PointId;
  readonly name: Text;
  readonly group: string;
}

export interface PlannedStep {
  readonly id: StepId;
  readonly stage: number;
  readonly action: StepAction;
}

export interface PlannedStage extends PlanStage {
  /** Counted from 1. */
  readonly number: number;
  readonly steps: readonly PlannedStep[];
}

export function planned(
  stages: readonly PlanStage[],
  hosts: readonly PlanHost[],
  loads: readonly Load[],
): readonly PlannedStage[] {
  return stages.map((stage, index) => {
    const number = index + 1;
    const actions = stage.actions.flatMap((action): readonly StepAction[] => {
      if (action.kind !== 'shut' && action.kind !== 'start') return [action];
      const { group } = action;
      const relays = loads
        .filter((load) => load.group === group)
        .map(({ point, name }): StepAction => ({
          kind: action.kind === 'shut' ? 'open-load' : 'close-load',
          point,
          group,
          name,
        }));
      if (action.kind === 'start') return relays;
      const asked = hosts
        .filter((host) => host.group === group)
        .map(({ id, name }): StepAction => ({ kind: 'shut-host', host: id, group, name }));
      return [...asked, ...relays];
    });
    const steps = actions.map((action, n) => ({ id: `${number}.${n + 1}`, stage: number, action }));
    return { ...stage, number, steps };
  });
}

/** Tells a step apart from another one that has its number after the room file was changed. */
export function keyOf(action: StepAction): string {
  switch (action.kind) {
    case 'shut-host':
      return `${action.kind} ${action.host}`;
    case 'open-load':
    case 'close-load':
      return `${action.kind} ${action.point}`;
    case 'tell':
      return `${action.kind} ${action.name} ${action.phone}`;
    case 'announce':
    case 'suspend-outbound':
    case 'manual-forms':
    case 'bypass-when-idle':
    case 'end':
      return action.kind;
  }
}

export function isLoad(
  action: StepAction,
): action is Extract<StepAction, { kind: 'open-load' | 'close-load' }> {
  return action.kind === 'open-load' || action.kind === 'close-load';
}

/** The group of hosts and loads that a step belongs to. */
export const groupOf = (action: StepAction): string | undefined =>
  action.kind === 'shut-host' || isLoad(action) ? action.group : undefined;

export function whatOf(action: StepAction): Text {
  switch (action.kind) {
    case 'announce':
      return text('声光与面板通告', 'announce in the room, on the page and to the centre');
    case 'suspend-outbound':
      return text('暂停外呼', 'suspend outbound calls');
    case 'manual-forms':
      return text('输出编号的空白手工登记表', 'blank numbered forms for calls');
    case 'bypass-when-idle':
      return text('线路逐条转至坐席电话', 'lines go to their phones as they become idle');
    case 'end':
      return text('linekeeper 自行有序结束', 'linekeeper ends in good order');
    case 'tell':
      return text(
        `通知 ${action.name}（${action.role}，${action.phone}）`,
        `tell ${action.name} (${action.role}, ${action.phone})`,
      );
    case 'shut-host':
      return text(`关闭主机 ${action.name.zh}`, `shut down ${action.name.en}`);
    case 'open-load':
      return text(`切断负载 ${action.name.zh}`, `cut the load ${action.name.en}`);
    case 'close-load':
      return text(`接通 ${action.name.zh}`, `switch on ${action.name.en}`);
  }
}

const minutes = (ms: number): string =>
  ms % 60_000 === 0 ? `${ms / 60_000} min` : `${Math.round(ms / 1000)} s`;

export const whenOf = ({ when }: PlanStage): Text =>
  when.kind === 'on-battery'
    ? text('市电中断', 'on battery')
    : text(`剩余时间少于 ${minutes(when.belowMs)}`, `less than ${minutes(when.belowMs)} left`);
