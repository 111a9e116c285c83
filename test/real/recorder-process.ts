/**
 * A process of its own that records one line with the built recorder thread until it is killed:
 * `node --import tsx test/real/recorder-process.ts DATA_FOLDER`. Says `recording` on standard output, then a line a second
 * with how many milliseconds the line has played.
 */
import { Worker } from 'node:worker_threads';
import path from 'node:path';
import type { FromRecorder, RecorderStart, ToRecorder } from '../../src/model/messages.ts';
import { AudioRingWriter, makeAudioRing } from '../../src/signal/audio-ring.ts';
import { monoMs, wallMs } from '../../src/model/units.ts';
import { projectFolder } from '../rig.ts';
import { speech } from '../signal/voices.ts';
import { systemClock } from '../../src/drivers/clock/system.ts';

const [, , dataFolder = ''] = process.argv;
const voice = speech(20_000, 7, 9000);
const buffer = makeAudioRing();
const writer = new AudioRingWriter(buffer);
const workerData: RecorderStart = {
  dataFolder,
  room: 'real',
  settings: {
    start: 'line-voltage',
    preRollMs: 2000,
    hangOverMs: 3000,
    keepDays: 400,
    promptAtPercent: 85,
    bitRate: 16_000,
    complexity: 5,
  },
  rings: [{ line: 'L01', buffer }],
  clock: { mono: systemClock.mono(), wall: wallMs(Date.UTC(2026, 10, 23, 8)) },
};
const worker = new Worker(path.join(projectFolder, 'dist/src/threads/recorder.js'), { workerData });
const begin = systemClock.mono();
let played = 0;
setInterval(() => {
  for (; begin + (played + 160) / 8 <= systemClock.mono(); played += 160)
    writer.write(monoMs(begin + (played + 159) / 8), voice, played, 160);
}, 10);
setInterval(() => {
  process.stdout.write(`played ${played / 8}\n`);
}, 100);
worker.on('message', (message: FromRecorder) => {
  if (message.kind === 'ready')
    worker.postMessage({
      kind: 'start',
      id: 'k1',
      line: 'L01',
      from: begin,
      why: 'line-voltage',
    } satisfies ToRecorder);
  if (message.kind === 'started') process.stdout.write('recording\n');
});
