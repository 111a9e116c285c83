/** Sensors of the kernel, on a tree of files laid out as sysfs lays them out. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readSensor } from '../../src/drivers/sensor/read.ts';
import type { SensorReading } from '../../src/drivers/sensor/read.ts';
import { SensorPolls } from '../../src/drivers/sensor/sensor-poll.ts';
import type { SensorPoint } from '../../src/model/room.ts';
import { parseSensor, writtenSensor } from '../../src/model/sensor.ts';
import { text } from '../../src/model/text.ts';
import { sensors } from '../../src/cli/sensors.ts';
import { said } from '../cli/said.ts';
import { Reports, probeContract } from '../contract/probe.ts';

const address = '28-0316a2794cff';

class Kernel {
  readonly root = mkdtempSync(path.join(os.tmpdir(), 'lk-sys-'));

  set(file: string, content: string): this {
    const full = path.join(this.root, file);
    mkdirSync(path.dirname(full), { recursive: true });
    writeFileSync(full, `${content}\n`);
    return this;
  }
  w1(milli: number, crc: 'YES' | 'NO' = 'YES'): this {
    const bytes = '50 05 4b 46 7f ff 0c 10 1c';
    return this.set(`bus/w1/devices/${address}/w1_slave`, `${bytes} : crc=1c ${crc}\n${bytes} t=${milli}`);
  }
  /** A device on its bus, and its hwmon folder with the number of this start. */
  hwmon(number: number, name: string, place: string, files: Readonly<Record<string, string>>): this {
    const folder = `class/hwmon/hwmon${number}`;
    mkdirSync(path.join(this.root, 'devices', place), { recursive: true });
    for (const [file, content] of Object.entries({ name, ...files })) this.set(`${folder}/${file}`, content);
    symlinkSync(path.join(this.root, 'devices', place), path.join(this.root, folder, 'device'));
    return this;
  }
  iio(number: number, name: string, place: string, files: Readonly<Record<string, string>>): this {
    const real = `devices/${place}/iio:device${number}`;
    for (const [file, content] of Object.entries({ name, ...files })) this.set(`${real}/${file}`, content);
    mkdirSync(path.join(this.root, 'bus/iio/devices'), { recursive: true });
    symlinkSync(path.join(this.root, real), path.join(this.root, `bus/iio/devices/iio:device${number}`));
    return this;
  }
  remove(file: string): this {
    rmSync(path.join(this.root, file), { recursive: true });
    return this;
  }
  read(words: string): Promise<SensorReading> {
    const name = parseSensor(words);
    if (name === undefined) throw new Error(`${words} names no sensor`);
    return readSensor(name, this.root);
  }
  async value(words: string): Promise<number> {
    const reading = await this.read(words);
    if (reading.kind !== 'value') throw new Error(reading.reason.en);
    return reading.value;
  }
  async why(words: string): Promise<string> {
    const reading = await this.read(words);
    return reading.kind === 'value' ? String(reading.value) : `${reading.kind}: ${reading.reason.en}`;
  }
}

test('a DS18B20 is read in °C, below zero too', async () => {
  assert.is(await new Kernel().w1(21_437).value(`w1:${address}`), 21.437);
  assert.is(await new Kernel().w1(-10_125).value(`w1:${address}`), -10.125);
});

test('85 °C of a DS18B20 is its power-on value and no reading, beside it all is', async () => {
  assert.match(await new Kernel().w1(85_000).why(`w1:${address}`), /^missed: .*just been powered/);
  assert.is(await new Kernel().w1(84_938).value(`w1:${address}`), 84.938);
  assert.is(await new Kernel().w1(85_062).value(`w1:${address}`), 85.062);
});

test('a wrong checksum and a value that the device cannot measure are no reading', async () => {
  assert.match(await new Kernel().w1(21_000, 'NO').why(`w1:${address}`), /^missed: .*bad checksum/);
  assert.is(await new Kernel().w1(125_000).value(`w1:${address}`), 125);
  assert.match(await new Kernel().w1(125_001).why(`w1:${address}`), /^missed: /);
  assert.match(await new Kernel().w1(-55_001).why(`w1:${address}`), /^missed: /);
});

test('without w1_slave the temperature file is read, with the same power-on rule', async () => {
  const file = `bus/w1/devices/${address}/temperature`;
  assert.is(await new Kernel().set(file, '19000').value(`w1:${address}`), 19);
  assert.match(await new Kernel().set(file, '85000').why(`w1:${address}`), /just been powered/);
  assert.match(await new Kernel().set(file, '').why(`w1:${address}`), /^missed: /);
});

test('a hwmon device is found by its name, whatever number it has', async () => {
  const files = { temp1_input: '23456', humidity1_input: '45600', in0_input: '5012' };
  for (const number of [0, 3]) {
    const kernel = new Kernel()
      .hwmon(number, 'sht3x', '1-0044', files)
      .hwmon(1, 'cpu_thermal', 'thermal_zone0', {});
    assert.is(await kernel.value('hwmon:sht3x/temp1'), 23.456);
    assert.is(await kernel.value('hwmon:sht3x/humidity1'), 45.6);
    assert.is(await kernel.value('hwmon:sht3x/in0'), 5.012);
  }
});

test('two alike are told apart by their place, and without it neither is read', async () => {
  const kernel = new Kernel()
    .hwmon(0, 'lm75', '1-0048', { temp1_input: '20000' })
    .hwmon(1, 'lm75', '1-0049', { temp1_input: '30000' });
  assert.is(await kernel.value('hwmon:lm75@1-0049/temp1'), 30);
  assert.is(
    await kernel.why('hwmon:lm75/temp1'),
    'absent: there are 2 named lm75: write one of lm75@1-0048, lm75@1-0049',
  );
});

test('a probe that its driver calls broken is no reading', async () => {
  const kernel = new Kernel().hwmon(0, 'nct7802', '1-0028', { temp1_input: '-128000', temp1_fault: '1' });
  assert.match(await kernel.why('hwmon:nct7802/temp1'), /^missed: .*probe is broken/);
});

test('iio: ready values, and raw ones with scale and offset, own or shared', async () => {
  const kernel = new Kernel()
    .iio(0, 'dht11@4', 'soc', { in_temp_input: '22000', in_humidityrelative_input: '51000' })
    .iio(1, 'hdc1080', '1-0040', {
      in_temp_raw: '26214',
      in_temp_scale: '2.517700',
      in_temp_offset: '-15887.515151',
    })
    .iio(2, 'ads1115', '1-0041', {
      in_voltage0_raw: '1200',
      in_voltage1_raw: '8',
      in_voltage0_scale: '2',
      in_voltage_scale: '3',
    });
  assert.is(await kernel.value('iio:dht11@4/in_temp'), 22);
  assert.is(await kernel.value('iio:dht11@4/in_humidityrelative'), 51);
  assert.is(Math.round((await kernel.value('iio:hdc1080/in_temp')) * 100) / 100, 26);
  assert.is(await kernel.value('iio:ads1115/in_voltage0'), 2.4);
  assert.is(await kernel.value('iio:ads1115/in_voltage1'), 0.024);
});

test('a missing sensor says which there are, a missing channel says so', async () => {
  const kernel = new Kernel().hwmon(0, 'cpu_thermal', 'thermal_zone0', { temp1_input: '50000' });
  assert.is(await kernel.why('hwmon:sht3x/temp1'), 'absent: there is no sensor sht3x; there is: cpu_thermal');
  assert.is(await kernel.why('hwmon:cpu_thermal/temp2'), 'absent: cpu_thermal has no temp2');
  assert.is(await kernel.why(`w1:${address}`), `absent: there is no sensor ${address}; there are: none`);
});

test('an empty file is no reading, not zero', async () => {
  const kernel = new Kernel().hwmon(0, 'sht3x', '1-0044', { temp1_input: '' });
  assert.match(await kernel.why('hwmon:sht3x/temp1'), /^missed: /);
});

for (const words of [
  `w1:${address}`,
  'hwmon:sht3x/temp1',
  'hwmon:lm75@1-0048/in12',
  'iio:dht11@4/in_humidityrelative',
  'iio:scd30/in_concentration_co2',
  'iio:ads1115/in_voltage0-voltage1',
])
  test(`${words} names a sensor, and is written so`, () => {
    const name = parseSensor(words);
    assert.is(name === undefined ? '' : writtenSensor(name), words);
  });

for (const words of [
  'w1:28-0316A2794CFF',
  'w1:29-0316a2794cff',
  `w1:${address}/temp1`,
  'hwmon:sht3x',
  'hwmon:../../etc/temp1',
  'hwmon:sht3x/../temp1',
  'hwmon:sht3x/pwm1',
  'iio:dht11/temp',
  'gpio:x/temp1',
])
  test(`${words} names no sensor`, () => {
    assert.is(parseSensor(words), undefined);
  });

const point = (words: string, more: Partial<SensorPoint> = {}): SensorPoint => {
  const sensor = parseSensor(words);
  if (sensor === undefined) throw new Error(`${words} names no sensor`);
  const name = text('机柜', 'Rack');
  return {
    kind: 'sensor',
    id: 'rack',
    name,
    sensor,
    scale: 1,
    offset: 0,
    unit: '',
    deadband: 0,
    everyMs: 100,
    ...more,
  };
};

probeContract('sensor', {
  open: () => {
    const kernel = new Kernel().w1(21_000);
    return Promise.resolve({
      probe: new SensorPolls({ root: kernel.root }).poll(point(`w1:${address}`)),
      everyMs: 100,
      waitMs: 100,
      silence: 'unknown' as const,
      setAlive: (alive) => void kernel.w1(21_000, alive ? 'YES' : 'NO'),
      close: () => Promise.resolve(),
    });
  },
  openBroken: () => new SensorPolls({ root: new Kernel().root }).poll(point('hwmon:sht3x/temp1')),
});

test('scale and offset make a value of what a divider or a loop leaves of it', async () => {
  const kernel = new Kernel().iio(0, 'ads1115', '1-0048', {
    in_voltage0_raw: '2400',
    in_voltage0_scale: '1',
  });
  const poll = new SensorPolls({ root: kernel.root }).poll(
    point('iio:ads1115/in_voltage0', { scale: 20, offset: 0.5 }),
  );
  const reports = new Reports();
  poll.start(reports.report);
  const { values } = await reports.next(10_000);
  await poll.stop();
  assert.equal(values, { value: 48.5 });
});

test('a sensor that hangs is told, is not read a second time meanwhile, and holds up no other family', async () => {
  let begun = 0;
  let release: () => void = () => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  const polls = new SensorPolls({
    waitMs: 50,
    read: ({ family }) => {
      if (family !== 'w1') return Promise.resolve({ kind: 'value', value: 1 });
      begun++;
      return released.then(() => ({ kind: 'value', value: 7 }));
    },
  });
  const [wire, other] = [polls.poll(point(`w1:${address}`)), polls.poll(point('hwmon:sht3x/temp1'))];
  const [hung, well] = [new Reports(), new Reports()];
  wire.start(hung.report);
  other.start(well.report);
  try {
    await hung.until('unknown', 10_000);
    const { reason } = await hung.until('unknown', 10_000);
    assert.match(reason.en, /reading w1:28-0316a2794cff does not end/);
    if (well.all.length === 0) await well.next(10_000);
    assert.is(begun, 1);
    release();
    await hung.until('up', 10_000);
    assert.ok(begun <= 2, `${begun} reads were waiting in line`);
  } finally {
    await Promise.all([wire.stop(), other.stop()]);
  }
});

test('1-Wire devices are read one after the other', async () => {
  let now = 0;
  let most = 0;
  const polls = new SensorPolls({
    read: async () => {
      most = Math.max(most, ++now);
      // Longer than the first period: all four want to read by then.
      await new Promise((resolve) => setTimeout(resolve, 200));
      now--;
      return { kind: 'value', value: 20 };
    },
  });
  const probes = ['1', '2', '3', '4'].map((digit) => polls.poll(point(`w1:28-0316a2794cf${digit}`)));
  const reports = probes.map(() => new Reports());
  probes.forEach((probe, index) => probe.start(reports[index]?.report ?? (() => undefined)));
  await Promise.all(reports.map((one) => one.next(10_000)));
  await Promise.all(probes.map((probe) => probe.stop()));
  assert.is(most, 1);
});

test('the command lists what there is with the words of the room file, and says so when there is none', async () => {
  const kernel = new Kernel()
    .w1(21_500)
    .hwmon(0, 'lm75', '1-0048', { temp1_input: '20000', temp1_label: 'inlet' })
    .hwmon(1, 'lm75', '1-0049', { temp1_input: '30000' })
    .iio(0, 'dht11@4', 'soc', { in_temp_input: '22000' });
  const { code, out } = await said((args) => sensors(args, kernel.root), '--language', 'en');
  assert.is(code, 0);
  assert.match(out, /sensor: "w1:28-0316a2794cff" +21\.5 °C/);
  assert.match(out, /sensor: "hwmon:lm75@1-0048\/temp1" +20 °C +inlet/);
  assert.match(out, /sensor: "iio:dht11@4\/in_temp" +22 °C/);
  const json = JSON.parse((await said((args) => sensors(args, kernel.root), '--json')).out) as unknown;
  assert.equal((json as readonly unknown[])[0], { sensor: `w1:${address}`, unit: '°C', value: 21.5 });
  const none = await said((args) => sensors(args, new Kernel().root), '--language', 'en');
  assert.is(none.code, 1);
  assert.match(none.out, /offers no sensor/);
});

test.run();
