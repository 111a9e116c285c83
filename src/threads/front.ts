/**
 * Worker entry of the front. `workerData` is a `FrontStart` with `archive`, the MessagePort on which the archive answers
 * (in the transfer list of the Worker). Ends by itself after `closed`.
 */
import { parentPort, workerData } from 'node:worker_threads';
import type { FrontOptions } from '../front/front.ts';
import type { ToFront } from '../model/messages.ts';
import { startFront } from '../front/front.ts';

if (parentPort === null) throw new Error('the front runs as a worker thread');
const port = parentPort;
const early: ToFront[] = [];
let take = (message: ToFront): void => {
  early.push(message);
};
port.on('message', (message: ToFront) => {
  take(message);
  if (message.kind === 'close') port.unref();
});
const front = await startFront(workerData as FrontOptions, port);
take = (message) => {
  front.receive(message);
};
for (const message of early) take(message);
