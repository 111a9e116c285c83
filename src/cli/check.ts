/**
 * `linekeeper check FILE`: every problem of a room file at once, and what the room has when it is fine. Exit codes:
 * 0 fine (warnings allowed), 1 a finding, 2 wrong usage or a file that cannot be read. Touches nothing.
 */
import { readFile, stat } from 'node:fs/promises';
import { readOptions, wrongCall } from './arguments.ts';
import { pbxFormats } from '../drivers/smdr/catalogue.ts';
import { upsModels } from '../drivers/ups/catalogue.ts';
import { testsOfModel } from '../drivers/ups/read-map.ts';
import type { Language, Text } from '../model/text.ts';
import { text } from '../model/text.ts';
import { explainRoom } from '../room/explain.ts';
import { roomLimits } from '../room/limits.ts';
import { loadRoom } from '../room/load.ts';
import type { Loaded } from '../room/load.ts';
import type { Problem, ProblemSeverity } from '../room/problem.ts';
import { tripOutlook } from '../room/trip.ts';

const usage = `usage: linekeeper check FILE [--json] [--language zh|en]

Tells every problem of a room file: file:line:column, what is wrong, what would be right.
Exit codes: 0 fine (there may be warnings), 1 errors, 2 wrong usage or a file that cannot be read.
`;

interface Asked {
  readonly file: string;
  readonly json: boolean;
  readonly language?: Language;
}

export async function check(args: readonly string[]): Promise<number> {
  const asked = readArguments(args);
  if (typeof asked === 'number') return asked;
  const environment = languageOfEnvironment();
  const content = await readRoomFile(asked.file);
  if (!content.ok) {
    process.stderr.write(
      `linekeeper: ${asked.file}: ${content.why[asked.language ?? environment ?? 'en']}\n`,
    );
    return 2;
  }
  const loaded = loadRoom(content.words, asked.file, {
    ...known('upsModels', upsModels),
    testsOfModel,
    ...known('pbxFormats', pbxFormats),
  });
  const language = asked.language ?? environment ?? loaded.room?.language ?? 'en';
  process.stdout.write(asked.json ? toJson(asked.file, loaded) : toText(asked.file, loaded, language));
  return loaded.room === undefined ? 1 : 0;
}

function readArguments(args: readonly string[]): Asked | number {
  const call = { command: 'check', usage };
  const read = readOptions(call, args);
  if (typeof read === 'number') return read;
  const { words, json, language } = read;
  const [file, ...more] = words;
  if (file === undefined) return wrongCall(call, 'which file?');
  if (more.length > 0) return wrongCall(call, 'one file at a time');
  return { file, json, ...(language === undefined ? {} : { language }) };
}

/** What the person's own environment asks for; `C` and `POSIX` ask for nothing. */
function languageOfEnvironment(): Language | undefined {
  const words = process.env['LC_ALL'] ?? process.env['LC_MESSAGES'] ?? process.env['LANG'] ?? '';
  if (/^zh/i.test(words)) return 'zh';
  return /^[a-z]{2}([_.]|$)/i.test(words) ? 'en' : undefined;
}

type Content = { readonly ok: true; readonly words: string } | { readonly ok: false; readonly why: Text };

export async function readRoomFile(file: string): Promise<Content> {
  try {
    const { size } = await stat(file);
    if (size > roomLimits.fileBytes) {
      const limit = `${roomLimits.fileBytes / 1024} KiB`;
      return {
        ok: false,
        why: text(`文件超过 ${limit}，不是机房文件`, `larger than ${limit}: not a room file`),
      };
    }
    const bytes = await readFile(file);
    return { ok: true, words: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    switch (code) {
      case 'ENOENT':
        return { ok: false, why: text('没有这个文件', 'there is no such file') };
      case 'EISDIR':
        return { ok: false, why: text('这是文件夹，不是文件', 'a folder, not a file') };
      case 'EACCES':
        return { ok: false, why: text('没有读取权限', 'it may not be read (rights)') };
      case 'ERR_ENCODING_INVALID_ENCODED_DATA':
        return {
          ok: false,
          why: text('不是 UTF-8 编码；请另存为 UTF-8（不要用 GBK）', 'not UTF-8; save it as UTF-8 (not GBK)'),
        };
      default:
        return {
          ok: false,
          why: text(`无法读取（${code}）`, `it cannot be read (${code || String(error)})`),
        };
    }
  }
}

/** Without the folder of its kind nothing is said about a name. */
function known<K extends 'upsModels' | 'pbxFormats'>(
  kind: K,
  list: () => readonly string[],
): Partial<Record<K, readonly string[]>> {
  try {
    return { [kind]: list() } as Partial<Record<K, readonly string[]>>;
  } catch {
    return {};
  }
}

const count = (problems: readonly Problem[], wanted: ProblemSeverity): number =>
  problems.filter(({ severity }) => severity === wanted).length;

function toJson(file: string, { room, problems }: Loaded): string {
  const report = {
    file,
    ok: room !== undefined,
    errors: count(problems, 'error'),
    warnings: count(problems, 'warning'),
    notes: count(problems, 'note'),
    problems,
    ...(room === undefined ? {} : { trip: tripOutlook(room.subjects, room.lines), room }),
  };
  return `${JSON.stringify(report, undefined, 2)}\n`;
}

function toText(file: string, { room, problems }: Loaded, language: Language): string {
  const summary = `${file}: ${summarise(problems)[language]}`;
  const explained = room === undefined ? [] : ['', explainRoom(room, language)];
  return `${[...problemLines(problems, language), summary, ...explained].join('\n')}\n`;
}

/** Each problem as `file:line:column  path: what is wrong.` with its hint on the next line. */
export const problemLines = (problems: readonly Problem[], language: Language): readonly string[] =>
  problems.map((problem) => describe(problem, language));

const labels: Readonly<Record<ProblemSeverity, Text>> = {
  error: text('', ''),
  warning: text('警告：', 'warning: '),
  note: text('提示：', 'note: '),
};

function describe(
  { severity, file, line, column, path, message, hint }: Problem,
  language: Language,
): string {
  const place = `${file}:${line}:${column}  `;
  const subject = path === '' ? '' : `${path}${language === 'zh' ? '：' : ': '}`;
  const end = language === 'zh' ? '。' : '.';
  const first = `${place}${labels[severity][language]}${subject}${message[language]}${end}`;
  return hint === undefined ? first : `${first}\n${' '.repeat(place.length)}${hint[language]}`;
}

function summarise(problems: readonly Problem[]): Text {
  const [errors, warnings, notes] = [
    count(problems, 'error'),
    count(problems, 'warning'),
    count(problems, 'note'),
  ];
  const many = (number: number, word: string): string => `${number} ${word}${number === 1 ? '' : 's'}`;
  const verdict = errors > 0 ? text('不能使用', 'cannot be used') : text('可以使用', 'fine');
  return text(
    `${verdict.zh}：${errors} 个错误，${warnings} 个警告，${notes} 个提示`,
    `${verdict.en}: ${many(errors, 'error')}, ${many(warnings, 'warning')}, ${many(notes, 'note')}`,
  );
}
