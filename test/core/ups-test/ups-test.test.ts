/** Battery tests: who may begin one and when, that it is no power cut, and that a power cut in it is one. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Effect } from '../../../src/model/effect.ts';
import type { RoomEventOf } from '../../../src/model/event.ts';
import type { Source, Subject } from '../../../src/model/room.ts';
import type { UpsReading } from '../../../src/model/ups.ts';
import type { SavedUpsTests, UpsTestEvent } from '../../../src/core/ups-test/step.ts';
import {
  conditions,
  duringTest,
  initial,
  readSaved,
  saved,
  step,
  testMsMax,
} from '../../../src/core/ups-test/step.ts';
import { afterCutMs } from '../../../src/core/ups-test/guard.ts';
import type { Circumstances } from '../../../src/core/ups-test/guard.ts';
import { monoMs } from '../../../src/model/units.ts';
import { text } from '../../../src/model/text.ts';

const nut = (id: string, username?: string): Source => ({
  ...{ id, everyMs: 5000, waitMs: 2000, missLimit: 3, label: text('UPS', 'UPS') },
  kind: 'nut',
  domain: 'our-lan',
  weight: 'proof',
  ...{ ups: 'a', host: '10.0.0.9', port: 3493, tls: false },
  ...(username === undefined ? {} : { username, tests: ['quick', 'deep'] }),
});
const ups = (id: string, source: Source): Subject => ({
  ...{ id, kind: 'ups', name: text(id, id), sources: [source], downWhen: 1, dependsOn: [] },
});
const subjects = [ups('a', nut('a.1', 'lk')), ups('b', nut('b.1', 'lk')), ups('c', nut('c.1'))];
const well: UpsReading = {
  onBattery: false,
  onLine: true,
  test: false,
  batteryPercent: 100,
  inputVolts: 230,
};
const around = { isBypassActive: false, isPowerCut: false, maintained: [], percents: {} };

class Desk {
  state;
  at = 1_000_000;
  orders = 0;
  readonly effects: Effect[] = [];
  constructor(kept?: SavedUpsTests) {
    this.state = initial(subjects, kept, monoMs(this.at), monoMs(this.at));
    for (const source of ['a.1', 'b.1', 'c.1']) this.reads(well, source);
  }
  tell(event: UpsTestEvent): this {
    const { state, effects } = step(this.state, event);
    this.state = state;
    this.effects.push(...effects);
    return this;
  }
  reads(reading: UpsReading, source = 'a.1'): this {
    return this.tell(this.evidence(reading, source));
  }
  evidence(values: UpsReading, source = 'a.1'): RoomEventOf<'evidence'> {
    return { kind: 'evidence', at: monoMs(this.at), source, says: 'up', reason: text('', ''), values };
  }
  /** What anybody else sees of this reading. */
  judged(values: UpsReading, source = 'a.1'): boolean | undefined {
    const event = this.evidence(values, source);
    this.tell(event);
    return duringTest(this.state, event).values?.['onBattery'] as boolean | undefined;
  }
  order(
    subject = 'a',
    more: { readonly stop?: boolean; readonly deep?: boolean } = {},
    circumstances: Circumstances = around,
  ): this {
    const command = { do: 'ups-test', subject, ...more } as const;
    const by = { via: 'cli', name: 'Li' } as const;
    const id = `o${++this.orders}`;
    return this.tell({ kind: 'command', at: monoMs(this.at), id, by, command, around: circumstances });
  }
  taken(accepted = true): this {
    const order = this.sent.at(-1)?.order ?? '';
    return this.tell({
      kind: 'ups-test-sent',
      at: monoMs(this.at),
      order,
      accepted,
      reason: text('不', 'no'),
    });
  }
  later(ms: number): this {
    this.at += ms;
    return this.tell({ kind: 'turn', at: monoMs(this.at) });
  }
  get sent(): readonly Extract<Effect, { kind: 'ups-test' }>[] {
    return this.effects.flatMap((effect) => (effect.kind === 'ups-test' ? [effect] : []));
  }
  get last(): string {
    const told = this.effects.flatMap((effect) =>
      effect.kind === 'notice' && 'text' in effect.notice ? [effect.notice] : [],
    );
    const one = told.at(-1);
    return one === undefined
      ? ''
      : `${one.kind === 'command' ? `${one.accepted ? 'yes' : 'no'}: ` : ''}${one.text.en}`;
  }
}

test('a test begins, is no power cut to anybody, and its result is told and kept', () => {
  const desk = new Desk().order().taken();
  assert.is(desk.last, 'yes: battery test of a begun by Li');
  assert.equal(
    desk.sent.map(({ source, what }) => `${source} ${what}`),
    ['a.1 quick'],
  );
  desk.later(2000);
  assert.is(desk.judged({ ...well, onBattery: true, test: true }), false);
  desk.later(8000).reads({ ...well, testPassed: true });
  assert.is(desk.last, 'battery test of a (Li): passed');
  assert.is(desk.state.running, undefined);
  assert.is(desk.judged({ ...well, onBattery: true }), true);
});

test('on battery of another UPS during a test is a power cut', () => {
  const desk = new Desk().order().taken().later(2000);
  assert.is(desk.judged({ ...well, onBattery: true }, 'b.1'), true);
});

test('mains lost in the test, a low battery, on battery without a test or too long: at once as it is', () => {
  const cases: readonly (readonly [string, UpsReading, number])[] = [
    ['there are no mains at its input', { ...well, onBattery: true, test: true, inputVolts: 3 }, 2000],
    ['the battery is low', { ...well, onBattery: true, test: true, lowBattery: true }, 2000],
    ['it is on battery and says that it does not test', { ...well, onBattery: true, test: false }, 15_000],
    ['it is on battery longer than a test', { onBattery: true, test: true }, testMsMax],
  ];
  for (const [why, reading, ms] of cases) {
    const desk = new Desk().order().taken().later(1000);
    desk.judged({ ...well, onBattery: true, test: true });
    desk.at += ms - 1000;
    assert.is(desk.judged(reading), true, why);
    assert.is(desk.last, `battery test of a (Li): aborted: ${why}`);
    assert.is(desk.state.running, undefined);
  }
});

test('a reading of before the UPS set its bit is still the test; its grace ends to the millisecond', () => {
  const desk = new Desk().order().taken();
  desk.at += 14_999;
  assert.is(desk.judged({ ...well, onBattery: true, test: false }), false);
});

test('each reason refuses, and nothing is sent', () => {
  const cases: readonly (readonly [string, (desk: Desk) => unknown])[] = [
    ['there is no such UPS', (desk) => desk.order('x')],
    ['c cannot be tested from here: no way to it carries the order', (desk) => desk.order('c')],
    ['a power cut is going on', (desk) => desk.order('a', {}, { ...around, isPowerCut: true })],
    ['b is in maintenance', (desk) => desk.order('a', {}, { ...around, maintained: ['b'] })],
    ['lines are in bypass', (desk) => desk.order('a', {}, { ...around, isBypassActive: true })],
    ['the UPS is not on mains', (desk) => desk.reads({ ...well, onBattery: undefined } as never).order()],
    ['the UPS is on bypass or off', (desk) => desk.reads({ ...well, bypass: true }).order()],
    [
      'the battery is low or must be replaced',
      (desk) => desk.reads({ ...well, replaceBattery: true }).order(),
    ],
    ['the UPS is testing already', (desk) => desk.reads({ ...well, test: true }).order()],
    ['its charge is 89 %, it must be 90 %', (desk) => desk.reads({ ...well, batteryPercent: 89 }).order()],
    ['its charge is not known', (desk) => desk.reads({ onBattery: false }).order()],
    ['there is no fresh reading of the UPS', (desk) => ((desk.at += 30_001), desk.order())],
  ];
  for (const [why, act] of cases) {
    const desk = new Desk();
    act(desk);
    assert.is(desk.last, `no: ${why}`);
    assert.equal(desk.sent, []);
  }
  const centre = new Desk();
  const command = { do: 'ups-test', subject: 'a' } as const;
  centre.tell({
    kind: 'command',
    at: monoMs(centre.at),
    id: 'x',
    by: { via: 'centre', name: '' },
    command,
    around,
  });
  assert.is(centre.last, 'no: a battery test is ordered on site only');
});

test('90 % is enough, told or estimated', () => {
  assert.is(new Desk().reads({ ...well, batteryPercent: 90 }).order().sent.length, 1);
  assert.is(
    new Desk().reads({ onBattery: false }).order('a', {}, { ...around, percents: { 'a.1': 95 } }).sent.length,
    1,
  );
});

test('for a day after a power cut no battery is tested, of no UPS, over a restart too', () => {
  const desk = new Desk().reads({ ...well, onBattery: true }, 'b.1').reads(well, 'b.1');
  desk.at += afterCutMs - 1;
  desk.reads(well).order();
  assert.is(desk.last, 'no: the mains were lost within 24 h: the battery must recover first');
  const kept = readSaved(JSON.parse(JSON.stringify(saved(desk.state, monoMs(desk.at)))));
  const after = new Desk(kept);
  assert.is(after.order().sent.length, 0);
  after.at += 1;
  assert.is(after.order().sent.length, 1);
});

test('one UPS at a time', () => {
  const desk = new Desk().order().taken().order('b');
  assert.is(desk.last, 'no: a is being tested: one at a time');
});

test('a UPS that does not take the order, or says nothing, is not tested, and its readings count as they are', () => {
  const refused = new Desk().order().taken(false);
  assert.is(refused.last, 'no: no');
  assert.is(refused.judged({ ...well, onBattery: true }), true);
  const silent = new Desk().order().later(15_000);
  assert.is(silent.last, 'no: the UPS did not answer the order');
  assert.is(silent.judged({ ...well, onBattery: true }), true);
});

test('a test that never shows is over after a minute without a result, and nothing is hidden any more', () => {
  const desk = new Desk().order().taken();
  for (let n = 0; n < 60; n++) desk.later(1000).reads(well);
  assert.is(desk.last, 'battery test of a (Li): over, the UPS tells no result: the UPS showed no test');
});

test('a failed test is an alarm until one is passed; what was broken off changes nothing', () => {
  const desk = new Desk()
    .order()
    .taken()
    .later(1000)
    .reads({ ...well, test: true })
    .later(9000);
  desk.reads({ ...well, testFailed: true });
  const alarms = (): readonly string[] =>
    conditions(desk.state, monoMs(desk.at)).map(({ key }) => `${key.subject} ${key.type}`);
  assert.equal(alarms(), ['a ups.test-failed']);
  const kept = new Desk(readSaved(JSON.parse(JSON.stringify(saved(desk.state, monoMs(desk.at))))));
  assert.is(conditions(kept.state, monoMs(kept.at)).length, 1);
  desk
    .order()
    .taken()
    .later(1000)
    .reads({ ...well, test: true })
    .order('a', { stop: true });
  assert.is(desk.last, 'yes: test of a stopped by Li');
  assert.is(desk.sent.at(-1)?.what, 'stop');
  assert.equal(alarms(), ['a ups.test-failed']);
  desk
    .reads(well)
    .order()
    .taken()
    .later(1000)
    .reads({ ...well, test: true })
    .later(9000)
    .reads({ ...well, testPassed: true });
  assert.equal(alarms(), []);
});

test('the moment on battery after a stop is the test too; longer it is a power cut', () => {
  const stopped = (): Desk =>
    new Desk()
      .order()
      .taken()
      .later(1000)
      .reads({ ...well, onBattery: true, test: true })
      .order('a', { stop: true });
  const well2 = stopped();
  well2.at += 2000;
  assert.is(well2.judged({ ...well, onBattery: true, test: true }), false);
  well2.reads(well);
  assert.is(well2.last, 'battery test of a (Li): aborted: stopped by Li');
  assert.is(well2.state.cutAt, undefined);
  const cut = stopped();
  cut.at += 15_000;
  assert.is(cut.judged({ onBattery: true }), true);
  assert.is(cut.last, 'battery test of a (Li): aborted: it is on battery though the test was stopped');
  const silent = stopped().later(30_000);
  assert.is(silent.state.running, undefined);
});

test('a deep test needs to see the mains and the charge, and is ended by us at half the charge or after half an hour', () => {
  const refused = (reading: UpsReading): string => new Desk().reads(reading).order('a', { deep: true }).last;
  assert.is(
    refused({ onBattery: false, batteryPercent: 100 }),
    'no: a deep test needs a UPS that tells its input volts: a power cut in the test would not be seen',
  );
  const told = new Desk().reads({ onBattery: false, inputVolts: 230 });
  told.order('a', { deep: true }, { ...around, percents: { 'a.1': 100 } });
  assert.is(told.last, 'no: a deep test needs a UPS that tells its charge');
  const testing = { ...well, onBattery: true, test: true };
  const byCharge = new Desk().order('a', { deep: true }).taken();
  assert.is(byCharge.last, 'yes: deep battery test of a begun by Li');
  assert.is(byCharge.sent.at(-1)?.what, 'deep');
  byCharge.later(2000).reads(testing).later(598_000);
  assert.is(byCharge.judged({ ...testing, batteryPercent: 51 }), false);
  assert.is(byCharge.sent.length, 1);
  byCharge.later(5000).reads({ ...testing, batteryPercent: 50 });
  assert.is(byCharge.sent.at(-1)?.what, 'stop');
  byCharge.later(5000).reads({ ...well, batteryPercent: 50 });
  assert.is(
    byCharge.last,
    'deep battery test of a (Li): over as planned, the battery carried the load for 10 min and has 50 % left',
  );
  const byTime = new Desk().order('a', { deep: true }).taken();
  for (let n = 0; n < 361; n++) byTime.later(5000).reads({ ...testing, batteryPercent: 90 });
  assert.equal(
    byTime.sent.map(({ what }) => what),
    ['deep', 'stop'],
  );
});

test('mains lost in a deep test: at once a power cut', () => {
  const desk = new Desk()
    .order('a', { deep: true })
    .taken()
    .reads({ ...well, test: true });
  desk.later(600_000);
  assert.is(desk.judged({ ...well, onBattery: true, test: true, inputVolts: 0 }), true);
});

test('what is not running cannot be stopped; rubbish in guard.json is left out', () => {
  assert.is(new Desk().order('a', { stop: true }).last, 'no: no test of a is running');
  assert.equal(readSaved({ cutAgeMs: 'x', tested: { a: { ageMs: 1, result: 'y' }, b: 3 } }), { tested: {} });
});

test.run();
