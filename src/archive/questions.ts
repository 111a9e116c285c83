/**
 * Answers what the front asks: pages of recordings and calls, newest first. The place where a page ends is told as an
 * opaque word that begins the next one, so that new rows shift nothing. A question that makes no sense gets a reason.
 */
import type { ArchiveAnswer, ArchiveQuestion, CallRow, FoundRecording } from '../model/messages.ts';
import type { AlarmHistory, AlarmReport } from '../model/alarm-report.ts';
import { alarmHistory } from './alarm-history.ts';
import type { Database, Row, Value } from './database.ts';
import { recordCounts, recordOfCall } from './record-rows.ts';
import { callOf, recordingColumns, recordingOf } from './rows.ts';
import { text } from '../model/text.ts';

/** Reckons the report about the alarms. */
export type Reporter = (history: AlarmHistory) => AlarmReport;

export const pageRowsMax = 500;
const fragmentCharactersMin = 3;
export const fragmentCharactersMax = 32;

type PageQuestion = Extract<ArchiveQuestion, { kind: 'recordings' | 'calls' }>;

export function answer(database: Database, question: ArchiveQuestion, reportOf: Reporter): ArchiveAnswer {
  const { ask } = question;
  if (question.kind === 'recording') {
    const row = database.first(`SELECT ${recordingColumns} FROM recordings WHERE id = ?`, question.id);
    return { ask, kind: 'recording', item: row === undefined ? null : recordingWithRecord(database, row) };
  }
  if (question.kind === 'records')
    return { ask, kind: 'records', counts: recordCounts(database, question.from) };
  if (question.kind === 'alarm-report') {
    const { from, to } = question;
    return { ask, kind: 'alarm-report', report: reportOf(alarmHistory(database, from, to)) };
  }
  if (question.number !== undefined && !isFragment(question.number))
    return {
      ask,
      kind: 'error',
      reason: text(
        `号码片段须为 ${fragmentCharactersMin} 至 ${fragmentCharactersMax} 位数字（可含 * # +）`,
        `a fragment of a number has ${fragmentCharactersMin} to ${fragmentCharactersMax} digits (also * # +)`,
      ),
    };
  const after = question.after === undefined ? undefined : placeOf(question.after);
  if (question.after !== undefined && after === undefined)
    return { ask, kind: 'error', reason: text('分页标记无效', 'there is no such page') };
  return question.kind === 'recordings'
    ? recordings(database, question, after)
    : calls(database, question, after);
}

/** Characters of telephone numbers only: nothing that a search pattern gives a meaning to. */
const isFragment = (fragment: string): boolean =>
  fragment.length >= fragmentCharactersMin &&
  fragment.length <= fragmentCharactersMax &&
  /^[0-9A-Za-z*#+-]+$/.test(fragment);

interface Place {
  readonly at: number;
  readonly n: number;
}

function recordings(database: Database, question: PageQuestion, after: Place | undefined): ArchiveAnswer {
  const calls = 'SELECT id FROM calls WHERE n IN (SELECT rowid FROM call_numbers WHERE numbers LIKE ?)';
  const { rows, next } = page(database, question, after, {
    columns: recordingColumns,
    table: 'recordings',
    key: 'serial',
    number: `call_id IN (${calls})`,
  });
  return {
    ask: question.ask,
    kind: 'recordings',
    items: rows.map((row) => recordingWithRecord(database, row)),
    next,
  };
}

function calls(database: Database, question: PageQuestion, after: Place | undefined): ArchiveAnswer {
  const { rows, next } = page(database, question, after, {
    columns: '*',
    table: 'calls',
    key: 'n',
    number: 'n IN (SELECT rowid FROM call_numbers WHERE numbers LIKE ?)',
  });
  const items = rows.flatMap((row): CallRow[] => {
    const call = callOf(row);
    return call === undefined ? [] : [{ ...call, ...recordOfCall(database, call.id) }];
  });
  return { ask: question.ask, kind: 'calls', items, next };
}

function recordingWithRecord(database: Database, row: Row): FoundRecording {
  const recording = recordingOf(row);
  const id = recording.callId ?? recording.call?.id;
  return { ...recording, ...(id === undefined ? {} : recordOfCall(database, id)) };
}

interface Source {
  readonly columns: string;
  readonly table: string;
  readonly key: string;
  readonly number: string;
}

function page(
  database: Database,
  question: PageQuestion,
  after: Place | undefined,
  { columns, table, key, number }: Source,
): { rows: Row[]; next: string | null } {
  const limit = Math.min(Math.max(1, Math.floor(question.limit)), pageRowsMax);
  const conditions: string[] = [];
  const values: Value[] = [];
  const when = (condition: string, ...given: readonly Value[]): void => {
    conditions.push(condition);
    values.push(...given);
  };
  if (question.line !== undefined) when('line = ?', question.line);
  if (question.from !== undefined) when('started_at >= ?', question.from);
  if (question.to !== undefined) when('started_at < ?', question.to);
  if (question.number !== undefined) when(number, `%${question.number}%`);
  if (after !== undefined) when(`(started_at, ${key}) < (?, ?)`, after.at, after.n);
  const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;
  const found = database.all(
    `SELECT ${columns} FROM ${table} ${where} ORDER BY started_at DESC, ${key} DESC LIMIT ?`,
    ...values,
    limit + 1,
  );
  const rows = found.slice(0, limit);
  const last = rows.at(-1);
  const isMore = found.length > limit && last !== undefined;
  return { rows, next: isMore ? wordOf({ at: Number(last['started_at']), n: Number(last[key]) }) : null };
}

const wordOf = ({ at, n }: Place): string => Buffer.from(`${at}.${n}`).toString('base64url');

function placeOf(word: string): Place | undefined {
  const match = /^(-?\d{1,16})\.(\d{1,16})$/.exec(Buffer.from(word, 'base64url').toString());
  return match === null ? undefined : { at: Number(match[1]), n: Number(match[2]) };
}
