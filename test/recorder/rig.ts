/** A recorder with a clock, rings and a disk that a test drives: no thread, no timer, no real time. */
import { createRequire } from 'node:module';
import path from 'node:path';
import type { Disk, DiskFile } from '../../src/ports/disk.ts';
import type { FromRecorder, RecorderToArchive, SealedRecording } from '../../src/model/messages.ts';
import type { OggOpus } from '../../src/format/ogg.ts';
import { AudioRingWriter, makeAudioRing } from '../../src/signal/audio-ring.ts';
import { Recorder } from '../../src/recorder/recorder.ts';
import { makeOpusEncoder } from '../../src/drivers/audio/opus.ts';
import { monoMs, wallMs } from '../../src/model/units.ts';
import { readOggOpus } from '../../src/format/ogg.ts';
import { chance } from '../signal/voices.ts';

export const dataFolder = '/data';

interface StoredFile {
  bytes: Buffer;
  /** So much of it survives a power cut for certain. */
  syncedBytes: number;
}

/** A disk in memory that can refuse, and whose power can be cut. */
export class MemoryDisk implements Disk {
  readonly files = new Map<string, StoredFile>();
  /** Error code of every write from now on. */
  refuses: string | undefined;
  /** A write hangs until the test lets it go. */
  hangs: Promise<void> | undefined;
  refused = 0;

  async makeFolder(): Promise<void> {
    await this.#gate();
  }
  list(folder: string): Promise<readonly string[]> {
    return Promise.resolve(
      [...this.files.keys()]
        .filter((name) => path.dirname(name) === folder)
        .map((name) => path.basename(name)),
    );
  }
  read(name: string): Promise<Uint8Array> {
    const file = this.files.get(name);
    return file === undefined
      ? Promise.reject(codedError('ENOENT'))
      : Promise.resolve(Buffer.from(file.bytes));
  }
  async create(name: string): Promise<DiskFile> {
    await this.#gate();
    if (this.files.has(name)) throw codedError('EEXIST');
    const file: StoredFile = { bytes: Buffer.alloc(0), syncedBytes: 0 };
    this.files.set(name, file);
    return {
      write: async (bytes, position) => {
        await this.#gate(() => {
          // A full disk takes a part.
          const part = bytes.subarray(0, Math.floor(bytes.length / 3));
          file.bytes = Buffer.concat([file.bytes.subarray(0, position), part]);
        });
        file.bytes = Buffer.concat([file.bytes.subarray(0, position), bytes]);
      },
      sync: async () => {
        const { length } = file.bytes;
        await this.#gate();
        file.syncedBytes = Math.max(file.syncedBytes, length);
      },
      close: () => Promise.resolve(),
    };
  }
  async rename(from: string, to: string): Promise<void> {
    await this.#gate();
    const file = this.files.get(from);
    if (file === undefined) throw codedError('ENOENT');
    this.files.delete(from);
    this.files.set(to, file);
  }
  remove(name: string): Promise<void> {
    this.files.delete(name);
    return Promise.resolve();
  }

  /** The disk as it is found after the power went: of what was not synced any part is there. */
  afterPowerCut(seed: number): MemoryDisk {
    const random = chance(seed);
    const after = new MemoryDisk();
    for (const [name, { bytes, syncedBytes }] of this.files) {
      const length = syncedBytes + Math.floor(random() * (bytes.length - syncedBytes + 1));
      after.files.set(name, { bytes: Buffer.from(bytes.subarray(0, length)), syncedBytes: length });
    }
    return after;
  }

  async #gate(beforeRefusal?: () => void): Promise<void> {
    await this.hangs;
    if (this.refuses === undefined) return;
    this.refused++;
    beforeRefusal?.();
    throw codedError(this.refuses);
  }
}

export function codedError(code: string): Error {
  return Object.assign(new Error(`${code}: refused`), { code });
}

export class RecorderRig {
  readonly messages: FromRecorder[] = [];
  readonly offered: SealedRecording[] = [];
  readonly logged: string[] = [];
  readonly rings = new Map<string, { buffer: SharedArrayBuffer; writer: AudioRingWriter }>();
  disk: MemoryDisk;
  nowMs = 100_000;
  recorder: Recorder;
  /** The archive answers at once. */
  archiveStores = true;
  /** What a line hears at a moment, sample by sample; undefined: nothing arrives. */
  sound: (line: string, firstSample: number, out: Int16Array) => boolean = (_line, _first, out) => {
    out.fill(0);
    return true;
  };
  readonly #frame = new Int16Array(160);

  constructor(lines: readonly string[], disk = new MemoryDisk(), pid = 1) {
    this.disk = disk;
    for (const line of lines) {
      const buffer = makeAudioRing();
      this.rings.set(line, { buffer, writer: new AudioRingWriter(buffer) });
    }
    this.recorder = this.#make(pid);
  }

  #make(pid: number): Recorder {
    return new Recorder({
      start: {
        dataFolder,
        room: 'test',
        settings: {
          start: 'line-voltage',
          preRollMs: 2000,
          hangOverMs: 3000,
          keepDays: 400,
          promptAtPercent: 85,
          bitRate: 16_000,
          complexity: 5,
        },
        rings: [...this.rings].map(([line, { buffer }]) => ({ line, buffer })),
        clock: { mono: monoMs(0), wall: wallMs(Date.UTC(2026, 10, 23, 8)) },
      },
      clock: { mono: () => monoMs(this.nowMs), wall: () => wallMs(this.nowMs) },
      disk: this.disk,
      pid,
      makeEncoder: makeOpusEncoder,
      memoryMB: () => 50,
      send: (message) => this.messages.push(message),
      log: (message) => this.logged.push(message),
    });
  }

  /** Another recorder on the same disk; `sameProcess`: the rings live on. */
  async startAgain(disk: MemoryDisk, pid: number): Promise<void> {
    this.disk = disk;
    this.messages.length = 0;
    this.offered.length = 0;
    this.recorder = this.#make(pid);
    await this.begin();
  }

  async begin(): Promise<void> {
    await this.recorder.begin();
    const { length } = this.of('condition').filter(({ active }) => !active);
    if (length > 0)
      this.messages.splice(
        0,
        this.messages.length,
        ...this.messages.filter((m) => m.kind !== 'condition' || m.active),
      );
    const offer = ({ recording }: RecorderToArchive): void => {
      this.offered.push(recording);
      if (this.archiveStores) this.recorder.stored(recording.id);
    };
    this.recorder.offerTo(offer);
  }

  /** Sample number (8 kHz) that a line carries at a moment. */
  sampleAt(ms: number): number {
    return Math.round(ms * 8);
  }

  /** Lets the room run: every 20 ms a frame of every line and a tick. */
  async run(ms: number, each?: (nowMs: number) => void): Promise<void> {
    for (let passed = 0; passed < ms; passed += 20) {
      this.nowMs += 20;
      for (const [line, { writer }] of this.rings) {
        const first = this.sampleAt(this.nowMs) - 160;
        if (this.sound(line, first, this.#frame))
          writer.write(monoMs((first + 159) / 8), this.#frame, 0, 160);
      }
      each?.(this.nowMs);
      this.recorder.tick();
      if (this.disk.hangs === undefined) await this.recorder.settled();
    }
  }

  start(id: string, line: string, fromMs: number): void {
    this.recorder.take({
      kind: 'start',
      id,
      line,
      from: monoMs(fromMs),
      call: `call-${id}`,
      why: 'line-voltage',
    });
  }
  stop(id: string, line: string, toMs: number): void {
    this.recorder.take({ kind: 'stop', id, line, to: monoMs(toMs) });
  }

  of<K extends FromRecorder['kind']>(kind: K): Extract<FromRecorder, { kind: K }>[] {
    return this.messages.filter(
      (message): message is Extract<FromRecorder, { kind: K }> => message.kind === kind,
    );
  }

  /** The file of a sealed recording. */
  file(recording: SealedRecording | undefined): OggOpus & { readonly bytes: Buffer } {
    if (recording === undefined) throw new Error('no such recording');
    const bytes = this.disk.files.get(path.join(dataFolder, recording.path))?.bytes;
    const ogg = bytes && readOggOpus(bytes);
    if (bytes === undefined || ogg === undefined)
      throw new Error(`${recording.path} is not there or not an ogg file`);
    return { ...ogg, bytes };
  }
}

interface Decoder {
  decode(packet: Uint8Array): Uint8Array;
}
type DecoderClass = new (options: { channels: 1; sample_rate: 8000 }) => Decoder;

/** Samples as a player gives them. */
export function decode(ogg: OggOpus): Int16Array {
  const { Decoder } = createRequire(import.meta.url)('@evan/opus') as { Decoder: DecoderClass };
  const decoder = new Decoder({ channels: 1, sample_rate: 8000 });
  const samples = new Int16Array(ogg.packets.length * 160);
  for (const [index, packet] of ogg.packets.entries()) {
    const bytes = decoder.decode(packet);
    samples.set(
      new Int16Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 2).subarray(0, 160),
      index * 160,
    );
  }
  return samples.subarray(ogg.preSkipSamples, ogg.preSkipSamples + ogg.samples);
}

/** Best normalised correlation of `heard` with `played` shifted by at most `shiftMax` samples, and that shift. */
export function correlate(
  heard: Int16Array,
  played: Int16Array,
  shiftMax = 80,
): { likeness: number; shift: number } {
  let best = { likeness: -1, shift: 0 };
  for (let shift = -shiftMax; shift <= shiftMax; shift++) {
    let product = 0;
    let a = 0;
    let b = 0;
    for (let index = 0; index < heard.length; index++) {
      const x = heard[index] ?? 0;
      const y = played[index + shift] ?? 0;
      product += x * y;
      a += x * x;
      b += y * y;
    }
    const likeness = product / Math.sqrt(Math.max(1, a * b));
    if (likeness > best.likeness) best = { likeness, shift };
  }
  return best;
}
