/**
 * Looks after the database and its disk while they are in use: how long the disk takes to keep something, how far the write-ahead
 * log has grown, and once a day whether the database is whole. A large one is not looked through here, because that would hold up
 * the archive for longer than its supervisor waits; `linekeeper verify` does.
 */
import { closeSync, existsSync, fdatasyncSync, openSync, statSync, writeSync } from 'node:fs';
import path from 'node:path';
import type { WorkerCondition } from '../model/messages.ts';
import { text } from '../model/text.ts';
import type { Text } from '../model/text.ts';
import { CorruptDatabase, Database } from './database.ts';

/** A healthy card keeps a block within some tens of milliseconds; a worn or failing one takes seconds. */
const slowMs = 2000;
/** One slow write may be the card's housekeeping: so many looks in a row are not. */
const slowLooks = 3;
/** SQLite empties its log at 4 MB; it grows beyond while it cannot. */
const logBytesMax = 64 * 1024 * 1024;
const checkEveryMs = 24 * 3_600_000;
const checkBytesMax = 64 * 1024 * 1024;

export interface DatabaseWatchParts {
  readonly dataFolder: string;
  readonly send: (condition: WorkerCondition) => void;
  readonly mono: () => number;
  /** For tests: writes and waits until the disk has it. */
  readonly keep?: (file: string) => void;
}

export class DatabaseWatch {
  readonly #parts: DatabaseWatchParts;
  readonly #file: string;
  readonly #told = new Map<string, string>();
  #slow = 0;
  #checkedAt: number | undefined;

  constructor(parts: DatabaseWatchParts) {
    this.#parts = parts;
    this.#file = path.join(parts.dataFolder, 'archive.db');
  }

  look(): void {
    this.#speed();
    const bytes = sizeOf(`${this.#file}-wal`);
    const megabytes = Math.round(bytes / 16_777_216) * 16;
    this.#tell('archive.log-large', bytes > logBytesMax, text(`约 ${megabytes} MB`, `about ${megabytes} MB`));
    const now = this.#parts.mono();
    // At the start the archive has looked itself.
    this.#checkedAt ??= now;
    if (now - this.#checkedAt < checkEveryMs) return;
    this.#checkedAt = now;
    this.#check();
  }

  #speed(): void {
    const { mono, keep = keepOnDisk, dataFolder } = this.#parts;
    const from = mono();
    try {
      keep(path.join(dataFolder, 'disk-speed'));
    } catch {
      // What cannot be written has conditions of its own.
      return;
    }
    this.#slow = mono() - from > slowMs ? this.#slow + 1 : 0;
    this.#tell(
      'disk.slow',
      this.#slow >= slowLooks,
      text(`连续 ${slowLooks} 次写盘超过 2 秒`, `${slowLooks} writes running took longer than 2 s`),
    );
  }

  #check(): void {
    if (!existsSync(this.#file) || sizeOf(this.#file) > checkBytesMax) return;
    const finding = findingOf(this.#file);
    if (finding === undefined) return;
    this.#tell('archive.damaged', finding !== 'ok', text(finding, finding));
  }

  #tell(type: string, active: boolean, detail: Text): void {
    const words = active ? detail.en : undefined;
    if (this.#told.get(type) === words) return;
    if (words === undefined) this.#told.delete(type);
    else this.#told.set(type, words);
    this.#parts.send({ kind: 'condition', type, qualifier: '', active, detail });
  }
}

/** `undefined`: it could not be looked at now. */
function findingOf(file: string): string | undefined {
  try {
    const database = Database.openToRead(file);
    try {
      return String(Object.values(database.first('PRAGMA quick_check(1)') ?? {})[0] ?? '');
    } finally {
      database.close();
    }
  } catch (error) {
    return error instanceof CorruptDatabase ? error.message : undefined;
  }
}

function keepOnDisk(file: string): void {
  const handle = openSync(file, 'w', 0o640);
  try {
    writeSync(handle, 'x');
    fdatasyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

const sizeOf = (file: string): number => statSync(file, { throwIfNoEntry: false })?.size ?? 0;
