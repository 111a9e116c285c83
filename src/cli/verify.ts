/**
 * `linekeeper verify`: are the recordings still what was sealed? Compares files, database and chain and names every
 * difference. Reads only; the room may be running.
 */
import { statSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { languageOfEnvironment } from './arguments.ts';
import type { Comparison } from '../archive/compare.ts';
import type { Language } from '../model/text.ts';
import { compareArchive } from '../archive/compare.ts';
import { text } from '../model/text.ts';

const usage = text(
  `用法：linekeeper verify [--data 目录] [--json]

核对录音文件、数据库和校验链。数据目录默认取环境变量 LINEKEEPER_DATA。
退出码：0 完好，1 有不符，2 用法错误或没有可核对的内容。
`,
  `usage: linekeeper verify [--data FOLDER] [--json]

Compares recordings, database and chain. The data folder is LINEKEEPER_DATA unless given.
Exit codes: 0 intact, 1 a finding, 2 wrong usage or nothing there.
`,
);
/** Hashing shorter than this shows no progress. */
const quietMs = 2000;
const progressEveryMs = 1000;

export async function verify(args: readonly string[]): Promise<number> {
  const language = languageOfEnvironment();
  const options = parse(args);
  if (options === undefined) {
    process.stderr.write(usage[language]);
    return 2;
  }
  if (options.help) {
    process.stdout.write(usage[language]);
    return 0;
  }
  const data = options.data ?? process.env['LINEKEEPER_DATA'];
  if (data === undefined || data === '') {
    process.stderr.write(usage[language]);
    return 2;
  }
  const comparison = isFolder(data) ? await compareArchive(data, showProgress(language)) : undefined;
  if (comparison === undefined) {
    const missing = text(`${data} 中没有录音档案`, `there is no archive of recordings in ${data}`);
    process.stderr.write(`linekeeper: ${missing[language]}\n`);
    if (options.json) process.stdout.write(`${JSON.stringify({ intact: null, data })}\n`);
    return 2;
  }
  process.stdout.write(options.json ? json(comparison) : report(comparison, language));
  return comparison.findings.length > 0 ? 1 : 0;
}

interface Options {
  readonly data: string | undefined;
  readonly json: boolean;
  readonly help: boolean;
}

function parse(args: readonly string[]): Options | undefined {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        data: { type: 'string' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false, short: 'h' },
      },
    });
    return { data: values.data, json: values.json, help: values.help };
  } catch {
    return undefined;
  }
}

function showProgress(language: Language): (done: number, of: number) => void {
  let shownAt = performance.now() + quietMs - progressEveryMs;
  return (done, of) => {
    if (performance.now() - shownAt < progressEveryMs) return;
    shownAt = performance.now();
    process.stderr.write(
      `${text(`已核对 ${done} / ${of} 个文件`, `${done} of ${of} files compared`)[language]}\n`,
    );
  };
}

const json = ({ findings, ...counts }: Comparison): string =>
  `${JSON.stringify({ intact: findings.length === 0, ...counts, findings })}\n`;

function report({ findings, recordings, files, waiting, head }: Comparison, language: Language): string {
  const lines = findings.map(({ where, what, kind }) => `${where}: ${what[language]} (${kind})`);
  lines.push(
    text(
      `数据库 ${recordings} 条录音，磁盘 ${files} 个文件，其中 ${waiting} 个等待入库`,
      `${recordings} recordings in the database, ${files} files on disk, ${waiting} of them waiting to be stored`,
    )[language],
    text(
      `链首：记录 ${head.serial}，${head.link}`,
      `head of the chain: recording ${head.serial}, ${head.link}`,
    )[language],
    findings.length === 0
      ? text('完好', 'intact')[language]
      : text(`${findings.length} 处不符`, `${findings.length} findings`)[language],
  );
  return `${lines.join('\n')}\n`;
}

function isFolder(name: string): boolean {
  try {
    return statSync(name).isDirectory();
  } catch {
    return false;
  }
}
