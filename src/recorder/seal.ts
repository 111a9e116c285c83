/**
 * Makes the file of one finished recording from the capture log: Ogg Opus under its final name, on disk with its folder, and
 * its SHA-256. The same log gives the same bytes, so sealing again after a crash in the middle does no harm. Frames that
 * the log does not hold are silence and count as lost; nothing is ever dropped because of a gap.
 */
import { createHash } from 'node:crypto';
import path from 'node:path';
import { crc32 } from '@node-rs/crc32';
import type { CaptureRecord, CaptureStart, CaptureStop } from '../format/capture-log.ts';
import type { Comment } from '../format/ogg.ts';
import type { Disk, DiskFile } from '../ports/disk.ts';
import type { RoomId } from '../model/ids.ts';
import type { SealedRecording } from '../model/messages.ts';
import { OggOpusWriter } from '../format/ogg.ts';
import { plainName, recordingFileEnd } from '../format/recording-path.ts';
import { samplesPerFrame } from '../ports/line-card.ts';
import { wallMs } from '../model/units.ts';

const samplesPerMs = 8;
/** One Opus frame of 20 ms of digital silence (RFC 6716: full-band CELT, mono, no energy). */
const silence = Uint8Array.of(0xf8, 0xff, 0xfe);
const writeBytes = 64 * 1024;

export interface SealOrder {
  readonly disk: Disk;
  readonly dataFolder: string;
  /** For the unfinished file; on the same file system as the data folder. */
  readonly workFolder: string;
  readonly room: RoomId;
  readonly slot: number;
  readonly start: CaptureStart;
  readonly stop: CaptureStop;
  readonly recovered: boolean;
  /** Reads the recording's records; read twice. */
  readonly records: () => AsyncIterable<readonly CaptureRecord[]>;
}

/** `undefined`: there is not one sample to keep. */
export async function seal(order: SealOrder): Promise<SealedRecording | undefined> {
  const { disk, start, stop, slot } = order;
  if (stop.samples <= 0) return undefined;
  const relative = pathOf(start);
  const target = path.join(order.dataFolder, ...relative.split('/'));
  const unfinished = path.join(order.workFolder, `${slot}.new`);
  await disk.makeFolder(order.workFolder);
  await disk.remove(unfinished);
  const file = await disk.create(unfinished);
  const made = await writeAll(order, file).catch(async (error: unknown) => {
    await file.close().catch(() => undefined);
    await disk.remove(unfinished).catch(() => undefined);
    throw error;
  });
  await file.close();
  await disk.makeFolder(path.dirname(target));
  await disk.rename(unfinished, target);
  return {
    id: start.id,
    line: start.line,
    ...(stop.call !== undefined && { call: stop.call }),
    ...(start.call !== undefined && { callId: start.call }),
    why: start.why,
    startedAt: wallMs(start.wallMs),
    endedAt: wallMs(stop.endWallMs),
    durationMs: Math.round(stop.samples / samplesPerMs),
    path: relative,
    ...made,
    codec: 'opus',
    recovered: order.recovered,
  };
}

type Made = Pick<SealedRecording, 'bytes' | 'sha256' | 'lostSamples'>;

async function writeAll(order: SealOrder, file: DiskFile): Promise<Made> {
  const { start, stop } = order;
  const framesWanted = Math.ceil((stop.samples + start.preSkipSamples) / samplesPerFrame);
  const lostSamples = Math.min(await countLost(order, framesWanted), stop.samples);
  const ogg = new OggOpusWriter({
    serial: crc32(start.id),
    preSkipSamples: start.preSkipSamples,
    comments: commentsOf(order, lostSamples),
  });
  const hash = createHash('sha256');
  let parts: Uint8Array[] = [];
  let partBytes = 0;
  let position = 0;
  const add = (page: Uint8Array | undefined): void => {
    if (page === undefined) return;
    parts.push(page);
    partBytes += page.length;
  };
  const writeOut = async (): Promise<void> => {
    const bytes = Buffer.concat(parts);
    hash.update(bytes);
    await file.write(bytes, position);
    position += bytes.length;
    parts = [];
    partBytes = 0;
  };

  add(ogg.header());
  let frame = 0;
  const addSilence = (until: number): void => {
    for (; frame < Math.min(until, framesWanted); frame++) add(ogg.packet(silence));
  };
  for await (const records of order.records()) {
    for (const record of records) {
      if (record.type !== 'packets') continue;
      addSilence(record.frame);
      for (const [index, packet] of record.packets.entries()) {
        if (record.frame + index !== frame || frame >= framesWanted) continue;
        add(ogg.packet(packet));
        frame++;
      }
      if (partBytes > writeBytes) await writeOut();
    }
  }
  addSilence(framesWanted);
  add(ogg.end(stop.samples));
  await writeOut();
  await file.sync();
  return { bytes: position, sha256: hash.digest('hex'), lostSamples };
}

/** Samples that the capture counted as lost, and frames that should be in the log and are not (damage). */
async function countLost(order: SealOrder, framesWanted: number): Promise<number> {
  let frame = 0;
  let lost = 0;
  const expect = (next: number): void => {
    lost += Math.max(0, Math.min(next, framesWanted) - frame) * samplesPerFrame;
    frame = Math.max(frame, next);
  };
  for await (const records of order.records())
    for (const record of records) {
      if (record.type === 'packets') {
        expect(record.frame);
        frame = Math.max(frame, record.frame + record.packets.length);
      } else if (record.type === 'gap') {
        expect(record.frame);
        lost += record.lostSamples;
        frame = Math.max(frame, record.frame + record.silentFrames);
      }
    }
  expect(framesWanted);
  return lost;
}

/** What the archive needs to make the row anew from the file alone. */
function commentsOf({ room, start, stop, recovered }: SealOrder, lostSamples: number): Comment[] {
  const started = new Date(start.wallMs).toISOString();
  return [
    ['TITLE', `${start.line} ${started}`],
    ['DATE', started],
    ['LINEKEEPER_ROOM', room],
    ['LINEKEEPER_ID', start.id],
    ['LINEKEEPER_LINE', start.line],
    ['LINEKEEPER_WHY', start.why],
    ['LINEKEEPER_STARTED', String(start.wallMs)],
    ['LINEKEEPER_ENDED', String(stop.endWallMs)],
    ['LINEKEEPER_LOST', String(lostSamples)],
    ['LINEKEEPER_RECOVERED', String(recovered)],
    ...(start.call === undefined ? [] : [['LINEKEEPER_CALL_ID', start.call] as const]),
    ...(stop.call === undefined ? [] : [['LINEKEEPER_CALL', JSON.stringify(stop.call)] as const]),
  ];
}

function pathOf(start: CaptureStart): string {
  const iso = new Date(start.wallMs).toISOString();
  const time = iso.slice(11, 19).replaceAll(':', '');
  return `audio/${iso.slice(0, 10).replaceAll('-', '/')}/${time}_${plainName(start.line)}${recordingFileEnd(start.id)}`;
}
