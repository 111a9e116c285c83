/** What stands above a subject: one alarm for forty hosts, the root named, and no alarm before the parent was asked. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { doubtMsMax } from '../../../src/core/watch/parents.ts';
import { hiddenNamed } from '../../../src/core/watch/why.ts';
import * as watch from '../../../src/core/watch/step.ts';
import type { Subject } from '../../../src/model/room.ts';
import { Room, allSources, contactSource, pbx, ping, sipSource, subject } from './bench.ts';

const lan = subject('lan', 'network', [ping('lan.1', '10.0.0.1')]);
const floor = subject('floor', 'network', [ping('floor.1')], { dependsOn: ['lan'] });
const hosts = (count: number): Subject[] =>
  Array.from({ length: count }, (_, n) => {
    const id = `t${String(n + 1).padStart(2, '0')}`;
    return subject(id, 'terminal', [ping(`${id}.1`)], { dependsOn: ['floor'] });
  });

const active = (room: Room): string[] => room.conditions().filter((one) => one.endsWith(' active'));
/** Everything is asked, every ten seconds, for so many rounds. */
function rounds(
  room: Room,
  count: number,
  says: (source: string) => 'up' | 'down',
  ids: readonly string[],
): Room {
  for (let n = 0; n < count; n++) {
    for (const id of ids) room.hear(id, says(id));
    room.wait(10_000);
  }
  return room;
}
const idsOf = (subjects: readonly Subject[]): string[] =>
  subjects.flatMap(({ sources }) => sources.map(({ id }) => id));

test('a dead switch with forty hosts is one alarm that counts them, whoever was asked first', () => {
  const subjects = [...hosts(40), floor, lan];
  const ids = idsOf(subjects);
  for (const order of [ids, ids.toReversed()]) {
    const room = rounds(new Room(subjects), 2, () => 'up', order);
    const seen = new Set<string>();
    for (let n = 0; n < 8; n++) {
      for (const id of order) {
        room.hear(id, id === 'lan.1' ? 'up' : 'down').wait(20);
        for (const one of active(room)) seen.add(one);
      }
      room.wait(9_000);
      for (const one of active(room)) seen.add(one);
    }
    assert.equal([...seen], ['floor/network.down active']);
    const [alarm] = watch.conditions(room.state).filter(({ state }) => state === 'active');
    assert.match(alarm?.detail.en ?? '', '40 unreachable behind it: t01, t02, t03, t04, t05, t06, …');
    assert.match(alarm?.detail.zh ?? '', '其下 40 个对象不可达');
    assert.is(hiddenNamed, 6);
  }
});

test('a host names the root, not the switch in between', () => {
  const subjects = [...hosts(1), floor, lan];
  const room = rounds(new Room(subjects), 4, () => 'down', idsOf(subjects));
  assert.equal(active(room), ['lan/network.down active']);
  assert.match(watch.whyOf(room.state, 't01').en, /^unreachable: lan, .* repair lan first/);
  assert.match(watch.whyOf(room.state, 't01').zh, /^不可达：上级 lan 故障/);
  const view = watch.views(room.state).find(({ id }) => id === 't01');
  assert.is(view?.verdict, 'unknown');
  assert.is(view?.hiddenBy, 'lan');
});

test('a host that fails alone is alarmed as soon as its switch has answered once more', () => {
  const subjects = [...hosts(1), floor];
  const room = rounds(new Room(subjects), 1, () => 'up', idsOf(subjects));
  room.hearTimes('t01.1', 'down', 3);
  assert.is(room.verdict('t01'), 'unknown');
  assert.match(watch.whyOf(room.state, 't01').en, 'judged as soon as floor has been heard');
  room.wait(1).hear('floor.1', 'up');
  assert.is(room.verdict('t01'), 'down');
  // From here on it stays the host's own fault, however long its switch is silent.
  assert.is(room.wait(8_000).hear('t01.1', 'down').verdict('t01'), 'down');
  assert.is(room.hear('floor.1', 'down').verdict('t01'), 'down');
});

test('a switch that was gone for a moment is not the fault of its hosts: they must be silent after it is back', () => {
  for (const answer of ['up', 'down'] as const) {
    const subjects = [...hosts(1), floor];
    const room = rounds(new Room(subjects), 1, () => 'up', idsOf(subjects));
    room.hear('t01.1', 'down').hear('floor.1', 'down').wait(10_000);
    room.hear('t01.1', 'down').hear('floor.1', 'down').wait(9_000).hear('t01.1', 'down').wait(1000);
    room.hear('floor.1', 'up');
    assert.is(room.verdict('t01'), 'unknown');
    room.wait(9_000).hear('t01.1', answer);
    assert.is(room.verdict('t01'), answer);
  }
});

test('a parent of which nothing comes any more holds nothing back', () => {
  const room = new Room([...hosts(1), floor]).hear('floor.1', 'up').hear('t01.1', 'up');
  room.wait(14_000).hearTimes('t01.1', 'down', 3);
  assert.is(room.verdict('t01'), 'unknown');
  room.wait(8_000).hear('t01.1', 'down');
  assert.is(room.verdict('floor'), 'unknown');
  assert.is(room.verdict('t01'), 'down');
});

test('a parent that is asked seldom holds its children back for five minutes at most', () => {
  const slow = subject('floor', 'network', [{ ...ping('floor.1'), everyMs: 3_600_000 }]);
  const room = new Room([...hosts(1), slow]).hear('floor.1', 'up').wait(1).hear('t01.1', 'up');
  const died = room.wait(1).at;
  while (room.at < died + doubtMsMax - 1000) room.hear('t01.1', 'down').wait(1000);
  assert.is(room.verdict('t01'), 'unknown');
  assert.is(room.hear('t01.1', 'down').wait(1000).verdict('t01'), 'down');
});

test('the root is back: its hosts get a round of their probes, and those that answer never alarm', () => {
  const subjects = [...hosts(3), floor];
  const ids = idsOf(subjects);
  const room = rounds(new Room(subjects), 4, () => 'down', ids);
  assert.equal(active(room), ['floor/network.down active']);
  room.hear('floor.1', 'up');
  assert.equal(active(room), []);
  room.wait(1).hear('t01.1', 'down').hear('t02.1', 'down').hear('t03.1', 'down');
  assert.equal(active(room), []);
  rounds(room, 4, (id) => (id === 't03.1' ? 'down' : 'up'), ids);
  assert.equal(active(room), ['t03/terminal.down active']);
});

test('neither doubt nor grace concerns the PBX: a trip waits for nobody', () => {
  const room = new Room([lan, pbx(allSources, { dependsOn: ['lan'] })]).hear('lan.1', 'up');
  room.contact(true).wait(1000).hear('pbx.3', 'up').wait(1);
  room.contact(false).wait(100).hearTimes('pbx.3', 'down', 3);
  assert.is(room.verdict(), 'down');

  const back = new Room([lan, pbx([contactSource, sipSource], { dependsOn: ['lan'] })]);
  back.hearTimes('lan.1', 'down', 3).contact(false).hearTimes('pbx.3', 'down', 3);
  assert.is(back.verdict(), 'degraded');
  assert.is(back.hear('lan.1', 'up').verdict(), 'down');
});

test('a dead network is no sign of a failing PBX: its SIP is silent with it, and is asked anew when it is back', () => {
  const room = new Room([lan, pbx([contactSource, sipSource], { dependsOn: ['lan'] })]);
  room.contact(true).wait(1000).hear('lan.1', 'up').hear('pbx.3', 'up').wait(1);
  // SIP is asked every second while it is suspect, the network every ten.
  room.hearTimes('pbx.3', 'down', 3);
  assert.is(room.verdict(), 'degraded');
  assert.ok(room.conditions().includes('pbx/pbx.degraded unknown'));
  room.hearTimes('lan.1', 'down', 3, 10_000);
  assert.equal(active(room), ['lan/network.down active']);
  room.hear('pbx.3', 'down').hear('lan.1', 'up').wait(5000);
  assert.equal(active(room), []);
  assert.equal(active(room.hear('pbx.3', 'up')), []);
});

test.run();
