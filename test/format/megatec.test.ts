import { test } from 'uvu';
import * as assert from 'uvu/assert';
import fc from 'fast-check';
import { megatecNominalVolts, megatecState } from '../../src/format/megatec.ts';
import '../seeded.ts';

test('the published example: on mains, a line-interactive UPS', () => {
  assert.equal(megatecState('(226.0 195.0 226.0 014 49.0 27.5 30.0 00001000'), {
    onBattery: false,
    onLine: true,
    lowBattery: false,
    bypass: false,
    alarm: false,
    test: false,
    inputVolts: 226,
    outputVolts: 226,
    loadPercent: 14,
    inputHz: 49,
    batteryVolts: 27.5,
    temperatureC: 30,
  });
});

test('on battery, low, failed, in test; longer fields and values that are missing', () => {
  const reading = megatecState('(000.0 000.0 0220.1 ---  --.- 02.10 ---.- 11010100');
  assert.equal(reading, {
    onBattery: true,
    onLine: false,
    lowBattery: true,
    bypass: false,
    alarm: true,
    test: true,
    inputVolts: 0,
    outputVolts: 220.1,
    batteryVolts: 2.1,
  });
});

const thirdBit: readonly (readonly [string, string, boolean])[] = [
  ['226.0', '226.0', true],
  ['240.0', '220.0', false],
  ['200.0', '220.0', false],
  ['226.0', '000.0', false],
  ['---.-', '226.0', true],
];
for (const [input, output, bypass] of thirdBit)
  test(`bit 3 with ${input} V in and ${output} V out ${bypass ? 'is' : 'is not'} bypass`, () => {
    assert.is(megatecState(`(${input} 195.0 ${output} 014 49.0 27.5 30.0 00101000`)?.bypass, bypass);
  });

test('a shutdown that is under way is a supply that ends', () => {
  assert.is(megatecState('(226.0 195.0 226.0 014 49.0 27.5 30.0 00000010')?.lowBattery, true);
});

test('echo, NAK, half lines and other lines are no answer', () => {
  const whole = '(226.0 195.0 226.0 014 49.0 27.5 30.0 00001000';
  for (let length = 0; length < whole.length; length++)
    assert.is(megatecState(whole.slice(0, length)), undefined);
  for (const line of ['Q1', '(NAK', '', '#220.0 000 024.0 50.0', whole.slice(1)])
    assert.is(megatecState(line), undefined, line);
  fc.assert(fc.property(fc.string(), (line) => void megatecState(`(${line}`)));
});

test('ratings tell the nominal volts of the battery', () => {
  assert.is(megatecNominalVolts('#220.0 000 024.0 50.0'), 24);
  assert.is(megatecNominalVolts('#220.0 000 --.- 50.0'), undefined);
  assert.is(megatecNominalVolts('F'), undefined);
});

test.run();
