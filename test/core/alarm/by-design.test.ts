/** Alarms that follow from another: a lesser one that grew into a greater, children behind a dead parent, announced tests. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import * as alarm from '../../../src/core/alarm/step.ts';
import { withExpected } from '../../../src/core/room/expected.ts';
import { monoMs } from '../../../src/model/units.ts';
import { Alarms, condition } from './bench.ts';

const degraded = 'pbx/pbx.degraded';
const down = 'pbx/pbx.down';
const hour = 3_600_000;

test('a PBX that dies slowly asks once: the lesser alarm is superseded by the greater', () => {
  const room = new Alarms().levels(degraded).wait(5000);
  assert.is(room.is(degraded), 'active unacked sounds');
  room.levels(down);
  assert.is(room.is(down), 'active unacked sounds');
  assert.is(room.is(degraded), 'falling unacked by-design');
  assert.is(room.view(degraded)?.root, down);
  room.wait(10_000).changes();
  assert.is(room.is(degraded), 'clear unacked by-design');
  room.levels().wait(60_000).ack(down);
  assert.is(room.is(down), 'none');
  assert.is(room.is(degraded), 'none');
  assert.not.ok(room.changes().includes(`${degraded} acknowledged`), 'nobody acknowledged it');
});

test('the lesser alarm asks again when it still stands after the greater is over', () => {
  const room = new Alarms().levels(degraded).wait(5000).ack().levels(degraded, down);
  assert.is(room.is(degraded), 'active acked by-design');
  room.levels(degraded).wait(60_000);
  assert.is(room.is(degraded), 'active unacked sounds');
});

test('both fall together: the lesser is not asked for in the seconds that its off-delay is longer', () => {
  const room = new Alarms().levels(degraded).wait(5000).levels(degraded, down).ack().levels();
  for (let n = 0; n < 60; n++) assert.not.match(room.wait(1000).is(degraded), 'sounds');
  assert.is(room.is(degraded), 'none');
});

test('the greater alarm of another subject supersedes nothing', () => {
  const room = new Alarms().levels('crm/subject.degraded', 'db/server.down').wait(60_000);
  assert.is(room.is('crm/subject.degraded'), 'active unacked sounds');
});

test('a root tells what it hides, and what it hides tells the root', () => {
  const room = new Alarms().tell({
    kind: 'conditions',
    standing: [
      { ...condition('lan/network.down'), hides: Array.from({ length: 30 }, (_, n) => `h${n}`) },
      { ...condition('crm/server.down'), expected: { cause: 'behind', root: 'lan/network.down' } },
    ],
  });
  room.wait(10_000);
  assert.is(room.view('lan/network.down')?.consequences?.count, 30);
  assert.is(room.view('lan/network.down')?.consequences?.subjects.length, 20);
  assert.is(room.view('crm/server.down')?.root, 'lan/network.down');
  assert.is(room.is('crm/server.down'), 'active unacked by-design');
});

test('while a battery test is announced, what the UPS says of its battery is expected; another UPS is not', () => {
  const standing = ['ups1/ups.on-battery', 'ups2/ups.on-battery', 'ups1/ups.low-battery'].map(condition);
  const known = withExpected(standing, { upsTest: 'ups1', exercised: new Set() });
  assert.equal(
    known.map(({ expected }) => expected?.cause),
    ['ups-test', undefined, undefined],
  );
  assert.is(withExpected(standing, { upsTest: undefined, exercised: new Set() }), standing);
});

test('while a relay is exercised its line may look odd, but a stuck relay sounds', () => {
  const standing = ['L01/line.dead', 'L02/line.dead', 'L01/bypass.stuck'].map(condition);
  const room = new Alarms();
  room.tell({
    kind: 'conditions',
    standing: withExpected(standing, { upsTest: undefined, exercised: new Set(['L01']) }),
  });
  room.wait(60_000);
  assert.is(room.view('L01/line.dead')?.sounds, false);
  assert.is(room.view('L02/line.dead')?.sounds, true);
  assert.is(room.view('L01/bypass.stuck')?.sounds, true);
});

// ---- out of service under a permit -----------------------------------------------------------------------------------

const crm = 'crm/server.down';
const withdraw = (room: Alarms, id = crm, forMs = 2 * hour, permit = 'W-17'): Alarms =>
  room.order({ do: 'out-of-service', alarm: id, forMs, permit }, 'Li');
const back = (room: Alarms, id = crm): Alarms => room.order({ do: 'return-to-service', alarm: id });

test('an alarm is taken out of service under a permit, with a name and an end, and returns by itself', () => {
  const room = withdraw(new Alarms().levels(crm).wait(2000));
  assert.is(room.accepted(), true);
  assert.is(room.is(crm), 'active unacked out-of-service');
  const [one] = room.view(crm)?.suppressions ?? [];
  assert.is(one?.kind === 'out-of-service' ? `${one.permit} ${one.by ?? ''}` : '', 'W-17 Li');
  assert.is(room.wait(2 * hour - 1).is(crm), 'active unacked out-of-service');
  assert.is(room.wait(1).is(crm), 'active unacked sounds');
});

test('one that has not come yet is listed as out of service, and is silent when it comes', () => {
  const room = withdraw(new Alarms());
  assert.is(room.is(crm), 'clear none out-of-service');
  assert.is(room.levels(crm).wait(2000).is(crm), 'active unacked out-of-service');
  assert.is(back(room).is(crm), 'active unacked sounds');
});

test('one that came and went meanwhile leaves nothing', () => {
  const room = withdraw(new Alarms()).levels(crm).wait(2000).levels().wait(60_000);
  assert.is(back(room).is(crm), 'none');
  assert.is(back(room).accepted(), false);
});

test('it outlives a restart, also of an alarm that has not come yet', () => {
  const before = withdraw(new Alarms()).wait(hour);
  const after = new Alarms(alarm.saved(before.state, monoMs(before.at)), 9_000_000).levels(crm).wait(2000);
  assert.is(after.is(crm), 'active unacked out-of-service');
  assert.is(after.wait(hour).is(crm), 'active unacked sounds');
});

test('maintenance that ends leaves the permit, and a permit that ends leaves the maintenance', () => {
  const room = withdraw(new Alarms().levels(crm).wait(2000), crm, hour);
  const until = monoMs(room.at + 2 * hour);
  const work = { until, by: 'Wang', reason: { zh: '换盘', en: 'disk' } };
  room.tell({ kind: 'maintenance', subjects: { crm: work } }).tell({ kind: 'maintenance', subjects: {} });
  assert.is(room.is(crm), 'active unacked out-of-service');
  room.tell({ kind: 'maintenance', subjects: { crm: work } });
  assert.is(room.wait(hour).is(crm), 'active unacked out-of-service');
  assert.is(room.wait(hour).is(crm), 'active unacked sounds');
});

test('what guards the lines is never out of service; nor without a permit, without an end, or what there is not', () => {
  const refused: readonly (readonly [string, number, string])[] = [
    ['L01/bypass.stuck', hour, 'W-17'],
    ['linekeeper/guard.unfit', hour, 'W-17'],
    [crm, hour, ' '],
    [crm, hour, 'x'.repeat(201)],
    [crm, 59_999, 'W-17'],
    [crm, 7 * 24 * hour + 1, 'W-17'],
    ['cmr/server.down', hour, 'W-17'],
    ['crm/no.such', hour, 'W-17'],
    ['all', hour, 'W-17'],
  ];
  for (const [id, forMs, permit] of refused) {
    const room = withdraw(new Alarms(), id, forMs, permit);
    assert.is(room.accepted(), false, id);
    assert.is(room.state.alarms.size, 0, id);
  }
});

test.run();
