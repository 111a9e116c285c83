/** A room as the guard tells it, for the tests of the front. */
import type { AlarmRow, FrontStart, LineView, RoomView } from '../../src/model/messages.ts';
import type { AlarmView } from '../../src/model/alarm.ts';
import type { Call } from '../../src/model/line.ts';
import type { Notice } from '../../src/model/effect.ts';
import { monoMs, wallMs } from '../../src/model/units.ts';
import { text } from '../../src/model/text.ts';

export const noon = wallMs(Date.UTC(2026, 10, 23, 4, 0, 0));

export function aStart(dataFolder: string, extra: Partial<FrontStart> = {}): FrontStart {
  return {
    dataFolder,
    room: 'gz-120',
    name: text('广州120机房', 'Guangzhou 120 equipment room'),
    language: 'zh',
    timezone: 'Asia/Shanghai',
    http: { host: '127.0.0.1', port: 0, portIsFixed: false },
    openReads: true,
    heartbeatTopics: [],
    version: '0.1.0',
    manualForms: { count: 3 },
    ...extra,
  };
}

export const aLine = (number: number, extra: Partial<LineView> = {}): LineView => ({
  id: `L0${number}`,
  trunk: `020-120-${number}`,
  phone: `800${number}`,
  signal: 'idle',
  bypass: 'normal',
  recording: false,
  volts: 48.2,
  ...extra,
});

export const anAlarm = (extra: Partial<AlarmRow> = {}): AlarmRow => ({
  id: 'pbx/pbx.down',
  key: { subject: 'pbx', type: 'pbx.down', qualifier: '' },
  severity: 'critical',
  condition: 'active',
  ack: 'unacked',
  latched: false,
  suppressions: [],
  sounds: true,
  what: text('程控交换机故障', 'The PBX is down'),
  effect: text(
    '电话无法经交换机接通；各线路正切换到座席电话',
    'Calls cannot pass the PBX; lines go to their seat phones',
  ),
  action: text('到机房检查交换机电源与告警灯', 'Look at the power and alarm lamps of the PBX'),
  since: noon,
  raisedAt: noon,
  changedAt: noon,
  count: 1,
  ...extra,
});

export function aView(extra: Partial<RoomView> = {}): RoomView {
  return {
    at: noon,
    room: { id: 'gz-120', name: text('广州120机房', 'Guangzhou 120 equipment room'), bypass: 'steady' },
    lines: [1, 2, 3, 4, 5, 6, 7, 8].map((number) => aLine(number)),
    subjects: [
      {
        id: 'pbx',
        kind: 'pbx',
        verdict: 'up',
        why: text('触点闭合，分机有拨号音', 'contact closed, dial tone on the extension'),
        change: text('', ''),
        since: noon,
        sources: [],
      },
      {
        id: 'ups-1',
        kind: 'ups',
        verdict: 'up',
        why: text('市电正常，电池 100%', 'on mains, battery 100 %'),
        change: text('', ''),
        since: noon,
        sources: [],
      },
    ],
    alarms: [],
    readings: [],
    controls: [],
    threads: [
      { name: 'guard', state: 'running', restarts: 0, lagMs: 0.4, memoryMB: 82 },
      { name: 'recorder', state: 'running', restarts: 0, lagMs: 1, memoryMB: 40 },
      { name: 'archive', state: 'running', restarts: 0, lagMs: 2, memoryMB: 31 },
      { name: 'front', state: 'running', restarts: 0, lagMs: 2, memoryMB: 33 },
    ],
    cards: [{ id: 'card-a', link: 'up', serialNumber: 'LK8-0001', coilSupply: true, bypassKey: 'normal' }],
    bypassCalls: { total: 0, latest: 0 },
    loop: { worstMs: 4, upToMs: [5], counts: [3000, 0] },
    horn: false,
    healthy: true,
    ...extra,
  };
}

export const aSignal = (line: string, number: number): Notice => ({
  at: monoMs(1000 + number),
  kind: 'signal',
  line,
  signal: number % 2 === 0 ? 'ringing' : 'idle',
});

export const aCall = (extra: Partial<Call> = {}): Call => ({
  id: 'run1-1',
  line: 'L01',
  direction: 'incoming',
  startedAt: monoMs(5000),
  answeredAt: monoMs(9000),
  rings: 2,
  pulseDigits: '',
  flashes: 0,
  bypass: false,
  gapMs: 0,
  ...extra,
});

export function anAlarmView(extra: Partial<AlarmView> = {}): AlarmView {
  const { id, key, severity, condition, ack, latched, sounds, what, effect, action, count } = anAlarm();
  const same = {
    id,
    key,
    severity,
    condition,
    ack,
    latched,
    sounds,
    what,
    effect,
    action,
    count,
  };
  return {
    ...same,
    suppressions: [],
    since: monoMs(3000),
    raisedAt: monoMs(4000),
    changedAt: monoMs(4500),
    ...extra,
  };
}
