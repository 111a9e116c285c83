/** The alarms of a running room as a duty manager reads them: what is wrong, what it does to the calls, what to do now, and how it stands. */
import { Type } from '@sinclair/typebox';
import type { Static } from '@sinclair/typebox';
import { Ajv } from 'ajv';
import type { Severity } from '../model/alarm.ts';
import type { Text } from '../model/text.ts';
import { text } from '../model/text.ts';
import { ago, optional, sentence, words } from './ask-room.ts';

export const alarmSchema = Type.Object({
  id: Type.String(),
  severity: words('critical', 'major', 'minor', 'warning'),
  condition: words('clear', 'rising', 'active', 'falling', 'unknown'),
  ack: words('none', 'unacked', 'acked'),
  latched: Type.Boolean(),
  sounds: Type.Boolean(),
  suppressions: Type.Array(
    Type.Object({
      kind: Type.String(),
      until: optional(Type.Number()),
      by: optional(Type.String()),
      reason: optional(Type.String()),
      permit: optional(Type.String()),
      root: optional(Type.String()),
    }),
  ),
  what: sentence,
  effect: sentence,
  action: sentence,
  since: Type.Number(),
  firstOut: optional(Type.Boolean()),
  ackedBy: optional(Type.String()),
  clearedAt: optional(Type.Number()),
  count: Type.Number(),
});
export type AlarmAnswer = Static<typeof alarmSchema>;

const listSchema = Type.Object({ items: Type.Array(alarmSchema) });
export const isAlarmList = new Ajv().compile<Static<typeof listSchema>>(listSchema);

export const severityWords: Readonly<Record<Severity, Text>> = {
  critical: text('一级紧急', 'critical'),
  major: text('二级重要', 'major'),
  minor: text('三级一般', 'minor'),
  warning: text('四级提示', 'warning'),
};
const rank = { critical: 0, major: 1, minor: 2, warning: 3 } as const;

/** What follows from another alarm, or may yet come to nothing: shown on demand. */
const isAside = ({ suppressions, condition, ack }: AlarmAnswer): boolean =>
  suppressions.some(({ kind }) => kind === 'by-design') || (condition === 'rising' && ack === 'none');

const isStanding = ({ condition }: AlarmAnswer): boolean => condition !== 'clear' && condition !== 'rising';

/** First what sounds, then by severity, the newest first; what is kept quiet last. */
export const inOrder = (alarms: readonly AlarmAnswer[], all: boolean): readonly AlarmAnswer[] =>
  alarms
    .filter((alarm) => all || !isAside(alarm))
    .toSorted(
      (a, b) =>
        Number(b.sounds) - Number(a.sounds) ||
        a.suppressions.length - b.suppressions.length ||
        rank[a.severity] - rank[b.severity] ||
        b.since - a.since,
    );

export interface Reader {
  readonly say: (words: Text) => string;
  /** The room's clock and zone. */
  readonly now: number;
  readonly timezone: string | undefined;
}

/** Day and time in the room's own zone: `11-23 12:00:05`. */
export function moment(at: number, { timezone }: Pick<Reader, 'timezone'>): string {
  const zone = timezone === undefined ? {} : { timeZone: timezone };
  // Swedish writes 2026-11-23 12:00:05.
  return new Date(at).toLocaleString('sv-SE', zone).slice('2026-'.length);
}

function howItStands({ condition, ack, ackedBy, latched }: AlarmAnswer): Text {
  const is = {
    clear: text('已消除', 'over'),
    rising: text('正在形成', 'beginning'),
    active: text('持续', 'stands'),
    falling: text('持续', 'stands'),
    unknown: text('现况未知，此前存在', 'not known now, stood before'),
  }[condition];
  if (ack === 'unacked') return text(`${is.zh}，未确认`, `${is.en}, not acknowledged`);
  if (condition === 'clear' && latched) return text(`${is.zh}，待复位`, `${is.en}, to be reset`);
  if (ack === 'none') return is;
  return ackedBy === undefined
    ? text(`${is.zh}，已确认`, `${is.en}, acknowledged`)
    : text(`${is.zh}，${ackedBy} 已确认`, `${is.en}, acknowledged by ${ackedBy}`);
}

function quiet({ suppressions }: AlarmAnswer, reader: Reader): readonly string[] {
  return suppressions.map(({ kind, until, by, reason, permit, root }) => {
    const till = until === undefined ? '' : moment(until, reader);
    const left = ago(until === undefined ? 0 : until - reader.now);
    const who = by === undefined ? '' : ` (${by})`;
    const why = reason ?? permit;
    const because = why === undefined ? '' : `: ${why}`;
    switch (kind) {
      case 'shelved':
        return reader.say(
          text(
            `搁置至 ${till}（还有 ${left.zh}）${who}${because}`,
            `shelved until ${till} (${left.en} left)${who}${because}`,
          ),
        );
      case 'by-design':
        return reader.say(
          text(
            `由 ${root ?? '另一告警'} 引起，不单独发声`,
            `follows from ${root ?? 'another alarm'}, does not sound`,
          ),
        );
      default:
        return reader.say(
          text(`停用（维护）至 ${till}${who}${because}`, `out of service until ${till}${who}${because}`),
        );
    }
  });
}

/** One alarm, some lines. */
export function told(alarm: AlarmAnswer, reader: Reader): string {
  const { say } = reader;
  const first = alarm.firstOut === true ? ` · ${say(text('首发', 'came first'))}` : '';
  const times = alarm.count > 1 ? ` · ${say(text(`第 ${alarm.count} 次`, `time no. ${alarm.count}`))}` : '';
  const lasting = ago(reader.now - alarm.since);
  const since = text(
    `自 ${moment(alarm.since, reader)}（${lasting.zh}）`,
    `since ${moment(alarm.since, reader)} (${lasting.en})`,
  );
  return [
    `${alarm.sounds ? '!' : ' '} ${say(severityWords[alarm.severity])}  ${alarm.id}  ${say(howItStands(alarm))}${first}${times}`,
    `    ${say(alarm.what)}`,
    `    ${say(since)}`,
    `    ${say(text('影响', 'effect'))}: ${say(alarm.effect)}`,
    `    ${say(text('处理', 'do now'))}: ${say(alarm.action)}`,
    ...quiet(alarm, reader).map((line) => `    ${line}`),
  ]
    .map((line) => `${line.trimEnd()}\n`)
    .join('');
}

/** All of them in one line. */
export function summary(alarms: readonly AlarmAnswer[], all: boolean): Text {
  const standing = alarms.filter(isStanding).length;
  const unacked = alarms.filter(({ ack, suppressions }) => ack === 'unacked' && suppressions.length === 0);
  const shelved = alarms.filter(({ suppressions }) =>
    suppressions.some(({ kind }) => kind === 'shelved'),
  ).length;
  const aside = all ? 0 : alarms.filter(isAside).length;
  if (alarms.length === 0) return text('没有告警。', 'No alarms.');
  const levels = (['critical', 'major', 'minor', 'warning'] as const).flatMap((severity) => {
    const count = unacked.filter((alarm) => alarm.severity === severity).length;
    return count === 0 ? [] : [{ severity, count }];
  });
  const zhLevels = levels.map(({ severity, count }) => `${severityWords[severity].zh} ${count}`).join('，');
  const enLevels = levels.map(({ severity, count }) => `${count} ${severity}`).join(', ');
  const zh = [`${standing} 条持续`, `${unacked.length} 条待确认${zhLevels === '' ? '' : `（${zhLevels}）`}`];
  const en = [
    `${standing} standing`,
    `${unacked.length} to acknowledge${enLevels === '' ? '' : ` (${enLevels})`}`,
  ];
  if (shelved > 0) {
    zh.push(`${shelved} 条搁置`);
    en.push(`${shelved} shelved`);
  }
  if (aside > 0) {
    zh.push(`${aside} 条未列出（--all 列出）`);
    en.push(`${aside} not listed (--all lists them)`);
  }
  return text(`${zh.join('，')}。`, `${en.join(', ')}.`);
}
