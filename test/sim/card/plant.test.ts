import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { PlantRig, shareAt } from './rig.ts';

const call = { answerMs: 6000, talkMs: 8000, patienceMs: 60_000 };

test('a call in: rung 1 s on and 4 s off at 25 Hz, answered by the PBX, talked, cleared by both ends', () => {
  const rig = new PlantRig();
  rig.energise();
  const began = rig.plant.now;
  assert.ok(rig.plant.callIn(1, call));
  assert.not(rig.plant.callIn(1, call), 'a trunk in use rings nobody else');
  rig.run(25_000);
  const [on1 = 0, on2 = 0] = rig.when('ring-on');
  const [off1 = 0] = rig.when('ring-off');
  assert.is(on1, began);
  assert.is(off1 - on1, 1000);
  assert.is(on2 - on1, 5000);
  const burst = rig.readings.filter(({ at }) => at > on1 + 300 && at < on1 + 1000);
  assert.ok(burst.length > 30);
  assert.ok(burst.every(({ ringVolts }) => Math.abs(ringVolts - 90) < 2));
  assert.ok(burst.every(({ ringHz }) => Math.abs(ringHz - 25) < 0.3));
  assert.ok(Math.max(...burst.flatMap(({ volts }) => volts)) > 130, 'the swing shows in the 5 ms means');
  const [answered = 0] = rig.when('off-hook');
  assert.is(answered, began + 6000);
  const talk = rig.readings.filter(({ at }) => at > answered + 200 && at < answered + 7000);
  assert.ok(
    talk.every(({ volts, milliamps }) => volts.every((v) => Math.abs(v - 9.1) < 0.01) && milliamps === 22),
  );
  const [ended = 0] = rig.when('on-hook');
  assert.ok(ended > answered + 9000 && ended < answered + 11_000, 'the PBX lets go after hearing busy tone');
  assert.is(rig.plant.line(1).exchange.state, 'idle');
  assert.is(rig.readings.at(-1)?.volts[3], 48.1);
});

test('the tap carries sound only while the loop is closed', () => {
  const rig = new PlantRig();
  rig.energise();
  rig.plant.callIn(1, call);
  rig.run(25_000);
  const [answered = 0] = rig.when('off-hook');
  const [ended = 0] = rig.when('on-hook');
  assert.is(rig.level(0, answered), 0);
  assert.ok(rig.level(answered + 500, answered + 7000) > 300);
  assert.is(rig.level(ended + 20, rig.plant.now), 0);
});

test('a caller whom nobody answers gives up', () => {
  const rig = new PlantRig();
  rig.energise();
  rig.plant.callIn(1, { ...call, answerMs: Infinity, patienceMs: 12_000 });
  rig.run(20_000);
  assert.is(rig.when('ring-on').length, 3);
  assert.is(rig.when('off-hook').length, 0);
  assert.is(rig.plant.line(1).exchange.state, 'idle');
});

test('a call out: dial tone, digits, ringback, an answer with reversed polarity, speech, release', () => {
  const rig = new PlantRig();
  rig.energise();
  rig.plant.line(1).exchange.reversesOnAnswer = true;
  assert.ok(rig.plant.callOut(1, { digits: '12', answerMs: 3000, talkMs: 5000 }));
  rig.run(20_000);
  const [off = 0] = rig.when('off-hook');
  const dialTone = rig.heard.slice((off + 200) * 8, (off + 700) * 8);
  assert.ok(shareAt(450, dialTone) > 0.95);
  const ringback = rig.heard.slice((off + 2300) * 8, (off + 2700) * 8);
  assert.ok(shareAt(450, ringback) > 0.95);
  const reversed = rig.readings.filter(({ volts }) => (volts[3] ?? 0) < 0);
  assert.ok(reversed.length > 200);
  const [from = 0] = reversed.map(({ at }) => at);
  assert.ok(rig.level(from + 500, from + 4000) > 300);
  const [on = 0] = rig.when('on-hook');
  assert.ok(on > from + 4000);
  assert.is(rig.readings.at(-1)?.volts[3], 48.1);
});

test('a dead PBX lets a call fall, answers nothing and opens its contact; when it returns it answers again', () => {
  const rig = new PlantRig();
  rig.energise();
  rig.plant.callIn(1, { ...call, answerMs: 500, talkMs: 0 });
  rig.run(3000);
  assert.ok(rig.plant.line(1).isClosed);
  rig.plant.failPbx('dead');
  rig.run(1000);
  assert.not(rig.plant.line(1).isClosed);
  assert.is(rig.plant.inputs[0], false);
  rig.plant.callIn(2, { ...call, answerMs: 500 });
  rig.run(20_000);
  assert.not(rig.plant.line(2).isClosed);
  rig.plant.returnPbx();
  assert.is(rig.plant.inputs[0], true);
  rig.run(8000);
  assert.ok(rig.plant.line(2).isClosed);
});

test('a hung PBX holds the calls that it has and answers no other', () => {
  const rig = new PlantRig();
  rig.energise();
  rig.plant.callIn(1, { ...call, answerMs: 500, talkMs: 0 });
  rig.run(3000);
  rig.plant.failPbx('hung');
  rig.plant.callIn(2, { ...call, answerMs: 500 });
  rig.run(20_000);
  assert.ok(rig.plant.line(1).isClosed);
  assert.not(rig.plant.line(2).isClosed);
  assert.ok(rig.level(15_000, 20_000) > 300, 'speech still flows');
});

test('in bypass the seat phone rings, answers and talks, whatever the PBX does', () => {
  const rig = new PlantRig();
  rig.plant.failPbx('dead');
  rig.run(100);
  rig.plant.callIn(1, call);
  rig.run(9000);
  assert.ok(rig.plant.line(1).phone.isOffHook);
  assert.is(rig.plant.line(1).phoneMilliamps(rig.plant.now), 22);
  rig.run(16_000);
  assert.not(rig.plant.line(1).isClosed);
});

test('a caller cut over in mid-call is still there when the seat phone is lifted', () => {
  const rig = new PlantRig();
  rig.energise();
  rig.plant.callIn(1, { ...call, answerMs: 500, talkMs: 0 });
  rig.run(3000);
  rig.plant.setCoil(0, false);
  rig.run(5000);
  assert.not(rig.plant.line(1).isClosed);
  assert.is(rig.when('ring-on').length, 1, 'the exchange does not ring again');
  rig.plant.line(1).phone.lift();
  const from = rig.plant.now;
  rig.run(4000);
  assert.ok(rig.plant.line(1).isClosed);
  assert.ok(rig.level(from + 500, from + 4000) > 300);
});

test('a trunk that is cut reads 0 V, ends its call, and is idle again when joined', () => {
  const rig = new PlantRig();
  rig.energise();
  rig.plant.callIn(1, { ...call, answerMs: 500, talkMs: 0 });
  rig.run(3000);
  rig.plant.line(1).exchange.isCut = true;
  rig.run(2000);
  assert.is(rig.readings.at(-1)?.volts[3], 0);
  assert.not(rig.plant.callIn(1, call));
  rig.plant.line(1).exchange.isCut = false;
  rig.run(1000);
  assert.is(rig.readings.at(-1)?.volts[3], 48.1);
  assert.ok(rig.plant.callIn(1, call));
});

test('the armature needs its time, and its contact bounces once', () => {
  const rig = new PlantRig();
  const { relay } = rig.plant.line(1);
  relay.power(true, 1000);
  assert.is(relay.contact(1003.9), 'bypass');
  assert.is(relay.contact(1004), 'between');
  assert.is(relay.contact(1008.1), 'between');
  assert.is(relay.contact(1008.2), 'normal');
  assert.is(relay.contact(1008.9), 'between');
  assert.is(relay.contact(1009.7), 'normal');
  assert.is(relay.moveMs(1020), 8.2);
  relay.power(false, 2000);
  assert.is(relay.contact(2004.5), 'bypass');
  assert.is(relay.moveMs(2020), 4.5);
});

test.run();
