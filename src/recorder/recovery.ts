/**
 * What a run before left in the capture log: recordings that were never finished, finished but not sealed, or sealed but not
 * yet taken by the archive. Only reads. A damaged segment costs what lies behind the damage, and the others are still read.
 */
import path from 'node:path';
import type { CaptureRecord, CaptureStart, CaptureStop } from '../format/capture-log.ts';
import type { Disk } from '../ports/disk.ts';
import type { SealedRecording } from '../model/messages.ts';
import { numberOfSegment } from './log-writer.ts';
import { reasonOf } from './trouble.ts';
import { scanCaptureLog } from '../format/capture-log.ts';

export interface LeftRecording {
  readonly slot: number;
  readonly firstSegment: number;
  /** Process that began it. */
  readonly pid: number;
  readonly start: CaptureStart;
  /** Frames in the log, silent ones included. */
  readonly frames: number;
  readonly stop?: CaptureStop;
  readonly sealed?: SealedRecording;
}

export interface LeftLog {
  readonly recordings: readonly LeftRecording[];
  /** Those that could be read; the others are left alone. */
  readonly segments: readonly number[];
  readonly nextSegment: number;
  /** `undefined`: some slots may be unknown. */
  readonly nextSlot: number | undefined;
  /** Segments with damage in the middle, for the log. */
  readonly damaged: readonly string[];
}

type Found = { -readonly [K in keyof LeftRecording]: LeftRecording[K] };

export async function readLeftLog(disk: Disk, folder: string): Promise<LeftLog> {
  const names = await disk.list(folder);
  const segments = names.flatMap((name) => numberOfSegment(name) ?? []).sort((a, b) => a - b);
  const found = new Map<number, Found>();
  const damaged: string[] = [];
  const readable: number[] = [];
  let highestSlot = 0;
  for (const number of segments) {
    const name = names.find((candidate) => numberOfSegment(candidate) === number) ?? '';
    const bytes = await disk.read(path.join(folder, name)).catch((error: unknown) => {
      damaged.push(`${name}: ${reasonOf(error)}`);
      return undefined;
    });
    if (bytes === undefined) continue;
    readable.push(number);
    const records: CaptureRecord[] = [];
    const { header, end } = scanCaptureLog(bytes, (record) => records.push(record));
    if (end.kind === 'damaged' || end.kind === 'not-ours') damaged.push(`${name} at byte ${end.offset}`);
    for (const record of records) {
      highestSlot = Math.max(highestSlot, record.slot);
      note(found, record, number, header?.pid ?? 0);
    }
  }
  return {
    recordings: [...found.values()],
    segments: readable,
    nextSegment: (segments.at(-1) ?? 0) + 1,
    nextSlot: readable.length === segments.length ? highestSlot + 1 : undefined,
    damaged,
  };
}

function note(found: Map<number, Found>, record: CaptureRecord, segment: number, pid: number): void {
  if (record.type === 'start') {
    found.set(record.slot, { slot: record.slot, firstSegment: segment, pid, start: record.start, frames: 0 });
    return;
  }
  const recording = found.get(record.slot);
  // Its first segment is gone: the archive has it.
  if (recording === undefined) return;
  switch (record.type) {
    case 'packets':
      recording.frames = Math.max(recording.frames, record.frame + record.packets.length);
      return;
    case 'gap':
      recording.frames = Math.max(recording.frames, record.frame + record.silentFrames);
      return;
    case 'stop':
      recording.stop = record.stop;
      return;
    case 'sealed':
      recording.sealed = record.recording;
      return;
    case 'done':
      found.delete(record.slot);
      return;
  }
}
