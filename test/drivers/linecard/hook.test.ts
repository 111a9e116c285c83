/** HOOK of PROTOCOL.md: the card closes the loop of a channel by order, and opens it whatever becomes of the host. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CardRig } from './rig.ts';

const channel = 8;
const rigged = (): CardRig => {
  const rig = new CardRig({ card: { extension: channel } });
  rig.run(500);
  return rig;
};
const isSeized = (rig: CardRig): boolean => rig.card.plant.line(channel).isSeized;
const volts = (rig: CardRig): number => rig.told.lines.at(-1)?.volts[channel - 1] ?? 0;

test('seize and release: the loop closes and opens, and the card says that it can', () => {
  const rig = rigged();
  assert.ok(rig.driver.abilities.hook);
  assert.ok(volts(rig) > 40);
  rig.driver.hook(channel, true, 6_000);
  rig.run(60);
  assert.ok(volts(rig) < 14);
  rig.driver.hook(channel, false, 0);
  rig.run(60);
  assert.ok(volts(rig) > 40);
  assert.is(rig.told.hooksRefused, 0);
});

test('the card opens the loop by its own timer, counted from the last order to seize', () => {
  const rig = rigged();
  rig.driver.hook(channel, true, 2_000);
  rig.run(1_500);
  rig.driver.hook(channel, true, 2_000);
  rig.run(1_500);
  assert.ok(isSeized(rig));
  rig.run(600);
  assert.not(isSeized(rig));
});

test('a host that goes on without feeding: the loop opens with hostLost, and nothing is seized while it stands', () => {
  const rig = rigged();
  rig.driver.hook(channel, true, 60_000);
  rig.run(4_000, undefined, false);
  assert.ok(isSeized(rig));
  rig.run(1_500, undefined, false);
  assert.not(isSeized(rig));
  rig.driver.hook(channel, true, 6_000);
  rig.run(100, undefined, false);
  assert.not(isSeized(rig));
  assert.is(rig.told.hooksRefused, 1);
});

test('a dead session: the loop opens with the reset of the card and with the session of another host', () => {
  const rig = rigged();
  rig.driver.hook(channel, true, 60_000);
  rig.run(100);
  rig.card.reset('watchdog');
  assert.not(isSeized(rig));
  rig.run(1_000);
  rig.driver.hook(channel, true, 60_000);
  rig.run(100);
  assert.ok(isSeized(rig));
  // The wire was away for longer than a session lives: the host greets anew.
  rig.wire.disturb(() => []);
  rig.run(1_500);
  assert.ok(isSeized(rig), 'the card itself knows nothing yet');
  rig.wire.disturb(undefined);
  rig.run(1_500);
  assert.is(rig.link, 'up');
  assert.not(isSeized(rig));
});

test('a channel that does not exist is refused', () => {
  const rig = new CardRig({ card: { lines: 4 } });
  rig.run(500);
  rig.driver.hook(8, true, 6_000);
  rig.run(100);
  assert.is(rig.told.hooksRefused, 1);
});

test.run();
