/**
 * The archive's thread: keeps recordings, calls, alarms and notices in the database, and every recording in the hash
 * chain, chain first. A recording counts as stored only when both are on disk. A database that cannot be read is set aside
 * and made anew from the chain and the files, and the archive starts anyway. It never deletes a recording.
 */
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync, statSync } from 'node:fs';
import path from 'node:path';
import type {
  ArchiveAnswer,
  ArchiveQuestion,
  ArchiveStart,
  FromArchive,
  RecordingRow,
  SealedRecording,
  ToArchive,
} from '../model/messages.ts';
import type { Clock } from '../ports/clock.ts';
import type { Text } from '../model/text.ts';
import { ChainFile, chainFileOf, readChain } from './chain-file.ts';
import { CorruptDatabase, Database } from './database.ts';
import type { Reporter } from './questions.ts';
import { answer } from './questions.ts';
import { genesis, linkOf } from './chain.ts';
import { insertRecording, keepCall } from './rows.ts';
import { keepRecordLine, settleRecords } from './record-rows.ts';
import type { Matcher } from './record-rows.ts';
import { recordingFiles, recordingFromFile } from './from-files.ts';
import { text } from '../model/text.ts';

export const databaseFileOf = (dataFolder: string): string => path.join(dataFolder, 'archive.db');

/** A larger database is looked through at start only after it made trouble: that takes seconds to minutes. */
const checkBytesMax = 64 * 1024 * 1024;
/** Calls, alarms, notices and lines of records that wait for a disk that takes them again; then the oldest are lost. */
export const waitingMax = 5000;
/** Alarm changes and notices are a history, not evidence: the newest so many are kept. */
const historyRowsMax = 200_000;
const trimEveryRows = 1000;
const restoreRowsAtOnce = 1000;

/** Newest link. */
interface Head {
  readonly serial: number;
  readonly link: string;
}
type Kept = Extract<ToArchive, { kind: 'call' | 'alarm' | 'notice' | 'record-line' }>;

export interface ArchiveParts {
  readonly start: ArchiveStart;
  readonly clock: Clock;
  readonly send: (message: FromArchive) => void;
  readonly log: (message: string) => void;
  /** Decides which call a record of the PBX is of. */
  readonly match: Matcher;
  readonly reportOf: Reporter;
}

export class Archive {
  readonly #parts: ArchiveParts;
  readonly #database: Database;
  readonly #chain: ChainFile;
  readonly #told = new Map<string, boolean>();
  #waiting: Kept[] = [];
  #head: Head;
  #sinceTrim = 0;

  private constructor(parts: ArchiveParts, database: Database, chain: ChainFile, head: Head) {
    this.#parts = parts;
    this.#database = database;
    this.#chain = chain;
    this.#head = head;
  }

  static open(parts: ArchiveParts): Archive {
    const { dataFolder } = parts.start;
    mkdirSync(dataFolder, { recursive: true, mode: 0o750 });
    const { database, state } = openDatabase(parts);
    const chainFile = chainFileOf(dataFolder);
    try {
      const left = readLeft(chainFile, database, state);
      const chain = new ChainFile(chainFile, left.wholeBytes);
      const archive = new Archive(parts, database, chain, left.head);
      if (left.missing > 0) archive.#restore(chainFile, left.known);
      if (state !== 'as-it-was') archive.#adoptFiles();
      archive.#tellFindings(left.finding);
      archive.#tellDisk(undefined);
      return archive;
    } catch (error) {
      database.close();
      throw error;
    }
  }

  /** True when the recording is in the chain and in the database, now or before. */
  store(recording: SealedRecording): boolean {
    try {
      this.#add(recording);
      this.#tellDisk(undefined);
      return true;
    } catch (error) {
      this.#failed(error);
      return false;
    }
  }

  /** Calls, alarms and notices; what the disk refuses waits. */
  keep(message: Kept): void {
    this.#waiting.push(message);
    if (this.#waiting.length > waitingMax) this.#waiting.shift();
    this.keepWaiting();
  }

  /** Tries what waits; call it from time to time. */
  keepWaiting(): void {
    if (this.#waiting.length === 0) return;
    const batch = this.#waiting;
    try {
      this.#database.together(() => {
        for (const message of batch) this.#keepNow(message);
      });
      this.#waiting = [];
      this.#tellDisk(undefined);
    } catch (error) {
      this.#failed(error);
    }
  }

  /** Gives the PBX's records to the calls that they are of; call it from time to time. */
  matchRecords(): void {
    try {
      settleRecords(this.#database, this.#parts.match, this.#parts.clock.wall());
    } catch (error) {
      this.#failed(error);
    }
  }

  answer(question: ArchiveQuestion): ArchiveAnswer {
    try {
      return answer(this.#database, question, this.#parts.reportOf);
    } catch (error) {
      if (error instanceof CorruptDatabase) this.#failed(error);
      const reason = reasonOf(error);
      return {
        ask: question.ask,
        kind: 'error',
        reason: text(`档案无法读取：${reason}`, `the archive cannot be read: ${reason}`),
      };
    }
  }

  close(): void {
    this.keepWaiting();
    this.#chain.close();
    this.#database.close();
  }

  #add(recording: SealedRecording): void {
    if (this.#database.first('SELECT serial FROM recordings WHERE id = ?', recording.id) !== undefined)
      return;
    const serial = this.#head.serial + 1;
    const row: RecordingRow = { ...recording, serial, link: linkOf(this.#head.link, serial, recording) };
    this.#chain.append(row);
    try {
      this.#database.together(() => {
        insertRecording(this.#database, row);
      });
    } catch (error) {
      this.#chain.takeBack(row);
      throw error;
    }
    this.#head = { serial, link: row.link };
  }

  /** Rows that the chain has and the database lost. */
  #restore(chainFile: string, known: number): void {
    let batch: RecordingRow[] = [];
    const insert = (): void => {
      this.#database.together(() => {
        for (const row of batch) {
          this.#database.run('DELETE FROM recordings WHERE id = ? OR serial = ?', row.id, row.serial);
          insertRecording(this.#database, row);
        }
      });
      batch = [];
    };
    for (const { row } of readChain(chainFile)) {
      if (row === undefined || row.serial <= known) continue;
      batch.push(row);
      if (batch.length >= restoreRowsAtOnce) insert();
    }
    insert();
  }

  /** Files that neither database nor chain know, after a database was lost. */
  #adoptFiles(): void {
    const { start, log } = this.#parts;
    const known = new Set<string>();
    for (const row of this.#database.each('SELECT path FROM recordings')) known.add(String(row['path']));
    let adopted = 0;
    for (const file of recordingFiles(start.dataFolder)) {
      if (known.has(file)) continue;
      const recording = recordingFromFile(start.dataFolder, file);
      if (recording === undefined) log(`archive: ${file} is not a whole recording and was left alone`);
      else if (this.store(recording)) adopted++;
    }
    if (adopted > 0) log(`archive: ${adopted} recordings were entered anew from their files`);
  }

  #keepNow(message: Kept): void {
    switch (message.kind) {
      case 'call':
        keepCall(this.#database, message.call);
        return;
      case 'alarm': {
        const { alarm, at, change } = message;
        this.#database.run(
          'INSERT INTO alarms (at, change, alarm, severity, view) VALUES (?, ?, ?, ?, ?)',
          ...[at, change, alarm.id, alarm.severity, JSON.stringify(alarm)],
        );
        this.#trim('alarms');
        return;
      }
      case 'notice':
        this.#database.run(
          'INSERT OR IGNORE INTO notices (id, at, kind, notice) VALUES (?, ?, ?, ?)',
          ...[message.id, message.at, message.notice.kind, JSON.stringify(message.notice)],
        );
        this.#trim('notices');
        return;
      case 'record-line':
        keepRecordLine(this.#database, message);
        this.#trim('record_lines');
        return;
    }
  }

  #trim(table: 'alarms' | 'notices' | 'record_lines'): void {
    if (++this.#sinceTrim % trimEveryRows !== 0) return;
    this.#database.run(`DELETE FROM ${table} WHERE n <= (SELECT max(n) FROM ${table}) - ?`, historyRowsMax);
  }

  #failed(error: unknown): void {
    if (!(error instanceof CorruptDatabase)) {
      this.#tellDisk(error);
      return;
    }
    // Looked through, set aside and made anew at the next start of this thread, which is now.
    markSuspect(this.#parts.start.dataFolder);
    throw error;
  }

  #tellDisk(error: unknown): void {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    const isFull = ['ENOSPC', 'EDQUOT', 'SQLITE_FULL'].includes(code);
    const reason = error === undefined ? '' : reasonOf(error);
    this.#tell(
      'disk.full',
      error !== undefined && isFull,
      text(`档案无法写入：${reason}`, `the archive cannot write: ${reason}`),
    );
    this.#tell(
      'disk.not-writable',
      error !== undefined && !isFull,
      text(`档案无法写入：${reason}`, `the archive cannot write: ${reason}`),
    );
  }

  #tellFindings(finding: string | undefined): void {
    const aside = readdirSync(this.#parts.start.dataFolder).filter(
      (name) => name.startsWith('archive.db.corrupt-') && !/-(wal|shm)$/.test(name),
    );
    this.#tell(
      'archive.set-aside',
      aside.length > 0,
      text(
        `已另存：${aside.join('、')}；处理后删除该文件`,
        `set aside: ${aside.join(', ')}; delete it when it is dealt with`,
      ),
    );
    if (finding !== undefined) this.#parts.log(`archive: ${finding}`);
    this.#tell(
      'archive.corrupt',
      finding !== undefined,
      text(`数据库与校验链不一致：${finding ?? ''}`, finding ?? ''),
    );
  }

  /** Tells a condition when it changes, and once at the start: the thread before may have told something else. */
  #tell(type: string, active: boolean, detail: Text): void {
    if (active === this.#told.get(type)) return;
    this.#told.set(type, active);
    const qualifier = type.startsWith('disk.') ? 'archive' : '';
    this.#parts.send({ kind: 'condition', type, qualifier, active, detail });
  }
}

interface Left {
  readonly head: Head;
  readonly wholeBytes: number;
  /** Newest serial of the database, and how many rows the chain has beyond it. */
  readonly known: number;
  readonly missing: number;
  /** More than a crash can explain. */
  readonly finding: string | undefined;
}

/** Chain and database at start. The chain is ahead by one row when the power went in between. */
function readLeft(chainFile: string, database: Database, state: DatabaseState): Left {
  const last = database.first('SELECT serial, link FROM recordings ORDER BY serial DESC LIMIT 1');
  const inDatabase =
    last === undefined ? undefined : { serial: Number(last['serial']), link: String(last['link']) };
  const known = inDatabase?.serial ?? 0;
  let head = { serial: 0, link: genesis };
  let wholeBytes = 0;
  let unreadable = 0;
  let linkAtKnown: string | undefined;
  let missing = 0;
  for (const line of readChain(chainFile)) {
    if (!line.isTorn) wholeBytes = line.end;
    if (line.row === undefined) {
      if (!line.isTorn) unreadable++;
      continue;
    }
    head = { serial: line.row.serial, link: line.row.link };
    if (line.row.serial === known) linkAtKnown = line.row.link;
    if (line.row.serial > known) missing++;
  }
  const finding = ((): string | undefined => {
    if (unreadable > 0) return `${unreadable} lines of the chain cannot be read`;
    if (head.serial < known) return `the chain ends at ${head.serial}, the database at ${known}`;
    if (known > 0 && linkAtKnown !== inDatabase?.link)
      return `row ${known} differs between chain and database`;
    if (missing > 1 && state === 'as-it-was') return `${missing} newest rows were missing in the database`;
    if (missing > 0 && state === 'absent')
      return `the database was gone; ${missing} rows were restored from the chain`;
    return undefined;
  })();
  const newest = inDatabase !== undefined && inDatabase.serial > head.serial ? inDatabase : head;
  return { head: newest, wholeBytes, known, missing, finding };
}

type DatabaseState = 'as-it-was' | 'absent' | 'set-aside';

function openDatabase({ start, clock, log }: ArchiveParts): { database: Database; state: DatabaseState } {
  const file = databaseFileOf(start.dataFolder);
  const suspect = `${file}.suspect`;
  const isLarge = existsSync(file) && statSync(file).size > checkBytesMax;
  const state = existsSync(file) ? 'as-it-was' : 'absent';
  try {
    const database = Database.open(file, isLarge && !existsSync(suspect) ? 'none' : 'quick');
    rmSync(suspect, { force: true });
    return { database, state };
  } catch (error) {
    if (!(error instanceof CorruptDatabase)) throw error;
    const time = new Date(clock.wall()).toISOString().replaceAll(/[-:]|\.\d+/g, '');
    log(`archive: ${file} is damaged (${error.message}) and was set aside`);
    for (const tail of ['', '-wal', '-shm'])
      if (existsSync(`${file}${tail}`)) renameSync(`${file}${tail}`, `${file}.corrupt-${time}${tail}`);
    rmSync(suspect, { force: true });
    return { database: Database.open(file, 'none'), state: 'set-aside' };
  }
}

function markSuspect(dataFolder: string): void {
  try {
    writeFileSync(`${databaseFileOf(dataFolder)}.suspect`, '');
  } catch {
    // A small database is looked through anyway.
  }
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
