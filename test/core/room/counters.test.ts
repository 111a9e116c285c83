/** Counters: surges that a register or the pulses of a contact tell, kept through restarts, wrap-around and the device's own zero. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Points } from './points.ts';
import type { SavedRoom } from '../../../src/core/room/state.ts';

const id = 'surges/counter.counted';
const sections = `buses: { rs485: { modbus: "rtu:/dev/ttyUSB1" }, pi: { gpio: virtual } }
points:
  surges: { register: rs485/7/30001, type: u16, counter: true }
  strikes: { input: pi/20, counter: true }
`;
const room = (before: SavedRoom | 'missing' = 'missing'): Points => new Points(sections, before);
const seen = (points: Points): Points =>
  points.wait(15).order({ do: 'acknowledge', alarm: 'all' }).order({ do: 'reset-alarm', alarm: id }).wait(1);
const words = (points: Points, alarm = id): string => points.alarm(alarm)?.what.en ?? '';

test('what a counter shows at first is where it begins, and no alarm', () => {
  const points = room().reading('surges', 17).wait(1);
  assert.equal(points.alarms, []);
  assert.equal(points.saved.counters, { surges: { shown: 17, total: 17, seen: 17 } });
});

test('each new count is an alarm that says how many, and stays until a person has acknowledged and reset it', () => {
  const points = room().reading('surges', 17).reading('surges', 19).turn();
  assert.ok(points.alarm(id)?.condition === 'active');
  assert.match(words(points), /surges: 2 new, 19 in all/);
  points.wait(60);
  assert.is(points.alarm(id)?.latched, true);
  points.order({ do: 'reset-alarm', alarm: id }).wait(1);
  assert.ok(points.alarms.includes(id), 'not acknowledged: it stays');
  assert.not.ok(seen(points).alarms.includes(id));
  assert.is(points.saved.counters?.['surges']?.seen, 19);
});

test('counts of before the reset are not told again', () => {
  const points = seen(room().reading('surges', 17).reading('surges', 19).wait(1));
  assert.match(words(points.reading('surges', 20).turn()), /1 new, 20 in all/);
});

test('while nobody has reset it, further counts add up', () => {
  const points = room().reading('surges', 17).reading('surges', 18).wait(20).reading('surges', 20).turn();
  assert.match(words(points), /3 new, 20 in all/);
});

test('a count is saved at once, and a restart goes on with it: what came meanwhile is told', () => {
  const before = room().reading('surges', 17).reading('surges', 18);
  assert.ok(before.savedNow);
  const after = room(seen(before.wait(1)).saved)
    .reading('surges', 18)
    .wait(1);
  assert.equal(after.alarms, []);
  assert.match(words(after.reading('surges', 21).turn()), /3 new, 21 in all/);
});

test('a counter that wraps goes on, one that was set to zero begins again', () => {
  assert.is(room().reading('surges', 65_534).reading('surges', 1).saved.counters?.['surges']?.total, 65_537);
  const zeroed = room().reading('surges', 40_000).reading('surges', 0).wait(1);
  assert.equal(zeroed.alarms, []);
  assert.is(zeroed.reading('surges', 2).saved.counters?.['surges']?.total, 40_002);
});

test('what is not known counts nothing', () => {
  const points = room().reading('surges', 17).reading('surges', 'unknown').reading('surges', 17).wait(1);
  assert.equal(points.alarms, []);
});

test('a pulse is one count and no point alarm; the level at start and a lost bus are none', () => {
  const points = room().contact('strikes', true).turn();
  assert.equal(points.saved.counters, {});
  points.contact('strikes', false).contact('strikes', true).contact('strikes', true).turn();
  assert.match(words(points, 'strikes/counter.counted'), /strikes: 1 new, 1 in all/);
  assert.not.ok(points.alarms.includes('strikes/point.active'));
  points.contact('strikes', 'unknown').contact('strikes', true).turn();
  assert.is(points.saved.counters?.['strikes']?.total, 1);
});

test.run();
