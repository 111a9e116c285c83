import { test } from 'uvu';
import * as assert from 'uvu/assert';
import fc from 'fast-check';
import { isForcedDown, isWaiting, nutQuoted, nutReading, nutWords } from '../../src/format/nut.ts';
import '../seeded.ts';

const of = (status: string, more: Readonly<Record<string, string>> = {}): ReadonlyMap<string, string> =>
  new Map(Object.entries({ 'ups.status': status, ...more }));

test('words, quoted values with escaped quotes and backslashes, and empty values', () => {
  assert.equal(nutWords('VAR room ups.mfr "The \\"Best\\" \\\\ UPS"'), [
    'VAR',
    'room',
    'ups.mfr',
    'The "Best" \\ UPS',
  ]);
  assert.equal(nutWords('VAR room ups.alarm ""'), ['VAR', 'room', 'ups.alarm', '']);
  assert.equal(nutWords(''), []);
  assert.is(nutWords('VAR room ups.mfr "open'), undefined);
  assert.is(nutWords('VAR room ups.mfr "open\\'), undefined);
});

test('what is quoted comes back, whatever it is', () => {
  fc.assert(
    fc.property(fc.string(), (word) => {
      assert.equal(nutWords(`A ${nutQuoted(word)} B`), ['A', word, 'B']);
    }),
  );
});

test('any line is words or refused, never an exception', () => {
  fc.assert(fc.property(fc.string(), (line) => void nutWords(line)));
});

const supply: readonly (readonly [string, boolean | undefined, boolean | undefined])[] = [
  ['OL', true, false],
  ['OL CHRG', true, false],
  ['OB DISCHRG', false, true],
  ['OL OB', false, true],
  ['OL DISCHRG', true, false],
  ['OL BYPASS', true, false],
  ['OFF', false, false],
  ['', undefined, undefined],
  ['NEWWORD', undefined, undefined],
  ['OL NEWWORD HB TRIM', true, false],
];
for (const [status, onLine, onBattery] of supply)
  test(`status "${status}" is read as on line ${String(onLine)}, on battery ${String(onBattery)}`, () => {
    const reading = nutReading(of(status));
    assert.equal([reading.onLine, reading.onBattery], [onLine, onBattery]);
  });

test('flags, values and the result of the test; what is missing or no number is absent', () => {
  assert.equal(
    nutReading(
      of('OB LB RB OVER ALARM BYPASS', {
        'battery.charge': '15',
        'battery.runtime': '540',
        'input.voltage': '0.0',
        'ups.load': 'N/A',
        'battery.voltage': '-1',
        'battery.temperature': '-5.5',
        'ups.test.result': 'Done and passed',
      }),
    ),
    {
      onBattery: true,
      onLine: false,
      lowBattery: true,
      replaceBattery: true,
      charging: false,
      discharging: false,
      bypass: true,
      off: false,
      overload: true,
      alarm: true,
      test: false,
      eco: false,
      testPassed: true,
      testFailed: false,
      inputVolts: 0,
      batteryPercent: 15,
      runtimeS: 540,
      temperatureC: -5.5,
    },
  );
  for (const bad of ['Done and error', 'Battery test failed', 'Done and warning'])
    assert.is(nutReading(of('OL', { 'ups.test.result': bad })).testFailed, true, bad);
  assert.is(nutReading(of('OL', { 'ups.test.result': 'No test initiated' })).testFailed, false);
});

test('a forced shutdown is a battery that ends; WAIT is no reading', () => {
  assert.is(nutReading(of('FSD OL')).lowBattery, true);
  assert.ok(isForcedDown(of('FSD OL')));
  assert.ok(isWaiting(of('WAIT')));
  assert.not(isWaiting(of('OL')));
});

test.run();
