/**
 * The guard's journal on disk: `journal/<run>-<n>.journal`, appended as the guard sends it. Bounded: the oldest files go. A disk
 * that refuses costs journal, never a decision.
 */
import { appendFileSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';

/** All files together. A quiet room writes about 30 MB a day. */
const journalBytesMax = 256 * 1024 * 1024;

export class JournalFiles {
  readonly #folder: string;
  readonly #bytesMax: number;
  #file = '';

  constructor(dataFolder: string, bytesMax = journalBytesMax) {
    this.#folder = path.join(dataFolder, 'journal');
    this.#bytesMax = bytesMax;
  }

  /** The reason when the disk refused. */
  append(file: string, text: string): string | undefined {
    try {
      if (file !== this.#file) {
        mkdirSync(this.#folder, { recursive: true, mode: 0o750 });
        this.#trim();
        this.#file = file;
      }
      appendFileSync(path.join(this.#folder, path.basename(file)), text, { mode: 0o640 });
      return undefined;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  #trim(): void {
    const files = readdirSync(this.#folder)
      .filter((name) => name.endsWith('.journal'))
      .map((name) => ({ name, ...statOf(path.join(this.#folder, name)) }))
      .sort((a, b) => b.changedAt - a.changedAt);
    let bytes = 0;
    for (const file of files) {
      bytes += file.bytes;
      if (bytes > this.#bytesMax) rmSync(path.join(this.#folder, file.name), { force: true });
    }
  }
}

const statOf = (file: string): { bytes: number; changedAt: number } => {
  const { size, mtimeMs } = statSync(file);
  return { bytes: size, changedAt: mtimeMs };
};
