import * as assert from 'uvu/assert';
import { Scene } from './scene.ts';
import type { Call } from '../../../src/model/line.ts';
import { LoopWave } from './loop-wave.ts';
import { test } from 'uvu';

const near = (actual: number | undefined, expected: number, toleranceMs: number, what: string): void => {
  assert.ok(
    actual !== undefined && Math.abs(actual - expected) <= toleranceMs,
    `${what}: ${actual}, expected ${expected} ± ${toleranceMs}`,
  );
};
const only = (calls: readonly Call[]): Call => {
  assert.is(calls.length, 1, 'exactly one');
  const [call] = calls;
  assert.ok(call);
  return call;
};

/** Feed, off-hook level, phase of the events against the frames. */
const feeds = [
  [48, 8],
  [24, 6],
  [60, 11],
  [-48, -8],
] as const;
const phases = [0, 3, 7, 11, 19];

for (const [feed, talk] of feeds)
  for (const phase of phases)
    test(`${feed} V feed, ${phase} ms off the frame: ring, answer in silence, talk, release`, () => {
      const scene = new Scene();
      const wave = new LoopWave(feed).until(5000 + phase);
      const rung = wave.now;
      wave.for(1000, 90).for(4000).for(1000, 90).for(2003).level(talk);
      const answered = wave.now;
      wave.for(20_000).level(feed);
      const released = wave.now;
      wave.for(5000);
      const passed = wave.play(scene);
      const call = scene.ended('released');
      assert.is(call.direction, 'incoming');
      near(call.startedAt, rung, 30, 'ring');
      near(call.answeredAt, answered, 20, 'answer');
      near(call.endedAt, released, 20, 'release');
      assert.is(call.rings, 2);
      assert.is(call.flashes, 0);
      assert.is(call.pulseDigits, '');
      assert.equal(
        scene.signals.map((signal) => signal.split(' ')[0]),
        ['idle', 'ringing', 'off-hook', 'idle'],
      );
      assert.ok(passed > 20, `${passed} readings`);
    });

for (const hz of [17, 20, 25, 30, 50])
  for (const inBurst of [250, 333, 500, 777])
    test(`${hz} Hz ring answered ${inBurst} ms into a burst: within 200 ms`, () => {
      const scene = new Scene();
      const wave = new LoopWave(48).until(5000).for(1000, 90, hz).for(4000).for(inBurst, 90, hz).level(8);
      const answered = wave.now;
      wave.for(5000).level(48).for(3000).play(scene);
      const call = scene.ended('released');
      near(call.answeredAt, answered, 50, 'answer');
      assert.is(call.rings, 2);
      assert.is(call.flashes, 0);
    });

test('an exchange that rings on for 150 ms into the answer: still within 200 ms', () => {
  const scene = new Scene();
  const wave = new LoopWave(48).until(5000).for(1000, 90).for(4000).for(500, 90).level(8);
  const answered = wave.now;
  wave.for(150, 60).for(5000).level(48).for(3000).play(scene);
  near(scene.ended('released').answeredAt, answered, 200, 'answer');
});

for (const rms of [25, 45, 75, 105])
  test(`unanswered ring of ${rms} V rms: abandoned at the end of the last burst`, () => {
    const scene = new Scene();
    const wave = new LoopWave(48).until(5000);
    const rung = wave.now;
    for (let burst = 0; burst < 4; burst++) wave.for(burst === 0 ? 1000 : 4000).for(1000, rms);
    const last = wave.now;
    wave.for(9000).play(scene);
    const call = scene.ended('abandoned');
    near(call.startedAt, rung + 1000, 30, 'ring');
    near(call.endedAt, last, 30, 'end of the last burst');
    assert.is(call.rings, 4);
    assert.is(call.answeredAt, undefined);
  });

for (const [feed, talk] of feeds)
  for (const phase of phases)
    test(`${feed} V feed, ${phase} ms off the frame: pulse dialling 10 pps 62/38`, () => {
      const scene = new Scene();
      const wave = new LoopWave(feed).until(5000 + phase).level(talk);
      const seized = wave.now;
      wave.for(1500).pulses('0123456789', feed, talk).for(3000).level(feed);
      const released = wave.now;
      wave.for(3000).play(scene);
      const call = scene.ended('released');
      assert.is(call.direction, 'outgoing');
      assert.is(call.pulseDigits, '0123456789');
      assert.is(call.flashes, 0);
      near(call.startedAt, seized, 20, 'seizure');
      near(call.endedAt, released, 20, 'release');
    });

for (const [breakMs, makeMs] of [
  [50, 50],
  [67, 33],
  [72, 48],
] as const)
  test(`pulses of ${breakMs}/${makeMs} ms are read too`, () => {
    const scene = new Scene();
    const wave = new LoopWave(48).until(5000).level(8).for(1000);
    wave.pulses('0918', 48, 8, breakMs, makeMs).for(1000).level(48).for(3000).play(scene);
    assert.is(scene.ended('released').pulseDigits, '0918');
  });

for (const ms of [130, 300, 600, 1000, 1450])
  test(`a flash of ${ms} ms is one flash and no end`, () => {
    const scene = new Scene();
    new LoopWave(48)
      .until(5000)
      .level(8)
      .for(3000)
      .level(48)
      .for(ms)
      .level(8)
      .for(4000)
      .level(48)
      .for(3000)
      .play(scene);
    const call = scene.ended('released');
    assert.is(call.flashes, 1);
    assert.is(call.pulseDigits, '');
    near(call.endedAt, 12_000 + ms, 20, 'release');
  });

test('reversal of the polarity answers an outgoing call and does not end it; the one at its end does not answer again', () => {
  const scene = new Scene();
  new LoopWave(48)
    .until(5000)
    .level(8)
    .for(4000)
    .level(-8)
    .for(10_000)
    .level(8)
    .for(1000)
    .level(48)
    .for(3000)
    .play(scene);
  const call = scene.ended('released');
  assert.is(call.direction, 'outgoing');
  near(call.answeredAt, 9000, 50, 'answer');
  near(call.endedAt, 20_000, 20, 'release');
  assert.is(scene.calls('answered').length, 1);
  assert.is(call.flashes, 0);
});

test('a pair cut in idle is dead since the cut, and no call is opened', () => {
  const scene = new Scene();
  new LoopWave(48).until(5000).level(0).for(5000).play(scene);
  assert.is(scene.signal, 'dead');
  near(Number(scene.signals.at(-1)?.split(' ')[1]), 5000, 30, 'cut');
  assert.is(scene.calls('opened').length, 0);
});

test('a pair cut in a call ends it `line-lost` at the cut, and the call found after the repair is a new one', () => {
  const scene = new Scene();
  const wave = new LoopWave(48).until(5000).level(8).for(5000).level(0);
  wave.for(10_000).level(8).for(4000).level(48).for(3000).play(scene);
  const [lost, found] = scene.calls('ended');
  assert.is(lost?.end, 'line-lost');
  near(lost?.endedAt, 10_000, 30, 'cut');
  assert.is(found?.end, 'released');
  assert.is(found?.direction, 'found');
  near(found?.startedAt, 20_000, 80, 'repair');
  near(found?.endedAt, 24_000, 20, 'release');
});

test('an exchange that takes the battery away for 800 ms at the end of a call leaves no trace', () => {
  const scene = new Scene();
  const wave = new LoopWave(48).until(5000).level(8).for(5000).level(0).for(800).level(8).for(2000).level(48);
  wave.for(300).level(0).for(500).level(48).for(3000).play(scene);
  const call = scene.ended('released');
  near(call.endedAt, 12_800, 20, 'release');
  assert.is(call.flashes, 0);
  assert.is(call.pulseDigits, '');
});

test('a parallel phone picked up and hung up again is one call', () => {
  const scene = new Scene();
  const wave = new LoopWave(48)
    .until(5000)
    .level(9)
    .for(3000)
    .level(5)
    .for(4000)
    .level(9)
    .for(3000)
    .level(48);
  wave.for(3000).play(scene);
  const call = only(scene.calls('ended'));
  near(call.startedAt, 5000, 20, 'seizure');
  near(call.endedAt, 15_000, 20, 'release');
  assert.is(call.flashes, 0);
});

test('12 V rms of 50 Hz hum neither rings, answers, dials nor ends anything', () => {
  const scene = new Scene();
  const wave = new LoopWave(48).hum(12, 50).until(8000).level(8).for(2000).pulses('27', 48, 8).for(2000);
  const passed = wave.level(48).for(5000).play(scene);
  const call = scene.ended('released');
  assert.is(call.pulseDigits, '27');
  assert.is(call.direction, 'outgoing');
  assert.is(scene.calls('opened').length, 1);
  assert.ok(passed > 20);
});

test('a card that is silent for 6 s in a call loses 6 s, not the call', () => {
  const scene = new Scene();
  new LoopWave(48).until(5000).level(8).for(3000).play(scene);
  scene.frames(8500, false);
  const later = new LoopWave(8).for(3000).level(48).for(4000);
  // The second wave's clock starts where the gap ends.
  for (const { at, channel } of later.frames())
    scene.loop(14_000 + at, { volts: channel.volts[3], dcVolts: channel.volts[3] });
  scene.judge(22_000);
  const call = scene.ended('released');
  near(call.gapMs, 6000, 30, 'gap');
  near(call.endedAt, 17_000, 30, 'release');
});

test('a bouncing changeover in a call, phone on hook: one call, cut over', () => {
  const scene = new Scene();
  const wave = new LoopWave(48).until(5000).level(8).for(5000);
  for (let bounce = 0; bounce < 6; bounce++) wave.level(48).for(4).level(8).for(3);
  wave.level(48).for(4000);
  const frames = wave.frames();
  assert.ok(frames.length > 0);
  // The card reports the move 30 ms after its first loop sample showed it.
  const first = new LoopWave(48).until(5000).level(8).for(5000);
  first.play(scene);
  scene.position(10_030, 'bypass');
  for (const { at, channel } of frames.filter((frame) => frame.at > 10_000))
    scene.loop(at, { volts: channel.volts[3], dcVolts: channel.volts[3] });
  scene.judge(14_000);
  const call = scene.ended('cut-over');
  near(call.endedAt, 10_000, 50, 'switch-over');
  assert.is(call.flashes, 0);
  assert.is(call.pulseDigits, '');
  assert.is(scene.calls('opened').length, 1);
});

test('the same events lead to the same state, also through JSON', () => {
  const scene = new Scene();
  const wave = new LoopWave(48).until(3000).for(1000, 90).for(2000).level(8).for(1000).pulses('39', 48, 8);
  wave.level(48).for(3000).play(scene);
  const again = new Scene();
  for (const event of scene.events.slice(1)) {
    again.put(structuredClone(event));
    again.state = JSON.parse(JSON.stringify(again.state)) as typeof again.state;
  }
  assert.equal(again.state, scene.state);
  assert.equal(again.effects, scene.effects);
  assert.ok(scene.effects.length > 4);
});

test.run();
