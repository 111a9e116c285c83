/**
 * Compares the three witnesses of the recordings: files, database and chain. Only looks, and may do so while the room runs:
 * what the room stores meanwhile is no finding. Every finding says what was done to what, as far as three witnesses tell.
 *
 * Who rewrites all three from some row to the end, with new links, is not found out here: that is what the head that the
 * centre keeps is for (docs/archive.md).
 */
import { createHash } from 'node:crypto';
import { createReadStream, existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Finding, Found } from './finding.ts';
import { chainFileOf } from './chain-file.ts';
import { compareRows } from './compare-rows.ts';
import { databaseFileOf } from './archive.ts';
import { recordingFileEnd } from '../format/recording-path.ts';
import { recordingFiles } from './from-files.ts';
import { scanCaptureLog } from '../format/capture-log.ts';
import { text } from '../model/text.ts';

export interface Comparison {
  readonly findings: readonly Finding[];
  readonly recordings: number;
  readonly files: number;
  /** Sealed, and waiting to be taken by the archive. */
  readonly waiting: number;
  /** Newest link: the one to compare with what the centre has. */
  readonly head: { readonly serial: number; readonly link: string };
}

export interface Progress {
  (done: number, of: number): void;
}

interface Expected {
  readonly path: string;
  readonly sha256: string;
  readonly bytes: number;
}

/** `undefined`: there is neither a file nor a database nor a chain. */
export async function compareArchive(
  dataFolder: string,
  progress: Progress,
): Promise<Comparison | undefined> {
  // In this order: what is sealed or stored while we look is then in the later witnesses, never only in an earlier one.
  const files = recordingFiles(dataFolder);
  const waiting = waitingIds(dataFolder);
  const databaseFile = databaseFileOf(dataFolder);
  const chainFile = chainFileOf(dataFolder);
  if (files.length === 0 && !existsSync(databaseFile) && !existsSync(chainFile)) return undefined;
  const findings: Finding[] = [];
  const found: Found = (kind, where, what) => {
    findings.push({ kind, where, what });
  };
  const expected = new Map<string, Expected>();
  const rows = await compareRows(databaseFile, chainFile, found, (row) => expected.set(row.path, row));
  let done = 0;
  for (const { path: file, sha256, bytes } of expected.values()) {
    await compareFile(dataFolder, file, { sha256, bytes }, found);
    progress(++done, expected.size);
  }
  let waitingFiles = 0;
  for (const file of files) {
    if (expected.has(file)) continue;
    if (waiting.some((id) => file.endsWith(recordingFileEnd(id)))) waitingFiles++;
    else
      found(
        'file-added',
        file,
        text('数据库和校验链中都没有此文件', 'neither the database nor the chain knows this file'),
      );
  }
  return {
    findings,
    recordings: rows.recordings,
    files: files.length,
    waiting: waitingFiles,
    head: rows.head,
  };
}

async function compareFile(
  dataFolder: string,
  file: string,
  { sha256, bytes }: Pick<Expected, 'sha256' | 'bytes'>,
  found: Found,
): Promise<void> {
  const hash = createHash('sha256');
  let size = 0;
  try {
    for await (const chunk of createReadStream(
      path.join(dataFolder, ...file.split('/')),
    ) as AsyncIterable<Buffer>) {
      hash.update(chunk);
      size += chunk.length;
    }
  } catch (error) {
    if (hasCode(error, 'ENOENT')) found('file-missing', file, text('文件不在了', 'the file is gone'));
    else
      found(
        'unreadable',
        file,
        text(`文件无法读取：${reasonOf(error)}`, `the file cannot be read: ${reasonOf(error)}`),
      );
    return;
  }
  if (size !== bytes)
    found(
      'file-changed',
      file,
      text(`文件长度为 ${size} 字节，应为 ${bytes} 字节`, `the file has ${size} bytes; sealed were ${bytes}`),
    );
  else if (hash.digest('hex') !== sha256)
    found('file-changed', file, text('文件内容被改动', 'the content of the file was changed'));
}

/** Recordings that the recorder still holds in its log. */
function waitingIds(dataFolder: string): string[] {
  const folder = path.join(dataFolder, 'capture');
  const ids = new Map<number, string>();
  if (!existsSync(folder)) return [];
  for (const name of readdirSync(folder).sort()) {
    if (!name.endsWith('.lklog')) continue;
    try {
      scanCaptureLog(readFileSync(path.join(folder, name)), (record) => {
        if (record.type === 'start') ids.set(record.slot, record.start.id);
      });
    } catch (error) {
      // The recorder took it away meanwhile.
      if (!hasCode(error, 'ENOENT')) throw error;
    }
  }
  return [...ids.values()];
}

const hasCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code;
const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
