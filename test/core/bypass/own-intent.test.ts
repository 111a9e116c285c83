/** A line's own reasons to be at its phone: a dead port of the PBX, an exercise with the phone; and who is tried first. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Bench } from './bench.ts';
import { core } from './under-test.ts';

const intent = (bench: Bench, line: string): string | undefined =>
  core.view(bench.state).lines.find(({ id }) => id === line)?.intent;

// ---- a dead port -----------------------------------------------------------------------------------------------

test('one port of the PBX is dead: that line alone goes to its phone, is told, and a person restores it', () => {
  const bench = Bench.inService({ lines: 3 });
  bench.verdict('up');
  bench.send({ kind: 'port-failed', line: 'L2' });
  bench.pass(200);
  assert.is(bench.all(), 'normal bypass normal');
  assert.is(bench.room(), 'steady');
  assert.is(intent(bench, 'L2'), 'port-alone-failed');
  assert.equal(bench.alarms(), ['L2 bypass.port-failed']);
  bench.leap(3_600_000);
  assert.is(bench.at('L2'), 'bypass', 'it does not go back by itself');
  assert.ok(bench.order({ do: 'restore', line: 'L2' }));
  bench.pass(200);
  assert.is(bench.at('L2'), 'proving');
  assert.equal(bench.alarms(), []);
});

test('a line in a call with a dead port goes over when the call ends', () => {
  const bench = Bench.inService({ lines: 2 });
  bench.line('L1', 'off-hook');
  bench.send({ kind: 'port-failed', line: 'L1' });
  bench.pass(200);
  assert.is(bench.at('L1'), 'waiting');
});

test('a port that fails while the room trips, is held or settles says nothing: every line goes by the room', () => {
  for (const prepare of [
    (bench: Bench) => bench.trip(),
    (bench: Bench) => bench.order({ do: 'bypass', mode: 'now' }),
    (bench: Bench) => bench.verdict('down'),
    (bench: Bench) => bench.send({ kind: 'ending', how: 'stop' }),
  ]) {
    const bench = Bench.inService();
    prepare(bench);
    bench.send({ kind: 'port-failed', line: 'L1' });
    assert.is(intent(bench, 'L1'), undefined);
  }
});

test('the intent of a dead port outlives a restart, and a restore of the room lets it go', () => {
  const bench = Bench.inService();
  bench.send({ kind: 'port-failed', line: 'L1' });
  bench.pass(200);
  const again = bench.restarted();
  again.link('card-a', 'up');
  again.line('L1', 'idle', { sinceMs: 60_000 });
  again.line('L2', 'idle', { sinceMs: 60_000 });
  again.pass(200);
  assert.is(intent(again, 'L1'), 'port-alone-failed');
  assert.is(again.all(), 'bypass normal');
  assert.ok(again.order({ do: 'restore' }));
  again.pass(200);
  assert.is(again.at('L1'), 'proving');
});

/** Restoring after a trip: the first line has rung unanswered and stands at its phone again. */
const afterFirstProof = (): Bench => {
  const bench = Bench.inService({ lines: 3 });
  bench.trip();
  bench.pass(200);
  bench.verdict('up');
  bench.leap(120_000);
  bench.pass(200);
  bench.line('L1', 'ringing');
  bench.leap(20_000);
  bench.pass(1_200);
  bench.line('L1', 'idle', { sinceMs: 6_000 });
  assert.is(bench.all(), 'bypass proving bypass');
  return bench;
};

test('a line that rings unanswered again while others are answered has a dead port: the room is not held', () => {
  const bench = afterFirstProof();
  bench.line('L2', 'ringing');
  bench.line('L2', 'off-hook');
  bench.pass(3_000);
  assert.is(bench.all(), 'bypass normal proving');
  bench.leap(120_000);
  bench.pass(1_200);
  assert.is(bench.at('L1'), 'proving', 'its own bypass lasts restoreAfter');
  bench.line('L1', 'ringing');
  bench.leap(20_000);
  bench.pass(200);
  assert.is(bench.at('L1'), 'bypass');
  assert.is(intent(bench, 'L1'), 'port-alone-failed');
  assert.is.not(bench.room(), 'held');
  assert.is(bench.at('L2'), 'normal');
});

test('a call that was up before the proof failed is no answer since', () => {
  const bench = afterFirstProof();
  bench.line('L2', 'off-hook', { sinceMs: 30_000 });
  bench.leap(120_000);
  bench.pass(1_200);
  bench.line('L1', 'ringing');
  bench.leap(20_000);
  assert.is(bench.room(), 'held');
});

test('without an answer on another line the second time holds the room, as ever', () => {
  const bench = afterFirstProof();
  bench.leap(120_000);
  bench.pass(1_200);
  assert.is(bench.at('L1'), 'proving');
  bench.line('L1', 'ringing');
  bench.leap(20_000);
  assert.is(bench.room(), 'held');
});

test('the room that is held by a failed proof moves its other lines in the same turn', () => {
  const bench = afterFirstProof();
  bench.pass(60_000);
  assert.is(bench.at('L2'), 'normal');
  bench.leap(60_000);
  bench.pass(1_200);
  bench.line('L1', 'ringing');
  bench.now += 20_000;
  bench.take({ kind: 'turn', at: bench.state.at });
  bench.turn();
  assert.is(bench.coil('L2'), 'release');
});

// ---- exercise with the phone -----------------------------------------------------------------------------------

const exercised = (): Bench => {
  const bench = Bench.inService();
  assert.ok(bench.order({ do: 'exercise', line: 'L1', level: 2 }));
  bench.pass(200);
  return bench;
};

test('exercise with the phone: stays at the phone until it was lifted and hung up for 6 s, then goes back', () => {
  const bench = exercised();
  assert.is(bench.at('L1'), 'bypass');
  bench.pass(20_000);
  bench.line('L1', 'off-hook');
  bench.pass(30_000);
  bench.line('L1', 'idle');
  bench.pass(5_900);
  assert.is(bench.at('L1'), 'bypass');
  bench.pass(200);
  assert.is(bench.at('L1'), 'proving', 'a person ordered it: no up is needed');
});

test('nobody lifts: back after 120 s, not 1 s earlier', () => {
  const bench = exercised();
  bench.pass(119_000);
  assert.is(bench.at('L1'), 'bypass');
  bench.pass(1_000);
  assert.is(bench.at('L1'), 'proving');
});

test('a trip overrules the exercise: the line goes back with the room, not by the old order', () => {
  const bench = exercised();
  bench.trip();
  bench.pass(200);
  assert.is(intent(bench, 'L1'), undefined);
  assert.is(bench.all(), 'bypass bypass');
  bench.verdict('unknown');
  bench.leap(600_000);
  assert.is(bench.all(), 'bypass bypass');
});

test('a line that is at its phone for an exercise lets no other line be exercised', () => {
  const bench = exercised();
  assert.not(bench.order({ do: 'exercise', line: 'L2' }));
  assert.not(bench.order({ do: 'exercise', line: 'L2', level: 2 }));
});

test('a crash during the exercise: the line goes back by itself with up, never without', () => {
  const again = exercised().restarted();
  again.link('card-a', 'up');
  again.line('L1', 'idle', { sinceMs: 60_000 });
  again.line('L2', 'idle', { sinceMs: 60_000 });
  again.pass(130_000);
  assert.is(again.at('L1'), 'bypass');
  assert.is(intent(again, 'L1'), undefined);
  again.verdict('up');
  again.pass(200);
  assert.is(again.at('L1'), 'proving');
});

// ---- canary ----------------------------------------------------------------------------------------------------

const restoring = (spared: readonly string[], lines = 3): Bench => {
  const bench = Bench.inService({ lines, spared });
  bench.trip();
  bench.pass(200);
  bench.verdict('up');
  bench.leap(120_000);
  bench.pass(100);
  return bench;
};

test("a dispatcher's line is never the canary", () => {
  assert.is(restoring(['L1']).all(), 'bypass proving bypass');
});

test('where the others are locked or busy for good it is tried all the same; busy for a while it waits', () => {
  const bench = Bench.inService({ lines: 2, spared: ['L1'] });
  bench.trip();
  bench.pass(200);
  bench.line('L2', 'off-hook');
  bench.verdict('up');
  bench.leap(120_000);
  bench.pass(100);
  assert.is(bench.all(), 'bypass bypass', 'L2 talks: L1 is not tried in its place');
  bench.order({ do: 'bypass', line: 'L2', mode: 'now' });
  bench.pass(100);
  assert.is(bench.at('L1'), 'proving', 'L2 stays where a person put it: only L1 is left');
});

test('a room of nothing but such lines tries one of them, and a person may order one', () => {
  assert.is(restoring(['L1', 'L2', 'L3']).all(), 'proving bypass bypass');
});

test.run();
