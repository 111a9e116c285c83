/** A subject that comes and goes: one alarm for all of it, none hidden behind it, and the PBX's verdict untouched. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  calmSlots,
  flapLimitsOf,
  share,
  slotsKept,
  unflapped,
  flapped,
} from '../../../src/core/watch/flapping.ts';
import { monoMs } from '../../../src/model/units.ts';
import * as watch from '../../../src/core/watch/step.ts';
import { Room, contactSource, linesSource, pbx, ping, sipSource, subject } from './bench.ts';

const minuteMs = 60_000;
const crm = subject('crm', 'server', [ping('crm.1')]);
const usual = flapLimitsOf(crm);

/** Down for 30 s and up for 30 s, so many times. */
function flap(room: Room, times: number, source = 'crm.1'): Room {
  for (let n = 0; n < times; n++) {
    room.hearTimes(source, 'down', 3, 10_000).wait(10_000);
    room.hearTimes(source, 'up', 3, 10_000).wait(10_000);
  }
  return room;
}
function hold(room: Room, says: 'up' | 'down', minutes: number, source = 'crm.1'): Room {
  for (let n = 0; n < minutes * 6; n++) room.hear(source, says).wait(10_000);
  return room;
}
const isFlapping = (room: Room): boolean => room.conditions().some((one) => one.includes('subject.flapping'));

test('weights: a change now counts 1.2, one of 19 slots ago 0.8, all together the whole', () => {
  const all = Array.from({ length: slotsKept }, (_, n) => n);
  assert.is(Math.round(share(all, slotsKept - 1) * 1e9), 1e9);
  assert.is(share([19], 19), 1.2 / slotsKept);
  assert.is(Math.round(share([0], 19) * slotsKept * 1e9), 8e8);
});

test('a server that fails every minute is flapping after six, and its down alarm comes and goes no more', () => {
  const room = hold(new Room([crm]), 'up', 1);
  flap(room, 5);
  assert.not.ok(isFlapping(room));
  flap(room, 2);
  assert.ok(isFlapping(room));
  const seen = new Set<string>();
  for (let n = 0; n < 20; n++) {
    flap(room, 1);
    for (const one of room.conditions()) seen.add(one);
  }
  assert.equal([...seen].sort(), [
    'crm/server.down unknown',
    'crm/subject.degraded unknown',
    'crm/subject.flapping active',
  ]);
  assert.match(watch.whyOf(room.state, 'crm').en, 'it flaps');
  assert.is(watch.views(room.state)[0]?.flapping, true);
});

test('when flapping ends, what is true then is told: up is all clear', () => {
  const room = flap(hold(new Room([crm]), 'up', 1), 10);
  assert.ok(isFlapping(hold(room, 'up', calmSlots - 1)));
  assert.equal(hold(room, 'up', 1).conditions(), []);
});

test('a fault that stays behind the flapping is alarmed within six minutes', () => {
  const room = flap(hold(new Room([crm]), 'up', 1), 10);
  hold(room, 'down', calmSlots - 1);
  assert.ok(isFlapping(room));
  assert.equal(hold(room, 'down', 2).conditions(), ['crm/server.down active']);
});

test('a slow unrest below the threshold is no flapping: each failure is its own alarm', () => {
  const room = hold(new Room([crm]), 'up', 1);
  for (let n = 0; n < 10; n++) {
    hold(room, 'down', 5);
    assert.equal(room.conditions(), ['crm/server.down active']);
    hold(room, 'up', 5);
    assert.equal(room.conditions(), []);
  }
});

test('between the thresholds it stays what it was', () => {
  let memory = unflapped(monoMs(0));
  let flips = 0;
  const at = (minute: number, flips_: boolean): void => {
    if (flips_) flips++;
    memory = flapped(memory, flips % 2 === 0 ? 'up' : 'down', true, usual, monoMs(minute * minuteMs));
  };
  at(0, false);
  // One change in four minutes: a quarter of the slots.
  for (let minute = 1; minute < 60; minute++) at(minute, minute % 4 === 0);
  assert.not.ok(memory.isFlapping);
  for (let minute = 60; minute < 70; minute++) at(minute, true);
  assert.ok(memory.isFlapping);
  for (let minute = 70; minute < 130; minute++) at(minute, minute % 4 === 0);
  assert.ok(memory.isFlapping);
  assert.ok(share(memory.changed, 129) < usual.flappingFrom);
});

test('the room file says how many changes in which time: more are borne, fewer in less time are not', () => {
  const threshold = (changes: number, minutes: number): Room =>
    hold(new Room([{ ...crm, flapping: { changes, inMs: minutes * minuteMs } }]), 'up', 1);
  assert.ok(isFlapping(flap(hold(new Room([crm]), 'up', 1), 7)));
  assert.not.ok(isFlapping(flap(threshold(12, 20), 7)));
  assert.ok(isFlapping(flap(threshold(12, 20), 14)));
  assert.ok(isFlapping(flap(threshold(3, 20), 3)));
  // Half the time, half the slots: it is over in half the time.
  const short = flap(threshold(6, 10), 8);
  assert.ok(isFlapping(short));
  assert.ok(isFlapping(hold(short, 'up', 2)));
  assert.not.ok(isFlapping(hold(short, 'up', 2)));
});

test('what is asked once in five minutes is counted over twenty of its slots, whatever the room file says', () => {
  const slow = subject('nas', 'server', [{ ...ping('nas.1'), everyMs: 300_000 }]);
  assert.is(flapLimitsOf({ ...slow, flapping: { changes: 6, inMs: 300_000 } }).slotMs, 600_000);
});

test('unknown between two downs is no change', () => {
  let memory = unflapped(monoMs(0));
  for (let minute = 0; minute < 60; minute++)
    memory = flapped(memory, minute % 2 === 0 ? 'down' : 'unknown', true, usual, monoMs(minute * minuteMs));
  assert.equal(memory.changed, []);
});

test('hosts behind a flapping switch do not flap', () => {
  const lan = subject('lan', 'network', [ping('lan.1')]);
  const host = subject('t01', 'terminal', [ping('t01.1')], { dependsOn: ['lan'] });
  const room = new Room([host, lan]);
  for (let n = 0; n < 30; n++) {
    for (const says of ['down', 'down', 'down', 'up', 'up', 'up'] as const)
      room.hear('t01.1', says).wait(2000).hear('lan.1', says).wait(8000);
  }
  assert.ok(room.conditions().includes('lan/subject.flapping active'));
  assert.not.ok(room.conditions().some((one) => one.startsWith('t01/') && one.endsWith(' active')));
});

test('maintenance is no unrest of the device', () => {
  const maintenance = { until: monoMs(1e9), by: 'Li', reason: { zh: '换机', en: 'swap' } };
  const room = hold(new Room([crm]), 'up', 1).tell({ kind: 'maintenance', subjects: { crm: maintenance } });
  assert.not.ok(isFlapping(flap(room, 20)));
  assert.equal(watch.views(room.state)[0]?.maintenance, maintenance);
  room.tell({ kind: 'maintenance', subjects: {} });
  assert.is(watch.views(room.state)[0]?.maintenance, undefined);
});

test('a flapping PBX: its verdict and its down alarm go on as if nobody counted', () => {
  const calm = new Room([pbx([contactSource, linesSource, sipSource])]);
  calm.contact(true).hear('pbx.3', 'up').wait(1000);
  let downs = 0;
  for (let n = 0; n < 20; n++) {
    calm.contact(false).wait(100).hearTimes('pbx.3', 'down', 3, 10_000);
    assert.is(calm.verdict(), 'down');
    assert.ok(calm.conditions().includes('pbx/pbx.down active'));
    if (isFlapping(calm)) downs++;
    calm.contact(true).wait(1000).hear('pbx.3', 'up').wait(20_000);
    assert.is(calm.verdict(), 'up');
    // While it flaps the alarm that stands is not called off at each return.
    assert.is(calm.conditions().includes('pbx/pbx.down unknown'), isFlapping(calm));
  }
  assert.ok(downs > 5);
});

test.run();
