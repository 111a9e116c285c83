/** The whole program on a serial port that is in use, that vanishes, that carries garbage: it says what, and the guard goes on. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { needsPrograms, projectFolder } from '../rig.ts';
import { Program, control, eventually, linekeeper } from './program.ts';

needsPrograms('socat', 'setpriv', 'python3');
const limitMs = 60_000;
const folder = mkdtempSync(path.join(os.tmpdir(), 'lk-serial-'));
const hostEnd = path.join(folder, 'tty-host');
const cardEnd = path.join(folder, 'tty-card');
test.after(async () => {
  await Program.endAll();
  rmSync(folder, { recursive: true, force: true });
});

async function cable(): Promise<Program> {
  const socat = new Program('socat', [`pty,raw,echo=0,link=${hostEnd}`, `pty,raw,echo=0,link=${cardEnd}`]);
  await eventually('the pty pair', () => (existsSync(hostEnd) && existsSync(cardEnd)) || undefined);
  return socat;
}
async function virtualCard(): Promise<{ card: Program; orders: number }> {
  const card = linekeeper([
    'sim',
    'card',
    '--serial',
    cardEnd,
    '--control',
    '0',
    '--lines',
    '1',
    '--pbx-contact',
    '1',
  ]);
  const [, port = ''] = await card.says(/control 127\.0\.0\.1:(\d+)/, limitMs);
  return { card, orders: Number(port) };
}

/** Takes the terminal for itself, as every program does that locks a serial port. */
const holder = `
import fcntl, os, signal, sys, termios
tty = os.open(sys.argv[1], os.O_RDWR | os.O_NOCTTY)
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
fcntl.ioctl(tty, termios.TIOCEXCL)
print("held", flush=True)
signal.sigwait([signal.SIGTERM])
fcntl.ioctl(tty, termios.TIOCNXCL)
`;
/** Root may open what another one holds; the service is not root, so the right to that is given up. */
const withoutRights = process.getuid?.() === 0 ? ['--bounding-set=-sys_admin'] : [];
const runs = (roomFile: string): string[] => [
  path.join(projectFolder, 'dist/src/main.js'),
  'run',
  '--room',
  roomFile,
];

test('in use by another program, then free, then garbage, then gone, then back: told each time, and the room runs on', async () => {
  const roomFile = path.join(folder, 'room.yaml');
  writeFileSync(
    roomFile,
    `room: { id: bad, name: { zh: 坏, en: Bad }, timezone: UTC, language: en }
buses: { card-a: { line-card: "serial:${hostEnd}" } }
points: { pbx-alarm: { input: card-a/in1 } }
lines: { L01: { channel: card-a/1, bypass: card-a/relay1, trunk: "1", phone: "8001" } }
subjects: { pbx: { kind: pbx, evidence: [{ point: pbx-alarm }, { lines: all }] } }
data: ${folder}/data
`,
  );
  let socat = await cable();
  const { card } = await virtualCard();
  const other = new Program('python3', ['-c', holder, hostEnd]);
  await other.says(/held/);

  const program = new Program('setpriv', [...withoutRights, process.execPath, ...runs(roomFile)]);
  await program.says(/guard active/, limitMs);
  await program.says(/alarm raised card-a\/card\.lost.*tty-host is in use by another program/, limitMs);
  other.kill('SIGTERM');
  await other.ended;
  await program.says(/L01 (bypass|normal)/, limitMs);
  await program.says(/alarm cleared card-a\/card\.lost/, limitMs);

  // A card that is pulled off its cable, and a rain of bytes that are no frames in its place.
  let from = program.output.length;
  card.kill('SIGKILL');
  await card.ended;
  const noise = new Program('sh', ['-c', 'exec cat /dev/urandom > "$0"', cardEnd]);
  await program.says(/alarm raised card-a\/card\.lost/, limitMs, from);
  noise.kill('SIGKILL');
  await noise.ended;
  const second = await virtualCard();
  await program.says(/alarm cleared card-a\/card\.lost/, limitMs, from);
  await control(second.orders, 'noise 5000');

  from = program.output.length;
  socat.kill('SIGTERM');
  await socat.ended;
  await program.says(/alarm raised card-a\/card\.lost.*tty-host/, limitMs, from);
  socat = await cable();
  await program.says(/alarm cleared card-a\/card\.lost/, limitMs, from);

  assert.not.match(program.output, /thread "|LK-GUARD/);
  program.kill('SIGTERM');
  assert.is(await program.ended, 0, program.output);
  socat.kill('SIGTERM');
});

test.run();
