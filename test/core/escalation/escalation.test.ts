/** Who is told of what nobody acknowledges, when, how often, and when it ends. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { EscalationSettings, Sounding } from '../../../src/model/escalation.ts';
import type { Effect } from '../../../src/model/effect.ts';
import { monoMs } from '../../../src/model/units.ts';
import { text } from '../../../src/model/text.ts';
import type { EscalationState, SavedEscalation } from '../../../src/core/escalation/step.ts';
import * as escalation from '../../../src/core/escalation/step.ts';

const minute = 60_000;
const settings: EscalationSettings = {
  severities: ['critical', 'major'],
  stopsOn: 'acknowledge-or-clear',
  levels: [
    { afterMs: 2 * minute, repeatMs: 5 * minute, who: ['desk'] },
    { afterMs: 20 * minute, repeatMs: 10 * minute, who: ['desk', 'lead'] },
  ],
  people: [
    { id: 'desk', name: text('值班台', 'desk'), tell: ['phone 8001'] },
    { id: 'lead', name: text('李', 'Li'), tell: ['SMS 138'] },
  ],
};
const alarm = (id: string, more: Partial<Sounding> = {}): Sounding => ({
  ...{ id, severity: 'critical', stands: true, isInFlood: false },
  ...more,
});

class Desk {
  at: number;
  state: EscalationState;
  effects: Effect[] = [];
  #sounding: readonly Sounding[] = [];
  constructor(own: EscalationSettings = settings, saved: readonly SavedEscalation[] = [], at = 1_000_000) {
    this.at = at;
    this.state = escalation.initial(own, saved, monoMs(at));
  }
  hear(...sounding: readonly Sounding[]): this {
    this.#sounding = sounding;
    return this.wait(0);
  }
  /** By seconds, as the turns of a room come. */
  wait(ms: number): this {
    const end = this.at + ms;
    for (;;) {
      const event = { kind: 'alarms', sounding: this.#sounding, at: monoMs(this.at) } as const;
      const { state, effects } = escalation.step(this.state, event, (id) => ({
        ...{ id, severity: 'critical', what: text('坏了', 'broken'), action: text('修', 'repair') },
      }));
      this.state = state;
      this.effects.push(...effects);
      if (this.at >= end) return this;
      this.at = Math.min(end, this.at + 1000);
    }
  }
  /** `minute: level.times ids`, since it was asked last. */
  told(): string[] {
    const told = this.effects.flatMap((one) =>
      one.kind === 'escalate'
        ? [
            `${(one.at - 1_000_000) / minute}: ${one.level}.${one.times} ${one.alarms.map(({ id }) => id).join(' ')}`,
          ]
        : [],
    );
    this.effects = [];
    return told;
  }
}

test('nobody acknowledges: the desk after 2 min and every 5, the lead too after 20 and every 10', () => {
  assert.equal(
    new Desk()
      .hear(alarm('a'))
      .wait(41 * minute)
      .told(),
    ['2: 1.1 a', '7: 1.2 a', '12: 1.3 a', '17: 1.4 a', '20: 2.1 a', '30: 2.2 a', '40: 2.3 a'],
  );
});

test('acknowledged, shelved or out of service: nobody is told any more, and what sounds anew begins anew', () => {
  const desk = new Desk()
    .hear(alarm('a'))
    .wait(10 * minute)
    .hear();
  desk.told();
  assert.equal(desk.wait(60 * minute).told(), []);
  assert.is(desk.state.running.size, 0);
  desk.hear(alarm('a')).wait(2 * minute);
  assert.equal(desk.told(), ['72: 1.1 a']);
});

test('what is over is not told, and what chatters reaches the last level all the same', () => {
  const desk = new Desk()
    .hear(alarm('a'))
    .wait(minute)
    .hear(alarm('a', { stands: false }))
    .wait(25 * minute);
  assert.equal(desk.told(), []);
  assert.equal(desk.hear(alarm('a')).told(), ['26: 2.1 a']);
});

test('where only acknowledging ends it, what is over is told on', () => {
  const desk = new Desk({ ...settings, stopsOn: 'acknowledge' }).hear(alarm('a', { stands: false }));
  assert.equal(desk.wait(7 * minute).told(), ['2: 1.1 a', '7: 1.2 a']);
});

test('alarms that are due together are told together; more than ten are counted', () => {
  const desk = new Desk().hear(...Array.from({ length: 25 }, (_, n) => alarm(`a${n}`)));
  desk.wait(2 * minute);
  const [one] = desk.effects.filter(({ kind }) => kind === 'escalate');
  assert.is(one?.kind === 'escalate' ? `${one.count} ${one.alarms.length}` : '', '25 10');
});

test('repeats that would soon come go with what is due', () => {
  const desk = new Desk()
    .hear(alarm('a'))
    .wait(2 * minute)
    .hear(alarm('a'), alarm('b'))
    .wait(9 * minute);
  assert.equal(desk.told(), ['2: 1.1 a', '4: 1.1 b', '7: 1.2 a b']);
});

test('milder alarms are not told, until they grow worse', () => {
  const desk = new Desk().hear(alarm('a', { severity: 'minor' })).wait(30 * minute);
  assert.equal(desk.told(), []);
  assert.equal(
    desk
      .hear(alarm('a', { severity: 'major' }))
      .wait(2 * minute)
      .told(),
    ['32: 1.1 a'],
  );
});

test('in a flood only what is critical and the flood itself are told; what began before goes on', () => {
  const desk = new Desk().hear(alarm('before', { severity: 'major' })).wait(minute);
  const inFlood = alarm('in', { severity: 'major', isInFlood: true });
  desk.hear(alarm('before', { severity: 'major', isInFlood: true }), inFlood).wait(10 * minute);
  assert.equal(desk.told(), ['2: 1.1 before', '7: 1.2 before']);
  // When the flood is over, what nobody has acknowledged begins.
  desk.hear(alarm('in', { severity: 'major' })).wait(2 * minute);
  assert.equal(desk.told(), ['13: 1.1 in']);
});

test('a restart goes on where it was; what fell due meanwhile is told at once, at the highest level', () => {
  const before = new Desk().hear(alarm('a')).wait(10 * minute);
  const saved = escalation.saved(before.state, monoMs(before.at));
  assert.equal(escalation.readSaved(JSON.parse(JSON.stringify(saved))), saved);
  const soon = new Desk(settings, saved, 1_000_000).hear(alarm('a'));
  assert.equal(soon.told(), []);
  assert.equal(soon.wait(2 * minute).told(), ['2: 1.3 a']);
  const late = new Desk(settings, saved, 1_000_000);
  late.at += 15 * minute;
  assert.equal(late.hear(alarm('a')).told(), ['15: 2.1 a']);
  const acked = new Desk(settings, saved, 1_000_000).hear().wait(30 * minute);
  assert.equal(acked.told(), [], 'acknowledged before the restart was saved');
});

test('what somebody wrote into guard.json is left out where it is not right', () => {
  const good = { alarm: 'a', severity: 'major', agoMs: 5, level: 1, times: 2, nextInMs: 7 };
  const bad = [null, 7, {}, { ...good, severity: 'x' }, { ...good, level: -1 }, { ...good, times: 0.5 }];
  assert.equal(escalation.readSaved([...bad, { ...good, agoMs: '5' }, good]), [good]);
  assert.equal(escalation.readSaved({ alarms: [] }), []);
});

test('a room file without escalation tells nobody', () => {
  const state = escalation.initial(undefined, [], monoMs(0));
  const { effects } = escalation.step(
    state,
    { kind: 'alarms', sounding: [alarm('a')], at: monoMs(1e9) },
    () => undefined,
  );
  assert.equal(effects, []);
});

test.run();
