/**
 * The archive of a disk that may refuse at the start, because it is full or cannot be written: tried again from time to time, with
 * the condition standing, while calls, alarms and notices wait in memory. Recordings are not taken, so the recorder keeps them and
 * offers them again. It never hides a fault of the program: what is not the disk's is thrown.
 */
import type { ArchiveAnswer, ArchiveQuestion, SealedRecording } from '../model/messages.ts';
import { Archive, waitingMax } from './archive.ts';
import type { ArchiveParts } from './archive.ts';
import { text } from '../model/text.ts';

const fullCodes = ['ENOSPC', 'EDQUOT', 'SQLITE_FULL'];
const refusalCodes =
  /^(ENOTDIR|EEXIST|EISDIR|EROFS|EACCES|EPERM|EIO|SQLITE_(CANTOPEN|READONLY|IOERR|PERM)\w*)$/;

export class LateArchive {
  readonly #parts: ArchiveParts;
  #archive: Archive | undefined;
  #waiting: Parameters<Archive['keep']>[0][] = [];
  #told = '';
  #reason = '';

  constructor(parts: ArchiveParts) {
    this.#parts = parts;
    this.#tryToOpen();
  }

  store(recording: SealedRecording): boolean {
    return this.#archive?.store(recording) ?? false;
  }

  keep(message: Parameters<Archive['keep']>[0]): void {
    if (this.#archive !== undefined) {
      this.#archive.keep(message);
      return;
    }
    this.#waiting.push(message);
    if (this.#waiting.length > waitingMax) this.#waiting.shift();
  }

  /** Tries what waits, and the disk; call it from time to time. */
  keepWaiting(): void {
    if (this.#archive === undefined) this.#tryToOpen();
    else this.#archive.keepWaiting();
  }

  matchRecords(): void {
    this.#archive?.matchRecords();
  }

  answer(question: ArchiveQuestion): ArchiveAnswer {
    if (this.#archive !== undefined) return this.#archive.answer(question);
    const reason = text(`档案无法打开：${this.#reason}`, `the archive cannot be opened: ${this.#reason}`);
    return { ask: question.ask, kind: 'error', reason };
  }

  close(): void {
    this.#archive?.close();
  }

  #tryToOpen(): void {
    try {
      this.#archive = Archive.open(this.#parts);
    } catch (error) {
      this.#refused(error);
      return;
    }
    for (const message of this.#waiting.splice(0)) this.#archive.keep(message);
  }

  #refused(error: unknown): void {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    const isFull = fullCodes.includes(code);
    if (!isFull && !refusalCodes.test(code)) throw error;
    this.#reason = error instanceof Error ? error.message : code;
    const type = isFull ? 'disk.full' : 'disk.not-writable';
    if (type === this.#told) return;
    const reason = this.#reason;
    const send = (of: 'disk.full' | 'disk.not-writable', active: boolean): void => {
      const detail = text(
        `档案无法打开：${reason}；将重试`,
        `the archive cannot be opened: ${reason}; it is tried again`,
      );
      this.#parts.send({ kind: 'condition', type: of, qualifier: 'archive', active, detail });
    };
    send(type, true);
    send(isFull ? 'disk.not-writable' : 'disk.full', false);
    this.#told = type;
  }
}
