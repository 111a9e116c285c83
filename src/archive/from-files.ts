/** Rows made anew from the sealed files themselves, for when database and chain have lost them. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { SealedRecording } from '../model/messages.ts';
import { readCall } from './call-fields.ts';
import { readOggOpus } from '../format/ogg.ts';
import { wallMs } from '../model/units.ts';

/** Paths of all files of recordings, relative to the data folder, `/` separated, in order of their names. */
export function recordingFiles(dataFolder: string): string[] {
  const found: string[] = [];
  const walk = (folder: string): void => {
    for (const entry of readdirSync(path.join(dataFolder, folder), { withFileTypes: true })) {
      const name = `${folder}/${entry.name}`;
      if (entry.isDirectory()) walk(name);
      else if (name.endsWith('.opus')) found.push(name);
    }
  };
  try {
    walk('audio');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
  }
  return found.sort();
}

/** `undefined`: not a whole recording of ours. */
export function recordingFromFile(dataFolder: string, file: string): SealedRecording | undefined {
  const bytes = readFileSync(path.join(dataFolder, ...file.split('/')));
  const ogg = readOggOpus(bytes);
  if (ogg?.isEnded !== true) return undefined;
  const comments = new Map(ogg.comments);
  const id = comments.get('LINEKEEPER_ID');
  const line = comments.get('LINEKEEPER_LINE');
  const startedAt = Number(comments.get('LINEKEEPER_STARTED'));
  const endedAt = Number(comments.get('LINEKEEPER_ENDED'));
  if (id === undefined || line === undefined || !Number.isFinite(startedAt) || !Number.isFinite(endedAt))
    return undefined;
  const call = callIn(comments.get('LINEKEEPER_CALL'));
  const callId = comments.get('LINEKEEPER_CALL_ID');
  return {
    id,
    line,
    ...(call !== undefined && { call }),
    ...(callId !== undefined && { callId }),
    why: comments.get('LINEKEEPER_WHY') ?? '',
    startedAt: wallMs(startedAt),
    endedAt: wallMs(endedAt),
    durationMs: Math.round(ogg.samples / 8),
    path: file,
    bytes: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    codec: 'opus',
    lostSamples: Number(comments.get('LINEKEEPER_LOST') ?? 0),
    recovered: comments.get('LINEKEEPER_RECOVERED') === 'true',
  };
}

function callIn(json: string | undefined): SealedRecording['call'] {
  try {
    return json === undefined ? undefined : readCall(JSON.parse(json));
  } catch {
    return undefined;
  }
}
