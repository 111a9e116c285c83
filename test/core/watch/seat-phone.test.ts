/** A seat with its PC and its phone: what they add up to, and that one fault is one alarm. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Source } from '../../../src/model/room.ts';
import { monoMs } from '../../../src/model/units.ts';
import type { Says } from '../../../src/model/watch.ts';
import { text } from '../../../src/model/text.ts';
import * as watch from '../../../src/core/watch/step.ts';
import { Room, ping, subject } from './bench.ts';

const phone = (seat: string): Source => ({
  ...{ id: `${seat}.2`, kind: 'seat-phone', line: 'L03', phone: '8003' },
  ...{ domain: 'lines', weight: 'proof' },
});
const lan = subject('lan', 'network', [ping('lan.1')]);
const seat = (downWhen: number) =>
  subject('seat-3', 'terminal', [ping('seat-3.1'), phone('seat-3')], { downWhen, dependsOn: ['lan'] });
const tell = (room: Room, says: Says): Room =>
  room.tell({
    kind: 'seat-phone',
    line: 'L03',
    says,
    since: monoMs(room.at),
    reason: text('话机', 'so it is'),
  });
const well = (downWhen = 2): Room =>
  new Room([lan, seat(downWhen)]).hear('lan.1', 'up').hear('seat-3.1', 'up');

test('of a phone at rest nothing is known, and that is no alarm: the PC is the verdict', () => {
  const room = tell(well(), 'unknown');
  assert.is(room.verdict('seat-3'), 'up');
  assert.equal(room.conditions(), []);
});

test('a phone that fails makes the seat degraded, or down where one is enough: no second alarm beside its own', () => {
  const two = tell(well(), 'down');
  assert.is(two.verdict('seat-3'), 'degraded');
  assert.match(watch.whyOf(two.state, 'seat-3').en, /seat phone 8003 down for .*so it is/);
  assert.equal(two.conditions(), []);
  const one = tell(well(1), 'down');
  assert.is(one.verdict('seat-3'), 'down');
  assert.equal(one.conditions(), []);
  assert.is(tell(one, 'up').verdict('seat-3'), 'up');
});

test('PC and phone: the seat is down, and that is an alarm', () => {
  const room = tell(well(), 'down').hearTimes('seat-3.1', 'down', 3, 10_000).hear('lan.1', 'up').wait(1);
  assert.is(room.verdict('seat-3'), 'down');
  assert.ok(room.conditions().includes('seat-3/terminal.down active'), room.conditions().join());
});

test('behind a dead network the phone still speaks', () => {
  const room = well().hearTimes('lan.1', 'down', 3, 10_000).hearTimes('seat-3.1', 'down', 3, 10_000);
  assert.is(room.verdict('seat-3'), 'unknown');
  assert.is(tell(room, 'down').verdict('seat-3'), 'degraded');
  assert.is(room.says('seat-3.2'), 'down');
});

test('a seat of which only the phone is watched is unknown without an alarm', () => {
  const room = tell(new Room([subject('seat-3', 'terminal', [phone('seat-3')])]), 'unknown');
  assert.is(room.verdict('seat-3'), 'unknown');
  assert.not.ok(room.conditions().some((one) => one.endsWith(' active')));
});

test.run();
