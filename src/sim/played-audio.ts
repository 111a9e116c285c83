/**
 * Writes what the tap of each line really carried, so that a recording can be compared with it: one WAV file (8 kHz, mono,
 * 16 bit) for each time the loop is closed, and `played.jsonl` with every ring, off-hook and on-hook by sample and wall time.
 */
import { appendFileSync, closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import path from 'node:path';
import type { WallMs } from '../model/units.ts';

const rateHz = 8000;
const headerBytes = 44;

interface Open {
  readonly file: string;
  readonly descriptor: number;
  readonly firstSample: number;
  readonly wall: WallMs;
  samples: number;
}

export class PlayedAudio {
  readonly #folder: string;
  readonly #index: string;
  readonly #open = new Map<number, Open>();

  constructor(folder: string) {
    mkdirSync(folder, { recursive: true });
    this.#folder = folder;
    this.#index = path.join(folder, 'played.jsonl');
  }

  note(line: number, what: string, sample: number, wall: WallMs): void {
    this.#append({ line, what, sample, wall });
  }

  /** One frame of one line; `isActive`: the loop was closed at some time in it. */
  frame(line: number, firstSample: number, wall: WallMs, samples: Int16Array, isActive: boolean): void {
    let open = this.#open.get(line);
    if (!isActive) {
      if (open !== undefined) this.#finish(line, open);
      return;
    }
    if (open === undefined) {
      const file = `line${line}-${firstSample}.wav`;
      const descriptor = openSync(path.join(this.#folder, file), 'w');
      writeSync(descriptor, header(0));
      open = { file, descriptor, firstSample, wall, samples: 0 };
      this.#open.set(line, open);
    }
    writeSync(open.descriptor, Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength));
    open.samples += samples.length;
  }

  close(): void {
    for (const [line, open] of this.#open) this.#finish(line, open);
  }

  #finish(line: number, open: Open): void {
    this.#open.delete(line);
    writeSync(open.descriptor, header(open.samples * 2), 0, headerBytes, 0);
    closeSync(open.descriptor);
    const { file, firstSample, samples, wall } = open;
    this.#append({ line, what: 'played', file, sample: firstSample, samples, wall });
  }

  #append(row: Readonly<Record<string, number | string>>): void {
    appendFileSync(this.#index, `${JSON.stringify(row)}\n`);
  }
}

/** RIFF header of `bytes` of audio. */
function header(bytes: number): Buffer {
  const head = Buffer.alloc(headerBytes);
  head.write('RIFF', 0, 'latin1');
  head.writeUInt32LE(headerBytes - 8 + bytes, 4);
  head.write('WAVEfmt ', 8, 'latin1');
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(rateHz, 24);
  head.writeUInt32LE(rateHz * 2, 28);
  head.writeUInt16LE(2, 32);
  head.writeUInt16LE(16, 34);
  head.write('data', 36, 'latin1');
  head.writeUInt32LE(bytes, 40);
  return head;
}
