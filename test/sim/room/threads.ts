/**
 * The four worker threads as the guard sees them, and the centre behind the front: each gets ready after a while, beats, and can die or
 * fall silent. The front has the real outbox (its database in memory outlives it, as the file does) and the real pump to a broker that
 * comes and goes; the recorder hears who speaks; the probes ask whoever the world lets answer.
 */
import { EventEmitter } from 'node:events';
import { EventPump } from '../../../src/front/mqtt/event-pump.ts';
import { openOutbox, outboxLimits } from '../../../src/front/outbox/outbox.ts';
import type { Outbox, OutboxRow } from '../../../src/front/outbox/outbox.ts';
import { openOutboxFile } from '../../../src/front/outbox/outbox-file.ts';
import type { OutboxDatabase } from '../../../src/front/outbox/outbox-file.ts';
import type { PublishResult } from '../../../src/front/mqtt/broker-link.ts';
import type { Actor, Command } from '../../../src/model/event.ts';
import type {
  FromArchive,
  FromFront,
  FromProbes,
  FromRecorder,
  ThreadName,
  ToFront,
  ToProbes,
} from '../../../src/model/messages.ts';
import { Owner } from './time.ts';
import type { VirtualTime } from './time.ts';
import { text } from '../../../src/model/text.ts';

export type WorkerName = Exclude<ThreadName, 'guard'>;
type FromAny = FromArchive | FromFront | FromProbes | FromRecorder;

const readyMs = 120;
const beatMs = 1000;
const deathMs = 20;

/** What a worker does with what it is told; made anew at each start. */
export interface Work {
  take(message: object): void;
  end(): void;
}

export class VirtualThread extends EventEmitter {
  readonly name: WorkerName;
  readonly #time: VirtualTime;
  /** The guard, and the thread itself: its timers go when it goes. */
  readonly #owner: Owner;
  readonly #own: Owner;
  #work: Work | undefined;
  isSilent = false;

  constructor(name: WorkerName, time: VirtualTime, makeWork: (tell: (message: FromAny) => void) => Work) {
    super();
    this.name = name;
    this.#time = time;
    this.#owner = time.owner;
    this.#own = new Owner(name);
    time.as(this.#own, () => {
      this.#work = makeWork((message) => {
        this.#tell(message);
      });
    });
    const ready = {
      recorder: { kind: 'ready', encoder: 'virtual', recovered: 0 },
      archive: { kind: 'ready' },
      front: { kind: 'ready', httpUrl: 'http://127.0.0.1/', portMoved: false },
      probes: { kind: 'ready' },
    } as const;
    time.in(
      readyMs,
      () => {
        this.#tell(ready[name]);
        this.#beat();
      },
      this.#own,
    );
  }

  get isRunning(): boolean {
    return this.#own.isAlive && this.#owner.isAlive;
  }

  /** The process is gone, and all its threads with it. */
  kill(): void {
    this.#own.isAlive = false;
  }

  /** Something of the world outside reaches this thread. */
  act(run: () => void): void {
    if (this.isRunning) this.#time.as(this.#own, run);
  }

  postMessage(message: object): void {
    if (!this.isRunning) return;
    this.#time.as(this.#own, () => {
      if ('kind' in message && message.kind === 'close') {
        this.#work?.end();
        this.#tell({ kind: 'closed' });
        this.#exit(0);
      } else this.#work?.take(message);
    });
  }

  terminate(): Promise<number> {
    this.#exit(1);
    return Promise.resolve(1);
  }

  say(message: FromAny): void {
    this.#tell(message);
  }

  /** It dies of an error of its own. */
  die(): void {
    if (!this.isRunning) return;
    this.#own.isAlive = false;
    this.#time.in(
      deathMs,
      () => {
        this.emit('error', new Error('the virtual thread died'));
        this.emit('exit', 1);
        this.#time.promised();
      },
      this.#owner,
    );
  }

  #exit(code: number): void {
    if (!this.isRunning) return;
    this.#own.isAlive = false;
    this.#time.in(
      1,
      () => {
        this.emit('exit', code);
        this.#time.promised();
      },
      this.#owner,
    );
  }

  #beat(): void {
    this.#tell({ kind: 'beat', memoryMB: 30 });
    this.#time.in(
      beatMs,
      () => {
        this.#beat();
      },
      this.#own,
    );
  }

  /** A message is never heard inside the call that sent it. */
  #tell(message: FromAny): void {
    if (this.isSilent) return;
    this.#time.in(
      1,
      () => {
        if (this.isRunning || message.kind === 'closed') this.emit('message', message);
      },
      this.#owner,
    );
  }
}

// ---- the front and the centre -------------------------------------------------------------------------------------------

/** Whoever subscribes: keeps what came, by sequence number. */
export class Centre {
  readonly #time: VirtualTime;
  #isUp = true;
  readonly received = new Map<number, string>();
  /** Numbers in the order of their first arrival. */
  readonly order: number[] = [];
  pump: EventPump | undefined;

  constructor(time: VirtualTime) {
    this.#time = time;
  }

  get isUp(): boolean {
    return this.#isUp;
  }

  set isUp(isUp: boolean) {
    if (isUp === this.#isUp) return;
    this.#isUp = isUp;
    if (isUp) this.pump?.up();
    else this.pump?.down();
  }

  publish(row: OutboxRow, done: (result: PublishResult) => void): void {
    const front = this.#time.owner;
    this.#time.in(4, () => {
      if (!this.#isUp) return;
      if (!this.received.has(row.seq)) this.order.push(row.seq);
      this.received.set(row.seq, row.id);
      const answer = (): void => {
        if (this.#isUp) done('taken');
      };
      this.#time.in(4, answer, front);
    });
  }
}

/** The file of the outbox: it stays when the thread that had it open is gone. */
export function outboxFile(): OutboxDatabase {
  // Below a file there is no folder: it is opened in memory.
  return openOutboxFile('/dev/null', 0).database;
}

/** An open handle of that file: to close it is not to lose it. */
function handleOf(database: OutboxDatabase): OutboxDatabase {
  return Object.assign(database, { close: () => database });
}

export interface FrontWork extends Work {
  order(id: string, by: Actor, command: Command): void;
  readonly outbox: Outbox;
}

export function frontWork(
  time: VirtualTime,
  centre: Centre,
  file: OutboxDatabase,
  tell: (message: FromFront) => void,
  offered: (id: string) => void,
): FrontWork {
  const outbox: Outbox = openOutbox({
    folder: '',
    limits: outboxLimits,
    now: () => time.now,
    report: () => undefined,
    kept: (ids) => {
      tell({ kind: 'kept', ids });
      pump.wake();
    },
    open: () => ({ database: handleOf(file), series: 'one' }),
  });
  const pump: EventPump = new EventPump({
    outbox,
    publish: (row, done) => {
      centre.publish(row, done);
    },
    refused: () => undefined,
    mono: () => time.now,
  });
  centre.pump = pump;
  if (centre.isUp) pump.up();
  tell({ kind: 'broker-path', up: centre.isUp, reason: text('', '') });
  return {
    outbox,
    take(given) {
      const message = given as ToFront;
      if (message.kind === 'archive-port') message.port.close();
      if (message.kind === 'manual-forms')
        tell({ kind: 'manual-forms', order: message.order, outcome: 'printed', reason: text('', '') });
      if (message.kind !== 'notice') return;
      offered(message.id);
      outbox.offer({ id: message.id, kind: message.notice.kind, body: JSON.stringify({ at: message.at }) });
    },
    end() {
      outbox.close();
      pump.close();
    },
    order(id, by, command) {
      tell({ kind: 'command', id, by, command });
    },
  };
}

// ---- the others -----------------------------------------------------------------------------------------------------------

export const closesPorts: Work = {
  take(message) {
    if (
      'port' in message &&
      typeof message.port === 'object' &&
      message.port !== null &&
      'close' in message.port
    )
      (message.port as { close(): void }).close();
  },
  end: () => undefined,
};

export interface Asked {
  readonly source: string;
  readonly everyMs: number;
  readonly suspectMs: number;
  /** `undefined`: it could not be asked. */
  answer(): Extract<FromProbes, { kind: 'evidence' }>;
}

/** Rounds of questions, quicker in doubt. */
export function probesWork(
  time: VirtualTime,
  asked: readonly Asked[],
  tell: (message: FromProbes) => void,
): Work {
  const owner = time.owner;
  let isOver = false;
  let isSuspect = false;
  const askedAt = new Map<Asked, number>();
  const look = (): void => {
    if (isOver) return;
    for (const one of asked) {
      const every = isSuspect ? one.suspectMs : one.everyMs;
      if (time.now - (askedAt.get(one) ?? -Infinity) < every) continue;
      askedAt.set(one, time.now);
      tell(one.answer());
    }
    time.in(500, look, owner);
  };
  time.in(200, look, owner);
  return {
    take(given) {
      const message = given as ToProbes;
      if (message.kind === 'suspect') isSuspect = message.subjects.includes('pbx');
    },
    end() {
      isOver = true;
    },
  };
}
