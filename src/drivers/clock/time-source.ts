/**
 * Who keeps the clock of this machine, and how well: chrony, or systemd-timesyncd where there is no chrony. Asked by their own
 * programs, as child processes with arguments. A machine with neither says nothing: then nobody promised a right time.
 */
import { execFile } from 'node:child_process';
import type { ChronyState } from '../../format/chrony.ts';
import { parseChrony } from '../../format/chrony.ts';
import { text } from '../../model/text.ts';
import type { Text } from '../../model/text.ts';

const runMsMax = 5000;
const outputBytesMax = 64 * 1024;
/** Beyond this the times of recordings are off by more than a word. */
const offsetSMax = 0.5;
/** Crystals are within 100 ppm; beyond this the board is broken or too hot, and time runs away as soon as the network is gone. */
const driftPpmMax = 200;

export interface ClockFinding {
  readonly type: 'clock.unsynchronised' | 'clock.offset' | 'clock.drift';
  readonly active: boolean;
  readonly detail: Text;
}

export interface Ran {
  /** `absent`: the program is not installed. */
  readonly kind: 'absent' | 'failed' | 'ran';
  readonly output: string;
}
export type Run = (program: string, args: readonly string[]) => Promise<Ran>;

/** Everything there is to tell now; empty where nobody keeps the clock. */
export async function lookAtClock(run: Run = runProgram): Promise<readonly ClockFinding[]> {
  const tracking = await run('chronyc', ['-n', '-c', 'tracking']);
  if (tracking.kind === 'ran') {
    const sources = await run('chronyc', ['-n', '-c', 'sources']);
    const state = parseChrony(tracking.output, sources.output);
    return state === undefined ? [unsynchronised(notUnderstood)] : judge(state);
  }
  if (tracking.kind === 'failed') return [unsynchronised(text('chronyd 没有运行', 'chronyd does not run'))];
  const timesync = await run('timedatectl', ['show', '-p', 'NTP', '-p', 'NTPSynchronized']);
  if (timesync.kind !== 'ran') return [];
  const isYes = (name: string): boolean => new RegExp(`^${name}=yes$`, 'm').test(timesync.output);
  if (isYes('NTPSynchronized')) return [unsynchronised(undefined)];
  return [
    unsynchronised(
      isYes('NTP')
        ? text('timesyncd 尚未同步', 'timesyncd is not synchronised')
        : text('没有启用对时服务', 'no time service is switched on'),
    ),
  ];
}

const notUnderstood = text('看不懂 chronyc 的输出', 'what chronyc prints is not understood');

const unsynchronised = (why: Text | undefined): ClockFinding => ({
  type: 'clock.unsynchronised',
  active: why !== undefined,
  detail: why ?? text('', ''),
});

function judge({ stratum, offsetS, driftPpm, leap, source, sources }: ChronyState): readonly ClockFinding[] {
  const why =
    sources === 0
      ? text('chrony 没有时间源', 'chrony has no source')
      : source === undefined
        ? text(`${sources} 个时间源都不可用`, `none of its ${sources} sources can be followed`)
        : stratum === 0 || leap === 'Not synchronised'
          ? text('chrony 尚未同步', 'chrony is not synchronised')
          : undefined;
  const milliseconds = Math.round(offsetS * 10) * 100;
  const ppm = Math.round(driftPpm / 10) * 10;
  return [
    unsynchronised(why),
    {
      type: 'clock.offset',
      active: Math.abs(offsetS) > offsetSMax,
      detail: text(`约 ${milliseconds} 毫秒`, `about ${milliseconds} ms`),
    },
    {
      type: 'clock.drift',
      active: Math.abs(driftPpm) > driftPpmMax,
      detail: text(`约百万分之 ${ppm}`, `about ${ppm} ppm`),
    },
  ];
}

const runProgram: Run = (program, args) =>
  new Promise((resolve) => {
    const settings = {
      timeout: runMsMax,
      maxBuffer: outputBytesMax,
      env: { PATH: process.env['PATH'], LC_ALL: 'C' },
    };
    execFile(program, [...args], settings, (error, output) => {
      const kind = error === null ? 'ran' : error.code === 'ENOENT' ? 'absent' : 'failed';
      resolve({ kind, output });
    });
  });
