/**
 * Finished recordings on their way out: sealed one after another, a few at once, tried again when the disk refuses, then
 * offered to the archive until it has taken them. Offering twice is harmless; forgetting is not possible, because the
 * capture log keeps each one until it is taken.
 */
import type { CaptureStart, CaptureStop } from '../format/capture-log.ts';
import type { Clock } from '../ports/clock.ts';
import type { Disk } from '../ports/disk.ts';
import type { DiskTrouble } from './trouble.ts';
import type { LogWriter } from './log-writer.ts';
import type { MonoMs } from '../model/units.ts';
import type { RecorderToArchive, SealedRecording } from '../model/messages.ts';
import type { RecordingId, RoomId } from '../model/ids.ts';
import { elapsedMs, later } from '../model/units.ts';
import { seal } from './seal.ts';

export const retryEveryMs = 2000;
const offerEveryMs = 10_000;
const sealsAtOnceMax = 4;

export type Offer = (message: RecorderToArchive) => void;

export interface SealerParts {
  readonly room: RoomId;
  readonly dataFolder: string;
  readonly workFolder: string;
  readonly clock: Clock;
  readonly disk: Disk;
  readonly log: LogWriter;
  readonly trouble: DiskTrouble;
  readonly sealed: (recording: SealedRecording) => void;
  /** There was not one sample. */
  readonly empty: (start: CaptureStart) => void;
}

export interface FinishedCapture {
  readonly slot: number;
  readonly start: CaptureStart;
  readonly stop: CaptureStop;
  readonly recovered: boolean;
  /** The log must have been written up to here. */
  readonly ticket: number;
}
interface Order extends FinishedCapture {
  retryAt: MonoMs | undefined;
  isBusy: boolean;
}

export class Sealer {
  readonly #parts: SealerParts;
  readonly #orders = new Map<number, Order>();
  readonly #offers = new Map<RecordingId, { readonly slot: number; readonly recording: SealedRecording }>();
  readonly #work = new Set<Promise<void>>();
  #offer: Offer | undefined;
  #offeredAt: MonoMs | undefined;

  constructor(parts: SealerParts) {
    this.#parts = parts;
  }

  add(finished: FinishedCapture): void {
    this.#orders.set(finished.slot, { ...finished, retryAt: undefined, isBusy: false });
  }

  /** Sealed by a run before. */
  addSealed(slot: number, recording: SealedRecording): void {
    this.#offers.set(recording.id, { slot, recording });
  }

  /** Finished and not yet sealed. */
  get waiting(): number {
    return this.#orders.size;
  }
  isSealing(id: RecordingId): boolean {
    return [...this.#orders.values()].some(({ start }) => start.id === id);
  }
  sealedOf(id: RecordingId): SealedRecording | undefined {
    return this.#offers.get(id)?.recording;
  }

  /** Everything not yet taken is offered anew. */
  offerTo(offer: Offer): void {
    this.#offer = offer;
    this.#offeredAt = this.#parts.clock.mono();
    for (const { recording } of this.#offers.values()) offer({ kind: 'sealed', recording });
  }

  /** The archive has it. */
  stored(id: RecordingId): void {
    const offered = this.#offers.get(id);
    if (offered === undefined) return;
    this.#offers.delete(id);
    this.#parts.log.add({ type: 'done', slot: offered.slot });
  }

  tick(now: MonoMs): void {
    let busy = this.#work.size;
    for (const order of this.#orders.values()) {
      if (busy >= sealsAtOnceMax) break;
      if (order.isBusy || (order.retryAt !== undefined && elapsedMs(order.retryAt, now) < 0)) continue;
      if (!this.#parts.log.isWritten(order.ticket)) continue;
      busy++;
      order.isBusy = true;
      const work = this.#seal(order).finally(() => this.#work.delete(work));
      this.#work.add(work);
    }
    const isOld = this.#offeredAt !== undefined && elapsedMs(this.#offeredAt, now) >= offerEveryMs;
    if (isOld && this.#offer !== undefined) this.offerTo(this.#offer);
  }

  async settled(): Promise<void> {
    await Promise.all(this.#work);
  }

  async #seal(order: Order): Promise<void> {
    const { disk, dataFolder, workFolder, room, log, trouble, clock } = this.#parts;
    const { slot, start, stop, recovered } = order;
    try {
      const records = (): ReturnType<LogWriter['read']> => log.read(slot);
      const recording = await seal({
        disk,
        dataFolder,
        workFolder,
        room,
        slot,
        start,
        stop,
        recovered,
        records,
      });
      trouble.outcome('seal', undefined);
      this.#orders.delete(slot);
      if (recording === undefined) {
        log.add({ type: 'done', slot });
        this.#parts.empty(start);
        return;
      }
      log.add({ type: 'sealed', slot, recording });
      this.#offers.set(recording.id, { slot, recording });
      this.#parts.sealed(recording);
      this.#offer?.({ kind: 'sealed', recording });
    } catch (error) {
      trouble.outcome('seal', error);
      order.isBusy = false;
      order.retryAt = later(clock.mono(), retryEveryMs);
    }
  }
}
