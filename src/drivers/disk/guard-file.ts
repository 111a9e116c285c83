/**
 * `guard.json`: acknowledgements, shelves, bypass state, bound cards. Written atomically (temporary file, fsync, rename,
 * fsync of the folder), only on change, never blocking the guard; the newest content wins when changes come fast. What the disk
 * refuses is tried again until it is taken.
 *
 * A file that cannot be read is set aside and the room starts without it: lines first.
 */
import { existsSync, readFileSync, readdirSync, renameSync } from 'node:fs';
import { mkdir, open, rename } from 'node:fs/promises';
import path from 'node:path';

const retryMs = 5000;

/**
 * What guard.json asks of a disk. The first three are synchronous and throw with the system's `code`: they run at a start, before
 * the first turn. Bytes are safe after `sync`, names after `syncFolder`.
 */
export interface GuardDisk {
  read(file: string): string;
  renameNow(from: string, to: string): void;
  /** Names in a folder; none when it does not exist. */
  list(folder: string): readonly string[];
  makeFolder(folder: string): Promise<void>;
  /** An empty file for writing, whatever was there. */
  create(
    file: string,
  ): Promise<{ write(text: string): Promise<void>; sync(): Promise<void>; close(): Promise<void> }>;
  rename(from: string, to: string): Promise<void>;
  syncFolder(folder: string): Promise<void>;
}

export const guardDisk: GuardDisk = {
  read: (file) => readFileSync(file, 'utf8'),
  renameNow: renameSync,
  list: (folder) => (existsSync(folder) ? readdirSync(folder) : []),
  async makeFolder(folder) {
    await mkdir(folder, { recursive: true });
  },
  async create(file) {
    const handle = await open(file, 'w', 0o600);
    return {
      write: (text) => handle.writeFile(text),
      sync: () => handle.datasync(),
      close: () => handle.close(),
    };
  },
  rename,
  async syncFolder(folder) {
    const handle = await open(folder, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  },
};

export type GuardFileContent =
  | { readonly kind: 'read'; readonly content: unknown }
  | { readonly kind: 'missing' }
  /** Broken content was renamed to `setAside`. */
  | { readonly kind: 'unreadable'; readonly reason: string; readonly setAside: string };

export function readGuardFile(file: string, disk = guardDisk): GuardFileContent {
  let text: string;
  try {
    text = disk.read(file);
  } catch (error) {
    if (isMissing(error)) return { kind: 'missing' };
    return { kind: 'unreadable', reason: reasonOf(error), setAside: '' };
  }
  try {
    const content: unknown = JSON.parse(text);
    return { kind: 'read', content };
  } catch (error) {
    return { kind: 'unreadable', reason: reasonOf(error), setAside: setAsideGuardFile(file, disk) };
  }
}

/** Renames a broken file so that a person can look at it; empty when even that failed. */
export function setAsideGuardFile(file: string, disk = guardDisk): string {
  const aside = `${file}.broken-${new Date().toISOString().replaceAll(':', '')}`;
  try {
    disk.renameNow(file, aside);
    return aside;
  } catch {
    return '';
  }
}

export interface GuardFile {
  /** Keeps `content`, soon; later calls replace what has not been written yet. */
  save(content: object): void;
  /** Resolves when the newest content is on disk or failed. */
  settled(): Promise<void>;
}

/** `onResult` hears of each attempt: `undefined` when it was written, else the reason. */
export function openGuardFile(
  file: string,
  onResult: (failure: string | undefined) => void,
  disk = guardDisk,
): GuardFile {
  let waiting: object | undefined;
  let running: Promise<void> | undefined;
  let again: NodeJS.Timeout | undefined;

  const work = async (): Promise<void> => {
    while (waiting !== undefined) {
      const content = waiting;
      waiting = undefined;
      try {
        await writeAtomically(file, `${JSON.stringify(content)}\n`, disk);
        onResult(undefined);
      } catch (error) {
        onResult(reasonOf(error));
        again = setTimeout(() => {
          if (waiting === undefined) save(content);
        }, retryMs).unref();
      }
    }
    running = undefined;
  };

  const save = (content: object): void => {
    clearTimeout(again);
    waiting = content;
    running ??= work();
  };

  return {
    save,
    async settled() {
      await running;
    },
  };
}

async function writeAtomically(file: string, text: string, disk: GuardDisk): Promise<void> {
  const folder = path.dirname(file);
  await disk.makeFolder(folder);
  const temporary = `${file}.new`;
  const handle = await disk.create(temporary);
  try {
    await handle.write(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await disk.rename(temporary, file);
  await disk.syncFolder(folder);
}

const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ENOENT';
const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
