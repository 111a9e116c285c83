/**
 * Keeps one worker thread alive. A worker that dies, fails to start or stops beating is ended and started again with
 * back-off; the guard hears of each change and goes on. Messages to a worker that is down are dropped and counted: what
 * must survive is offered again by its owner when the worker is `running`.
 */
import type { MessagePort } from 'node:worker_threads';
import type { Text } from '../model/text.ts';
import { text } from '../model/text.ts';

const firstDelayMs = 200;
const delayMsMax = 30_000;
/**
 * No beat in this many of our own looks: the worker is stuck and is ended. Looks are counted, not time: where the whole process stood
 * still (a stopped machine, SIGSTOP), nobody could beat, and ending four sound threads would make it worse.
 */
const silentLooksMax = 15;
const lookEveryMs = 1000;
/** After this long without a fault the back-off starts anew. */
const calmMs = 60_000;

export type WorkerState = 'starting' | 'running' | 'restarting' | 'failed';

/** As much of a worker thread as is needed here. */
export interface WorkerThread<Out> {
  on(event: 'error', heard: (error: unknown) => void): unknown;
  on(event: 'exit', heard: (code: number) => void): unknown;
  on(event: 'message', heard: (message: Out) => void): unknown;
  postMessage(message: unknown, transfer?: readonly MessagePort[]): void;
  terminate(): Promise<number>;
}

export interface WorkerPlan<Out> {
  readonly name: string;
  /** Makes a new worker; called for every start. */
  spawn(): WorkerThread<Out>;
  message(message: Out): void;
  changed(state: WorkerState, reason: Text): void;
}

export class WorkerSupervisor<In, Out extends { readonly kind: string }> {
  readonly #plan: WorkerPlan<Out>;
  #worker: WorkerThread<Out> | undefined;
  #state: WorkerState = 'starting';
  #restarts = 0;
  #dropped = 0;
  #delayMs = firstDelayMs;
  #silence: NodeJS.Timeout | undefined;
  #silentLooks = 0;
  #calm: NodeJS.Timeout | undefined;
  #again: NodeJS.Timeout | undefined;
  #isClosing = false;
  #closed: (() => void) | undefined;
  #memoryMB = 0;

  constructor(plan: WorkerPlan<Out>) {
    this.#plan = plan;
  }

  start(): void {
    let worker: WorkerThread<Out>;
    try {
      worker = this.#plan.spawn();
    } catch (error) {
      this.#lost(messageOf(error));
      return;
    }
    this.#worker = worker;
    this.#watchSilence(worker);
    let failure = '';
    worker.on('error', (error: unknown) => (failure = messageOf(error)));
    worker.on('exit', (code) => {
      if (this.#worker !== worker) return;
      this.#worker = undefined;
      if (this.#isClosing) this.#closed?.();
      else this.#lost(failure === '' ? `exit ${code}` : failure);
    });
    worker.on('message', (message: Out) => {
      if (this.#worker !== worker) return;
      this.#silentLooks = 0;
      if ('memoryMB' in message && typeof message.memoryMB === 'number') this.#memoryMB = message.memoryMB;
      if (message.kind === 'ready') this.#ready();
      this.#plan.message(message);
    });
  }

  /** False when the worker is down and the message is gone. */
  post(message: In, transfer: readonly MessagePort[] = []): boolean {
    if (this.#worker === undefined) {
      this.#dropped++;
      return false;
    }
    this.#worker.postMessage(message, [...transfer]);
    return true;
  }

  get state(): WorkerState {
    return this.#state;
  }
  get restarts(): number {
    return this.#restarts;
  }
  get dropped(): number {
    return this.#dropped;
  }
  get memoryMB(): number {
    return this.#memoryMB;
  }

  /** Asks the worker to end (`closing` is its message for that) and ends it by force after `limitMs`. */
  async close(closing: In, limitMs: number): Promise<void> {
    this.#isClosing = true;
    clearTimeout(this.#again);
    clearInterval(this.#silence);
    clearTimeout(this.#calm);
    const worker = this.#worker;
    if (worker === undefined) return;
    const ended = new Promise<void>((resolve) => (this.#closed = resolve));
    worker.postMessage(closing);
    const force = setTimeout(() => void worker.terminate(), limitMs);
    await ended;
    clearTimeout(force);
  }

  #ready(): void {
    if (this.#isClosing) return;
    this.#state = 'running';
    clearTimeout(this.#calm);
    this.#calm = setTimeout(() => (this.#delayMs = firstDelayMs), calmMs);
    this.#plan.changed('running', text('运行中', 'running'));
  }

  #watchSilence(worker: WorkerThread<Out>): void {
    clearInterval(this.#silence);
    this.#silentLooks = 0;
    this.#silence = setInterval(() => {
      if (this.#worker !== worker || ++this.#silentLooks < silentLooksMax) return;
      this.#worker = undefined;
      void worker.terminate();
      this.#lost(`silent for ${(silentLooksMax * lookEveryMs) / 1000} s`);
    }, lookEveryMs);
  }

  #lost(reason: string): void {
    clearInterval(this.#silence);
    clearTimeout(this.#calm);
    if (this.#isClosing) return;
    this.#restarts++;
    this.#state = 'restarting';
    const seconds = this.#delayMs / 1000;
    this.#plan.changed(
      'restarting',
      text(
        `线程“${this.#plan.name}”中断（${reason}），${seconds} 秒后重启`,
        `thread "${this.#plan.name}" ended (${reason}); starts again in ${seconds} s`,
      ),
    );
    this.#again = setTimeout(() => {
      this.start();
    }, this.#delayMs);
    this.#delayMs = Math.min(this.#delayMs * 2, delayMsMax);
  }
}

/** An error of another thread is a copy, and a package's own kind of error comes as a plain object. */
function messageOf(error: unknown): string {
  const isTold = typeof error === 'object' && error !== null && 'message' in error;
  return isTold ? String(error.message) : String(error);
}
