/** Exercises of the bypass in the whole core: when they run, what they find, what is kept and what is told. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { LinesRoom, sections } from '../room/lines-room.ts';
import { exerciseResults } from '../../../src/core/room/views.ts';
import type { SavedRoom } from '../../../src/core/room/state.ts';
import { later, monoMs } from '../../../src/model/units.ts';

const dayMs = 86_400_000;
const hourMs = 3_600_000;
const lines =
  '  L1-L4: { channel: card-a/1..4, bypass: card-a/relay1..4, trunk: "120-{n}", phone: "800{n}" }';
const file = sections(lines, 'bypass: { exercise: { every: week, at: "Sun 03:30" } }');
const room = (before: SavedRoom | 'missing' = 'missing', awayMs = 0): LinesRoom =>
  new LinesRoom(file, before, awayMs);
const open = (one: LinesRoom, forMs = 3 * hourMs): LinesRoom =>
  one.tell({ kind: 'exercise-hours', until: later(monoMs(one.at), forMs) }).run(100);
const results = (one: LinesRoom): string =>
  ['L1', 'L2', 'L3', 'L4']
    .map((id) => {
      const passed = exerciseResults(one.state, id)?.relay?.passed;
      return passed === undefined ? '-' : passed ? 'ok' : 'bad';
    })
    .join(' ');
const why = (one: LinesRoom, line = 'L1', what: 'relay' | 'phone' = 'relay'): string =>
  exerciseResults(one.state, line)?.[what]?.why.en ?? '';
const moved = (one: LinesRoom): string[] =>
  one.notices('bypass-line').flatMap(({ line, state }) => (state === 'exercising' ? [line] : []));

test('the hours come: line by line over and back, each result is kept', () => {
  const one = open(room());
  assert.ok(one.lineStates.startsWith('exercising normal') || one.lineStates.startsWith('operating normal'));
  one.run(20_000);
  assert.is(results(one), 'ok ok ok ok');
  assert.equal(moved(one), ['L1', 'L2', 'L3', 'L4']);
  assert.is(why(one), 'released in 4 ms, the position is right');
  assert.equal(one.alarms, []);
});

test('outside the hours nothing moves, nor after their end', () => {
  const idle = room().run(60_000);
  assert.equal(moved(idle), []);
  const busy = room();
  for (const line of ['L1', 'L2', 'L3']) busy.loop(line, 8);
  open(busy.run(5000), 10_000).run(20_000);
  for (const line of ['L1', 'L2', 'L3']) busy.loop(line, 48);
  assert.equal(moved(busy.run(60_000)), []);
});

test('the clock on the wall jumps and the hours come again: a line is not exercised twice in half its interval', () => {
  const one = open(room()).run(20_000);
  one.tell({ kind: 'exercise-hours' });
  open(one).run(20_000);
  assert.is(moved(one).length, 4);
  one.leap(3.5 * dayMs);
  assert.is(moved(open(one).run(20_000)).length, 4);
  one.leap(3 * dayMs);
  assert.is(
    moved(open(one).run(20_000)).length,
    8,
    'a week, less the half day that wall and monotonic time may differ',
  );
});

test('results and ages outlive a restart, and the time away counts', () => {
  const { saved } = open(room()).run(20_000);
  assert.equal(moved(open(room(saved, 3 * dayMs)).run(20_000)), []);
  const later = room(saved, 7 * dayMs);
  assert.is(results(later), 'ok ok ok ok');
  assert.is(moved(open(later).run(20_000)).length, 4);
});

test('a busy line waits for its turn, and one that is never idle is told as overdue after one and a half intervals', () => {
  const one = room().loop('L2', 8).run(5000);
  open(one).run(30_000);
  assert.is(results(one), 'ok - ok ok');
  one.loop('L2', 48).run(20_000);
  assert.is(results(one), 'ok ok ok ok');
  const never = room();
  never.leap(10.4 * dayMs);
  assert.not.ok(never.alarms.includes('room/bypass.exercise-overdue'));
  never.leap(0.1 * dayMs);
  assert.match(never.alarm('room/bypass.exercise-overdue')?.what.en ?? '', /L1, L2, L3, L4/);
});

test('nothing is exercised while the room is in bypass or the PBX is suspect', () => {
  const one = room();
  one.order({ do: 'bypass', mode: 'now' });
  open(one).run(20_000);
  assert.equal(moved(one), []);
});

test('a relay that sticks is a failure that stands as an alarm until an exercise passes', () => {
  const one = open(room()).run(80_000);
  one.relay('L1').heldAt = 'normal';
  assert.ok(one.order({ do: 'exercise', line: 'L1' }));
  one.run(3000);
  assert.is(why(one), 'the relay is stuck on the PBX side');
  assert.ok(one.alarms.includes('L1/bypass.exercise-failed/relay'));
  const again = new LinesRoom(file, one.saved);
  again.run(20_000);
  assert.ok(again.alarms.includes('L1/bypass.exercise-failed/relay'), 'a restart does not mend it');
});

test('a relay that never was at its phone names the contacts', () => {
  const one = room();
  one.relay('L1').heldAt = 'normal';
  one.order({ do: 'exercise', line: 'L1' });
  assert.match(why(one.run(3000)), /NC and NO of the relay are swapped/);
});

test('taps that show the wrong side name the pairs that are swapped', () => {
  const withTaps = (taps: { trunk: boolean; pbx: boolean; phone: boolean }): string => {
    const one = room();
    one.relay('L1').heldAt = 'unknown';
    one.relay('L1').taps = taps;
    one.order({ do: 'exercise', line: 'L1' });
    return why(one.run(6000));
  };
  assert.match(withTaps({ trunk: false, pbx: true, phone: false }), /trunk and PBX pair are swapped/);
  assert.match(
    withTaps({ trunk: true, pbx: false, phone: false }),
    /the phone pair is not on the NC contact/,
  );
  assert.match(withTaps({ trunk: false, pbx: false, phone: false }), /not proved within 2 s/);
});

test('with the phone: lifted with 20 mA passes, with 8 mA or not at all fails', () => {
  const withPhone = (milliamps: number | undefined): LinesRoom => {
    const one = room();
    assert.ok(one.order({ do: 'exercise', line: 'L1', level: 2 }));
    one.run(5000);
    if (milliamps !== undefined) {
      one.relay('L1').milliamps = milliamps;
      one.loop('L1', 8).run(10_000);
      one.relay('L1').milliamps = 0;
      one.loop('L1', 48);
    }
    return one.run(130_000);
  };
  const good = withPhone(20);
  assert.is(why(good, 'L1', 'phone'), 'lifted, 20 mA');
  assert.is(exerciseResults(good.state, 'L1')?.phone?.passed, true);
  const weak = withPhone(8);
  assert.match(why(weak, 'L1', 'phone'), /only 8 mA/);
  assert.ok(weak.alarms.includes('L1/bypass.exercise-failed/phone'));
  assert.match(why(withPhone(undefined), 'L1', 'phone'), /nobody lifted phone 8001/);
});

test('a trip in the middle is no failure of the exercise', () => {
  const one = room();
  one.order({ do: 'exercise', line: 'L1', level: 2 });
  one.run(5000);
  one.order({ do: 'bypass', mode: 'now' });
  one.run(5000);
  assert.is(exerciseResults(one.state, 'L1'), undefined);
});

test('one result is saved once, not at every turn', () => {
  const one = room();
  one.order({ do: 'exercise', line: 'L1', level: 2 });
  one.relay('L1').heldAt = 'normal';
  one.run(5000);
  one.effects.length = 0;
  one.run(120_000);
  assert.ok(one.effects.filter(({ kind }) => kind === 'save').length < 20);
});

test.run();
