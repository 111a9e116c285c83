/** A plan on a bench: supply, verdicts and bypass are set by hand, time is driven, and what came out is listed. */
import { check, conditions, initial, outputs, saved, step, view } from '../../../src/core/power-cut/index.ts';
import type {
  Levels,
  PowerCutCommand,
  PowerCutConfig,
  PowerCutEvent,
} from '../../../src/core/power-cut/index.ts';
import type { Effect, Notice } from '../../../src/model/effect.ts';
import type { PlanAction, PlanStage, PowerCutView, Supply } from '../../../src/model/power-cut.ts';
import type { Verdict } from '../../../src/model/watch.ts';
import { monoMs } from '../../../src/model/units.ts';
import { text } from '../../../src/model/text.ts';

export const minuteMs = 60_000;
export const stage = (when: 'on battery' | number, ...actions: readonly PlanAction[]): PlanStage => ({
  when: when === 'on battery' ? { kind: 'on-battery' } : { kind: 'runtime', belowMs: when * minuteMs },
  afterMs: 10_000,
  actions,
});
const plain = (
  kind: 'announce' | 'suspend-outbound' | 'manual-forms' | 'bypass-when-idle' | 'end',
): PlanAction => ({
  kind,
});

/** The plan of the manual, with one of everything. */
export const stages: readonly PlanStage[] = [
  stage('on battery', plain('announce'), plain('suspend-outbound'), { kind: 'start', group: 'lights' }),
  stage(60, { kind: 'tell', name: 'Wang', phone: '555', role: 'manager' }, { kind: 'shut', group: 'seats' }),
  stage(30, { kind: 'shut', group: 'servers' }),
  stage(10, plain('manual-forms'), plain('announce')),
  stage(6, plain('bypass-when-idle')),
  stage(3, plain('end')),
];

export const config: PowerCutConfig = {
  settings: {
    stages,
    back: { stableMs: 5 * minuteMs, batteryPercent: 20, spacingMs: 30_000, remindMs: 10 * minuteMs },
  },
  hosts: [
    { id: 'crm', name: text('业务服务器', 'crm'), group: 'servers' },
    { id: 'db', name: text('数据库', 'db'), group: 'servers' },
  ],
  loads: [
    { point: 'lamp', name: text('应急灯', 'lamp'), group: 'lights' },
    { point: 'seat-pcs', name: text('坐席电脑', 'seat PCs'), group: 'seats' },
    { point: 'rack', name: text('服务器柜', 'rack'), group: 'servers' },
  ],
  subjects: [
    { id: 'pbx', name: text('交换机', 'PBX') },
    { id: 'crm', name: text('业务', 'crm') },
  ],
  hasBypass: true,
  runId: 'run',
};

type Untimed<E> = E extends { readonly at: unknown } ? Omit<E, 'at'> : never;

export class Bench {
  at = 0;
  state;
  supply: Supply = { mains: 'up', isLow: false, isReckoned: false, batteryPercent: 100 };
  verdicts: Record<string, Verdict> = {};
  bypass: Levels['bypass'] = {
    room: 'steady',
    reason: 'verdict',
    isRestoreOrdered: false,
    isKeyTurned: false,
  };
  readonly effects: Effect[] = [];
  readonly orders: string[] = [];
  readonly config: PowerCutConfig;

  constructor(own: Partial<PowerCutConfig> = {}) {
    this.config = { ...config, ...own };
    this.state = initial(this.config, undefined, 0, monoMs(0));
    this.turn();
  }

  tell(event: Untimed<PowerCutEvent>): this {
    const { state, effects, orders } = step(this.state, { ...event, at: monoMs(this.at) });
    this.state = state;
    this.effects.push(...effects);
    for (const order of orders) {
      this.orders.push(order.do);
      if (order.do === 'bypass') this.bypass = { ...this.bypass, room: 'held', reason: 'power-cut' };
      if (order.do === 'reset-bypass') this.bypass = { ...this.bypass, room: 'settling' };
    }
    const broken = check(this.state);
    if (broken.length > 0) throw new Error(broken.join('; '));
    return this;
  }

  turn(): this {
    const { supply, verdicts, bypass } = this;
    return this.tell({ kind: 'turn', levels: { supply, verdicts, bypass } });
  }

  /** Turns every second, as the guard does more often. */
  run(seconds: number): this {
    for (let n = 0; n < seconds; n++) {
      this.at += 1000;
      this.turn();
    }
    return this;
  }

  battery(minutes?: number, more: Partial<Supply> = {}): this {
    this.supply = {
      mains: 'failed',
      isLow: false,
      isReckoned: false,
      ...(minutes === undefined ? {} : { runtimeS: minutes * 60 }),
      ...more,
    };
    return this;
  }
  mains(batteryPercent = 100): this {
    this.supply = { mains: 'up', isLow: false, isReckoned: false, batteryPercent };
    return this;
  }

  /** Whether the command was obeyed. */
  order(command: PowerCutCommand, name = 'Li'): boolean {
    this.tell({ kind: 'command', id: 'c', by: { via: 'panel', name }, command });
    return this.said.flatMap((one) => (one.kind === 'command' ? [one.accepted] : [])).at(-1) ?? false;
  }
  get answer(): string {
    return this.said.flatMap((one) => (one.kind === 'command' ? [one.text.en] : [])).at(-1) ?? '';
  }

  host(
    host: string,
    outcome: 'asked' | 'confirmed' | 'refused' | 'failed',
    order = this.orderOf(host),
  ): this {
    return this.tell({ kind: 'host', host, order, outcome, reason: text(outcome, outcome) });
  }
  orderOf(host: string): string {
    return (
      this.effects
        .flatMap((one) => (one.kind === 'shut-host' && one.host === host ? [one.order] : []))
        .at(-1) ?? ''
    );
  }
  forms(outcome: 'printed' | 'shown' | 'failed'): this {
    const order =
      this.effects.flatMap((one) => (one.kind === 'manual-forms' ? [one.order] : [])).at(-1) ?? '';
    return this.tell({ kind: 'manual-forms', order, outcome, reason: text(outcome, outcome) });
  }

  /** The process ends and another one begins after `awayMs`, with another clock. */
  restart(awayMs = 2000): this {
    const kept = JSON.parse(JSON.stringify(saved(this.state))) as ReturnType<typeof saved>;
    this.at = 500;
    this.state = initial(this.config, kept, awayMs, monoMs(this.at));
    this.supply = { mains: 'unknown', isLow: false, isReckoned: false };
    return this;
  }

  get said(): readonly Notice[] {
    return this.effects.flatMap((one) => (one.kind === 'notice' ? [one.notice] : []));
  }
  /** Steps as they were begun and went on: `2.1 open`. */
  get log(): readonly string[] {
    return this.said.flatMap((one) =>
      one.kind === 'power-cut' && one.step !== undefined ? [`${one.step} ${one.state ?? ''}`] : [],
    );
  }
  count(kind: Effect['kind']): number {
    return this.effects.filter((one) => one.kind === kind).length;
  }
  get phase(): string {
    return this.view.phase;
  }
  get view(): PowerCutView {
    const seen = view(this.state);
    if (seen === undefined) throw new Error('no plan');
    return seen;
  }
  stepState(id: string): string {
    return this.view.stages.flatMap(({ steps }) => steps).find((one) => one.id === id)?.state ?? '';
  }
  /** Loads that the plan has switched. */
  get switched(): readonly string[] {
    return Object.entries(outputs(this.state)).flatMap(([point, isOn]) => (isOn ? [point] : []));
  }
  get alarms(): readonly string[] {
    return conditions(this.state, monoMs(this.at)).map(
      ({ key, severity }) =>
        `${key.type}${key.qualifier && `/${key.qualifier}`}${severity === undefined ? '' : ` ${severity}`}`,
    );
  }
}
