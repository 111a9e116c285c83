/**
 * Frames of the wire protocol: header, payload, seal, CRC-32, COBS. `FrameReader` takes bytes as they come and hands out
 * one reused `Frame` for each good one; what is damaged is counted and skipped up to the next zero. It never throws and
 * allocates nothing for a frame whose length it has met before.
 */
import { crc32 } from '@node-rs/crc32';
import { cobsBytesMax, stuff } from './cobs.ts';
import {
  crcBytes,
  flagSealed,
  frameBytesMax,
  headerBytes,
  payloadBytesMax,
  protocolVersion,
  sealBytes,
} from './protocol.ts';
import type { Seal } from './seal.ts';

/** A good frame; valid only during the call that hands it out. */
export interface Frame {
  version: number;
  type: number;
  sequence: number;
  sealed: boolean;
  /** The whole frame without COBS. */
  readonly bytes: Buffer;
  /** Where the payload begins and ends in `bytes`. */
  readonly start: number;
  end: number;
}

/** Views of the buffer by length are kept, because most frames have one of few lengths. */
const viewsMax = 64;

export class FrameReader {
  readonly #buffer = Buffer.alloc(frameBytesMax);
  readonly #views = new Map<number, Buffer>();
  readonly #onFrame: (frame: Frame) => void;
  readonly #frame: Frame;
  /** Bytes unstuffed so far. */
  #length = 0;
  /** Bytes left in the present COBS block. */
  #block = 0;
  /** A zero follows the present block unless the frame ends with it. */
  #zeroNext = false;
  #isEmpty = true;
  #overrun = false;
  #inStep = true;
  #good = 0;
  #bad = 0;
  #resyncs = 0;

  constructor(onFrame: (frame: Frame) => void) {
    this.#onFrame = onFrame;
    this.#frame = {
      version: 0,
      type: 0,
      sequence: 0,
      sealed: false,
      bytes: this.#buffer,
      start: headerBytes,
      end: headerBytes,
    };
  }

  get good(): number {
    return this.#good;
  }
  /** Pieces between two zeros that were no frame. */
  get bad(): number {
    return this.#bad;
  }
  /** Times that the stream went from good to bad. */
  get resyncs(): number {
    return this.#resyncs;
  }

  /** Forgets a half-received frame: the link was lost. */
  reset(): void {
    this.#startFrame();
  }

  push(chunk: Uint8Array): void {
    for (const byte of chunk) {
      if (byte === 0) {
        this.#endFrame();
        continue;
      }
      this.#isEmpty = false;
      if (this.#overrun) continue;
      if (this.#block === 0) {
        if (this.#zeroNext) this.#put(0);
        this.#block = byte - 1;
        this.#zeroNext = byte !== 0xff;
      } else {
        this.#put(byte);
        this.#block--;
      }
    }
  }

  #put(byte: number): void {
    if (this.#length === frameBytesMax) this.#overrun = true;
    else this.#buffer[this.#length++] = byte;
  }

  #startFrame(): void {
    this.#length = 0;
    this.#block = 0;
    this.#zeroNext = false;
    this.#isEmpty = true;
    this.#overrun = false;
  }

  #endFrame(): void {
    if (this.#isEmpty) return;
    const isGood = !this.#overrun && this.#block === 0 && this.#take();
    this.#startFrame();
    if (isGood) {
      this.#good++;
      this.#inStep = true;
      this.#onFrame(this.#frame);
      return;
    }
    this.#bad++;
    if (this.#inStep) this.#resyncs++;
    this.#inStep = false;
  }

  #take(): boolean {
    const length = this.#length;
    const bytes = this.#buffer;
    if (length < headerBytes + crcBytes) return false;
    const sealed = ((bytes[2] ?? 0) & flagSealed) !== 0;
    const payloadBytes = (bytes[4] ?? 0) | ((bytes[5] ?? 0) << 8);
    if (payloadBytes > payloadBytesMax) return false;
    if (length !== headerBytes + payloadBytes + (sealed ? sealBytes : 0) + crcBytes) return false;
    if (crc32(this.#view(length - crcBytes)) !== bytes.readUInt32LE(length - crcBytes)) return false;
    const frame = this.#frame;
    frame.version = bytes[0] ?? 0;
    frame.type = bytes[1] ?? 0;
    frame.sequence = (bytes[6] ?? 0) | ((bytes[7] ?? 0) << 8);
    frame.sealed = sealed;
    frame.end = headerBytes + payloadBytes;
    return true;
  }

  #view(length: number): Buffer {
    let view = this.#views.get(length);
    if (view === undefined) {
      if (this.#views.size === viewsMax) this.#views.clear();
      view = this.#buffer.subarray(0, length);
      this.#views.set(length, view);
    }
    return view;
  }
}

/** Writes the frames of one direction, counting their sequence. */
export class FrameWriter {
  readonly #raw = Buffer.alloc(frameBytesMax);
  #sequence = 0;

  /** A fresh buffer with the frame as it goes over the wire: COBS and the ending zero. */
  frame(type: number, payload: Uint8Array, seal?: Seal): Buffer {
    const length = this.#build(type, payload, seal);
    const wire = Buffer.allocUnsafe(cobsBytesMax(length) + 1);
    const end = stuff(this.#raw, length, wire, 0);
    wire[end] = 0;
    return wire.subarray(0, end + 1);
  }

  #build(type: number, payload: Uint8Array, seal: Seal | undefined): number {
    if (payload.length > payloadBytesMax)
      throw new RangeError(`payload of ${payload.length} bytes, at most ${payloadBytesMax}`);
    const raw = this.#raw;
    raw[0] = protocolVersion;
    raw[1] = type;
    raw[2] = seal === undefined ? 0 : flagSealed;
    raw[3] = 0;
    raw.writeUInt16LE(payload.length, 4);
    raw.writeUInt16LE(this.#sequence, 6);
    this.#sequence = (this.#sequence + 1) & 0xffff;
    raw.set(payload, headerBytes);
    let end = headerBytes + payload.length;
    if (seal !== undefined) {
      seal.write(raw, end);
      end += sealBytes;
    }
    raw.writeUInt32LE(crc32(raw.subarray(0, end)), end);
    return end + crcBytes;
  }
}

/** Frames lost between two sequence numbers of one direction; 0 also where the newer one repeats or restarts. */
export function lostBetween(previous: number, sequence: number): number {
  const step = (sequence - previous) & 0xffff;
  return step === 0 || step >= 0x8000 ? 0 : step - 1;
}
