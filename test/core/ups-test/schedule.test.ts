/** Battery tests by schedule: when one is due, that it never begins on battery, and that it is missed when it never comes. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Circumstances } from '../../../src/core/ups-test/guard.ts';
import type { Effect } from '../../../src/model/effect.ts';
import type { Source, Subject } from '../../../src/model/room.ts';
import type { UpsReading } from '../../../src/model/ups.ts';
import type { SavedUpsTests, UpsTestEvent } from '../../../src/core/ups-test/step.ts';
import { conditions, hasOpenHour, initial, readSaved, saved, step } from '../../../src/core/ups-test/step.ts';
import { monoMs } from '../../../src/model/units.ts';
import { text } from '../../../src/model/text.ts';

const minuteMs = 60_000;
const hourMs = 3_600_000;
const dayMs = 86_400_000;
const source = (id: string): Source => ({
  ...{ id, everyMs: 5000, waitMs: 2000, missLimit: 3, label: text('UPS', 'UPS') },
  ...{ kind: 'megatec', domain: 'our-lan', weight: 'proof', bus: 'wire', tests: ['quick'] },
});
const ups = (id: string): Subject => ({
  ...{ id, kind: 'ups', name: text(id, id), sources: [source(`${id}.1`)], downWhen: 1, dependsOn: [] },
  test: { everyMs: 30 * dayMs, atMinute: 180, what: 'quick' },
});
const well: UpsReading = { onBattery: false, test: false, batteryPercent: 100 };
const calm: Circumstances = { isBypassActive: false, isPowerCut: false, maintained: [], percents: {} };

class Room {
  state;
  at = 1_000_000;
  around = calm;
  reading = well;
  readonly effects: Effect[] = [];
  readonly subjects: readonly Subject[];
  constructor(kept?: SavedUpsTests, subjects = [ups('a')]) {
    this.subjects = subjects;
    this.state = initial(subjects, kept, monoMs(this.at), monoMs(this.at));
  }
  tell(event: UpsTestEvent): void {
    const { state, effects } = step(this.state, event);
    this.state = state;
    this.effects.push(...effects);
    for (const effect of effects)
      if (effect.kind === 'ups-test' && this.answers)
        this.tell({
          ...{ kind: 'ups-test-sent', at: monoMs(this.at), order: effect.order },
          ...{ accepted: this.takes, reason: text('不会', 'it knows no T') },
        });
  }
  answers = true;
  takes = true;
  reads(reading = this.reading, only?: string): void {
    for (const { id } of this.subjects.filter((one) => only === undefined || one.id === only))
      this.tell({
        ...{ kind: 'evidence', at: monoMs(this.at), source: `${id}.1`, says: 'up', reason: text('', '') },
        values: reading,
      });
  }
  turn(): void {
    const around = hasOpenHour(this.state) ? { around: this.around } : {};
    this.tell({ kind: 'turn', at: monoMs(this.at), ...around });
  }
  /** The hour of this day, looked at every minute; the test lasts a minute and its result is `passed`. */
  hour(isOpenTo = hourMs): this {
    const until = monoMs(this.at + isOpenTo);
    for (const { id: subject } of this.subjects)
      this.tell({ kind: 'ups-test-hour', at: monoMs(this.at), subject, until });
    for (const endAt = this.at + isOpenTo; this.at < endAt; this.at += minuteMs) {
      this.reads();
      this.turn();
      const tested = this.state.running?.subject;
      if (tested !== undefined && this.answers) {
        this.reads({ ...this.reading, onBattery: true, test: true }, tested);
        this.at += 10_000;
        this.reads({ ...this.reading, testPassed: true }, tested);
        this.at -= 10_000;
      }
    }
    for (const { id: subject } of this.subjects)
      this.tell({ kind: 'ups-test-hour', at: monoMs(this.at), subject });
    return this;
  }
  /** To the same time of so many days later. */
  days(number: number): this {
    this.at += number * dayMs - hourMs;
    return this;
  }
  get sent(): number {
    return this.effects.filter(({ kind }) => kind === 'ups-test').length;
  }
  get last(): string {
    const told = this.effects.flatMap((effect) =>
      effect.kind === 'notice' && 'text' in effect.notice ? [effect.notice.text.en] : [],
    );
    return told.at(-1) ?? '';
  }
  get alarms(): readonly string[] {
    return conditions(this.state, monoMs(this.at)).map(({ key, detail }) => `${key.type} ${detail.en}`);
  }
  restarted(): Room {
    const kept = readSaved(JSON.parse(JSON.stringify(saved(this.state, monoMs(this.at)))));
    return new Room(kept, [...this.subjects]);
  }
}

test('the first is due in the first hour, the next after the interval, at the same time of day', () => {
  const room = new Room().hour();
  assert.is(room.sent, 1);
  assert.is(room.last, 'battery test of a (schedule): passed');
  for (let day = 1; day < 30; day++) room.days(1).hour();
  assert.is(room.sent, 1);
  room.days(1).hour();
  assert.is(room.sent, 2);
});

test('out of its hour nothing begins', () => {
  const room = new Room();
  for (let n = 0; n < 1000; n++) {
    room.at += minuteMs;
    room.reads();
    room.turn();
  }
  assert.is(room.sent, 0);
});

test('a clock that is set opens the hour again and again: one order in half an interval', () => {
  const room = new Room();
  room.answers = false;
  for (let day = 0; day < 15; day++) room.hour().days(1);
  assert.is(room.sent, 1, 'the order that was not answered counts');
  room.hour();
  assert.is(room.sent, 2);
  const done = new Room().hour();
  for (let n = 0; n < 50; n++) done.hour();
  assert.is(done.sent, 1);
});

test('it never begins on battery, in a power cut or a day after, in bypass, with maintenance, or with a battery that is not full', () => {
  const cases: readonly (readonly [string, (room: Room) => void])[] = [
    [
      'the mains were lost within 24 h: the battery must recover first',
      (room) => room.reads({ ...well, onBattery: true }),
    ],
    ['the UPS is not on mains', (room) => (room.reading = { test: false, batteryPercent: 100 })],
    ['a power cut is going on', (room) => (room.around = { ...calm, isPowerCut: true })],
    ['lines are in bypass', (room) => (room.around = { ...calm, isBypassActive: true })],
    ['b is in maintenance', (room) => (room.around = { ...calm, maintained: ['b'] })],
    ['a is in maintenance', (room) => (room.around = { ...calm, maintained: ['a'] })],
    ['its charge is 89 %, it must be 90 %', (room) => (room.reading = { ...well, batteryPercent: 89 })],
    ['the UPS is on bypass or off', (room) => (room.reading = { ...well, bypass: true })],
  ];
  for (const [why, make] of cases) {
    const room = new Room(undefined, [ups('a'), { ...ups('b'), test: undefined } as never]);
    make(room);
    room.hour();
    assert.is(room.sent, 0, why);
    assert.is(room.last, `scheduled battery test of a not begun: ${why}`);
    const told = room.effects.filter(({ kind }) => kind === 'notice');
    assert.is(told.length, 1, 'told once an hour');
  }
});

test('on battery all through the hour: no order', () => {
  const room = new Room();
  room.reading = { ...well, onBattery: true };
  room.hour();
  assert.is(room.sent, 0);
});

test('what is in the way goes, and the test begins in the same hour; else the next day', () => {
  const room = new Room();
  room.reading = { ...well, batteryPercent: 80 };
  room.hour(30 * minuteMs);
  room.reading = well;
  room.hour(30 * minuteMs);
  assert.is(room.sent, 1);
  const later = new Room();
  later.around = { ...calm, isBypassActive: true };
  later.hour();
  later.around = calm;
  later.days(1).hour();
  assert.is(later.sent, 1);
});

test('a UPS that does not take the order is asked again the next day, not in the same hour', () => {
  const room = new Room();
  room.takes = false;
  room.hour();
  assert.is(room.sent, 1);
  assert.is(room.last, 'scheduled battery test of a not begun: it knows no T');
  room.days(1).hour();
  assert.is(room.sent, 2);
});

test('two in one hour: one after the other', () => {
  const room = new Room(undefined, [ups('a'), ups('b')]).hour();
  assert.is(room.sent, 2);
});

test('a restart keeps when it was tested, and when an order went out', () => {
  const room = new Room().hour().days(1).restarted().hour();
  assert.is(room.sent, 0);
  room.days(29).hour();
  assert.is(room.sent, 1);
});

test('twice the interval without a test is an alarm, over restarts too, until one is done by whomever', () => {
  const room = new Room();
  room.at += 60 * dayMs - 1;
  assert.equal(room.alarms, []);
  room.at += 1;
  assert.equal(room.alarms, ['ups.test-overdue not tested in 60 d']);
  const again = room.restarted();
  assert.equal(again.alarms, ['ups.test-overdue not tested in 60 d']);
  again.hour();
  assert.equal(again.alarms, []);
  again.at += 61 * dayMs;
  assert.equal(again.alarms, ['ups.test-overdue last tested 61 d ago']);
  again.reads();
  again.tell({
    ...{ kind: 'command', at: monoMs(again.at), id: 'o', by: { via: 'cli', name: 'Li' }, around: calm },
    command: { do: 'ups-test', subject: 'a' },
  });
  again.reads({ ...well, test: true });
  again.reads({ ...well, testPassed: true });
  assert.equal(again.alarms, []);
});

test('a test that was broken off is none: tried again after half the interval', () => {
  const room = new Room();
  const until = monoMs(room.at + hourMs);
  room.tell({ kind: 'ups-test-hour', at: monoMs(room.at), subject: 'a', until });
  room.reads();
  room.turn();
  room.reads({ ...well, onBattery: true, test: true, lowBattery: true });
  assert.is(room.last, 'battery test of a (schedule): aborted: the battery is low');
  room.at += hourMs;
  room.turn();
  for (let day = 1; day <= 14; day++) room.days(1).hour();
  assert.is(room.sent, 1);
  room.days(1).hour();
  assert.is(room.sent, 2);
});

test('rubbish in guard.json is left out', () => {
  const kept = readSaved({
    tested: {},
    plans: { a: { ageMs: 'x', isTested: true }, b: 3, c: { ageMs: 1, isTested: false } },
  });
  assert.equal(kept.plans, { c: { ageMs: 1, isTested: false } });
});

test.run();
