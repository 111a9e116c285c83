/** Many nights on all cores: each process takes the next few seeds when it is done with its last. */
import { fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';

const seedsAtOnce = 5;

export interface Failed {
  readonly seed: number;
  readonly violation: string;
}
export interface Judged {
  readonly done: number;
  readonly failed: readonly Failed[];
  readonly counts: Readonly<Record<string, number>>;
}
export interface Batch extends Judged {
  readonly seeds: readonly number[];
}

export function runBatch(from: number, seeds: number, progress: (done: number) => void): Promise<Judged> {
  const failed: Failed[] = [];
  const counts: Record<string, number> = {};
  let done = 0;
  let next = from;
  const end = from + seeds;
  const take = (): number[] => {
    const mine = Array.from({ length: Math.min(seedsAtOnce, end - next) }, (_, n) => next + n);
    next += mine.length;
    return mine;
  };
  const work = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const child = fork(fileURLToPath(new URL('./worker.ts', import.meta.url)), {
        execArgv: ['--import', 'tsx'],
        stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      });
      const give = (): void => {
        const mine = take();
        if (mine.length > 0) child.send(mine);
        else child.disconnect();
      };
      child.on('message', (batch: Batch) => {
        done += batch.done;
        failed.push(...batch.failed);
        for (const [what, times] of Object.entries(batch.counts)) counts[what] = (counts[what] ?? 0) + times;
        progress(done);
        give();
      });
      child.on('error', reject);
      child.on('exit', (code) => {
        if (code === 0) resolve();
        else reject(new Error(`a process of the simulation ended with ${code ?? 'a signal'}`));
      });
      give();
    });
  const processes = Math.max(1, Math.min(availableParallelism(), Math.ceil(seeds / seedsAtOnce)));
  return Promise.all(Array.from({ length: processes }, work)).then(() => ({
    done,
    failed: failed.sort((a, b) => a.seed - b.seed),
    counts: Object.fromEntries(Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1))),
  }));
}
