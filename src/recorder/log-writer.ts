/**
 * Writes the capture log: one file for all lines, in segments, appended in batches without ever making the encoder wait.
 * What cannot be written stays in memory up to a limit and is written when the disk takes it again. A segment goes when
 * no recording needs it any more. Which recordings there are, and what to do about a full disk, others decide.
 */
import path from 'node:path';
import type { CaptureRecord } from '../format/capture-log.ts';
import type { Disk, DiskFile } from '../ports/disk.ts';
import { encodeRecord, encodeSegmentHeader, scanCaptureLog } from '../format/capture-log.ts';

const segmentBytesMax = 2 * 1024 * 1024;
/** One write takes at most so much. */
const writeBytesMax = 512 * 1024;
/** An idle segment larger than this is given up for a new one. */
const idleSegmentBytesMax = 64 * 1024;
/** Each packet costs this much beside its bytes. */
const recordOverheadBytes = 24;

const segmentName = /^(\d{8})\.lklog$/;
const nameOfSegment = (number: number): string => `${String(number).padStart(8, '0')}.lklog`;
export const numberOfSegment = (name: string): number | undefined => {
  const match = segmentName.exec(name);
  return match === null ? undefined : Number(match[1]);
};

export interface LogWriterSettings {
  readonly disk: Disk;
  readonly folder: string;
  readonly pid: number;
  /** Number of the first segment that this run may write. */
  readonly nextSegment: number;
  /** Segments of runs before. */
  readonly oldSegments: readonly number[];
  /** Hears the outcome of every write and sync. */
  readonly outcome: (error: unknown) => void;
}

interface Pending {
  readonly record: CaptureRecord;
  readonly bytes: number;
}

export class LogWriter {
  readonly #settings: LogWriterSettings;
  readonly #old: Set<number>;
  /** Open recordings: slot → segment of its first record. */
  readonly #firstSegments = new Map<number, number>();
  #pending: Pending[] = [];
  #pendingBytes = 0;
  #added = 0;
  #writtenCount = 0;
  #segment: number;
  #file: DiskFile | undefined;
  #offset = 0;
  #writing: Promise<void> | undefined;
  #syncing: Promise<void> | undefined;
  #isDirty = false;
  /** A sync of the present segment failed: what it holds on disk is unknown. */
  #isSpoilt = false;

  constructor(settings: LogWriterSettings) {
    this.#settings = settings;
    this.#segment = settings.nextSegment;
    this.#old = new Set(settings.oldSegments);
  }

  get pendingBytes(): number {
    return this.#pendingBytes;
  }

  /** Records in the file so far. */
  get written(): number {
    return this.#writtenCount;
  }

  /** A recording of a run before needs its segments. */
  keep(slot: number, firstSegment: number): void {
    this.#firstSegments.set(slot, firstSegment);
  }

  /** Returns a ticket for `isWritten`. */
  add(record: CaptureRecord): number {
    const bytes = sizeOf(record);
    this.#pending.push({ record, bytes });
    this.#pendingBytes += bytes;
    return ++this.#added;
  }

  /** Begins to write what is pending; returns at once. */
  flush(): void {
    if (this.#pending.length > 0) this.#writing ??= this.#writeAll();
  }

  /** Begins to bring to disk what was written; returns at once. */
  sync(): void {
    if (this.#isDirty) this.#syncing ??= this.#syncNow();
  }

  /** The record with this ticket is in the file. */
  isWritten(ticket: number): boolean {
    return ticket <= this.#writtenCount;
  }

  /** Resolves when nothing is being written or synced. */
  async settled(): Promise<void> {
    await this.#writing;
    await this.#syncing;
  }

  /** Reads a recording's records back, segment by segment. Damage ends a segment, not the recording. */
  async *read(slot: number): AsyncGenerator<readonly CaptureRecord[]> {
    const first = this.#firstSegments.get(slot);
    if (first === undefined) return;
    const last = this.#segment;
    for (let number = first; number <= last; number++) {
      if (number < this.#settings.nextSegment && !this.#old.has(number)) continue;
      const bytes = await this.#settings.disk.read(this.#pathOf(number)).catch((error: unknown) => {
        if (hasCode(error, 'ENOENT')) return new Uint8Array();
        throw error;
      });
      const records: CaptureRecord[] = [];
      scanCaptureLog(bytes, (record) => {
        if (record.slot === slot) records.push(record);
      });
      yield records;
    }
  }

  /** Writes and syncs what it can, then closes; segments that nobody needs are gone. */
  async close(): Promise<void> {
    await this.settled();
    this.flush();
    await this.settled();
    this.sync();
    await this.settled();
    await this.#closeFile();
    if (this.#firstSegments.size === 0) await this.#removeBelow(Infinity);
  }

  async #writeAll(): Promise<void> {
    try {
      while (this.#pending.length > 0) await this.#writeBatch();
      this.#settings.outcome(undefined);
    } catch (error) {
      this.#settings.outcome(error);
    } finally {
      this.#writing = undefined;
    }
  }

  async #writeBatch(): Promise<void> {
    const { disk, folder, pid } = this.#settings;
    if (this.#isSpoilt) await this.#closeFile();
    if (this.#file === undefined) {
      await disk.makeFolder(folder);
      this.#file = await this.#createSegment();
      this.#offset = 0;
    }
    const batch: Pending[] = [];
    const parts: Uint8Array[] =
      this.#offset === 0 ? [encodeSegmentHeader({ number: this.#segment, pid })] : [];
    let size = parts[0]?.length ?? 0;
    for (const pending of this.#pending) {
      if (size > writeBytesMax) break;
      const bytes = encodeRecord(this.#segment, pending.record);
      parts.push(bytes);
      size += bytes.length;
      batch.push(pending);
    }
    await this.#file.write(Buffer.concat(parts), this.#offset);
    this.#offset += size;
    this.#isDirty = true;
    this.#pending = this.#pending.slice(batch.length);
    for (const { record, bytes } of batch) {
      this.#pendingBytes -= bytes;
      if (record.type === 'done') this.#firstSegments.delete(record.slot);
      else if (!this.#firstSegments.has(record.slot)) this.#firstSegments.set(record.slot, this.#segment);
    }
    this.#writtenCount += batch.length;
    await this.#rotateWhenDue();
  }

  /** A segment that exists and was not known (its folder could not be read at start) is never written over. */
  async #createSegment(): Promise<DiskFile> {
    try {
      return await this.#settings.disk.create(this.#pathOf(this.#segment));
    } catch (error) {
      if (hasCode(error, 'EEXIST')) this.#segment++;
      throw error;
    }
  }

  async #rotateWhenDue(): Promise<void> {
    const isIdle = this.#firstSegments.size === 0 && this.#offset > idleSegmentBytesMax;
    if (this.#offset < segmentBytesMax && !isIdle) return;
    await this.#syncing;
    await this.#file?.sync();
    await this.#closeFile();
    await this.#removeBelow(Math.min(this.#segment, ...this.#firstSegments.values()));
  }

  async #closeFile(): Promise<void> {
    if (this.#file === undefined) return;
    const file = this.#file;
    this.#file = undefined;
    this.#old.add(this.#segment);
    this.#segment++;
    this.#isDirty = false;
    this.#isSpoilt = false;
    await file.close();
  }

  async #removeBelow(limit: number): Promise<void> {
    for (const number of [...this.#old].filter((old) => old < limit).sort((a, b) => a - b)) {
      await this.#settings.disk.remove(this.#pathOf(number));
      this.#old.delete(number);
    }
  }

  async #syncNow(): Promise<void> {
    const file = this.#file;
    this.#isDirty = false;
    try {
      await file?.sync();
    } catch (error) {
      // A second sync of this file would not tell the truth: the next batch begins another segment.
      this.#isSpoilt = true;
      this.#settings.outcome(error);
    } finally {
      this.#syncing = undefined;
    }
  }

  #pathOf(number: number): string {
    return path.join(this.#settings.folder, nameOfSegment(number));
  }
}

function sizeOf(record: CaptureRecord): number {
  if (record.type === 'packets')
    return record.packets.reduce((sum, packet) => sum + packet.length + 2, recordOverheadBytes);
  return record.type === 'gap' || record.type === 'done' ? recordOverheadBytes : 1024;
}

const hasCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code;
