import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { FrameReader } from '../../../firmware-bridge/codec/frame.ts';
import { hostType } from '../../../firmware-bridge/codec/protocol.ts';
import type { CoilCommand } from '../../../src/model/bypass.ts';
import { CardRig, all } from './rig.ts';

const coils = (...released: readonly number[]): CoilCommand[] =>
  all('energise').map((coil, i) => (released.includes(i + 1) ? 'release' : coil));

/** Frames of one type that reach the card, with their moments. */
function commands(rig: CardRig, type: number): number[] {
  const at: number[] = [];
  const reader = new FrameReader((frame) => {
    if (frame.type === type) at.push(rig.time.clock.mono());
  });
  rig.wire.disturb((chunk, to) => {
    if (to === 'card') reader.push(chunk);
    return [chunk];
  });
  return at;
}

test('a relay command moves the relays and comes back with times by the card’s own clock', () => {
  const rig = new CardRig();
  rig.run(500);
  const asked = rig.time.clock.mono();
  rig.driver.drive(all('energise'));
  rig.driver.feed();
  rig.time.advance(40);
  assert.ok(
    rig.told.relays.every(
      ({ coil, position, moveMs }) => coil === 'energise' && position === 'normal' && moveMs === 8.2,
    ),
  );
  assert.ok(rig.told.relaysAt - asked <= 40);
  rig.run(200, all('energise'));
  rig.driver.drive(coils(3));
  rig.time.advance(40);
  const [first, , third] = rig.told.relays;
  assert.is(first?.position, 'normal');
  assert.ok(third !== undefined);
  assert.is(third.coil, 'release');
  assert.is(third.position, 'bypass');
  assert.is(third.moveMs, 4.5);
  assert.ok(third.sinceWriteMs >= 4 && third.sinceWriteMs <= 40, String(third.sinceWriteMs));
});

test('a contact on its way is `between`, and has no time of arrival', () => {
  const rig = new CardRig();
  rig.run(500);
  const seen: string[] = [];
  rig.driver.drive(all('energise'));
  rig.driver.feed();
  for (let ms = 0; ms < 30; ms++) {
    rig.time.advance(1);
    const { position, moveMs } = rig.told.relays[0] ?? { position: '', moveMs: undefined };
    seen.push(position);
    if (position === 'between') assert.is(moveMs, undefined);
  }
  assert.ok(seen.includes('between'));
  assert.is(seen.at(-1), 'normal');
});

test('a command is sent when it changes and once a second, not every turn', () => {
  const rig = new CardRig();
  rig.run(1000);
  const sent = commands(rig, hostType.relay);
  rig.run(5000, all('energise'));
  assert.ok(sent.length >= 5 && sent.length <= 6, `${sent.length} commands in 5 s`);
  const { length } = sent;
  rig.run(20, coils(1));
  assert.is(sent.length, length + 1);
});

test('a command that got lost on the wire is repeated within a second', () => {
  const rig = new CardRig();
  rig.run(500, all('energise'));
  rig.wire.disturb((chunk, to) => (to === 'card' ? [] : [chunk]));
  rig.run(60, coils(2));
  rig.wire.disturb(undefined);
  assert.is(rig.told.relays[1]?.position, 'normal');
  rig.run(1200, coils(2));
  assert.is(rig.told.relays[1]?.position, 'bypass');
});

test('feeds go out at most five times a second, and none without being asked', () => {
  const rig = new CardRig();
  rig.run(1000);
  const fed = commands(rig, hostType.watchdog);
  rig.run(2000, undefined, true);
  assert.ok(fed.length >= 8 && fed.length <= 10, String(fed.length));
  const { length } = fed;
  rig.run(2000, undefined, false);
  assert.is(fed.length, length);
});

test('the taps see a welded, a stuck and an open relay', () => {
  const rig = new CardRig();
  rig.run(500, all('energise'));
  const plant = rig.card.settle();
  plant.line(1).relay.fail('welded', plant.now);
  plant.line(2).relay.fail('stuck', plant.now);
  plant.line(3).relay.fail('open', plant.now);
  rig.run(500, all('release'));
  const [welded, stuck, open, sound] = rig.told.relays;
  for (const relay of [welded, stuck]) {
    assert.ok(relay !== undefined);
    assert.is(relay.coil, 'release');
    assert.is(relay.position, 'normal');
    assert.is(relay.moveMs, undefined);
    assert.ok(relay.sinceWriteMs > 100);
  }
  assert.is(open?.position, 'between');
  assert.is(sound?.position, 'bypass');
});

test('one short pulse frees a relay that hangs open, and leaves it released', () => {
  const rig = new CardRig();
  rig.run(500, all('energise'));
  const plant = rig.card.settle();
  plant.line(5).relay.fail('open-once', plant.now);
  rig.run(300, all('release'));
  assert.is(rig.told.relays[4]?.position, 'between');
  rig.driver.pulse(5, 50);
  let energised = 0;
  for (let ms = 0; ms < 200; ms++) {
    rig.time.advance(1);
    if (rig.card.plant.coil(4)) energised++;
  }
  assert.ok(energised >= 48 && energised <= 52, `${energised} ms`);
  rig.run(100, all('release'));
  assert.is(rig.told.relays[4]?.position, 'bypass');
});

test('the key opens the coil supply: every relay falls, the report says why, the coils stay commanded', () => {
  const rig = new CardRig();
  rig.run(500, all('energise'));
  assert.ok(rig.told.coilSupply);
  assert.is(rig.told.key, 'normal');
  rig.card.settle().turnKey(true);
  rig.run(60, all('energise'));
  assert.not(rig.told.coilSupply);
  assert.is(rig.told.key, 'turned');
  assert.ok(rig.told.relays.every(({ coil, position }) => coil === 'energise' && position === 'bypass'));
  rig.card.settle().turnKey(false);
  rig.card.settle().switchSupply(false);
  rig.run(60, all('energise'));
  assert.not(rig.told.coilSupply);
  assert.is(rig.told.key, 'normal');
});

test('bypass joins the trunk to the seat phone: its handset draws the loop current, the PBX port’s no longer', () => {
  const rig = new CardRig();
  rig.run(500, all('energise'));
  rig.card.settle().line(4).phone.lift();
  rig.run(200, all('energise'));
  assert.ok(
    Math.abs((rig.told.lines.at(-1)?.volts[3] ?? 0) - 48.1) < 0.1,
    'in normal the phone is the PBX’s extension',
  );
  assert.is(rig.told.relays[3]?.phoneMilliamps, 0);
  rig.card.settle().line(4).phone.lift();
  rig.run(200, coils(4));
  assert.ok((rig.told.lines.at(-1)?.volts[3] ?? 48) < 14);
  rig.run(200, coils(4));
  assert.is(rig.told.relays[3]?.phoneMilliamps, 22);
});

test('contacts and outputs: index 1 is terminal 1', () => {
  const rig = new CardRig({ card: { pbxContact: 2 } });
  rig.run(500);
  rig.told.inputs.length = 0;
  rig.card.settle().failPbx('dead');
  rig.run(60);
  assert.equal(rig.told.inputs, [{ index: 2, closed: false }]);
  rig.card.settle().returnPbx();
  rig.run(60);
  assert.equal(rig.told.inputs.at(-1), { index: 2, closed: true });
  rig.driver.output(2, true, false);
  rig.run(20);
  assert.equal(rig.card.plant.outputs, [false, true, false, false]);
  rig.driver.output(2, false, false);
  rig.run(20);
  assert.equal(rig.card.plant.outputs, [false, false, false, false]);
});

test('a supervised input: closed, open, cut and short by their ohms; cut and short are not closed', () => {
  const rig = new CardRig();
  rig.run(500);
  assert.ok(rig.driver.abilities.supervisedInputs);
  const plant = rig.card.settle();
  const seen = (): { closed: boolean; ohms: number } | undefined => {
    rig.run(60);
    return rig.told.ohms.at(-1);
  };
  plant.inputs[2] = false;
  assert.equal(seen(), { closed: false, ohms: 4700 });
  plant.inputWires[2] = 'cut';
  assert.equal(seen(), { closed: false, ohms: 65_535 });
  plant.inputWires[2] = 'short';
  assert.equal(seen(), { closed: false, ohms: 15 });
  plant.inputWires[2] = 'sound';
  plant.inputs[2] = true;
  assert.equal(seen(), { closed: true, ohms: 2350 });
});

test.run();
