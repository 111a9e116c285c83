/**
 * Compares the rows of the database with the lines of the chain, and the chain with itself. Only looks. A row of the chain
 * that the database does not have yet is waited for: the room may be storing it.
 */
import { existsSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import type { Found } from './finding.ts';
import type { RecordingRow } from '../model/messages.ts';
import type { Row } from './database.ts';
import { CorruptDatabase, Database } from './database.ts';
import { canonicalRow, genesis, linkOf } from './chain.ts';
import { readChain } from './chain-file.ts';
import { recordingColumns, recordingOf } from './rows.ts';
import { text } from '../model/text.ts';

const storeMsMax = 1000;
const lookEveryMs = 100;

export interface Rows {
  readonly recordings: number;
  readonly head: { readonly serial: number; readonly link: string };
}

/** Walks database and chain side by side, by serial. `expect` gets every row that one of them has. */
export async function compareRows(
  databaseFile: string,
  chainFile: string,
  found: Found,
  expect: (row: RecordingRow) => void,
): Promise<Rows> {
  const chain = new ChainWalk(found);
  const rows = new DatabaseWalk(databaseFile, found);
  const missing: RecordingRow[] = [];
  const extra = (row: RecordingRow): void => {
    expect(row);
    if (row.serial === chain.head.serial + 1 && linkOf(chain.head.link, row.serial, row) === row.link)
      chain.removed(row);
    else
      found(
        'row-added',
        `recording ${row.serial}`,
        text(
          `数据库多出的记录（${row.path}），校验链中没有`,
          `a row of the database (${row.path}) that the chain does not have`,
        ),
      );
  };
  try {
    let row = rows.next();
    for (const line of readChain(chainFile)) {
      if (line.isTorn) break;
      const linked = chain.take(line.number, line.row);
      if (linked === undefined) continue;
      expect(linked);
      for (; row !== undefined && row.serial < linked.serial; row = rows.next()) extra(row);
      if (row?.serial === linked.serial) {
        compareRow(row, linked, found);
        row = rows.next();
      } else if (rows.isReadable) missing.push(linked);
    }
    for (; row !== undefined; row = rows.next()) extra(row);
  } finally {
    rows.close();
  }
  await reportMissing(databaseFile, missing, chain.head.serial, found);
  return { recordings: rows.count, head: chain.head };
}

/** Rows of the database by serial; where it cannot be read it says so, once, and has no more rows. */
class DatabaseWalk {
  readonly #found: Found;
  #database: Database | undefined;
  #rows: Generator<Row> | undefined;
  count = 0;

  constructor(file: string, found: Found) {
    this.#found = found;
    try {
      if (!existsSync(file)) {
        found('unreadable', 'archive.db', text('数据库不在了', 'the database is gone'));
        return;
      }
      this.#database = Database.openToRead(file);
      this.#rows = this.#database.each(`SELECT ${recordingColumns} FROM recordings ORDER BY serial`);
    } catch (error) {
      this.#unreadable(error);
    }
  }

  get isReadable(): boolean {
    return this.#rows !== undefined;
  }

  next(): RecordingRow | undefined {
    try {
      const step = this.#rows?.next();
      if (step === undefined || step.done === true) return undefined;
      this.count++;
      return recordingOf(step.value);
    } catch (error) {
      this.#unreadable(error);
      return undefined;
    }
  }

  close(): void {
    this.#rows?.return(undefined);
    this.#database?.close();
  }

  #unreadable(error: unknown): void {
    this.#rows = undefined;
    const reason = reasonOf(error);
    this.#found(
      'unreadable',
      'archive.db',
      text(`数据库无法读取：${reason}`, `the database cannot be read: ${reason}`),
    );
  }
}

/** The chain by itself: serials in order, every link following from the one before. */
class ChainWalk {
  readonly #found: Found;
  head = { serial: 0, link: genesis };

  constructor(found: Found) {
    this.#found = found;
  }

  /** Returns the row when it can be compared with the database's. */
  take(number: number, row: RecordingRow | undefined): RecordingRow | undefined {
    const where = `chain line ${number}`;
    if (row === undefined) {
      this.#found(
        'chain-changed',
        where,
        text('校验链的此行无法读取', 'this line of the chain cannot be read'),
      );
      // What it held is unknown: the next line is believed to follow it.
      this.head = { serial: this.head.serial + 1, link: '' };
      return undefined;
    }
    const { head } = this;
    if (row.serial <= head.serial) {
      this.#found(
        'chain-order',
        where,
        text(
          `顺序错误：记录 ${row.serial} 排在 ${head.serial} 之后`,
          `out of order: recording ${row.serial} stands behind ${head.serial}`,
        ),
      );
      return undefined;
    }
    if (row.serial > head.serial + 1)
      this.#found(
        'chain-removed',
        where,
        text(
          `校验链缺少记录 ${head.serial + 1} 至 ${row.serial - 1}`,
          `recordings ${head.serial + 1} to ${row.serial - 1} are missing in the chain before this line`,
        ),
      );
    else if (head.link !== '' && linkOf(head.link, row.serial, row) !== row.link)
      this.#found(
        'chain-changed',
        where,
        text(`记录 ${row.serial} 与其校验值不符`, `recording ${row.serial} does not agree with its link`),
      );
    this.head = { serial: row.serial, link: row.link };
    return row;
  }

  /** The database has a row that follows the end of the chain exactly: the chain was shortened. */
  removed(row: RecordingRow): void {
    this.#found(
      'chain-removed',
      `recording ${row.serial}`,
      text(
        `校验链末尾缺少此记录（${row.path}）`,
        `this recording (${row.path}) was removed from the end of the chain`,
      ),
    );
    this.head = { serial: row.serial, link: row.link };
  }
}

function compareRow(row: RecordingRow, linked: RecordingRow, found: Found): void {
  const isSame = canonicalRow(row.serial, row) === canonicalRow(linked.serial, linked);
  if (isSame && row.link === linked.link) return;
  const differing = [...new Set([...Object.keys(row), ...Object.keys(linked)])].filter(
    (key) => JSON.stringify(Reflect.get(row, key)) !== JSON.stringify(Reflect.get(linked, key)),
  );
  const names = differing.join(', ');
  found(
    'row-changed',
    `recording ${row.serial}`,
    text(
      `数据库与校验链不一致：${names}（${linked.path}）`,
      `database and chain differ in: ${names} (${linked.path})`,
    ),
  );
}

async function reportMissing(
  databaseFile: string,
  missing: readonly RecordingRow[],
  newest: number,
  found: Found,
): Promise<void> {
  let absent = missing;
  for (let waited = 0; waited < storeMsMax; waited += lookEveryMs) {
    absent = absentOf(databaseFile, absent);
    // Only the newest row can be one that is being stored at this moment.
    if (absent.length !== 1 || absent[0]?.serial !== newest) break;
    await wait(lookEveryMs);
  }
  for (const row of absent)
    found(
      'row-removed',
      `recording ${row.serial}`,
      text(`数据库中缺少此记录（${row.path}）`, `this recording (${row.path}) was removed from the database`),
    );
}

/** Which of these rows the database does not have now. */
function absentOf(databaseFile: string, rows: readonly RecordingRow[]): readonly RecordingRow[] {
  if (rows.length === 0 || !existsSync(databaseFile)) return rows;
  try {
    const database = Database.openToRead(databaseFile);
    try {
      return rows.filter(
        (row) => database.first('SELECT 1 FROM recordings WHERE serial = ?', row.serial) === undefined,
      );
    } finally {
      database.close();
    }
  } catch (error) {
    if (error instanceof CorruptDatabase) return rows;
    throw error;
  }
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
