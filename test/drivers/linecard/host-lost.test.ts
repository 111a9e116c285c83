import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CardRig, all } from './rig.ts';

/** Line 1 in a call through the PBX, the others idle. */
function withCall(talkMs = 0): CardRig {
  const rig = new CardRig();
  rig.run(500, all('energise'));
  assert.ok(rig.card.settle().callIn(1, { answerMs: 500, talkMs, patienceMs: 60_000 }));
  rig.run(3000, all('energise'));
  assert.ok(rig.card.plant.line(1).isClosed);
  return rig;
}

const energised = (rig: CardRig): number[] =>
  rig.card.plant.lines.flatMap((_, i) => (rig.card.plant.coil(i) ? [i + 1] : []));

test('nobody feeds: idle lines go over after five seconds, the one in a call stays', () => {
  const rig = withCall();
  rig.run(4800, all('energise'), false);
  assert.is(energised(rig).length, 8);
  assert.not(rig.card.isHostLost);
  rig.run(400, all('energise'), false);
  assert.ok(rig.told.hostLost);
  assert.equal(energised(rig), [1]);
  assert.ok(rig.told.relays.slice(1).every(({ position }) => position === 'bypass'));
  rig.run(60_000, undefined, false);
  assert.ok(rig.card.plant.line(1).isClosed, 'the call goes on');
  assert.equal(energised(rig), [1]);
});

test('the line in a call goes over when its loop has been open for 1.5 s, not before', () => {
  const rig = withCall();
  rig.run(6000, undefined, false);
  rig.card.settle().hangUp(1, 'near');
  rig.run(1400, undefined, false);
  assert.equal(energised(rig), [1]);
  rig.run(200, undefined, false);
  assert.equal(energised(rig), []);
});

test('a hook flash does not end the call for the card either', () => {
  const rig = withCall();
  rig.run(6000, undefined, false);
  for (let flash = 0; flash < 3; flash++) {
    rig.card.settle().line(1).pbx.hangUp();
    rig.run(700, undefined, false);
    rig.card.settle().line(1).pbx.lift();
    rig.run(2000, undefined, false);
  }
  assert.equal(energised(rig), [1]);
});

test('a call that does not end is cut over at the cap of five minutes, and not before', () => {
  const rig = withCall();
  rig.run(5100, undefined, false);
  const lostFor = 100;
  rig.run(300_000 - lostFor - 100, undefined, false);
  assert.equal(energised(rig), [1]);
  rig.run(300, undefined, false);
  assert.equal(energised(rig), []);
});

test('a line that rings goes over at once: it rings on at the seat phone and can be answered there', () => {
  const rig = new CardRig();
  rig.run(500, all('energise'));
  rig.card.settle().failPbx('hung');
  assert.ok(rig.card.settle().callIn(2, { answerMs: 3000, talkMs: 10_000, patienceMs: 60_000 }));
  rig.run(5200, undefined, false);
  assert.equal(energised(rig), []);
  rig.run(9000, undefined, false);
  assert.ok(rig.card.plant.line(2).phone.isOffHook);
  assert.ok(rig.card.plant.line(2).isClosed);
});

test('a dead trunk counts as idle', () => {
  const rig = withCall();
  rig.card.settle().line(1).exchange.isCut = true;
  rig.run(5300, undefined, false);
  assert.equal(energised(rig), []);
});

test('a feed ends it; what was released stays released until commanded; nothing was energised in between', () => {
  const rig = withCall();
  rig.run(5500, all('energise'), false);
  assert.equal(energised(rig), [1]);
  // Commands without a feed: the card chooses the moment, never the direction.
  rig.run(3000, all('energise'), false);
  assert.equal(energised(rig), [1]);
  const adopted = rig.told.relays.map(({ coil }) => coil);
  rig.run(2000, adopted, true);
  assert.not(rig.told.hostLost);
  assert.equal(energised(rig), [1]);
  rig.run(300, all('energise'), true);
  assert.is(energised(rig).length, 8);
});

test('an output that stands for a host that is well falls with it and is refused until the next feed; others stay', () => {
  const rig = new CardRig();
  rig.run(500, all('energise'));
  rig.driver.output(1, true, false);
  rig.driver.output(2, true, true);
  rig.run(20, all('energise'));
  assert.equal(rig.card.plant.outputs, [true, true, false, false]);
  rig.run(5200, all('energise'), false);
  assert.ok(rig.card.isHostLost);
  assert.equal(rig.card.plant.outputs, [true, false, false, false]);
  rig.driver.output(2, true, true);
  rig.run(20, all('energise'), false);
  assert.equal(rig.card.plant.outputs, [true, false, false, false], 'not while the host is lost');
  rig.run(100, all('energise'));
  rig.driver.output(2, true, true);
  rig.run(20, all('energise'));
  assert.equal(rig.card.plant.outputs, [true, true, false, false]);
});

test('a guard that restarts within five seconds cuts nobody off', () => {
  const rig = withCall();
  rig.wire.cut();
  rig.run(2000);
  rig.wire.join();
  rig.run(3000);
  assert.is(energised(rig).length, 8);
  assert.ok(rig.card.plant.line(1).isClosed);
});

test('a new session alone is no feed: greeting the card over and over does not hold the lines', () => {
  const rig = withCall();
  for (let i = 0; i < 6; i++) {
    rig.wire.cut();
    rig.run(200, undefined, false);
    rig.wire.join();
    rig.run(800, undefined, false);
    assert.is(rig.link, 'up');
  }
  assert.equal(energised(rig), [1]);
});

test('the time without a feed is the one of the room file', () => {
  const rig = new CardRig({ hostLostMs: 9000 });
  rig.run(500, all('energise'));
  rig.run(8700, undefined, false);
  assert.is(energised(rig).length, 8);
  rig.run(500, undefined, false);
  assert.is(energised(rig).length, 0);
});

test('without its host the card holds a call no longer than the room file lets it be held', () => {
  const rig = new CardRig({ takeOver: { loopOpenMs: 1500, callCapMs: 30_000 } });
  rig.run(500, all('energise'));
  assert.ok(rig.card.settle().callIn(1, { answerMs: 500, talkMs: 0, patienceMs: 60_000 }));
  rig.run(3000, all('energise'));
  rig.run(34_500, undefined, false);
  assert.equal(energised(rig), [1]);
  rig.run(1000, undefined, false);
  assert.equal(energised(rig), []);
});

test.run();
