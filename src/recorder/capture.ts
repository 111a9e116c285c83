/**
 * One recording while it runs: takes the line's samples from the ring, beginning with the pre-roll, encodes 20 ms at a time
 * and turns them into records of the capture log. Frames are numbered by the time of the line, so what was lost leaves a
 * gap of its true length and is counted. Never waits, never decides when a recording begins or ends.
 */
import type { AudioEncoder } from '../ports/audio-encoder.ts';
import type { AudioRingReader } from '../signal/audio-ring.ts';
import type { CallRecord } from '../model/messages.ts';
import type { CaptureRecord } from '../format/capture-log.ts';
import type { MonoMs } from '../model/units.ts';
import { elapsedMs, later, monoMs } from '../model/units.ts';
import { packetsPerRecordMax } from '../format/capture-log.ts';
import { samplesPerFrame } from '../ports/line-card.ts';

/** The last samples of a recording are waited for so long; then they count as lost. */
const lateMsMax = 2000;
/** A recording that nobody stops ends by itself. */
const recordingMsMax = 24 * 3_600_000;

export interface CapturePlan {
  readonly slot: number;
  /** First moment wanted. */
  readonly from: MonoMs;
  readonly ring: AudioRingReader;
  readonly encoder: AudioEncoder;
  /** Goes on with a recording that another recorder of this process began. */
  readonly resume?: { readonly ringPosition: number; readonly frames: number };
}

export interface Begun {
  readonly at: MonoMs;
  readonly ringPosition: number;
}

export class Capture {
  readonly slot: number;
  readonly #plan: CapturePlan;
  readonly #frame = new Int16Array(samplesPerFrame);
  #records: CaptureRecord[] = [];
  /** Packets that follow each other and are not a record yet. */
  #run: { readonly frame: number; readonly packets: Uint8Array[] } | undefined;
  #first: number | undefined;
  /** Frames behind us, silent ones included. */
  #frames = 0;
  #stopAt: { readonly to: MonoMs; readonly call: CallRecord | undefined } | undefined;
  #end: number | undefined;
  #isComplete = false;

  constructor(plan: CapturePlan) {
    this.slot = plan.slot;
    this.#plan = plan;
    if (plan.resume === undefined) return;
    this.#first = plan.resume.ringPosition;
    this.#frames = plan.resume.frames;
  }

  /** Finds the first sample; `undefined` while the line has none yet. */
  begin(): Begun | undefined {
    this.#first ??= this.#plan.ring.positionAt(this.#plan.from);
    const at = this.#first === undefined ? undefined : this.#plan.ring.timeAt(this.#first);
    return this.#first === undefined || at === undefined ? undefined : { at, ringPosition: this.#first };
  }

  stop(to: MonoMs, call: CallRecord | undefined): void {
    this.#stopAt ??= { to, call };
  }

  /** Ends with what the ring holds now. */
  stopNow(now: MonoMs): void {
    const call = this.#stopAt?.call;
    const { ring } = this.#plan;
    const end = Math.max(this.#first ?? 0, ring.written);
    const wanted = this.#stopAt === undefined ? end : (ring.positionAt(this.#stopAt.to) ?? end);
    this.#stopAt = { to: this.#stopAt?.to ?? now, call };
    this.#end ??= Math.min(end, wanted);
  }

  get isStopping(): boolean {
    return this.#stopAt !== undefined;
  }
  get call(): CallRecord | undefined {
    return this.#stopAt?.call;
  }
  /** All samples are taken. */
  get isComplete(): boolean {
    return this.#isComplete;
  }
  /** Samples of the recording; exact when it is complete. */
  get samples(): number {
    return this.#first === undefined || this.#end === undefined ? 0 : Math.max(0, this.#end - this.#first);
  }

  /**
   * Takes at most `framesMax` frames. `hasRoom` false: the log takes no more, the audio is counted as lost.
   * `listen` gets each frame with the moment of its first sample. Returns how many frames were taken.
   */
  take(
    now: MonoMs,
    framesMax: number,
    hasRoom: boolean,
    listen: (frame: Int16Array, at: MonoMs) => void,
  ): number {
    this.#first ??= this.#plan.ring.positionAt(this.#plan.from);
    if (this.#first === undefined && !this.#neverCame(now)) return 0;
    const first = this.#first ?? 0;
    const { ring } = this.#plan;
    let taken = 0;
    while (taken < framesMax && !this.#isComplete) {
      const position = first + this.#frames * samplesPerFrame;
      this.#findEnd(now, first);
      const left = (this.#end ?? Infinity) - position;
      if (left <= 0) {
        this.#finish(hasRoom);
        break;
      }
      const out = left < samplesPerFrame ? this.#frame.subarray(0, left) : this.#frame;
      const result = ring.read(position, out);
      if (result.kind === 'wait') {
        if (this.#end === undefined) break;
        // The end is settled and these samples never came.
        this.#lose(Math.ceil(left / samplesPerFrame), left);
        continue;
      }
      if (result.kind === 'overrun') {
        const frames = Math.ceil(Math.min(result.lost, left) / samplesPerFrame);
        this.#lose(frames, Math.min(result.lost, left));
        continue;
      }
      taken++;
      this.#frame.fill(0, out.length);
      listen(this.#frame, ring.timeAt(position) ?? now);
      if (!hasRoom) {
        this.#lose(1, out.length);
        continue;
      }
      if (result.lost > 0) this.#noteGap(result.lost, 0);
      this.#encode();
    }
    return taken;
  }

  /** What was captured since the last call. */
  takeRecords(): readonly CaptureRecord[] {
    this.#endRun();
    const records = this.#records;
    this.#records = [];
    return records;
  }

  close(): void {
    this.#plan.encoder.close();
  }

  /** Settles the end as soon as the ring has it, or when waiting for it is over. */
  #findEnd(now: MonoMs, first: number): void {
    if (this.#end !== undefined) return;
    const { ring, from } = this.#plan;
    const to = this.#stopAt?.to ?? monoMs(from + recordingMsMax);
    if (elapsedMs(to, now) < 0) return;
    const end = ring.positionAt(to);
    if (end === undefined) return;
    if (end <= ring.written || elapsedMs(later(to, lateMsMax), now) >= 0) this.#end = Math.max(first, end);
    if (this.#end !== undefined) this.#stopAt ??= { to, call: undefined };
  }

  /** Not one sample ever came on this line, and the recording is over. */
  #neverCame(now: MonoMs): boolean {
    if (this.#stopAt === undefined) return false;
    if (this.#end === undefined && elapsedMs(later(this.#stopAt.to, lateMsMax), now) < 0) return false;
    this.#first = 0;
    this.#end = 0;
    return true;
  }

  #encode(): void {
    const packet = this.#plan.encoder.encode(this.#frame);
    if (this.#run !== undefined && this.#run.packets.length < packetsPerRecordMax)
      this.#run.packets.push(packet);
    else {
      this.#endRun();
      this.#run = { frame: this.#frames, packets: [packet] };
    }
    this.#frames++;
  }

  #lose(silentFrames: number, samples: number): void {
    this.#noteGap(samples, silentFrames);
    this.#frames += silentFrames;
  }

  #endRun(): void {
    if (this.#run !== undefined) this.#records.push({ type: 'packets', slot: this.slot, ...this.#run });
    this.#run = undefined;
  }

  #noteGap(lostSamples: number, silentFrames: number): void {
    this.#endRun();
    const last = this.#records.at(-1);
    if (last?.type === 'gap' && last.silentFrames > 0 && silentFrames > 0) {
      this.#records[this.#records.length - 1] = {
        ...last,
        lostSamples: last.lostSamples + lostSamples,
        silentFrames: last.silentFrames + silentFrames,
      };
      return;
    }
    this.#records.push({ type: 'gap', slot: this.slot, frame: this.#frames, lostSamples, silentFrames });
  }

  /** The encoder holds the last samples back for its own delay: push them out with silence. */
  #finish(hasRoom: boolean): void {
    const frames = Math.ceil((this.samples + this.#plan.encoder.lookaheadSamples) / samplesPerFrame);
    this.#frame.fill(0);
    while (this.samples > 0 && hasRoom && this.#frames < frames) this.#encode();
    this.#isComplete = true;
  }
}
