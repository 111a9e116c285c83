/**
 * The built program in a Linux kernel with simulated GPIO chips: a room whose bypass relay, horn and contacts are the Pi's own pins,
 * through sysfs (onoff) and through the character device. Times there are those of a slow machine.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { needsRig } from '../rig.ts';
import { Program, eventually, linekeeper } from '../room/program.ts';

const self = fileURLToPath(import.meta.url);
const limitMs = 100_000;

if (process.env['GPIO_RIG'] !== '1') {
  const rig = needsRig('gpio-kernel/run.sh');
  const run = spawnSync(
    rig,
    ['--chips', 'pinctrl-bcm2711:58', '--timeout', '280', '--', process.execPath, '--import', 'tsx', self],
    { encoding: 'utf8', cwd: path.resolve(path.dirname(self), '../..') },
  );
  process.stdout.write(run.stdout);
  process.stderr.write(run.stderr);
  process.exit(run.status ?? 1);
}

const [chip] = JSON.parse(process.env['RIG_GPIO'] ?? '[]') as readonly {
  readonly sim: string;
  readonly base: number;
}[];
if (chip === undefined) throw new Error('the rig has no chip');
const file = (pin: number, name: string): string => `${chip.sim}/sim_gpio${pin}/${name}`;
/** A closed contact pulls its pin to ground. */
const contact = (pin: number, closed: boolean): void =>
  writeFileSync(file(pin, 'pull'), closed ? 'pull-down' : 'pull-up');
const level = (pin: number): boolean => readFileSync(file(pin, 'value'), 'utf8').trim() === '1';
const forget = (pin: number): void => {
  if (existsSync(`/sys/class/gpio/gpio${chip.base + pin}`))
    writeFileSync('/sys/class/gpio/unexport', String(chip.base + pin));
};

const pins = { relay: 17, horn: 23, alarm: 24, door: 26, pump: 27 };
const rest = (): void => {
  // Claiming an input turns the simulated pull up, like a contact that opens: so this is set again when the program runs.
  contact(pins.alarm, true);
  contact(pins.door, false);
};

test.after(() => Program.endAll());

for (const backend of ['chardev', 'onoff'])
  test(`${backend}: the program drives the relay and the horn and reads the contacts`, async () => {
    for (const pin of Object.values(pins)) forget(pin);
    rest();
    const folder = mkdtempSync(path.join(os.tmpdir(), 'lk-gpio-'));
    const card = linekeeper(['sim', 'card', '--tcp', '0']);
    const [, port = ''] = await card.says(/tcp:\/\/127\.0\.0\.1:(\d+)/, limitMs);
    const roomFile = path.join(folder, 'room.yaml');
    writeFileSync(
      roomFile,
      `room: { id: pins, name: { zh: 引脚, en: Pins }, timezone: UTC, language: en }
buses:
  card-a: { line-card: "tcp://127.0.0.1:${port}" }
  pi: { gpio: ${backend}, pump: ${pins.pump}, accept-outputs-kept: true }
points:
  horn:       { output: pi/${pins.horn}, role: horn }
  pbx-alarm:  { input: pi/${pins.alarm}, contact: normally-closed }
  door:       { input: pi/${pins.door}, contact: normally-open }
lines: { L01: { channel: card-a/1, bypass: pi/${pins.relay}, trunk: "1", phone: "8001" } }
subjects: { pbx: { kind: pbx, evidence: [{ point: pbx-alarm }, { lines: all }] } }
bypass: { restore-after: 30s, prove: 20s }
data: ${folder}/data
`,
    );
    const program = linekeeper(['run', '--room', roomFile]);
    await program.says(/guard active/, limitMs);
    rest();
    assert.not.ok(level(pins.relay), 'a relay that nobody drove before stays released');
    const strokes = new Set<boolean>();
    await eventually(
      'strokes of the charge pump',
      () => strokes.add(level(pins.pump)).size === 2 || undefined,
      limitMs,
    );
    await eventually(
      'the relay energised: the PBX has proved itself',
      () => level(pins.relay) || undefined,
      limitMs,
    );

    contact(pins.door, true);
    await eventually('the horn for the open door', () => level(pins.horn) || undefined, limitMs);

    program.kill('SIGTERM');
    assert.is(await program.ended, 0, program.output);
    assert.not.ok(level(pins.relay), 'an orderly stop leaves the line with its phone');
    card.kill('SIGTERM');
    await card.ended;
  });

test.run();
