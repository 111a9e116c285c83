/** Calls over a seat phone: marked in their record and counted, for the PBX has no record of them. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { LinesRoom, eightLines, sections } from './lines-room.ts';

const inBypass = (): LinesRoom => {
  const room = new LinesRoom(sections(eightLines));
  assert.ok(room.order({ do: 'bypass', mode: 'now' }));
  return room.run(1000);
};
const ended = (room: LinesRoom): boolean[] =>
  room.notices('call').flatMap(({ phase, call }) => (phase === 'ended' ? [call.bypass] : []));

test('a call that is answered on a seat phone is marked, counted and kept over a restart', () => {
  const room = inBypass().ring('L1', 10_000, true);
  assert.equal(ended(room), [true]);
  assert.equal(room.state.bypassCalls, { total: 1, latest: 1 });
  assert.equal(new LinesRoom(sections(eightLines), room.saved).state.bypassCalls, { total: 1, latest: 1 });
});

test('a call through the PBX is not', () => {
  const room = new LinesRoom(sections(eightLines)).ring('L1', 10_000, true);
  assert.equal(ended(room), [false]);
  assert.equal(room.state.bypassCalls, { total: 0, latest: 0 });
});

test('a call during which the line went over is counted once, when it ends', () => {
  const room = new LinesRoom(sections(eightLines)).loop('L1', 8).run(5000);
  room.order({ do: 'bypass', mode: 'now' });
  room.run(2000).loop('L1', 48).run(5000);
  assert.equal(ended(room), [true]);
  assert.is(room.state.bypassCalls.total, 1);
});

test('the next time in bypass counts anew, the sum goes on', () => {
  const room = inBypass().ring('L1', 10_000, true).ring('L2', 10_000, true);
  assert.ok(room.order({ do: 'restore' }));
  room.run(700_000);
  assert.is(room.bypass, 'steady');
  assert.equal(room.state.bypassCalls, { total: 2, latest: 2 });
  room.order({ do: 'bypass', mode: 'now' });
  assert.equal(room.state.bypassCalls, { total: 2, latest: 0 });
});

test.run();
