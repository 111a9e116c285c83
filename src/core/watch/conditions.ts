/**
 * The standing conditions that follow from verdicts and from the values that came with evidence. Levels, reported as long as
 * they hold. Where we cannot see any more, a condition is `unknown`: an alarm that stands goes on standing, none begins.
 */
import type { Condition } from '../../model/alarm.ts';
import type { Subject } from '../../model/room.ts';
import { text } from '../../model/text.ts';
import type { Text } from '../../model/text.ts';
import type { Verdict } from '../../model/watch.ts';
import type { Values } from './statement.ts';
import type { Spoken } from './verdict.ts';
import { whatSpeaks } from './why.ts';

export interface Finding {
  readonly subject: Subject;
  readonly verdict: Verdict;
  readonly spoken: readonly Spoken[];
  readonly cause?: string;
}

/** Values of a UPS (`config/ups/README.md`) and the alarm that each raises while it is true. */
export const upsAlarms = {
  onBattery: 'ups.on-battery',
  lowBattery: 'ups.low-battery',
  replaceBattery: 'ups.replace-battery',
  overload: 'ups.overload',
  bypass: 'ups.on-bypass',
  batteryAbsent: 'ups.battery-absent',
  off: 'ups.off',
  overTemperature: 'ups.over-temperature',
  alarm: 'ups.fault',
} as const;

/** 503: the stack lives but refuses calls. */
const sipRefuses = 503;

const none = text('', '');

function condition(subject: Subject, type: string, state: Condition['state'], detail: Text): Condition {
  return { key: { subject: subject.id, type, qualifier: '' }, state, detail };
}

export function conditionsOf(finding: Finding): readonly Condition[] {
  switch (finding.subject.kind) {
    case 'pbx':
      return ofPbx(finding);
    case 'ups':
      return ofUps(finding);
    case 'server':
      return ofOther(finding, 'server.down');
    case 'terminal':
      return ofOther(finding, 'terminal.down');
    case 'network':
      return ofOther(finding, 'network.down');
    case 'room':
    case 'line':
    case 'linekeeper':
      return ofOther(finding, 'subject.down');
  }
}

function ofPbx({ subject, verdict, spoken }: Finding): readonly Condition[] {
  const conditions: Condition[] = [];
  const downs = whatSpeaks(spoken, 'down');
  const isDoubted = spoken.some(({ statement }) => statement.says === 'down');
  // After a trip the lines say nothing any more, and the verdict falls back to degraded: the fault is over only at `up`.
  if (verdict === 'down') conditions.push(condition(subject, 'pbx.down', 'active', downs));
  else if (verdict !== 'up') conditions.push(condition(subject, 'pbx.down', 'unknown', none));
  if (verdict === 'degraded' && isDoubted)
    conditions.push(condition(subject, 'pbx.degraded', 'active', downs));
  if (verdict === 'unknown') {
    conditions.push(condition(subject, 'pbx.degraded', 'unknown', none));
    conditions.push(condition(subject, 'pbx.unknown', 'active', whatSpeaks(spoken, 'unknown')));
  }
  if (spoken.some(({ statement }) => statement.says === 'up' && statement.values?.['status'] === sipRefuses))
    conditions.push(condition(subject, 'pbx.refusing', 'active', none));
  return conditions;
}

function ofUps({ subject, verdict, spoken, cause }: Finding): readonly Condition[] {
  const conditions: Condition[] = [];
  const isSeen = verdict === 'up' || verdict === 'degraded';
  if (!isSeen)
    conditions.push(
      condition(
        subject,
        'ups.comms-lost',
        cause === undefined ? 'active' : 'unknown',
        whatSpeaks(spoken, verdict === 'down' ? 'down' : 'unknown'),
      ),
    );
  for (const [name, type] of Object.entries(upsAlarms)) {
    // What a silent UPS said last is no longer known, and no reason to call its alarm off.
    const read = spoken.flatMap(({ statement }) =>
      statement.says === 'up' && statement.values?.[name] !== undefined ? [statement.values] : [],
    );
    const bad = read.find((values) => values[name] === true);
    if (bad !== undefined) conditions.push(condition(subject, type, 'active', upsDetail(bad)));
    else if (read.length === 0) conditions.push(condition(subject, type, 'unknown', none));
  }
  return conditions;
}

/** Runtime in whole minutes and charge in tens: what matters, and does not change with every poll. */
function upsDetail(values: Values): Text {
  const zh: string[] = [];
  const en: string[] = [];
  const { runtimeS, batteryPercent } = values;
  if (typeof runtimeS === 'number') {
    const minutes = Math.floor(runtimeS / 60);
    zh.push(`预计还能供电 ${minutes} 分钟`);
    en.push(`about ${minutes} min left`);
  }
  if (typeof batteryPercent === 'number') {
    const charge = Math.floor(batteryPercent / 10) * 10;
    zh.push(`电量不低于 ${charge}%`);
    en.push(`charge at least ${charge} %`);
  }
  return text(zh.join('，'), en.join(', '));
}

function ofOther({ subject, verdict, spoken, cause }: Finding, downType: string): readonly Condition[] {
  switch (verdict) {
    case 'up':
      return [];
    case 'down':
      return [condition(subject, downType, 'active', whatSpeaks(spoken, 'down'))];
    case 'degraded':
      return [condition(subject, 'subject.degraded', 'active', whatSpeaks(spoken, 'down'))];
    case 'unknown':
      // Hidden by a parent that is down: the parent's alarm is the one to act on.
      return [
        condition(subject, downType, 'unknown', none),
        condition(subject, 'subject.degraded', 'unknown', none),
        condition(
          subject,
          'subject.unknown',
          cause === undefined ? 'active' : 'unknown',
          whatSpeaks(spoken, 'unknown'),
        ),
      ];
  }
}
