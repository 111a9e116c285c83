import { Worker } from 'node:worker_threads';
import sinon from 'sinon';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { WorkerSupervisor } from '../../src/shell/worker-supervisor.ts';
import type { WorkerState } from '../../src/shell/worker-supervisor.ts';

type Out = { readonly kind: 'ready' };

/** A real thread that says that it is ready and then nothing more. */
const quietThread = `
  const { parentPort } = require('node:worker_threads');
  parentPort.on('message', () => process.exit(0));
  parentPort.postMessage({ kind: 'ready' });`;

let clock: sinon.SinonFakeTimers | undefined;
let supervisor: WorkerSupervisor<{ kind: 'close' }, Out> | undefined;

async function supervised(): Promise<{ states: [WorkerState, string][]; clock: sinon.SinonFakeTimers }> {
  const timers = sinon.useFakeTimers({
    toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'],
  });
  clock = timers;
  const states: [WorkerState, string][] = [];
  await new Promise<void>((resolve) => {
    supervisor = new WorkerSupervisor({
      name: 'quiet',
      spawn: () => new Worker(quietThread, { eval: true }),
      message: () => {
        resolve();
      },
      changed: (state, reason) => states.push([state, reason.en]),
    });
    supervisor.start();
  });
  return { states, clock: timers };
}

test.after.each(async () => {
  clock?.restore();
  await supervisor?.close({ kind: 'close' }, 10_000);
});

test('a worker that beats no more is ended after fifteen seconds and started again', async () => {
  const { states, clock: timers } = await supervised();
  timers.tick(14_500);
  assert.equal(states, [['running', 'running']]);
  timers.tick(1000);
  assert.is(states.length, 2);
  assert.match(states[1]?.[1] ?? '', /silent for 15 s/);
  const started = new Promise<void>((resolve) => {
    setImmediate(function again() {
      if (states.length >= 3) resolve();
      else setImmediate(again);
    });
  });
  timers.tick(200);
  await started;
  assert.is(states[2]?.[0], 'running');
  assert.is(supervisor?.restarts, 1);
});

test('the whole process stood still for a minute: no worker is ended for its silence', async () => {
  const { states, clock: timers } = await supervised();
  timers.jump(60_000);
  assert.equal(states, [['running', 'running']]);
  timers.tick(10_000);
  assert.equal(states, [['running', 'running']], 'it has its full time to beat again');
  timers.tick(5000);
  assert.is(states.length, 2, 'one that never beats again is ended all the same');
});

test.run();
