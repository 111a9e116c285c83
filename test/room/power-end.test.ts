/**
 * The end of the batteries, in the whole program: lines on their phones, recordings and archive closed, and the process stays
 * until the mains are back; then it ends with 0 for systemd to start it anew, and the new one goes on with the return.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { VirtualCard } from '../../src/sim/card.ts';
import { VirtualUps } from '../../src/sim/ups.ts';
import { listenLink } from '../../src/sim/listen-link.ts';
import { systemClock } from '../../src/drivers/clock/system.ts';
import { Program, eventually, freePort, linekeeper } from './program.ts';

const limitMs = 120_000;
const folder = mkdtempSync(path.join(os.tmpdir(), 'lk-end-'));
const roomFile = path.join(folder, 'room.yaml');
const data = path.join(folder, 'data');
const ups = new VirtualUps({ clock: systemClock, port: 0, unit: 1, runtimeS: 4 * 3600, speed: 1 });
const link = listenLink(0);
const card = new VirtualCard({ link, clock: systemClock, serialNumber: 'LK8-END', lines: 2, pbxContact: 1 });
let url = '';

interface Status {
  readonly room: { readonly bypass: string };
  readonly lines: readonly { readonly bypass: string }[];
  readonly powerCut: { readonly phase: string };
}
/** Each start draws a new token, which only this user can read. */
const status = async (): Promise<Status> => {
  const token = readFileSync(path.join(folder, 'run/read-token'), 'utf8').trim();
  const answer = await fetch(`${url}/api/v1/status`, { headers: { authorization: `Bearer ${token}` } });
  return (await answer.json()) as Status;
};
const becomes = (what: string, look: () => Promise<boolean>): Promise<boolean> =>
  eventually(what, async () => (await look().catch(() => false)) || undefined, limitMs);

async function start(): Promise<Program> {
  const program = linekeeper(['run', '--room', roomFile], {
    LANG: 'C',
    RUNTIME_DIRECTORY: path.join(folder, 'run'),
  });
  await program.says(/page: http/, limitMs);
  return program;
}

test.after(async () => {
  await Program.endAll();
  await ups.stop();
  rmSync(folder, { recursive: true, force: true });
  // The listener of the virtual card has nobody left to wait for.
  setTimeout(() => process.exit(), 500).unref();
});

test('end of the batteries: everything closed and the process alive; mains back: exit 0, and a new start goes on', async () => {
  const cardPort = await link.listening;
  card.start();
  const upsPort = await ups.start();
  const httpPort = await freePort();
  url = `http://127.0.0.1:${httpPort}`;
  writeFileSync(
    roomFile,
    `room: { id: end, language: en }
buses:
  card-a:  { line-card: "tcp://127.0.0.1:${cardPort}" }
  ups-lan: { modbus: "tcp://127.0.0.1:${upsPort}" }
points:
  horn: { output: card-a/out1, role: horn }
  pbx-alarm: { input: card-a/in1, contact: normally-closed }
lines:
  L01-L02: { channel: card-a/1..2, bypass: card-a/relay1..2, trunk: "020-{n}", phone: "80{nn}" }
subjects:
  pbx: { kind: pbx, evidence: [{ point: pbx-alarm }, { lines: all }] }
  ups-1: { kind: ups, evidence: [{ ups: ups-lan/1, model: linekeeper-sim, every: 1s }] }
power-cut:
  - { when: runtime < 30m, after: 1s, do: [bypass-when-idle] }
  - { when: runtime < 5m, after: 1s, do: [end] }
power-return: { stable: 30s, battery: 0% }
http: { port: ${httpPort} }
data: ${data}
`,
  );
  const first = await start();
  await becomes('the lines', async () =>
    (await status()).lines.every(({ bypass }) => bypass !== 'unreachable'),
  );
  ups.set({ mains: false, chargePercent: 1 });
  await first.says(/recordings and archive are closed/, limitMs);
  await becomes('the lines on their phones', async () =>
    (await status()).lines.every(({ bypass }) => bypass === 'bypass'),
  );
  assert.is((await status()).powerCut.phase, 'ended');
  assert.is(first.child.exitCode, null, 'it stays');

  ups.set({ mains: true, chargePercent: 4 });
  assert.is(await first.ended, 0, first.output.slice(-3000));

  const second = await start();
  await becomes('the return', async () =>
    ['returning', 'restarting', 'checking'].includes((await status()).powerCut.phase),
  );
  assert.is((await status()).room.bypass, 'held', 'the plan still holds the lines');
  await becomes('the check', async () => (await status()).powerCut.phase === 'checking');
  await becomes('the bypass by its own rules', async () => (await status()).room.bypass !== 'held');
  second.kill('SIGUSR2');
  assert.is(await second.ended, 0);
});

test.run();
