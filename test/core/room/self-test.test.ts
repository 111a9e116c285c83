/** The reminder to try lamp and horn. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Points } from './points.ts';
import type { SavedRoom } from '../../../src/core/room/state.ts';

const dayMs = 86_400_000;
const id = 'linekeeper/self-test.overdue';
const room = (before: SavedRoom | 'missing' = 'missing', awayMs = 0): Points =>
  new Points('self-test: { every: 30d }', before, awayMs);

test('a room where nobody ever tried lamp and horn is overdue from the beginning, until somebody does', () => {
  const points = room().turn();
  assert.match(points.alarm(id)?.what.en ?? '', /never tried/);
  points.order({ do: 'lamp-test' });
  assert.ok(points.savedNow);
  assert.is(points.wait(1).alarm(id)?.condition, 'clear');
});

test('thirty days after the last time it is overdue, a second earlier it is not', () => {
  const points = room().order({ do: 'lamp-test' });
  points.at += 30 * dayMs - 1000;
  assert.not.ok(points.turn().alarms.includes(id));
  points.at += 1000;
  assert.match(points.turn().alarm(id)?.what.en ?? '', /last tried 30 d ago/);
});

test('the moment is kept through a restart, and the time that we were away counts', () => {
  const { saved } = room().order({ do: 'lamp-test' });
  assert.not.ok(
    room(saved, 29 * dayMs)
      .turn()
      .alarms.includes(id),
  );
  assert.ok(
    room(saved, 30 * dayMs)
      .turn()
      .alarms.includes(id),
  );
});

test('to silence is no test, and a room that does not ask is not reminded', () => {
  assert.match(room().order({ do: 'silence' }).turn().alarm(id)?.what.en ?? '', /never tried/);
  assert.equal(new Points('').turn().alarms, []);
});

test.run();
