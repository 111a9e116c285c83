/** Control out to the switch: permission, rate, interlock, pulse, read-back, serial strings, restart. */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type {
  Control,
  ControlOutcome,
  RelayControl,
  SendOutcome,
  SerialControl,
} from '../../../src/model/control.ts';
import type { Actor, Command } from '../../../src/model/event.ts';
import type { Effect, Notice } from '../../../src/model/effect.ts';
import { conditions } from '../../../src/core/control/conditions.ts';
import type { ControlEvent } from '../../../src/core/control/step.ts';
import { step } from '../../../src/core/control/step.ts';
import type { SavedControls } from '../../../src/core/control/state.ts';
import { check, initial, outputs, readSaved, saved, views } from '../../../src/core/control/state.ts';
import { monoMs } from '../../../src/model/units.ts';
import { text } from '../../../src/model/text.ts';
import '../../seeded.ts';

const relay = (id: string, more: Partial<RelayControl> = {}): RelayControl => ({
  ...{ id, name: text(id, id), kind: 'relay', output: `${id}-out`, mode: 'hold', pulseMs: 500 },
  ...{ interlock: [], atMost: { count: 3, perMs: 600_000 }, allowFromCentre: false },
  ...more,
});
const wired = (withinMs = 1000): Pick<RelayControl, 'readBack'> => ({
  readBack: { point: 'lit', restsClosed: false, withinMs },
});
const reset: SerialControl = {
  ...{ id: 'reset', name: text('reset', 'reset'), kind: 'serial', bus: 'smdr', send: '\x02RESET {port}\r' },
  ...{ values: { port: ['1', '2'] }, expect: 'OK', withinMs: 2000 },
  ...{ atMost: { count: 3, perMs: 600_000 }, allowFromCentre: false },
};
const li: Actor = { via: 'panel', name: 'Li' };
type Sent = Extract<Effect, { kind: 'control-send' }>;
type Audit = Extract<Notice, { kind: 'control' }>;

class Desk {
  state;
  at = 1000;
  orders = 0;
  saves = 0;
  readonly sent: Sent[] = [];
  readonly audit: Audit[] = [];
  readonly answers: { readonly id: string; readonly accepted: boolean; readonly en: string }[] = [];

  constructor(controls: readonly Control[], kept: SavedControls = {}) {
    this.state = initial(controls, kept, { now: monoMs(this.at), savedAt: monoMs(this.at) });
  }
  tell(event: ControlEvent): this {
    const { state, effects } = step(this.state, event);
    this.state = state;
    assert.equal(check(state), []);
    for (const effect of effects) {
      if (effect.kind === 'control-send') this.sent.push(effect);
      if (effect.kind === 'save') this.saves++;
      if (effect.kind !== 'notice') continue;
      const { notice } = effect;
      if (notice.kind === 'control') this.audit.push(notice);
      if (notice.kind === 'command')
        this.answers.push({ id: notice.id, accepted: notice.accepted, en: notice.text.en });
    }
    return this;
  }
  order(control: string, more: Partial<Extract<Command, { do: 'control' }>> = {}, by = li): this {
    const command = { do: 'control', control, ...more } as const;
    return this.tell({ kind: 'command', at: monoMs(this.at), id: `o${++this.orders}`, by, command });
  }
  turn(at: number): this {
    this.at = at;
    return this.tell({ kind: 'turn', at: monoMs(at) });
  }
  later(ms: number): this {
    return this.turn(this.at + ms);
  }
  contact(closed: boolean | 'unknown', point = 'lit'): this {
    return this.tell({ kind: 'contact', at: monoMs(this.at), point, closed });
  }
  wire(outcome: SendOutcome, order = this.sent.at(-1)?.order ?? ''): this {
    return this.tell({ kind: 'control-sent', at: monoMs(this.at), control: 'reset', order, outcome });
  }
  get on(): string {
    return Object.entries(outputs(this.state))
      .flatMap(([id, isOn]) => (isOn ? [id] : []))
      .join(' ');
  }
  get alarm(): string {
    return conditions(this.state, monoMs(this.at))
      .map(({ key, state }) => `${key.subject} ${key.type} ${state}`)
      .join(' ');
  }
  get last(): string {
    const { id, accepted, en } = this.answers.at(-1) ?? { id: '', accepted: false, en: '' };
    return `${id} ${accepted ? 'yes' : 'no'}: ${en}`;
  }
  get outcomes(): readonly ControlOutcome[] {
    return this.audit.map(({ outcome }) => outcome);
  }
}

test('what is held stays on until it is ordered off; each order is answered and audited once', () => {
  const desk = new Desk([relay('night')]);
  desk.order('night');
  assert.is(desk.on, 'night-out');
  assert.is(desk.last, 'o1 yes: night (night), on, by Li: done');
  desk.turn(9_000_000);
  assert.is(desk.on, 'night-out');
  desk.order('night', { on: false });
  assert.is(desk.on, '');
  assert.is(desk.last, 'o2 yes: night (night), off, by Li: done');
  assert.equal(
    desk.audit.map(({ control, order, by, did, outcome }) => [control, order, by.name, did, outcome]),
    [
      ['night', 'o1', 'Li', 'on', 'done'],
      ['night', 'o2', 'Li', 'off', 'done'],
    ],
  );
});

test('a pulse ends by itself, to the millisecond, and has no off', () => {
  const desk = new Desk([relay('bell', { mode: 'pulse', pulseMs: 500 })]);
  desk.order('bell');
  assert.is(desk.on, 'bell-out');
  desk.turn(1499);
  assert.is(desk.on, 'bell-out');
  desk.turn(1500);
  assert.is(desk.on, '');
  desk.order('bell', { on: false });
  assert.is(desk.last, 'o2 no: bell (bell), pulse, by Li: refused: a pulse has no off: it ends by itself');
});

test('a second order while the pulse lasts is refused and does not prolong it', () => {
  const desk = new Desk([relay('bell', { mode: 'pulse' })]);
  desk.order('bell').later(400).order('bell');
  assert.match(desk.last, 'o2 no');
  desk.turn(1500);
  assert.is(desk.on, '');
});

test('the centre may only where the room file says so; the panel and the command line may', () => {
  const desk = new Desk([relay('night'), relay('far', { allowFromCentre: true }), reset]);
  const centre: Actor = { via: 'centre', name: 'head office' };
  desk.order('night', {}, centre);
  assert.match(desk.last, 'o1 no: night (night), on, by head office: refused: the room file does not let');
  desk.order('reset', { values: { port: '1' } }, centre);
  assert.match(desk.last, 'o2 no');
  assert.equal(desk.sent, []);
  desk.order('night', { on: false }, centre);
  assert.match(desk.last, 'o3 no');
  desk.order('far', {}, centre);
  assert.is(desk.on, 'far-out');
  desk.order('night', {}, { via: 'cli', name: 'root' });
  assert.is(desk.on, 'night-out far-out');
});

test('orders beyond the rate are refused until the oldest is out of it; off is never refused', () => {
  const desk = new Desk([relay('night', { atMost: { count: 2, perMs: 60_000 } })]);
  desk
    .order('night')
    .later(1000)
    .order('night', { on: false })
    .later(1000)
    .order('night')
    .order('night', { on: false });
  desk.order('night');
  assert.is(desk.last, 'o5 no: night (night), on, by Li: refused: at most 2 in 60 s, 58 s to wait');
  desk.turn(60_999).order('night');
  assert.match(desk.last, 'o6 no');
  desk.turn(61_000).order('night');
  assert.match(desk.last, 'o7 yes');
  desk.order('night', { on: false });
  assert.match(desk.last, 'o8 yes');
});

test('on twice is no fault and no order that counts', () => {
  const desk = new Desk([relay('night', { atMost: { count: 1, perMs: 60_000 } })]);
  desk.order('night').order('night');
  assert.is(desk.last, 'o2 yes: night (night), on, by Li: done: it was on already');
  desk.order('night', { on: false }).order('night', { on: false });
  assert.is(desk.last, 'o4 yes: night (night), off, by Li: done: it was off already');
});

test('of two that may not meet the other is released first, and the break is waited out', () => {
  const desk = new Desk([relay('day', { interlock: ['night'] }), relay('night', { interlock: ['day'] })]);
  desk.order('day').later(1000);
  assert.is(desk.on, 'day-out');
  desk.order('night');
  assert.is(desk.on, '');
  desk.later(99);
  assert.is(desk.on, '');
  desk.later(1);
  assert.is(desk.on, 'night-out');
  assert.match(desk.last, 'o2 yes');
  assert.equal(
    desk.audit.map(({ control, did, by }) => `${control} ${did} ${by.name}`),
    ['day on Li', 'day off Li', 'night on Li'],
  );
});

test('with a read-back the other must be seen released; one that is stuck keeps this one off', () => {
  const day = relay('day', { interlock: ['night'], ...wired(1000) });
  const desk = new Desk([day, relay('night', { interlock: ['day'] })]);
  desk.contact(false).order('day').contact(true).later(1000);
  desk.order('night').later(999);
  assert.is(desk.on, '');
  desk.later(1);
  assert.is(desk.on, '');
  assert.is(
    desk.last,
    'o2 no: night (night), on, by Li: refused: day, which it must not meet, was not seen to be released',
  );
  assert.is(desk.alarm, 'day control.no-read-back active');
  desk.contact(false).order('night');
  assert.is(desk.on, 'night-out');
});

test('an order is refused while one that it must not meet is just pulsing', () => {
  const desk = new Desk([
    relay('a', { mode: 'pulse', interlock: ['b'] }),
    relay('b', { mode: 'pulse', interlock: ['a'] }),
  ]);
  desk.order('a').later(100).order('b');
  assert.is(desk.on, 'a-out');
  assert.match(desk.last, 'o2 no: b (b), pulse, by Li: refused: a, which it must not meet, is just moving');
});

test('the read-back confirms within its time, to the millisecond; else the order is not confirmed and an alarm stands', () => {
  const desk = new Desk([relay('night', wired(1000))]);
  desk.contact(false).order('night').later(999);
  assert.equal(desk.answers, []);
  desk.contact(true);
  assert.is(desk.last, 'o1 yes: night (night), on, by Li: done and confirmed');
  assert.is(desk.alarm, '');
  desk.order('night', { on: false }).later(999);
  assert.is(desk.alarm, '');
  desk.later(1);
  assert.is(
    desk.last,
    'o2 no: night (night), off, by Li: done, but not confirmed: its read-back lit did not show it within 1000 ms',
  );
  assert.is(desk.alarm, 'night control.no-read-back active');
  desk.contact(false);
  assert.is(desk.alarm, '');
});

test('a held relay that falls off by itself alarms, and its read-back ends the alarm', () => {
  const desk = new Desk([relay('night', wired(1000))]);
  desk.contact(false).order('night').contact(true).later(5000);
  desk.contact(false).later(999);
  assert.is(desk.alarm, '');
  desk.later(1);
  assert.is(desk.alarm, 'night control.no-read-back active');
  desk.contact(true);
  assert.is(desk.alarm, '');
});

test('a pulse is shown only by a contact that closes after it began', () => {
  const desk = new Desk([relay('bell', { mode: 'pulse', ...wired(1000) })]);
  desk.contact(true).later(5000).order('bell').later(1000);
  assert.match(desk.last, 'o1 no');
  desk.contact(false).later(5000).order('bell').later(20).contact(true).later(200).contact(false);
  assert.match(desk.last, 'o2 yes: bell (bell), pulse, by Li: done and confirmed');
});

test('a pulse that nothing showed stays an alarm until one is confirmed', () => {
  const desk = new Desk([relay('bell', { mode: 'pulse', ...wired(1000) })]);
  desk.contact(false).order('bell').later(1000).later(60_000);
  assert.is(desk.alarm, 'bell control.no-read-back active');
  desk.order('bell').later(20).contact(true).later(480).contact(false);
  assert.is(desk.alarm, '');
});

test('a read-back that cannot be read confirms nothing and raises nothing', () => {
  const desk = new Desk([relay('night', wired(1000))]);
  desk.contact('unknown').order('night').later(1000);
  assert.match(desk.last, 'its read-back lit cannot be read');
  assert.is(desk.on, 'night-out');
  assert.is(desk.alarm, 'night control.no-read-back unknown');
});

test('off comes through at once, also while an order waits for its read-back', () => {
  const desk = new Desk([relay('night', wired(1000))]);
  desk.contact(false).order('night').later(100).order('night', { on: false });
  assert.is(desk.on, '');
  const answers = desk.answers.map(({ id, accepted }) => `${id} ${accepted}`);
  assert.equal(answers, ['o1 false', 'o2 true']);
});

test('a string is that of the room file, its places filled from the lists of the room file and from nowhere else', () => {
  const desk = new Desk([reset]);
  desk.order('reset', { values: { port: '2' } });
  assert.equal(
    desk.sent.map(({ bus, send, expect, withinMs }) => [bus, send, expect, withinMs]),
    [['smdr', '\x02RESET 2\r', 'OK', 2000]],
  );
  desk.wire({ kind: 'answered', heard: 'OK 2' });
  assert.is(desk.last, 'o1 yes: reset (reset), send, by Li: done and confirmed: came: OK 2');
  for (const values of [{ port: '3' }, { port: '2\rERASE' }, {}, { port: '2', more: 'x' }, { toString: '1' }])
    desk.order('reset', { values });
  assert.is(desk.sent.length, 1);
  assert.is(desk.answers.filter(({ accepted }) => !accepted).length, 5);
});

test('a value is put in once: one that looks like a place stays as it is', () => {
  const tricky = { ...reset, send: '{a}{b}', values: { a: ['$&'], b: ['x'] } };
  const desk = new Desk([tricky]);
  desk.order('reset', { values: { a: '$&', b: 'x' } });
  assert.is(desk.sent[0]?.send, '$&x');
});

test('a string without the right answer is not confirmed, and alarms until a later one is', () => {
  const desk = new Desk([reset]);
  desk.order('reset', { values: { port: '1' } }).wire({ kind: 'other', heard: 'ERR' });
  assert.is(desk.last, 'o1 no: reset (reset), send, by Li: done, but not confirmed: came: ERR');
  assert.is(desk.alarm, 'reset control.no-read-back active');
  desk.order('reset', { values: { port: '1' } }).wire({ kind: 'answered', heard: 'OK' });
  assert.is(desk.alarm, '');
});

test('one string at a time; a wire that tells nothing ends the order all the same, and its late word changes nothing', () => {
  const desk = new Desk([reset]);
  desk.order('reset', { values: { port: '1' } }).order('reset', { values: { port: '1' } });
  assert.match(desk.last, 'o2 no: reset (reset), send, by Li: refused: the order before is not over yet');
  desk.later(2999);
  assert.is(desk.answers.length, 1);
  desk.later(1);
  assert.match(
    desk.last,
    'o1 no: reset (reset), send, by Li: done, but not confirmed: the wire told nothing',
  );
  desk.wire({ kind: 'answered', heard: 'OK' });
  assert.is(desk.answers.length, 2);
});

test('what is not there, and what has no values, is refused', () => {
  const desk = new Desk([relay('night')]);
  desk.order('constructor');
  assert.is(desk.last, 'o1 no: there is no control constructor');
  desk.order('night', { values: { port: '1' } });
  assert.match(desk.last, 'o2 no: night (night), on, by Li: refused: this control takes no values');
});

test('a restart keeps what is held and the rate, and ends a pulse', () => {
  const controls = [
    relay('night', { atMost: { count: 1, perMs: 60_000 } }),
    relay('bell', { mode: 'pulse' }),
  ];
  const before = new Desk(controls);
  before.order('night').order('bell').later(100);
  assert.is(before.on, 'night-out bell-out');
  const kept = readSaved(JSON.parse(JSON.stringify(saved(before.state, monoMs(before.at)))));
  const after = new Desk(controls, kept);
  assert.is(after.on, 'night-out');
  after.order('night', { on: false }).order('night');
  assert.match(after.last, 'at most 1 in 60 s');
});

test('a changed room file: of two held that may not meet now, only the first is held', () => {
  const kept = { day: { on: true, givenAgesMs: [] }, night: { on: true, givenAgesMs: [] } };
  const desk = new Desk(
    [relay('day', { interlock: ['night'] }), relay('night', { interlock: ['day'] })],
    kept,
  );
  assert.is(desk.on, 'day-out');
});

test('rubbish in guard.json is left out', () => {
  assert.equal(readSaved('x'), {});
  assert.equal(readSaved({ a: 1, b: { on: 'yes' }, c: { on: true, givenAgesMs: ['x', 5, null] } }), {
    c: { on: true, givenAgesMs: [5] },
  });
});

test('the page sees what is on, what is under way, and what the read-back shows', () => {
  const desk = new Desk([relay('night', wired()), reset]);
  desk.contact(false);
  const seen = (): string =>
    views(desk.state)
      .map(({ id, on, busy, readBack }) => `${id} ${on} ${busy} ${readBack}`)
      .join(', ');
  assert.is(seen(), 'night false false agrees, reset false false none');
  desk.order('night').order('reset', { values: { port: '1' } });
  assert.is(seen(), 'night true true differs, reset false true none');
});

test('whatever is ordered and whatever the contacts do: interlocked relays never meet, every order is answered once', () => {
  const controls = [
    relay('a', { interlock: ['b', 'c'], ...wired(300), atMost: { count: 60, perMs: 10_000 } }),
    relay('b', { interlock: ['a'], mode: 'pulse', pulseMs: 200, atMost: { count: 60, perMs: 10_000 } }),
    relay('c', { interlock: ['a'], atMost: { count: 4, perMs: 10_000 } }),
  ];
  const act = fc.oneof(
    fc.record({
      kind: fc.constant('order' as const),
      id: fc.constantFrom('a', 'b', 'c'),
      on: fc.constantFrom(true, true, false),
    }),
    fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 400 }) }),
    fc.record({
      kind: fc.constant('contact' as const),
      closed: fc.constantFrom(true, false, 'unknown' as const),
    }),
  );
  fc.assert(
    fc.property(fc.array(act, { maxLength: 60 }), (acts) => {
      const desk = new Desk(controls);
      for (const one of acts) {
        if (one.kind === 'order') desk.order(one.id, { on: one.on });
        else if (one.kind === 'contact') desk.contact(one.closed);
        else desk.later(one.ms);
        const { on } = desk;
        assert.not.ok(on.includes('a-out') && (on.includes('b-out') || on.includes('c-out')), on);
      }
      desk.later(1000).later(1000);
      const answered = desk.answers.map(({ id }) => id).toSorted();
      assert.equal(answered, Array.from({ length: desk.orders }, (_, n) => `o${n + 1}`).toSorted());
      assert.not.ok(desk.on.includes('b-out'));
    }),
  );
});

test.run();
