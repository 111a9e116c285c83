/**
 * The only file that knows the SQLite package. Statements are prepared once, kept, and let go before the handle is closed:
 * a handle that the garbage collector finds at the end of a worker may abort the whole process.
 */
import Sqlite from 'better-sqlite3';
import { migrations } from './migrations.ts';

export type Value = string | number | null;
export type Row = Readonly<Record<string, Value>>;

/** The file is no database, or its content is broken. */
export class CorruptDatabase extends Error {
  override readonly name = 'CorruptDatabase';
}
/** Made by a later version of the program. */
class NewerDatabase extends Error {
  override readonly name = 'NewerDatabase';
}

const corruptCodes = [
  'SQLITE_CORRUPT',
  'SQLITE_NOTADB',
  'SQLITE_CORRUPT_VTAB',
  'SQLITE_CORRUPT_INDEX',
  'SQLITE_FORMAT',
];
const busyMs = 5000;

export class Database {
  readonly #handle: Sqlite.Database;
  readonly #statements = new Map<string, Sqlite.Statement>();

  private constructor(handle: Sqlite.Database) {
    this.#handle = handle;
  }

  /** Opens or makes the database and brings it to the present form. Throws `CorruptDatabase` when its content is broken. */
  static open(file: string, check: 'quick' | 'none'): Database {
    const database = new Database(guarded(() => new Sqlite(file, { timeout: busyMs })));
    try {
      database.#prepare(check);
      return database;
    } catch (error) {
      database.close();
      throw error;
    }
  }

  /** For looking only; the room may be running. `undefined`: there is no such file. */
  static openToRead(file: string): Database {
    return new Database(
      guarded(() => new Sqlite(file, { readonly: true, fileMustExist: true, timeout: busyMs })),
    );
  }

  /** Every row that the statement gives. */
  all(sql: string, ...values: readonly Value[]): Row[] {
    return guarded(() => this.#statement(sql).all(...values) as Row[]);
  }
  first(sql: string, ...values: readonly Value[]): Row | undefined {
    return guarded(() => this.#statement(sql).get(...values) as Row | undefined);
  }
  *each(sql: string, ...values: readonly Value[]): Generator<Row> {
    const rows = guarded(() => this.#statement(sql).iterate(...values) as IterableIterator<Row>);
    for (;;) {
      const next = guarded(() => rows.next());
      if (next.done === true) return;
      yield next.value;
    }
  }
  run(sql: string, ...values: readonly Value[]): void {
    guarded(() => this.#statement(sql).run(...values));
  }
  /** All or nothing. */
  together(work: () => void): void {
    guarded(() => {
      this.#handle.transaction(work).immediate();
    });
  }

  close(): void {
    this.#statements.clear();
    this.#handle.close();
  }

  #statement(sql: string): Sqlite.Statement {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const statement = this.#handle.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }

  #prepare(check: 'quick' | 'none'): void {
    guarded(() => {
      this.#handle.pragma('journal_mode = WAL');
      // One call a second at most: each row is on disk before the recorder is told so.
      this.#handle.pragma('synchronous = FULL');
      this.#handle.pragma('foreign_keys = ON');
      const form = Number(this.#handle.pragma('user_version', { simple: true }));
      if (form > migrations.length)
        throw new NewerDatabase(`form ${form} of the database; this version knows ${migrations.length}`);
      if (check === 'quick') {
        const answer = this.#handle.pragma('quick_check(1)', { simple: true });
        if (answer !== 'ok') throw new CorruptDatabase(String(answer));
      }
      for (const [index, sql] of migrations.entries()) {
        if (index < form) continue;
        this.#handle
          .transaction(() => {
            this.#handle.exec(sql);
            this.#handle.pragma(`user_version = ${index + 1}`);
          })
          .immediate();
      }
    });
  }
}

function guarded<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (corruptCodes.includes(code)) throw new CorruptDatabase(error instanceof Error ? error.message : code);
    throw error;
  }
}
