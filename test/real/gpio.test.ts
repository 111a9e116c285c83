/**
 * Both real back ends in a Linux kernel with simulated GPIO chips: the file starts itself again inside that kernel. Times
 * there are those of a slow machine.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { chooseGpio, openGpio } from '../../src/drivers/gpio/open.ts';
import { GpioLost } from '../../src/ports/gpio.ts';
import type { GpioRequest } from '../../src/ports/gpio.ts';
import { adoptionContract, gpioContract } from '../contract/gpio.ts';
import type { GpioBench } from '../contract/gpio.ts';
import { needsRig } from '../rig.ts';

const self = fileURLToPath(import.meta.url);

if (process.env['GPIO_RIG'] !== '1') {
  const rig = needsRig('gpio-kernel/run.sh');
  const run = spawnSync(
    rig,
    [
      '--chips',
      'pinctrl-bcm2711:58,loose:8',
      '--timeout',
      '240',
      '--',
      process.execPath,
      '--import',
      'tsx',
      self,
    ],
    {
      encoding: 'utf8',
      cwd: path.resolve(path.dirname(self), '../..'),
    },
  );
  process.stdout.write(run.stdout);
  process.stderr.write(run.stderr);
  process.exit(run.status ?? 1);
}

interface RigChip {
  readonly base: number;
  readonly dev: string;
  readonly sim: string;
}
const chips = JSON.parse(process.env['RIG_GPIO'] ?? '[]') as readonly RigChip[];
const chip = chips[0];
if (chip === undefined) throw new Error('the rig has no chip');

const label = 'pinctrl-bcm2711';
const simFile = (pin: number, name: string): string => `${chip.sim}/sim_gpio${pin}/${name}`;
const drive = (pin: number, level: boolean): void =>
  writeFileSync(simFile(pin, 'pull'), level ? 'pull-up' : 'pull-down');
const level = (pin: number): boolean => readFileSync(simFile(pin, 'value'), 'utf8').trim() === '1';
const sysfsPin = (pin: number): string => `/sys/class/gpio/gpio${chip.base + pin}`;
/** Gives an exported pin back; a released line of the simulated chip falls to its pull. */
const forget = (pin: number): void => {
  if (existsSync(sysfsPin(pin))) {
    writeFileSync(`${sysfsPin(pin)}/direction`, 'in');
    writeFileSync('/sys/class/gpio/unexport', String(chip.base + pin));
  }
  drive(pin, false);
};

/** What `echo 0 > value` of any other program does. */
const seize = (pin: number, high: boolean): void => writeFileSync(`${sysfsPin(pin)}/value`, high ? '1' : '0');

const quiet = { onEdge: () => undefined, onLost: () => undefined };
const request = (parts: Partial<GpioRequest>): GpioRequest => ({
  inputs: [],
  outputs: [],
  ...quiet,
  ...parts,
});

// A program of its own, to be killed: claims pin 22, drives it high, and says so.
if (process.argv[2] === 'hold' || process.argv[2] === 'exit') {
  const gpio = await openGpio({
    id: 'pi',
    backend: process.argv[3] === 'onoff' ? 'onoff' : 'chardev',
    chip: label,
  });
  await gpio.open(
    request({ inputs: [{ pin: 9, debounceMs: 0, pull: 'none' }], outputs: [{ pin: 22, idle: false }] }),
  );
  gpio.write(new Map([[22, true]]));
  console.log('driven');
  if (process.argv[2] === 'exit') process.exit(0);
  setInterval(() => undefined, 1000);
} else {
  const bench = (backend: 'onoff' | 'chardev', pins: Pick<GpioBench, 'inputs' | 'outputs'>): GpioBench => ({
    make: () => openGpio({ id: 'pi', backend, chip: label }),
    drive,
    level,
    ...pins,
    noPin: 58,
    forget,
    ...(backend === 'onoff' ? { seize } : {}),
    edgeLimitMs: 3000,
  });

  const child = (mode: 'hold' | 'exit', backend: string): ReturnType<typeof spawn> =>
    spawn(process.execPath, ['--import', 'tsx', self, mode, backend], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
  const driven = (program: ReturnType<typeof spawn>): Promise<void> =>
    new Promise((resolve, reject) => {
      program.stdout?.once('data', () => resolve());
      program.once('exit', (code) => reject(new Error(`ended with ${code}`)));
    });
  const ended = (program: ReturnType<typeof spawn>): Promise<number | null> =>
    new Promise((resolve) => program.once('exit', resolve));

  test('auto takes the character device, found by its label, and says what outputs do', async () => {
    const chosen = await chooseGpio({ id: 'pi', backend: 'auto' });
    assert.ok('gpio' in chosen);
    assert.is(chosen.gpio.backend, 'chardev');
    assert.ok(chosen.gpio.isExclusive);
    assert.ok(chosen.gpio.keepsOutputs, 'the parameter is not there: taken as kept');
    assert.match(chosen.explanation.en, label);
    assert.match(chosen.explanation.en, 'taken as kept');
  });

  test('sysfs numbers are found by label and base, not by a fixed offset', async () => {
    const chosen = await chooseGpio({ id: 'pi', backend: 'onoff' });
    assert.ok('gpio' in chosen);
    assert.is(chosen.gpio.backend, 'onoff');
    assert.is(chip.base, 512);
    assert.match(chosen.explanation.en, '512');
  });

  gpioContract('chardev', bench('chardev', { inputs: [5, 6], outputs: [16, 17, 20] }));
  gpioContract('onoff', bench('onoff', { inputs: [12, 13], outputs: [23, 24, 25] }));
  // The simulated chip lets a line of the character device go at close; the Pi's controller does not.
  adoptionContract('onoff', bench('onoff', { inputs: [12, 13], outputs: [26, 27, 19] }));

  test('onoff: kill -9 keeps the level, and the next start takes it over', async () => {
    const program = child('hold', 'onoff');
    await driven(program);
    const end = ended(program);
    program.kill('SIGKILL');
    await end;
    assert.is(level(22), true);
    const gpio = await openGpio({ id: 'pi', backend: 'onoff', chip: label });
    await gpio.open(request({ outputs: [{ pin: 22, idle: false }] }));
    assert.is(level(22), true);
    assert.ok(gpio.keepsOutputs);
    await gpio.close();
    forget(22);
    forget(9);
  });

  test('chardev: kill -9 hands the line back to the kernel, which decides', async () => {
    const program = child('hold', 'chardev');
    await driven(program);
    assert.is(level(22), true);
    const busy = await openGpio({ id: 'pi', backend: 'chardev', chip: label });
    try {
      await busy.open(request({ outputs: [{ pin: 22, idle: false }] }));
      assert.unreachable();
    } catch (error) {
      assert.match(error instanceof Error ? error.message : '', 'pin 22 is held by linekeeper');
    }
    const end = ended(program);
    program.kill('SIGKILL');
    await end;
    assert.is(level(22), false, 'this chip falls to its pull');
    await busy.open(request({ outputs: [{ pin: 22, idle: false }] }));
    await busy.close();
  });

  test('chardev: an output that still stands is taken over as it is, whatever its idle level', async () => {
    // The simulated chip keeps the direction of a line that is let go; its pull keeps the level.
    for (const stands of [true, false]) {
      const gpio = await openGpio({ id: 'pi', backend: 'chardev', chip: label });
      await gpio.open(request({ outputs: [{ pin: 21, idle: !stands }] }));
      drive(21, stands);
      await gpio.close();
      assert.is(level(21), stands);
      await gpio.open(request({ outputs: [{ pin: 21, idle: !stands }] }));
      assert.is(gpio.read(21), stands);
      assert.is(level(21), stands);
      await gpio.close();
    }
  });

  test('chardev: the wait for edges does not hold up the end of the program', async () => {
    const program = child('exit', 'chardev');
    assert.is(await ended(program), 0);
  });

  test('chardev: pull-up of an input is set by the request itself', async () => {
    const gpio = await openGpio({ id: 'pi', backend: 'chardev', chip: label });
    await gpio.open(
      request({
        inputs: [
          { pin: 7, debounceMs: 0, pull: 'up' },
          { pin: 8, debounceMs: 0, pull: 'down' },
        ],
      }),
    );
    assert.is(gpio.read(7), true);
    assert.is(gpio.read(8), false);
    await gpio.close();
  });

  test('onoff: a polarity that somebody else set is undone before the level is read', async () => {
    writeFileSync('/sys/class/gpio/export', String(chip.base + 18));
    writeFileSync(`${sysfsPin(18)}/direction`, 'high');
    writeFileSync(`${sysfsPin(18)}/active_low`, '1');
    const gpio = await openGpio({ id: 'pi', backend: 'onoff', chip: label });
    await gpio.open(request({ outputs: [{ pin: 18, idle: false }] }));
    assert.is(gpio.read(18), true);
    assert.is(level(18), true);
    await gpio.close();
    forget(18);
  });

  test('chardev: a chip that is pulled out is told once, reads and writes say so, close still works', async () => {
    const gpio = await openGpio({ id: 'loose', backend: 'chardev', chip: 'loose' });
    const reasons: string[] = [];
    let told = (): void => undefined;
    const lost = new Promise<void>((resolve) => (told = resolve));
    await gpio.open(
      request({
        inputs: [{ pin: 1, debounceMs: 0, pull: 'none' }],
        outputs: [{ pin: 2, idle: false }],
        onLost: ({ en }) => {
          reasons.push(en);
          told();
        },
      }),
    );
    writeFileSync('/sys/kernel/config/gpio-sim/rig1/live', '0');
    await lost;
    assert.throws(
      () => gpio.write(new Map([[2, true]])),
      (error: unknown) => error instanceof GpioLost,
    );
    assert.throws(
      () => gpio.read(1),
      (error: unknown) => error instanceof GpioLost,
    );
    await gpio.close();
    assert.is(reasons.length, 1, reasons.join('; '));
  });

  test('chardev: an edge takes milliseconds, not a polling period', async () => {
    drive(11, false);
    const gpio = await openGpio({ id: 'pi', backend: 'chardev', chip: label });
    let arrived = (): void => undefined;
    await gpio.open(request({ inputs: [{ pin: 11, debounceMs: 0, pull: 'none' }], onEdge: () => arrived() }));
    const times: number[] = [];
    for (let n = 0; n < 100; n++) {
      const edge = new Promise<void>((resolve) => (arrived = resolve));
      const from = performance.now();
      drive(11, n % 2 === 0);
      await edge;
      times.push(performance.now() - from);
    }
    await gpio.close();
    const [median = Infinity] = times.sort((a, b) => a - b).slice(50);
    console.log(
      `edge to callback in the rig: median ${median.toFixed(2)} ms, worst ${times.at(-1)?.toFixed(2)} ms`,
    );
    assert.ok(median < 20, `median ${median} ms`);
  });

  test.run();
}
