/**
 * From a fault on TCP to an output on TCP, by the harness's own clock; both ends are the harness. The same harness asks linekeeper and
 * Node-RED, in rounds one after the other, so that a noisy machine hits both alike.
 *
 *   npm run bench -- reaction n=20000 target=linekeeper,node-red load=lines,stress rt=10 rounds=3
 *
 * n: events of each row in all; a figure is the median of the rounds. load: `idle`; `lines`: 32 lines record (Node-RED: a tick of samples every
 * 20 ms on its only thread, PCM_REP times 32 channels); `busy`: the same while somebody searches the archive and a backup copies it (Node-RED
 * has no archive: it gets the same two processes beside it); `stress`: `lines` beside stress-ng on both cores. rt: real-time priority of the target's main thread (needs root), 0: none. With one the harness has it too, or it would
 * count its own waiting for a core. flags: options of Node for linekeeper, as in the systemd unit by default. Node-RED is not a dependency: NR names a
 * folder in which `npm i node-red@4` was run.
 */
import { spawn } from 'node:child_process';
import type { Options } from './run.ts';
import { Program } from '../test/room/program.ts';
import { cpuSeconds, median, nodeFlags, quantile, residentMB } from './process.ts';
import { startBeside } from './reaction-beside.ts';
import { linekeeperTarget } from './reaction-linekeeper.ts';
import { nodeRedTarget } from './reaction-node-red.ts';
import { sleep } from './room.ts';

/** What is measured: something that answers an event with an output. */
export interface Target {
  readonly pid: number;
  /** What a search and a backup work on; the peer has none of its own. */
  readonly archive?: { readonly dataFolder: string; readonly page: string };
  /** Two events, one after the other: milliseconds from each to its output; `NaN`: no answer in time. */
  pair(pauseMs: () => number): Promise<readonly [number, number]>;
  close(): Promise<void>;
}

export const loads = ['idle', 'lines', 'busy', 'stress'] as const;
export type Load = (typeof loads)[number];
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
  const asked = (options['load'] ?? 'idle,lines').split(',');
  const priorities = (options['rt'] ?? '0').split(',').map(Number);
  const flags = nodeFlags(options['flags']);
  const rows = wanted.flatMap((target) =>
    asked.flatMap((load) =>
      priorities.map((priority): Row => ({
        target,
        load: loadOf(load),
        priority,
        rounds: [],
        cpu: 0,
        rssMB: 0,
      })),
    ),
  );
  const pairs = Math.ceil(events / 2 / rounds);
  for (let round = 0; round < rounds; round++)
    for (const row of rows) {
      const make = targets[row.target];
      if (make === undefined) throw new Error(`target is one of ${Object.keys(targets).join(', ')}`);
      const target = await make(row.load, flags);
      const beside = await startBeside(row.load, target);
      for (const pid of [target.pid, process.pid]) await setPriority(pid, row.priority);
      await sleep(settleMs);
      const pause = (): number => gapMs * (0.5 + Math.random());
      for (let n = 0; n < warmUpPairs; n++) await target.pair(pause);
      const before = { cpu: cpuSeconds(target.pid), at: performance.now() };
      const ms: number[] = [];
      for (let n = 0; n < pairs; n++) ms.push(...(await target.pair(pause)));
      row.rounds.push(ms);
      row.cpu += (cpuSeconds(target.pid) - before.cpu) / ((performance.now() - before.at) / 1000) / rounds;
      row.rssMB = Math.max(row.rssMB, residentMB(target.pid));
      beside.stop();
      await target.close();
      await Program.endAll();
      console.error(`${row.target} ${row.load} rt=${row.priority}: round ${round + 1} of ${rounds}`);
    }
  const measured = rows.map(figures);
  return { rows: measured, ratios: ratios(measured) };
}

interface Row {
  readonly target: string;
  readonly load: Load;
  readonly priority: number;
  readonly rounds: number[][];
  cpu: number;
  rssMB: number;
}

function loadOf(word: string): Load {
  const load = loads.find((one) => one === word);
  if (load === undefined) throw new Error(`load is one of ${loads.join(', ')}, not ${word}`);
  return load;
}

/** Quantiles of each round; of the rounds their median, and the worst of all events. */
function figures({ target, load, priority, rounds, cpu, rssMB }: Row) {
  const answered = rounds.map((ms) => ms.filter((one) => !Number.isNaN(one)).sort((a, b) => a - b));
  const at = (share: number): number =>
    Math.round(median(answered.map((ms) => quantile(ms, share))) * 1000) / 1000;
  const events = rounds.flat().length;
  return {
    target,
    load,
    realTimePriority: priority,
    events,
    missing: events - answered.flat().length,
    p50: at(0.5),
    p99: at(0.99),
    p999: at(0.999),
    max: Math.round(Math.max(...answered.map((ms) => ms.at(-1) ?? NaN)) * 1000) / 1000,
    percentOfOneCore: Math.round(cpu * 1000) / 10,
    rssMB,
  };
}

/** How many times sooner than the peer under the same load and priority. */
function ratios(rows: readonly ReturnType<typeof figures>[]): object[] {
  const isOf = (target: string) => (row: (typeof rows)[number]) => row.target === target;
  return rows.filter(isOf('linekeeper')).flatMap((ours) => {
    const peer = rows
      .filter(isOf('node-red'))
      .find(({ load, realTimePriority }) => load === ours.load && realTimePriority === ours.realTimePriority);
    const times = (share: 'p50' | 'p99' | 'p999'): number =>
      Math.round(((peer?.[share] ?? NaN) / ours[share]) * 10) / 10;
    return peer === undefined
      ? []
      : [
          {
            load: ours.load,
            realTimePriority: ours.realTimePriority,
            p50: times('p50'),
            p99: times('p99'),
            p999: times('p999'),
          },
        ];
  });
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
