/** A trunk whose desk fails takes its alternate phone; where there is no such relay the alarm says whom to ask. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { LinesRoom, sections } from '../room/lines-room.ts';
import { outputs } from '../../../src/core/room/step.ts';
import type { SavedRoom } from '../../../src/core/room/state.ts';

const line = (more: string): string =>
  `  L1: { channel: card-a/1, bypass: card-a/relay1, trunk: "120-1", phone: "8001"${more} }
  L2: { channel: card-a/2, bypass: card-a/relay2, trunk: "120-2", phone: "8002" }`;
const room = (
  more = ', alternate-phone: card-a/relay7',
  before: SavedRoom | 'missing' = 'missing',
): LinesRoom => new LinesRoom(sections(line(more)), before);
const isOn = (one: LinesRoom): boolean | undefined => outputs(one.state).points['L1/alternate-phone'];
const take = (one: LinesRoom, on = true): boolean => one.order({ do: 'alternate-phone', line: 'L1', on });

test('released is the usual phone: nothing is energised until a person orders it, and they take it back', () => {
  const one = room();
  assert.is(isOn(one), false);
  assert.ok(take(one));
  assert.is(isOn(one), true);
  assert.ok(one.alarms.includes('L1/bypass.alternate-phone'));
  assert.ok(take(one, false));
  assert.is(isOn(one), false);
  assert.not.ok(one.alarms.includes('L1/bypass.alternate-phone'));
});

test('a call on the usual phone is not cut: the relay moves when it ends', () => {
  const one = room();
  one.order({ do: 'bypass', mode: 'now' });
  one.relay('L1').milliamps = 22;
  one.run(1000).loop('L1', 8).run(5000);
  take(one);
  one.run(60_000);
  assert.is(isOn(one), false);
  one.loop('L1', 48).run(5000);
  assert.is(isOn(one), true);
});

test('a phone without current is taken over by itself where the room file says so, and stays so over a restart', () => {
  const one = room(', alternate-phone: card-a/relay7, alternate-when: fault');
  one.order({ do: 'bypass', mode: 'now' });
  one.run(1000).loop('L1', 8).run(5000);
  assert.is(isOn(one), true, 'in use, and the phone draws nothing');
  one.loop('L1', 48).run(60_000);
  assert.is(isOn(one), true, 'only a person takes it back');
  assert.is(isOn(room(', alternate-phone: card-a/relay7, alternate-when: fault', one.saved)), true);
});

test('by itself only where the room file says so', () => {
  const one = room();
  one.order({ do: 'bypass', mode: 'now' });
  one.run(1000).loop('L1', 8).run(5000);
  assert.is(isOn(one), false);
});

test('the centre may order it only where the room file lets it command the bypass', () => {
  const one = room();
  assert.not(one.order({ do: 'alternate-phone', line: 'L1', on: true }, { via: 'centre', name: 'c' }));
  assert.is(isOn(one), false);
});

test('without such a relay the order is refused and says whom to ask', () => {
  const one = room('');
  assert.not(take(one));
  assert.is(isOn(one), undefined);
});

test('a dead trunk: the alarm asks for a diversion to the number of the room file, or to the standby line', () => {
  const written = room(', divert-to: "120-9"').loop('L1', 0).run(10_000);
  assert.match(written.alarm('L1/line.dead')?.action.en ?? '', /ask the exchange to divert 120-1 to 120-9$/);
  const standby = new LinesRoom(
    sections(
      line('') +
        '\n  L3: { channel: card-a/3, bypass: card-a/relay3, trunk: "120-3", phone: "8003", kind: standby }',
    ),
  );
  standby.loop('L1', 0).run(10_000);
  assert.match(standby.alarm('L1/line.dead')?.action.zh ?? '', /请局方转移：120-1 → 120-3$/);
  standby.loop('L2', 0).run(10_000);
  assert.match(
    standby.alarm('card-a/line.dead/cable')?.action.en ?? '',
    /divert 120-1 to 120-3, 120-2 to 120-3$/,
  );
  assert.not.match(room('').loop('L1', 0).run(10_000).alarm('L1/line.dead')?.action.en ?? '', /divert 120/);
});

test.run();
