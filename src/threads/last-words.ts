/** What a guard that ends itself leaves behind, so that the end can be replayed: its state and the journal not yet on disk. */
import { mkdirSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { serialize } from 'node:v8';
import type { RoomState } from '../core/room/state.ts';
import type { WallMs } from '../model/units.ts';

export interface LastWords {
  readonly what: string;
  readonly run: string;
  readonly wall: WallMs;
  readonly state: RoomState;
  readonly journal: unknown;
}

/** Synchronous: nothing runs after it. */
export function writeLastWords(dataFolder: string, words: LastWords): void {
  try {
    const folder = path.join(dataFolder, 'journal');
    mkdirSync(folder, { recursive: true });
    const content = { ...words, state: serialize(words.state).toString('base64') };
    writeFileSync(path.join(folder, `last-words-${words.run}.json`), JSON.stringify(content));
  } catch {
    // The disk is no reason to stay.
  }
}

/**
 * Last words that no start has told yet, as file names. From now on they count as told; where the folder cannot be written they are
 * told again.
 */
export function findLastWords(dataFolder: string): readonly string[] {
  const folder = path.join(dataFolder, 'journal');
  try {
    const untold = readdirSync(folder).filter((name) => /^last-words-[^.]+\.json$/.test(name));
    return untold.map((name) => {
      const told = name.replace(/\.json$/, '.told.json');
      renameSync(path.join(folder, name), path.join(folder, told));
      return told;
    });
  } catch {
    return [];
  }
}
