import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { upsMibReading, upsObjects } from '../../src/format/ups-mib.ts';

const of = (objects: Readonly<Record<string, number>>): ReadonlyMap<string, number> =>
  new Map(Object.entries(objects).map(([oid, value]) => [`1.3.6.1.2.1.33.1.${oid}`, value]));
const alarm = (number: number): string => `1.3.6.1.2.1.33.1.6.3.${number}`;

test('on mains: units of the MIB become ours; 0 minutes on mains is no value', () => {
  assert.equal(
    upsMibReading(
      of({
        '2.1.0': 2,
        '2.2.0': 0,
        '2.3.0': 0,
        '2.4.0': 100,
        '2.5.0': 545,
        '2.7.0': 25,
        '3.3.1.2.1': 500,
        '3.3.1.3.1': 229,
        '4.1.0': 3,
        '4.2.0': 499,
        '4.4.1.2.1': 230,
        '4.4.1.3.1': 45,
        '4.4.1.5.1': 30,
        '4.4.1.5.2': 41,
        '6.1.0': 0,
        '7.3.0': 1,
      }),
    ),
    {
      onBattery: false,
      onLine: true,
      bypass: false,
      off: false,
      lowBattery: false,
      replaceBattery: false,
      overTemperature: false,
      overload: false,
      alarm: false,
      test: false,
      testPassed: true,
      testFailed: false,
      onBatteryS: 0,
      batteryPercent: 100,
      batteryVolts: 54.5,
      temperatureC: 25,
      inputHz: 50,
      inputVolts: 229,
      outputHz: 49.9,
      outputVolts: 230,
      outputAmps: 4.5,
      loadPercent: 41,
    },
  );
});

test('on battery, low, with alarms of the table; minutes become seconds', () => {
  const reading = upsMibReading(
    of({ '2.1.0': 3, '2.2.0': 300, '2.3.0': 7, '4.1.0': 5, '6.1.0': 3, '7.3.0': 3 }),
    [alarm(2), alarm(1), alarm(8)],
  );
  const {
    onBattery,
    onLine,
    lowBattery,
    runtimeS,
    onBatteryS,
    replaceBattery,
    overload,
    alarm: fault,
  } = reading;
  assert.equal(
    { onBattery, onLine, lowBattery, runtimeS, onBatteryS, replaceBattery, overload, fault },
    {
      onBattery: true,
      onLine: false,
      lowBattery: true,
      runtimeS: 420,
      onBatteryS: 300,
      replaceBattery: true,
      overload: true,
      fault: false,
    },
  );
  assert.is(reading.testFailed, true);
  assert.is(upsMibReading(of({ '2.3.0': 0, '4.1.0': 5 })).runtimeS, 0);
});

const sources: readonly (readonly [number, Readonly<Record<string, boolean>>])[] = [
  [2, { off: true, onLine: false, onBattery: false }],
  [4, { bypass: true, onLine: false, onBattery: false }],
  [6, { bypass: false, onLine: true, onBattery: false }],
  [7, { bypass: false, onLine: true, onBattery: false }],
];
for (const [source, wanted] of sources)
  test(`output source ${source} is ${JSON.stringify(wanted)}`, () => {
    const reading = upsMibReading(of({ '4.1.0': source }));
    for (const [name, value] of Object.entries(wanted))
      assert.is(new Map(Object.entries(reading)).get(name), value, name);
  });

test('"other" as source says nothing; then the seconds on battery speak, and without them nothing does', () => {
  assert.is(upsMibReading(of({ '4.1.0': 1, '2.2.0': 12 })).onBattery, true);
  assert.equal(upsMibReading(of({ '4.1.0': 1 })), {});
  assert.equal(upsMibReading(new Map()), {});
});

test('without the count of alarms what only they tell is absent, not false', () => {
  const reading = upsMibReading(of({ '4.1.0': 3, '2.1.0': 1 }));
  assert.equal(reading, { onBattery: false, onLine: true, bypass: false, off: false });
});

test('every object is a full OID, once', () => {
  assert.is(new Set(upsObjects).size, upsObjects.length);
  for (const oid of upsObjects) assert.match(oid, /^1\.3\.6\.1\.2\.1\.33\.1(\.\d+)+$/);
});

test.run();
