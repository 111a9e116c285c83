/** A simulated battery, discharged through the estimate: what it learns, what it says, and when it says nothing. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import fc from 'fast-check';
import { batteryHeard, chargeOfVolts, unknownBattery } from '../../../src/core/power/battery.ts';
import type { BatteryMemory, Values } from '../../../src/core/power/battery.ts';
import { monoMs } from '../../../src/model/units.ts';
import type { UpsReading } from '../../../src/model/ups.ts';
import '../../seeded.ts';

const minute = 60_000;
const hour = 60 * minute;
const everyMs = 5_000;

/** A battery that lasts `fullS` seconds at 100 % load and empties by load to the power 1.15; it tells what it is asked to tell. */
class Plant {
  at = 1_000_000;
  charge = 100;
  mains = true;
  loadPercent = 40;
  test = false;
  memory: BatteryMemory = unknownBattery;
  said: Values = {};
  readonly #fullS: number;
  readonly #tells: (plant: Plant) => UpsReading;

  constructor(fullS: number, tells: (plant: Plant) => UpsReading) {
    this.#fullS = fullS;
    this.#tells = tells;
  }
  get leftS(): number {
    return ((this.charge / 100) * this.#fullS) / (this.loadPercent / 100) ** 1.15;
  }
  /** As lead-acid does under load, in volts of a 24 V battery. */
  get volts(): number {
    return this.mains ? 27.2 : 21 + (this.charge / 100) * 4.4;
  }
  run(ms: number): this {
    for (const end = this.at + ms; this.at < end; this.at += everyMs) {
      if (!this.mains || this.test)
        this.charge = Math.max(
          0,
          this.charge - (100 * (everyMs / 1000)) / (this.leftS / (this.charge / 100)),
        );
      else this.charge = Math.min(100, this.charge + everyMs / (8 * 36_000));
      const reading: UpsReading = {
        onBattery: !this.mains || this.test,
        test: this.test,
        loadPercent: this.loadPercent,
        ...this.#tells(this),
      };
      const { memory, estimates } = batteryHeard(this.memory, reading, monoMs(this.at));
      this.memory = memory;
      this.said = { ...reading, ...estimates };
    }
    return this;
  }
  set(how: Partial<Pick<Plant, 'mains' | 'loadPercent' | 'test' | 'charge'>>): this {
    Object.assign(this, how);
    return this;
  }
}
const number = (value: unknown): number => (typeof value === 'number' ? value : Number.NaN);
const near = (actual: unknown, wanted: number, share: number): void =>
  assert.ok(
    Math.abs(number(actual) - wanted) <= share * wanted,
    `${String(actual)} is not within ${share * 100} % of ${wanted}`,
  );

const tellsCharge = ({ charge }: Plant): UpsReading => ({ batteryPercent: Math.round(charge) });
const tellsVolts = ({ volts }: Plant): UpsReading => ({
  batteryVolts: Math.round(volts * 10) / 10,
  batteryNominalVolts: 24,
});

test('a UPS that tells only its charge: no runtime until a discharge has taught it, then one that holds to the end', () => {
  const plant = new Plant((2 * hour) / 1000, tellsCharge).run(minute);
  assert.is(plant.said['runtimeS'], undefined);
  plant.set({ mains: false }).run(2 * minute);
  assert.is(plant.said['runtimeS'], undefined);
  plant.run(40 * minute);
  near(plant.said['runtimeS'], plant.leftS, 0.1);
  assert.is(plant.said['runtimeIsEstimated'], true);
  near(plant.said['onBatteryS'], 42 * 60, 0.01);
  while (plant.charge > 20) {
    plant.run(10 * minute);
    near(plant.said['runtimeS'], plant.leftS, 0.1);
  }
});

test('the load changes in the middle of a discharge: the runtime follows it', () => {
  const plant = new Plant(hour / 1000, tellsCharge)
    .run(minute)
    .set({ mains: false })
    .run(20 * minute);
  plant.set({ loadPercent: 80 }).run(minute);
  near(plant.said['runtimeS'], plant.leftS, 0.15);
  plant.set({ loadPercent: 20 }).run(minute);
  near(plant.said['runtimeS'], plant.leftS, 0.15);
});

test('what one power cut taught is known from the first second of the next', () => {
  const plant = new Plant(hour / 1000, tellsCharge).set({ mains: false }).run(30 * minute);
  plant.set({ mains: true }).run(12 * hour);
  plant.set({ mains: false, loadPercent: 60 }).run(10_000);
  near(plant.said['runtimeS'], plant.leftS, 0.15);
});

test('a UPS that tells only volts: charge and runtime are estimated, and both are marked', () => {
  const plant = new Plant(hour / 1000, tellsVolts).run(minute);
  assert.is(plant.said['batteryPercent'], 100);
  plant.set({ mains: false }).run(hour);
  assert.is(plant.said['batteryPercentIsEstimated'], true);
  near(plant.said['batteryPercent'], plant.charge, 0.15);
  near(plant.said['runtimeS'], plant.leftS, 0.25);
});

test('what the UPS tells itself is not touched and not marked', () => {
  const plant = new Plant(hour / 1000, ({ charge }) => ({
    batteryPercent: charge,
    runtimeS: 1234,
    onBatteryS: 7,
  }));
  plant.set({ mains: false }).run(30 * minute);
  assert.is(plant.said['runtimeS'], 1234);
  assert.is(plant.said['onBatteryS'], 7);
  assert.is(plant.said['runtimeIsEstimated'], undefined);
  assert.is(plant.said['batteryPercentIsEstimated'], undefined);
});

test('a UPS that tells neither charge nor volts gets no estimate at all', () => {
  const plant = new Plant(hour / 1000, () => ({})).set({ mains: false }).run(30 * minute);
  for (const name of ['runtimeS', 'batteryPercent', 'autonomyS'])
    assert.is(plant.said[name], undefined, name);
});

test('autonomy is the runtime at the present load on a full battery: by the UPS where it tells', () => {
  const tells = (plant: Plant): UpsReading => ({
    batteryPercent: plant.charge,
    runtimeS: Math.round(plant.leftS),
  });
  const plant = new Plant((2 * hour) / 1000, tells).set({ charge: 60 }).run(minute);
  assert.is(plant.said['autonomyS'], undefined);
  plant.set({ charge: 92 }).run(minute);
  near(plant.said['autonomyS'], (100 * plant.leftS) / plant.charge, 0.02);
});

test('it is estimated daily and not in between', () => {
  const plant = new Plant((2 * hour) / 1000, (one) => ({
    batteryPercent: 100,
    runtimeS: Math.round(one.leftS),
  })).run(minute);
  const first = plant.said['autonomyS'];
  plant.set({ loadPercent: 80 }).run(23 * hour);
  assert.is(plant.said['autonomyS'], first);
  plant.run(2 * hour);
  near(plant.said['autonomyS'], plant.leftS, 0.02);
});

test('after a test it is estimated again, once the battery is full', () => {
  const plant = new Plant((2 * hour) / 1000, (one) => ({
    batteryPercent: one.charge,
    runtimeS: Math.round(one.leftS),
  }));
  const first = plant.run(minute).said['autonomyS'];
  plant.set({ loadPercent: 80, test: true }).run(12 * minute);
  assert.is(plant.said['autonomyS'], first, 'not during the test');
  plant.set({ test: false, charge: 85 }).run(minute);
  assert.is(plant.said['autonomyS'], first, 'not while it is not full');
  plant.set({ charge: 100 }).run(minute);
  near(plant.said['autonomyS'], plant.leftS, 0.02);
});

test('a UPS that promises more than the last discharge gave is not believed', () => {
  const plant = new Plant(hour / 1000, ({ charge }) => ({
    batteryPercent: Math.round(charge),
    runtimeS: 6 * 3600,
  }));
  plant.run(minute);
  assert.is(plant.said['autonomyS'], 6 * 3600);
  plant
    .set({ mains: false })
    .run(30 * minute)
    .set({ mains: true })
    .run(12 * hour);
  plant.run(minute);
  near(plant.said['autonomyS'], plant.leftS, 0.15);
  assert.is(plant.memory.autonomy?.by, 'discharge');
});

test('an hour without readings in a power cut teaches nothing', () => {
  const plant = new Plant((10 * hour) / 1000, tellsCharge).set({ mains: false }).run(2 * minute);
  plant.at += hour;
  plant.charge -= 60;
  plant.run(2 * minute);
  assert.is(plant.memory.drainPerPercent, undefined);
});

test('volts of a block, of a battery and of one cell', () => {
  assert.is(chargeOfVolts(12.7, 12), 100);
  assert.is(chargeOfVolts(21, 24), 0);
  assert.is(chargeOfVolts(2.1167, 48), 100);
  assert.is(chargeOfVolts(11.6 * 4, 48), 50);
  assert.is(chargeOfVolts(27.5, undefined), undefined);
  assert.is(chargeOfVolts(27.5, 0), undefined);
});

test('whatever a UPS says, an estimate is a number that is not negative', () => {
  const value = fc.option(fc.double({ min: 0, max: 500, noNaN: true }), { nil: undefined });
  const reading = fc.record({
    onBattery: fc.boolean(),
    test: fc.boolean(),
    a: value,
    b: value,
    c: value,
    d: value,
  });
  fc.assert(
    fc.property(fc.array(reading, { maxLength: 60 }), (many) => {
      let memory = unknownBattery;
      many.forEach(({ onBattery, test: isTest, a, b, c, d }, n) => {
        const told: UpsReading = {
          onBattery,
          test: isTest,
          ...(a === undefined ? {} : { batteryPercent: a }),
          ...(b === undefined ? {} : { loadPercent: b }),
          ...(c === undefined ? {} : { batteryVolts: c }),
          ...(d === undefined ? {} : { batteryNominalVolts: d }),
        };
        const heard = batteryHeard(memory, told, monoMs(n * 30_000));
        memory = heard.memory;
        for (const [name, one] of Object.entries(heard.estimates))
          if (typeof one === 'number') assert.ok(Number.isFinite(one) && one >= 0, `${name} ${one}`);
      });
    }),
  );
});

test.run();
