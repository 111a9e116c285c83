import * as assert from 'uvu/assert';
import type { ChannelReading } from '../../src/ports/line-card.ts';
import { LoopFollower } from '../../src/signal/loop.ts';
import type { LoopReading } from '../../src/model/event.ts';
import { monoMs } from '../../src/model/units.ts';
import { test } from 'uvu';

interface Passed extends LoopReading {
  readonly at: number;
}

class Bench {
  readonly passed: Passed[] = [];
  at = 0;
  readonly follower = new LoopFollower((at, reading) => this.passed.push({ at, ...reading }));

  frame(volts: number | readonly [number, number, number, number], rest: Partial<ChannelReading> = {}): this {
    this.at += 20;
    this.follower.frame(monoMs(this.at), {
      volts: typeof volts === 'number' ? [volts, volts, volts, volts] : volts,
      milliamps: 0,
      ringVolts: 0,
      ringHz: 0,
      ...rest,
    });
    return this;
  }
  frames(count: number, volts: number, rest: Partial<ChannelReading> = {}): this {
    for (let frame = 0; frame < count; frame++) this.frame(volts, rest);
    return this;
  }
  /** Rest at this level, then forget what was passed. */
  settled(volts: number): this {
    this.frames(30, volts);
    this.passed.length = 0;
    return this;
  }
  get last(): Passed | undefined {
    return this.passed.at(-1);
  }
}

test('the first full 20 ms are passed, a level that holds is not passed again', () => {
  const bench = new Bench().frame(48);
  assert.equal(bench.passed, [{ at: 20, volts: 48, dcVolts: 48, ringVolts: 0, ringHz: 0, milliamps: 0 }]);
  bench.frames(3000, 48);
  assert.is(bench.passed.length, 1);
});

test('four readings a frame, 5 ms apart: the short mean moves within 20 ms, V within 80 ms', () => {
  const bench = new Bench().settled(48);
  const step = bench.at;
  bench.frames(5, 8);
  assert.equal(
    bench.passed.slice(0, 5).map(({ at, volts, dcVolts }) => [at - step, volts, dcVolts]),
    [
      [5, 38, 45.5],
      [10, 28, 43],
      [15, 18, 40.5],
      [20, 8, 38],
      [25, 8, 35.5],
    ],
  );
  const whole = bench.passed.find(({ dcVolts }) => dcVolts === 8);
  assert.is((whole?.at ?? 0) - step, 80);
  assert.is(bench.last?.dcVolts, 8);
});

test('0.49 V is nothing new, 0.5 V is', () => {
  const under = new Bench().settled(48).frames(4, 47.51);
  assert.is(under.passed.length, 0);
  const at = new Bench().settled(48).frame(47.5);
  assert.is(at.passed.length, 1);
});

test('when the loop has come to rest its exact value follows within 200 ms, once', () => {
  const bench = new Bench().settled(48).frame(47).frames(2, 46.6).frames(100, 46.4);
  assert.is(bench.last?.volts, 46.4);
  assert.ok(Math.abs((bench.last?.dcVolts ?? 0) - 46.4) < 1e-9);
  const lastNews = bench.passed.at(-2)?.at ?? 0;
  assert.ok((bench.last?.at ?? 0) - lastNews <= 200, `${(bench.last?.at ?? 0) - lastNews} ms`);
  assert.ok(bench.passed.length < 12);
});

test('crossing 3 V, 6 V or the sign is passed below the deadband', () => {
  for (const [from, to] of [
    [3.1, 2.9],
    [2.9, 3.1],
    [6.1, 5.9],
    [-3.1, -2.9],
  ] as const) {
    const bench = new Bench().settled(from).frames(4, to);
    assert.ok(bench.passed.length > 0, `${from} to ${to}`);
    assert.is(bench.last?.volts, to);
  }
});

test('noise around nothing on a dead pair passes nothing', () => {
  const bench = new Bench().settled(0);
  for (let frame = 0; frame < 500; frame++) bench.frame([0.3, -0.2, 0.4, -0.4]);
  assert.is(bench.passed.length, 0);
});

test('ring: its appearance, 2 V more and its end are passed, each at the end of its frame', () => {
  const bench = new Bench().settled(48);
  const start = bench.at;
  bench.frame(48, { ringVolts: 21, ringHz: 25 });
  bench.frame(48, { ringVolts: 22.9, ringHz: 25 });
  bench.frame(48, { ringVolts: 23, ringHz: 25 });
  bench.frame(48, { ringVolts: 21.5, ringHz: 25 });
  bench.frame(48, { ringVolts: 20, ringHz: 25 });
  assert.equal(
    bench.passed.map(({ at, ringVolts }) => [at - start, ringVolts]),
    [
      [20, 21],
      [60, 23],
      [100, 20],
    ],
  );
});

test('a frequency that leaves the ring band is passed although the level holds', () => {
  const bench = new Bench().settled(48).frames(20, 48, { ringVolts: 80, ringHz: 50 });
  bench.passed.length = 0;
  bench.frame(48, { ringVolts: 80, ringHz: 61 });
  assert.is(bench.passed.length, 1);
});

test('2 mA more is passed, 1.9 mA is not until the loop is at rest', () => {
  assert.is(new Bench().settled(8).frames(50, 8, { milliamps: 1.9 }).passed.length, 0);
  assert.is(new Bench().settled(8).frame(8, { milliamps: 2 }).passed.length, 1);
});

test('after a gap of more than 100 ms nothing of before is left, and the level is passed even if it is the same', () => {
  const bench = new Bench().settled(48);
  bench.at += 80;
  bench.frame(48);
  assert.is(bench.passed.length, 0, '100 ms from frame to frame is no gap');
  bench.at += 81;
  bench.frame(8);
  assert.equal(
    bench.passed.map(({ at, volts, dcVolts }) => [at, volts, dcVolts]),
    [[bench.at, 8, 8]],
  );
});

test('reset makes it pass the level again', () => {
  const bench = new Bench().settled(48);
  bench.follower.reset();
  bench.frame(48);
  assert.is(bench.passed.length, 1);
});

test('a card clock that is set back never makes a reading older than the one before', () => {
  const bench = new Bench().settled(48);
  bench.frame(8);
  bench.at -= 30;
  bench.frame(48).frames(10, 20);
  const times = bench.passed.map(({ at }) => at);
  assert.ok(times.length > 5);
  assert.equal(
    times,
    times.toSorted((a, b) => a - b),
  );
});

test('a minute of 32 lines costs far less than 1 % of a core', () => {
  const followers = Array.from({ length: 32 }, () => new Bench());
  const started = process.cpuUsage();
  for (let frame = 0; frame < 3000; frame++)
    for (const bench of followers) bench.frame(frame % 500 < 250 ? 48 : 8, { milliamps: frame % 2 });
  const { user } = process.cpuUsage(started);
  assert.ok(user / 1000 < 600, `${user / 1000} ms of 60 000 ms`);
  assert.ok(followers.every(({ passed }) => passed.length > 100 && passed.length < 1000));
});

test.run();
