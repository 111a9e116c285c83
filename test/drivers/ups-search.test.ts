/** The search finds each map on a device that holds its samples, and tells what is wrong where none fits. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { answeringUnits, tryMap } from '../../src/drivers/ups/search.ts';
import type { Trial } from '../../src/drivers/ups/search.ts';
import { upsModels } from '../../src/drivers/ups/catalogue.ts';
import { loadUpsMap } from '../../src/drivers/ups/map.ts';
import { text } from '../../src/model/text.ts';
import type { RegisterAnswer, RegisterRequest, Registers } from '../../src/ports/registers.ts';

type Table = ReadonlyMap<number, number>;

/** A device that has just these words, at one unit, by one function; everything else is refused or silent. */
class Device implements Registers {
  readonly asked: RegisterRequest[] = [];
  readonly #unit: number;
  readonly #functions: readonly number[];
  readonly #word: (register: number) => number | undefined;

  constructor(unit: number, functions: readonly number[], word: (register: number) => number | undefined) {
    this.#unit = unit;
    this.#functions = functions;
    this.#word = word;
  }
  read(request: RegisterRequest): Promise<RegisterAnswer> {
    this.asked.push(request);
    const { unit, address, count } = request;
    if (unit !== this.#unit)
      return Promise.resolve({ ok: false, kind: 'timeout', reason: text('无应答', 'no answer') });
    const values = Array.from({ length: count }, (_, n) => this.#word(address + n));
    const known = values.filter((value) => value !== undefined);
    if (known.length < count || !this.#functions.includes(request.function))
      return Promise.resolve({
        ok: false,
        kind: 'exception',
        exception: 2,
        reason: text('异常', 'exception 2'),
      });
    return Promise.resolve({ ok: true, values: known });
  }
  close(): Promise<void> {
    return Promise.resolve();
  }
}

const wordsOf = (model: string): Table =>
  new Map(
    (loadUpsMap(model).samples[0]?.answers ?? []).flatMap(({ reg, words }) =>
      words.split(' ').map((word, n) => [reg + n, Number.parseInt(word, 16)] as const),
    ),
  );
const functionsOf = (model: string): readonly number[] => loadUpsMap(model).items.map(({ fc }) => fc);
const all = async (device: Device, unit: number): Promise<readonly Trial[]> => {
  const trials: Trial[] = [];
  for (const model of upsModels()) trials.push(await tryMap(device, unit, { model, map: loadUpsMap(model) }));
  return [...trials].sort((a, b) => Number(b.fits) - Number(a.fits) || b.score - a.score);
};

for (const model of upsModels())
  test(`${model} is found by its own registers`, async () => {
    const { unit } = loadUpsMap(model);
    const words = wordsOf(model);
    const [best] = await all(new Device(unit, functionsOf(model), (register) => words.get(register)), unit);
    assert.is(best?.model, model);
    assert.ok(best?.fits);
    const row = best.items.find(({ raw }) => raw.length > 0);
    assert.match(row?.raw[0] ?? '', /^[0-9A-F]{4}$/);
  });

const apc = 'apc-smart-ups';
const mapOf = (model: string) => ({ model, map: loadUpsMap(model) });

test('words that are turned round: the map does not fit, and the advice is the word order', async () => {
  const words = wordsOf(apc);
  const turned = new Map(words);
  for (const { reg, type } of loadUpsMap(apc).items)
    if (type === 'u32') turned.set(reg, words.get(reg + 1) ?? 0).set(reg + 1, words.get(reg) ?? 0);
  const trial = await tryMap(new Device(1, [3], (register) => turned.get(register)), 1, mapOf(apc));
  assert.not(trial.fits);
  assert.is(trial.advice, 'word-order');
  assert.match(trial.strange.join(), /runtimeS/);
});

test('registers that the device gives by the other function: the advice is the function', async () => {
  const words = wordsOf(apc);
  const trial = await tryMap(new Device(1, [4], (register) => words.get(register)), 1, mapOf(apc));
  assert.not(trial.fits);
  assert.is(trial.answered, 0);
  assert.is(trial.advice, 'function');
});

/** Contacts alone, and two small voltages: anything can be that. They rank behind every other map. */
const sayLittle = ['contact-module', 'phoenix-trio-2g'];

test('a device that answers every register with zero, or with noise, is no UPS', async () => {
  for (const word of [() => 0, (register: number) => (register * 7919 + 12345) % 65_536])
    for (const trial of await all(new Device(1, [1, 2, 3, 4], word), 1))
      if (!sayLittle.includes(trial.model)) assert.not(trial.fits, trial.model);
});

test('of the units those that answer are found, a refusal counts; an offline bus is not asked on', async () => {
  const told: number[] = [];
  const device = new Device(5, [], () => undefined);
  assert.equal(await answeringUnits(device, [1, 5, 7], (unit) => told.push(unit)), [5]);
  assert.equal(told, [1, 5, 7]);
  const offline: Registers = {
    read: () => Promise.resolve({ ok: false, kind: 'offline', reason: text('断', 'down') }),
    close: () => Promise.resolve(),
  };
  told.length = 0;
  assert.equal(await answeringUnits(offline, [1, 2, 3], (unit) => told.push(unit)), []);
  assert.equal(told, [1]);
});

test('only reads are asked', async () => {
  const device = new Device(1, [], () => undefined);
  await all(device, 1);
  assert.ok(device.asked.every(({ function: code }) => [1, 2, 3, 4].includes(code)));
});

test.run();
