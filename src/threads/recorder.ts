/**
 * Worker entry of the recorder. `workerData` is a `RecorderStart`; the port to the archive comes as a message (`archive-port`),
 * because the archive may be started anew. Ends by itself after `closed`.
 */
import { parentPort, workerData } from 'node:worker_threads';
import type {
  ArchiveToRecorder,
  FromRecorder,
  PortEnd,
  RecorderStart,
  RecorderToArchive,
  ToRecorder,
} from '../model/messages.ts';
import { Recorder } from '../recorder/recorder.ts';
import { dataDisk } from '../drivers/disk/data-disk.ts';
import { makeOpusEncoder } from '../drivers/audio/opus.ts';
import { systemClock } from '../drivers/clock/system.ts';

const tickMs = 20;

if (parentPort === null) throw new Error('the recorder runs as a worker thread');
const port = parentPort;
const recorder = new Recorder({
  start: workerData as RecorderStart,
  clock: systemClock,
  disk: dataDisk,
  pid: process.pid,
  makeEncoder: makeOpusEncoder,
  memoryMB: () => Math.round(process.memoryUsage().heapUsed / 1_048_576),
  send: (message: FromRecorder) => {
    port.postMessage(message);
  },
  log: (message) => {
    console.error(`recorder: ${message}`);
  },
});

const early: ToRecorder[] = [];
let isReady = false;
let archive: PortEnd<ArchiveToRecorder, RecorderToArchive> | undefined;

function take(message: ToRecorder): void {
  switch (message.kind) {
    case 'archive-port': {
      const next = message.port;
      archive?.close();
      archive = next;
      next.on('message', ({ id }) => {
        recorder.stored(id);
      });
      recorder.offerTo((offer) => {
        next.postMessage(offer);
      });
      return;
    }
    case 'close':
      void close();
      return;
    default:
      recorder.take(message);
  }
}

/** Without its ports and its timer the thread has nothing left to wait for, and ends. */
async function close(): Promise<void> {
  clearInterval(ticks);
  await recorder.close();
  archive?.close();
  port.close();
}

port.on('message', (message: ToRecorder) => {
  if (isReady) take(message);
  else early.push(message);
});

await recorder.begin();
isReady = true;
const ticks = setInterval(() => {
  recorder.tick();
}, tickMs);
for (const message of early) take(message);
