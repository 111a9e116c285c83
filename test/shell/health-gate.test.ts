import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { monoMs } from '../../src/model/units.ts';
import { HealthGate, feedEveryMs, reportAgeMsMax } from '../../src/shell/health-gate.ts';

const adopted = (): boolean => true;

test('a card is fed when its newest report is 200 ms old, not when it is 201 ms old', () => {
  const gate = new HealthGate(true, undefined);
  gate.reported('card-a', monoMs(1000));
  gate.reported('card-b', monoMs(1001));
  assert.equal(gate.cardsToFeed(monoMs(1001 + reportAgeMsMax), adopted), ['card-b']);
  gate.reported('card-a', monoMs(1002));
  assert.equal(gate.cardsToFeed(monoMs(1001 + reportAgeMsMax), adopted), ['card-a']);
});

test('a silent card withholds only its own feed', () => {
  const gate = new HealthGate(true, undefined);
  gate.reported('card-a', monoMs(1000));
  gate.reported('card-b', monoMs(1000));
  gate.lost('card-a');
  assert.equal(gate.cardsToFeed(monoMs(1010), adopted), ['card-b']);
});

test('a card is not fed before its positions are adopted, and at once when they are', () => {
  const gate = new HealthGate(true, undefined);
  gate.reported('card-a', monoMs(1000));
  gate.reported('card-b', monoMs(1000));
  assert.equal(
    gate.cardsToFeed(monoMs(1010), (card) => card === 'card-b'),
    ['card-b'],
  );
  assert.equal(gate.cardsToFeed(monoMs(1030), adopted), ['card-a']);
});

test('a card is fed every half second, however many turns complete', () => {
  const gate = new HealthGate(true, undefined);
  let fed = 0;
  for (let at = 0; at < 10 * feedEveryMs; at += 20) {
    gate.reported('card-a', monoMs(at));
    fed += gate.cardsToFeed(monoMs(at), adopted).length;
  }
  assert.is(fed, 10);
});

test('an unfit guard feeds no card but still answers systemd', () => {
  const gate = new HealthGate(false, 3_000_000);
  gate.reported('card-a', monoMs(0));
  assert.equal(gate.cardsToFeed(monoMs(10), adopted), []);
  assert.ok(gate.systemdIsDue(monoMs(10)));
});

test("systemd's watchdog is fed at a third of its period, and never where it does not watch", () => {
  const gate = new HealthGate(true, 3_000_000);
  assert.ok(gate.systemdIsDue(monoMs(0)));
  assert.not.ok(gate.systemdIsDue(monoMs(999)));
  assert.ok(gate.systemdIsDue(monoMs(1000)));
  assert.not.ok(new HealthGate(true, undefined).systemdIsDue(monoMs(5000)));
});

test.run();
