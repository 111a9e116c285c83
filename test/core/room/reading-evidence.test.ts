/** A measured value as evidence of a subject. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Points } from './points.ts';

const room = (): Points =>
  new Points(`points: { rack-temp: { sensor: "hwmon:sht3x/temp1", deadband: 1, every: 10s } }
subjects: { rack: { kind: room, evidence: [{ point: rack-temp, ok: "< 38" }] } }
`);

test('within ok it is up, one value outside is not believed, two are down', () => {
  const points = room().reading('rack-temp', 37.9).wait(1);
  assert.is(points.verdict('rack'), 'up');
  assert.is(points.reading('rack-temp', 38).wait(1).verdict('rack'), 'up');
  assert.is(points.reading('rack-temp', 39).wait(1).verdict('rack'), 'down');
  points.wait(10);
  assert.match(points.alarm('rack/subject.down')?.what.en ?? '', /rack-temp/);
});

test('it is up again when it is back by the deadband', () => {
  const points = room().reading('rack-temp', 39).reading('rack-temp', 39).wait(1);
  assert.is(points.verdict('rack'), 'down');
  assert.is(points.reading('rack-temp', 37.5).wait(1).verdict('rack'), 'down');
  assert.is(points.reading('rack-temp', 36.9).wait(1).verdict('rack'), 'up');
});

test('a value that is not known, or not heard for two periods and ten seconds, is unknown and never down', () => {
  const points = room().reading('rack-temp', 39).reading('rack-temp', 39).wait(1);
  assert.is(points.reading('rack-temp', 'unknown').wait(1).verdict('rack'), 'unknown');
  assert.is(points.reading('rack-temp', 20).wait(29).verdict('rack'), 'up');
  assert.is(points.wait(3).verdict('rack'), 'unknown');
});

test.run();
