/** Trunks and seat phones all the way: exchange and phone at the virtual card, wire, driver, cards, core, relays, alarms. */
import sinon from 'sinon';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Cards } from '../../src/threads/cards.ts';
import { DrivenTime } from '../../src/sim/driven-time.ts';
import { VirtualCard } from '../../src/sim/card.ts';
import { alarmViews, subjectViews } from '../../src/core/room/views.ts';
import { initial, saved } from '../../src/core/room/state.ts';
import type { RoomState, SavedRoom } from '../../src/core/room/state.ts';
import { loadRoom } from '../../src/room/load.ts';
import { makeLineCard } from '../../src/drivers/linecard/line-card.ts';
import { memoryLinkPair } from '../../src/sim/memory-link.ts';
import { obey } from '../../src/sim/orders.ts';
import { outputs, step } from '../../src/core/room/step.ts';
import { roomConfig } from '../../src/core/room/config.ts';
import type { Command, RoomEvent } from '../../src/model/event.ts';
import { text } from '../../src/model/text.ts';
import { base, upsModels } from '../room-file/base.ts';

const timers = sinon.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
test.after(() => timers.restore());

type Unstamped<T> = T extends unknown ? Omit<T, 'at'> : never;

/** Line L05 of the sound room, on channel 1 of card-b. */
class Rig {
  readonly time = new DrivenTime();
  readonly card: VirtualCard;
  state: RoomState;
  saves = 0;
  readonly #cards: Cards;

  constructor({ words = base, before }: { readonly words?: string; readonly before?: SavedRoom } = {}) {
    const { room, problems } = loadRoom(words, 'room.yaml', { upsModels });
    assert.ok(room, problems.map(({ message }) => message.en).join('\n'));
    const bus = room.buses.find(({ id }) => id === 'card-b');
    assert.ok(bus?.kind === 'line-card');
    const wire = memoryLinkPair((run) => {
      this.time.after(0, run);
    });
    const { clock, after } = this.time;
    this.card = new VirtualCard({ link: wire.card, clock, after, serialNumber: 'LK8-0001', lines: 1 });
    const driver = makeLineCard({ bus, link: wire.host, clock, after });
    this.#cards = new Cards(room, new Map([['card-b', driver]]), new Map(), clock);
    const at = clock.mono();
    this.state = initial(roomConfig(room, 'run'), { saved: before ?? 'first-power-on', awayMs: 0 }, at);
    this.card.start();
    this.#cards.start({
      post: (event) => this.#take(event),
      reported: () => undefined,
      lost: () => undefined,
      bound: () => undefined,
      input: () => undefined,
    });
    this.run(500);
  }

  tell(event: Unstamped<RoomEvent>): void {
    this.#take({ ...event, at: this.time.clock.mono() });
  }
  bypass(): void {
    this.#command({ do: 'bypass', mode: 'now' });
    this.run(500);
    assert.is(this.contact, 'bypass');
  }
  restore(): void {
    this.#command({ do: 'restore' });
    for (let seconds = 0; this.contact !== 'normal' && seconds < 300; seconds++) this.run(1_000);
    assert.is(this.contact, 'normal');
    this.run(2_000);
  }
  get contact(): string {
    return this.card.plant.line(1).relay.contact(this.card.plant.now);
  }

  run(ms: number): void {
    for (let passed = 0; passed < ms; passed += 20) {
      this.#cards.drive(outputs(this.state));
      this.#cards.feed('card-b');
      this.time.advance(20);
      timers.tick(20);
      this.tell({ kind: 'turn' });
    }
  }

  order(words: string): void {
    assert.is(
      obey(words, this.card, () => undefined),
      'ok',
      words,
    );
  }

  /** Alarms of the line that stand. */
  get alarms(): string[] {
    return this.alarmsOf('L05');
  }
  alarmsOf(subject: string): string[] {
    return alarmViews(this.state)
      .filter(({ key, condition }) => key.subject === subject && condition === 'active')
      .map(({ key, what }) => `${key.type}: ${what.en.split(': ')[1] ?? ''}`)
      .filter((one) => /^(line\.reversed|terminal|subject\.)/.test(one));
  }

  /** The PC of the seat answers, or does not. */
  pc(says: 'up' | 'down'): void {
    const reason = text(says, says);
    for (let n = 0; n < 3; n++) {
      this.tell({ kind: 'evidence', source: 'seat-5.1', says, reason });
      this.run(5_000);
    }
  }
  get seat(): string {
    const view = subjectViews(this.state).find(({ id }) => id === 'seat-5');
    return `${view?.verdict}: ${view?.sources[1]?.says} (${view?.sources[1]?.reason.en})`;
  }
  #command(command: Command): void {
    this.tell({
      kind: 'command',
      id: `at ${this.time.clock.mono()}`,
      by: { via: 'panel', name: 'test' },
      command,
    });
  }

  #take(event: RoomEvent): void {
    const { state, effects } = step(this.state, event);
    this.state = state;
    this.saves += effects.filter(({ kind }) => kind === 'save').length;
  }
}

test('a trunk that somebody swapped at the frame: learned, kept over a restart, told by its number, ended when put right', () => {
  const rig = new Rig();
  rig.run(61_000);
  assert.equal(saved(rig.state).polarities, { L05: 1 });
  assert.ok(rig.saves > 0);
  const again = new Rig({ before: saved(rig.state) });
  again.order('trunk 1 turn');
  again.run(35_000);
  assert.equal(again.alarms, ['line.reversed: trunk 020-5']);
  again.order('trunk 1 straight');
  again.run(5_000);
  assert.equal(again.alarms, []);
});

test('an outgoing call whose answer turns the polarity is no fault', () => {
  const rig = new Rig();
  rig.run(61_000);
  rig.bypass();
  rig.order('reversal 1 on');
  rig.order('call out 1 digits 12 answer 2 talk 60');
  rig.run(90_000);
  assert.equal(rig.alarms, []);
});

test('the polarity of the room file stands above what is seen', () => {
  const rig = new Rig({ words: base.replace('phone: "8005" }', 'phone: "8005", polarity: negative }') });
  rig.run(35_000);
  assert.equal(rig.alarms, ['line.reversed: trunk 020-5']);
});

test('a seat phone left off hook in bypass is told by its number, and hanging it up ends it', () => {
  const rig = new Rig({ words: base.replace('phone: "8005" }', 'phone: "8005", phone-off-hook: 1m }') });
  rig.bypass();
  rig.run(10_000);
  rig.order('phone 1 lift');
  rig.run(55_000);
  assert.equal(rig.alarms, []);
  rig.run(10_000);
  assert.equal(rig.alarms, ['terminal.phone-off-hook: hang up phone 8005']);
  rig.order('phone 1 hang-up');
  rig.run(5_000);
  assert.equal(rig.alarms, []);
});

test('a handset that lay off when the lines went over blocks its trunk: told within seconds', () => {
  const rig = new Rig();
  rig.restore();
  rig.order('phone 1 lift');
  rig.bypass();
  rig.run(12_000);
  assert.equal(rig.alarms, ['terminal.phone-off-hook: hang up phone 8005']);
});

test('a pair to the seat that is open shows in a ring that nobody answers', () => {
  const rig = new Rig();
  rig.bypass();
  rig.run(1_000);
  rig.order('phone 1 cut');
  rig.order('call in 1 answer 4 patience 40');
  rig.run(25_000);
  assert.equal(rig.alarms, ['terminal.phone-unanswered: phone 8005 (trunk 020-5)']);
  rig.run(30_000);
  assert.equal(rig.alarms, ['terminal.phone-unanswered: phone 8005 (trunk 020-5)']);
  rig.order('phone 1 join');
  rig.order('call in 1 answer 4 talk 10');
  rig.run(8_000);
  assert.equal(rig.alarms, []);
});

const withSeat = base.replace(
  '  lan: {',
  '  seat-5: { kind: terminal, evidence: [{ ping: 10.0.1.5 }, { seat-phone: L05 }] }\n  lan: {',
);

test('a seat that names its phone has the fault: in its verdict, its reason and the alarm; the line has none', () => {
  const rig = new Rig({ words: withSeat });
  rig.restore();
  rig.pc('up');
  assert.is(rig.seat, 'up: unknown (hangs on the PBX, seen only in bypass)');
  rig.bypass();
  rig.run(5_000);
  rig.pc('up');
  assert.is(rig.seat, 'up: unknown (on hook: an open pair could not be measured)');
  rig.order('trunk 1 hold');
  rig.run(5_000);
  assert.is(rig.seat, 'degraded: down (no loop current though its line is in use)');
  assert.equal(rig.alarmsOf('seat-5'), ['terminal.phone-no-current: phone 8005 (trunk 020-5)']);
  assert.equal(rig.alarms, []);
});

test('a seat whose phone carries a call of the bypass is up by it', () => {
  const rig = new Rig({ words: withSeat });
  rig.pc('up');
  rig.bypass();
  rig.run(5_000);
  rig.order('call in 1 answer 4 talk 60');
  rig.run(15_000);
  rig.pc('up');
  assert.is(rig.seat, 'up: up (in use in bypass, with loop current)');
  assert.equal(rig.alarmsOf('seat-5'), []);
});

test('a trunk that is held without current through its phone', () => {
  const rig = new Rig();
  rig.bypass();
  rig.run(5_000);
  rig.order('trunk 1 hold');
  rig.run(5_000);
  assert.equal(rig.alarms, ['terminal.phone-no-current: phone 8005 (trunk 020-5)']);
});

test.run();
