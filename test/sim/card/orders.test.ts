import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { VirtualCard } from '../../../src/sim/card.ts';
import { DrivenTime } from '../../../src/sim/driven-time.ts';
import { memoryLinkPair } from '../../../src/sim/memory-link.ts';
import { obey, orderHelp } from '../../../src/sim/orders.ts';
import { readScript, traffic } from '../../../src/sim/script.ts';

interface CardState {
  readonly pbx: string;
  readonly key: string;
  readonly cut: boolean;
  readonly lines: readonly { readonly exchange: string; readonly offHook: boolean; readonly fault: string }[];
}

class Orders {
  readonly time = new DrivenTime();
  readonly card = new VirtualCard({
    link: memoryLinkPair((run) => {
      this.time.after(0, run);
    }).card,
    clock: this.time.clock,
    after: this.time.after,
    serialNumber: 'X',
  });
  constructor() {
    this.card.start();
  }
  give(order: string): string {
    return obey(order, this.card, (ms, run) => {
      this.time.after(ms, run);
    });
  }
  get state(): CardState {
    return JSON.parse(this.give('state').replace(/^ok /, '')) as CardState;
  }
}

test('orders change the room, and state tells it', () => {
  const orders = new Orders();
  assert.is(orders.give('call in 3 answer 1 talk 5'), 'ok');
  assert.is(orders.give('call in 3'), 'error line 3 is in use');
  orders.time.advance(3000);
  assert.is(orders.state.lines[2]?.exchange, 'talk');
  assert.is(orders.state.lines[2]?.offHook, true);
  assert.is(orders.give('hang up 3'), 'ok');
  orders.time.advance(100);
  assert.is(orders.state.lines[2]?.exchange, 'busy');
  assert.is(orders.give('relay 2 welded'), 'ok');
  assert.is(orders.state.lines[1]?.fault, 'welded');
  assert.is(orders.give('pbx-dead'), 'ok');
  assert.is(orders.state.pbx, 'dead');
  assert.is(orders.give('pbx-return'), 'ok');
  assert.is(orders.state.pbx, 'alive');
  assert.is(orders.give('key turned'), 'ok');
  assert.is(orders.state.key, 'turned');
  assert.is(orders.give('trunk 8 cut'), 'ok');
  assert.is(orders.state.lines[7]?.exchange, 'cut');
  assert.is(orders.give('cut-link 2'), 'ok');
  assert.ok(orders.state.cut);
  orders.time.advance(2100);
  assert.not(orders.state.cut);
});

test('what cannot be done is an error with its reason, and changes nothing', () => {
  const orders = new Orders();
  for (const order of [
    '',
    'dance',
    'call in',
    'call in 0',
    'call in 9',
    'call in 1 anwser 3',
    'call in 1 answer x',
    'call in 1 answer -1',
    'call in 1 answer 86401',
    'call out 1 digits 12x',
    `call out 1 digits ${'1'.repeat(33)}`,
    'relay 1 rusty',
    'key half',
    'input 5 open',
    'input 1',
    'noise 0',
    'noise 65537',
    'reset sideways',
    'constructor',
    '__proto__ x',
  ])
    assert.match(orders.give(order), /^error ./, order);
  assert.is(orders.give('noise 65536'), 'ok');
  assert.is(orders.give('call in 1 answer 86400'), 'ok');
  assert.is(orders.give(`call out 2 digits ${'1'.repeat(32)}`), 'ok');
});

test('every order of the help exists', () => {
  const orders = new Orders();
  const named = orderHelp.split('\n').map((line) => line.split(/ {2,}|[[A-Z]/)[0]?.trim() ?? '');
  assert.ok(named.length > 15);
  for (const name of named) assert.not.match(orders.give(name), /unknown order/, name);
});

test('a script is read from YAML or JSON, sorted by time; a wrong one is refused with its place', () => {
  const script = readScript('- { at: 2s, do: pbx-dead }\n- { at: 500ms, do: call in 1 }\n');
  assert.equal(script, {
    steps: [
      { atMs: 500, order: 'call in 1' },
      { atMs: 2000, order: 'pbx-dead' },
    ],
    repeatMs: undefined,
  });
  assert.is(readScript('{"steps":[{"at":"1m","do":"state"}],"repeat":"1.5m"}').repeatMs, 90_000);
  assert.throws(() => readScript('- { at: soon, do: x }'), /steps\/0\/at/);
  assert.throws(() => readScript('- { at: 1s, do: x, then: y }'), /additional/);
  const many = (count: number): string =>
    JSON.stringify(Array.from({ length: count }, () => ({ at: '1s', do: 'state' })));
  assert.is(readScript(many(10_000)).steps.length, 10_000);
  assert.throws(() => readScript(many(10_001)), /10000/);
});

test('traffic of one seed is always the same, obeyable, and about as frequent as asked', () => {
  const take = (seed: number): { afterMs: number; order: string }[] => {
    const calls = traffic({ seed, lines: 8, everyMs: 10_000 });
    return Array.from({ length: 300 }, () => calls.next().value as { afterMs: number; order: string });
  };
  assert.equal(take(4), take(4));
  assert.not.equal(take(4), take(5));
  const mean = take(4).reduce((sum, { afterMs }) => sum + afterMs, 0) / 300;
  assert.ok(mean > 8000 && mean < 12_500, String(mean));
  const orders = new Orders();
  for (const { order } of take(4))
    assert.not.match(orders.give(order), /error (?!line \d (is in use|cannot be seized))/);
  const kinds = new Set(take(4).map(({ order }) => order.split(' ').slice(0, 2).join(' ')));
  assert.equal([...kinds].sort(), ['call in', 'call out']);
});

test('a card whose process stood still makes up for one second at most, and its clock for the rest', () => {
  const orders = new Orders();
  orders.time.advance(1000);
  orders.time.freeze(10_000);
  orders.time.advance(20);
  assert.ok(orders.card.plant.now >= 2000 && orders.card.plant.now <= 2040, String(orders.card.plant.now));
  orders.time.advance(1000);
  assert.ok(orders.card.plant.now >= 3000 && orders.card.plant.now <= 3040);
});

test.run();
