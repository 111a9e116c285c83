/** The room table, row by row, with the times of the specification at limit and limit + 1. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Bench } from './bench.ts';

test('PBX goes down: the room confirms for 3 s and then trips, not 1 ms earlier', () => {
  const bench = Bench.inService();
  bench.verdict('down');
  assert.is(bench.room(), 'confirming');
  bench.leap(2_999);
  assert.is(bench.room(), 'confirming');
  assert.is(bench.all(), 'normal normal');
  bench.leap(1);
  assert.is(bench.room(), 'tripped');
  assert.is(bench.all(), 'releasing releasing');
});

test('PBX comes back while confirming: the timer is dropped, nothing moved', () => {
  for (const verdict of ['up', 'degraded', 'unknown'] as const) {
    const bench = Bench.inService();
    bench.verdict('down');
    bench.leap(2_900);
    bench.verdict(verdict);
    assert.is(bench.room(), 'steady');
    bench.verdict('down');
    bench.leap(2_999);
    assert.is(bench.room(), 'confirming');
    assert.is(bench.all(), 'normal normal');
  }
});

test('unknown and degraded never trip', () => {
  const bench = Bench.inService();
  for (const verdict of ['unknown', 'degraded', 'up'] as const) {
    bench.verdict(verdict);
    bench.pass(10_000);
    assert.is(bench.room(), 'steady');
    assert.is(bench.all(), 'normal normal');
  }
});

test('a trip raises the critical alarm and is announced once', () => {
  const bench = Bench.inService();
  bench.trip();
  assert.ok(bench.alarms().includes('room bypass.tripped'));
  assert.equal(
    bench.notices('bypass-room').map(({ state }) => state),
    ['confirming', 'tripped'],
  );
});

test('tripped, then unknown or degraded: stays in bypass', () => {
  const bench = Bench.inService();
  bench.trip();
  for (const verdict of ['unknown', 'degraded'] as const) {
    bench.verdict(verdict);
    bench.pass(5_000);
    assert.is(bench.room(), 'tripped');
    assert.is(bench.all(), 'bypass bypass');
  }
});

test('PBX up again: settles for 120 s without a break, then restores', () => {
  const bench = Bench.inService();
  bench.trip();
  bench.pass(200);
  bench.verdict('up');
  assert.is(bench.room(), 'settling');
  bench.leap(119_999);
  assert.is(bench.room(), 'settling');
  assert.is(bench.all(), 'bypass bypass');
  bench.leap(1);
  assert.is(bench.room(), 'restoring');
  assert.is(bench.all(), 'operating bypass');
});

test('PBX not up while settling: the timer starts again, no line moves', () => {
  const bench = Bench.inService();
  bench.trip();
  bench.pass(200);
  bench.verdict('up');
  bench.leap(100_000);
  bench.verdict('degraded');
  bench.leap(10_000);
  bench.verdict('up');
  bench.leap(119_999);
  assert.is(bench.room(), 'settling');
  assert.is(bench.all(), 'bypass bypass');
  bench.leap(1);
  assert.is(bench.room(), 'restoring');
});

test('settling for 10 minutes asks for a person, not 1 ms earlier', () => {
  const bench = Bench.inService();
  bench.trip();
  bench.verdict('up');
  bench.verdict('unknown');
  bench.leap(599_999);
  assert.not(bench.alarms().includes('room bypass.restore-overdue'));
  bench.leap(1);
  assert.ok(bench.alarms().includes('room bypass.restore-overdue'));
  assert.is(bench.room(), 'settling');
});

test('PBX down again while settling or restoring: trips again after 3 s, restored lines too', () => {
  const bench = Bench.inService();
  bench.trip();
  bench.verdict('up');
  bench.verdict('down');
  bench.leap(2_999);
  assert.is(bench.room(), 'settling');
  bench.leap(1);
  assert.is(bench.room(), 'tripped');
  bench.verdict('up');
  bench.leap(120_000);
  bench.pass(200);
  assert.is(bench.all(), 'proving bypass');
  bench.verdict('down');
  bench.pass(3_200);
  assert.is(bench.room(), 'tripped');
  assert.is(bench.all(), 'bypass bypass');
});

test('the limiter: the fourth trip within 60 minutes is made, and then a person restores', () => {
  const bench = Bench.inService();
  for (let trips = 1; trips <= 4; trips += 1) {
    bench.trip();
    assert.is(bench.room(), 'tripped');
    bench.verdict('up');
    assert.is(bench.room(), trips < 4 ? 'settling' : 'held');
  }
  assert.is(bench.detail('bypass.held')?.en, 'too many trips within an hour');
});

test('the limiter forgets a trip after 60 minutes, not 1 ms earlier', () => {
  for (const [waitMs, room] of [
    [3_599_999, 'held'],
    [3_600_000, 'settling'],
  ] as const) {
    const bench = Bench.inService({ settings: { restoresPerHour: 2 } });
    bench.trip();
    const first = bench.now;
    bench.verdict('up');
    bench.trip();
    bench.leap(first + waitMs - bench.now);
    bench.verdict('up');
    assert.is(bench.room(), room);
  }
});

test('a fifth trip of the hour is not refused', () => {
  const bench = Bench.inService({ settings: { restoresPerHour: 1 } });
  for (let trips = 1; trips <= 5; trips += 1) {
    bench.trip();
    assert.is(bench.room(), 'tripped');
    bench.verdict('up');
    assert.is(bench.room(), 'held');
    assert.ok(bench.order({ do: 'reset-bypass' }));
  }
});

test('room file says by-key or by-command: up holds the room and asks for a person', () => {
  for (const restore of ['by-key', 'by-command'] as const) {
    const bench = Bench.inService({ settings: { restore } });
    bench.trip();
    bench.verdict('up');
    assert.is(bench.room(), 'held');
    bench.leap(600_000);
    assert.is(bench.room(), 'held');
    bench.key(true);
    bench.key(false);
    assert.is(bench.room(), restore === 'by-key' ? 'settling' : 'held');
  }
});

test('key turned: all lines to their phones from every state; turned back: settles', () => {
  const bench = Bench.inService();
  bench.verdict('up');
  bench.key(true);
  assert.is(bench.room(), 'held');
  assert.ok(bench.alarms().includes('room bypass.key'));
  bench.pass(200);
  assert.is(bench.all(), 'bypass bypass');
  bench.key(false);
  assert.is(bench.room(), 'settling');
});

test('key cannot be read: nothing moves, neither to bypass nor back', () => {
  const bench = Bench.inService();
  bench.key('unknown');
  assert.is(bench.room(), 'steady');
  bench.key(true);
  bench.key('unknown');
  assert.is(bench.room(), 'held');
  bench.key(false);
  assert.is(bench.room(), 'settling');
});

test('the key does not take over a hold that a person ordered', () => {
  const bench = Bench.inService();
  assert.ok(bench.order({ do: 'bypass', mode: 'planned' }));
  bench.key(true);
  bench.key(false);
  assert.is(bench.room(), 'held');
  assert.is(bench.detail('bypass.held')?.en, 'ordered by a person');
});

test('the key of every card turned is the key of the room; of one card only that card’s lines', () => {
  const bench = Bench.inService({ lines: 2, perCard: 1 });
  bench.card('card-a').key = 'turned';
  bench.pass(400);
  assert.is(bench.room(), 'steady');
  assert.is(bench.all(), 'bypass normal');
  assert.ok(bench.alarms().includes('card-a bypass.key'));
  bench.card('card-b').key = 'turned';
  bench.pass(40);
  assert.is(bench.room(), 'held');
});

test('planned bypass waits for calls without limit; a PBX that is confirmed down starts the cap', () => {
  const bench = Bench.inService();
  bench.line('L1', 'off-hook');
  bench.order({ do: 'bypass', mode: 'planned' });
  bench.leap(3_600_000);
  assert.is(bench.all(), 'waiting bypass');
  bench.trip();
  assert.is(bench.room(), 'held');
  assert.is(bench.at('L1'), 'waiting');
  bench.leap(29_999);
  assert.is(bench.at('L1'), 'waiting');
  bench.leap(1);
  assert.is(bench.at('L1'), 'releasing');
});

test('planned on a tripped room does not take the cap away', () => {
  const bench = Bench.inService();
  bench.line('L1', 'off-hook');
  bench.trip();
  bench.verdict('unknown');
  bench.order({ do: 'bypass', mode: 'planned' });
  bench.leap(30_000);
  assert.is(bench.at('L1'), 'releasing');
});

test('restore ends when every line is back, locked, or kept in bypass by its own reason', () => {
  const bench = Bench.inService({ lines: 3 });
  bench.verdict('up');
  bench.order({ do: 'bypass', line: 'L3', mode: 'now' });
  bench.trip();
  bench.pass(200);
  bench.verdict('up');
  bench.leap(120_000);
  bench.pass(60_200);
  assert.is(bench.all(), 'normal proving bypass');
  assert.is(bench.room(), 'restoring');
  bench.pass(60_200);
  assert.is(bench.all(), 'normal normal bypass');
  assert.is(bench.room(), 'steady');
  assert.not(bench.alarms().includes('room bypass.tripped'));
});

test('canary first: the others wait until it is proved, then follow one a second', () => {
  const bench = Bench.inService({ lines: 4 });
  bench.trip();
  bench.pass(200);
  bench.verdict('up');
  bench.leap(120_000);
  bench.pass(20_000);
  assert.is(bench.all(), 'proving bypass bypass bypass');
  bench.line('L1', 'off-hook');
  bench.turn();
  assert.is(bench.all(), 'normal operating bypass bypass');
  bench.pass(980);
  assert.is(bench.all(), 'normal proving bypass bypass');
  bench.pass(20);
  assert.is(bench.all(), 'normal proving operating bypass');
  bench.pass(1_000);
  assert.is(bench.all(), 'normal proving proving operating');
});

test('verdict unknown or degraded while restoring: no further line, unless a person ordered it', () => {
  for (const isOrdered of [false, true]) {
    const bench = Bench.inService({ lines: 3 });
    bench.trip();
    bench.pass(200);
    bench.verdict('up');
    bench.leap(120_000);
    bench.pass(100);
    bench.verdict('degraded');
    if (isOrdered) assert.ok(bench.order({ do: 'restore' }));
    bench.pass(130_000);
    assert.is(bench.all(), isOrdered ? 'normal normal normal' : 'normal bypass bypass');
    assert.is(bench.room(), isOrdered ? 'steady' : 'restoring');
  }
});

test('verdict down, not yet confirmed, while restoring: no further line', () => {
  const bench = Bench.inService({ lines: 3 });
  bench.trip();
  bench.pass(200);
  bench.verdict('up');
  bench.leap(120_000);
  bench.pass(100);
  bench.verdict('down');
  bench.line('L1', 'off-hook');
  bench.pass(2_900);
  assert.is(bench.all(), 'normal bypass bypass');
});

test('a person’s order lapses after 30 minutes: the line then needs a PBX that is up', () => {
  const bench = Bench.inService({ lines: 1 });
  bench.verdict('up');
  bench.order({ do: 'bypass', mode: 'now' });
  bench.pass(200);
  bench.verdict('unknown');
  bench.line('L1', 'off-hook');
  assert.ok(bench.order({ do: 'restore' }));
  bench.leap(1_800_000);
  bench.line('L1', 'idle', { sinceMs: 60_000 });
  bench.pass(100);
  assert.is(bench.at('L1'), 'bypass');
  bench.verdict('up');
  bench.pass(100);
  assert.is(bench.at('L1'), 'proving');
});

test('unanswered ring after the restore: that line goes back; a second line holds the room', () => {
  const bench = Bench.inService({ lines: 3 });
  bench.trip();
  bench.pass(200);
  bench.verdict('up');
  bench.leap(120_000);
  bench.pass(100);
  bench.line('L1', 'ringing');
  bench.leap(19_999);
  assert.is(bench.at('L1'), 'proving');
  bench.leap(1);
  assert.is(bench.at('L1'), 'releasing');
  assert.is(bench.room(), 'restoring');
  bench.pass(1_200);
  assert.is(bench.all(), 'bypass proving bypass', 'another canary is tried');
  bench.line('L2', 'ringing');
  bench.leap(20_000);
  bench.pass(100);
  assert.is(bench.room(), 'held');
  assert.is(bench.all(), 'bypass bypass bypass');
});

test('the same line rings unanswered a second time: the room is held', () => {
  const bench = Bench.inService({ lines: 1 });
  bench.verdict('up');
  bench.order({ do: 'bypass', mode: 'now' });
  bench.pass(200);
  bench.order({ do: 'restore' });
  bench.pass(100);
  bench.line('L1', 'ringing');
  bench.leap(20_000);
  bench.pass(200);
  assert.is(bench.at('L1'), 'bypass');
  bench.line('L1', 'idle', { sinceMs: 6_000 });
  bench.leap(119_700);
  assert.is(bench.at('L1'), 'bypass', 'its own bypass lasts restoreAfter');
  bench.pass(400);
  assert.is(bench.at('L1'), 'proving');
  bench.line('L1', 'ringing');
  bench.leap(20_000);
  bench.turn();
  assert.is(bench.room(), 'held');
});

test('an answered call proves the line: an old failure no longer counts', () => {
  const bench = Bench.inService({ lines: 1 });
  bench.verdict('up');
  for (const isAnswered of [false, true, false]) {
    bench.order({ do: 'bypass', line: 'L1', mode: 'now' });
    bench.pass(200);
    bench.order({ do: 'restore', line: 'L1' });
    bench.pass(1_200);
    assert.is(bench.at('L1'), 'proving');
    bench.line('L1', 'ringing');
    if (isAnswered) bench.line('L1', 'off-hook');
    else bench.leap(20_000);
    bench.pass(100);
    bench.line('L1', 'idle', { sinceMs: 6_000 });
    bench.leap(121_000);
    bench.pass(100);
  }
  assert.is.not(bench.room(), 'held');
});

test.run();
