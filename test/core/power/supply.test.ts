/** What feeds the room: several UPSes, silent ones, and ones that lie. The worst counts, and a test of the battery is no cut. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import * as power from '../../../src/core/power/step.ts';
import type { Values } from '../../../src/core/power/battery.ts';
import type { Subject } from '../../../src/model/room.ts';
import { monoMs } from '../../../src/model/units.ts';
import { text } from '../../../src/model/text.ts';

const ups = (id: string): Subject => ({
  id,
  kind: 'ups',
  name: text(id, id),
  sources: [
    {
      id: `${id}.1`,
      kind: 'megatec',
      bus: 'wire',
      domain: 'serial:wire',
      weight: 'proof',
      label: text('UPS', 'UPS'),
      everyMs: 5000,
      waitMs: 5000,
      missLimit: 3,
    },
  ],
  downWhen: 1,
  dependsOn: [],
});
const onMains: Values = { onBattery: false, batteryPercent: 100, runtimeS: 14_400 };

class Bench {
  at = 0;
  state: power.PowerState;
  constructor(...ids: readonly string[]) {
    this.state = power.initial({ subjects: ids.map(ups), autonomyMs: 4 * 3_600_000 }, {}, monoMs(0));
  }
  reads(values: Values, id = 'a'): this {
    this.state = power.hear(this.state, { source: `${id}.1`, says: 'up', values, at: monoMs(this.at) }).state;
    return this;
  }
  silent(id = 'a'): this {
    this.state = power.hear(this.state, { source: `${id}.1`, says: 'unknown', at: monoMs(this.at) }).state;
    return this;
  }
  wait(seconds: number): this {
    this.at += seconds * 1000;
    return this;
  }
  /** The same words every five seconds. */
  says(seconds: number, values: Values, id = 'a'): this {
    for (let n = 0; n < seconds / 5; n++) this.wait(5).reads(values, id);
    return this;
  }
  get supply(): ReturnType<typeof power.supply> {
    return power.supply(this.state, monoMs(this.at));
  }
  get runtimeS(): number {
    return Math.round(this.supply.runtimeS ?? Number.NaN);
  }
  doubts(): readonly string[] {
    return power
      .conditions(this.state, monoMs(this.at))
      .flatMap(({ key, detail }) => (key.type === 'ups.contradicts' ? [detail.en] : []));
  }
}

test('nobody has spoken, or it was too long ago: unknown, neither cut nor mains', () => {
  assert.is(new Bench('a').supply.mains, 'unknown');
  const bench = new Bench('a').reads(onMains);
  assert.is(bench.supply.mains, 'up');
  assert.is(bench.wait(16).supply.mains, 'unknown');
  assert.is(bench.silent().supply.mains, 'unknown', 'lost on mains');
});

test('several UPSes: one on battery is a cut, and the least runtime and charge count', () => {
  const bench = new Bench('a', 'b', 'c')
    .reads(onMains)
    .reads({ onBattery: true, runtimeS: 3000, batteryPercent: 90 }, 'b');
  bench.reads({ onBattery: true, runtimeS: 2000, batteryPercent: 95 }, 'c');
  assert.is(bench.supply.mains, 'failed');
  assert.is(bench.runtimeS, 2000);
  assert.is(bench.supply.batteryPercent, 90);
  bench.reads(onMains, 'c').reads(onMains, 'b');
  assert.is(bench.supply.mains, 'up');
});

test('between two readings the runtime goes down by the clock', () => {
  const bench = new Bench('a').reads({ onBattery: true, runtimeS: 600 }).wait(10);
  assert.is(bench.runtimeS, 590);
});

test('a battery test is no cut, unless the battery is low or the input is gone', () => {
  const testing: Values = { onBattery: true, test: true, runtimeS: 9000 };
  assert.is(new Bench('a').reads(testing).supply.mains, 'up');
  assert.is(new Bench('a').reads({ ...testing, inputVolts: 228 }).supply.mains, 'up');
  assert.is(new Bench('a').reads({ ...testing, inputVolts: 4 }).supply.mains, 'failed');
  assert.is(new Bench('a').reads({ ...testing, lowBattery: true }).supply.mains, 'failed');
});

test('four hours with five percent, or with the low flag, is low, and it is said that the UPS contradicts itself', () => {
  const bench = new Bench('a').reads({ onBattery: true, runtimeS: 14_400, batteryPercent: 6 });
  assert.not(bench.supply.isLow);
  bench.reads({ onBattery: true, runtimeS: 14_400, batteryPercent: 5 });
  assert.ok(bench.supply.isLow);
  assert.equal(bench.doubts(), ['claims 240 min at a charge of 5%']);
  bench.reads({ onBattery: true, runtimeS: 14_400, lowBattery: true, batteryPercent: 80 });
  assert.ok(bench.supply.isLow);
  assert.equal(bench.doubts(), ['claims 240 min, yet says battery low 80%']);
  assert.not(bench.reads({ ...onMains, lowBattery: true }).supply.isLow, 'it charges');
});

test('no runtime counts for more than the charge can give by what a full battery is known to last', () => {
  const bench = new Bench('a').reads(onMains);
  bench.wait(5).reads({ onBattery: true, runtimeS: 14_400, batteryPercent: 20 });
  assert.is(bench.runtimeS, Math.round(14_400 * 1.5 * 0.2));
  assert.equal(bench.doubts(), ['claims 240 min at a charge of 20%']);
});

test('a rise is believed when it has stood for a minute; a single one is not', () => {
  const bench = new Bench('a').says(10, { onBattery: true, runtimeS: 480 });
  bench.wait(5).reads({ onBattery: true, runtimeS: 14_000 });
  assert.is(bench.runtimeS, 475);
  bench.wait(5).reads({ onBattery: true, runtimeS: 470 });
  assert.is(bench.runtimeS, 470);
  bench.says(60, { onBattery: true, runtimeS: 3000 });
  assert.ok(bench.runtimeS < 480, `${bench.runtimeS}`);
  bench.says(5, { onBattery: true, runtimeS: 3000 });
  assert.is(bench.runtimeS, 3000, 'loads were shed');
});

test('whole minutes are no rise', () => {
  const bench = new Bench('a')
    .says(60, { onBattery: true, runtimeS: 600 })
    .says(5, { onBattery: true, runtimeS: 540 });
  assert.is(bench.runtimeS, 540);
});

test('silent on battery: the battery empties by the clock, from ten minutes where no runtime was told', () => {
  const told = new Bench('a').reads({ onBattery: true, runtimeS: 1800 }).silent().wait(1000);
  assert.equal(told.supply, { mains: 'failed', isLow: false, isReckoned: true, runtimeS: 800 });
  const untold = new Bench('a').reads({ onBattery: true }).silent().wait(500);
  assert.is(untold.runtimeS, 100);
  assert.is(untold.wait(5000).supply.mains, 'failed', 'for ever, while it is the only one');
  assert.is(untold.runtimeS, 0);
});

test('silent on battery, and another one on mains: it counts until it should have been empty for five minutes', () => {
  const bench = new Bench('a', 'b').reads({ onBattery: true, runtimeS: 60 }).silent();
  bench.says(355, onMains, 'b');
  assert.is(bench.supply.mains, 'failed');
  bench.says(10, onMains, 'b');
  assert.is(bench.supply.mains, 'up');
});

test.run();
