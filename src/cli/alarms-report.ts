/**
 * `linekeeper alarms report`: how well the alarms of a room served its people in a week, after EEMUA 191 and ISA-18.2. Reads the
 * archive; the room may be running or not.
 */
import { existsSync } from 'node:fs';
import { languageOfEnvironment, readOptions, wrongCall } from './arguments.ts';
import { table } from './ask-room.ts';
import { alarmHistory } from '../archive/alarm-history.ts';
import { databaseFileOf } from '../archive/archive.ts';
import { Database } from '../archive/database.ts';
import { alarmReport } from '../core/alarm-report/report.ts';
import type { Span } from '../format/iso-week.ts';
import { isoWeek } from '../format/iso-week.ts';
import { offsetsOf } from '../format/smdr/civil-time.ts';
import type { AlarmReport } from '../model/alarm-report.ts';
import type { Language, Text } from '../model/text.ts';
import { text } from '../model/text.ts';
import { wallMs } from '../model/units.ts';

const usage = text(
  `用法：linekeeper alarms report [--week 2026-W47] [--timezone 时区] [--data 目录] [--json] [--language zh|en]

一周的告警绩效（EEMUA 191、ISA-18.2）：速率、告警潮、反复、一闪而过、陈旧、前十名、级别分布、各人确认。
不写 --week 则为最近七天。数据目录默认取环境变量 LINEKEEPER_DATA。
退出码：0 全部达标，1 有未达标，2 用法错误或没有档案。
`,
  `usage: linekeeper alarms report [--week 2026-W47] [--timezone ZONE] [--data FOLDER] [--json] [--language zh|en]

How well the alarms served in a week (EEMUA 191, ISA-18.2): rate, floods, chattering, fleeting, stale, top ten, split by
severity, acknowledgements by person. Without --week the last seven days. The data folder is LINEKEEPER_DATA unless given.
Exit codes: 0 every target is met, 1 some are not, 2 wrong usage or no archive.
`,
);
const weekMs = 7 * 86_400_000;

export const alarmsReport = (args: readonly string[]): Promise<number> => Promise.resolve(report(args));

function report(args: readonly string[]): number {
  const own = languageOfEnvironment();
  const call = { command: 'alarms report', usage: usage[own], own: ['week', 'timezone', 'data'] } as const;
  const read = readOptions(call, args);
  if (typeof read === 'number') return read;
  const { given, json, words, language = own } = read;
  if (words.length > 0) return wrongCall(call, `what is ${words[0] ?? ''}?`);
  const { timezone = Intl.DateTimeFormat().resolvedOptions().timeZone, week } = given;
  const span = spanOf(week, timezone);
  if (span === undefined)
    return wrongCall(call, `there is no week ${week ?? ''} in ${timezone}; it is written 2026-W47`);
  const data = given.data ?? process.env['LINEKEEPER_DATA'];
  if (data === undefined || data === '') return wrongCall(call, 'which data folder? --data FOLDER');
  const file = databaseFileOf(data);
  if (!existsSync(file)) {
    const missing = text(`${data} 中没有档案`, `there is no archive in ${data}`);
    process.stderr.write(`linekeeper alarms report: ${missing[language]}\n`);
    return 2;
  }
  const database = Database.openToRead(file);
  try {
    const found = alarmReport(alarmHistory(database, wallMs(span.from), wallMs(span.to)));
    process.stdout.write(
      json ? `${JSON.stringify(found, null, 2)}\n` : written(found, { language, timezone, week }),
    );
    return found.kpis.some(({ met }) => met === false) ? 1 : 0;
  } finally {
    database.close();
  }
}

function spanOf(week: string | undefined, timezone: string): Span | undefined {
  const now = Date.now();
  if (week === undefined) return { from: now - weekMs, to: now };
  try {
    return isoWeek(week, offsetsOf(timezone));
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

interface Reader {
  readonly language: Language;
  readonly timezone: string;
  readonly week: string | undefined;
}

function written(report: AlarmReport, { language, timezone, week }: Reader): string {
  const say = (words: Text): string => words[language];
  // Swedish writes 2026-11-23 12:00.
  const moment = (at: number): string =>
    new Date(at).toLocaleString('sv-SE', { timeZone: timezone }).slice(0, '2026-11-23 12:00'.length);
  const verdict = (met: boolean | undefined): string =>
    met === undefined ? '' : say(met ? text('达标', 'met') : text('未达标', 'NOT MET'));
  const parts = [
    `${say(text('告警周报', 'alarm report'))} ${week ?? ''} ${moment(report.from)} – ${moment(report.to)} ${timezone}`,
    table([
      ['指标 数值 目标 结果', 'figure value target result'].map((words) => words.split(' '))[
        language === 'zh' ? 0 : 1
      ] ?? [],
      ...report.kpis.map(({ name, value, unit, target, met }) => [
        say(name),
        `${value}${unit === '' ? '' : ` ${unit}`}`,
        say(target),
        verdict(met),
      ]),
    ]).trimEnd(),
    titled(
      say(text('前十名', 'the ten worst')),
      report.topTen.map(({ id, count, share }) => [id, String(count), `${share} %`]),
    ),
    titled(
      say(text('告警潮', 'floods')),
      report.floods.map(({ from, to, count, peak }) => [
        `${moment(from)} – ${moment(to)}`,
        String(count),
        `${say(text('十分钟最多', 'most in ten minutes'))} ${peak}`,
      ]),
    ),
    titled(
      say(text('反复', 'chattering')),
      report.chattering.map((id) => [id]),
    ),
    titled(
      say(text('一闪而过', 'fleeting')),
      report.fleeting.map(({ id, count }) => [id, String(count)]),
    ),
    titled(
      say(text('陈旧（超过 24 小时）', 'stale (longer than 24 h)')),
      report.stale.map((id) => [id]),
    ),
    titled(
      say(text('人员', 'people')),
      report.people.map(({ name, acknowledged, shelved, medianMinutes }) => [
        name === '' ? say(text('无名', 'no name')) : name,
        `${say(text('确认', 'acknowledged'))} ${acknowledged}`,
        `${say(text('搁置', 'shelved'))} ${shelved}`,
        medianMinutes === undefined
          ? ''
          : say(text(`中位 ${medianMinutes} 分钟`, `median ${medianMinutes} min`)),
      ]),
    ),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

const titled = (title: string, rows: readonly (readonly string[])[]): string =>
  rows.length === 0 ? '' : `${title}\n${table(rows).trimEnd()}`;
