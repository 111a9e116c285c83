/**
 * `guard.json`: acknowledgements, shelves, bypass state, bound cards. Written atomically (temporary file, fsync, rename,
 * fsync of the folder), only on change, never blocking the guard; the newest content wins when changes come fast. What the disk
 * refuses is tried again until it is taken.
 *
 * A file that cannot be read is set aside and the room starts without it: lines first.
 */
import { readFileSync, renameSync } from 'node:fs';
import { mkdir, open, rename } from 'node:fs/promises';
import path from 'node:path';

const retryMs = 5000;

export type GuardFileContent =
  | { readonly kind: 'read'; readonly content: unknown }
  | { readonly kind: 'missing' }
  /** Broken content was renamed to `setAside`. */
  | { readonly kind: 'unreadable'; readonly reason: string; readonly setAside: string };

export function readGuardFile(file: string): GuardFileContent {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (isMissing(error)) return { kind: 'missing' };
    return { kind: 'unreadable', reason: reasonOf(error), setAside: '' };
  }
  try {
    const content: unknown = JSON.parse(text);
    return { kind: 'read', content };
  } catch (error) {
    return { kind: 'unreadable', reason: reasonOf(error), setAside: setAsideGuardFile(file) };
  }
}

/** Renames a broken file so that a person can look at it; empty when even that failed. */
export function setAsideGuardFile(file: string): string {
  const aside = `${file}.broken-${new Date().toISOString().replaceAll(':', '')}`;
  try {
    renameSync(file, aside);
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
export function openGuardFile(file: string, onResult: (failure: string | undefined) => void): GuardFile {
  let waiting: object | undefined;
  let running: Promise<void> | undefined;
  let again: NodeJS.Timeout | undefined;

  const work = async (): Promise<void> => {
    while (waiting !== undefined) {
      const content = waiting;
      waiting = undefined;
      try {
        await writeAtomically(file, `${JSON.stringify(content)}\n`);
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

async function writeAtomically(file: string, text: string): Promise<void> {
  const folder = path.dirname(file);
  await mkdir(folder, { recursive: true });
  const temporary = `${file}.new`;
  const handle = await open(temporary, 'w', 0o600);
  try {
    await handle.writeFile(text);
    await handle.datasync();
  } finally {
    await handle.close();
  }
  await rename(temporary, file);
  const folderHandle = await open(folder, 'r');
  try {
    await folderHandle.sync();
  } finally {
    await folderHandle.close();
  }
}

const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ENOENT';
const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
