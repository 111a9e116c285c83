/**
 * The capture log: everything that the recorder has encoded and not yet sealed, of all lines, in append-only segments.
 * After a crash unfinished recordings are rebuilt from it. Each record carries its length and a CRC-32 that begins with the
 * segment's number, so that neither a torn tail nor a record of another segment passes. The scanner stops at the first bad
 * record, says where, and never throws.
 *
 *     segment:  "LKCAPLOG" version u16, 0 u16, number u32, pid u32, crc u32
 *     record:   length u32 (of the payload), type u8, slot u32, payload, crc u32        all little endian
 *
 * A slot names one recording within the log. Frames of a recording are numbered from 0, 20 ms each; numbers without a
 * packet are silence.
 */
import { crc32 } from '@node-rs/crc32';
import type { CallRecord, SealedRecording } from '../model/messages.ts';
import type { CallId, LineId, RecordingId } from '../model/ids.ts';
import { packetBytesMax } from './ogg.ts';

const magic = new TextEncoder().encode('LKCAPLOG');
const version = 1;
export const segmentHeaderBytes = 24;
const recordHeaderBytes = 9;
const crcBytes = 4;
/** No record is longer; a longer length is damage. */
export const payloadBytesMax = 65_536;
/** Packets of one `packets` record: one second. */
export const packetsPerRecordMax = 50;

/** What a recording is, written before its first packet. */
export interface CaptureStart {
  readonly id: RecordingId;
  readonly line: LineId;
  readonly call?: CallId;
  readonly why: string;
  /** Moment of the first sample, for people and on the clock of this boot. */
  readonly wallMs: number;
  readonly monoMs: number;
  /** Position of the first sample in the line's ring: a recorder that is started again in the same process goes on. */
  readonly ringPosition: number;
  readonly preSkipSamples: number;
}

/** A recording has all its packets. */
export interface CaptureStop {
  /** Samples wanted at 8 kHz; the last packets hold a little more. */
  readonly samples: number;
  readonly endWallMs: number;
  readonly call?: CallRecord;
}

export type CaptureRecord =
  | { readonly type: 'start'; readonly slot: number; readonly start: CaptureStart }
  | {
      readonly type: 'packets';
      readonly slot: number;
      /** Number of the first packet's frame; the others follow. */
      readonly frame: number;
      readonly packets: readonly Uint8Array[];
    }
  /** `lostSamples` never arrived; `silentFrames` of them have no packet (the others are silence in packets). */
  | {
      readonly type: 'gap';
      readonly slot: number;
      readonly frame: number;
      readonly lostSamples: number;
      readonly silentFrames: number;
    }
  | { readonly type: 'stop'; readonly slot: number; readonly stop: CaptureStop }
  /** The file is on disk under its name; the archive does not have it yet. */
  | { readonly type: 'sealed'; readonly slot: number; readonly recording: SealedRecording }
  /** The archive has it, or there was nothing to keep: this recording needs the log no more. */
  | { readonly type: 'done'; readonly slot: number };

const typeNumbers = { start: 1, packets: 2, gap: 3, stop: 4, sealed: 5, done: 6 } as const;

export interface SegmentHeader {
  readonly number: number;
  /** Process that wrote it. */
  readonly pid: number;
}

export function encodeSegmentHeader(header: SegmentHeader): Uint8Array {
  const bytes = new Uint8Array(segmentHeaderBytes);
  const view = new DataView(bytes.buffer);
  bytes.set(magic);
  view.setUint16(8, version, true);
  view.setUint32(12, header.number, true);
  view.setUint32(16, header.pid, true);
  view.setUint32(20, crc32(bytes.subarray(0, 20)), true);
  return bytes;
}

/** Bytes of one record for the segment with this number. */
export function encodeRecord(segment: number, record: CaptureRecord): Uint8Array {
  const payload = payloadOf(record);
  if (payload.length > payloadBytesMax) throw new RangeError(`capture record of ${payload.length} bytes`);
  const bytes = new Uint8Array(recordHeaderBytes + payload.length + crcBytes);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, payload.length, true);
  view.setUint8(4, typeNumbers[record.type]);
  view.setUint32(5, record.slot, true);
  bytes.set(payload, recordHeaderBytes);
  const end = recordHeaderBytes + payload.length;
  view.setUint32(end, crc32(bytes.subarray(0, end), segment), true);
  return bytes;
}

function payloadOf(record: CaptureRecord): Uint8Array {
  switch (record.type) {
    case 'start':
      return jsonBytes(record.start);
    case 'stop':
      return jsonBytes(record.stop);
    case 'sealed':
      return jsonBytes(record.recording);
    case 'done':
      return new Uint8Array();
    case 'gap': {
      const bytes = new Uint8Array(12);
      const view = new DataView(bytes.buffer);
      view.setUint32(0, record.frame, true);
      view.setUint32(4, Math.min(record.lostSamples, 0xffffffff), true);
      view.setUint32(8, record.silentFrames, true);
      return bytes;
    }
    case 'packets': {
      const size = record.packets.reduce((sum, packet) => sum + 2 + packet.length, 0);
      const bytes = new Uint8Array(5 + size);
      const view = new DataView(bytes.buffer);
      view.setUint32(0, record.frame, true);
      view.setUint8(4, record.packets.length);
      let offset = 5;
      for (const packet of record.packets) {
        view.setUint16(offset, packet.length, true);
        bytes.set(packet, offset + 2);
        offset += 2 + packet.length;
      }
      return bytes;
    }
  }
}

export type ScanEnd =
  /** The segment ends behind a whole record. */
  | { readonly kind: 'whole'; readonly offset: number }
  /** The last record is not all there: a crash. */
  | { readonly kind: 'torn'; readonly offset: number }
  | { readonly kind: 'damaged'; readonly offset: number }
  | { readonly kind: 'not-ours'; readonly offset: number };

export interface Scan {
  readonly header: SegmentHeader | undefined;
  readonly end: ScanEnd;
}

/** Gives every good record of a segment to `take`, in order, up to the first bad one. */
export function scanCaptureLog(bytes: Uint8Array, take: (record: CaptureRecord) => void): Scan {
  const header = readSegmentHeader(bytes);
  if (header === undefined) return { header, end: { kind: 'not-ours', offset: 0 } };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let offset = segmentHeaderBytes;
  while (offset < bytes.length) {
    if (bytes.length - offset < recordHeaderBytes + crcBytes)
      return { header, end: { kind: 'torn', offset } };
    const length = view.getUint32(offset, true);
    if (length > payloadBytesMax) return { header, end: { kind: 'damaged', offset } };
    const crcAt = offset + recordHeaderBytes + length;
    if (crcAt + crcBytes > bytes.length) return { header, end: { kind: 'torn', offset } };
    const isGood = crc32(bytes.subarray(offset, crcAt), header.number) === view.getUint32(crcAt, true);
    const record = isGood
      ? decodeRecord(
          view.getUint8(offset + 4),
          view.getUint32(offset + 5, true),
          bytes.subarray(offset + recordHeaderBytes, crcAt),
        )
      : undefined;
    if (record === undefined) return { header, end: { kind: 'damaged', offset } };
    take(record);
    offset = crcAt + crcBytes;
  }
  return { header, end: { kind: 'whole', offset } };
}

function readSegmentHeader(bytes: Uint8Array): SegmentHeader | undefined {
  if (bytes.length < segmentHeaderBytes || !magic.every((byte, index) => bytes[index] === byte))
    return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint16(8, true) !== version) return undefined;
  if (crc32(bytes.subarray(0, 20)) !== view.getUint32(20, true)) return undefined;
  return { number: view.getUint32(12, true), pid: view.getUint32(16, true) };
}

function decodeRecord(type: number, slot: number, payload: Uint8Array): CaptureRecord | undefined {
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  switch (type) {
    case typeNumbers.start: {
      const start = readJson(payload, isCaptureStart);
      return start && { type: 'start', slot, start };
    }
    case typeNumbers.stop: {
      const stop = readJson(payload, isCaptureStop);
      return stop && { type: 'stop', slot, stop };
    }
    case typeNumbers.sealed: {
      const recording = readJson(payload, isSealedRecording);
      return recording && { type: 'sealed', slot, recording };
    }
    case typeNumbers.done:
      return { type: 'done', slot };
    case typeNumbers.gap:
      if (payload.length !== 12) return undefined;
      return {
        type: 'gap',
        slot,
        frame: view.getUint32(0, true),
        lostSamples: view.getUint32(4, true),
        silentFrames: view.getUint32(8, true),
      };
    case typeNumbers.packets: {
      const packets = readPackets(payload);
      return packets && { type: 'packets', slot, frame: view.getUint32(0, true), packets };
    }
    default:
      return undefined;
  }
}

function readPackets(payload: Uint8Array): Uint8Array[] | undefined {
  if (payload.length < 5) return undefined;
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  const packets: Uint8Array[] = [];
  let offset = 5;
  for (let left = view.getUint8(4); left > 0; left--) {
    if (offset + 2 > payload.length) return undefined;
    const length = view.getUint16(offset, true);
    if (length === 0 || length > packetBytesMax || offset + 2 + length > payload.length) return undefined;
    packets.push(payload.subarray(offset + 2, offset + 2 + length));
    offset += 2 + length;
  }
  return offset === payload.length ? packets : undefined;
}

const jsonBytes = (value: object): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

function readJson<T>(payload: Uint8Array, is: (value: Fields) => value is Fields & T): T | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(payload));
    return typeof value === 'object' && value !== null && is(value as Fields)
      ? (value as Fields & T)
      : undefined;
  } catch {
    return undefined;
  }
}

type Fields = Record<string, unknown>;
const allStrings = (value: Fields, ...keys: readonly string[]): boolean =>
  keys.every((key) => typeof value[key] === 'string');
const allNumbers = (value: Fields, ...keys: readonly string[]): boolean =>
  keys.every((key) => Number.isFinite(value[key]));

const isCaptureStart = (value: Fields): value is Fields & CaptureStart =>
  allStrings(value, 'id', 'line', 'why') &&
  allNumbers(value, 'wallMs', 'monoMs', 'ringPosition', 'preSkipSamples');
const isCaptureStop = (value: Fields): value is Fields & CaptureStop =>
  allNumbers(value, 'samples', 'endWallMs');
const isSealedRecording = (value: Fields): value is Fields & SealedRecording =>
  allStrings(value, 'id', 'line', 'why', 'path', 'sha256') &&
  allNumbers(value, 'startedAt', 'endedAt', 'durationMs', 'bytes', 'lostSamples');
