/** The start matrix, guard.json, and the orderly end. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Bench } from './bench.ts';
import { core } from './under-test.ts';
import type { SavedBypass } from '../../../src/core/bypass/index.ts';

const greet = (bench: Bench): Bench => {
  for (const card of bench.cards.keys()) bench.link(card, 'up');
  return bench;
};
const see = (bench: Bench): void => {
  for (const line of bench.relays.keys()) bench.line(line, 'idle', { sinceMs: 60_000 });
};
const savedAs = (
  state: SavedBypass['room']['state'],
  more: Partial<SavedBypass> = {},
  reason: SavedBypass['room']['reason'] = 'verdict',
): SavedBypass => ({
  version: 1,
  room: { state, reason },
  tripAgesMs: [],
  failedProofs: [],
  lines: {},
  ...more,
});

test('before a card has spoken, none of its relays is commanded', () => {
  const bench = new Bench({ lines: 2 });
  bench.turn();
  assert.equal(core.outputs(bench.state), {});
  assert.is(bench.all(), 'unreachable unreachable');
});

test('relay normal, guard.json normal or missing: adopted as it is, room steady, no trip without fresh evidence', () => {
  for (const saved of [
    'missing',
    'unreadable',
    savedAs('steady'),
    savedAs('confirming'),
    savedAs('settling'),
  ] as const) {
    const bench = greet(new Bench({ saved }));
    see(bench);
    bench.pass(10_000);
    assert.is(bench.all(), 'normal normal');
    assert.is(bench.room(), 'steady');
  }
});

test('relay normal, bypass intended: the intent stands; idle goes over, a call waits', () => {
  for (const saved of [savedAs('tripped'), savedAs('held', {}, 'command')]) {
    const bench = greet(new Bench({ saved }));
    assert.is(bench.all(), 'waiting waiting', 'nobody has seen the lines yet: there may be a call');
    bench.line('L1', 'idle', { sinceMs: 60_000 });
    bench.line('L2', 'off-hook');
    assert.is(bench.all(), 'releasing waiting');
    assert.is(bench.room(), saved.room.state);
  }
});

test('relay normal, nobody ever sees the line: it goes over after 30 s', () => {
  const bench = greet(new Bench({ saved: savedAs('tripped'), lines: 1 }));
  bench.leap(30_000);
  assert.is(bench.at('L1'), 'releasing');
});

test('relays in bypass, guard.json normal: guard absent, the room settles; lines still normal stay', () => {
  const bench = greet(new Bench({ saved: savedAs('steady'), stands: ['bypass', 'normal'] }));
  assert.is(bench.room(), 'settling');
  assert.is(core.view(bench.state).reason, 'guard-absent');
  see(bench);
  bench.verdict('up');
  bench.pass(1_000);
  assert.is(bench.all(), 'bypass normal');
  bench.leap(120_000);
  bench.pass(100);
  assert.is(bench.all(), 'proving normal');
});

test('relays in bypass, tripped or held: the same again, timers restart in full', () => {
  const bench = greet(new Bench({ saved: savedAs('tripped', { tripAgesMs: [10] }), stands: 'bypass' }));
  assert.is(bench.room(), 'tripped');
  assert.is(bench.all(), 'bypass bypass');
  see(bench);
  bench.verdict('up');
  bench.leap(119_999);
  assert.is(bench.room(), 'settling');
  const held = greet(new Bench({ saved: savedAs('held', {}, 'limiter'), stands: 'bypass' }));
  held.verdict('up');
  held.leap(1_000_000);
  assert.is(held.room(), 'held');
});

test('relays in bypass, locked: locked again', () => {
  const saved = savedAs('steady', { lines: { L1: { faulty: true } } });
  const bench = greet(new Bench({ saved, stands: ['bypass', 'normal'] }));
  assert.is(bench.all(), 'locked normal');
  assert.is(bench.room(), 'steady');
});

test('relay stands in normal though guard.json calls it faulty: its call is not cut, then it goes over and stays', () => {
  const saved = savedAs('steady', { lines: { L1: { faulty: true } } });
  const bench = greet(new Bench({ saved, lines: 1 }));
  bench.line('L1', 'off-hook');
  bench.verdict('up');
  assert.is(bench.at('L1'), 'waiting');
  bench.line('L1', 'idle', { sinceMs: 1_500 });
  bench.pass(60_000);
  assert.is(bench.at('L1'), 'bypass');
});

test('stuck before the restart and free a moment after it: still worn, locked, and never energised by itself', () => {
  const bench = Bench.inService({ lines: 1 });
  bench.relay('L1').heldAt = 'normal';
  bench.trip();
  bench.pass(200);
  const next = greet(bench.restarted());
  assert.is(next.at('L1'), 'stuck');
  delete next.relay('L1').heldAt;
  next.relay('L1').position = 'bypass';
  see(next);
  next.verdict('up');
  next.pass(100);
  assert.is(next.at('L1'), 'locked');
  next.leap(200_000);
  next.pass(1_000);
  assert.is(next.coil('L1'), 'release');
});

test('own intents come back: bypass ordered for one line survives a restart', () => {
  const bench = Bench.inService();
  bench.order({ do: 'bypass', line: 'L1', mode: 'now' });
  bench.pass(100);
  const next = greet(bench.restarted());
  see(next);
  next.verdict('up');
  next.pass(130_000);
  assert.is(next.all(), 'bypass normal');
  assert.is(next.room(), 'steady');
});

test('all relays in bypass, guard.json missing or unreadable: held, a person restores', () => {
  for (const saved of ['missing', 'unreadable'] as const) {
    const bench = greet(new Bench({ saved, stands: 'bypass', lines: 2, perCard: 1 }));
    assert.is(bench.room(), 'held');
    assert.is(core.view(bench.state).reason, 'unknown');
    see(bench);
    bench.verdict('up');
    bench.pass(130_000);
    assert.is(bench.all(), 'bypass bypass');
    assert.ok(bench.order({ do: 'restore' }));
    bench.pass(130_000);
    assert.is(bench.all(), 'normal normal');
  }
});

test('some relays in bypass, guard.json missing: those lines only, a person restores', () => {
  const bench = greet(new Bench({ saved: 'missing', stands: ['bypass', 'normal'] }));
  assert.is(bench.room(), 'steady');
  see(bench);
  bench.verdict('up');
  bench.pass(130_000);
  assert.is(bench.all(), 'bypass normal');
  assert.ok(bench.order({ do: 'restore', line: 'L1' }));
  bench.pass(1_000);
  assert.is(bench.all(), 'proving normal');
});

test('first power-on: all relays in bypass, the room settles and restores when the PBX is up', () => {
  const bench = greet(new Bench({ saved: 'first-power-on', stands: 'bypass' }));
  assert.is(bench.room(), 'settling');
  see(bench);
  bench.pass(1_000);
  assert.is(bench.all(), 'bypass bypass');
  bench.verdict('up');
  bench.leap(120_000);
  assert.is(bench.all(), 'operating bypass');
});

test('coil energised but the supply is off: adopted in bypass; coil released but reads normal: stuck, never energised', () => {
  const unfed = new Bench({ saved: savedAs('steady'), lines: 1, stands: 'normal' });
  unfed.card('card-a').supply = false;
  unfed.relay('L1').position = 'bypass';
  greet(unfed);
  assert.is(unfed.at('L1'), 'bypass');
  assert.is(unfed.coil('L1'), 'release');
  const stuck = new Bench({ saved: savedAs('steady'), lines: 1, stands: 'bypass' });
  stuck.relay('L1').heldAt = 'normal';
  greet(stuck);
  stuck.pass(140);
  assert.is(stuck.at('L1'), 'stuck');
  assert.is(stuck.coil('L1'), 'release');
});

test('crash with a call waiting: after the restart the call still waits, with its time in full', () => {
  const bench = Bench.inService({ lines: 1 });
  bench.line('L1', 'off-hook');
  bench.trip();
  bench.leap(20_000);
  const next = greet(bench.restarted());
  next.line('L1', 'off-hook');
  assert.is(next.at('L1'), 'waiting');
  next.leap(29_000);
  assert.is(next.at('L1'), 'waiting');
  next.leap(1_000);
  assert.is(next.at('L1'), 'releasing');
});

test('the limiter remembers trips over a restart', () => {
  const bench = Bench.inService({ settings: { restoresPerHour: 2 } });
  bench.trip();
  bench.verdict('up');
  bench.trip();
  const saved = core.saved(bench.state);
  assert.equal(saved, JSON.parse(JSON.stringify(saved)));
  const next = greet(bench.restarted(saved));
  next.verdict('up');
  assert.is(next.room(), 'held');
});

test('guard.json is saved when something that it keeps changes, and only then', () => {
  const bench = Bench.inService();
  const saves = (): number => bench.effects.filter((effect) => effect.kind === 'save').length;
  bench.pass(5_000);
  bench.line('L1', 'off-hook');
  bench.line('L1', 'idle');
  assert.is(saves(), 0);
  bench.order({ do: 'bypass', line: 'L1', mode: 'planned' });
  assert.is(saves(), 1);
  bench.trip();
  const tripped = saves();
  assert.ok(tripped > 1);
  bench.pass(5_000);
  assert.is(saves(), tripped);
});

test('orderly stop: lines go over as they become idle, calls are not cut, then the process may end', () => {
  const bench = Bench.inService();
  bench.line('L2', 'off-hook');
  bench.send({ kind: 'ending', how: 'stop' });
  bench.pass(1_000);
  assert.is(bench.all(), 'bypass waiting');
  const ended = (): number => bench.effects.filter((effect) => effect.kind === 'ended').length;
  assert.is(ended(), 0);
  bench.line('L2', 'idle', { sinceMs: 1_500 });
  bench.pass(100);
  assert.is(bench.all(), 'bypass bypass');
  assert.is(ended(), 1);
  bench.pass(1_000);
  assert.is(ended(), 1);
});

test('orderly stop with a call that does not end: after 60 s the process ends and leaves the call to the card', () => {
  const bench = Bench.inService();
  bench.line('L2', 'off-hook');
  bench.send({ kind: 'ending', how: 'stop' });
  bench.pass(1_000);
  bench.leap(58_999);
  assert.not(bench.effects.some((effect) => effect.kind === 'ended'));
  bench.leap(1);
  assert.ok(bench.effects.some((effect) => effect.kind === 'ended'));
  assert.is(bench.all(), 'bypass waiting');
  assert.is(bench.coil('L2'), 'energise');
});

test('a stop is no bypass that a person ordered: the next start restores by itself', () => {
  const bench = Bench.inService();
  bench.send({ kind: 'ending', how: 'stop' });
  bench.pass(100);
  const next = greet(bench.restarted());
  assert.is(next.room(), 'settling');
  assert.is(core.view(next.state).reason, 'guard-absent');
});

test('restart for an upgrade: every position is kept and the process may end at once', () => {
  const bench = Bench.inService();
  bench.send({ kind: 'ending', how: 'restart' });
  assert.ok(bench.effects.some((effect) => effect.kind === 'ended'));
  bench.pass(2_000);
  assert.equal(core.outputs(bench.state), { L1: 'energise', L2: 'energise' });
});

test('a card that says nothing for hostLost after the start is an alarm, not 1 ms earlier', () => {
  const bench = new Bench({ lines: 1 });
  bench.leap(4_999);
  assert.equal(bench.alarms(), []);
  bench.leap(1);
  assert.equal(bench.alarms(), ['card-a bypass.unreachable']);
});

test.run();
