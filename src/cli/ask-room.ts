/**
 * What the commands that look at a running room have in common: where it is, what it says, and how it is said when nothing
 * answers. The address is `--url`, else LINEKEEPER_HTTP_PORT, else where the running program noted that its page is, else
 * port 8080 of this machine. Asked with the token that the program keeps for its own user and root.
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { userInfo } from 'node:os';
import { Type } from '@sinclair/typebox';
import type { Static, TSchema } from '@sinclair/typebox';
import { Ajv } from 'ajv';
import type { Command } from '../model/event.ts';
import type { Language, Text } from '../model/text.ts';
import { text } from '../model/text.ts';
import { languageOfEnvironment, readOptions, wrongCall } from './arguments.ts';
import { pageFile, tokenFile } from './page-file.ts';

/** No room answers, or it does not let us read. */
const noAnswerCode = 3;
const answerMsMax = 5000;

const words = <T extends string>(...all: readonly T[]) => Type.Unsafe<T>({ type: 'string', enum: all });
const sentence = Type.Object({ zh: Type.String(), en: Type.String() });
const optional = <T extends TSchema>(schema: T) => Type.Optional(schema);
const schema = Type.Object({
  at: Type.Number(),
  language: words('zh', 'en'),
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

export interface Asked {
  readonly json: boolean;
  readonly url?: string;
  readonly language?: Language;
  readonly words: readonly string[];
}

/** The arguments, or the exit code when that is all. */
export function readAsked(command: string, usage: string, args: readonly string[]): Asked | number {
  const call = { command, usage, own: ['url'] } as const;
  const read = readOptions(call, args);
  if (typeof read === 'number') return read;
  const { given, ...rest } = read;
  const { url } = given;
  if (url !== undefined && !/^https?:\/\//.test(url))
    return wrongCall(call, '--url is such as http://127.0.0.1:8080/');
  return { ...rest, ...(url === undefined ? {} : { url }) };
}

/** The room as it is now, or the exit code after saying why there is none. */
export async function askRoom(command: string, asked: Asked): Promise<RoomAnswer | number> {
  const url = asked.url ?? (await addressOfRoom());
  const answer = await statusAt(url, await tokenOfRoom(url));
  if ('subjects' in answer) return answer;
  const language = asked.language ?? languageOfEnvironment();
  process.stderr.write(`linekeeper ${command}: ${answer[language]}\n`);
  return noAnswerCode;
}

const decidedSchema = Type.Object({ accepted: Type.Boolean(), text: sentence });
const refusedSchema = Type.Object({ error: Type.Object({ code: Type.String(), message: sentence }) });
const isDecided = new Ajv().compile<Static<typeof decidedSchema>>(decidedSchema);
const isRefused = new Ajv().compile<Static<typeof refusedSchema>>(refusedSchema);
/** The room waits for what it ordered: a read-back, an answer of the switch. */
const orderMsMax = 10_000;

/** Gives a command to the room and says what it answered; the exit code. */
export async function orderRoom(command: string, asked: Asked, order: Command): Promise<number> {
  const url = asked.url ?? (await addressOfRoom());
  const language = asked.language ?? languageOfEnvironment();
  const token = await tokenOfRoom(url);
  const failed = (why: Text, code: number): number => {
    process.stderr.write(`linekeeper ${command}: ${why[language]}\n`);
    return code;
  };
  try {
    const response = await fetch(new URL('/api/v1/commands', url), {
      method: 'POST',
      signal: AbortSignal.timeout(orderMsMax),
      headers: {
        'content-type': 'application/json',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify({ command: order, by: orderer() }),
    });
    if (response.status === 401 || response.status === 403) return failed(notShown(url), noAnswerCode);
    const answer: unknown = await response.json();
    if (isRefused(answer)) return failed(answer.error.message, 1);
    if (!isDecided(answer)) return failed(notUnderstood(url, response.status), noAnswerCode);
    process.stdout.write(asked.json ? `${JSON.stringify(answer)}\n` : `${answer.text[language]}\n`);
    return answer.accepted ? 0 : 1;
  } catch {
    return failed(silent(url), noAnswerCode);
  }
}

/** Who sits at the terminal: behind sudo the person, not root. */
const orderer = (): string => (process.env['SUDO_USER'] ?? userInfo().username).slice(0, 64) || 'cli';

const defaultPort = 8080;

const runtimeFolders = (): readonly string[] => [
  ...(process.env['RUNTIME_DIRECTORY'] === undefined ? [] : [process.env['RUNTIME_DIRECTORY']]),
  path.join(process.env['LINEKEEPER_DATA'] ?? 'var', 'run'),
  '/run/linekeeper',
];

/** The token goes to this machine only. */
async function tokenOfRoom(url: string): Promise<string | undefined> {
  if (!['127.0.0.1', 'localhost', '[::1]'].includes(new URL(url).hostname)) return undefined;
  for (const folder of runtimeFolders()) {
    try {
      const token = (await readFile(tokenFile(folder), 'utf8')).trim();
      if (/^[\w-]{1,200}$/.test(token)) return token;
    } catch {
      // None here, or not for us.
    }
  }
  return undefined;
}

async function addressOfRoom(): Promise<string> {
  const port = process.env['LINEKEEPER_HTTP_PORT'];
  if (port !== undefined) return `http://127.0.0.1:${port}/`;
  for (const folder of runtimeFolders()) {
    try {
      const noted = (await readFile(pageFile(folder), 'utf8')).trim();
      if (/^https?:\/\/[^\s]{1,200}$/.test(noted)) return noted;
    } catch {
      // No room has noted itself here.
    }
  }
  return `http://127.0.0.1:${defaultPort}/`;
}

async function statusAt(url: string, token: string | undefined): Promise<RoomAnswer | Text> {
  try {
    const response = await fetch(new URL('/api/v1/status', url), {
      signal: AbortSignal.timeout(answerMsMax),
      headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    });
    if (response.status === 401 || response.status === 403) return notShown(url);
    const answer: unknown = await response.json();
    return isAnswer(answer) ? answer : notUnderstood(url, response.status);
  } catch {
    return silent(url);
  }
}

const notShown = (url: string): Text =>
  text(
    `${url} 的机房不让此用户查看；请以 root 或该程序的用户运行（sudo）`,
    `the room at ${url} is not shown to this user; run this as root or as the program's own user (sudo)`,
  );
const notUnderstood = (url: string, status: number): Text =>
  text(
    `${url} 的应答（${status}）看不懂；是否为 linekeeper，版本是否相同？`,
    `the answer of ${url} (${status}) is not understood; is it linekeeper, and of this version?`,
  );
const silent = (url: string): Text =>
  text(
    `${url} 没有机房应答；是否在运行？用 --url 指定地址`,
    `no room answers at ${url}; does it run? --url tells its address`,
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
