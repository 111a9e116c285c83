/**
 * The standing conditions that follow from verdicts and from the values that came with evidence. Levels, reported as long as
 * they hold. Where we cannot see any more, a condition is `unknown`: an alarm that stands goes on standing, none begins.
 */
import type { Condition, Severity } from '../../model/alarm.ts';
import { alarmId } from '../../model/alarm.ts';
import { isPolled } from '../../model/room.ts';
import type { Subject } from '../../model/room.ts';
import type { MonoMs } from '../../model/units.ts';
import { earlier } from '../../model/units.ts';
import { text } from '../../model/text.ts';
import type { Text } from '../../model/text.ts';
import type { Says, Verdict } from '../../model/watch.ts';
import type { Values } from './statement.ts';
import type { Shade } from './parents.ts';
import type { Spoken } from './verdict.ts';
import { label, whatSpeaks } from './why.ts';

interface Judgement {
  readonly subject: Subject;
  readonly verdict: Verdict;
  readonly spoken: readonly Spoken[];
  readonly isFlapping: boolean;
  /** Whatever is down lies behind a parent that is down, in doubt, or just back. */
  readonly isExplained: boolean;
  /** Why nothing is known: the alarm of what hides it is the one to act on. */
  readonly shade?: Shade;
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
  testFailed: 'ups.test-failed',
} as const;

/** 503: the stack lives but refuses calls. */
const sipRefuses = 503;

const none = text('', '');

function condition(
  subject: Subject,
  type: string,
  state: Condition['state'],
  detail: Text,
  since?: MonoMs,
): Condition {
  return {
    key: { subject: subject.id, type, qualifier: '' },
    state,
    detail,
    ...(since === undefined ? {} : { since }),
  };
}

/** First moment of the evidence, back-dated: alarms are put in order by it, however long each takes to be raised. */
const sinceOf = (spoken: readonly Spoken[], says: Says): MonoMs | undefined =>
  spoken.reduce<MonoMs | undefined>(
    (first, { statement }) => (statement.says === says ? earlier(first, statement.since) : first),
    undefined,
  );

/** Not seeing a subject, or seeing it fail, follows from what hides it; what its values said last does not. */
const reachability = new Set([
  ...['ups.comms-lost', 'server.down', 'terminal.down', 'network.down', 'subject.down'],
  ...['subject.degraded', 'subject.unknown', 'subject.flapping'],
]);

/** The alarm of what hides a subject explains those of the subject, and goes on to until our probes have been round again. */
export function behind(
  conditions: readonly Condition[],
  shade: Shade | undefined,
  root: Subject | undefined,
): readonly Condition[] {
  if (shade === undefined || root === undefined || shade.how === 'doubted') return conditions;
  const key = { subject: root.id, type: downTypeOf[root.kind], qualifier: '' };
  const expected = { cause: 'behind', root: alarmId(key) };
  return conditions.map((one) => (reachability.has(one.key.type) ? { ...one, expected } : one));
}

export function conditionsOf(finding: Judgement): readonly Condition[] {
  const { subject, isFlapping } = finding;
  const own = ownConditions(finding);
  if (!isFlapping) return own;
  const downType = downTypeOf[subject.kind];
  const frozen = [downType, subject.kind === 'pbx' ? 'pbx.degraded' : 'subject.degraded'];
  // While it flaps its other alarms stay as they are. That of a PBX may still begin: it goes with the bypass.
  const begins =
    subject.kind === 'pbx' && own.some(({ key, state }) => key.type === 'pbx.down' && state === 'active');
  return [
    { ...condition(subject, 'subject.flapping', 'active', none), severity: flappingSeverity[subject.kind] },
    ...own.filter(({ key }) => !frozen.includes(key.type) || (begins && key.type === 'pbx.down')),
    ...frozen
      .filter((type) => !(begins && type === 'pbx.down'))
      .map((type) => condition(subject, type, 'unknown', none)),
  ];
}

const downTypeOf: Readonly<Record<Subject['kind'], string>> = {
  pbx: 'pbx.down',
  ups: 'ups.comms-lost',
  server: 'server.down',
  terminal: 'terminal.down',
  network: 'network.down',
  room: 'subject.down',
  line: 'subject.down',
  linekeeper: 'subject.down',
};
/** As urgent as the alarm that it stands for. */
const flappingSeverity: Readonly<Record<Subject['kind'], Severity>> = {
  pbx: 'critical',
  ups: 'major',
  server: 'major',
  terminal: 'minor',
  network: 'major',
  room: 'major',
  line: 'major',
  linekeeper: 'major',
};

function ownConditions(finding: Judgement): readonly Condition[] {
  return [...ofKind(finding), ...ofValues(finding)];
}

/** What the values of a source raise. Where it is silent nobody knows, and an alarm that stands goes on standing. */
function ofValues({ subject, spoken }: Judgement): readonly Condition[] {
  return spoken.flatMap(({ source, statement }) =>
    (isPolled(source) ? (source.raises ?? []) : []).flatMap(({ value, alarm }): Condition[] => {
      const key = { subject: subject.id, type: alarm, qualifier: source.id };
      const { says, values } = statement;
      if (says !== 'up' || values?.[value] === undefined) return [{ key, state: 'unknown', detail: none }];
      if (values[value] !== true) return [];
      const { zh, en } = statement.reason;
      const name = label(source);
      return [{ key, state: 'active', detail: text(`${name.zh}：${zh}`, `${name.en}: ${en}`) }];
    }),
  );
}

function ofKind(finding: Judgement): readonly Condition[] {
  switch (finding.subject.kind) {
    case 'pbx':
      return ofPbx(finding);
    case 'ups':
      return ofUps(finding);
    case 'server':
    case 'terminal':
    case 'network':
    case 'room':
    case 'line':
    case 'linekeeper':
      return ofOther(finding, downTypeOf[finding.subject.kind]);
  }
}

function ofPbx({ subject, verdict, spoken, isExplained }: Judgement): readonly Condition[] {
  const conditions: Condition[] = [];
  const downs = whatSpeaks(spoken, 'down');
  const isDoubted = spoken.some(({ statement }) => statement.says === 'down');
  // After a trip the lines say nothing any more, and the verdict falls back to degraded: the fault is over only at `up`.
  if (verdict === 'down')
    conditions.push(condition(subject, 'pbx.down', 'active', downs, sinceOf(spoken, 'down')));
  else if (verdict !== 'up') conditions.push(condition(subject, 'pbx.down', 'unknown', none));
  if (verdict === 'degraded' && isDoubted && isExplained)
    // The alarm waits for the network's own; the verdict does not, and no trip waits for it.
    conditions.push(condition(subject, 'pbx.degraded', 'unknown', none));
  else if (verdict === 'degraded' && isDoubted)
    conditions.push(condition(subject, 'pbx.degraded', 'active', downs, sinceOf(spoken, 'down')));
  if (verdict === 'unknown') {
    conditions.push(condition(subject, 'pbx.degraded', 'unknown', none));
    conditions.push(condition(subject, 'pbx.unknown', 'active', whatSpeaks(spoken, 'unknown')));
  }
  if (spoken.some(({ statement }) => statement.says === 'up' && statement.values?.['status'] === sipRefuses))
    conditions.push(condition(subject, 'pbx.refusing', 'active', none));
  return conditions;
}

function ofUps({ subject, verdict, spoken, shade }: Judgement): readonly Condition[] {
  const conditions: Condition[] = [];
  const isSeen = verdict === 'up' || verdict === 'degraded';
  if (!isSeen)
    conditions.push(
      condition(
        subject,
        'ups.comms-lost',
        shade === undefined ? 'active' : 'unknown',
        whatSpeaks(spoken, verdict === 'down' ? 'down' : 'unknown'),
        sinceOf(spoken, verdict === 'down' ? 'down' : 'unknown'),
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

/** What a seat phone shows is an alarm of its own (core/pair), and a phone at rest shows nothing: neither is told twice. */
const isOfPhone = (spoken: readonly Spoken[], says: Says): boolean =>
  spoken.length > 0 &&
  spoken.every(({ source, statement }) => statement.says !== says || source.kind === 'seat-phone');

function ofOther({ subject, verdict, spoken, shade }: Judgement, downType: string): readonly Condition[] {
  if ((verdict === 'down' || verdict === 'degraded') && isOfPhone(spoken, 'down')) return [];
  switch (verdict) {
    case 'up':
      return [];
    case 'down':
      return [condition(subject, downType, 'active', whatSpeaks(spoken, 'down'), sinceOf(spoken, 'down'))];
    case 'degraded':
      return [
        condition(subject, 'subject.degraded', 'active', whatSpeaks(spoken, 'down'), sinceOf(spoken, 'down')),
      ];
    case 'unknown':
      // Hidden by a parent that is down: the parent's alarm is the one to act on.
      return [
        condition(subject, downType, 'unknown', none),
        condition(subject, 'subject.degraded', 'unknown', none),
        condition(
          subject,
          'subject.unknown',
          shade === undefined && !isOfPhone(spoken, 'unknown') ? 'active' : 'unknown',
          whatSpeaks(spoken, 'unknown'),
        ),
      ];
  }
}
