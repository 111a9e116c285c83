/** Supervised inputs all the way: contact and wire at the virtual card, driver, cards, the events' words, the room's alarms. */
import sinon from 'sinon';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Cards } from '../../src/threads/cards.ts';
import { DrivenTime } from '../../src/sim/driven-time.ts';
import { VirtualCard } from '../../src/sim/card.ts';
import { alarmViews, subjectViews } from '../../src/core/room/views.ts';
import { initial } from '../../src/core/room/state.ts';
import type { RoomState } from '../../src/core/room/state.ts';
import { loadRoom } from '../../src/room/load.ts';
import { makeLineCard } from '../../src/drivers/linecard/line-card.ts';
import { memoryLinkPair } from '../../src/sim/memory-link.ts';
import { monoMs } from '../../src/model/units.ts';
import { obey } from '../../src/sim/orders.ts';
import { roomConfig } from '../../src/core/room/config.ts';
import { step } from '../../src/core/room/step.ts';
import type { LoopFault } from '../../src/model/event.ts';
import { base, upsModels } from '../room-file/base.ts';

const timers = sinon.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
test.after(() => timers.restore());

/** `words`: of three points on inputs 1 to 3 of card-b. */
class Rig {
  readonly time = new DrivenTime();
  readonly told = new Map<string, string>();
  readonly card: VirtualCard;
  state: RoomState;
  readonly #cards: Cards;

  constructor(words: string, evidence = '') {
    const file = base
      .replace('\nlines:\n', `\n${words}\nlines:\n`)
      .replace('{ lines: all }', `{ lines: all }${evidence}`);
    const { room, problems } = loadRoom(file, 'room.yaml', { upsModels });
    assert.ok(room, problems.map(({ message }) => message.en).join('\n'));
    const bus = room.buses.find(({ id }) => id === 'card-b');
    assert.ok(bus?.kind === 'line-card');
    const wire = memoryLinkPair((run) => {
      this.time.after(0, run);
    });
    const { clock, after } = this.time;
    this.card = new VirtualCard({ link: wire.card, clock, after, serialNumber: 'LK8-0001' });
    const driver = makeLineCard({ bus, link: wire.host, clock, after });
    this.#cards = new Cards(room, new Map([['card-b', driver]]), new Map(), clock);
    this.state = initial(roomConfig(room, 'run'), { saved: 'missing', awayMs: 0 }, clock.mono());
    this.card.start();
    this.#cards.start({
      post: (event) => {
        this.state = step(this.state, event).state;
      },
      reported: () => undefined,
      lost: () => undefined,
      bound: () => undefined,
      input: (point, closed, at, fault?: LoopFault) => {
        this.told.set(point.id, `${closed} ${fault ?? '-'}`);
        this.state = step(this.state, {
          kind: 'contact',
          point: point.id,
          closed,
          at,
          ...(fault === undefined ? {} : { fault }),
        }).state;
      },
    });
    this.run(500);
  }

  run(ms: number): void {
    for (let passed = 0; passed < ms; passed += 20) {
      this.#cards.feed('card-b');
      this.time.advance(20);
      timers.tick(20);
      this.state = step(this.state, { kind: 'turn', at: monoMs(this.time.clock.mono()) }).state;
    }
  }

  order(words: string): void {
    assert.is(
      obey(words, this.card, () => undefined),
      'ok',
      words,
    );
    this.run(3_000);
  }

  alarms(point: string): string[] {
    return alarmViews(this.state)
      .filter(({ key, condition }) => key.subject === point && condition !== 'clear')
      .map(({ key }) => key.type)
      .sort();
  }
}

test('a supervised contact: alarm, cut and short are three things, and the cut ends no alarm', () => {
  const rig = new Rig('  leak: { input: card-b/in1, supervised: {}, severity: minor }');
  assert.is(rig.told.get('leak'), 'true -');
  assert.equal(rig.alarms('leak'), []);
  rig.order('input 1 open');
  assert.is(rig.told.get('leak'), 'false -');
  assert.ok(rig.alarms('leak').includes('point.active'));
  rig.order('input 1 cut');
  assert.is(rig.told.get('leak'), 'unknown cut');
  assert.ok(rig.alarms('leak').includes('point.cut'));
  assert.ok(rig.alarms('leak').includes('point.active'), 'nobody has seen it go');
  rig.order('input 1 short');
  assert.is(rig.told.get('leak'), 'unknown short');
  assert.ok(rig.alarms('leak').includes('point.short'));
  rig.order('input 1 closed');
  assert.is(rig.told.get('leak'), 'true -');
});

test('a normally-open contact with resistors of its own', () => {
  const rig = new Rig(
    '  door: { input: card-b/in2, contact: normally-open, supervised: { normal: 4k7, alarm: 2k2 } }',
  );
  assert.is(rig.told.get('door'), 'true -', 'the virtual contact is closed');
  rig.order('input 2 open');
  assert.is(rig.told.get('door'), 'false -');
  rig.order('input 2 cut');
  assert.is(rig.told.get('door'), 'unknown cut');
});

test('as evidence of the PBX a cut wire is unknown, never down, and has its own alarm', () => {
  const rig = new Rig(
    '  pbx-contact: { input: card-b/in1, supervised: {} }',
    '\n      - { point: pbx-contact }',
  );
  const says = (): string | undefined =>
    subjectViews(rig.state)
      .flatMap(({ sources }) => sources)
      .filter(({ domain }) => domain === 'wire')
      .at(-1)?.says;
  rig.order('input 1 cut');
  assert.is(says(), 'unknown');
  assert.ok(rig.alarms('pbx-contact').includes('point.cut'));
  rig.order('input 1 open');
  assert.is(says(), 'down');
});

test('the key reads as turned when its wire is cut, supervised or not', () => {
  const rig = new Rig('  door-key: { input: card-b/in3, role: bypass-key, supervised: {} }');
  rig.order('input 3 cut');
  assert.is(rig.told.get('door-key'), 'false cut');
  assert.ok(rig.state.bypass.key.turned);
});

test('a card that is lost keeps the alarm of the wire, and one that comes back with a sound wire ends it', () => {
  const rig = new Rig('  leak: { input: card-b/in1, supervised: {} }');
  rig.order('input 1 cut');
  rig.card.cut(true);
  rig.run(5_000);
  assert.is(rig.told.get('leak'), 'unknown -');
  assert.equal(rig.state.loopFaults['leak'], { fault: 'cut', isKnown: false });
  assert.ok(rig.alarms('leak').includes('point.cut'));
  rig.card.plant.inputWires[0] = 'sound';
  rig.card.cut(false);
  rig.run(5_000);
  assert.is(rig.told.get('leak'), 'true -');
  assert.equal(rig.state.loopFaults, {});
});

test('an input without resistors is what it was: a cut wire is an open contact', () => {
  const rig = new Rig('  leak: { input: card-b/in1 }');
  rig.order('input 1 cut');
  assert.is(rig.told.get('leak'), 'false -');
});

test.run();
