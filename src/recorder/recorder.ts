/**
 * The recorder's thread: starts and stops captures as the guard says, keeps the capture log going, seals what is finished
 * and offers it to the archive until it is taken. Driven from outside by `tick`, at least every 20 ms; it has no timer of
 * its own. A full or broken disk never ends it: audio waits in memory up to a limit, then counts as lost.
 *
 * A recording that a dead recorder of the same process left unfinished is held for a moment: the guard offers it again and
 * it goes on without a gap. One of a dead process is sealed with what is there.
 */
import path from 'node:path';
import type { AudioEncoder, MakeAudioEncoder } from '../ports/audio-encoder.ts';
import type { CaptureStart, CaptureStop } from '../format/capture-log.ts';
import type {
  ClockMark,
  FromRecorder,
  RecorderStart,
  SealedRecording,
  ToRecorder,
} from '../model/messages.ts';
import type { Clock } from '../ports/clock.ts';
import type { Disk } from '../ports/disk.ts';
import type { LeftRecording } from './recovery.ts';
import type { Offer } from './sealer.ts';
import type { LineId, RecordingId } from '../model/ids.ts';
import type { MonoMs } from '../model/units.ts';
import type { Text } from '../model/text.ts';
import { AudioRingReader } from '../signal/audio-ring.ts';
import { Capture } from './capture.ts';
import { DiskTrouble, reasonOf } from './trouble.ts';
import { LogWriter } from './log-writer.ts';
import { SpeechDetector } from '../signal/speech.ts';
import { elapsedMs, later, monoMs } from '../model/units.ts';
import { readLeftLog } from './recovery.ts';
import { samplesPerFrame } from '../ports/line-card.ts';
import { retryEveryMs, Sealer } from './sealer.ts';
import { text } from '../model/text.ts';
import { wallAt } from '../model/messages.ts';

/** A batch goes to the file, and the file to the disk, so often: a power cut costs less than a second. */
const writeEveryMs = 100;
const syncEveryMs = 800;
const beatEveryMs = 1000;
const speechEveryMs = 1000;
/** How long an unfinished recording of this process waits for the guard to offer it again. */
const holdMs = 3000;
/** Audio that waits for a disk: about this long for every line recording at once. */
export const memoryMsMax = 60_000;
const packetBytesPerSecond = 3500;
/** Two recordings of a line overlap when a call follows within the hang-over; more are refused. */
export const capturesPerLineMax = 4;
/** Frames of one tick, over all lines: about 30 ms of work. */
const framesPerTickMax = 400;
const framesPerCaptureMax = 100;
const samplesPerMs = 8;
/** Ends of recordings that are remembered, to be told again. */
const answersMax = 256;
const closeMsMax = 1500;
/** What the guard tells of a call is short; anything longer is left out. */
const callCharactersMax = 8000;
/** A write that takes longer is told like one that fails. */
const slowWriteMs = 5000;

export interface RecorderParts {
  readonly start: RecorderStart;
  readonly clock: Clock;
  readonly disk: Disk;
  readonly pid: number;
  readonly makeEncoder: MakeAudioEncoder;
  readonly memoryMB: () => number;
  readonly send: (message: FromRecorder) => void;
  readonly log: (message: string) => void;
}

interface Line {
  readonly id: LineId;
  readonly ring: AudioRingReader;
  readonly speech: SpeechDetector;
  spokeAt: MonoMs | undefined;
  /** Oldest first. */
  readonly recordings: Running[];
}
interface Running {
  readonly id: RecordingId;
  readonly line: Line;
  readonly capture: Capture;
  readonly order: { readonly why: string; readonly call?: string };
  readonly encoder: AudioEncoder;
  /** Set when the first sample is found and the log knows of it. */
  begun: CaptureStart | undefined;
}
export class Recorder {
  readonly #parts: RecorderParts;
  readonly #trouble: DiskTrouble;
  readonly #lines = new Map<LineId, Line>();
  readonly #held = new Map<RecordingId, LeftRecording>();
  /** Ends that were told, to be told again when the guard asks again. */
  readonly #answers = new Map<RecordingId, FromRecorder>();
  #log: LogWriter | undefined;
  #sealer: Sealer | undefined;
  #clockMark: ClockMark;
  #nextSlot = 1;
  #batchAt: MonoMs | undefined;
  #syncAt: MonoMs | undefined;
  #beatAt: MonoMs | undefined;
  #writeRetryAt: MonoMs | undefined;
  #holdUntil: MonoMs | undefined;
  /** When the log was last seen to grow. */
  #progress: { readonly written: number; readonly at: MonoMs } | undefined;
  #firstLine = 0;

  constructor(parts: RecorderParts) {
    this.#parts = parts;
    this.#clockMark = parts.start.clock;
    this.#trouble = new DiskTrouble(parts.send);
    for (const { line, buffer } of parts.start.rings)
      this.#lines.set(line, {
        id: line,
        ring: new AudioRingReader(buffer),
        speech: new SpeechDetector(),
        spokeAt: undefined,
        recordings: [],
      });
  }

  /** Takes up what a run before left, then says `ready`. A log that cannot be read is told and left alone. */
  async begin(): Promise<void> {
    const { start, disk, pid, clock, send, log } = this.#parts;
    const folder = this.#captureFolder;
    let left: Awaited<ReturnType<typeof readLeftLog>> | undefined;
    try {
      for (const name of await disk.list(folder))
        if (name.endsWith('.new')) await disk.remove(path.join(folder, name));
      left = await readLeftLog(disk, folder);
    } catch (error) {
      this.#trouble.outcome('log', error);
    }
    this.#log = new LogWriter({
      disk,
      folder,
      pid,
      nextSegment: left?.nextSegment ?? 1,
      oldSegments: left?.segments ?? [],
      outcome: (error) => this.#writeOutcome(error),
    });
    this.#sealer = new Sealer({
      room: start.room,
      dataFolder: start.dataFolder,
      workFolder: folder,
      clock,
      disk,
      log: this.#log,
      trouble: this.#trouble,
      sealed: (recording) => this.#sealed(recording),
      empty: ({ id, line }) =>
        this.#failed(id, line, text('此录音没有任何音频', 'there is no audio in this recording')),
    });
    // Slots of a log that cannot be read are unknown: seconds since 1970 are larger than any of them.
    this.#nextSlot = left?.nextSlot ?? Math.floor(clock.wall() / 1000);
    for (const damage of left?.damaged ?? []) log(`capture log: damage in ${damage}`);
    this.#holdUntil = later(clock.mono(), holdMs);
    let recovered = 0;
    for (const recording of left?.recordings ?? []) {
      this.#log.keep(recording.slot, recording.firstSegment);
      if (recording.sealed !== undefined) this.#sealer.addSealed(recording.slot, recording.sealed);
      else if (recording.stop === undefined && recording.pid === pid)
        this.#held.set(recording.start.id, recording);
      else {
        if (recording.stop === undefined) recovered++;
        this.#sealLeft(recording);
      }
    }
    this.#trouble.begin();
    send({ kind: 'ready', encoder: this.#encoderName(), recovered });
  }

  take(message: Exclude<ToRecorder, { readonly kind: 'archive-port' | 'close' }>): void {
    switch (message.kind) {
      case 'start':
        this.#startRecording(message);
        return;
      case 'stop':
        this.#stopRecording(message);
        return;
      case 'clock':
        this.#clockMark = message.clock;
        return;
    }
  }

  /** Where sealed recordings go from now on; everything not yet taken is offered anew. */
  offerTo(offer: Offer): void {
    this.#sealer?.offerTo(offer);
  }

  /** The archive has it. */
  stored(id: RecordingId): void {
    this.#sealer?.stored(id);
  }

  tick(): void {
    const now = this.#parts.clock.mono();
    this.#captureAll(now);
    if (isDue(this.#batchAt, now, writeEveryMs)) {
      this.#batchAt = now;
      this.#writeBatch(now);
    }
    if (isDue(this.#syncAt, now, syncEveryMs)) {
      this.#syncAt = now;
      this.#log?.sync();
    }
    if (this.#holdUntil !== undefined && elapsedMs(this.#holdUntil, now) >= 0) this.#sealHeld();
    this.#sealer?.tick(now);
    if (isDue(this.#beatAt, now, beatEveryMs)) {
      this.#beatAt = now;
      this.#parts.send({ kind: 'beat', memoryMB: this.#parts.memoryMB() });
    }
  }

  /** Resolves when no write, sync or seal is under way. */
  async settled(): Promise<void> {
    await this.#log?.settled();
    await this.#sealer?.settled();
  }

  /** Ends and seals everything that the disk lets it; the rest stays in the log for the next start. */
  async close(): Promise<void> {
    const { clock, send, log } = this.#parts;
    const begun = clock.mono();
    this.#sealHeld();
    for (const line of this.#lines.values())
      for (const running of line.recordings) running.capture.stopNow(begun);
    for (let rounds = 0; rounds < 20 && this.#isRecording; rounds++) this.#captureAll(clock.mono());
    while (!this.#trouble.isFailing && elapsedMs(begun, clock.mono()) < closeMsMax) {
      this.#writeBatch(clock.mono());
      this.#sealer?.tick(clock.mono());
      if (this.#sealer?.waiting === 0) break;
      await this.settled();
    }
    try {
      await this.#log?.close();
    } catch (error) {
      log(`capture log: ${reasonOf(error)}`);
    }
    send({ kind: 'closed' });
  }

  get #captureFolder(): string {
    return path.join(this.#parts.start.dataFolder, 'capture');
  }
  get #isRecording(): boolean {
    return [...this.#lines.values()].some(({ recordings }) => recordings.length > 0);
  }
  /** The log takes audio. */
  get #hasRoom(): boolean {
    return (this.#log?.pendingBytes ?? 0) < this.#memoryBytesMax;
  }
  /** Beginnings and ends are kept beyond that, so that gaps have a name; but not for ever. */
  get #hasRoomForMore(): boolean {
    return (this.#log?.pendingBytes ?? 0) < 2 * this.#memoryBytesMax;
  }
  get #memoryBytesMax(): number {
    return (memoryMsMax / 1000) * packetBytesPerSecond * Math.max(1, this.#lines.size);
  }

  // ---- captures ---------------------------------------------------------------------------------------------------

  #startRecording({ id, line: lineId, from, call, why }: ToRecorder & { readonly kind: 'start' }): void {
    const line = this.#lines.get(lineId);
    if (this.#answerKnown(id)) return;
    if (line?.recordings.some((running) => running.id === id) === true) {
      this.#parts.send({ kind: 'started', id, line: lineId });
      return;
    }
    if (line === undefined) {
      this.#failed(id, lineId, text('此线路没有录音通道', 'this line has no recording channel'));
      return;
    }
    if (!this.#hasRoomForMore) {
      this.#failed(
        id,
        lineId,
        text('磁盘长时间不可写，内存已满', 'the disk has refused for long and memory is full'),
      );
      return;
    }
    if (line.recordings.length >= capturesPerLineMax) {
      this.#failed(
        id,
        lineId,
        text('此线路同时进行的录音过多', 'too many recordings of this line run at once'),
      );
      return;
    }
    const encoder = this.#makeEncoder(id, lineId);
    if (encoder === undefined) return;
    const held = this.#held.get(id);
    this.#held.delete(id);
    const slot = held?.slot ?? this.#nextSlot++;
    const resume = held && { ringPosition: held.start.ringPosition, frames: held.frames };
    const capture = new Capture({ slot, from, ring: line.ring, encoder, ...(resume && { resume }) });
    const order = { why, ...(call !== undefined && { call }) };
    line.recordings.push({ id, line, capture, order, encoder, begun: held?.start });
    this.#parts.send({ kind: 'started', id, line: lineId });
  }

  #stopRecording({ id, line: lineId, to, call }: ToRecorder & { readonly kind: 'stop' }): void {
    const running = this.#lines.get(lineId)?.recordings.find((recording) => recording.id === id);
    if (running !== undefined) {
      running.capture.stop(to, call);
      return;
    }
    const held = this.#held.get(id);
    if (held !== undefined) {
      // The guard did not offer it again, because it ends: take what the ring still has.
      const { monoMs: from, why } = held.start;
      this.#startRecording({ kind: 'start', id, line: lineId, from: monoMs(from), why });
      this.#lines.get(lineId)?.recordings.at(-1)?.capture.stop(to, call);
      return;
    }
    if (this.#answerKnown(id)) return;
    this.#parts.send({
      kind: 'failed',
      id,
      line: lineId,
      reason: text('没有正在进行的此录音', 'there is no such recording'),
    });
  }

  /** The guard asks again for what is over: it gets the same answer, now or when there is one. */
  #answerKnown(id: RecordingId): boolean {
    const answer = this.#answers.get(id);
    if (answer !== undefined) {
      this.#parts.send(answer);
      return true;
    }
    const recording = this.#sealer?.sealedOf(id);
    if (recording !== undefined) this.#sealed(recording);
    return recording !== undefined || this.#sealer?.isSealing(id) === true;
  }

  #captureAll(now: MonoMs): void {
    const lines = [...this.#lines.values()];
    let frames = framesPerTickMax;
    // Begin with another line each time: catching up on one must not starve the others.
    this.#firstLine = lines.length === 0 ? 0 : (this.#firstLine + 1) % lines.length;
    for (let index = 0; index < lines.length && frames > 0; index++) {
      const line = lines[(index + this.#firstLine) % lines.length];
      for (const running of [...(line?.recordings ?? [])]) {
        frames -= this.#capture(running, now, Math.min(frames, framesPerCaptureMax));
        if (running.capture.isComplete) this.#finish(running);
      }
    }
  }

  #capture(running: Running, now: MonoMs, framesMax: number): number {
    const { line, capture } = running;
    if (running.begun === undefined) this.#noteBegin(running);
    const isNewest = line.recordings.at(-1) === running;
    return capture.take(now, framesMax, this.#hasRoom, (frame, at) => {
      if (!isNewest || !line.speech.hears(frame)) return;
      if (line.spokeAt !== undefined && elapsedMs(line.spokeAt, at) < speechEveryMs) return;
      line.spokeAt = at;
      this.#parts.send({ kind: 'speech', line: line.id, at });
    });
  }

  #noteBegin(running: Running): void {
    const begin = running.capture.begin();
    if (begin === undefined) return;
    running.begun = {
      id: running.id,
      line: running.line.id,
      ...running.order,
      wallMs: wallAt(this.#clockMark, begin.at),
      monoMs: begin.at,
      ringPosition: begin.ringPosition,
      preSkipSamples: running.encoder.lookaheadSamples,
    };
    this.#log?.add({ type: 'start', slot: running.capture.slot, start: running.begun });
  }

  #finish(running: Running): void {
    const { line, capture, begun, id } = running;
    line.recordings.splice(line.recordings.indexOf(running), 1);
    capture.close();
    if (begun === undefined || this.#log === undefined) {
      this.#failed(id, line.id, text('此线路没有任何音频', 'no audio ever came on this line'));
      return;
    }
    for (const record of capture.takeRecords()) this.#log.add(record);
    const { samples, call } = capture;
    const stop: CaptureStop = {
      samples,
      endWallMs: begun.wallMs + Math.round(samples / samplesPerMs),
      ...(call !== undefined && JSON.stringify(call).length <= callCharactersMax && { call }),
    };
    const ticket = this.#log.add({ type: 'stop', slot: capture.slot, stop });
    this.#sealer?.add({ slot: capture.slot, start: begun, stop, recovered: false, ticket });
  }

  #writeBatch(now: MonoMs): void {
    for (const { recordings } of this.#lines.values())
      for (const { capture } of recordings)
        for (const record of capture.takeRecords()) this.#log?.add(record);
    if (this.#writeRetryAt !== undefined && elapsedMs(this.#writeRetryAt, now) < 0) return;
    this.#log?.flush();
    this.#watchSlowness(now);
  }

  /** A write that neither succeeds nor fails. */
  #watchSlowness(now: MonoMs): void {
    const { pendingBytes = 0, written = 0 } = this.#log ?? {};
    if (pendingBytes === 0 || this.#progress?.written !== written) {
      this.#progress = { written, at: now };
      this.#trouble.outcome('slow', undefined);
    } else if (elapsedMs(this.#progress.at, now) >= slowWriteMs && !this.#trouble.isFailing)
      this.#trouble.outcome('slow', new Error(`nothing was written for ${slowWriteMs / 1000} s`));
  }

  #writeOutcome(error: unknown): void {
    this.#trouble.outcome('log', error);
    this.#writeRetryAt = error === undefined ? undefined : later(this.#parts.clock.mono(), retryEveryMs);
  }

  #makeEncoder(id: RecordingId, line: LineId): AudioEncoder | undefined {
    const { bitRate, complexity } = this.#parts.start.settings;
    try {
      return this.#parts.makeEncoder({ bitRate, complexity });
    } catch (error) {
      this.#failed(
        id,
        line,
        text(`无法启动编码器：${reasonOf(error)}`, `the encoder does not start: ${reasonOf(error)}`),
      );
      return undefined;
    }
  }

  #encoderName(): string {
    const { bitRate, complexity } = this.#parts.start.settings;
    try {
      const encoder = this.#parts.makeEncoder({ bitRate, complexity });
      encoder.close();
      return encoder.implementation;
    } catch (error) {
      return `none: ${reasonOf(error)}`;
    }
  }

  // ---- sealing ----------------------------------------------------------------------------------------------------

  #sealHeld(): void {
    for (const recording of this.#held.values()) this.#sealLeft(recording);
    this.#held.clear();
    this.#holdUntil = undefined;
  }

  #sealLeft({ slot, start, frames, stop }: LeftRecording): void {
    const samples = Math.max(0, frames * samplesPerFrame - start.preSkipSamples);
    this.#sealer?.add({
      slot,
      start,
      stop: stop ?? { samples, endWallMs: start.wallMs + Math.round(samples / samplesPerMs) },
      recovered: stop === undefined,
      ticket: 0,
    });
  }

  #sealed({ id, line, path: file, durationMs }: SealedRecording): void {
    const answer = { kind: 'sealed', id, line, path: file, durationMs } as const;
    this.#remember(id, answer);
    this.#parts.send(answer);
  }

  #failed(id: RecordingId, line: LineId, reason: Text): void {
    const answer = { kind: 'failed', id, line, reason } as const;
    this.#remember(id, answer);
    this.#parts.send(answer);
  }

  #remember(id: RecordingId, answer: FromRecorder): void {
    this.#answers.set(id, answer);
    const [oldest] = this.#answers.keys();
    if (this.#answers.size > answersMax && oldest !== undefined) this.#answers.delete(oldest);
  }
}

const isDue = (last: MonoMs | undefined, now: MonoMs, everyMs: number): boolean =>
  last === undefined || elapsedMs(last, now) >= everyMs;
