/**
 * The whole program on a data folder that is really full: a tmpfs of 4 MB. Where this machine lets nobody mount one, the file starts
 * itself again in the simulated-GPIO kernel, where it may.
 */
import { spawnSync } from 'node:child_process';
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { needsRig, projectFolder } from '../rig.ts';
import { Program, control, eventually, linekeeper } from './program.ts';

const limitMs = 60_000;
const folder = mkdtempSync(path.join(os.tmpdir(), 'lk-full-'));
const disk = path.join(folder, 'disk');
mkdirSync(disk);

if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=4M', 'tmpfs', disk]).status !== 0) {
  const self = fileURLToPath(import.meta.url);
  const rig = needsRig('gpio-kernel/run.sh');
  const run = spawnSync(rig, ['--timeout', '280', '--', process.execPath, '--import', 'tsx', self], {
    cwd: projectFolder,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  process.exit(run.status ?? 1);
}
process.on('exit', () => {
  spawnSync('umount', ['-l', disk]);
  rmSync(folder, { recursive: true, force: true });
});
test.after(() => Program.endAll());

const data = path.join(disk, 'data');
const filler = path.join(disk, 'filler');
/** Not a block is left, whatever the program writes meanwhile. */
const fill = (): void => {
  const file = openSync(filler, 'a');
  try {
    for (;;) writeSync(file, Buffer.alloc(4096));
  } catch (error) {
    assert.match(String(error), 'ENOSPC');
  } finally {
    closeSync(file);
  }
};

let card: Program | undefined;
let orders = 0;
const roomFile = path.join(folder, 'room.yaml');
const start = (): Program => linekeeper(['run', '--room', roomFile], { LINEKEEPER_DATA: data });

test.before(async () => {
  card = linekeeper(['sim', 'card', '--tcp', '0', '--control', '0', '--pbx-contact', '1', '--lines', '1']);
  const [, port = '', controlPort = ''] = await card.says(
    /tcp:\/\/127\.0\.0\.1:(\d+) control 127\.0\.0\.1:(\d+)/,
    limitMs,
  );
  orders = Number(controlPort);
  writeFileSync(
    roomFile,
    `room: { id: full, name: { zh: 满, en: Full }, timezone: UTC, language: en }
buses: { card-a: { line-card: "tcp://127.0.0.1:${port}" } }
points: { pbx-alarm: { input: card-a/in1 } }
lines: { L01: { channel: card-a/1, bypass: card-a/relay1, trunk: "1", phone: "8001" } }
subjects: { pbx: { kind: pbx, evidence: [{ point: pbx-alarm }, { lines: all }] } }
report: { mqtt: { broker: "mqtt://127.0.0.1:1" } }
`,
  );
});

const audio = (): string[] => {
  try {
    return readdirSync(path.join(data, 'audio'), { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.opus'),
    );
  } catch {
    return [];
  }
};

test('a disk that is full at the start: every part says so, the guard goes on, and all is well when there is room again', async () => {
  mkdirSync(data);
  fill();
  const program = start();
  await program.says(/guard active/, limitMs);
  await program.says(/alarm raised linekeeper\/disk\.not-writable\/guard\.json: .*ENOSPC/, limitMs);
  await program.says(/alarm raised linekeeper\/disk\.full\/archive: .*full/, limitMs);
  await program.says(/alarm raised linekeeper\/mqtt\.outbox-broken: .*full/, limitMs);
  await program.says(/page: http/, limitMs);
  await control(orders, 'call in 1 answer 1 talk 4');
  await program.says(/alarm raised linekeeper\/disk\.full: /, limitMs);
  rmSync(filler);
  await program.says(/alarm cleared linekeeper\/disk\.full\/archive/, limitMs);
  await program.says(/alarm cleared linekeeper\/disk\.full: /, limitMs);
  await program.says(/alarm cleared linekeeper\/disk\.not-writable\/guard\.json/, limitMs);
  await eventually('the recording of the call', () => audio().length > 0 || undefined, limitMs);
  assert.not.match(program.output, /thread "/, 'no thread ended');
  assert.not.ok(
    readdirSync(data).some((name) => name.includes('broken') || name.includes('corrupt')),
    'nothing was set aside',
  );
  program.kill('SIGTERM');
  assert.is(await program.ended, 0, program.output);
});

test('a disk that fills up in a call: alarmed, and the recording is whole when there is room again', async () => {
  const program = start();
  await program.says(/guard active/, limitMs);
  await program.says(/archive: running/, limitMs);
  const before = audio().length;
  const from = program.output.length;
  await control(orders, 'call in 1 answer 1 talk 8');
  fill();
  await program.says(/alarm raised linekeeper\/disk\.full: /, limitMs, from);
  rmSync(filler);
  await program.says(/alarm cleared linekeeper\/disk\.full: /, limitMs, from);
  await eventually('the recording of the call', () => audio().length > before || undefined, limitMs);
  program.kill('SIGTERM');
  assert.is(await program.ended, 0, program.output);
  const verify = linekeeper(['verify', '--json'], { LINEKEEPER_DATA: data });
  assert.is(await verify.ended, 0, verify.output);
});

test.run();
