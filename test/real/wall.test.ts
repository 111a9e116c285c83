/**
 * Lamps, horn, buttons and the voice of the program as it is installed: contacts and outputs of a virtual line card over a pty pair,
 * espeak-ng and aplay as Debian has them, a file in place of the loudspeaker.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { needsPrograms } from '../rig.ts';
import { Program, control, eventually, freePort, linekeeper } from '../room/program.ts';
import { soundOf } from './sound.ts';

needsPrograms('socat', 'espeak-ng', 'aplay');
const limitMs = 60_000;
const folder = mkdtempSync(path.join(os.tmpdir(), 'lk-wall-'));
const room = path.join(folder, 'room.yaml');
const said = path.join(folder, 'said.wav');
const tty = (name: string): string => path.join(folder, name);
let program: Program | undefined;
let cardControl = 0;
const httpPort = await freePort();

test.after(async () => {
  await Program.endAll();
  rmSync(folder, { recursive: true, force: true });
});

const outputs = { horn: 0, lamp: 1, dialler: 2, beacon: 3 };
const inputs = { fire: 1, silence: 2, acknowledge: 3, reset: 4 };

function writeRoom(device: string): void {
  writeFileSync(
    room,
    `room: { id: wall, name: Wall, timezone: UTC, language: en }
buses:
  card-a: { line-card: "serial:${tty('host')}" }
points:
  horn:    { output: card-a/out1, role: horn }
  lamp:    { output: card-a/out2, role: lamp, subject: fire }
  dialler: { output: card-a/out3, role: new-alarm }
  beacon:  { output: card-a/out4, role: any-alarm }
  fire: { input: card-a/in1, contact: normally-open, severity: critical, debounce: 20ms }
  silence:     { input: card-a/in2, role: silence-button }
  acknowledge: { input: card-a/in3, role: acknowledge-button }
  reset:       { input: card-a/in4, role: reset-button }
lines:
  L01: { channel: card-a/1, bypass: card-a/relay1, trunk: "020-1", phone: "8001" }
alarms:
  fire/point.active: { latch: true }
annunciator: { ringback: [point.active] }
speech: { device: "${device}", languages: [en, zh] }
http: { port: ${httpPort} }
data: ${path.join(folder, 'data')}
`,
  );
}

async function start(): Promise<void> {
  program = linekeeper(['run', '--room', room]);
  await program.says(/guard active/, limitMs);
}
const contact = (name: keyof typeof inputs, closed: boolean): Promise<string> =>
  control(cardControl, `input ${inputs[name]} ${closed ? 'closed' : 'open'}`);
const isOn = async (name: keyof typeof outputs): Promise<boolean> => {
  const { outputs: now } = JSON.parse(await control(cardControl, 'state')) as {
    readonly outputs: readonly boolean[];
  };
  return now[outputs[name]] === true;
};
const becomes = (name: keyof typeof outputs, on: boolean): Promise<true> =>
  eventually(`${name} ${on ? 'on' : 'off'}`, async () => (await isOn(name)) === on || undefined, limitMs);
/** Off in so many looks one after the other: longer than the pauses of what sounds or flashes in this test. */
async function rests(name: keyof typeof outputs, looks: number): Promise<void> {
  let dark = 0;
  await eventually(
    `${name} at rest`,
    async () => {
      dark = (await isOn(name)) ? 0 : dark + 1;
      return dark >= looks || undefined;
    },
    limitMs,
  );
}
const hornIsQuiet = (): Promise<void> => rests('horn', 30);
async function press(
  button: 'silence' | 'acknowledge' | 'reset',
  until: () => Promise<unknown>,
): Promise<void> {
  await contact(button, true);
  await until();
  await contact(button, false);
}

test('without a sound device there is one warning, and the room goes on', async () => {
  new Program('socat', [`pty,raw,echo=0,link=${tty('host')}`, `pty,raw,echo=0,link=${tty('card')}`]);
  await eventually('the pty pair', () => (existsSync(tty('host')) && existsSync(tty('card'))) || undefined);
  const card = linekeeper(['sim', 'card', '--serial', tty('card'), '--control', '0']);
  const [, where = ''] = await card.says(/control 127\.0\.0\.1:(\d+)/, limitMs);
  cardControl = Number(where);
  for (const name of ['fire', 'silence', 'acknowledge', 'reset'] as const) await contact(name, false);
  writeRoom('plughw:7,0');
  await start();
  await program?.says(/alarm raised linekeeper\/speech\.unavailable: .*plughw:7,0 does not play/, limitMs);
  program?.kill('SIGTERM');
  assert.is(await program?.ended, 0);
});

test('an alarm sounds, flashes and is spoken', async () => {
  writeRoom(`file:${said},wav`);
  await start();
  await contact('fire', true);
  await becomes('horn', true);
  await becomes('dialler', true);
  await becomes('beacon', true);
  await becomes('lamp', true);
  await becomes('lamp', false);
  const sound = await eventually(
    'a voice',
    () => {
      const heard = existsSync(said) ? soundOf(readFileSync(said)) : undefined;
      return heard !== undefined && heard.rms > 0.01 ? heard : undefined;
    },
    limitMs,
  );
  assert.ok(sound.seconds > 0.5, `${sound.seconds} s`);
});

test('silence stops the horn, not the lamp; a new alarm sounds again', async () => {
  await press('silence', hornIsQuiet);
  assert.ok(await isOn('dialler'), 'silence is not acknowledge');
  await control(cardControl, 'coil-supply off');
  await becomes('horn', true);
});

test('acknowledge: steady and quiet, the relay of the new alarm clears, that of any lamp stays', async () => {
  await press('acknowledge', hornIsQuiet);
  await becomes('dialler', false);
  assert.ok(await isOn('beacon'));
});

test('over: the latched one flashes on slowly and waits for its reset, then it is dark', async () => {
  await control(cardControl, 'coil-supply on');
  await contact('fire', false);
  await becomes('lamp', false);
  await becomes('lamp', true);
  await press('reset', () => rests('lamp', 50));
  program?.kill('SIGTERM');
  assert.is(await program?.ended, 0);
});

test.run();
