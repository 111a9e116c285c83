/**
 * The SQLite file of the outbox: its tables, and what happens when it cannot be used. A damaged file is set aside and
 * started anew; a folder that cannot be written gives an outbox in memory. It never keeps the front from starting.
 *
 * `AUTOINCREMENT` keeps a sequence number from ever being given twice, even when the table has been empty. A new file
 * is a new `series`: the centre tells gaps by (series, seq) and doubles by id.
 */
import { readdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import { nanoid } from 'nanoid';
import type { Text } from '../../model/text.ts';
import { text } from '../../model/text.ts';

export type OutboxDatabase = Database.Database;

export interface OpenedFile {
  readonly database: OutboxDatabase;
  readonly series: string;
  /** Why the file that was there, or any file, could not be used. */
  readonly trouble?: Text;
}

const fileName = 'outbox.db';
/** Set-aside files that are kept for a person to look at; older ones are removed. */
export const setAsideFilesMax = 2;

const tables = `
  CREATE TABLE IF NOT EXISTS events (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    body TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    acked_at INTEGER,
    replayed INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  CREATE INDEX IF NOT EXISTS pending ON events (seq) WHERE acked_at IS NULL;
  CREATE TABLE IF NOT EXISTS retained (topic TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
`;

function open(file: string): { database: OutboxDatabase; series: string } {
  const database = new Database(file, { timeout: 2000 });
  try {
    database.pragma('journal_mode = WAL');
    database.pragma('synchronous = FULL');
    const found = database.pragma('quick_check(1)', { simple: true });
    if (found !== 'ok') throw new Error(String(found));
    database.exec(tables);
    database.prepare("INSERT OR IGNORE INTO facts VALUES ('series', ?)").run(nanoid(8));
    const series: unknown = database.prepare("SELECT value FROM facts WHERE name = 'series'").pluck().get();
    return { database, series: String(series) };
  } catch (error) {
    database.close();
    throw error;
  }
}

function setAside(folder: string, now: number): void {
  const stamp = new Date(now).toISOString().replaceAll(/[:.]/g, '-');
  for (const tail of ['', '-wal', '-shm']) {
    const file = path.join(folder, fileName + tail);
    try {
      renameSync(file, `${file}.broken-${stamp}`);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
    }
  }
  const isSetAside = (name: string): boolean => name.startsWith(`${fileName}.broken-`);
  const old = readdirSync(folder).filter(isSetAside).sort().slice(0, -setAsideFilesMax);
  for (const name of old) {
    const tailed = [name, name.replace('.db.', '.db-wal.'), name.replace('.db.', '.db-shm.')];
    for (const file of tailed) rmSync(path.join(folder, file), { force: true });
  }
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

export function openOutboxFile(folder: string, now: number): OpenedFile {
  const file = path.join(folder, fileName);
  let first: string;
  try {
    return open(file);
  } catch (error) {
    first = reasonOf(error);
    // A full disk is no damage: what waits in the file is sent after the next start.
    if (!isDamage(error)) return inMemory(first);
  }
  try {
    setAside(folder, now);
    return {
      ...open(file),
      trouble: text(
        `待发事件库损坏（${first}），已移开并新建；未发送的事件留在 ${fileName}.broken-… 中`,
        `the event store was damaged (${first}); it was set aside as ${fileName}.broken-… with what was not sent, and a new one begun`,
      ),
    };
  } catch (error) {
    return inMemory(reasonOf(error));
  }
}

const inMemory = (reason: string): OpenedFile => ({
  ...open(':memory:'),
  trouble: text(
    `待发事件库不可用（${reason}），事件暂存在内存中，断电即失`,
    `the event store cannot be used (${reason}): events are held in memory and are lost with the power`,
  ),
});

/** The content is wrong; anything else the disk may get over. */
function isDamage(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return code === '' || /^SQLITE_(CORRUPT|NOTADB|FORMAT|ERROR|CONSTRAINT|MISMATCH|SCHEMA)/.test(code);
}
