/** The room that is simulated: four trunks on two line cards, pins of the machine, a PBX with three kinds of evidence, a UPS with a plan. */
import type {
  BypassSettings,
  InputPoint,
  LineSettings,
  OutputPoint,
  PolledSource,
  Room,
} from '../../../src/model/room.ts';
import type { InputRole, OutputRole } from '../../../src/model/room.ts';
import { text } from '../../../src/model/text.ts';
import type { Chance } from '../../../src/sim/chance.ts';
import { between } from '../../../src/sim/chance.ts';

const same = (name: string) => text(name, name);
const second = 1000;

export const cards = ['card-a', 'card-b'] as const;
export type CardName = (typeof cards)[number];
/** Line by card and relay. */
export const places = [
  { line: 'L1', card: 'card-a', number: 1 },
  { line: 'L2', card: 'card-a', number: 2 },
  { line: 'L3', card: 'card-b', number: 1 },
  { line: 'L4', card: 'card-b', number: 2 },
] as const;
export type LineName = (typeof places)[number]['line'];
export const linesPerCard = 2;
export const hostLostMs = 5000;

export const pins = { pbx: 5, acknowledge: 6, silence: 7, key: 8, horn: 20, lamp: 21, healthy: 22 } as const;

const input = (id: string, pin: number, role: InputRole, contact: InputPoint['contact']): InputPoint => ({
  ...{ kind: 'input', id, name: same(id), role, contact, debounceMs: 20, severity: 'critical' },
  terminal: { bus: 'pi', kind: 'gpio', number: pin },
});
const output = (id: string, pin: number, role: OutputRole): OutputPoint => ({
  ...{ kind: 'output', id, name: same(id), role, activeLow: false },
  terminal: { bus: 'pi', kind: 'gpio', number: pin },
});

const polled = (id: string, everyMs: number, waitMs: number) =>
  ({ id, everyMs, waitMs, missLimit: 3, label: same(id), weight: 'hint' }) as const;
const sip: PolledSource = {
  ...polled('pbx.2', 10 * second, 2 * second),
  ...{ kind: 'sip-options', domain: 'our-lan', host: 'pbx', port: 5060, transport: 'udp', suspectMs: second },
};
const ups: PolledSource = {
  ...polled('ups.1', 5 * second, 2 * second),
  ...{ kind: 'nut', domain: 'our-lan', ups: 'ups', host: 'upsd', port: 3493, tls: false },
};

const standard: BypassSettings = {
  ...{ confirmMs: 3000, busyCapMs: 30_000, callCapMs: 300_000, idleForMs: 6000, loopOpenMs: 1500 },
  ...{ restoreAfterMs: 120_000, spacingMs: 1000, proveMs: 60_000, ringLimitMs: 20_000, restoresPerHour: 4 },
  restore: 'when-idle',
};

/** Mostly the shortest times that a room file may set, so that much happens in a short night; now and then the usual ones. */
export function bypassSettings(random: Chance): BypassSettings {
  if (random() < 0.04) return standard;
  return {
    ...standard,
    confirmMs: Math.round(between(random, 1000, 3000)),
    busyCapMs: Math.round(between(random, 5000, 15_000)),
    callCapMs: Math.round(between(random, 30_000, 45_000)),
    restoreAfterMs: Math.round(between(random, 30_000, 35_000)),
    spacingMs: Math.round(between(random, 500, 1500)),
    proveMs: Math.round(between(random, 20_000, 25_000)),
    ringLimitMs: Math.round(between(random, 10_000, 20_000)),
    restoresPerHour: 1 + Math.floor(random() * 5),
    restore:
      (['when-idle', 'when-idle', 'when-idle', 'by-key', 'by-command'] as const)[Math.floor(random() * 5)] ??
      'when-idle',
  };
}

export const roomOf = (bypass: BypassSettings): Room => ({
  ...{ id: 'sim', name: same('sim'), timezone: 'Asia/Shanghai', language: 'en', autonomyMs: 14_400_000 },
  buses: [
    ...cards.map((id) => ({
      ...{ kind: 'line-card' as const, id, hostLostMs },
      link: { kind: 'tcp' as const, host: '127.0.0.1', port: 1 },
    })),
    { kind: 'gpio', id: 'pi', backend: 'virtual', acceptOutputsKept: false },
  ],
  points: [
    input('pbx-alarm', pins.pbx, 'plain', 'normally-closed'),
    input('acknowledge', pins.acknowledge, 'acknowledge-button', 'normally-open'),
    input('silence', pins.silence, 'silence-button', 'normally-open'),
    input('key', pins.key, 'bypass-key', 'normally-closed'),
    output('horn', pins.horn, 'horn'),
    output('lamp', pins.lamp, 'lamp'),
    output('healthy', pins.healthy, 'healthy'),
  ],
  lines: places.map(({ line, card, number }, n): LineSettings => ({
    ...{
      id: line,
      trunk: `020-${n}`,
      phone: `800${n}`,
      kind: 'trunk',
      answers: 'people',
      phoneOffHookMs: 300_000,
    },
    channel: { bus: card, kind: 'channel', number },
    relay: { bus: card, kind: 'relay', number },
  })),
  subjects: [
    {
      ...{ id: 'pbx', kind: 'pbx', name: same('pbx'), downWhen: 2, dependsOn: [] },
      sources: [
        { id: 'pbx.1', kind: 'point', point: 'pbx-alarm', domain: 'wire', weight: 'proof' },
        sip,
        { id: 'pbx.3', kind: 'lines', lines: 'all', domain: 'lines', weight: 'proof' },
      ],
    },
    { id: 'ups', kind: 'ups', name: same('ups'), downWhen: 1, dependsOn: [], sources: [ups] },
  ],
  ...{
    alarms: [],
    relayCare: { slowMs: 20 },
    controls: [],
    maintenance: [],
    hosts: [],
    manualForms: { count: 20 },
  },
  powerCut: {
    stages: [
      { when: { kind: 'on-battery' }, afterMs: 10_000, actions: [{ kind: 'announce' }] },
      {
        when: { kind: 'runtime', belowMs: 360_000 },
        afterMs: 10_000,
        actions: [{ kind: 'bypass-when-idle' }],
      },
      { when: { kind: 'runtime', belowMs: 180_000 }, afterMs: 10_000, actions: [{ kind: 'end' }] },
    ],
    back: { stableMs: 30_000, batteryPercent: 20, spacingMs: 5000, remindMs: 600_000 },
  },
  bypass,
  recorder: {
    ...{ start: 'line-voltage', preRollMs: 2000, hangOverMs: 3000, keepDays: 400, promptAtPercent: 85 },
    ...{ bitRate: 16_000, complexity: 5 },
  },
  mqtt: { url: 'mqtt://centre' },
  allowBypassFromCentre: true,
  http: { host: '127.0.0.1', port: 0 },
  dataFolder: '/data',
});
