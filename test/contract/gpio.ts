/** What every GPIO back end keeps (ports/gpio.ts), on a bench whose pins the test can drive and look at. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Gpio, GpioRequest } from '../../src/ports/gpio.ts';

export interface GpioBench {
  /** A back end on the bench's chip, as a newly started program makes it. */
  readonly make: () => Promise<Gpio>;
  /** The world outside puts a level on an input. */
  readonly drive: (pin: number, level: boolean) => void;
  /** Level of a pin as the world sees it. */
  readonly level: (pin: number) => boolean;
  /** Pins of which nothing else makes use. */
  readonly inputs: readonly [number, number];
  readonly outputs: readonly [number, number, number];
  /** A pin that the chip does not have. */
  readonly noPin: number;
  /** Lets an output go so that it is an input again. */
  readonly forget: (pin: number) => void;
  /** Another program drives a pin that we hold; absent where the platform refuses it. */
  readonly seize?: (pin: number, level: boolean) => void;
  /** Longest time for an edge to arrive. */
  readonly edgeLimitMs: number;
}

/** Edges as they come, and a way to wait for them. */
class Edges {
  readonly all: { readonly pin: number; readonly level: boolean }[] = [];
  #wake: () => void = () => undefined;

  readonly onEdge = (pin: number, level: boolean): void => {
    this.all.push({ pin, level });
    this.#wake();
  };

  async count(wanted: number, limitMs: number): Promise<void> {
    const endMs = performance.now() + limitMs;
    while (this.all.length < wanted) {
      const leftMs = endMs - performance.now();
      if (leftMs <= 0) throw new Error(`${this.all.length} edges instead of ${wanted} in ${limitMs} ms`);
      let timer: NodeJS.Timeout | undefined;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        timer = setTimeout(resolve, leftMs);
      });
      clearTimeout(timer);
    }
  }
}

const quiet = { onEdge: () => undefined, onLost: () => undefined };
const request = (parts: Partial<GpioRequest>): GpioRequest => ({
  inputs: [],
  outputs: [],
  ...quiet,
  ...parts,
});
const input = (pin: number, debounceMs = 0): GpioRequest['inputs'][number] => ({
  pin,
  debounceMs,
  pull: 'none',
});

export function gpioContract(name: string, bench: GpioBench): void {
  const [inA, inB] = bench.inputs;
  const [outA, outB, outC] = bench.outputs;

  test(`${name}: a line that was never driven starts at its idle level, high or low`, async () => {
    for (const pin of bench.outputs) bench.forget(pin);
    const gpio = await bench.make();
    await gpio.open(
      request({
        outputs: [
          { pin: outA, idle: true },
          { pin: outB, idle: false },
        ],
      }),
    );
    assert.is(bench.level(outA), true);
    assert.is(bench.level(outB), false);
    assert.is(gpio.read(outA), true);
    assert.is(gpio.read(outB), false);
    await gpio.close();
  });

  test(`${name}: outputs change together and at once, and are read back`, async () => {
    const gpio = await bench.make();
    const outputs = bench.outputs.map((pin) => ({ pin, idle: false }));
    await gpio.open(request({ outputs }));
    for (const levels of [
      [true, true, true],
      [false, true, false],
      [true, false, false],
    ]) {
      gpio.write(new Map(bench.outputs.map((pin, n) => [pin, levels[n] === true])));
      assert.equal(
        bench.outputs.map((pin) => bench.level(pin)),
        levels,
      );
      assert.equal(
        bench.outputs.map((pin) => gpio.read(pin)),
        levels,
      );
    }
    gpio.write(new Map([[outB, true]]));
    assert.equal(
      bench.outputs.map((pin) => bench.level(pin)),
      [true, true, false],
      'lines that were not named stay',
    );
    await gpio.close();
  });

  test(`${name}: an edge arrives at once, and level and edge agree`, async () => {
    bench.drive(inA, false);
    bench.drive(inB, true);
    const gpio = await bench.make();
    const edges = new Edges();
    await gpio.open(request({ inputs: [input(inA), input(inB)], onEdge: edges.onEdge }));
    assert.is(gpio.read(inA), false);
    assert.is(gpio.read(inB), true);
    for (let n = 0; n < 6; n++) {
      const level = n % 2 === 0;
      bench.drive(inA, level);
      await edges.count(n + 1, bench.edgeLimitMs);
      assert.equal(edges.all[n], { pin: inA, level });
      assert.is(gpio.read(inA), level);
    }
    bench.drive(inB, false);
    await edges.count(7, bench.edgeLimitMs);
    assert.equal(edges.all[6], { pin: inB, level: false });
    await gpio.close();
  });

  test(`${name}: bounce shorter than the debounce time is one edge`, async () => {
    bench.drive(inA, false);
    const gpio = await bench.make();
    const edges = new Edges();
    await gpio.open(request({ inputs: [input(inA, 300)], onEdge: edges.onEdge }));
    for (let n = 0; n < 9; n++) bench.drive(inA, n % 2 === 0);
    await edges.count(1, bench.edgeLimitMs + 1000);
    await new Promise((resolve) => setTimeout(resolve, 600));
    assert.equal(edges.all, [{ pin: inA, level: true }]);
    await gpio.close();
  });

  test(`${name}: a burst ends in the level that is there`, async () => {
    bench.drive(inA, false);
    const gpio = await bench.make();
    const edges = new Edges();
    await gpio.open(request({ inputs: [input(inA)], onEdge: edges.onEdge }));
    for (let n = 0; n < 401; n++) bench.drive(inA, n % 2 === 0);
    const endMs = performance.now() + bench.edgeLimitMs * 4;
    while (edges.all.at(-1)?.level !== true && performance.now() < endMs)
      await edges.count(edges.all.length + 1, bench.edgeLimitMs * 4);
    assert.equal(edges.all.at(-1), { pin: inA, level: true });
    edges.all.forEach(({ level }, n) => assert.is(level, n % 2 === 0, 'every edge is a change'));
    await gpio.close();
  });

  test(`${name}: after close no edge comes, and the lines can be claimed again`, async () => {
    bench.drive(inA, false);
    const gpio = await bench.make();
    const edges = new Edges();
    await gpio.open(
      request({ inputs: [input(inA)], outputs: [{ pin: outA, idle: false }], onEdge: edges.onEdge }),
    );
    await gpio.close();
    bench.drive(inA, true);
    const next = await bench.make();
    await next.open(request({ inputs: [input(inA)], outputs: [{ pin: outA, idle: false }] }));
    assert.is(next.read(inA), true);
    assert.equal(edges.all, []);
    await next.close();
    await next.open(request({ outputs: [{ pin: outA, idle: false }] }));
    await next.close();
  });

  test(`${name}: a chip without that pin refuses, names it, and holds nothing`, async () => {
    for (const pin of [outB, outC]) bench.forget(pin);
    const gpio = await bench.make();
    const outputs = [
      { pin: outB, idle: true },
      { pin: bench.noPin, idle: true },
    ];
    const refusal = await gpio.open(request({ outputs })).then(
      () => undefined,
      (error: unknown) => error,
    );
    assert.instance(refusal, Error);
    if (refusal instanceof Error) assert.match(refusal.message, String(bench.noPin));
    assert.is(bench.level(outB), false, 'nothing was driven');
    await gpio.close();
    const next = await bench.make();
    await next.open(request({ outputs: [{ pin: outB, idle: false }] }));
    await next.close();
  });

  test(`${name}: where lines are exclusive, a second claim is refused and moves nothing`, async () => {
    const first = await bench.make();
    await first.open(request({ outputs: [{ pin: outA, idle: false }] }));
    first.write(new Map([[outA, true]]));
    const second = await bench.make();
    const claim = second.open(request({ outputs: [{ pin: outA, idle: false }] }));
    const refusal = await claim.then(
      () => undefined,
      (error: unknown) => error,
    );
    if (first.isExclusive) {
      assert.instance(refusal, Error);
      if (refusal instanceof Error) assert.match(refusal.message, String(outA));
    } else assert.is(refusal, undefined);
    assert.is(bench.level(outA), true);
    await second.close();
    assert.is(bench.level(outA), true);
    await first.close();
  });

  test(`${name}: an output that stands otherwise than it was written is named, and no other`, async () => {
    const gpio = await bench.make();
    const outputs = bench.outputs.map((pin) => ({ pin, idle: false }));
    await gpio.open(request({ outputs }));
    gpio.write(new Map(bench.outputs.map((pin, n) => [pin, n === 0])));
    assert.equal(gpio.changedByOther(), []);
    if (bench.seize !== undefined) {
      bench.seize(outA, false);
      assert.equal(gpio.changedByOther(), [outA]);
      bench.seize(outC, true);
      assert.equal([...gpio.changedByOther()].sort(), [outA, outC].sort());
      gpio.write(new Map(bench.outputs.map((pin, n) => [pin, n === 0])));
      assert.equal(gpio.changedByOther(), []);
    } else assert.ok(gpio.isExclusive, 'what others can drive, a bench can');
    await gpio.close();
  });

  test(`${name}: only an output is written, only what was requested is read`, async () => {
    const gpio = await bench.make();
    await gpio.open(request({ inputs: [input(inA)], outputs: [{ pin: outA, idle: false }] }));
    assert.throws(() => gpio.write(new Map([[inA, true]])));
    assert.throws(() => gpio.write(new Map([[outB, true]])));
    assert.throws(() => gpio.read(outB));
    await gpio.close();
    assert.throws(() => gpio.read(outA));
  });
}

/** For benches where a dead program's outputs stand: a new start takes them over as they are. */
export function adoptionContract(name: string, bench: GpioBench): void {
  const [outA, outB] = bench.outputs;
  test(`${name}: outputs that still stand are taken over as they are, whatever their idle level`, async () => {
    const before = await bench.make();
    await before.open(
      request({
        outputs: [
          { pin: outA, idle: false },
          { pin: outB, idle: false },
        ],
      }),
    );
    before.write(
      new Map([
        [outA, true],
        [outB, false],
      ]),
    );
    await before.close();
    assert.is(bench.level(outA), true, 'the level stands after close');
    const after = await bench.make();
    await after.open(
      request({
        outputs: [
          { pin: outA, idle: false },
          { pin: outB, idle: true },
        ],
      }),
    );
    assert.is(after.read(outA), true);
    assert.is(after.read(outB), false);
    assert.is(bench.level(outA), true);
    assert.is(bench.level(outB), false);
    await after.close();
  });
}
