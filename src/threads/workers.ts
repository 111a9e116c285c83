/**
 * The four worker threads of a room: how each is started, what connects them, and what must be told again when one of
 * them comes back. The guard hears of every death and goes on.
 */
import type { EventId, HostId, OrderId, RecordingId, SubjectId } from '../model/ids.ts';
import type {
  BrokerPath,
  ArchiveStart,
  FromArchive,
  FromFront,
  FromProbes,
  FromRecorder,
  FrontStart,
  ProbesStart,
  RecorderStart,
  ThreadName,
  ThreadView,
  ToArchive,
  ToFront,
  UpsTestOrder,
  ToProbes,
  ToRecorder,
} from '../model/messages.ts';
import type { Supply } from '../model/power-cut.ts';
import type { Text } from '../model/text.ts';
import type { WorkerState, WorkerThread } from '../shell/worker-supervisor.ts';
import { MessageChannel, Worker } from 'node:worker_threads';
import { WorkerSupervisor } from '../shell/worker-supervisor.ts';

/** Notices kept for the front until it says that they are on disk. */
const unkeptNoticesMax = 20_000;
/** What one worker may take before it alone dies of it. */
const heapMB: Readonly<Record<Exclude<ThreadName, 'guard'>, number>> = {
  recorder: 96,
  archive: 128,
  front: 128,
  probes: 96,
};
/** V8 would let the young objects of each thread grow to 48 MB before it looks: memory that a Pi has better uses for. */
const youngMB = 12;

type Notice = Extract<ToFront, { kind: 'notice' }>;
type StartRecording = Extract<ToRecorder, { kind: 'start' }>;

export type StartWorker = <Out>(name: Exclude<ThreadName, 'guard'>, workerData: object) => WorkerThread<Out>;

export interface WorkerHandlers {
  fromRecorder(message: FromRecorder): void;
  fromArchive(message: FromArchive): void;
  fromFront(message: FromFront): void;
  fromProbes(message: FromProbes): void;
  changed(thread: ThreadName, state: WorkerState, reason: Text): void;
}

export interface WorkerStarts {
  readonly recorder: RecorderStart;
  readonly archive: ArchiveStart;
  readonly front: FrontStart;
  readonly probes: ProbesStart;
  /** The front keeps notices on disk (a broker is configured): what it has not confirmed is told again. */
  readonly frontKeeps: boolean;
}

export class Workers {
  readonly #starts: WorkerStarts;
  readonly #recorder: WorkerSupervisor<ToRecorder, FromRecorder>;
  readonly #archive: WorkerSupervisor<ToArchive, FromArchive>;
  readonly #front: WorkerSupervisor<ToFront, FromFront>;
  readonly #probes: WorkerSupervisor<ToProbes, FromProbes>;
  #suspected: readonly SubjectId[] = [];
  #path: BrokerPath | undefined;
  /** Hosts that were asked to shut down and have not yet answered for good. */
  readonly #shutting = new Map<HostId, OrderId>();
  /** Forms that were ordered and not yet answered. */
  #forms: OrderId | undefined;
  readonly #unkept = new Map<EventId, Notice>();
  readonly #recordings = new Map<RecordingId, StartRecording>();
  #lostNotices = 0;

  constructor(starts: WorkerStarts, handlers: WorkerHandlers, start: StartWorker) {
    this.#starts = starts;
    this.#archive = new WorkerSupervisor({
      name: 'archive',
      spawn: () => start('archive', starts.archive),
      message: (message: FromArchive) => {
        handlers.fromArchive(message);
      },
      changed: (state, reason) => {
        handlers.changed('archive', state, reason);
        if (state === 'running') this.#connectArchive();
      },
    });
    this.#recorder = new WorkerSupervisor({
      name: 'recorder',
      spawn: () => start('recorder', starts.recorder),
      message: (message: FromRecorder) => {
        if (message.kind === 'sealed' || message.kind === 'failed') this.#recordings.delete(message.id);
        handlers.fromRecorder(message);
      },
      changed: (state, reason) => {
        handlers.changed('recorder', state, reason);
        if (state !== 'running') return;
        this.#connect('recorder');
        for (const recording of this.#recordings.values()) this.#recorder.post(recording);
      },
    });
    this.#front = new WorkerSupervisor({
      name: 'front',
      spawn: () => start('front', starts.front),
      message: (message: FromFront) => {
        if (message.kind === 'broker-path') this.#tellPath(message);
        if (message.kind === 'heartbeat') this.#probes.post(message);
        if (message.kind === 'manual-forms' && message.order === this.#forms) this.#forms = undefined;
        if (message.kind === 'kept') for (const id of message.ids) this.#unkept.delete(id);
        handlers.fromFront(message);
      },
      changed: (state, reason) => {
        handlers.changed('front', state, reason);
        if (state !== 'running') this.#tellPath({ kind: 'broker-path', up: false, reason });
        if (state !== 'running') return;
        this.#connect('front');
        for (const notice of this.#unkept.values()) this.#front.post(notice);
        if (this.#forms !== undefined) this.#front.post({ kind: 'manual-forms', order: this.#forms });
      },
    });
    this.#probes = new WorkerSupervisor({
      name: 'probes',
      spawn: () => start('probes', starts.probes),
      message: (message: FromProbes) => {
        if (message.kind === 'host') this.#shutAnswered(message);
        handlers.fromProbes(message);
      },
      changed: (state, reason) => {
        handlers.changed('probes', state, reason);
        if (state !== 'running') return;
        this.#probes.post({ kind: 'suspect', subjects: this.#suspected });
        if (this.#path !== undefined) this.#probes.post(this.#path);
        for (const [host, order] of this.#shutting) this.#probes.post({ kind: 'shut-host', host, order });
      },
    });
  }

  /** The archive first: the others have something for it. */
  start(): void {
    this.#archive.start();
    this.#recorder.start();
    this.#probes.start();
    this.#front.start();
  }

  record(message: StartRecording | Extract<ToRecorder, { kind: 'stop' }>): void {
    if (message.kind === 'start') this.#recordings.set(message.id, message);
    this.#recorder.post(message);
  }

  toRecorder(message: ToRecorder): void {
    this.#recorder.post(message);
  }

  toArchive(message: ToArchive): boolean {
    return this.#archive.post(message);
  }

  /** Told only when it changes; a worker that comes back is told what stands. */
  suspect(subjects: ReadonlySet<SubjectId>): void {
    const isSame =
      subjects.size === this.#suspected.length && this.#suspected.every((one) => subjects.has(one));
    if (isSame) return;
    this.#suspected = [...subjects];
    this.#probes.post({ kind: 'suspect', subjects: this.#suspected });
  }

  shutHost(host: HostId, order: OrderId): void {
    this.#shutting.set(host, order);
    this.#probes.post({ kind: 'shut-host', host, order });
  }

  giveForms(order: OrderId): void {
    this.#forms = order;
    this.#front.post({ kind: 'manual-forms', order });
  }

  #shutAnswered({ host, order, outcome }: Extract<FromProbes, { kind: 'host' }>): void {
    if (outcome !== 'asked' && this.#shutting.get(host) === order) this.#shutting.delete(host);
  }

  /** What feeds the room, for the NUT server where there is one. */
  supply(supply: Supply): void {
    if (this.#starts.probes.nutServer !== undefined) this.#probes.post({ kind: 'supply', supply });
  }

  speak(message: Extract<ToProbes, { kind: 'speak' | 'hush' }>): void {
    this.#probes.post(message);
  }

  upsTest(order: UpsTestOrder): void {
    this.#probes.post(order);
  }

  view(message: Extract<ToFront, { kind: 'view' }>): void {
    this.#front.post(message);
  }

  notice(message: Notice): void {
    if (this.#starts.frontKeeps) {
      if (this.#unkept.size >= unkeptNoticesMax) {
        const oldest = this.#unkept.keys().next().value;
        if (oldest !== undefined) this.#unkept.delete(oldest);
        this.#lostNotices++;
      }
      this.#unkept.set(message.id, message);
    }
    this.#front.post(message);
  }

  /** Notices that were never confirmed and had to give way. */
  get lostNotices(): number {
    return this.#lostNotices;
  }

  get views(): readonly ThreadView[] {
    return [
      viewOf('recorder', this.#recorder),
      viewOf('archive', this.#archive),
      viewOf('front', this.#front),
      viewOf('probes', this.#probes),
    ];
  }

  /** Recorder and archive end for good; the others go on. */
  async seal(limitMs: number): Promise<void> {
    await this.#recorder.close({ kind: 'close' }, limitMs);
    await this.#archive.close({ kind: 'close' }, limitMs);
  }

  /** The recorder seals, then the archive stores what was sealed, then the front says the last words. */
  async close(limitMs: number): Promise<void> {
    await Promise.all([
      this.#recorder.close({ kind: 'close' }, limitMs),
      this.#probes.close({ kind: 'close' }, limitMs),
    ]);
    await Promise.all([
      this.#archive.close({ kind: 'close' }, limitMs),
      this.#front.close({ kind: 'close' }, limitMs),
    ]);
  }

  /** What comes over the broker reaches the front, and is judged by the probes. */
  #tellPath(path: BrokerPath): void {
    this.#path = path;
    this.#probes.post(path);
  }

  #connectArchive(): void {
    this.#connect('recorder');
    this.#connect('front');
  }

  /** A new channel between the archive and one of the others, whenever either of the two is new. */
  #connect(other: 'recorder' | 'front'): void {
    if (this.#archive.state !== 'running') return;
    const worker = other === 'recorder' ? this.#recorder : this.#front;
    if (worker.state !== 'running') return;
    const { port1, port2 } = new MessageChannel();
    this.#archive.post({ kind: `${other}-port`, port: port1 }, [port1]);
    if (other === 'recorder') this.#recorder.post({ kind: 'archive-port', port: port2 }, [port2]);
    else this.#front.post({ kind: 'archive-port', port: port2 }, [port2]);
  }
}

export function startThread(name: Exclude<ThreadName, 'guard'>, workerData: object): Worker {
  return new Worker(new URL(`./${name}.js`, import.meta.url), {
    workerData,
    resourceLimits: { maxOldGenerationSizeMb: heapMB[name], maxYoungGenerationSizeMb: youngMB },
    name,
  });
}

const viewOf = (
  name: ThreadName,
  worker: { readonly state: WorkerState; readonly restarts: number; readonly memoryMB: number },
): ThreadView => ({
  name,
  state: worker.state,
  restarts: worker.restarts,
  lagMs: 0,
  memoryMB: worker.memoryMB,
});
