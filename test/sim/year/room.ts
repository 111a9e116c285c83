/** The room whose year is simulated: PBX, servers, terminals behind two switches behind a core switch, and a UPS. */
import type { PolledSource, Room, Source, Subject } from '../../../src/model/room.ts';
import { text } from '../../../src/model/text.ts';

const same = (name: string) => text(name, name);
const second = 1000;

function polled(id: string, kind: 'ping' | 'tcp' | 'ups', everyMs: number): PolledSource {
  const base = { id, everyMs, missLimit: 3, label: same(id), weight: 'hint' } as const;
  const lan = { ...base, domain: 'our-lan' } as const;
  if (kind === 'ping') return { ...lan, kind, host: id, waitMs: 3000 };
  if (kind === 'tcp') return { ...lan, kind, host: id, port: 443, waitMs: 3000 };
  const serial = { domain: 'serial:rs485', bus: 'rs485', unit: 1, model: 'huawei-ups2000' } as const;
  return { ...base, kind, ...serial, waitMs: 5000 };
}

const subject = (
  id: string,
  kind: Subject['kind'],
  sources: readonly Source[],
  dependsOn: readonly string[],
  downWhen = 1,
): Subject => ({ id, kind, name: same(id), sources, dependsOn, downWhen });

const network = (id: string, above: readonly string[]): Subject =>
  subject(id, 'network', [polled(`${id}.1`, 'ping', 30 * second)], above);
const terminal = (id: string, above: string): Subject =>
  subject(id, 'terminal', [polled(`${id}.1`, 'ping', 60 * second)], [above]);

export const subjects: readonly Subject[] = [
  subject(
    'pbx',
    'pbx',
    [
      { id: 'pbx.1', kind: 'point', point: 'pbx-alarm', domain: 'wire', weight: 'proof' },
      {
        ...{
          id: 'pbx.2',
          kind: 'sip-options',
          host: 'pbx',
          port: 5060,
          transport: 'udp',
          label: same('SIP'),
        },
        ...{ domain: 'our-lan', weight: 'hint', everyMs: 30 * second, suspectMs: 5 * second },
        ...{ waitMs: 4000, missLimit: 3 },
      },
    ],
    ['core'],
  ),
  network('core', []),
  network('sw-1', ['core']),
  network('sw-2', ['core']),
  // Two of its two sources: half a failure is degraded.
  subject(
    'crm',
    'server',
    [polled('crm.1', 'tcp', 30 * second), polled('crm.2', 'ping', 30 * second)],
    ['sw-1'],
    2,
  ),
  subject('erp', 'server', [polled('erp.1', 'tcp', 30 * second)], ['sw-1']),
  ...['t01', 't02', 't03', 't04'].map((id) => terminal(id, 'sw-1')),
  ...['t05', 't06', 't07', 't08'].map((id) => terminal(id, 'sw-2')),
  subject('ups', 'ups', [polled('ups.1', 'ups', 30 * second)], []),
];

export const room: Room = {
  id: 'year',
  name: same('year'),
  timezone: 'Asia/Shanghai',
  autonomyMs: 14_400_000,
  language: 'en',
  buses: [],
  points: [
    {
      ...{
        kind: 'input',
        id: 'pbx-alarm',
        name: same('PBX alarm'),
        role: 'plain',
        contact: 'normally-closed',
      },
      ...{ terminal: { bus: 'pi', kind: 'gpio', number: 26 }, debounceMs: 0, severity: 'critical' },
    },
  ],
  lines: [],
  subjects,
  controls: [],
  maintenance: [],
  alarms: [],
  hosts: [],
  manualForms: { count: 20 },
  powerCut: {
    stages: [],
    back: { stableMs: 300_000, batteryPercent: 20, spacingMs: 30_000, remindMs: 600_000 },
  },
  bypass: {
    ...{ confirmMs: 3000, busyCapMs: 30_000, callCapMs: 300_000, idleForMs: 6000, loopOpenMs: 1500 },
    ...{ restoreAfterMs: 120_000, spacingMs: 1000, proveMs: 60_000, ringLimitMs: 20_000, restoresPerHour: 4 },
    restore: 'when-idle',
  },
  relayCare: { slowMs: 20 },
  recorder: {
    ...{ start: 'line-voltage', preRollMs: 2000, hangOverMs: 3000, keepDays: 400, promptAtPercent: 85 },
    ...{ bitRate: 16_000, complexity: 5 },
  },
  allowBypassFromCentre: false,
  http: { host: '127.0.0.1', port: 0 },
  dataFolder: '/nowhere',
};

export const parentOf = new Map(subjects.map(({ id, dependsOn }) => [id, dependsOn[0]]));
export const childrenOf = (id: string): readonly string[] =>
  subjects.flatMap((one) => (one.dependsOn.includes(id) ? [one.id, ...childrenOf(one.id)] : []));
export function ancestorsOf(id: string): readonly string[] {
  const above = parentOf.get(id);
  return above === undefined ? [] : [above, ...ancestorsOf(above)];
}
