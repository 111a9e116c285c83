/** Who ordered what of the bypass and why, and how room and lines explain where they stand. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { bypassOfLines, bypassOfRoom } from '../../../src/core/room/views.ts';
import type { Actor } from '../../../src/model/event.ts';
import { LinesRoom, eightLines, sections } from './lines-room.ts';

const notes = (room: LinesRoom): string[] => room.notices('note').map(({ text: { en } }) => en);
const whole = (room: LinesRoom): string => {
  const { why, next } = bypassOfRoom(room.state);
  return `${why.en} → ${next.en}`;
};
const line = (room: LinesRoom, id: string): string => {
  const { why, next } = bypassOfLines(room.state).get(id) ?? { why: { en: '' }, next: { en: '' } };
  return `${why.en} → ${next.en}`;
};
const li: Actor = { via: 'cli', name: 'Li' };

test('an order of the bypass is told with the name, the way and the reason', () => {
  const room = new LinesRoom(sections(eightLines));
  room.order({ do: 'bypass', line: 'L3', mode: 'planned', reason: ' new handset ' }, li);
  room.order({ do: 'restore', line: 'L3' }, { via: 'panel', name: 'Wang' });
  assert.equal(notes(room), [
    'Li (command line) ordered planned bypass of line L3: new handset',
    'Wang (page) ordered restore of line L3',
  ]);
});

test('what is refused, and what a button or the plan does, is told by its own words alone', () => {
  const room = new LinesRoom(sections(eightLines));
  assert.not(room.order({ do: 'restore' }, li));
  assert.ok(room.order({ do: 'bypass', mode: 'now' }, { via: 'button', name: 'wall' }));
  assert.equal(notes(room), []);
});

test('a line in a call that is to go says until when, and a planned one without limit', () => {
  const room = new LinesRoom(sections(eightLines)).loop('L1', 8).run(3000);
  assert.is(line(room, 'L1'), 'on the PBX → nothing');
  room.order({ do: 'bypass', line: 'L1', mode: 'planned' }, li);
  assert.is(line(room, 'L1'), 'ordered by a person → goes to its seat phone when its call ends');
  assert.is(bypassOfLines(room.state).get('L1')?.nextAt, undefined);
  assert.match(whole(room), 'the room is steady; 1 lines have reasons of their own');
  room.loop('L1', 48).run(5000);
  assert.is(line(room, 'L1'), 'ordered by a person → a person restores this line');
});

test('held by a person, on a dead PBX, restoring: each says what comes next', () => {
  const room = new LinesRoom(sections(eightLines));
  assert.match(whole(room), 'every line is on the PBX → when the PBX is confirmed down');
  room.order({ do: 'bypass', mode: 'now' }, li);
  assert.match(whole(room), 'ordered by a person → a person restores, or resets the hold');
  room.run(8000);
  assert.is(line(room, 'L2'), 'ordered by a person → goes back with the room');
  assert.ok(room.order({ do: 'restore' }, li));
  assert.match(whole(room), /^a person ordered the restore → (L1 proves the PBX first; 7|\d) more lines/);
  room.run(700_000);
  assert.is(room.bypass, 'steady');
  assert.match(whole(room), 'every line is on the PBX');
});

test('a reset of the hold settles, and says when lines go back', () => {
  const room = new LinesRoom(sections(eightLines));
  room.order({ do: 'bypass', mode: 'now' }, li);
  room.order({ do: 'reset-bypass', reason: 'over' }, li);
  assert.is(room.bypass, 'settling');
  const { next, nextAt } = bypassOfRoom(room.state);
  if (nextAt === undefined) assert.match(next.en, 'waits for the PBX to be up');
  else assert.ok(nextAt > room.at);
});

test.run();
