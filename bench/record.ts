/** CPU seconds per channel-hour and memory while N lines carry speech at real time; virtual cards are other processes. */
import type { Options } from './run.ts';
import { Program, linekeeper } from '../test/room/program.ts';
import { benchRoom, sleep, talkOnAll } from './room.ts';
import { cpuByThread, cpuSeconds, nodeFlags, residentMB } from './process.ts';

const settleMs = 20_000;

export async function record(options: Options): Promise<object> {
  const lines = Number(options['lines'] ?? '32');
  const seconds = Number(options['seconds'] ?? '60');
  const room = await benchRoom(lines);
  const program = linekeeper(['run', '--room', room.file], {}, nodeFlags(options['flags']));
  await program.says(/guard active/);
  await talkOnAll(room, lines, seconds + settleMs / 1000 + 30);
  await sleep(settleMs);
  const before = { cpu: cpuSeconds(program.pid), threads: cpuByThread(program.pid), at: performance.now() };
  await sleep(seconds * 1000);
  const elapsedS = (performance.now() - before.at) / 1000;
  const cpu = cpuSeconds(program.pid) - before.cpu;
  const threads = Object.fromEntries(
    Object.entries(cpuByThread(program.pid)).map(([name, own]) => [
      name,
      `${Math.round(((own - (before.threads[name] ?? 0)) / elapsedS) * 1000) / 10} %`,
    ]),
  );
  const rssMB = residentMB(program.pid);
  program.kill('SIGTERM');
  await sleep(1500);
  await Program.endAll();
  return {
    lines,
    elapsedS: Math.round(elapsedS),
    percentOfOneCore: Math.round((cpu / elapsedS) * 1000) / 10,
    cpuSecondsPerChannelHour: Math.round((cpu / elapsedS / lines) * 3600 * 10) / 10,
    rssMB,
    threads,
  };
}
