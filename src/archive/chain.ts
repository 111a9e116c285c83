/**
 * The hash chain of the recordings (docs/archive.md). Each link binds a row and the bytes of its file to everything before:
 *
 *     link(n) = SHA-256( link(n−1) "\n" canonical JSON of row n "\n" SHA-256 of file n ),  in lower-case hex
 *
 * Canonical JSON: keys sorted, no white space, absent fields left out. The row is all that the archive keeps of the
 * recording, its serial included, the link itself excluded.
 */
import { createHash } from 'node:crypto';
import type { RecordingRow, SealedRecording } from '../model/messages.ts';
import type { WallMs } from '../model/units.ts';
import { readCall } from './call-fields.ts';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** What link 1 follows. */
export const genesis = sha256('linekeeper recordings chain 1');

export function linkOf(previous: string, serial: number, recording: SealedRecording): string {
  return sha256(`${previous}\n${canonicalRow(serial, recording)}\n${recording.sha256}`);
}

/** The row as its link binds it. */
export function canonicalRow(serial: number, recording: SealedRecording): string {
  const { id, line, call, callId, why, startedAt, endedAt, durationMs } = recording;
  const { path, bytes, sha256: hash, codec, lostSamples, recovered } = recording;
  return canonical({
    ...{ serial, id, line, call, callId, why, startedAt, endedAt, durationMs },
    ...{ path, bytes, sha256: hash, codec, lostSamples, recovered },
  });
}

function canonical(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  const fields = Object.entries(value)
    .filter(([, field]) => field !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, field]) => `${JSON.stringify(key)}:${canonical(field)}`);
  return `{${fields.join(',')}}`;
}

/** One line of the chain file, without its end. */
export const chainLine = (row: RecordingRow): string =>
  `{"link":"${row.link}","row":${canonicalRow(row.serial, row)}}`;

/** `undefined`: not a line of ours. */
export function parseChainLine(line: string): RecordingRow | undefined {
  try {
    const value: unknown = JSON.parse(line);
    if (!isFields(value) || typeof value['link'] !== 'string' || !isFields(value['row'])) return undefined;
    return readRow(value['row'], value['link']);
  } catch {
    return undefined;
  }
}

export type Fields = Readonly<Record<string, unknown>>;
const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function readRow(fields: Fields, link: string): RecordingRow | undefined {
  const {
    serial,
    id,
    line,
    callId,
    why,
    startedAt,
    endedAt,
    durationMs,
    path,
    bytes,
    lostSamples,
    recovered,
  } = fields;
  const hash = fields['sha256'];
  const texts = [id, line, why, path, hash];
  const numbers = [serial, startedAt, endedAt, durationMs, bytes, lostSamples];
  if (!texts.every(isText) || !numbers.every(isNumber) || typeof recovered !== 'boolean') return undefined;
  const call = fields['call'] === undefined ? undefined : readCall(fields['call']);
  if (fields['call'] !== undefined && call === undefined) return undefined;
  return {
    serial: Number(serial),
    link,
    id: String(id),
    line: String(line),
    ...(call !== undefined && { call }),
    ...(isText(callId) && { callId }),
    why: String(why),
    startedAt: Number(startedAt) as WallMs,
    endedAt: Number(endedAt) as WallMs,
    durationMs: Number(durationMs),
    path: String(path),
    bytes: Number(bytes),
    sha256: String(hash),
    codec: 'opus',
    lostSamples: Number(lostSamples),
    recovered,
  };
}

const isText = (value: unknown): value is string => typeof value === 'string';
const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);
