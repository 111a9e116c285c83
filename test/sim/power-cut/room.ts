/** The room of the power-cut simulation: two lines with relays, a PBX, a server with its rack relay, two UPSes, the plan of the manual. */
import type { Load } from '../../../src/core/power-cut/plan.ts';
import type { PlanAction, PlanHost, PlanStage } from '../../../src/model/power-cut.ts';
import type {
  LineSettings,
  OutputPoint,
  PolledSource,
  Room,
  Source,
  Subject,
} from '../../../src/model/room.ts';
import { text } from '../../../src/model/text.ts';
import { room as base } from '../year/room.ts';

const same = (name: string) => text(name, name);
const minute = 60_000;

const polled = (id: string, kind: 'tcp' | 'ups'): PolledSource => {
  const shared = { id, everyMs: 5000, waitMs: 4000, missLimit: 3, label: same(id), weight: 'hint' } as const;
  return kind === 'tcp'
    ? { ...shared, kind, domain: 'our-lan', host: id, port: 443 }
    : { ...shared, kind, domain: 'serial:rs485', bus: 'rs485', unit: 1, model: 'huawei-ups2000' };
};
const subject = (id: string, kind: Subject['kind'], sources: readonly Source[], downWhen = 1): Subject => ({
  ...{ id, kind, name: same(id), sources, downWhen, dependsOn: [] },
});

const stage = (when: 'on battery' | number, ...actions: readonly PlanAction[]): PlanStage => ({
  when: when === 'on battery' ? { kind: 'on-battery' } : { kind: 'runtime', belowMs: when * minute },
  afterMs: 10_000,
  actions,
});

export const hosts: readonly PlanHost[] = [{ id: 'crm', name: same('crm'), group: 'servers' }];
const loads: readonly Load[] = [
  { point: 'lamp', name: same('lamp'), group: 'lights' },
  { point: 'seat-pcs', name: same('seat PCs'), group: 'seats' },
  { point: 'rack', name: same('rack'), group: 'servers' },
];
export const lines = ['L01', 'L02'] as const;

export const room: Room = {
  ...base,
  id: 'cuts',
  buses: [
    { kind: 'line-card', id: 'card-a', link: { kind: 'tcp', host: '127.0.0.1', port: 1 }, hostLostMs: 5000 },
  ],
  points: [
    ...base.points,
    ...loads.map(({ point, name, group }, n): OutputPoint => ({
      ...{ kind: 'output', id: point, name, role: 'load', group, activeLow: false },
      terminal: { bus: 'card-a', kind: 'output', number: n + 1 },
    })),
  ],
  lines: lines.map((id, n): LineSettings => ({
    ...{ id, trunk: `020-${n}`, phone: `800${n}`, kind: 'trunk', answers: 'people' },
    phoneOffHookMs: 300_000,
    channel: { bus: 'card-a', kind: 'channel', number: n + 1 },
    relay: { bus: 'card-a', kind: 'relay', number: n + 1 },
  })),
  subjects: [
    subject(
      'pbx',
      'pbx',
      [
        { id: 'pbx.1', kind: 'point', point: 'pbx-alarm', domain: 'wire', weight: 'proof' },
        polled('pbx.2', 'tcp'),
      ],
      2,
    ),
    subject('crm', 'server', [polled('crm.1', 'tcp')]),
    subject('ups-a', 'ups', [polled('ups-a.1', 'ups')]),
    subject('ups-b', 'ups', [polled('ups-b.1', 'ups')]),
  ],
  powerCut: {
    stages: [
      stage(
        'on battery',
        { kind: 'announce' },
        { kind: 'suspend-outbound' },
        { kind: 'start', group: 'lights' },
      ),
      stage(
        60,
        { kind: 'tell', name: 'Wang', phone: '555', role: 'manager' },
        { kind: 'shut', group: 'seats' },
      ),
      stage(30, { kind: 'shut', group: 'servers' }),
      stage(10, { kind: 'manual-forms' }, { kind: 'announce' }),
      stage(6, { kind: 'bypass-when-idle' }),
      stage(3, { kind: 'end' }),
    ],
    back: { stableMs: 5 * minute, batteryPercent: 20, spacingMs: 30_000, remindMs: 10 * minute },
  },
};
