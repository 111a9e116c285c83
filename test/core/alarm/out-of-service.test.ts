/** Alarms during maintenance: judged and listed, silent, and never forgotten at its end. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import * as alarm from '../../../src/core/alarm/step.ts';
import { monoMs } from '../../../src/model/units.ts';
import { text } from '../../../src/model/text.ts';
import { Alarms } from './bench.ts';

const crm = 'crm/server.down';
const work = (room: Alarms, forMs: number, subject = 'crm'): Alarms =>
  room.tell({
    kind: 'maintenance',
    subjects: { [subject]: { until: monoMs(room.at + forMs), by: 'Li', reason: text('换盘', 'new disk') } },
  });
const over = (room: Alarms): Alarms => room.tell({ kind: 'maintenance', subjects: {} });

test('an alarm that begins in maintenance is listed and silent, and sounds when it still stands at the end', () => {
  const room = work(new Alarms(), 60_000).levels(crm).wait(2000);
  assert.is(room.is(crm), 'active unacked out-of-service');
  assert.is(alarm.counts(room.state).sounding.major, 0);
  room.wait(57_999);
  assert.is(room.is(crm), 'active unacked out-of-service');
  room.wait(1);
  assert.is(room.is(crm), 'active unacked sounds');
  assert.is(alarm.counts(room.state).sounding.major, 1);
});

test('an alarm that came and went in maintenance leaves nothing behind', () => {
  const room = work(new Alarms(), 60_000).levels(crm).wait(2000).levels().wait(10_000);
  assert.is(room.is(crm), 'clear unacked out-of-service');
  assert.equal(room.changes(), [`${crm} raised`, `${crm} cleared`]);
  over(room);
  assert.is(room.is(crm), 'none');
  assert.equal(room.changes(), [`${crm} changed`]);
});

test('an alarm of before that cleared meanwhile still wants to be seen', () => {
  const room = new Alarms().levels(crm).wait(2000);
  work(room, 60_000).levels().wait(10_000);
  assert.is(room.is(crm), 'clear unacked out-of-service');
  assert.is(over(room).is(crm), 'clear unacked sounds');
});

test('an acknowledged alarm that still stands at the end must be acknowledged anew', () => {
  const room = new Alarms().levels(crm).wait(2000).ack();
  assert.is(work(room, 60_000).is(crm), 'active acked out-of-service');
  assert.is(room.wait(60_000).is(crm), 'active unacked sounds');
});

test('an on-delay that runs into maintenance does not sound, nor one that began in it', () => {
  const room = new Alarms().levels(crm).wait(1000);
  work(room, 60_000).wait(5000);
  assert.is(room.is(crm), 'active unacked out-of-service');
});

test('alarms of the bypass, the relays and the guard know no maintenance', () => {
  const ids = ['L01/bypass.stuck', 'L01/relay.slow', 'L01/guard.unfit'];
  const room = work(new Alarms(), 60_000, 'L01')
    .levels(...ids, 'L01/line.dead')
    .wait(10_000);
  for (const id of ids) assert.is(room.view(id)?.sounds, true, id);
  assert.is(room.view('L01/line.dead')?.sounds, false);
});

test('a shelf and maintenance stand side by side; the alarm returns when both are over', () => {
  const room = new Alarms().levels(crm).wait(2000).shelve(crm, 30_000);
  assert.is(work(room, 60_000).is(crm), 'active unacked shelved out-of-service');
  assert.is(room.wait(30_000).is(crm), 'active unacked out-of-service');
  assert.is(room.wait(30_000).is(crm), 'active unacked sounds');
});

test('maintenance that is made longer stays; one of another subject is not touched', () => {
  const room = work(new Alarms().levels(crm, 'lan/network.down').wait(2000), 10_000);
  work(room, 60_000);
  assert.is(room.wait(10_000).is(crm), 'active unacked out-of-service');
  assert.is(room.is('lan/network.down'), 'active unacked sounds');
});

test.run();
