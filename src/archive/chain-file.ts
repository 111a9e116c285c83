/**
 * `audio/chain.jsonl`: one line a recording, only ever appended and on disk before the database hears of it. Beside the
 * database it is the second witness; a row that only one of them has is a finding.
 */
import {
  closeSync,
  fdatasyncSync,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';
import type { RecordingRow } from '../model/messages.ts';
import { chainLine, parseChainLine } from './chain.ts';

const readBytes = 64 * 1024;
/** A row with its call is about 1 kB. */
const lineBytesMax = 256 * 1024;

export const chainFileOf = (dataFolder: string): string => path.join(dataFolder, 'audio', 'chain.jsonl');

export interface ChainLine {
  /** Counting from 1. */
  readonly number: number;
  /** `undefined`: it cannot be read. */
  readonly row: RecordingRow | undefined;
  /** Bytes of the file up to the end of this line. */
  readonly end: number;
  /** The last line without its end: it was being written when the power went. */
  readonly isTorn: boolean;
}

/** All lines of the file, oldest first; none when there is no file. */
export function* readChain(file: string): Generator<ChainLine> {
  let handle: number;
  try {
    handle = openSync(file, 'r');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return;
    throw error;
  }
  try {
    const buffer = Buffer.alloc(readBytes);
    let rest = Buffer.alloc(0);
    let number = 0;
    let end = 0;
    for (let count = readSync(handle, buffer); count > 0; count = readSync(handle, buffer)) {
      rest = Buffer.concat([rest, buffer.subarray(0, count)]);
      for (let newline = rest.indexOf(10); newline >= 0; newline = rest.indexOf(10)) {
        end += newline + 1;
        yield {
          number: ++number,
          row: parseChainLine(rest.toString('utf8', 0, newline)),
          end,
          isTorn: false,
        };
        rest = rest.subarray(newline + 1);
      }
      if (rest.length > lineBytesMax) break;
    }
    if (rest.length > 0) yield { number: number + 1, row: undefined, end: end + rest.length, isTorn: true };
  } finally {
    closeSync(handle);
  }
}

export class ChainFile {
  readonly #handle: number;
  #bytes: number;

  /** `wholeBytes`: what lies behind is a torn line and is cut off. */
  constructor(file: string, wholeBytes: number) {
    const folder = path.dirname(file);
    mkdirSync(folder, { recursive: true, mode: 0o750 });
    this.#handle = openSync(file, 'a', 0o640);
    this.#bytes = fstatSync(this.#handle).size;
    if (this.#bytes > wholeBytes) this.#cut(wholeBytes);
    syncFolder(folder);
    syncFolder(path.dirname(folder));
  }

  /** On disk when it returns. When it throws, nothing was appended. */
  append(row: RecordingRow): void {
    const bytes = Buffer.from(`${chainLine(row)}\n`);
    try {
      let done = 0;
      while (done < bytes.length) done += writeSync(this.#handle, bytes, done);
      fdatasyncSync(this.#handle);
    } catch (error) {
      this.#cut(this.#bytes);
      throw error;
    }
    this.#bytes += bytes.length;
  }

  /** Takes the last line back: the database refused the row. */
  takeBack(row: RecordingRow): void {
    this.#cut(this.#bytes - Buffer.byteLength(`${chainLine(row)}\n`));
    fdatasyncSync(this.#handle);
  }

  close(): void {
    closeSync(this.#handle);
  }

  #cut(bytes: number): void {
    ftruncateSync(this.#handle, bytes);
    this.#bytes = bytes;
  }
}

function syncFolder(folder: string): void {
  const handle = openSync(folder, 'r');
  try {
    fdatasyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
