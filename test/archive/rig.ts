/** An archive in a folder of its own, with real files of recordings. */
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { CallRecord, FromArchive, SealedRecording } from '../../src/model/messages.ts';
import { Archive } from '../../src/archive/archive.ts';
import { alarmReport } from '../../src/core/alarm-report/report.ts';
import { matchRecords } from '../../src/core/records/match.ts';
import { OggOpusWriter } from '../../src/format/ogg.ts';
import { monoMs, wallMs } from '../../src/model/units.ts';

const folders: string[] = [];
process.on('exit', () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

export function newFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'linekeeper-archive-'));
  folders.push(folder);
  return folder;
}

/** 23 November 2026, 08:00 UTC. */
export const noon = Date.UTC(2026, 10, 23, 8);

export class ArchiveRig {
  readonly folder: string;
  readonly messages: FromArchive[] = [];
  readonly logged: string[] = [];
  archive: Archive;

  constructor(folder = newFolder()) {
    this.folder = folder;
    this.archive = this.#open();
  }

  #open(): Archive {
    return Archive.open({
      start: { dataFolder: this.folder, room: 'test' },
      clock: { mono: () => monoMs(0), wall: () => wallMs(noon) },
      send: (message) => this.messages.push(message),
      log: (message) => this.logged.push(message),
      match: matchRecords,
      reportOf: alarmReport,
    });
  }

  again(): void {
    this.archive.close();
    this.open();
  }
  open(): void {
    this.messages.length = 0;
    this.logged.length = 0;
    this.archive = this.#open();
  }

  /** Makes a file and stores it; minutes after eight. */
  record(number: number, more: Partial<SealedRecording> = {}): SealedRecording {
    const recording = makeRecording(this.folder, number, more);
    if (!this.archive.store(recording)) throw new Error('not stored');
    return recording;
  }

  /** Conditions that stand. */
  get conditions(): string[] {
    const standing = new Map<string, boolean>();
    for (const message of this.messages)
      if (message.kind === 'condition') standing.set(message.type, message.active);
    return [...standing].filter(([, active]) => active).map(([type]) => type);
  }
}

export function makeRecording(
  folder: string,
  number: number,
  more: Partial<SealedRecording> = {},
): SealedRecording {
  const startedAt = wallMs(noon + number * 60_000);
  const endedAt = wallMs(startedAt + 20_000);
  const id = more.id ?? `r${number}`;
  const line = more.line ?? `L0${1 + (number % 2)}`;
  const call = more.call;
  const ogg = new OggOpusWriter({
    serial: number,
    preSkipSamples: 52,
    comments: [
      ['LINEKEEPER_ID', id],
      ['LINEKEEPER_LINE', line],
      ['LINEKEEPER_WHY', 'line-voltage'],
      ['LINEKEEPER_STARTED', String(startedAt)],
      ['LINEKEEPER_ENDED', String(endedAt)],
      ['LINEKEEPER_LOST', String(more.lostSamples ?? 0)],
      ['LINEKEEPER_RECOVERED', 'false'],
      ...(call === undefined ? [] : [['LINEKEEPER_CALL', JSON.stringify(call)] as const]),
      ...(call === undefined ? [] : [['LINEKEEPER_CALL_ID', call.id] as const]),
    ],
  });
  const parts: Uint8Array[] = [ogg.header()];
  for (let frame = 0; frame < 1001; frame++) {
    const page = ogg.packet(Uint8Array.of(0xf8, 0xff, 0xfe));
    if (page !== undefined) parts.push(page);
  }
  parts.push(ogg.end(160_000));
  const bytes = Buffer.concat(parts);
  const file = `audio/2026/11/23/0800${String(number).padStart(2, '0')}_${line}_${id}.opus`;
  mkdirSync(path.join(folder, path.dirname(file)), { recursive: true });
  writeFileSync(path.join(folder, file), bytes);
  return {
    id,
    line,
    ...(call !== undefined && { call, callId: call.id }),
    why: 'line-voltage',
    startedAt,
    endedAt,
    durationMs: 20_000,
    path: file,
    bytes: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    codec: 'opus',
    lostSamples: 0,
    recovered: false,
    ...more,
  };
}

export function makeCall(number: number, more: Partial<CallRecord> = {}): CallRecord {
  return {
    id: `c${number}`,
    line: `L0${1 + (number % 2)}`,
    trunk: '020-120-1',
    phone: '8001',
    direction: 'incoming',
    startedAt: wallMs(noon + number * 60_000),
    rings: 2,
    digits: '',
    caller: '',
    bypass: false,
    ...more,
  };
}
