/** How often the centre hears of a measured value. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ReadingPace } from '../../src/front/mqtt/reading-pace.ts';
import type { ReadingRow } from '../../src/model/messages.ts';
import { text } from '../../src/model/text.ts';

const reading = (value: number | undefined, more: Partial<ReadingRow> = {}): ReadingRow => ({
  id: 'room-temp',
  name: text('温度', 'Room'),
  unit: '°C',
  state: value === undefined ? 'unknown' : 'ok',
  step: 1,
  ...(value === undefined ? {} : { value }),
  ...more,
});

class Centre {
  readonly #pace = new ReadingPace();
  hears(second: number, ...readings: readonly ReadingRow[]): readonly (number | undefined)[] {
    return this.#pace.paced(readings, second * 1000).map(({ value }) => value);
  }
}

test('a value that trembles less than its step is told after five minutes, one that moves by it after ten seconds', () => {
  const centre = new Centre();
  assert.equal(centre.hears(0, reading(20)), [20]);
  assert.equal(centre.hears(299, reading(20.9)), [20]);
  assert.equal(centre.hears(300, reading(20.9)), [20.9]);
  assert.equal(centre.hears(309, reading(25)), [20.9]);
  assert.equal(centre.hears(310, reading(25)), [25]);
});

test('a change of its state, its count or its being known is told at once', () => {
  const centre = new Centre();
  centre.hears(0, reading(20));
  assert.equal(centre.hears(1, reading(30.1, { state: 'warn' })), [30.1]);
  assert.equal(centre.hears(2, reading(undefined)), [undefined]);
  assert.equal(centre.hears(3, reading(20)), [20]);
  assert.equal(centre.hears(4, reading(21, { counted: 1 })), [21]);
});

test('what is gone is forgotten, and begins anew', () => {
  const centre = new Centre();
  centre.hears(0, reading(20));
  assert.equal(centre.hears(1), []);
  assert.equal(centre.hears(2, reading(20.1)), [20.1]);
});

test.run();
