/**
 * The built program in a Linux kernel with a real /dev/watchdog: systemd's part (it passes each ping of the guard on to the hardware)
 * is played by a small feeder. A guard that hangs makes the machine reboot; the test goes on in the second boot.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { giveUpRealTime } from '../../src/drivers/machine/scheduling.ts';
import { needsPrograms, needsRig, projectFolder } from '../rig.ts';
import { faultsIn } from '../room/faults.ts';
import { Program, eventually, linekeeper } from '../room/program.ts';

needsPrograms('python3', 'chrt');
const self = fileURLToPath(import.meta.url);
const limitMs = 100_000;
const marginS = 15;

/** Arms the watchdog when the program is ready, as systemd counts from there, and passes its pings on. */
const feeder = `
import os, socket, sys
dog = None
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1])
print("listening", flush=True)
while True:
    word = s.recv(4096).decode()
    if word == "READY=1": dog = os.open("/dev/watchdog", os.O_WRONLY)
    if word == "WATCHDOG=1": os.write(dog, b"x")
    print(word, flush=True)
`;

/** Scheduling class of this process, as the kernel tells it: 0 normal, 1 FIFO. */
const policy = (): string =>
  readFileSync('/proc/self/stat', 'utf8').split(') ')[1]?.split(' ')[38] ?? 'unknown';

if (process.argv[2] === 'give-up') {
  const before = policy();
  const wasRealTime = await giveUpRealTime();
  console.log(before, wasRealTime, policy(), await giveUpRealTime());
} else if (process.env['GPIO_RIG'] === '1') {
  inTheRig(process.env['LK_WATCHDOG_FOLDER'] ?? '');
} else {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'lk-dog-'));
  const run = spawnSync(
    needsRig('gpio-kernel/run.sh'),
    ['--watchdog', String(marginS), '--reboots', '1', '--timeout', '280'].concat(
      '--',
      process.execPath,
      '--import',
      'tsx',
      self,
    ),
    {
      cwd: projectFolder,
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, LK_WATCHDOG_FOLDER: folder },
    },
  );
  rmSync(folder, { recursive: true, force: true });
  process.exit(run.status ?? 1);
}

function inTheRig(folder: string): void {
  /** What the first boot had come to: it survives on the host's disk. */
  const stageFile = path.join(folder, 'stage');
  const faults = faultsIn(folder);

  const fedAndHung = async (): Promise<void> => {
    const socket = path.join('/run', 'notify.sock');
    const roomFile = path.join(folder, 'room.yaml');
    writeFileSync(
      roomFile,
      `room: { id: dog, name: { zh: 狗, en: Dog }, timezone: UTC, language: en }
buses: { card-a: { line-card: "tcp://127.0.0.1:9" } }
points: { pbx-alarm: { input: card-a/in1 } }
lines: { L01: { channel: card-a/1, bypass: card-a/relay1, trunk: "1", phone: "8001" } }
subjects: { pbx: { kind: pbx, evidence: [{ point: pbx-alarm }, { lines: all }] } }
data: ${folder}/data
`,
    );
    const words: string[] = [];
    const python = spawn('python3', ['-c', feeder, socket], { stdio: ['ignore', 'pipe', 'inherit'] });
    createInterface({ input: python.stdout }).on('line', (word) => words.push(word));
    await eventually('the feeder', () => words.length > 0 || undefined, limitMs);
    const program = linekeeper(['run', '--room', roomFile], {
      ...faults.env,
      NOTIFY_SOCKET: socket,
      WATCHDOG_USEC: String((marginS * 1_000_000) / 2),
    });
    await program.says(/guard active/, limitMs);
    writeFileSync(stageFile, 'fed');
    // Longer than the margin: without pings the machine would reboot here.
    const from = words.length;
    const pings = (): number => words.slice(from).filter((word) => word === 'WATCHDOG=1').length;
    const since = Date.now();
    await eventually(
      'pings through two margins',
      () => (Date.now() - since > 2 * marginS * 1000 && pings() > 6) || undefined,
      limitMs,
    );
    writeFileSync(stageFile, 'hung');
    faults.cause('guard', 'hang');
    await new Promise((resolve) => setTimeout(resolve, limitMs));
    writeFileSync(stageFile, 'the watchdog never bit');
    await Program.endAll();
  };

  if (!existsSync(stageFile)) {
    void fedAndHung();
    return;
  }

  test('the real /dev/watchdog is fed through the guard’s pings alone, and bites when the guard hangs', () => {
    assert.is(process.env['RIG_BOOT'], '2');
    assert.is(readFileSync(stageFile, 'utf8'), 'hung');
  });

  test('real-time priority is given up for good, and a normal process has none to give', () => {
    const run = (command: string, ...args: string[]): string =>
      spawnSync(command, [...args, process.execPath, '--import', 'tsx', self, 'give-up'], {
        encoding: 'utf8',
        cwd: projectFolder,
      }).stdout.trim();
    assert.is(run('chrt', '-f', '10'), '1 true 0 false');
    assert.is(run('env'), '0 false 0 false');
  });

  test.run();
}
