/** The wire to a switch as a pair of pseudo-terminals, and what the archive holds of what came over it. */
import { constants, existsSync } from 'node:fs';
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { Program, eventually } from '../room/program.ts';

/** Two terminals in the folder, each the other's far end, as long as the program runs. */
export async function ptyPair(folder: string, a: string, b: string): Promise<Program> {
  const ends = [a, b].map((name) => path.join(folder, name));
  const pair = new Program(
    'socat',
    ends.map((end) => `pty,raw,echo=0,link=${end}`),
  );
  await eventually(`the pty pair ${a}`, () => ends.every((end) => existsSync(end)) || undefined);
  return pair;
}

/** The switch's end. Not our controlling terminal, or its end would be ours. */
export const switchEnd = (file: string): Promise<FileHandle> =>
  open(file, constants.O_RDWR | constants.O_NOCTTY);

/** Rows of the archive's database, opened read-only beside the running program. */
export async function archiveRows<T>(data: string, sql: string): Promise<T[]> {
  const { default: Sqlite } = await import('better-sqlite3');
  const database = new Sqlite(path.join(data, 'archive.db'), { readonly: true });
  try {
    return database.prepare(sql).all() as T[];
  } finally {
    database.close();
  }
}
