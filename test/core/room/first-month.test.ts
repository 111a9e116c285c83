/** What happens to every room in its first month, in the whole core (docs/first-month.md names each test). */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { LinesRoom, eightLines, sections } from './lines-room.ts';

const normal = (count: number): string => Array.from({ length: count }, () => 'normal').join(' ');
const ids = [1, 2, 3, 4, 5, 6, 7, 8].map((n) => `L${n}`);

test('one exchange cable is cut: eight dead lines are one alarm that lists them, and nothing trips', () => {
  const room = new LinesRoom(sections(eightLines));
  for (const id of ids) room.loop(id, 0);
  room.run(10_000);
  assert.equal(room.alarms, ['card-a/line.dead/cable']);
  assert.match(
    room.alarm('card-a/line.dead/cable')?.what.en ?? '',
    /8 lines without voltage: 120-1, .*120-8/,
  );
  assert.is(room.bypass, 'steady');
  assert.is(room.lineStates, normal(8));
  for (const id of ids) room.loop(id, 48);
  room.run(10_000);
  assert.equal(room.alarms, []);
});

test('a single dead trunk is an alarm of that line', () => {
  const room = new LinesRoom(sections(eightLines)).loop('L3', 0).run(10_000);
  assert.equal(room.alarms, ['L3/line.dead']);
});

test('a storm: voltages that chatter for a quarter of an hour move no relay and raise no flood of alarms', () => {
  const room = new LinesRoom(sections(eightLines));
  let seed = 7;
  const chance = (): number => (seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647;
  for (let n = 0; n < 1500; n += 1) {
    for (const id of ids) room.loop(id, chance() < 0.5 ? 48 : chance() * 60 - 6, chance() < 0.05 ? 40 : 0);
    room.run(100 + Math.floor(chance() * 5) * 100);
  }
  assert.is(room.lineStates, normal(8));
  assert.is(room.bypass, 'steady');
  const raised = room.notices('alarm').filter(({ change }) => change === 'raised').length;
  assert.ok(raised <= 24, `${raised} alarms raised`);
  for (const id of ids) room.loop(id, 48);
  room.run(60_000);
  assert.equal(room.alarms, []);
});

test('a handset is left off for half an hour: one alarm that names the phone, nothing trips', () => {
  const room = new LinesRoom(sections(eightLines)).loop('L2', 8).run(1000);
  room.leap(30 * 60_000 - 3000);
  assert.equal(room.alarms, []);
  room.run(5000);
  assert.equal(room.alarms, ['L2/line.off-hook-long']);
  assert.match(room.alarm('L2/line.off-hook-long')?.what.en ?? '', /phone 8002/);
  assert.is(room.bypass, 'steady');
});

test('planned reboot of the PBX: idle lines go over at once, the busy one when its call ends, uncut', () => {
  const room = new LinesRoom(sections(eightLines)).loop('L2', 8).run(5000);
  assert.ok(room.order({ do: 'bypass', mode: 'planned' }));
  room.run(600_000);
  assert.ok(room.lineStates.startsWith('bypass waiting bypass'));
  room.loop('L2', 48).run(5000);
  assert.ok(room.lineStates.startsWith('bypass bypass bypass'));
  assert.not.ok(room.notices('bypass-line').some(({ cutCall }) => cutCall !== undefined));
});

test('a card is unplugged for cleaning: its lines are told unreachable, the other card is left alone', () => {
  const room = new LinesRoom(
    sections(
      '  L1-L2: { channel: card-a/1..2, bypass: card-a/relay1..2, trunk: "120-{n}", phone: "800{n}" }\n  L3-L4: { channel: card-b/1..2, bypass: card-b/relay1..2, trunk: "120-{n}", phone: "800{n}" }',
    ),
  );
  room.lost.add('card-b');
  room.tell({
    kind: 'card',
    card: 'card-b',
    link: 'lost',
    serialNumber: 'B',
    reason: { zh: '拔出', en: 'unplugged' },
  });
  room.run(60_000);
  assert.is(room.lineStates, 'normal normal unreachable unreachable');
  assert.is(room.bypass, 'steady');
  assert.equal([...room.alarms].sort(), ['card-b/bypass.unreachable', 'card-b/card.lost']);
});

test.run();
