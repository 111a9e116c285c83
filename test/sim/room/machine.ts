/**
 * The computer that linekeeper runs on: the guard's process from its start to its end, its threads and disk, and systemd, which starts it
 * again and ends it when it does not answer. The guard is the real one (`threads/guard.ts`); only what is around it is virtual.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { CardName } from './room.ts';
import type { Chance } from '../../../src/sim/chance.ts';
import type { Command } from '../../../src/model/event.ts';
import type { Guard } from '../../../src/threads/guard.ts';
import type { GuardParts } from '../../../src/threads/guard-parts.ts';
import type { Room } from '../../../src/model/room.ts';
import type { WorkerThread } from '../../../src/shell/worker-supervisor.ts';
import { VirtualChip } from '../../../src/drivers/gpio/virtual.ts';
import { openField } from '../../../src/threads/field.ts';
import { startGuard } from '../../../src/threads/guard.ts';
import { text } from '../../../src/model/text.ts';
import { VirtualDisk } from './disk.ts';
import { FaultyGpio } from './pins.ts';
import { Centre, VirtualThread, closesPorts, frontWork, outboxFile, probesWork } from './threads.ts';
import type { Asked, FrontWork, Work, WorkerName } from './threads.ts';
import { Owner } from './time.ts';
import { Violation } from './violation.ts';
import type { VirtualTime } from './time.ts';
import type { Wire } from './wire.ts';

const watchdogMs = 10_000;
const restartMs = 100;
// Modules that the guard loads when it turns already must not come at moments of real time.
await Promise.all([import('../../../src/threads/bus-probes.ts'), import('../../../src/threads/readings.ts')]);

const runtimeFolder = mkdtempSync(path.join(tmpdir(), 'linekeeper-sim-'));
process.env['RUNTIME_DIRECTORY'] = runtimeFolder;
process.env['WATCHDOG_USEC'] = String(watchdogMs * 1000);
process.on('exit', () => {
  rmSync(runtimeFolder, { recursive: true, force: true });
});

class ProcessEnded extends Error {
  readonly code: number;
  constructor(code: number) {
    super(`the process ends with ${code}`);
    this.code = code;
  }
}

/** Whoever looks at the guard from outside. */
export interface Onlookers {
  readonly core: GuardParts['core'];
  happened(what: string): void;
  count(what: string): void;
  /** A rule of the program's own was broken, or it threw. */
  broken(what: string): void;
  started(): void;
  ended(why: 'crash' | 'orderly'): void;
  /** The front was given a notice that the centre must get in the end. */
  offered(id: string): void;
}

export interface MachineOptions {
  readonly room: Room;
  readonly time: VirtualTime;
  readonly random: Chance;
  readonly wires: Readonly<Record<CardName, Wire>>;
  readonly asked: readonly Asked[];
  readonly onlookers: Onlookers;
  readonly bootMs: number;
  readonly lateMs: number;
}

export class Machine {
  readonly disk: VirtualDisk;
  readonly centre: Centre;
  readonly chip = new VirtualChip({ keepsOutputs: false });
  readonly pinFaults = { refuses: false, failsWrites: false, failsReads: false };
  readonly threads = new Map<WorkerName, VirtualThread>();
  readonly #options: MachineOptions;
  readonly #outbox = outboxFile();
  #front: FrontWork | undefined;
  #guard: Guard | undefined;
  #owner: Owner | undefined;
  #gpio: FaultyGpio | undefined;
  #boot = 1;
  #orders = 0;
  #isWanted = true;
  #hasPower = true;
  #isStarting = false;
  #aliveAt: number | undefined;
  /** Since when the process has been running; `undefined`: it does not. */
  startedAt: number | undefined;
  isFit = true;

  constructor(options: MachineOptions) {
    this.#options = options;
    const { time, random, onlookers } = options;
    rmSync(path.join(runtimeFolder, 'starts.json'), { force: true });
    this.disk = new VirtualDisk(time, random, (what) => {
      onlookers.count(what);
    });
    this.centre = new Centre(time);
    time.onThrow = (error, owner) => {
      if (owner !== this.#owner || error instanceof Violation) throw error;
      if (error instanceof ProcessEnded) this.#died(`ends with ${error.code}`);
      else {
        onlookers.broken(`the guard throws: ${error instanceof Error ? (error.stack ?? '') : String(error)}`);
        this.#died('throws');
      }
    };
    const watch = (): void => {
      if (this.#aliveAt !== undefined && time.now - this.#aliveAt > watchdogMs) {
        onlookers.count('ended by the watchdog');
        this.crash('the watchdog of systemd');
      }
      time.in(500, watch);
    };
    time.in(500, watch);
  }

  get isRunning(): boolean {
    return this.#guard !== undefined;
  }
  get owner(): Owner | undefined {
    return this.#owner;
  }
  /** It runs, and nobody has stopped it: what it promises can be asked of it. */
  get isAwake(): boolean {
    return this.#guard !== undefined && (this.#owner?.stoppedUntil ?? 0) <= this.#options.time.now;
  }
  get outbox(): FrontWork['outbox'] | undefined {
    return this.#front?.outbox;
  }

  /** systemd starts it. */
  start(): void {
    this.#isWanted = true;
    if (!this.#hasPower || this.#isStarting || this.#guard !== undefined) return;
    this.#isStarting = true;
    const { time, bootMs } = this.#options;
    time.in(restartMs + bootMs, () => {
      this.#isStarting = false;
      if (!this.#isWanted || !this.#hasPower) return;
      time.hold(
        this.#launch().catch((error: unknown) => {
          this.#options.onlookers.broken(
            `the start fails: ${error instanceof Error ? (error.stack ?? '') : String(error)}`,
          );
        }),
      );
    });
  }

  async #launch(): Promise<void> {
    const { time, room, onlookers, lateMs } = this.#options;
    const owner = new Owner('guard');
    owner.lateMs = lateMs;
    this.#owner = owner;
    time.promising = owner;
    time.owner = owner;
    this.threads.clear();
    onlookers.started();
    const log = (level: string): void => {
      if (level === 'error') onlookers.count('error in the log');
    };
    const guard = await startGuard(
      {
        ...{ room, clock: time.clock, log, version: 'sim', openReads: false, readToken: '', found: [] },
        ...{ httpPortIsFixed: false, stopLimitMs: 60_000 },
      },
      this.#parts(owner),
    );
    this.#guard = guard;
    this.startedAt = time.now;
    time.owner = time.world;
    time.promised();
    void guard.ended.then((code) => {
      if (this.#owner !== owner) return;
      onlookers.happened(`guard: ends by itself with ${code}`);
      this.#gone('orderly');
    });
  }

  #parts(owner: Owner): GuardParts {
    const { onlookers, time, wires } = this.#options;
    return {
      core: onlookers.core,
      bootId: () => `boot-${this.#boot}`,
      disk: this.disk.of(owner),
      openField: (room, bound, clock, handlers) =>
        openField(room, bound, clock, handlers, {
          openLink: (_, name) => wires[name as CardName].host,
          openGpio: () => {
            this.#gpio = new FaultyGpio(this.chip, this.pinFaults, time);
            return Promise.resolve({ gpio: this.#gpio, explanation: text('虚拟', 'virtual') });
          },
        }),
      startWorker: <Out>(name: WorkerName): WorkerThread<Out> => {
        const thread = new VirtualThread(name, time, (tell) => this.#workOf(name, tell));
        this.threads.set(name, thread);
        return thread;
      },
      openNotifier: () =>
        Promise.resolve({
          isActive: true,
          ready: () => (this.#aliveAt = time.now),
          alive: () => {
            this.#aliveAt = time.now;
            return true;
          },
          stopping: () => (this.#aliveAt = undefined),
          status: () => undefined,
          close: () => undefined,
        }),
      writeLastWords: (_, { what }) => {
        onlookers.broken(what);
      },
      findLastWords: () => [],
      giveUpRealTime: () => Promise.resolve(false),
      onBroken: () => undefined,
      exit: (code) => {
        throw new ProcessEnded(code);
      },
    };
  }

  #workOf(name: WorkerName, tell: (message: never) => void): Work {
    const { time, asked, onlookers } = this.#options;
    const say = tell as (message: object) => void;
    switch (name) {
      case 'front':
        this.#front = frontWork(time, this.centre, this.#outbox, say, (id) => {
          onlookers.offered(id);
        });
        return this.#front;
      case 'probes':
        return probesWork(time, asked, say);
      case 'recorder':
        return {
          take: (message) => {
            closesPorts.take(message);
            if (!('kind' in message) || !('id' in message) || !('line' in message)) return;
            const { id, line } = message;
            if (message.kind === 'start') say({ kind: 'started', id, line });
            if (message.kind === 'stop') say({ kind: 'sealed', id, line, path: '', durationMs: 0 });
          },
          end: () => undefined,
        };
      case 'archive':
        return closesPorts;
    }
  }

  /** A person orders it on the page, or the centre does. */
  order(via: 'panel' | 'centre', command: Command): boolean {
    if (!this.isRunning || this.threads.get('front')?.isRunning !== true) return false;
    this.threads
      .get('front')
      ?.act(() => this.#front?.order(`order-${++this.#orders}`, { via, name: 'Li' }, command));
    return true;
  }

  broker(isUp: boolean): void {
    const front = this.threads.get('front');
    if (front?.isRunning === true) front.act(() => (this.centre.isUp = isUp));
    else this.centre.isUp = isUp;
  }

  /** The recorder hears somebody. */
  speech(line: string): void {
    const { time } = this.#options;
    const thread = this.threads.get('recorder');
    if (thread?.isRunning === true && !thread.isSilent)
      thread.say({ kind: 'speech', line, at: time.clock.mono() });
  }

  pin(number: number, level: boolean): void {
    const { time } = this.#options;
    time.as(this.#owner ?? time.world, () => {
      this.chip.drive(number, level);
    });
  }

  losePins(): void {
    const { time } = this.#options;
    time.as(this.#owner ?? time.world, () => {
      this.#gpio?.lose();
    });
  }

  stall(ms: number): void {
    if (this.#owner !== undefined) this.#owner.stoppedUntil = this.#options.time.now + ms;
  }

  end(how: 'stop' | 'restart'): void {
    const { time } = this.#options;
    if (how === 'stop') this.#isWanted = false;
    const guard = this.#guard;
    const owner = this.#owner;
    if (guard === undefined || owner === undefined) return;
    // A signal is heard when the process turns again.
    time.in(
      0,
      () => {
        guard.end(how);
        time.promised();
      },
      owner,
    );
  }

  crash(why = 'killed'): void {
    if (this.#owner?.isAlive === true && this.#guard !== undefined) this.#died(why);
  }

  losePower(): void {
    this.#hasPower = false;
    this.crash('no power');
    this.disk.loseUnsynced();
    rmSync(path.join(runtimeFolder, 'starts.json'), { force: true });
  }

  givePower(): void {
    if (this.#hasPower) return;
    this.#hasPower = true;
    this.#boot++;
    this.#options.time.bootAt = this.#options.time.now - 5000;
    this.start();
  }

  #died(why: string): void {
    this.#options.onlookers.happened(`guard: dies (${why})`);
    this.#gone('crash');
  }

  #gone(why: 'crash' | 'orderly'): void {
    const { time, onlookers } = this.#options;
    if (this.#owner !== undefined) this.#owner.isAlive = false;
    for (const thread of this.threads.values()) thread.kill();
    this.#guard = undefined;
    this.#front = undefined;
    this.centre.pump = undefined;
    this.#aliveAt = undefined;
    this.startedAt = undefined;
    // The kernel lets go of what the process held.
    void this.#gpio?.close();
    this.#gpio = undefined;
    time.promised();
    onlookers.ended(why);
    if (this.#isWanted) this.start();
  }
}
