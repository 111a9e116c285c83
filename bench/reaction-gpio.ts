/**
 * From an edge on a simulated GPIO pin to the change of the horn relay's pin, in a real kernel through both real back ends: a contact opens,
 * which is a critical alarm; the silence button is pressed. Reported, never judged: that kernel has one CPU and dear system calls.
 *
 *   npm run bench -- gpio n=400 backend=chardev,onoff load=idle,lines
 *
 * load: `idle`, or `lines`: eight lines record from a virtual card in the same kernel. The harness looks at the relay's pin every 0.1 ms.
 */
import { spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Options } from './run.ts';
import { control, eventually, linekeeper } from '../test/room/program.ts';
import { needsRig, projectFolder } from '../test/rig.ts';
import { nodeFlags, quantile } from './process.ts';
import { sleep } from './room.ts';

const horn = 23;
const silence = 20;
const acknowledge = 21;
const faults = [5, 6, 12, 13, 16, 19, 26, 27];
const lines = 8;
const rigLimitS = 900;
const sayLimitMs = 120_000;
/** A contact must have been closed for a second before its alarm can begin anew. */
const restMs = 1500;
const warmUpPairs = 20;
const answerLimitMs = 5000;
const lookEveryMs = 0.1;

interface RigChip {
  readonly sim: string;
}

export async function gpio(options: Options): Promise<object> {
  const [chip] = JSON.parse(process.env['RIG_GPIO'] ?? '[]') as readonly RigChip[];
  if (process.env['GPIO_RIG'] === '1' && chip !== undefined) return insideRig(options, chip);
  const rows: object[] = [];
  for (const backend of (options['backend'] ?? 'chardev,onoff').split(','))
    for (const load of (options['load'] ?? 'idle,lines').split(',')) {
      rows.push(await inRig({ ...options, backend, load }));
      console.error(`${backend} ${load}: done`);
    }
  return { rows };
}

/** Runs this benchmark again inside the kernel and takes the row that it prints. */
async function inRig(options: Options): Promise<object> {
  const words = Object.entries(options).map(([key, value]) => `${key}=${value}`);
  const rig = spawn(
    needsRig('gpio-kernel/run.sh'),
    [
      '--chips',
      'pinctrl-bcm2711:58',
      '--mem',
      '1G',
      '--timeout',
      String(rigLimitS),
      '--',
      process.execPath,
    ].concat(['--import', 'tsx', path.join(projectFolder, 'bench/run.ts'), 'gpio', ...words]),
    { cwd: projectFolder, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  let output = '';
  rig.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const code = await new Promise((resolve) => rig.on('close', resolve));
  if (code !== 0) throw new Error(`the kernel's run ended with ${String(code)}:\n${output}`);
  const { row } = JSON.parse(output.slice(output.indexOf('{'))) as { row: object };
  return row;
}

async function insideRig(options: Options, chip: RigChip): Promise<object> {
  const { backend = 'chardev', load = 'idle' } = options;
  const sim = (pin: number, name: string): string => `${chip.sim}/sim_gpio${pin}/${name}`;
  const isClosed = (pin: number, closed: boolean): void =>
    writeFileSync(sim(pin, 'pull'), closed ? 'pull-down' : 'pull-up');
  const atRest = (): void => {
    for (const pin of faults) isClosed(pin, true);
    for (const pin of [silence, acknowledge]) isClosed(pin, false);
  };
  atRest();
  const folder = mkdtempSync(path.join(os.tmpdir(), 'lk-bench-gpio-'));
  const card = linekeeper(['sim', 'card', '--tcp', '0', '--control', '0', '--lines', String(lines)]);
  const [, port = '', orders = ''] = await card.says(
    /tcp:\/\/127\.0\.0\.1:(\d+) control 127\.0\.0\.1:(\d+)/,
    sayLimitMs,
  );
  const file = path.join(folder, 'room.yaml');
  writeFileSync(
    file,
    `room: { id: bench, name: { zh: 测量, en: Bench }, timezone: UTC, language: en }
buses:
  card-a: { line-card: "tcp://127.0.0.1:${port}" }
  pi: { gpio: ${backend} }
points:
  horn: { output: pi/${horn}, role: horn }
  silence: { input: pi/${silence}, role: silence-button, contact: normally-open, debounce: 0ms }
  ack: { input: pi/${acknowledge}, role: acknowledge-button, contact: normally-open, debounce: 0ms }
${faults.map((pin) => `  fault-${pin}: { input: pi/${pin}, contact: normally-closed, severity: critical, debounce: 0ms }`).join('\n')}
lines: { L01-L08: { channel: card-a/1..8, trunk: "{n}", phone: "80{nn}" } }
data: ${folder}/data
`,
  );
  const program = linekeeper(['run', '--room', file], {}, nodeFlags(options['flags']));
  await program.says(/page: http/, sayLimitMs);
  // Claiming an input turned its simulated pull up: every contact is set again, and what that raised is acknowledged.
  await sleep(1000);
  atRest();
  await sleep(3000);
  if (load === 'lines')
    for (let line = 1; line <= lines; line++)
      await control(Number(orders), `call in ${line} answer 1 talk 3600 patience 60`);

  const level = openSync(sim(horn, 'value'), 'r');
  const byte = Buffer.alloc(1);
  const isOn = (): boolean => {
    readSync(level, byte, 0, 1, 0);
    return byte.toString() === '1';
  };
  const still = new Int32Array(new SharedArrayBuffer(4));
  const until = (on: boolean, act: () => void): number => {
    const begun = performance.now();
    act();
    while (isOn() !== on) {
      if (performance.now() - begun > answerLimitMs) return NaN;
      Atomics.wait(still, 0, 0, lookEveryMs);
    }
    return performance.now() - begun;
  };
  const press = async (pin: number): Promise<void> => {
    isClosed(pin, true);
    await sleep(20);
    isClosed(pin, false);
    await sleep(20);
  };
  await press(acknowledge);
  await eventually('a quiet horn', () => !isOn() || undefined, sayLimitMs);

  const closedAt = new Map<number, number>();
  const ms: number[] = [];
  const pairs = Math.ceil(Number(options['n'] ?? '400') / 2);
  for (let n = -warmUpPairs; n < pairs; n++) {
    const pin = faults[(n + warmUpPairs) % faults.length] ?? horn;
    await sleep(Math.max(20 + 20 * Math.random(), (closedAt.get(pin) ?? 0) + restMs - performance.now()));
    const on = until(true, () => {
      isClosed(pin, false);
    });
    await sleep(20 + 20 * Math.random());
    const off = until(false, () => {
      isClosed(silence, true);
    });
    await sleep(20);
    isClosed(silence, false);
    isClosed(pin, true);
    closedAt.set(pin, performance.now());
    await press(acknowledge);
    if (n >= 0) ms.push(on, off);
  }
  closeSync(level);
  const answered = ms.filter((one) => !Number.isNaN(one)).sort((a, b) => a - b);
  const at = (share: number): number => Math.round(quantile(answered, share) * 100) / 100;
  return {
    row: {
      backend,
      load,
      events: ms.length,
      missing: ms.length - answered.length,
      p50: at(0.5),
      p99: at(0.99),
      p999: at(0.999),
      max: at(1),
    },
  };
}
