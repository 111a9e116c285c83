/** The life of an alarm, region by region (ISA-18.2), and what a person may do to it. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Condition, Severity } from '../../../src/model/alarm.ts';
import { severities } from '../../../src/model/alarm.ts';
import { monoMs } from '../../../src/model/units.ts';
import { text } from '../../../src/model/text.ts';
import { alarmKind, safetyShelveMsMax, shelveMsMax } from '../../../src/core/alarm/catalogue.ts';
import { reasonLengthMax } from '../../../src/core/alarm/commands.ts';
import { firstEvidenceMs, readSaved } from '../../../src/core/alarm/saved.ts';
import { criticalReserve, standingLimit } from '../../../src/core/alarm/step.ts';
import * as alarm from '../../../src/core/alarm/step.ts';
import { Alarms, condition } from './bench.ts';

/** Auto-reset, no delays. */
const plain = 'linekeeper/gpio.lost';
/** Latches, no delays. */
const latching = 'L01/bypass.stuck';
/** On-delay and off-delay. */
const delayed = 'crm/server.down';
const { onDelayMs, offDelayMs } = alarmKind('server.down');

test('the types these tests rest on are as they assume', () => {
  assert.equal(
    [alarmKind('gpio.lost').latch, alarmKind('gpio.lost').onDelayMs, alarmKind('gpio.lost').offDelayMs],
    [false, 0, 0],
  );
  assert.equal([alarmKind('bypass.stuck').latch, alarmKind('bypass.stuck').onDelayMs], [true, 0]);
  assert.ok(onDelayMs > 1 && offDelayMs > 1);
});

// ---- ISA-18.2 walk --------------------------------------------------------------------------------------------------

test('normal → unacknowledged → acknowledged → normal', () => {
  const room = new Alarms().levels(plain);
  assert.is(room.is(plain), 'active unacked sounds');
  assert.is(room.ack(plain).is(plain), 'active acked');
  assert.is(room.view(plain)?.ackedBy, 'duty');
  assert.is(room.levels().is(plain), 'none');
  assert.equal(room.changes(), [`${plain} raised`, `${plain} acknowledged`, `${plain} cleared`]);
});

test('returned unacknowledged stays until somebody has seen it', () => {
  const room = new Alarms().levels(plain).levels();
  assert.is(room.is(plain), 'clear unacked sounds');
  assert.is(room.ack(plain).is(plain), 'none');
  assert.equal(room.changes(), [`${plain} raised`, `${plain} cleared`, `${plain} acknowledged`]);
});

test('what comes again unacknowledged is the same alarm, counted', () => {
  const room = new Alarms().levels(plain).levels().levels(plain);
  assert.is(room.is(plain), 'active unacked sounds');
  assert.is(room.view(plain)?.count, 2);
  assert.is(alarm.views(room.state).length, 1);
});

test('a latched alarm stays, acknowledged or not, until a person resets it', () => {
  const room = new Alarms().levels(latching).ack().levels();
  assert.is(room.is(latching), 'clear acked latched');
  assert.is(room.ack().is(latching), 'clear acked latched');
  assert.is(room.reset(latching).is(latching), 'none');
  assert.equal(room.changes(), [
    `${latching} raised`,
    `${latching} acknowledged`,
    `${latching} cleared`,
    `${latching} reset`,
  ]);
});

test('a latch does not let go while the condition stands or nobody has acknowledged', () => {
  const room = new Alarms().levels(latching);
  assert.is(room.reset(latching).accepted(), false);
  assert.is(room.ack().reset(latching).accepted(), false);
  const unseen = new Alarms().levels(latching).levels();
  assert.is(unseen.reset(latching).accepted(), false);
  assert.is(unseen.is(latching), 'clear unacked latched sounds');
});

test('a latched and acknowledged alarm that comes again must be acknowledged again', () => {
  const room = new Alarms().levels(latching).ack().levels().levels(latching);
  assert.is(room.is(latching), 'active unacked latched sounds');
  assert.is(room.view(latching)?.ackedBy, undefined);
});

test('shelved: silent, still judged, and back as unacknowledged when the shelf ends', () => {
  const room = new Alarms().levels(plain).ack().shelve(plain, 60_000);
  assert.is(room.accepted(), true);
  assert.is(room.is(plain), 'active acked shelved');
  assert.is(room.wait(59_999).is(plain), 'active acked shelved');
  assert.is(room.wait(1).is(plain), 'active unacked sounds');
  assert.equal(room.changes().slice(-2), [`${plain} shelved`, `${plain} unshelved`]);
});

test('unshelved by a person: back as unacknowledged', () => {
  const room = new Alarms().levels(plain).ack().shelve(plain).unshelve(plain);
  assert.is(room.is(plain), 'active unacked sounds');
  assert.is(room.unshelve(plain).accepted(), false);
});

test('a shelf survives the alarm coming and going, and what comes meanwhile is silent', () => {
  const room = new Alarms().levels(plain).ack().shelve(plain, 60_000).levels();
  assert.is(room.is(plain), 'clear none shelved');
  assert.is(room.levels(plain).is(plain), 'active unacked shelved');
  assert.is(alarm.counts(room.state).sounding.critical, 0);
  assert.is(room.levels().ack().is(plain), 'clear none shelved');
  assert.is(room.wait(60_000).is(plain), 'none');
});

/** Standing, and known to follow from something else. */
const expected = (room: Alarms, id: string, cause: string, root?: string): Alarms =>
  room.tell({
    kind: 'conditions',
    standing: [{ ...condition(id), expected: { cause, ...(root === undefined ? {} : { root }) } }],
  });

test('suppressed by design: silent while its cause lasts, and back as unacknowledged when it is gone', () => {
  const room = expected(new Alarms().levels(plain).ack(), plain, 'ups-test');
  assert.is(room.is(plain), 'active acked by-design');
  assert.is(room.levels(plain).is(plain), 'active unacked sounds');
});

test('what is expected from the beginning never sounds, and names the alarm to act on', () => {
  const room = expected(new Alarms(), plain, 'behind', 'lan/network.down');
  assert.is(room.is(plain), 'active unacked by-design');
  assert.is(room.view(plain)?.root, 'lan/network.down');
  assert.is(room.levels(plain).view(plain)?.root, undefined);
});

test('two suppressions: it sounds again only when the last has ended', () => {
  const room = expected(new Alarms().levels(plain).shelve(plain, 1000), plain, 'exercise').wait(1000);
  assert.is(room.is(plain), 'active unacked by-design');
  assert.is(room.levels(plain).is(plain), 'active unacked sounds');
});

test('alarms of bypass, relays and guard are never suppressed by design', () => {
  for (const id of ['L01/bypass.stuck', 'L01/relay.worn', 'linekeeper/guard.unfit'])
    assert.is(expected(new Alarms(), id, 'exercise').view(id)?.sounds, true);
});

// ---- severity ---------------------------------------------------------------------------------------------------------

test('an acknowledged alarm that grows worse must be acknowledged again; one that grows milder need not', () => {
  for (const before of severities)
    for (const after of severities) {
      const room = new Alarms().levels(`t/reading.warn!${before}`).wait(60_000).ack();
      assert.is(room.is('t/reading.warn'), 'active acked');
      room.levels(`t/reading.warn!${after}`);
      const isWorse = severities.indexOf(after) < severities.indexOf(before);
      assert.is(room.view('t/reading.warn')?.ack, isWorse ? 'unacked' : 'acked', `${before} → ${after}`);
      assert.is(room.view('t/reading.warn')?.severity, after);
      assert.is(room.changes().includes('t/reading.warn changed'), before !== after);
    }
});

test('an alarm that grows worse before anybody acknowledged it sounds anew', () => {
  const room = new Alarms().levels('t/gpio.lost!minor', 'u/mqtt.refused');
  const before = alarm.counts(room.state).newest;
  const after = alarm.counts(room.levels('t/gpio.lost!critical', 'u/mqtt.refused').state).newest;
  assert.ok(after.critical > Math.max(before.minor, before.critical));
});

// ---- delays -----------------------------------------------------------------------------------------------------------

test('a condition shorter than its on-delay is no alarm; one that lasts is, to the millisecond', () => {
  const room = new Alarms().levels(delayed).wait(onDelayMs - 1);
  assert.is(room.is(delayed), 'none');
  assert.is(room.levels().wait(onDelayMs).is(delayed), 'none');
  room.levels(delayed).wait(onDelayMs - 1);
  assert.is(room.is(delayed), 'none');
  assert.is(room.wait(1).is(delayed), 'active unacked sounds');
  assert.equal(room.changes(), [`${delayed} raised`]);
  assert.is(room.view(delayed)?.raisedAt, room.at);
});

test('an alarm clears when its condition was gone for the off-delay; what comes back meanwhile is no new alarm', () => {
  const room = new Alarms().levels(delayed).wait(onDelayMs).ack().levels();
  assert.is(room.is(delayed), 'falling acked');
  assert.is(
    room
      .wait(offDelayMs - 1)
      .levels(delayed)
      .is(delayed),
    'active acked',
  );
  assert.is(room.view(delayed)?.count, 1);
  assert.is(
    room
      .levels()
      .wait(offDelayMs - 1)
      .is(delayed),
    'falling acked',
  );
  assert.is(room.wait(1).is(delayed), 'none');
});

test('an on-delay that ends after its condition has gone raises nothing, shelved or not', () => {
  for (const isShelved of [false, true]) {
    const room = new Alarms().levels(delayed).wait(onDelayMs).ack();
    if (isShelved) room.shelve(delayed, 600_000);
    room.levels().wait(offDelayMs).changes();
    room
      .levels(delayed)
      .wait(onDelayMs - 1)
      .levels()
      .wait(60_000);
    assert.equal(room.changes(), []);
    assert.is(room.is(delayed), isShelved ? 'clear none shelved' : 'none');
  }
});

test('a shelf that ends while the on-delay runs: nothing sounds before the delay is over, then it does', () => {
  const room = new Alarms().levels(delayed).wait(onDelayMs).ack().shelve(delayed, 60_000);
  room.levels().wait(60_000 - onDelayMs + 1);
  room.levels(delayed).wait(onDelayMs - 1);
  assert.is(room.is(delayed), 'rising none');
  assert.is(room.wait(1).is(delayed), 'active unacked sounds');
});

test('an on-delay that ends under a shelf is silent, and sounds when the shelf ends', () => {
  const room = new Alarms()
    .levels(delayed)
    .wait(onDelayMs)
    .ack()
    .shelve(delayed, 60_000)
    .levels()
    .wait(offDelayMs);
  room.levels(delayed).wait(onDelayMs);
  assert.is(room.is(delayed), 'active unacked shelved');
  assert.is(room.wait(60_000).is(delayed), 'active unacked sounds');
});

test('an alarm whose on-delay runs is not listed, not acknowledged and not shelved', () => {
  const room = new Alarms().levels(delayed);
  assert.equal(alarm.views(room.state), []);
  assert.is(room.ack(delayed).accepted(), false);
  assert.is(room.shelve(delayed).accepted(), false);
  assert.is(room.saves, 0);
});

// ---- unknown ------------------------------------------------------------------------------------------------------------

test('an unknown condition raises nothing and calls nothing off', () => {
  const room = new Alarms().levels(`${plain}?`).wait(60_000);
  assert.is(room.is(plain), 'none');
  room.levels(plain).ack().levels(`${plain}?`);
  assert.is(room.is(plain), 'unknown acked');
  assert.is(alarm.counts(room.state).standing, 1);
  room.levels(plain);
  assert.is(room.is(plain), 'active acked');
  assert.is(room.view(plain)?.count, 1);
  assert.is(room.levels(`${plain}?`).levels().is(plain), 'none');
});

test('unknown while a delay runs: a rise is given up, a fall does not end', () => {
  const room = new Alarms()
    .levels(delayed)
    .wait(onDelayMs - 1)
    .levels(`${delayed}?`)
    .wait(60_000);
  assert.is(room.is(delayed), 'none');
  room.levels(delayed).wait(onDelayMs).levels().levels(`${delayed}?`).wait(60_000);
  assert.is(room.is(delayed), 'unknown unacked sounds');
});

test('one key reported twice is one alarm, and active wins over unknown', () => {
  for (const names of [
    [plain, `${plain}?`],
    [`${plain}?`, plain],
  ])
    assert.is(new Alarms().levels(...names).is(plain), 'active unacked sounds');
});

test('a qualifier makes another alarm', () => {
  const room = new Alarms().levels('card-a/card.lost', 'card-a/card.lost/x');
  assert.is(alarm.views(room.state).length, 2);
});

// ---- commands -------------------------------------------------------------------------------------------------------------

test('a command on an alarm that does not exist is refused and says so', () => {
  for (const order of [
    { do: 'acknowledge', alarm: 'no/such' },
    { do: 'reset-alarm', alarm: 'no/such' },
    { do: 'shelve', alarm: 'no/such', forMs: 1000, reason: 'x' },
    { do: 'unshelve', alarm: 'no/such' },
  ] as const)
    assert.is(new Alarms().levels(plain).order(order).accepted(), false, order.do);
});

test('acknowledging twice is no fault', () => {
  const room = new Alarms().levels(plain).ack(plain).ack(plain);
  assert.is(room.accepted(), true);
  assert.is(room.ack().accepted(), true);
});

test('all: everything that waits is acknowledged, everything that may is reset', () => {
  const room = new Alarms().levels(plain, latching, 'L02/bypass.open').levels(plain, latching).ack();
  assert.is(alarm.counts(room.state).unacknowledged, 0);
  room.reset();
  assert.equal(
    [room.is(plain), room.is(latching), room.is('L02/bypass.open')],
    ['active acked', 'active acked latched', 'none'],
  );
});

test('a shelf needs a reason, of bounded length', () => {
  const room = new Alarms().levels(plain);
  assert.is(room.shelve(plain, 1000, ' ').accepted(), false);
  assert.is(room.shelve(plain, 1000, 'x'.repeat(reasonLengthMax + 1)).accepted(), false);
  assert.is(room.shelve(plain, 1000, 'x'.repeat(reasonLengthMax)).accepted(), true);
});

test('a shelf needs an end: 24 h at most, half an hour for the bypass', () => {
  for (const [id, limit] of [
    [plain, shelveMsMax],
    [latching, safetyShelveMsMax],
  ] as const) {
    for (const forMs of [0, -1, NaN, Infinity, limit + 1])
      assert.is(new Alarms().levels(id).shelve(id, forMs).accepted(), false, `${id} ${forMs}`);
    assert.is(new Alarms().levels(id).shelve(id, limit).accepted(), true);
  }
});

test('shelving again replaces the shelf', () => {
  const room = new Alarms().levels(plain).shelve(plain, 1000).shelve(plain, 5000).wait(4999);
  assert.is(room.is(plain), 'active unacked shelved');
  assert.is(room.wait(1).is(plain), 'active unacked sounds');
});

test('commands that are not about alarms change nothing and are not answered here', () => {
  const room = new Alarms().levels(plain);
  const before = room.state;
  room.notices = [];
  room.order({ do: 'silence' }).order({ do: 'bypass', mode: 'now' });
  assert.is(room.state, before);
  assert.equal(room.notices, []);
});

// ---- restart ----------------------------------------------------------------------------------------------------------------

const restart = (room: Alarms, downMs = 0): Alarms => {
  const plainData: unknown = JSON.parse(JSON.stringify(alarm.saved(room.state, monoMs(room.at))));
  const read = readSaved(plainData);
  assert.ok(read !== undefined && read.leftOut === 0);
  // Another boot: the monotonic clock begins anew.
  return new Alarms(read.saved, 5000 + downMs);
};

test('acknowledgements, latches and shelves survive a restart, and nothing is annunciated anew', () => {
  const room = new Alarms()
    .levels(plain, latching, 'pbx/pbx.down')
    .ack(plain)
    .ack(latching)
    .shelve('pbx/pbx.down', 60_000);
  room.levels(plain, 'pbx/pbx.down').wait(10_000);
  const after = restart(room).levels(plain, 'pbx/pbx.down');
  assert.equal(
    [after.is(plain), after.is(latching), after.is('pbx/pbx.down')],
    ['active acked', 'clear acked latched', 'active unacked shelved'],
  );
  assert.equal(after.changes(), []);
  assert.is(after.view(plain)?.ackedBy, 'duty');
  assert.is(after.view(plain)?.raisedAt, 5000 - 10_000);
  assert.is(after.wait(49_999).is('pbx/pbx.down'), 'active unacked shelved');
  assert.is(after.wait(1).is('pbx/pbx.down'), 'active unacked sounds');
});

test('after a restart only new keys sound', () => {
  const after = restart(new Alarms().levels(plain).ack()).levels(plain, latching);
  assert.equal(after.changes(), [`${latching} raised`]);
  assert.is(alarm.counts(after.state).sounding.critical, 1);
});

test('a restored alarm keeps its condition until its machine speaks or half a minute is over', () => {
  const silent = restart(new Alarms().levels(plain).ack()).levels('x/mqtt.refused');
  assert.is(silent.wait(firstEvidenceMs - 1).is(plain), 'active acked');
  assert.is(silent.wait(1).is(plain), 'none');
  const blind = restart(new Alarms().levels(plain).ack())
    .levels(`${plain}?`)
    .wait(firstEvidenceMs * 2);
  assert.is(blind.is(plain), 'unknown acked');
  assert.is(blind.levels().is(plain), 'none');
  const spoke = restart(new Alarms().levels(plain).ack()).levels(plain);
  assert.is(spoke.levels().is(plain), 'none');
});

test('a restored alarm that nobody acknowledged still sounds', () => {
  const after = restart(new Alarms().levels(plain));
  assert.is(after.is(plain), 'active unacked sounds');
  assert.is(alarm.counts(after.state).newest.critical > 0, true);
});

test('what changes nothing that must be kept is not saved', () => {
  const room = new Alarms().levels(plain);
  assert.is(room.saves, 1);
  room.levels(plain).wait(60_000).levels(`${plain}?`).levels(plain);
  assert.is(room.saves, 1);
  for (const [index, act] of [
    () => room.ack(),
    () => room.shelve(plain),
    () => room.unshelve(plain),
    () => room.levels(),
    () => room.ack(),
  ].entries()) {
    act();
    assert.is(room.saves, 2 + index);
  }
});

test('a broken save is read as far as it is sound', () => {
  const good = alarm.saved(new Alarms().levels(plain).ack().state, monoMs(1_000_000)).alarms[0];
  assert.ok(good !== undefined);
  for (const value of [undefined, null, 7, 'x', [], {}, { alarms: 1 }])
    assert.is(readSaved(value), undefined);
  const bad: readonly unknown[] = [
    null,
    {},
    { ...good, key: { subject: 'x' } },
    { ...good, severity: 'loud' },
    { ...good, ack: 'none' },
    { ...good, stands: false, ack: 'acked' },
    { ...good, count: 0 },
    { ...good, raisedAgoMs: 'long' },
    { ...good, raisedAgoMs: NaN },
    { ...good, detail: 'x' },
    { ...good, suppressions: [{ kind: 'shelved' }] },
    { ...good, suppressions: [{ kind: 'forever' }] },
  ];
  assert.equal(readSaved({ alarms: [...bad, good] }), { saved: { alarms: [good] }, leftOut: bad.length });
});

test('a shelf that was written longer than is allowed is cut to what is', () => {
  const room = new Alarms().levels(latching).shelve(latching, safetyShelveMsMax);
  const saved = alarm.saved(room.state, monoMs(room.at));
  const stretched = {
    alarms: saved.alarms.map((one) => ({
      ...one,
      suppressions: [{ kind: 'shelved' as const, remainingMs: 1e12, by: 'x', reason: 'y' }],
    })),
  };
  assert.is(new Alarms(stretched).levels(latching).wait(safetyShelveMsMax).view(latching)?.sounds, true);
});

// ---- limits and cost ----------------------------------------------------------------------------------------------------------

const many = (count: number, type: string): Condition[] =>
  Array.from({ length: count }, (_, n) => condition(`s${n}/${type}`));
/** Beside the flood's own. */
const listed = (room: Alarms): number =>
  alarm.views(room.state).filter(({ key }) => key.type !== 'alarm.flood').length;

test('ten thousand alarms stand; one more is left out and said to be; critical ones still find room', () => {
  const room = new Alarms().tell({ kind: 'conditions', standing: many(standingLimit, 'gpio.outputs-kept') });
  assert.is(listed(room), standingLimit);
  const more = many(standingLimit + 1, 'gpio.outputs-kept');
  room.tell({ kind: 'conditions', standing: more });
  assert.is(room.is(`s${standingLimit}/gpio.outputs-kept`), 'none');
  assert.is(room.is('linekeeper/guard.alarms-full'), 'active unacked sounds');
  room.tell({ kind: 'conditions', standing: [...more, condition(plain)] });
  assert.is(room.is(plain), 'active unacked sounds');
  // Room is made: the one that was left out is shown.
  room.tell({ kind: 'conditions', standing: more.slice(2) }).ack();
  assert.is(room.is(`s${standingLimit}/gpio.outputs-kept`), 'active unacked sounds');
  assert.match(room.is('linekeeper/guard.alarms-full'), 'none');
});

test('critical alarms have a limit too', () => {
  const limit = standingLimit + criticalReserve;
  const room = new Alarms().tell({ kind: 'conditions', standing: many(limit, 'gpio.lost') });
  assert.is(listed(room), limit);
  room.tell({ kind: 'conditions', standing: many(limit + 1, 'gpio.lost') });
  assert.is(room.is(`s${limit}/gpio.lost`), 'none');
});

test('the same levels again change nothing, whether the array, its items or only their content is the same', () => {
  const standing = [condition(plain), condition(latching)];
  const room = new Alarms().tell({ kind: 'conditions', standing });
  const before = room.state;
  room.tell({ kind: 'conditions', standing }).tell({ kind: 'conditions', standing: [...standing] });
  room.levels(plain, latching).tell({ kind: 'turn' });
  assert.is(room.state, before);
});

test('views keep their identity while nothing changes, and a new detail is shown without a new alarm', () => {
  const room = new Alarms().levels(plain);
  const before = alarm.views(room.state);
  assert.is(alarm.views(room.levels(plain).wait(1000).state), before);
  room.changes();
  const told = { ...condition(plain), detail: text('第二块', 'the second one') };
  room.tell({ kind: 'conditions', standing: [told] });
  assert.match(room.view(plain)?.what.en ?? '', ': the second one');
  assert.match(room.view(plain)?.what.zh ?? '', '：第二块');
  assert.equal(room.changes(), []);
});

test('the list shows the worst first, and among equals the newest', () => {
  const room = new Alarms().levels('a/mqtt.refused').wait(1000).levels('a/mqtt.refused', 'b/mqtt.refused');
  room.wait(1000).levels('a/mqtt.refused', 'b/mqtt.refused', plain);
  assert.equal(
    alarm.views(room.state).map(({ id }) => id),
    [plain, 'b/mqtt.refused', 'a/mqtt.refused'],
  );
});

test('the counts are what lamp, horn and status page need', () => {
  const room = new Alarms().levels(plain, latching, 'a/mqtt.refused', 'b/mqtt.refused');
  room.ack(latching).shelve('b/mqtt.refused').levels(plain, 'a/mqtt.refused', 'b/mqtt.refused');
  const { newest, ...rest } = alarm.counts(room.state);
  const sounding: Record<Severity, number> = { critical: 1, major: 0, minor: 1, warning: 0 };
  assert.equal(rest, { standing: 3, unacknowledged: 3, sounding, steady: 1 });
  assert.is(newest.major, 0);
  assert.ok(newest.minor > newest.critical && newest.critical > 0);
});

test('an alarm of an unlisted type is shown in general words', () => {
  const room = new Alarms().levels('x/no.such');
  assert.is(room.view('x/no.such')?.severity, 'major');
  assert.ok((room.view('x/no.such')?.action.zh.length ?? 0) > 0);
});

test.run();
