/** The whole program, a real mosquitto, and a job that publishes its heartbeat: retained ones, wrong ones, a broker that goes. */
import { execFileSync, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Program, eventually, freePort, linekeeper } from '../room/program.ts';
import { needsPrograms, program } from '../rig.ts';

needsPrograms('mosquitto', 'mosquitto_pub');

const folder = mkdtempSync(path.join(os.tmpdir(), 'lk-beat-mqtt-'));
const children: ChildProcess[] = [];
test.after(async () => {
  for (const child of children) child.kill('SIGKILL');
  await Program.endAll();
});

const answers = (port: number): Promise<true | undefined> =>
  new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(undefined));
    socket.once('connect', () => socket.destroy());
  });

async function broker(port: number): Promise<ChildProcess> {
  const file = path.join(folder, 'mosquitto.conf');
  writeFileSync(file, `listener ${port} 127.0.0.1\nallow_anonymous true\npersistence false\n`);
  const child = spawn(program('mosquitto') ?? '', ['-c', file], { stdio: 'ignore' });
  children.push(child);
  await eventually('the broker', () => answers(port));
  return child;
}

test('a heartbeat over the broker: neither a retained one nor a wrong word counts, and without the broker nobody is dead', async () => {
  const port = await freePort();
  const mosquitto = await broker(port);
  const publish = (...more: readonly string[]): void => {
    execFileSync(program('mosquitto_pub') ?? '', [
      '-p',
      String(port),
      '-t',
      'jobs/backup',
      '-q',
      '1',
      ...more,
    ]);
  };
  publish('-m', 'correct-horse', '-r');
  const token = path.join(folder, 'token');
  writeFileSync(token, 'correct-horse\n', { mode: 0o600 });
  const file = path.join(folder, 'room.yaml');
  writeFileSync(
    file,
    `room: { id: beats, name: { zh: 心跳, en: Beats }, timezone: UTC, language: en }
subjects:
  backup: { kind: server, evidence: [{ heartbeat: backup, topic: jobs/backup, every: 3s, grace: 2s, token-file: ${token} }] }
report: { mqtt: { broker: "mqtt://127.0.0.1:${port}" } }
`,
  );
  const room = linekeeper(['run', '--room', file], { LINEKEEPER_DATA: path.join(folder, 'data') });
  await room.says(/alarm raised backup\/server\.down/, 60_000);
  publish('-m', 'wrong-horse');
  await eventually('the refusal', async () => {
    const why = linekeeper(['why', 'backup', '--json'], { LINEKEEPER_DATA: path.join(folder, 'data') });
    await why.ended;
    return why.output.includes('one had a wrong token') || undefined;
  });
  const beating = setInterval(() => publish('-m', 'correct-horse'), 1000);
  try {
    await room.says(/alarm cleared backup\/server\.down/, 60_000);
  } finally {
    clearInterval(beating);
  }
  const from = room.output.length;
  const gone = new Promise((resolve) => mosquitto.once('exit', resolve));
  mosquitto.kill('SIGKILL');
  await gone;
  await room.says(/backup: unknown: .*/, 60_000, from);
  assert.not.match(room.output.slice(from), /alarm raised backup\/server\.down/);
  const back = room.output.length;
  await broker(port);
  const again = setInterval(() => publish('-m', 'correct-horse'), 1000);
  try {
    await room.says(/backup: up: /, 60_000, back);
  } finally {
    clearInterval(again);
  }
  room.kill('SIGTERM');
  assert.is(await room.ended, 0, room.output);
});

test.run();
