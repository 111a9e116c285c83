/** A UPS on pymodbus' own server, over TCP and over a serial line: power cut, low battery, dead and late communication. */
import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ModbusLine } from '../../src/drivers/modbus/line.ts';
import { loadUpsMap } from '../../src/drivers/ups/map.ts';
import { upsProbe } from '../../src/drivers/ups/ups-probe.ts';
import { Reports } from '../contract/probe.ts';
import type { ByteLink } from '../../src/ports/byte-link.ts';
import { openLink } from '../../src/drivers/serial/open-link.ts';
import { absent, needsPrograms, needsRig } from '../rig.ts';

needsPrograms('socat');
const simulator = needsRig('ups-rigs/modbus-ups-sim.py');
const python = '/usr/bin/python3';
if (spawnSync(python, ['-c', 'import pymodbus.server.async_io, serial_asyncio']).status !== 0)
  absent('python3-pymodbus with python3-serial-asyncio');

const tcpTo = (port: number): ByteLink => openLink({ kind: 'tcp', host: '127.0.0.1', port }, 'bus');
const serialAt = (device: string): ByteLink =>
  openLink({ kind: 'serial', path: device, baud: 9600, parity: 'none' }, 'bus');

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      if (address === null || typeof address === 'string') reject(new Error('no port'));
      else server.close(() => resolve(address.port));
    });
  });

const said = (child: ChildProcess, word: string): Promise<void> =>
  new Promise((resolve, reject) => {
    let output = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      if (output.includes(word)) resolve();
    });
    child.once('exit', () => reject(new Error(`ended before it said ${word}: ${output}`)));
  });

for (const framing of ['tcp', 'rtu'] as const)
  test(`${framing}: mains, a battery test, power cut, low battery, lost and found again`, async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'ups-'));
    const children: ChildProcess[] = [];
    const start = (program: string, ...args: readonly string[]): ChildProcess => {
      const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'ignore'] });
      children.push(child);
      return child;
    };
    const ctl = await freePort();
    const port = await freePort();
    const near = path.join(folder, 'near');
    const far = path.join(folder, 'far');
    if (framing === 'rtu') {
      start('socat', `pty,raw,echo=0,link=${near}`, `pty,raw,echo=0,link=${far}`);
      while (!existsSync(far) || !existsSync(near)) await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const wire = framing === 'tcp' ? ['--tcp', `127.0.0.1:${port}`] : ['--rtu', far];
    await said(start(python, simulator, ...wire, '--units', '1', '--ctl', String(ctl)), 'ready');
    const tell = (line: string): Promise<void> =>
      new Promise((resolve, reject) => {
        const socket = connect({ host: '127.0.0.1', port: ctl }, () => socket.end(`${line}\n`));
        socket.on('error', reject);
        socket.resume().on('close', () => resolve());
      });

    const line = new ModbusLine({
      framing,
      link: framing === 'tcp' ? tcpTo(port) : serialAt(near),
      timeoutMs: 1000,
    }).start();
    const map = loadUpsMap('linekeeper-sim');
    const probe = upsProbe({
      source: 'ups-1.1',
      registers: line,
      unit: 1,
      model: 'linekeeper-sim',
      map,
      everyMs: 300,
    });
    const reports = new Reports();
    probe.start(reports.report);
    /** Waits for a reading in which all of `wanted` hold. */
    const reading = async (wanted: Readonly<Record<string, unknown>>): Promise<void> => {
      const endMs = performance.now() + 15_000;
      for (;;) {
        const { values } = await reports.next(15_000);
        if (values !== undefined && Object.entries(wanted).every(([name, value]) => values[name] === value))
          return;
        assert.ok(
          performance.now() < endMs,
          `not read: ${JSON.stringify(wanted)}; last ${JSON.stringify(values)}`,
        );
      }
    };
    try {
      await reading({
        onLine: true,
        onBattery: false,
        inputVolts: 229,
        batteryPercent: 100,
        temperatureC: 24.5,
      });
      const order = (): Promise<unknown> => line.read({ unit: 1, function: 3, address: 12, count: 1 });
      assert.is((await probe.test?.('quick'))?.accepted, true);
      assert.equal(await order(), { ok: true, values: [2] });
      assert.is((await probe.test?.('stop'))?.accepted, true);
      assert.equal(await order(), { ok: true, values: [0] });
      await tell('power off');
      await reading({ onLine: false, onBattery: true, lowBattery: false, inputVolts: 0 });
      assert.is((await probe.test?.('quick'))?.reason.en, 'the UPS is not on mains');
      assert.equal(await order(), { ok: true, values: [0] });
      await tell('battery 10');
      await reading({ onBattery: true, lowBattery: true, batteryPercent: 9 });
      await tell('mute on');
      await reports.until('unknown', 30_000);
      assert.not(reports.all.some(({ evidence }) => evidence.says === 'down'));
      await tell('mute off');
      await tell('power on');
      await reading({ onLine: true, onBattery: false, charging: true });
      await tell('exc 6');
      await reports.until('unknown', 30_000);
      await tell('exc 0');
      await reports.until('up', 30_000);
    } finally {
      await probe.stop();
      await line.close();
      for (const child of children) child.kill('SIGKILL');
      rmSync(folder, { recursive: true });
    }
  });

test.run();
