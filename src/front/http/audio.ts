/**
 * Sends the sealed audio of one recording, whole or in part, so that a player can seek. The file is read, never changed;
 * its SHA-256 is the entity tag, given only while the size still agrees with the archive's row.
 */
import { open, realpath } from 'node:fs/promises';
import path from 'node:path';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { RecordingRow } from '../../model/messages.ts';
import { wantedBytes } from './byte-range.ts';
import { refuse } from './problem.ts';

const fileNameOf = ({ line, startedAt }: RecordingRow): string => {
  const stamp = new Date(startedAt).toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-');
  return `${line.replaceAll(/[^\w-]/g, '_')}-${stamp}Z.ogg`;
};

/** The file of a row, if it lies in the audio folder and nowhere else. */
async function fileOf(dataFolder: string, row: RecordingRow): Promise<string | undefined> {
  try {
    const folder = await realpath(path.join(dataFolder, 'audio'));
    const file = await realpath(path.join(dataFolder, row.path));
    return file.startsWith(folder + path.sep) ? file : undefined;
  } catch {
    return undefined;
  }
}

export async function sendAudio(
  request: FastifyRequest,
  reply: FastifyReply,
  dataFolder: string,
  row: RecordingRow,
): Promise<FastifyReply> {
  const found = await fileOf(dataFolder, row);
  const file = found === undefined ? undefined : await open(found, 'r').catch(() => undefined);
  if (file === undefined) return refuse(reply, 404, 'LK-HTTP-011');
  const { size } = await file.stat();
  const tag = `"${row.sha256}"`;
  const isSound = size === row.bytes;
  reply.headers({
    'accept-ranges': 'bytes',
    'cache-control': 'private, no-cache',
    'content-disposition': `inline; filename="${fileNameOf(row)}"`,
    ...(isSound ? { etag: tag } : {}),
  });
  const known = request.headers['if-none-match']?.split(',').map((one) => one.trim().replace(/^W\//, ''));
  if (isSound && known?.includes(tag) === true) {
    await file.close();
    return reply.code(304).send();
  }
  // A part is only right when it is a part of what the client already has (RFC 9110 §13.1.5).
  const condition = request.headers['if-range'];
  const isSame = condition === undefined || (isSound && condition === tag);
  const wanted = wantedBytes(isSame ? request.headers.range : undefined, size);
  if (wanted.kind === 'outside') {
    await file.close();
    return refuse(reply.header('content-range', `bytes */${size}`), 416, 'LK-HTTP-010');
  }
  reply.type('audio/ogg');
  if (size === 0) {
    await file.close();
    return reply.send('');
  }
  const [first, last] = wanted.kind === 'part' ? [wanted.first, wanted.last] : [0, size - 1];
  if (wanted.kind === 'part') reply.code(206).header('content-range', `bytes ${first}-${last}/${size}`);
  reply.header('content-length', last - first + 1);
  return reply.send(file.createReadStream({ start: first, end: last }));
}
