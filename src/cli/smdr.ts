/**
 * `linekeeper smdr try FILE`: how a captured file of call records reads, row by row, and which format fits it best. Looks
 * only. Exit codes: 0 every line was understood, 1 lines were refused or no format fits, 2 wrong usage.
 */
import { readFileSync, statSync } from 'node:fs';
import { languageOfEnvironment, readOptions, wrongCall } from './arguments.ts';
import { PbxFormatError, loadPbxFormat } from '../drivers/smdr/format-file.ts';
import { compilePbxFormatCheck } from '../drivers/smdr/format-schema.ts';
import { pbxFormats } from '../drivers/smdr/catalogue.ts';
import type { OffsetAt } from '../format/smdr/civil-time.ts';
import { offsetsOf } from '../format/smdr/civil-time.ts';
import type { RawLine } from '../format/smdr/line-assembler.ts';
import type { Trial } from '../format/smdr/propose.ts';
import { bestFits, linesOf, tryFormat } from '../format/smdr/propose.ts';
import type { LineRead, OtherLine, PbxRecord, RecordDirection } from '../model/pbx-record.ts';
import type { Language, Text } from '../model/text.ts';
import { text } from '../model/text.ts';
import type { WallMs } from '../model/units.ts';
import { wallMs } from '../model/units.ts';

const usage = text(
  `用法：linekeeper smdr try 文件 [--format 名称] [--timezone 时区] [--json] [--language zh|en]

显示捕获的话单文件逐行读成什么，列出读不懂的行，并推荐最合适的格式（config/pbx/）。
退出码：0 全部读懂，1 有读不懂的行或没有合适的格式，2 用法错误。
`,
  `usage: linekeeper smdr try FILE [--format NAME] [--timezone ZONE] [--json] [--language zh|en]

Shows how a captured file of call records reads, row by row, with the lines that are refused, and proposes the
format of config/pbx/ that fits best.
Exit codes: 0 every line was understood, 1 lines were refused or no format fits, 2 wrong usage.
`,
);
/** A day of the busiest switch is some 10 MB. */
const fileBytesMax = 64 * 1024 * 1024;
/** Lines that the formats are compared on. */
const comparedLines = 2000;

interface Asked {
  readonly file: string;
  readonly format?: string;
  readonly timezone: string;
  readonly json: boolean;
  readonly language: Language;
}

export function smdr(args: readonly string[]): Promise<number> {
  return Promise.resolve(run(args));
}

function run(args: readonly string[]): number {
  const asked = readArguments(args);
  if (typeof asked === 'number') return asked;
  const { language } = asked;
  const fail = (why: Text): number => {
    process.stderr.write(`linekeeper smdr: ${why[language]}\n`);
    return 2;
  };
  const captured = readCapture(asked.file);
  if (!captured.ok) return fail(captured.why);
  const { lines, at } = captured;
  try {
    const offsetAt = offsetsOf(asked.timezone);
    const names = asked.format === undefined ? pbxFormats() : [asked.format];
    const check = compilePbxFormatCheck();
    const formats = names.map((name) => loadPbxFormat(name, check));
    const compared = lines.slice(0, comparedLines);
    const fits = bestFits(formats.map((format) => tryFormat(format, compared, offsetAt, at)));
    const best = asked.format === undefined ? fits[0]?.format : formats[0];
    const trial = best === undefined ? undefined : tryFormat(best, lines, offsetAt, at);
    const isProposed = asked.format === undefined;
    process.stdout.write(
      asked.json
        ? json(asked.file, fits, trial, lines, isProposed)
        : words(fits, trial, lines, isProposed, offsetAt, language),
    );
    return trial === undefined || trial.rejected > 0 || trial.records.length === 0 ? 1 : 0;
  } catch (error) {
    if (error instanceof PbxFormatError) return fail(text(error.message, error.message));
    if (error instanceof RangeError)
      return fail(text(`没有时区 ${asked.timezone}`, `there is no time zone ${asked.timezone}`));
    throw error;
  }
}

function readArguments(args: readonly string[]): Asked | number {
  const ownLanguage = languageOfEnvironment();
  const call = { command: 'smdr', usage: usage[ownLanguage], own: ['format', 'timezone'] } as const;
  const read = readOptions(call, args);
  if (typeof read === 'number') return read;
  const { given, words: asked, json: isJson, language = ownLanguage } = read;
  const [what, file, ...more] = asked;
  if (what !== 'try') return wrongCall(call, what === undefined ? 'try what?' : `no such thing as "${what}"`);
  if (file === undefined) return wrongCall(call, 'which file?');
  if (more.length > 0) return wrongCall(call, 'one file at a time');
  const { format, timezone = Intl.DateTimeFormat().resolvedOptions().timeZone } = given;
  return { file, ...(format === undefined ? {} : { format }), timezone, json: isJson, language };
}

type Captured =
  | { readonly ok: true; readonly lines: readonly RawLine[]; readonly at: WallMs }
  | { readonly ok: false; readonly why: Text };

/** A date without a year is near to when the file was written last. */
function readCapture(file: string): Captured {
  try {
    const { size, mtimeMs } = statSync(file);
    if (size > fileBytesMax)
      return {
        ok: false,
        why: text(
          `${file} 超过 ${fileBytesMax / 1024 / 1024} MiB`,
          `${file} is larger than ${fileBytesMax / 1024 / 1024} MiB`,
        ),
      };
    return { ok: true, lines: linesOf(readFileSync(file)), at: wallMs(Math.round(mtimeMs)) };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    return { ok: false, why: text(`无法读取 ${file}（${code}）`, `${file} cannot be read (${code})`) };
  }
}

function json(
  file: string,
  fits: readonly Trial[],
  trial: Trial | undefined,
  lines: readonly RawLine[],
  isProposed: boolean,
): string {
  const found = {
    file,
    format: trial?.format.id ?? null,
    proposed: isProposed,
    lines: lines.length,
    records: trial?.records ?? [],
    rejected: rejectedOf(trial).map(({ raw, why }) => ({ raw, why })),
    fits: fits.map(({ format, fit }) => ({ format: format.id, fit: Math.round(fit * 1000) / 1000 })),
  };
  return `${JSON.stringify(found, undefined, 2)}\n`;
}

const rejectedOf = (trial: Trial | undefined): Extract<LineRead, { kind: 'rejected' }>[] =>
  trial?.reads.flatMap((read) => (read.kind === 'rejected' ? [read] : [])) ?? [];

function words(
  fits: readonly Trial[],
  trial: Trial | undefined,
  lines: readonly RawLine[],
  isProposed: boolean,
  offsetAt: OffsetAt,
  language: Language,
): string {
  const say = (one: Text): string => one[language];
  if (trial === undefined) {
    const [first] = lines;
    const shown = first === undefined ? '' : `\n  ${printable(first.text)}`;
    return `${say(
      text(
        `没有一种格式适合这 ${lines.length} 行（新增格式见 config/pbx/README.md）`,
        `no format fits these ${lines.length} lines (config/pbx/README.md tells how to add one)`,
      ),
    )}${shown}\n`;
  }
  const { format, reads, records, rejected } = trial;
  const count = (kind: LineRead['kind']): number => reads.filter((read) => read.kind === kind).length;
  const others = fits.filter((fit) => fit.format !== format).slice(0, 3);
  const out = [
    isProposed
      ? say(
          text(
            `推荐格式：${format.id}（${format.name.zh}）`,
            `proposed format: ${format.id} (${format.name.en})`,
          ),
        )
      : say(text(`格式：${format.id}（${format.name.zh}）`, `format: ${format.id} (${format.name.en})`)),
    ...(isProposed && others.length > 0
      ? [
          say(text('其次：', 'next best: ')) +
            others.map(({ format: { id }, fit }) => `${id} ${Math.round(fit * 100)}%`).join(', '),
        ]
      : []),
    '',
    ...table(records, offsetAt, language),
    '',
  ];
  for (const read of reads)
    if (read.kind === 'rejected')
      out.push(`${say(text('拒收', 'refused'))}  ${printable(read.raw)}  (${say(read.why)})`);
  const other = new Map<OtherLine, number>();
  for (const read of reads)
    if (read.kind === 'other') other.set(read.means, (other.get(read.means) ?? 0) + 1);
  for (const [means, number] of other) out.push(`${say(otherNames[means])}: ${number}`);
  out.push(
    say(
      text(
        `${lines.length} 行：${records.length} 个通话，${count('repeated')} 行重复，${rejected} 行拒收`,
        `${lines.length} lines: ${records.length} calls, ${count('repeated')} repeated, ${rejected} refused`,
      ),
    ),
  );
  return `${out.join('\n')}\n`;
}

const otherNames: Readonly<Record<OtherLine, Text>> = {
  heading: text('页眉', 'headings'),
  date: text('日期行', 'date lines'),
  'not-a-call': text('非通话行', 'lines that are no calls'),
  interim: text('长通话的中间记录', 'interim records of long calls'),
  'records-lost': text('交换机报告话单丢失', 'the switch says that records were lost'),
};
const directionNames: Readonly<Record<RecordDirection, Text>> = {
  incoming: text('来话', 'in'),
  outgoing: text('去话', 'out'),
  internal: text('内部', 'internal'),
  unknown: text('?', '?'),
};

function table(records: readonly PbxRecord[], offsetAt: OffsetAt, language: Language): string[] {
  const moment = (at: number | undefined): string =>
    at === undefined ? '-' : new Date(at + offsetAt(at)).toISOString().slice(0, 19).replace('T', ' ');
  const span = (ms: number | undefined): string => (ms === undefined ? '-' : `${ms / 1000}s`);
  const heads = [
    ...[text('开始', 'start'), text('结束', 'end'), text('方向', 'way'), text('通话', 'talk')],
    ...[text('振铃', 'ring'), text('中继', 'trunk'), text('分机', 'extension'), text('号码', 'number')],
    text('账号', 'account'),
  ].map((head) => head[language]);
  const rows = records.map((record) => [
    ...[moment(record.startedAt), moment(record.endedAt), directionNames[record.direction][language]],
    ...[span(record.durationMs), span(record.ringMs), record.trunk ?? '-', record.extension ?? '-'],
    ...[record.number ?? '-', record.account ?? '-'],
  ]);
  return [heads, ...rows].map((row) => row.map(printable).join('  '));
}

/** A captured file may hold what a terminal would obey. */
const printable = (words_: string): string =>
  words_.replaceAll(/\p{Cc}/gu, (sign) => `\\x${sign.charCodeAt(0).toString(16).padStart(2, '0')}`);
