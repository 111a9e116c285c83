/** One dead port of the PBX in the whole core: from the calls that nobody answers to the relay, the alarm and the restore. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { LinesRoom, sections } from './lines-room.ts';

const threeLines =
  '  L1-L3: { channel: card-a/1..3, bypass: card-a/relay1..3, trunk: "120-{n}", phone: "800{n}" }';

test('a line that rings unanswered while others are answered goes to its phone alone, and rings there', () => {
  const room = new LinesRoom(sections(threeLines));
  for (let n = 0; n < 2; n += 1) room.ring('L1', 25_000).ring('L2', 5000, true);
  room.ring('L3', 5000, true);
  assert.is(room.lineStates, 'normal normal normal');
  room.ring('L1', 25_000);
  assert.is(room.lineStates, 'bypass normal normal');
  assert.is(room.bypass, 'steady');
  assert.ok(room.alarms.includes('L1/bypass.port-failed'));
  assert.ok(room.order({ do: 'restore', line: 'L1' }));
  room.run(15_000);
  assert.is(room.lineStates, 'proving normal normal');
  assert.not.ok(room.alarms.includes('L1/bypass.port-failed'));
});

test('nobody answers anywhere: no line goes over by itself', () => {
  const room = new LinesRoom(sections(threeLines));
  for (let n = 0; n < 3; n += 1) room.ring('L1', 25_000).ring('L2', 25_000).ring('L3', 25_000);
  assert.is(room.lineStates, 'normal normal normal');
});

test.run();
