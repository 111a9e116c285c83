/**
 * A byte link that follows a growing file, such as the call records that a switch on this machine writes. It begins after
 * the last whole line, and lives through rotation (the old file is read to its end first) and truncation. It only reads.
 */
import { open, stat } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import type { ByteLink, ByteLinkHandlers } from '../../ports/byte-link.ts';
import { text } from '../../model/text.ts';
import type { Text } from '../../model/text.ts';

const lookEveryMs = 500;
const chunkBytes = 16_384;
/** Read in one look; what is more comes with the next. */
const lookBytesMax = 1 << 20;
/** The begin of the last line is looked for in so much of the file. */
const lineBytesMax = 4096;

export interface FileLinkOptions {
  readonly name: string;
  readonly path: string;
}

export class FileLink implements ByteLink {
  readonly name: string;
  readonly #path: string;
  #handlers: ByteLinkHandlers | undefined;
  #file: FileHandle | undefined;
  #offset = 0;
  #isUp = false;
  /** The first file is read from its end, what replaces it from its begin. */
  #hasSeenFile = false;
  #lastReason = '';
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor({ name, path }: FileLinkOptions) {
    this.name = name;
    this.#path = path;
  }

  start(handlers: ByteLinkHandlers): void {
    this.#handlers = handlers;
    this.#lookAgain(0);
  }

  /** Nobody reads what one writes to a file of records. */
  write(): boolean {
    return false;
  }

  drop(reason: Text): void {
    if (this.#isUp) this.#tellDown(reason);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    await this.#looking;
    await this.#file?.close();
    this.#file = undefined;
  }

  #lookAgain(waitMs: number): void {
    this.#timer = setTimeout(() => {
      this.#looking = this.#look().then(
        (isMore) => {
          if (!this.#isClosed) this.#lookAgain(isMore ? 0 : lookEveryMs);
        },
        async (error: unknown) => {
          await this.#file?.close().catch(() => undefined);
          this.#file = undefined;
          this.#tellDown(cannotRead(this.#path, error));
          if (!this.#isClosed) this.#lookAgain(lookEveryMs);
        },
      );
    }, waitMs);
  }

  /** True where there is more to read at once. */
  async #look(): Promise<boolean> {
    const file = this.#file ?? (await this.#open());
    if (!this.#isUp) {
      this.#isUp = true;
      this.#lastReason = '';
      this.#handlers?.up();
    }
    const { size, ino, dev } = await file.stat();
    if (size < this.#offset) {
      // Emptied in place: what was begun is ended, and reading begins anew.
      this.#offset = 0;
      this.#tell(endOfLine);
    }
    if (await this.#read(file)) return true;
    const named = await stat(this.#path);
    if (named.ino === ino && named.dev === dev) return false;
    // Another file has the name now; the old one was read to its end.
    await file.close();
    this.#file = undefined;
    this.#tell(endOfLine);
    return true;
  }

  async #open(): Promise<FileHandle> {
    const file = await open(this.#path, 'r');
    this.#file = file;
    const info = await file.stat();
    if (!info.isFile()) throw new NotAFile();
    this.#offset = this.#hasSeenFile ? 0 : await afterLastLine(file, info.size);
    this.#hasSeenFile = true;
    return file;
  }

  async #read(file: FileHandle): Promise<boolean> {
    const buffer = Buffer.alloc(chunkBytes);
    for (let taken = 0; taken < lookBytesMax;) {
      const { bytesRead } = await file.read(buffer, 0, chunkBytes, this.#offset);
      if (bytesRead === 0 || this.#isClosed) return false;
      this.#offset += bytesRead;
      taken += bytesRead;
      this.#tell(buffer.subarray(0, bytesRead));
    }
    return true;
  }

  #tell(bytes: Uint8Array): void {
    if (!this.#isClosed && this.#isUp) this.#handlers?.data(bytes);
  }

  #tellDown(reason: Text): void {
    this.#isUp = false;
    if (this.#isClosed || reason.en === this.#lastReason) return;
    this.#lastReason = reason.en;
    this.#handlers?.down(reason);
  }
}

const endOfLine = Uint8Array.of(0x0a);

class NotAFile extends Error {}

async function afterLastLine(file: FileHandle, size: number): Promise<number> {
  const from = Math.max(0, size - lineBytesMax);
  const buffer = Buffer.alloc(size - from);
  const { bytesRead } = await file.read(buffer, 0, buffer.length, from);
  const end = buffer.subarray(0, bytesRead).lastIndexOf(0x0a);
  return end < 0 ? size : from + end + 1;
}

function cannotRead(path: string, error: unknown): Text {
  if (error instanceof NotAFile) return text(`${path} 不是文件`, `${path} is not a file`);
  const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
  switch (code) {
    case 'ENOENT':
      return text(`话单文件 ${path} 不存在`, `the file of records ${path} does not exist`);
    case 'EACCES':
      return text(`没有权限读取 ${path}`, `no right to read ${path}`);
    default:
      return text(`无法读取 ${path}（${code}）`, `${path} cannot be read (${code})`);
  }
}
