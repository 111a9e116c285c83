/** Measured values as people see them. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Points } from './points.ts';
import { readingViews } from '../../../src/core/room/reading-views.ts';
import type { ReadingView } from '../../../src/model/reading.ts';
import { text } from '../../../src/model/text.ts';

const room = (): Points =>
  new Points(`buses: { rs485: { modbus: "rtu:/dev/ttyUSB1" }, pi: { gpio: virtual } }
points:
  room-temp: { register: rs485/12/30001, unit: °C, warn: "> 30", critical: "> 38", deadband: 1 }
  surges: { register: rs485/7/30001, type: u16, counter: true }
  strikes: { input: pi/20, counter: true }
subjects: { ups-1: { kind: ups, evidence: [{ ups: rs485/1, model: any }] } }
`);
const of = (points: Points, id: string): ReadingView => {
  const found = readingViews(points.state).find((one) => one.id === id);
  if (found === undefined) throw new Error(`no reading ${id}`);
  return found;
};

test('a value has its limits, its state and the moment of its news; before the first it is not known', () => {
  const points = room();
  assert.is(of(points, 'room-temp').state, 'unknown');
  assert.is(of(points, 'room-temp').value, undefined);
  const { value, state, warn, at } = of(points.reading('room-temp', 31), 'room-temp');
  assert.equal([value, state, warn, at], [31, 'warn', { when: '>', value: 30 }, points.at]);
  assert.is(of(points.reading('room-temp', 39), 'room-temp').state, 'critical');
});

test('what has not been heard for three periods and ten seconds is not known', () => {
  const points = room().reading('room-temp', 20);
  assert.is(of(points.wait(40), 'room-temp').value, 20);
  assert.is(of(points.wait(1), 'room-temp').value, undefined);
});

test('a counter shows its total and how many are new', () => {
  const points = room().reading('surges', 17).reading('surges', 19);
  const { value, counted, state } = of(points, 'surges');
  assert.equal([value, counted, state], [19, 2, 'warn']);
  assert.equal([of(points, 'strikes').value, of(points, 'strikes').state], [0, 'ok']);
});

test('a UPS tells what it tells; charge, runtime and load stand there even while it is silent', () => {
  const points = room();
  const shown = (): readonly string[] =>
    readingViews(points.state).flatMap(({ id, subject, value }) =>
      subject === 'ups-1' ? [`${id} ${value ?? '-'}`] : [],
    );
  assert.equal(shown(), ['ups-1.batteryPercent -', 'ups-1.runtimeS -', 'ups-1.loadPercent -']);
  points.tell({
    kind: 'evidence',
    source: 'ups-1.1',
    says: 'up',
    reason: text('', ''),
    values: { onLine: true, batteryPercent: 97, loadPercent: 31, inputVolts: 229.5, runtimeS: 3600 },
  });
  points.turn();
  assert.equal(shown(), [
    'ups-1.batteryPercent 97',
    'ups-1.runtimeS 3600',
    'ups-1.loadPercent 31',
    'ups-1.inputVolts 229.5',
  ]);
});

test.run();
