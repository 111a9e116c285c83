/** Rows of the database to and from what crosses between threads. */
import type { CallRecord, RecordingRow, SealedRecording } from '../model/messages.ts';
import type { Database, Row, Value } from './database.ts';
import { readCall } from './call-fields.ts';
import { wallMs } from '../model/units.ts';

export const recordingColumns = `serial, id, line, call_id, call, why, started_at, ended_at, duration_ms,
  path, bytes, sha256, codec, lost_samples, recovered, link`;

export function insertRecording(database: Database, row: RecordingRow): void {
  database.run(
    `INSERT INTO recordings (${recordingColumns}) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)`,
    ...[row.serial, row.id, row.line, row.callId ?? null],
    ...[row.call === undefined ? null : JSON.stringify(row.call), row.why, row.startedAt, row.endedAt],
    ...[row.durationMs, row.path, row.bytes, row.sha256, row.codec, row.lostSamples],
    ...[row.recovered ? 1 : 0, row.link],
  );
  if (row.call !== undefined) keepCall(database, row.call);
}

export function recordingOf(row: Row): RecordingRow {
  const call = parseCall(row['call']);
  const callId = row['call_id'];
  return {
    serial: number(row['serial']),
    link: text(row['link']),
    id: text(row['id']),
    line: text(row['line']),
    ...(call !== undefined && { call }),
    ...(typeof callId === 'string' && { callId }),
    why: text(row['why']),
    startedAt: wallMs(number(row['started_at'])),
    endedAt: wallMs(number(row['ended_at'])),
    durationMs: number(row['duration_ms']),
    path: text(row['path']),
    bytes: number(row['bytes']),
    sha256: text(row['sha256']),
    codec: text(row['codec']) as SealedRecording['codec'],
    lostSamples: number(row['lost_samples']),
    recovered: row['recovered'] === 1,
  };
}

const callColumns = `id, line, trunk, phone, direction, started_at, answered_at, answered_by, ended_at, end,
  rings, digits, caller, bypass`;

/** A call comes several times while it goes on; the ended form is never replaced by an earlier one. */
export function keepCall(database: Database, call: CallRecord): void {
  const known = database.first('SELECT ended_at FROM calls WHERE id = ?', call.id);
  const values: readonly Value[] = [
    ...[call.line, call.trunk, call.phone, call.direction, call.startedAt, call.answeredAt ?? null],
    ...[call.answeredBy ?? null, call.endedAt ?? null, call.end ?? null],
    ...[call.rings, call.digits, call.caller, call.bypass ? 1 : 0],
  ];
  if (known === undefined) {
    database.run(
      `INSERT INTO calls (${callColumns}) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)`,
      call.id,
      ...values,
    );
    return;
  }
  if (known['ended_at'] !== null && call.endedAt === undefined) return;
  database.run(
    `UPDATE calls SET line = ?, trunk = ?, phone = ?, direction = ?, started_at = ?, answered_at = ?,
       answered_by = ?, ended_at = ?, end = ?, rings = ?, digits = ?, caller = ?, bypass = ? WHERE id = ?`,
    ...values,
    call.id,
  );
}

/** `undefined`: somebody wrote something into the database that is no call. */
export function callOf(row: Row): CallRecord | undefined {
  return readCall({
    ...row,
    startedAt: row['started_at'],
    answeredAt: row['answered_at'],
    answeredBy: row['answered_by'],
    endedAt: row['ended_at'],
    bypass: row['bypass'] === 1,
  });
}

function parseCall(value: Value | undefined): CallRecord | undefined {
  if (typeof value !== 'string') return undefined;
  try {
    return readCall(JSON.parse(value));
  } catch {
    return undefined;
  }
}
const text = (value: Value | undefined): string => (typeof value === 'string' ? value : '');
const number = (value: Value | undefined): number => (typeof value === 'number' ? value : NaN);
