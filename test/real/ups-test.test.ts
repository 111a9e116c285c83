/**
 * A battery test in the program as it is installed: a small UPS that speaks Megatec behind a socat pty pair takes `T` and runs on
 * battery for a moment. By command and by schedule, and neither is a power cut to anybody.
 */
import { constants, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { needsPrograms } from '../rig.ts';
import { Program, eventually, freePort, linekeeper } from '../room/program.ts';

needsPrograms('socat');
const folder = mkdtempSync(path.join(os.tmpdir(), 'lk-ups-test-'));
const at = (name: string): string => path.join(folder, name);
let ups: Ups | undefined;

test.after(async () => {
  await ups?.end();
  await Program.endAll();
  rmSync(folder, { recursive: true, force: true });
});

/** Answers `Q1` and `F`; `T` puts it on battery, with the bit of a test, for three questions. */
class Ups {
  readonly asked: string[] = [];
  mains = true;
  #testing = 0;
  #isEnded = false;
  readonly #port: FileHandle;
  readonly #serving: Promise<void>;

  private constructor(port: FileHandle) {
    this.#port = port;
    this.#serving = this.#serve();
  }

  static async open(device: string): Promise<Ups> {
    return new Ups(await open(device, constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK));
  }

  async end(): Promise<void> {
    this.#isEnded = true;
    await this.#serving;
    await this.#port.close();
  }

  async #serve(): Promise<void> {
    const buffer = Buffer.alloc(256);
    let received = '';
    while (!this.#isEnded) {
      const bytes = await this.#port.read(buffer, 0, buffer.length, null).then(
        ({ bytesRead }) => bytesRead,
        () => 0,
      );
      if (bytes === 0) await new Promise((resolve) => setTimeout(resolve, 20));
      received += buffer.toString('latin1', 0, bytes);
      const lines = received.split('\r');
      received = lines.pop() ?? '';
      for (const line of lines) await this.#answer(line);
    }
  }

  async #answer(line: string): Promise<void> {
    this.asked.push(line);
    if (line === 'T') this.#testing = 3;
    if (line === 'F') await this.#port.write('#220.0 000 024.0 50.0\r');
    if (line !== 'Q1') return;
    const isTesting = this.#testing > 0;
    if (isTesting) this.#testing--;
    const onBattery = isTesting || !this.mains ? 1 : 0;
    const volts = this.mains ? '226.0' : '000.0';
    await this.#port.write(
      `(${volts} 195.0 226.0 014 49.0 27.5 30.0 ${onBattery}0000${isTesting ? 1 : 0}00\r`,
    );
  }
}

async function roomWith(
  name: string,
  more: string,
): Promise<{ readonly program: Program; readonly data: string }> {
  const data = at(`${name}-data`);
  const room = at(`${name}.yaml`);
  writeFileSync(
    room,
    `room: { id: ${name}, name: Test, timezone: UTC, language: en }
buses:
  wire: { serial: "${at('host')}", baud: 2400 }
subjects:
  ups-1: { kind: ups, evidence: [{ megatec: wire, every: 1s }]${more} }
http: { port: ${await freePort()} }
data: ${data}
`,
  );
  const check = linekeeper(['check', room, '--language', 'en']);
  assert.is(await check.ended, 0, check.output);
  const program = linekeeper(['run', '--room', room]);
  await program.says(/guard active/);
  return { program, data };
}

const stopped = async (program: Program): Promise<void> => {
  program.kill('SIGTERM');
  await program.ended;
};

test('by command: begun, run on battery, over; refused in a power cut', async () => {
  new Program('socat', [`pty,raw,echo=0,link=${at('host')}`, `pty,raw,echo=0,link=${at('ups')}`]);
  await eventually('the pty pair', () =>
    existsSync(at('host')) && existsSync(at('ups')) ? true : undefined,
  );
  ups = await Ups.open(at('ups'));
  const { program, data } = await roomWith('by-command', '');
  const order = async (...words: readonly string[]): Promise<string> => {
    const one = linekeeper(['ups', 'test', 'ups-1', ...words], { LINEKEEPER_DATA: data });
    return `${await one.ended} ${one.output.trim()}`;
  };
  let last = '';
  await eventually(
    () => `the order is taken; the last answer: ${last}\n${program.output}`,
    async () => ((last = await order()).startsWith('0 ') ? true : undefined),
    60_000,
  );
  assert.match(last, /battery test of ups-1 begun by/);
  await program.says(/battery test of ups-1 \(\S+\): over, the UPS tells no result/, 60_000);
  assert.not.match(program.output, /ups\.on-battery/);
  assert.is(ups.asked.filter((line) => line === 'T').length, 1);
  assert.match(await order('deep'), /^1 .*no way to ups-1 offers a deep test/);
  ups.mains = false;
  await program.says(/ups\.on-battery/, 60_000);
  assert.match(await order(), /^1 .*(the UPS is not on mains|the mains were lost within 24 h)/);
  assert.is(ups.asked.filter((line) => line === 'T').length, 1, 'no order on battery');
  ups.mains = true;
  await stopped(program);
});

test('by schedule: begun in its hour by itself, and not again after a restart', async () => {
  const before = ups?.asked.length ?? 0;
  const now = new Date().toISOString().slice(11, 16);
  const { program } = await roomWith('by-schedule', `, test: { every: 7d, at: "${now}" }`);
  await program.says(/battery test of ups-1 begun by schedule/, 60_000);
  await program.says(/battery test of ups-1 \(schedule\): over, the UPS tells no result/, 60_000);
  assert.not.match(program.output, /ups\.on-battery/);
  await stopped(program);
  const again = linekeeper(['run', '--room', at('by-schedule.yaml')]);
  await again.says(/guard active/);
  const from = ups?.asked.length ?? 0;
  await eventually('some more rounds', () =>
    (ups?.asked.slice(from).filter((line) => line === 'Q1').length ?? 0) > 4 ? true : undefined,
  );
  assert.is(ups?.asked.slice(before).filter((line) => line === 'T').length, 1);
  await stopped(again);
});

test.run();
