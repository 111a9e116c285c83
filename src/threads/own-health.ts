/** What the worker `probes` finds out about the machine itself, looked at now and then; each finding is told when it changes. */
import type { WorkerCondition } from '../model/messages.ts';
import { lookAtClock } from '../drivers/clock/time-source.ts';
import { MachineHealth } from '../drivers/machine/health.ts';

const lookEveryMs = 30_000;
/** After a start and after a cut of the network it takes minutes to find the time again: so many looks in a row must agree. */
const looksNeeded: Readonly<Record<string, number>> = { 'clock.unsynchronised': 20 };

type Found = Omit<WorkerCondition, 'kind' | 'qualifier'> & { readonly qualifier?: string };

export class OwnHealth {
  readonly #send: (condition: WorkerCondition) => void;
  readonly #machine: MachineHealth;
  readonly #told = new Map<string, string>();
  /** Looks in a row that found it. */
  readonly #seen = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor(dataFolder: string, send: (condition: WorkerCondition) => void) {
    this.#machine = new MachineHealth(dataFolder);
    this.#send = send;
  }

  start(): void {
    this.#looking = this.#look();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    await this.#looking;
  }

  async #look(): Promise<void> {
    const found = await Promise.all([lookAtClock(), this.#machine.look()]);
    for (const one of found.flat()) this.#tell(one);
    if (this.#isClosed) return;
    this.#timer = setTimeout(() => {
      this.start();
    }, lookEveryMs);
  }

  #tell({ type, qualifier = '', active, detail }: Found): void {
    if (this.#isClosed) return;
    const key = `${type}/${qualifier}`;
    const seen = active ? (this.#seen.get(key) ?? 0) + 1 : 0;
    this.#seen.set(key, seen);
    const isTrue = active && seen >= (looksNeeded[type] ?? 1);
    const words = isTrue ? detail.en : undefined;
    if (this.#told.get(key) === words) return;
    if (words === undefined) this.#told.delete(key);
    else this.#told.set(key, words);
    this.#send({ kind: 'condition', type, qualifier, active: isTrue, detail });
  }
}
