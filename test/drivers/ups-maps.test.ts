/** Every register map of config/ups reads its own samples; a map without samples is refused. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { blocksOf, decodeReading } from '../../src/drivers/ups/decode.ts';
import { checkedUpsMap, loadUpsMap } from '../../src/drivers/ups/map.ts';
import { UpsMapError, flagsOf } from '../../src/drivers/ups/read-map.ts';
import { upsMapFolder, upsModels } from '../../src/drivers/ups/catalogue.ts';

for (const model of upsModels())
  test(`${model}: each sample reads as the map says`, () => {
    const map = loadUpsMap(model);
    assert.ok(map.samples.length > 0);
    const told = new Set<string>();
    for (const { note, answers, reading } of map.samples) {
      const words = new Map(
        answers.flatMap(({ reg, words: text }) =>
          text.split(' ').map((word, n) => [reg + n, Number.parseInt(word, 16)] as const),
        ),
      );
      assert.equal(
        decodeReading(map.items, (_, register) => words.get(register)),
        reading,
        note,
      );
      Object.keys(reading).forEach((name) => told.add(name));
    }
    const named = map.items.flatMap((item) => [
      ...(item.value === undefined ? [] : [item.value]),
      ...flagsOf(item),
    ]);
    for (const name of named) assert.ok(told.has(name), `${name} is in no sample`);
  });

const good = readFileSync(path.join(upsMapFolder(), 'linekeeper-sim.yaml'), 'utf8');
const refused: readonly (readonly [string, string, RegExp])[] = [
  ['without samples', good.replace(/^samples:[\s\S]*/m, 'samples: []\n'), /samples/],
  ['with an unknown quantity', good.replace('value: inputVolts', 'value: inputVoltage'), /value/],
  ['with an unknown key', good.replace('scale: 0.1', 'factor: 0.1'), /additional/],
  ['without a word for being on battery', good.replace('onBattery: 1,', ''), /onBattery/],
  ['with a register that says nothing', good.replace('value: loadPercent', 'scale: 1'), /register 5/],
  [
    'with words of a bit function',
    good.replace('reg: 1, fc: 3', 'reg: 1, fc: 2'),
    /register 1: functions 1 and 2/,
  ],
  [
    'with a bit that its register lacks',
    good.replace('onLine: 0,', 'onLine: 16,'),
    /register 0: u16 has bits 0 to 15/,
  ],
  ['that is no map at all', '- 1\n', /object/],
];
for (const [how, source, pattern] of refused)
  test(`a map ${how} is refused`, () => {
    assert.not.equal(source, good, 'the sample was changed');
    assert.throws(
      () => checkedUpsMap(source, 'x.yaml'),
      (error: unknown) => error instanceof UpsMapError && pattern.test(error.message),
    );
  });

test('an unknown model names the known ones', () => {
  assert.throws(() => loadUpsMap('nosuch'), /linekeeper-sim/);
});

test('registers that touch are read at once, others never across a hole', () => {
  const { items } = loadUpsMap('linekeeper-sim');
  assert.equal(blocksOf(items), [{ function: 3, address: 0, count: 12 }]);
  const blocks = blocksOf(loadUpsMap('apc-smart-ups').items);
  assert.ok(blocks.some(({ address, count }) => address === 20 && count === 4));
  assert.not(blocks.some(({ address, count }) => address <= 133 && 133 < address + count));
});

test('125 registers are one read, the 126th begins another', () => {
  const items = Array.from(
    { length: 126 },
    (_, reg) => ({ reg, fc: 3, type: 'u16', value: 'loadPercent' }) as const,
  );
  assert.equal(
    blocksOf(items.slice(0, 125)).map(({ count }) => count),
    [125],
  );
  assert.equal(
    blocksOf(items).map(({ count }) => count),
    [125, 1],
  );
});

test('a contact that opens when it speaks is true while its bit is 0, and says nothing when it was not read', () => {
  const { items } = loadUpsMap('contact-module');
  const read = (...bits: readonly number[]): unknown => decodeReading(items, (_, register) => bits[register]);
  assert.equal(read(1, 0), { onBattery: false, onLine: true, lowBattery: false });
  assert.equal(read(0), { onBattery: true, onLine: false });
  assert.equal(read(), {});
  assert.equal(blocksOf(items), [
    { function: 2, address: 0, count: 2 },
    { function: 2, address: 3, count: 1 },
  ]);
});

test('words of a 32-bit value that were not both read give no value', () => {
  const { items } = loadUpsMap('linekeeper-sim');
  const reading = decodeReading(items, (_, register) => (register === 9 ? 1 : undefined));
  assert.equal(reading, {});
});

test.run();
