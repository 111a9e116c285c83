/**
 * Events a second from the guard's hand to a subscriber, through the outbox on disk and a real mosquitto: the whole front (with its
 * 10 ms group commit and synchronous FULL), in this process.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { connect } from 'mqtt';
import type { Options } from './run.ts';
import { aSignal, aStart, noon } from '../test/front/a-room.ts';
import { eventually, freePort } from '../test/room/program.ts';
import { needsPrograms } from '../test/rig.ts';
import { startFront } from '../src/front/front.ts';

/** Notices handed over but not yet confirmed as on disk: what the guard itself would keep. */
const unkeptMax = 5000;

export async function outbox(options: Options): Promise<object> {
  needsPrograms('mosquitto');
  const count = Number(options['n'] ?? '20000');
  const folder = mkdtempSync(path.join(os.tmpdir(), 'lk-bench-outbox-'));
  const port = await freePort();
  const config = path.join(folder, 'mosquitto.conf');
  writeFileSync(
    config,
    `listener ${port} 127.0.0.1\nallow_anonymous true\npersistence false\nmax_queued_messages 0\n`,
  );
  const broker = spawn('mosquitto', ['-c', config], { stdio: 'ignore' });
  const client = connect(`mqtt://127.0.0.1:${port}`, { reconnectPeriod: 200 });
  client.on('error', () => undefined);
  await new Promise<void>((resolve) => client.once('connect', () => resolve()));
  await client.subscribeAsync('linekeeper/+/event/#', { qos: 1 });
  const heard = new Set<number>();
  client.on('message', (_topic, payload) =>
    heard.add((JSON.parse(payload.toString()) as { seq: number }).seq),
  );

  let unkept = 0;
  let kept = 0;
  const front = await startFront(aStart(folder, { mqtt: { url: `mqtt://127.0.0.1:${port}` } }), {
    postMessage: (message) => {
      if (message.kind !== 'kept') return;
      unkept -= message.ids.length;
      kept += message.ids.length;
    },
  });
  const begun = performance.now();
  for (let n = 0; n < count; n++) {
    while (unkept >= unkeptMax) await new Promise((resolve) => setImmediate(resolve));
    unkept++;
    front.receive({ kind: 'notice', id: `bench-${n}`, at: noon, notice: aSignal('L01', n) });
  }
  await eventually('all kept', () => kept >= count || undefined, 120_000);
  const keptS = (performance.now() - begun) / 1000;
  await eventually('all delivered', () => heard.size >= count || undefined, 240_000);
  const deliveredS = (performance.now() - begun) / 1000;
  await front.close();
  client.end(true);
  broker.kill();
  return {
    events: count,
    onDiskPerSecond: Math.round(count / keptS),
    deliveredPerSecond: Math.round(count / deliveredS),
  };
}
