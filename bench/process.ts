/** What the kernel says of a process: CPU seconds and memory, in all and by thread; and how the unit starts it. */
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { projectFolder } from '../test/rig.ts';

const ticksPerSecond = 100;

const secondsOf = (stat: string): number => {
  // The name may hold spaces and brackets: fields count from the last one.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
};

export const cpuSeconds = (pid: number): number => secondsOf(readFileSync(`/proc/${pid}/stat`, 'utf8'));

/** CPU seconds by thread name, those of one name added up. */
export function cpuByThread(pid: number): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const task of readdirSync(`/proc/${pid}/task`)) {
    const stat = readFileSync(`/proc/${pid}/task/${task}/stat`, 'utf8');
    const name =
      task === String(pid) ? 'main (guard)' : stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
    sums[name] = Math.round(((sums[name] ?? 0) + secondsOf(stat)) * 100) / 100;
  }
  return sums;
}

export const residentMB = (pid: number): number =>
  Math.round(Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024);

/** The value below which this share of `sorted` lies. */
export const quantile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN;

export const median = (values: readonly number[]): number =>
  quantile(
    [...values].sort((a, b) => a - b),
    0.5,
  );

/** Options of Node for the program: those that are asked for, or those of the systemd unit. */
export function nodeFlags(asked: string | undefined): string[] {
  const unit = readFileSync(path.join(projectFolder, 'systemd/linekeeper.service'), 'utf8');
  const words = asked ?? /^ExecStart=\S+ (.*?) \S+main\.js /m.exec(unit)?.[1] ?? '';
  return words.split(' ').filter((flag) => flag !== '');
}
