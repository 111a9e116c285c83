/** What the room file says of alarms: delays, counting in a window, asking again, latch, severity; and what it may not do. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readSaved } from '../../../src/core/alarm/saved.ts';
import * as alarm from '../../../src/core/alarm/step.ts';
import type { AlarmSetting } from '../../../src/model/room.ts';
import { monoMs } from '../../../src/model/units.ts';
import { Alarms } from './bench.ts';

const crm = 'crm/server.down';
const db = 'db/server.down';
const minute = 60_000;
const room = (...settings: readonly AlarmSetting[]): Alarms => new Alarms(undefined, 1_000_000, settings);
const counting = { type: 'server.down', inWindow: { times: 3, withinMs: 10 * minute } } as const;

test('a type waits as the room file says, and on one subject as it says of that', () => {
  const two = room(
    { type: 'server.down', onDelayMs: 30_000, severity: 'minor' },
    { type: 'server.down', subject: 'crm', severity: 'critical' },
  ).levels(crm, db);
  two.wait(29_999);
  assert.equal([two.is(crm), two.is(db)], ['none', 'none']);
  two.wait(1);
  assert.is(two.view(crm)?.severity, 'critical');
  assert.is(two.view(db)?.severity, 'minor');
});

test('three times within ten minutes are an alarm, two are none', () => {
  const one = room(counting);
  for (const _ of [1, 2]) one.levels(crm).wait(1000).levels().wait(minute);
  assert.is(one.is(crm), 'none');
  assert.is(one.levels(crm).is(crm), 'active unacked sounds');
  assert.equal(one.changes(), [`${crm} raised`]);
});

test('what came more than ten minutes ago no longer counts, and is forgotten', () => {
  const one = room(counting).levels(crm).levels();
  one
    .wait(4 * minute)
    .levels(crm)
    .levels();
  one.wait(6 * minute).levels(crm);
  assert.is(one.is(crm), 'none');
  one.levels().wait(10 * minute);
  assert.is(one.state.alarms.size, 0);
});

test('one that lasts as long as the window is an alarm too', () => {
  const one = room(counting)
    .levels(crm)
    .wait(10 * minute - 1);
  assert.is(one.is(crm), 'none');
  assert.is(one.wait(1).is(crm), 'active unacked sounds');
});

test('after an alarm the counting begins anew', () => {
  const one = room(counting);
  for (const _ of [1, 2, 3]) one.levels(crm).levels();
  one.wait(10_000).ack();
  assert.is(one.is(crm), 'none');
  assert.is(one.levels(crm).is(crm), 'none');
});

test('an acknowledged alarm that still stands asks again', () => {
  const one = room({ type: 'server.down', reAlarmMs: 30 * minute })
    .levels(crm)
    .wait(2000)
    .ack();
  one.changes();
  assert.is(one.wait(30 * minute - 1).is(crm), 'active acked');
  assert.is(one.wait(1).is(crm), 'active unacked sounds');
  assert.equal(one.changes(), [`${crm} re-alarmed`]);
  assert.is(
    one
      .ack()
      .wait(30 * minute)
      .is(crm),
    'active unacked sounds',
    'and again',
  );
});

test('what cleared before asks for nothing', () => {
  const one = room({ type: 'server.down', reAlarmMs: 30 * minute })
    .levels(crm)
    .wait(2000)
    .ack();
  one.levels().wait(31 * minute);
  assert.is(one.is(crm), 'none');
});

test('asking again outlives a restart, counted on through it', () => {
  const settings = [{ type: 'server.down', reAlarmMs: 30 * minute }] as const;
  const before = room(...settings)
    .levels(crm)
    .wait(2000)
    .ack()
    .wait(20 * minute);
  const saved = alarm.saved(before.state, monoMs(before.at));
  const after = new Alarms(saved, 5_000_000, settings).levels(crm);
  assert.is(after.wait(10 * minute - 1).is(crm), 'active acked');
  assert.is(after.wait(1).is(crm), 'active unacked sounds');
});

test('asking again while shelved is silent, and sounds when the shelf is over', () => {
  const one = room({ type: 'server.down', reAlarmMs: 30 * minute })
    .levels(crm)
    .wait(2000)
    .ack();
  one.shelve(crm, 60 * minute).wait(45 * minute);
  assert.is(one.is(crm), 'active unacked shelved');
  assert.is(one.wait(15 * minute).is(crm), 'active unacked sounds');
});

test('acknowledged while it begins anew, then a restart: its shelf is kept, and no rule is broken', () => {
  const before = room()
    .levels(crm)
    .wait(2000)
    .levels()
    .wait(10_000)
    .shelve(crm, 10 * minute);
  before.levels(crm).ack(crm);
  const saved = alarm.saved(before.state, monoMs(before.at));
  assert.equal(readSaved(saved), { saved, leftOut: 0 });
  const after = new Alarms(saved, before.at).levels(crm).wait(2000);
  assert.is(after.is(crm), 'active unacked shelved');
  const bare = room().levels(crm).wait(2000).levels().wait(10_000).levels(crm).ack(crm);
  const none = new Alarms(alarm.saved(bare.state, monoMs(bare.at)), bare.at).tell({ kind: 'turn' });
  assert.is(none.state.alarms.size, 0);
});

test('a latch of the room file keeps what is over until a person resets it', () => {
  const one = room({ type: 'server.down', latch: true }).levels(crm).wait(2000).levels().wait(10_000).ack();
  assert.is(one.is(crm), 'clear acked latched');
  assert.is(one.reset(crm).is(crm), 'none');
});

test('alarms of the bypass are never made quieter, slower or counted', () => {
  const stuck = 'L01/bypass.stuck';
  const one = room({
    type: 'bypass.stuck',
    severity: 'warning',
    onDelayMs: 60_000,
    offDelayMs: 0,
    latch: false,
    inWindow: { times: 3, withinMs: minute },
  }).levels(stuck);
  assert.is(one.is(stuck), 'active unacked latched sounds');
  assert.is(one.view(stuck)?.severity, 'critical');
});

test.run();
