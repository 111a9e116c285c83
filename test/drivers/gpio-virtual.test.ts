import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { chooseGpio, openGpio } from '../../src/drivers/gpio/open.ts';
import { VirtualChip, VirtualGpio, virtualChip } from '../../src/drivers/gpio/virtual.ts';
import { text } from '../../src/model/text.ts';
import { GpioLost, GpioRefused } from '../../src/ports/gpio.ts';
import { adoptionContract, gpioContract } from '../contract/gpio.ts';
import type { GpioBench } from '../contract/gpio.ts';

function benchOf(chip: VirtualChip): GpioBench {
  return {
    make: () => Promise.resolve(new VirtualGpio(chip)),
    drive: (pin, level) => chip.drive(pin, level),
    level: (pin) => chip.level(pin),
    inputs: [5, 6],
    outputs: [16, 17, 20],
    noPin: 99,
    forget: (pin) => chip.forget(pin),
    seize: (pin, level) => chip.seize(pin, level),
    edgeLimitMs: 500,
  };
}

gpioContract('virtual', benchOf(new VirtualChip()));
adoptionContract('virtual', benchOf(new VirtualChip()));

test('a platform that releases lets its outputs fall when they are given up', async () => {
  const chip = new VirtualChip({ keepsOutputs: false });
  const gpio = new VirtualGpio(chip);
  await gpio.open({
    inputs: [],
    outputs: [{ pin: 16, idle: true }],
    onEdge: () => undefined,
    onLost: () => undefined,
  });
  assert.is(chip.level(16), true);
  await gpio.close();
  assert.is(chip.level(16), false);
  assert.not(chip.isOutput(16));
  assert.not(gpio.keepsOutputs);
});

test('a chip that is pulled out is told once, and reads and writes say so', async () => {
  const chip = new VirtualChip();
  const gpio = new VirtualGpio(chip);
  const lost: string[] = [];
  await gpio.open({
    inputs: [{ pin: 5, debounceMs: 0, pull: 'up' }],
    outputs: [{ pin: 16, idle: false }],
    onEdge: () => undefined,
    onLost: (reason) => lost.push(reason.en),
  });
  chip.lose(text('拔出', 'pulled out'));
  assert.equal(lost, ['pulled out']);
  assert.throws(
    () => gpio.write(new Map([[16, true]])),
    (error: unknown) => error instanceof GpioLost,
  );
  assert.throws(
    () => gpio.read(16),
    (error: unknown) => error instanceof GpioLost,
  );
  await gpio.close();
});

test('a virtual bus and whoever plays the world meet on the chip of that name', async () => {
  const gpio = await openGpio({ id: 'pi-test', backend: 'virtual' });
  await gpio.open({
    inputs: [],
    outputs: [{ pin: 16, idle: true }],
    onEdge: () => undefined,
    onLost: () => undefined,
  });
  assert.is(virtualChip('pi-test').level(16), true);
  await gpio.close();
});

test('a machine without that chip: opening the bus succeeds, the pins refuse with every reason', async () => {
  const bus = { id: 'pi', backend: 'auto', chip: 'no-such-chip' } as const;
  const chosen = await chooseGpio(bus);
  assert.not('gpio' in chosen);
  const gpio = await openGpio(bus);
  assert.ok(gpio.keepsOutputs, 'what we cannot tell counts as kept');
  try {
    await gpio.open({ inputs: [], outputs: [], onEdge: () => undefined, onLost: () => undefined });
    assert.unreachable();
  } catch (error) {
    assert.ok(error instanceof GpioRefused);
    assert.match(error.reason.en, 'no-such-chip');
    assert.match(error.reason.en, 'sysfs');
    assert.match(error.reason.zh, '没有可用的 GPIO');
  }
  assert.throws(() => gpio.read(1));
  await gpio.close();
});

test.run();
