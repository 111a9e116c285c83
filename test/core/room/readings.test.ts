/** Polled values against their limits: at each limit and just beyond it, with the deadband, and when nothing is known. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readingConditions, readingHeard } from '../../../src/core/room/readings.ts';
import type { ReadingMemory } from '../../../src/core/room/readings.ts';
import type { RegisterPoint } from '../../../src/model/room.ts';
import { monoMs } from '../../../src/model/units.ts';
import { text } from '../../../src/model/text.ts';

const point: RegisterPoint = {
  kind: 'register',
  id: 'room-temp',
  name: text('机房温度', 'Room'),
  terminal: { bus: 'rs485', kind: 'register', number: 0, unit: 12, table: 'input' },
  type: 's16',
  scale: 0.1,
  unit: '°C',
  warn: { when: '>', value: 30 },
  critical: { when: '>', value: 40 },
  deadband: 2,
  everyMs: 10_000,
};

class Watched {
  at = 1_000_000;
  memory: ReadingMemory | undefined;
  isBusLost = false;
  readonly point: RegisterPoint;

  constructor(more: Partial<RegisterPoint> = {}) {
    this.point = { ...point, ...more };
  }
  hear(...values: readonly (number | 'unknown')[]): this {
    for (const value of values)
      this.memory = readingHeard(this.point, this.memory, { value, at: monoMs((this.at += 1000)) });
    return this;
  }
  wait(ms: number): this {
    this.at += ms;
    return this;
  }
  get conditions(): readonly string[] {
    return this.#all.map(({ key, state }) => `${key.type} ${state}`);
  }
  get words(): string | undefined {
    return this.#all.find(({ state }) => state === 'active')?.detail.en;
  }
  get #all(): ReturnType<typeof readingConditions> {
    const { id } = this.point;
    const readings = this.memory === undefined ? {} : { [id]: this.memory };
    return readingConditions([this.point], readings, () => this.isBusLost, monoMs(this.at));
  }
}

test('at the limit nothing is wrong, beyond it there is an alarm with the value', () => {
  assert.equal(new Watched().hear(30).conditions, []);
  const beyond = new Watched().hear(30.1);
  assert.equal(beyond.conditions, ['reading.warn active']);
  assert.is(beyond.words, 'Room 30.1 °C (> 30 °C)');
});

test('it is over when the value is back by the deadband, not before', () => {
  assert.equal(new Watched().hear(31, 28.1).conditions, ['reading.warn active']);
  assert.equal(new Watched().hear(31, 28).conditions, []);
  assert.equal(new Watched().hear(31, 28, 29.9).conditions, []);
});

test('beyond the critical limit the warning neither begins nor ends', () => {
  const hot = new Watched().hear(41);
  assert.equal(hot.conditions, ['reading.critical active', 'reading.warn unknown']);
  assert.equal(hot.hear(38.1).conditions, ['reading.critical active', 'reading.warn unknown']);
  assert.equal(hot.hear(38).conditions, ['reading.warn active']);
});

test('a lower limit works the other way round', () => {
  const cold = new Watched({ warn: { when: '<', value: 5 }, deadband: 1 });
  assert.equal(cold.hear(5).conditions, []);
  assert.equal(cold.hear(4.9).conditions, ['reading.warn active']);
  assert.equal(cold.hear(5.9).conditions, ['reading.warn active']);
  assert.equal(cold.hear(6).conditions, []);
});

test('the words of an alarm do not change while the value moves less than the deadband', () => {
  const hot = new Watched().hear(31, 32.9);
  assert.is(hot.words, 'Room 31 °C (> 30 °C)');
  assert.is(hot.hear(33).words, 'Room 33 °C (> 30 °C)');
});

test('a value that is not known ends no alarm and begins none but its own', () => {
  const unknown = ['reading.unknown active', 'reading.warn unknown', 'reading.critical unknown'];
  assert.equal(new Watched().conditions, unknown);
  assert.equal(new Watched().hear(20, 'unknown').conditions, unknown);
  assert.equal(new Watched().hear(35, 'unknown', 29).conditions, ['reading.warn active']);
});

test('why a value is not known stands in its alarm', () => {
  const lost = new Watched();
  const reason = text('没有传感器', 'no such sensor');
  lost.memory = readingHeard(lost.point, undefined, { value: 'unknown', reason, at: monoMs(lost.at) });
  assert.is(lost.words, 'Room: no such sensor');
  assert.equal(lost.hear(20).conditions, []);
});

test('without news for three periods and ten seconds it is not known, not a millisecond earlier', () => {
  const quiet = new Watched().hear(20).wait(40_000);
  assert.equal(quiet.conditions, []);
  assert.is(quiet.wait(1).conditions[0], 'reading.unknown active');
});

test('while its bus is lost, the alarm of the bus is enough', () => {
  const cut = new Watched().hear('unknown');
  cut.isBusLost = true;
  assert.is(cut.conditions[0], 'reading.unknown unknown');
});

test.run();
