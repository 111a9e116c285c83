/**
 * Days of bad weather for a whole room: flickers, brown-outs, long cuts, cuts in the recovery, UPSes that lie or fall silent,
 * crashes in mid-cut. Nothing that must never be is; in the end, everything is back.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { seed } from '../seeded.ts';
import { runCuts } from './power-cut/cuts.ts';

/** Rooms from neighbouring seeds, each for a day and a half. */
const rooms = 3;

test('bad weather: loads, hosts, lines and the all-clear keep their rules, and everything comes back', () => {
  const total: Record<string, number> = {};
  for (let n = 0; n < rooms; n++) {
    const { counts, broken, end } = runCuts(seed + n, 30);
    console.log(`seed ${seed + n}: ${JSON.stringify(counts)}`);
    assert.equal(broken, []);
    assert.equal(end, { phase: 'ready', bypass: 'steady', switched: [] });
    for (const [what, times] of Object.entries(counts)) total[what] = (total[what] ?? 0) + times;
  }
  // It proves nothing unless it happened.
  const wanted = {
    ...{ short: 2, 'brown-out': 2, long: 2, again: 2, 'cut in the recovery': 2, 'crash in a cut': 10 },
    ...{ lie: 100, glitch: 50, 'silent on battery': 50, 'supply died': 1, 'own end': 2 },
    ...{ switched: 20, back: 20, 'host obeys': 2, 'host refuses': 1, 'host silent': 1 },
    ...{ 'all-clear': 5, 'all-clear refused': 5, waived: 1, 'forms entered': 2 },
  };
  for (const [what, least] of Object.entries(wanted))
    assert.ok((total[what] ?? 0) >= least, `${what}: ${total[what] ?? 0}`);
});

test.run();
