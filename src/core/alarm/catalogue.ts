/**
 * Every type of alarm: how urgent it is, how it behaves, and what a duty manager at three in the morning must read — what
 * is wrong, what it does to the calls, what to do now. A type that is not here still alarms, in general words.
 */
import type { AlarmKind } from './catalogue-entry.ts';
import { kind } from './catalogue-entry.ts';
import { lineAlarms } from './catalogue-lines.ts';
import { ownAlarms } from './catalogue-own.ts';
import { powerCutAlarms } from './catalogue-power-cut.ts';
import { roomAlarms } from './catalogue-room.ts';

export const catalogue: ReadonlyMap<string, AlarmKind> = new Map<string, AlarmKind>([
  ...Object.entries(roomAlarms),
  ...Object.entries(lineAlarms),
  ...Object.entries(ownAlarms),
  ...Object.entries(powerCutAlarms),
]);

export const generalAlarm: AlarmKind = kind('major', {
  what: ['发生未分类的故障', 'A fault of an unlisted kind'],
  effect: ['影响不明', 'Its effect is not known'],
  action: ['按详情检查；并告知技术人员', 'Act on the details, and tell a technician'],
});

export const alarmKind = (type: string): AlarmKind => catalogue.get(type) ?? generalAlarm;

/** The longest shelf. Alarms of the bypass, the relays and the guard: half an hour, and never suppressed by design. */
export const shelveMsMax = 24 * 3_600_000;
export const safetyShelveMsMax = 30 * 60_000;

/** The longest time for which one alarm is taken out of service. */
export const outOfServiceMsMax = 7 * 24 * 3_600_000;

export const isSafetyType = (type: string): boolean => /^(bypass|relay|guard)\./.test(type);
export const shelveLimitMs = (type: string): number => (isSafetyType(type) ? safetyShelveMsMax : shelveMsMax);
