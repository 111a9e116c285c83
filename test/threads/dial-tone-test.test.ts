/** The whole way: spare extension of the virtual PBX, card, wire, driver, ear, machine, evidence. */
import sinon from 'sinon';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { ProbeEvidence } from '../../src/ports/probe.ts';
import { Cards } from '../../src/threads/cards.ts';
import { DialToneTest } from '../../src/threads/dial-tone-test.ts';
import { DrivenTime } from '../../src/sim/driven-time.ts';
import { VirtualCard } from '../../src/sim/card.ts';
import { loadRoom } from '../../src/room/load.ts';
import { makeLineCard } from '../../src/drivers/linecard/line-card.ts';
import { memoryLinkPair } from '../../src/sim/memory-link.ts';
import { obey } from '../../src/sim/orders.ts';
import { base, upsModels } from '../room-file/base.ts';

const timers = sinon.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
test.after(() => timers.restore());

class Rig {
  readonly time = new DrivenTime();
  readonly said: ProbeEvidence[] = [];
  readonly stuck: boolean[] = [];
  readonly card: VirtualCard;
  readonly cards: Cards;
  readonly test: DialToneTest;
  feeds = true;
  longestMs = 0;
  #seizedMs = 0;

  constructor() {
    const words = base.replace(
      '{ lines: all }',
      '{ lines: all }\n      - { dial-tone: { extension: card-b/8 } }',
    );
    const { room } = loadRoom(words, 'room.yaml', { upsModels });
    assert.ok(room);
    const source = room.subjects.flatMap(({ sources }) => sources).find(({ kind }) => kind === 'dial-tone');
    const bus = room.buses.find(({ id }) => id === 'card-b');
    assert.ok(source?.kind === 'dial-tone' && bus?.kind === 'line-card');
    const wire = memoryLinkPair((run) => {
      this.time.after(0, run);
    });
    const { clock, after } = this.time;
    this.card = new VirtualCard({ link: wire.card, clock, after, serialNumber: 'LK8-0001', extension: 8 });
    const driver = makeLineCard({ bus, link: wire.host, clock, after });
    this.test = new DialToneTest({
      source,
      clock,
      hook: (seize, ms) => {
        driver.hook(8, seize, ms);
      },
      stuck: (isStuck) => this.stuck.push(isStuck),
    });
    this.cards = new Cards(room, new Map([['card-b', driver]]), new Map(), clock, () => [this.test]);
    this.card.start();
    this.cards.start({
      post: () => undefined,
      reported: () => undefined,
      lost: () => undefined,
      bound: () => undefined,
      input: () => undefined,
    });
    this.test.start((evidence) => this.said.push(evidence));
  }

  run(ms: number): void {
    for (let passed = 0; passed < ms; passed += 20) {
      if (this.feeds) this.cards.feed('card-b');
      this.time.advance(20);
      timers.tick(20);
      this.#seizedMs = this.card.plant.line(8).isSeized ? this.#seizedMs + 20 : 0;
      this.longestMs = Math.max(this.longestMs, this.#seizedMs);
    }
  }

  order(words: string): void {
    assert.ok(obey(words, this.card, () => undefined).startsWith('ok'), words);
  }

  /** What is said of the next test in doubt. */
  next(): ProbeEvidence {
    const before = this.said.length;
    for (let turns = 0; this.said.length === before && turns < 30; turns++) this.run(1_000);
    const evidence = this.said[before];
    assert.ok(evidence, 'nothing was said');
    return evidence;
  }
}

test('a PBX that lives, hangs, is busy, dies and returns: each is told by its dial tone', async () => {
  const rig = new Rig();
  const first = rig.next();
  assert.is(first.says, 'up', first.reason.en);
  const { toneHz, levelDbm, toneMs } = first.values ?? {};
  assert.is(toneHz, 450);
  assert.is(levelDbm, -10);
  assert.ok(Number(toneMs) <= 100, String(toneMs));
  rig.test.suspect(true);
  rig.order('pbx-dead hung');
  assert.match(rig.next().reason.en, /no dial tone within 3 s on card-b\/8/);
  rig.order('pbx-return');
  assert.is(rig.next().says, 'up');
  rig.order('extension 8 busy');
  assert.match(rig.next().reason.en, /busy tone/);
  rig.order('extension 8 tone');
  rig.order('pbx-dead');
  assert.match(rig.next().reason.en, /no voltage/);
  rig.order('pbx-return');
  assert.is(rig.next().says, 'up');
  rig.order('trunk 8 cut');
  assert.match(rig.next().reason.en, /no voltage/);
  assert.ok(rig.longestMs <= 4_200, `${rig.longestMs} ms off hook`);
  await rig.test.stop();
});

test('an extension that rings is left alone, and its caller is not answered', async () => {
  const rig = new Rig();
  rig.run(3_000);
  rig.order('call in 8 answer never patience 30');
  rig.run(25_000);
  assert.is(rig.longestMs, 0);
  assert.is(rig.card.plant.line(8).exchange.state, 'ringing');
  assert.equal(rig.said, []);
  assert.is(rig.next().says, 'up');
  await rig.test.stop();
});

test('a guard that feeds no more: nothing is said against the PBX, and the pair is free', async () => {
  const rig = new Rig();
  rig.test.suspect(true);
  assert.is(rig.next().says, 'up');
  rig.feeds = false;
  rig.run(60_000);
  assert.not(rig.card.plant.line(8).isSeized);
  assert.ok(
    rig.said.every(({ says }) => says !== 'down'),
    rig.said.map(({ reason }) => reason.en).join('\n'),
  );
  await rig.test.stop();
});

test('a wire that is cut in the middle of a test: the card is on hook by itself within its limit', async () => {
  const rig = new Rig();
  rig.order('extension 8 silent');
  for (let turns = 0; turns < 500 && !rig.card.plant.line(8).isSeized; turns++) rig.run(20);
  assert.ok(rig.card.plant.line(8).isSeized);
  rig.card.cut(true);
  rig.run(10_000);
  assert.not(rig.card.plant.line(8).isSeized);
  assert.ok(rig.longestMs <= 6_100, `${rig.longestMs} ms off hook`);
  assert.equal(rig.said, []);
  await rig.test.stop();
});

test('stopped in the middle of a test, it hangs up first', async () => {
  const rig = new Rig();
  rig.order('extension 8 silent');
  for (let turns = 0; turns < 500 && !rig.card.plant.line(8).isSeized; turns++) rig.run(20);
  await rig.test.stop();
  rig.run(100);
  assert.not(rig.card.plant.line(8).isSeized);
  rig.run(60_000);
  assert.not(rig.card.plant.line(8).isSeized);
});

test.run();
