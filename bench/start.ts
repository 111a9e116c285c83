/** From the start of the process to the guard in place (relays adopted, turning), with one card of 8 lines on TCP. */
import type { Options } from './run.ts';
import { Program, linekeeper } from '../test/room/program.ts';
import { benchRoom } from './room.ts';
import { median, nodeFlags } from './process.ts';

export async function start(options: Options): Promise<object> {
  const runs = Number(options['runs'] ?? '10');
  const room = await benchRoom(8);
  const spawnToActiveMs: number[] = [];
  const ownMs: number[] = [];
  for (let run = 0; run < runs; run++) {
    const begun = performance.now();
    const program = linekeeper(['run', '--room', room.file], {}, nodeFlags(options['flags']));
    const [, own = ''] = await program.says(/guard active (\d+) ms after process start/);
    spawnToActiveMs.push(Math.round(performance.now() - begun));
    ownMs.push(Number(own));
    program.kill('SIGUSR2');
    await program.ended;
  }
  await Program.endAll();
  return {
    runs,
    medianMs: median(ownMs),
    maxMs: Math.max(...ownMs),
    spawnToLogLineMs: { median: median(spawnToActiveMs), all: spawnToActiveMs },
  };
}
