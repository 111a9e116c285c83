import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CardClock } from '../../../src/drivers/linecard/card-clock.ts';
import { monoMs } from '../../../src/model/units.ts';
import { chance } from '../../../src/sim/chance.ts';
import { CardRig } from './rig.ts';

interface Line {
  readonly ppm: number;
  /** Least delay to us and to the card, and how much may come on top. */
  readonly up: number;
  readonly down: number;
  readonly jitter: number;
}

/** Worst error in milliseconds from `fromMs` on, of a link that behaves so. */
function worst(link: Line, minutes: number, fromMs: number, seed: number): number {
  const random = chance(seed);
  const clock = new CardClock();
  let error = 0;
  for (let t = 0; t < minutes * 60_000; t += 20) {
    const counter = Math.floor((t * 8 * (1 + link.ppm / 1e6)) / 160) * 160;
    const truth = 5000 + counter / 8 / (1 + link.ppm / 1e6);
    const arrives = monoMs(truth + link.up + random() ** 4 * link.jitter);
    clock.arrived(counter, arrives);
    if (t % 1000 === 0) {
      const sent = 5000 + t;
      const received = Math.floor((t + link.down + random() ** 4 * link.jitter) * 8 * (1 + link.ppm / 1e6));
      clock.asked(monoMs(sent), received, monoMs(sent + link.down + link.up + link.jitter));
    }
    if (t > fromMs) error = Math.max(error, Math.abs(clock.at(counter, arrives) - truth));
  }
  return error;
}

test('delays that jump by 40 ms and a crystal 100 ppm off: times stay within 4 ms', () => {
  for (const ppm of [-100, -20, 0, 50, 100])
    for (const [up, down] of [
      [0.2, 0.2],
      [2, 0.5],
      [5, 5],
    ] as const) {
      const error = worst({ ppm, up, down, jitter: 40 }, 3, 4000, 11 + ppm);
      assert.ok(error < 4, `${ppm} ppm, ${up}/${down} ms: ${error.toFixed(2)} ms`);
    }
});

test('no moment lies in the future', () => {
  const clock = new CardClock();
  clock.arrived(8000, monoMs(1000));
  assert.is(clock.at(80_000, monoMs(1500)), 1500);
  assert.is(new CardClock().at(123, monoMs(77)), 77);
});

test('a card whose counter stood still for a second is right again with the next TIME answer', () => {
  const clock = new CardClock();
  for (let t = 0; t <= 5000; t += 20) {
    clock.arrived(t * 8, monoMs(t + 1));
    if (t % 1000 === 0) clock.asked(monoMs(t), t * 8 + 4, monoMs(t + 1));
  }
  // One second is missing from the counter from here on.
  clock.arrived(4020 * 8, monoMs(5021));
  clock.asked(monoMs(5022), 4022 * 8, monoMs(5023));
  clock.arrived(4040 * 8, monoMs(5041));
  assert.ok(Math.abs(clock.at(4040 * 8, monoMs(5041)) - 5040) < 2);
});

test('driver and card together: frames are dated within 2 ms of the moment at which they were taken', () => {
  for (const clockPpm of [-80, 0, 80]) {
    const rig = new CardRig({ card: { clockPpm } });
    const began = rig.time.clock.mono();
    rig.run(60_000);
    let worstMs = 0;
    rig.told.lines.forEach(({ at }, i) => {
      // The first frame ends 20 ms of the card's time after it began.
      const truth = began + ((i + 1) * 20) / (1 + clockPpm / 1e6);
      if (i > 100) worstMs = Math.max(worstMs, Math.abs(at - truth));
    });
    assert.ok(rig.told.lines.length > 2990);
    assert.ok(worstMs < 2, `${clockPpm} ppm: ${worstMs.toFixed(2)} ms`);
  }
});

test.run();
