import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { registerPoll } from '../../src/drivers/modbus/register-poll.ts';
import { registerValue } from '../../src/format/register-value.ts';
import { text } from '../../src/model/text.ts';
import type { RegisterPoint } from '../../src/model/room.ts';
import type { RegisterAnswer, RegisterRequest, Registers } from '../../src/ports/registers.ts';
import { Reports } from '../contract/probe.ts';

const point: RegisterPoint = {
  kind: 'register',
  id: 'room-temp',
  name: text('机房温度', 'Room'),
  terminal: { bus: 'rs485', kind: 'register', number: 7, unit: 12, table: 'input' },
  type: 's16',
  scale: 0.1,
  unit: '°C',
  deadband: 0,
  everyMs: 100,
};
const silent: RegisterAnswer = { ok: false, kind: 'timeout', reason: text('无应答', 'no answer') };

class Bus implements Registers {
  answer: RegisterAnswer = silent;
  readonly asked: RegisterRequest[] = [];
  read(request: RegisterRequest): Promise<RegisterAnswer> {
    this.asked.push(request);
    return Promise.resolve(this.answer);
  }
  close(): Promise<void> {
    return Promise.resolve();
  }
}

test('a value is read from its unit and table, and scaled', async () => {
  const bus = new Bus();
  bus.answer = { ok: true, values: [0xff38] };
  const poll = registerPoll(point, bus);
  const reports = new Reports();
  poll.start(reports.report);
  const { says, values } = await reports.next(10_000);
  await poll.stop();
  assert.is(says, 'up');
  assert.equal(values, { value: -20 });
  assert.equal(bus.asked[0], { unit: 12, function: 4, address: 7, count: 1 });
});

test('one lost answer carries no value, three are unknown', async () => {
  const bus = new Bus();
  bus.answer = { ok: true, values: [215] };
  const poll = registerPoll(point, bus);
  const reports = new Reports();
  poll.start(reports.report);
  await reports.next(10_000);
  bus.answer = silent;
  await reports.until('unknown', 10_000);
  await poll.stop();
  const lost = reports.all.map(({ evidence }) => evidence).filter(({ values }) => values === undefined);
  assert.equal(
    lost.map(({ says }) => says),
    ['up', 'up', 'unknown'],
  );
});

test('what a device says where it has no value is unknown at once', async () => {
  const bus = new Bus();
  bus.answer = { ok: true, values: [0x7fff] };
  const poll = registerPoll(point, bus);
  const reports = new Reports();
  poll.start(reports.report);
  assert.is((await reports.next(10_000)).says, 'unknown');
  await poll.stop();
});

for (const [type, words, value] of [
  ['s16', [0xffff], -1],
  ['s16', [0x8000], undefined],
  ['u16', [0xfffe], 65_534],
  ['u16', [0xffff], undefined],
  ['s32', [0xffff, 0xfffe], -2],
  ['s32', [0x8000, 0], undefined],
  ['u32', [1, 2], 65_538],
  ['u32', [0xffff, 0xffff], undefined],
  ['f32', [0x41ac, 0], 21.5],
  ['f32', [0x7fc0, 0], undefined],
  ['u32', [1], undefined],
  ['s16', [], undefined],
] as const)
  test(`${type} ${words.map((word) => word.toString(16)).join(' ')} is ${value ?? 'no value'}`, () => {
    assert.is(registerValue(type, words), value);
  });

test.run();
