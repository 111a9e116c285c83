import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readLoop } from '../../src/signal/end-of-line.ts';

test('the four states of a normally-closed loop, with the resistors of the protocol page', () => {
  const loop = { normalOhms: 2350, alarmOhms: 4700 };
  for (const [ohms, read] of [
    [0, 'short'],
    [500, 'short'],
    [939, 'short'],
    [941, 'normal'],
    [2350, 'normal'],
    [3300, 'normal'],
    [3400, 'alarm'],
    [4700, 'alarm'],
    [11_700, 'alarm'],
    [11_800, 'cut'],
    [65_535, 'cut'],
  ] as const)
    assert.is(readLoop(loop, ohms), read, String(ohms));
});

test('a normally-open loop is the same the other way round', () => {
  const loop = { normalOhms: 4700, alarmOhms: 2350 };
  assert.is(readLoop(loop, 4700), 'normal');
  assert.is(readLoop(loop, 2350), 'alarm');
  assert.is(readLoop(loop, 20_000), 'cut');
  assert.is(readLoop(loop, 100), 'short');
});

test('other resistors: 2k2 in series with 8k2, and 10k beside 10k; ten per cent and 200 ohms of wire change nothing', () => {
  for (const loop of [
    { normalOhms: 10_400, alarmOhms: 2200 },
    { normalOhms: 5000, alarmOhms: 10_000 },
    { normalOhms: 10_000, alarmOhms: 20_000 },
  ])
    for (const factor of [0.9, 1, 1.1]) {
      assert.is(readLoop(loop, loop.normalOhms * factor + 200), 'normal');
      assert.is(readLoop(loop, loop.alarmOhms * factor + 200), 'alarm');
    }
});

test.run();
