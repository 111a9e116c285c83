/** Which alarm of a burst came first, told by its evidence and not by when it was raised. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import * as alarm from '../../../src/core/alarm/step.ts';
import { burstGapMs } from '../../../src/core/alarm/first-out.ts';
import type { Condition } from '../../../src/model/alarm.ts';
import { monoMs } from '../../../src/model/units.ts';
import { Alarms, condition } from './bench.ts';

/** Each with the moment, relative to now, at which its evidence began. */
const since = (room: Alarms, ...all: readonly (readonly [string, number])[]): Alarms =>
  room.tell({
    kind: 'conditions',
    standing: all.map(([name, agoMs]): Condition => ({ ...condition(name), since: monoMs(room.at - agoMs) })),
  });
const first = (room: Alarms): string[] =>
  alarm.views(room.state).flatMap(({ id, firstOut }) => (firstOut === true ? [id] : []));

test('the alarm whose evidence is oldest came first, although it was raised last', () => {
  // The link of the UPS is alarmed after 30 s, the server after 2 s.
  const room = since(new Alarms(), ['ups/ups.comms-lost', 10_000], ['crm/server.down', 4000]);
  room.wait(2000);
  assert.equal(first(room), []);
  room.wait(28_000);
  assert.equal(first(room), ['ups/ups.comms-lost']);
  assert.is(room.view('ups/ups.comms-lost')?.since, room.at - 40_000);
});

test('an alarm that comes alone carries no mark', () => {
  assert.equal(first(since(new Alarms(), ['crm/server.down', 0]).wait(2000)), []);
});

test('the mark stays until all of the burst are acknowledged, also on what is over', () => {
  const room = since(new Alarms(), ['lan/network.down', 5000], ['crm/server.down', 1000]).wait(2000);
  assert.equal(first(room), ['lan/network.down']);
  room.ack('lan/network.down');
  assert.equal(first(room), ['lan/network.down']);
  room.ack('crm/server.down');
  assert.equal(first(room), []);

  const gone = since(new Alarms(), ['lan/network.down', 5000], ['crm/server.down', 1000]).wait(2000);
  gone.levels().wait(10_000);
  assert.equal(first(gone), ['lan/network.down']);
  gone.ack();
  assert.equal(first(gone), []);
});

test('when the first one is gone the mark goes with it, and never to the next', () => {
  const room = since(new Alarms(), ['lan/network.down', 5000], ['crm/server.down', 1000]).wait(2000);
  room.ack('lan/network.down').levels('crm/server.down').wait(10_000);
  assert.is(room.is('lan/network.down'), 'none');
  assert.equal(first(room), []);
});

test('what begins later than two minutes after the burst is a burst of its own', () => {
  for (const [afterMs, marks] of [
    [burstGapMs, ['lan/network.down']],
    [burstGapMs + 1, []],
  ] as const) {
    const room = since(new Alarms(), ['lan/network.down', 0]).wait(2000);
    room.wait(afterMs - 2000);
    since(room, ['lan/network.down', afterMs], ['crm/server.down', 0]).wait(2000);
    assert.equal(first(room), marks, String(afterMs));
  }
});

test('two bursts have two first ones', () => {
  const room = since(new Alarms(), ['lan/network.down', 2000], ['crm/server.down', 0]).wait(2000);
  room.wait(3_600_000);
  since(
    room,
    ['lan/network.down', 9],
    ['crm/server.down', 9],
    ['ups/ups.off', 7000],
    ['t1/terminal.down', 3000],
  ).wait(5000);
  assert.equal(first(room).sort(), ['lan/network.down', 'ups/ups.off']);
});

test('an alarm that comes again in its burst does not take the mark', () => {
  const room = since(new Alarms(), ['lan/network.down', 3000], ['crm/server.down', 0]).wait(2000);
  room.levels('lan/network.down').wait(10_000);
  since(room, ['lan/network.down', 15_000], ['crm/server.down', 60_000]).wait(2000);
  assert.is(room.view('crm/server.down')?.count, 2);
  assert.equal(first(room), ['lan/network.down']);
});

test('what is out of service is not called the first', () => {
  const room = new Alarms().tell({
    kind: 'maintenance',
    subjects: { lan: { until: monoMs(1e12), by: 'Li', reason: { zh: '', en: '' } } },
  });
  since(room, ['lan/network.down', 9000], ['crm/server.down', 3000], ['erp/server.down', 1000]).wait(2000);
  assert.equal(first(room), ['crm/server.down']);
});

test.run();
