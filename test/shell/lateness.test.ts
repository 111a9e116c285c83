import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Lateness, upToMs } from '../../src/shell/lateness.ts';

test('each tick is counted in its class, the limit still in the lower one', () => {
  const lateness = new Lateness();
  for (const ms of [-3, 0, 5, 5.1, 200, 201, 501, 9000]) lateness.note(ms);
  assert.is(lateness.endSecond(), 9000);
  assert.equal(lateness.lastMinute, { worstMs: 9000, upToMs, counts: [3, 1, 0, 0, 0, 1, 1, 2] });
});

test('the worst of a second is of that second, the worst of the minute is kept for sixty of them', () => {
  const lateness = new Lateness();
  lateness.note(300);
  assert.is(lateness.endSecond(), 300);
  for (let second = 1; second < 60; second++) {
    lateness.note(1);
    assert.is(lateness.endSecond(), 1);
  }
  assert.is(lateness.lastMinute.worstMs, 300);
  lateness.endSecond();
  assert.is(lateness.lastMinute.worstMs, 1);
  assert.equal(lateness.lastMinute.counts, [59, 0, 0, 0, 0, 0, 0, 0]);
});

test.run();
