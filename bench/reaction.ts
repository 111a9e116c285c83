/**
 * From a fault on TCP to an output on TCP, by the harness's own clock; both ends are the harness. The same harness asks linekeeper and
 * Node-RED, in rounds one after the other, so that a noisy machine hits both alike.
 *
 *   npm run bench -- reaction n=20000 target=linekeeper,node-red load=idle,lines rt=0,10 rounds=1
 *
 * n: events of each row in all; load: `idle`, or `lines`: 32 lines record (Node-RED: a tick of 32 channels of samples every 20 ms on its
 * only thread); rt: real-time priority of the target's main thread (needs root), 0: none. With one the harness has it too, or it would
 * count its own waiting for a core. flags: options of Node for linekeeper, as in the systemd unit by default. Node-RED is not a dependency: NR names a
 * folder in which `npm i node-red@4` was run.
 */
import { spawn } from 'node:child_process';
import type { Options } from './run.ts';
import { Program } from '../test/room/program.ts';
import { cpuSeconds, nodeFlags, quantile, residentMB } from './process.ts';
import { linekeeperTarget } from './reaction-linekeeper.ts';
import { nodeRedTarget } from './reaction-node-red.ts';
import { sleep } from './room.ts';

/** What is measured: something that answers an event with an output. */
export interface Target {
  readonly pid: number;
  /** Two events, one after the other: milliseconds from each to its output; `NaN`: no answer in time. */
  pair(pauseMs: () => number): Promise<readonly [number, number]>;
  close(): Promise<void>;
}

export type Load = 'idle' | 'lines';
export const answerLimitMs = 2000;

const warmUpPairs = 200;
const settleMs = 5000;

const targets: Readonly<Record<string, (load: Load, flags: readonly string[]) => Promise<Target>>> = {
  linekeeper: linekeeperTarget,
  'node-red': nodeRedTarget,
};

export async function reaction(options: Options): Promise<object> {
  const events = Number(options['n'] ?? '20000');
  const rounds = Number(options['rounds'] ?? '1');
  const gapMs = Number(options['gap'] ?? '4');
  const wanted = (options['target'] ?? 'linekeeper').split(',');
  const loads = (options['load'] ?? 'idle,lines').split(',');
  const priorities = (options['rt'] ?? '0').split(',').map(Number);
  const flags = nodeFlags(options['flags']);
  const rows = wanted.flatMap((target) =>
    loads.flatMap((load) =>
      priorities.map((priority) => ({ target, load, priority, ms: [] as number[], cpu: 0, rssMB: 0 })),
    ),
  );
  const pairs = Math.ceil(events / 2 / rounds);
  for (let round = 0; round < rounds; round++)
    for (const row of rows) {
      const make = targets[row.target];
      if (make === undefined || (row.load !== 'idle' && row.load !== 'lines'))
        throw new Error(`target is one of ${Object.keys(targets).join(', ')}; load is idle or lines`);
      const target = await make(row.load, flags);
      for (const pid of [target.pid, process.pid]) await setPriority(pid, row.priority);
      await sleep(settleMs);
      const pause = (): number => gapMs * (0.5 + Math.random());
      for (let n = 0; n < warmUpPairs; n++) await target.pair(pause);
      const before = { cpu: cpuSeconds(target.pid), at: performance.now() };
      for (let n = 0; n < pairs; n++) row.ms.push(...(await target.pair(pause)));
      row.cpu += (cpuSeconds(target.pid) - before.cpu) / ((performance.now() - before.at) / 1000) / rounds;
      row.rssMB = Math.max(row.rssMB, residentMB(target.pid));
      await target.close();
      await Program.endAll();
      console.error(`${row.target} ${row.load} rt=${row.priority}: round ${round + 1} of ${rounds}`);
    }
  return {
    rows: rows.map(({ target, load, priority, ms, cpu, rssMB }) => {
      const answered = ms.filter((one) => !Number.isNaN(one)).sort((a, b) => a - b);
      const at = (share: number): number => Math.round(quantile(answered, share) * 1000) / 1000;
      return {
        target,
        load,
        realTimePriority: priority,
        events: ms.length,
        missing: ms.length - answered.length,
        p50: at(0.5),
        p99: at(0.99),
        p999: at(0.999),
        max: at(1),
        percentOfOneCore: Math.round(cpu * 1000) / 10,
        rssMB,
      };
    }),
  };
}

/** The main thread only: its workers and V8's own threads stay as they are. */
async function setPriority(pid: number, priority: number): Promise<void> {
  const policy = priority > 0 ? '--fifo' : '--other';
  const chrt = spawn('chrt', ['--reset-on-fork', policy, '--pid', String(priority), String(pid)], {
    stdio: 'inherit',
  });
  const code = await new Promise((resolve) => chrt.on('close', resolve));
  if (code !== 0) throw new Error('chrt failed: real-time priority needs root or CAP_SYS_NICE');
}
