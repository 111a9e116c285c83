/**
 * What the commands that look at a running room have in common: what it says, and how it is said when nothing answers. `room-way.ts`
 * finds the room.
 */
import { Type } from '@sinclair/typebox';
import type { Static, TSchema } from '@sinclair/typebox';
import { Ajv } from 'ajv';
import type { Language, Text } from '../model/text.ts';
import { text } from '../model/text.ts';
import { languageOfEnvironment, readOptions, wrongCall } from './arguments.ts';
import { ask, notUnderstood, wayToRead } from './room-way.ts';
import type { Wanted, Way } from './room-way.ts';

/** No room answers, or it does not let us read. */
export const noAnswerCode = 3;

export const words = <T extends string>(...all: readonly T[]) =>
  Type.Unsafe<T>({ type: 'string', enum: all });
export const sentence = Type.Object({ zh: Type.String(), en: Type.String() });
export const optional = <T extends TSchema>(schema: T) => Type.Optional(schema);
const schema = Type.Object({
  at: Type.Number(),
  language: words('zh', 'en'),
  timezone: optional(Type.String()),
  room: Type.Object({ id: Type.String(), name: sentence }),
  controls: Type.Array(
    Type.Object({
      id: Type.String(),
      name: sentence,
      kind: words('pulse', 'hold', 'serial'),
      on: Type.Boolean(),
      busy: Type.Boolean(),
      readBack: words('none', 'agrees', 'differs', 'unknown'),
      values: Type.Record(Type.String(), Type.Array(Type.String())),
    }),
  ),
  subjects: Type.Array(
    Type.Object({
      id: Type.String(),
      kind: words('pbx', 'server', 'terminal', 'network', 'ups', 'room', 'line', 'linekeeper'),
      verdict: words('up', 'degraded', 'down', 'unknown'),
      why: sentence,
      change: sentence,
      since: Type.Number(),
      hiddenBy: optional(Type.String()),
      flapping: optional(Type.Boolean()),
      maintenance: optional(Type.Object({ until: Type.Number(), by: Type.String(), reason: sentence })),
      sources: Type.Array(
        Type.Object({
          id: Type.String(),
          name: sentence,
          domain: Type.String(),
          weight: words('proof', 'hint'),
          says: words('up', 'down', 'unknown'),
          at: optional(Type.Number()),
          vetoes: optional(Type.Boolean()),
          reason: sentence,
        }),
      ),
    }),
  ),
  readings: optional(
    Type.Array(
      Type.Object({
        id: Type.String(),
        name: sentence,
        value: optional(Type.Number()),
        unit: Type.String(),
        state: words('ok', 'warn', 'critical', 'unknown'),
        at: optional(Type.Number()),
        reason: optional(sentence),
      }),
    ),
  ),
});
export type RoomAnswer = Static<typeof schema>;
export type SubjectAnswer = RoomAnswer['subjects'][number];

const isAnswer = new Ajv().compile<RoomAnswer>(schema);

const refusedSchema = Type.Object({ error: Type.Object({ code: Type.String(), message: sentence }) });
export const isRefused = new Ajv().compile<Static<typeof refusedSchema>>(refusedSchema);

export interface Asked extends Wanted {
  readonly json: boolean;
  readonly language?: Language;
  /** Who orders, where the command is an order. */
  readonly by?: string;
  readonly words: readonly string[];
}

/** Whom the audit names. */
export const isName = (by: string): boolean => by.trim() !== '' && by.length <= 64;
export const nameRule = '--by is a name of at most 64 characters';

/** The arguments, or the exit code when that is all. */
export function readAsked(
  command: string,
  usage: string,
  args: readonly string[],
  mayOrder = false,
): Asked | number {
  const own = ['url', 'data', ...(mayOrder ? (['by'] as const) : [])] as const;
  const call = { command, usage, own };
  const read = readOptions(call, args);
  if (typeof read === 'number') return read;
  const { given, json, language, words: said } = read;
  const { url, data, by } = given;
  if (url !== undefined && !/^https?:\/\//.test(url))
    return wrongCall(call, '--url is such as http://127.0.0.1:8080/');
  if (by !== undefined && !isName(by)) return wrongCall(call, nameRule);
  return {
    json,
    words: said,
    ...(language === undefined ? {} : { language }),
    ...(url === undefined ? {} : { url }),
    ...(data === undefined ? {} : { data }),
    ...(by === undefined ? {} : { by }),
  };
}

/** The room as it is now, or the exit code after saying why there is none. */
export const askRoom = async (command: string, asked: Asked, way?: Way): Promise<RoomAnswer | number> =>
  askAt(command, way ?? (await wayToRead(asked)), '/api/v1/status', isAnswer, asked.language);

/** What the room says there, or the exit code after saying why it says nothing. */
export async function askAt<T>(
  command: string,
  way: Way,
  what: string,
  isExpected: (body: unknown) => body is T,
  language: Language = languageOfEnvironment(),
): Promise<T | number> {
  const where = way.kind === 'socket' ? way.path : way.url;
  const tell = (why: Text): number => {
    process.stderr.write(`linekeeper ${command}: ${why[language]}\n`);
    return noAnswerCode;
  };
  try {
    const { status, body } = await ask(way, what);
    if (status === 401 || status === 403) return tell(notShown(where));
    if (isRefused(body)) return tell(body.error.message);
    return isExpected(body) ? body : tell(notUnderstood(`${where} (${status})`));
  } catch {
    return tell(silent(where));
  }
}

const notShown = (url: string): Text =>
  text(
    `${url} 的机房不让此用户查看；请以 root 或该程序的用户运行（sudo）`,
    `the room at ${url} is not shown to this user; run this as root or as the program's own user (sudo)`,
  );
const silent = (where: string): Text =>
  text(
    `${where} 没有机房应答；是否在运行？用 --data 指定数据目录，或用 --url 指定地址`,
    `no room answers at ${where}; does it run? --data tells the folder of its data, --url its address`,
  );

const secondMs = 1000;
const units = [
  { ms: 86_400_000, zh: '天', en: 'd' },
  { ms: 3_600_000, zh: '小时', en: 'h' },
  { ms: 60_000, zh: '分', en: 'min' },
] as const;

/** How long ago, in its largest unit. */
export function ago(ms: number): Text {
  const unit = units.find((one) => ms >= one.ms);
  const count = Math.floor(ms / (unit?.ms ?? secondMs));
  return unit === undefined
    ? text(`${Math.max(0, count)} 秒`, `${Math.max(0, count)} s`)
    : text(`${count} ${unit.zh}`, `${count} ${unit.en}`);
}

const wide = /[\u1100-\u115f\u2e80-\u9fff\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6]/u;
const widthOf = (cell: string): number =>
  Array.from(cell).reduce<number>((width, sign) => width + (wide.test(sign) ? 2 : 1), 0);

/** Columns set under each other, Chinese signs two wide; the last column is not filled up. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => widthOf(row[column] ?? ''))),
  );
  return rows
    .map((row) =>
      row
        .map((cell, column) =>
          column === row.length - 1 ? cell : cell + ' '.repeat((widths[column] ?? 0) - widthOf(cell)),
        )
        .join('  '),
    )
    .map((line) => `${line}\n`)
    .join('');
}

/** The verdict as people read it. */
export function verdictWord(subject: Pick<SubjectAnswer, 'verdict' | 'hiddenBy'>): Text {
  if (subject.hiddenBy !== undefined) return text('不可达', 'unreachable');
  return {
    up: text('正常', 'up'),
    degraded: text('降级', 'degraded'),
    down: text('故障', 'down'),
    unknown: text('未知', 'unknown'),
  }[subject.verdict];
}

/** A room that runs under the same clock may be a moment ahead of us; a monitor compares with the room's own time. */
export const marks = (subject: SubjectAnswer, now: number): Text => {
  const zh: string[] = [];
  const en: string[] = [];
  if (subject.flapping === true) {
    zh.push('抖动');
    en.push('flapping');
  }
  if (subject.maintenance !== undefined) {
    const left = ago(subject.maintenance.until - now);
    zh.push(`维护中（还有 ${left.zh}）`);
    en.push(`in maintenance (${left.en} left)`);
  }
  return text(zh.join('，'), en.join(', '));
};
