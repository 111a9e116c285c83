/**
 * Audio of one line on its way from the guard to the recorder: a ring of 16-bit linear samples at 8 kHz in shared memory,
 * one writer, any number of readers that only look, no lock. Every write leaves a time mark, so that a reader turns sample
 * positions into moments and back. Samples that never arrived are silence in the ring and are counted.
 *
 * The writer runs on the guard's thread: it never waits and never allocates. A reader that is too slow finds out
 * afterwards (`overrun`) and is told how much it missed.
 *
 * Positions count samples since the ring was made. In memory they are 32 bits wide; readers extend them.
 */
import type { MonoMs } from '../model/units.ts';
import { monoMs } from '../model/units.ts';

/** 16.384 s: the longest pre-roll plus the longest stall of the recorder. A power of two. */
export const ringSamples = 131_072;
const samplesPerMs = 8;
/** One mark a write: 20.48 s of 20 ms frames. A power of two. */
const marksMax = 1024;
/** Frames whose times leave a hole longer than this lost samples that nobody counted: the writer fills the hole. */
const holeSamplesMin = 60 * samplesPerMs;
/** A gap longer than this (37 hours) is written as one of this length. */
const gapSamplesMax = 2 ** 30;
/** After an overrun a reader starts again this far behind the overwritten part. */
const overrunMarginSamples = 8000;

const headerInts = 4;
/** The end of what is being overwritten at this moment, and of what can be read. */
const claimed = 0;
const written = 1;
const marksClaimed = 2;
const marksWritten = 3;

/** Per mark: end position, samples of the write, samples of it that were lost. */
const intsPerMark = 3;
const atsOffset = headerInts * 4;
const marksOffset = atsOffset + marksMax * 8;
const samplesOffset = marksOffset + marksMax * intsPerMark * 4;

export function makeAudioRing(): SharedArrayBuffer {
  const buffer = new SharedArrayBuffer(samplesOffset + ringSamples * 2);
  new Float64Array(buffer, atsOffset, marksMax).fill(NaN);
  return buffer;
}

class RingMemory {
  readonly header: Int32Array;
  readonly ats: Float64Array;
  readonly marks: Int32Array;
  readonly samples: Int16Array;

  constructor(buffer: SharedArrayBuffer) {
    this.header = new Int32Array(buffer, 0, headerInts);
    this.ats = new Float64Array(buffer, atsOffset, marksMax);
    this.marks = new Int32Array(buffer, marksOffset, marksMax * intsPerMark);
    this.samples = new Int16Array(buffer, samplesOffset, ringSamples);
  }
}

/** The guard's side. Moments (`at`) are those of the last sample of what is written. */
export class AudioRingWriter {
  readonly #memory: RingMemory;
  #position: number;
  #marks: number;

  constructor(buffer: SharedArrayBuffer) {
    this.#memory = new RingMemory(buffer);
    this.#position = Atomics.load(this.#memory.header, written);
    this.#marks = Atomics.load(this.#memory.header, marksWritten);
  }

  /** Appends `count` samples of `samples`, beginning at index `from`. */
  write(at: MonoMs, samples: Int16Array, from: number, count: number): void {
    const last = this.#memory.ats[(this.#marks - 1) & (marksMax - 1)] ?? NaN;
    const hole = Math.round((at - last) * samplesPerMs) - count;
    if (hole > holeSamplesMin) this.gap(monoMs(at - count / samplesPerMs), hole);
    const { header, samples: ring } = this.#memory;
    const begin = this.#position;
    Atomics.store(header, claimed, (begin + count) | 0);
    for (let index = 0; index < count; index++)
      ring[(begin + index) & (ringSamples - 1)] = samples[from + index] ?? 0;
    this.#publish(at, count, 0);
  }

  /** `count` samples, the last of them due at `at`, never arrived. */
  gap(at: MonoMs, count: number): void {
    if (count <= 0) return;
    const length = Math.min(count, gapSamplesMax);
    const { header, samples: ring } = this.#memory;
    const end = (this.#position + length) | 0;
    Atomics.store(header, claimed, end);
    const silent = Math.min(length, ringSamples);
    for (let index = 1; index <= silent; index++) ring[(end - index) & (ringSamples - 1)] = 0;
    this.#publish(at, length, length);
  }

  #publish(at: MonoMs, count: number, lost: number): void {
    const { header, ats, marks } = this.#memory;
    const mark = this.#marks & (marksMax - 1);
    this.#marks = (this.#marks + 1) | 0;
    this.#position = (this.#position + count) | 0;
    Atomics.store(header, marksClaimed, this.#marks);
    ats[mark] = at;
    marks[mark * intsPerMark] = this.#position;
    marks[mark * intsPerMark + 1] = count;
    marks[mark * intsPerMark + 2] = lost;
    Atomics.store(header, marksWritten, this.#marks);
    Atomics.store(header, written, this.#position);
  }
}

export type RingRead =
  /** `lost` of the samples never arrived and are silence. */
  | { readonly kind: 'read'; readonly lost: number }
  /** Not all of them are there yet. */
  | { readonly kind: 'wait' }
  /** They were overwritten. Go on at `next`, a whole number of reads further; `lost` samples lie in between. */
  | { readonly kind: 'overrun'; readonly next: number; readonly lost: number };

interface Mark {
  /** Position behind the last sample of the write. */
  end: number;
  count: number;
  lost: number;
  at: number;
}

export class AudioRingReader {
  readonly #memory: RingMemory;
  readonly #mark: Mark = { end: 0, count: 0, lost: 0, at: 0 };
  #written: number;

  constructor(buffer: SharedArrayBuffer) {
    this.#memory = new RingMemory(buffer);
    this.#written = Atomics.load(this.#memory.header, written) >>> 0;
  }

  /** Position behind the newest sample. */
  get written(): number {
    this.#written += (Atomics.load(this.#memory.header, written) - (this.#written | 0)) | 0;
    return this.#written;
  }

  /** Fills `out` with the samples from position `from` on. */
  read(from: number, out: Int16Array): RingRead {
    const { header, samples } = this.#memory;
    const count = out.length;
    if (from + count > this.written) return { kind: 'wait' };
    for (let index = 0; index < count; index++) out[index] = samples[(from + index) & (ringSamples - 1)] ?? 0;
    const lost = this.#lostBetween(from, from + count);
    const end = this.#extend(Atomics.load(header, claimed));
    if (end - from <= ringSamples) return { kind: 'read', lost };
    const missed = end - ringSamples + overrunMarginSamples - from;
    const skipped = Math.ceil(missed / count) * count;
    return { kind: 'overrun', next: from + skipped, lost: skipped };
  }

  /** Moment of the sample at `position`; beyond the newest and before the oldest mark by the sample rate. */
  timeAt(position: number): MonoMs | undefined {
    let found: number | undefined;
    for (let back = 1; this.#load(back); back++) {
      found = this.#mark.at - (this.#mark.end - 1 - position) / samplesPerMs;
      if (this.#mark.end - this.#mark.count <= position) break;
    }
    return found === undefined ? undefined : monoMs(found);
  }

  /** Position of the sample at moment `at`, not before the oldest one that can still be read. */
  positionAt(at: MonoMs): number | undefined {
    let found: number | undefined;
    let isNewest = true;
    for (let back = 1; this.#load(back); back++) {
      const { end, count, at: endAt } = this.#mark;
      const begin = end - count;
      const position = end - 1 - Math.round((endAt - at) * samplesPerMs);
      found = Math.max(begin, isNewest ? position : Math.min(position, end));
      if (position >= begin) break;
      isNewest = false;
    }
    return found === undefined ? undefined : Math.max(found, this.oldest);
  }

  /** First position that a reader may still get in time. */
  get oldest(): number {
    return Math.max(0, this.written - ringSamples + overrunMarginSamples);
  }

  #lostBetween(from: number, to: number): number {
    let lost = 0;
    for (let back = 1; this.#load(back); back++) {
      const { end, count, lost: lostOfMark } = this.#mark;
      if (end <= from) break;
      if (lostOfMark > 0) lost += Math.max(0, Math.min(to, end) - Math.max(from, end - count));
    }
    return lost;
  }

  /** Loads the mark that is `back` marks before the next one; false when there is none (any more). */
  #load(back: number): boolean {
    if (back > marksMax) return false;
    const { header, ats, marks } = this.#memory;
    const index = (Atomics.load(header, marksWritten) - back) | 0;
    const slot = index & (marksMax - 1);
    const at = ats[slot] ?? NaN;
    this.#mark.at = at;
    this.#mark.end = this.#extend(marks[slot * intsPerMark] ?? 0);
    this.#mark.count = marks[slot * intsPerMark + 1] ?? 0;
    this.#mark.lost = marks[slot * intsPerMark + 2] ?? 0;
    const isWhole = ((Atomics.load(header, marksClaimed) - index) | 0) <= marksMax;
    return isWhole && !Number.isNaN(at);
  }

  /** A position of the shared memory, near to the newest one, in full width. */
  #extend(position: number): number {
    const now = this.written;
    return now + ((position - (now | 0)) | 0);
  }
}
