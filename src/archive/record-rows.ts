/**
 * Call records of the PBX in the database: every line as it came, every record once, and the call that it is certainly of. They
 * stand beside calls and recordings: nothing that is sealed changes by them.
 */
import type { Database, Row } from './database.ts';
import type { Match, MatchCall, MatchRecord } from '../core/records/match.ts';
import type { PbxRecord } from '../model/pbx-record.ts';
import type { PbxSays, RecordCounts, RecordLineMessage } from '../model/messages.ts';
import type { WallMs } from '../model/units.ts';
import { callOf } from './rows.ts';

export type Matcher = (records: readonly MatchRecord[], calls: readonly MatchCall[]) => Match[];

/** A record waits so long for the end of its call, and for other records that may want the same one. */
export const settleMs = 90_000;
/** Judged at once: after an hour without the archive on a busy day. */
const judgedMax = 500;
/** Calls and records around those that are judged. */
const aroundMs = 300_000;
/** A switch's clock may be so far off, and its records then end elsewhere than their calls. */
const clockOffMs = 6 * 3_600_000;

export function keepRecordLine(database: Database, message: RecordLineMessage): void {
  const { bus, at, read, line } = message;
  // A call of several lines that is told late brings no line of its own.
  if (read.raw !== '')
    database.run(
      'INSERT INTO record_lines (bus, at, came_to, why, raw) VALUES (?, ?, ?, ?, ?)',
      ...[bus, at, read.kind === 'other' ? read.means : read.kind],
      ...[read.kind === 'rejected' ? read.why.en : null, read.raw],
    );
  if (read.kind !== 'record') return;
  const { record } = read;
  const minute = record.endedAt === undefined ? '' : Math.floor(record.endedAt / 60_000);
  // A switch that sends again what it still holds is not believed twice, over a restart of ours either.
  database.run(
    `INSERT OR IGNORE INTO pbx_records (bus, at, key, line, ended_at, record, extension, number, account, state)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'waiting')`,
    ...[bus, at, `${minute} ${record.raw.join('\n')}`, line ?? null, record.endedAt ?? null],
    ...[JSON.stringify(record), record.extension ?? null, record.number ?? null, record.account ?? null],
  );
}

/** Decides every record that has waited long enough. */
export function settleRecords(database: Database, match: Matcher, now: WallMs): void {
  const due = database.all(
    `SELECT n, at FROM pbx_records WHERE state = 'waiting' AND at <= ? ORDER BY at LIMIT ?`,
    now - settleMs,
    judgedMax,
  );
  const [first, last] = [due[0], due.at(-1)];
  if (first === undefined || last === undefined) return;
  const [from, to] = [Number(first['at']) - aroundMs, Number(last['at']) + aroundMs];
  // Those that still wait and those that were decided before compete for the same calls.
  const rows = database.all('SELECT n, at, line, record FROM pbx_records WHERE at BETWEEN ? AND ?', from, to);
  const records = rows.flatMap((row): MatchRecord[] => {
    const record = recordIn(row);
    const line = row['line'];
    if (record === undefined) return [];
    return [
      {
        key: Number(row['n']),
        record,
        arrivedAt: Number(row['at']),
        ...(typeof line === 'string' ? { line } : {}),
      },
    ];
  });
  const ends = records.flatMap(({ record }) => record.endedAt ?? []);
  const taken = new Set(
    database
      .all(
        `SELECT call_id FROM pbx_records WHERE state = 'certain' AND at < ? AND at > ?`,
        from,
        from - clockOffMs,
      )
      .map((row) => row['call_id']),
  );
  const calls = callsEnded(database, Math.min(from, ...ends), Math.max(to, ...ends)).filter(
    ({ id }) => !taken.has(id),
  );
  const dueKeys = new Set(due.map((row) => Number(row['n'])));
  const matches = match(records, calls);
  database.together(() => {
    for (const one of matches) {
      if (!dueKeys.delete(one.key)) continue;
      database.run(
        'UPDATE pbx_records SET state = ?, call_id = ?, score = ? WHERE n = ?',
        ...(one.state === 'none' ? [one.state, null, null] : [one.state, one.call, one.score]),
        one.key,
      );
    }
    // Somebody wrote into the database what is no record.
    for (const key of dueKeys) database.run(`UPDATE pbx_records SET state = 'none' WHERE n = ?`, key);
  });
}

/** Calls that ended in a span, bounded to what any clock of a switch can be off. */
function callsEnded(database: Database, from: number, to: number): MatchCall[] {
  return database
    .all(
      'SELECT * FROM calls WHERE ended_at BETWEEN ? AND ? ORDER BY ended_at LIMIT 20000',
      from - aroundMs,
      to + aroundMs,
    )
    .flatMap((row) => callOf(row) ?? []);
}

function recordIn(row: Row): PbxRecord | undefined {
  const { record } = row;
  if (typeof record !== 'string') return undefined;
  try {
    const value: unknown = JSON.parse(record);
    const isRecord =
      typeof value === 'object' && value !== null && 'direction' in value && 'resolutionMs' in value;
    return isRecord ? (value as PbxRecord) : undefined;
  } catch {
    return undefined;
  }
}

/** To be spread into a row: what the PBX says of this call, that it may be one of several, or nothing. */
export function recordOfCall(database: Database, call: string): { readonly pbx?: PbxSays } {
  const row = database.first(
    `SELECT state, extension, number, account FROM pbx_records WHERE call_id = ? AND state IN ('certain', 'ambiguous')
     ORDER BY state = 'certain' DESC LIMIT 1`,
    call,
  );
  if (row === undefined) return {};
  const { state, extension, number, account } = row;
  // A call under a wrong name is worse than one without a name.
  if (state !== 'certain') return { pbx: { certainty: 'ambiguous' } };
  return {
    pbx: {
      certainty: 'certain',
      ...(typeof extension === 'string' ? { extension } : {}),
      ...(typeof number === 'string' ? { number } : {}),
      ...(typeof account === 'string' ? { account } : {}),
    },
  };
}

/** What became of the records that arrived since then. */
export function recordCounts(database: Database, from: WallMs): RecordCounts {
  const counts = { certain: 0, ambiguous: 0, none: 0, waiting: 0 };
  for (const { state, n } of database.all(
    'SELECT state, count(*) AS n FROM pbx_records WHERE at >= ? GROUP BY state',
    from,
  ))
    if (typeof state === 'string' && Object.hasOwn(counts, state))
      counts[state as keyof typeof counts] = Number(n);
  const unread = database.first(
    `SELECT count(*) AS n FROM record_lines WHERE at >= ? AND came_to = 'rejected'`,
    from,
  );
  return { ...counts, unread: Number(unread?.['n'] ?? 0) };
}
