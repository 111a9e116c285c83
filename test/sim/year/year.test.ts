/**
 * A month of a room with 400 injected faults (the year with 5,000 is `npm run bench -- year`): every fault is alarmed within its
 * time, nothing else is, and all that the plan names did occur. LINEKEEPER_SEED chooses another month; a failure prints its seed.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { runYear } from './year.ts';

test('a month with 400 faults: each alarmed in its time, and every alarm has a cause', () => {
  const seed = Number(process.env['LINEKEEPER_SEED'] ?? '1');
  const month = runYear({ seed, days: 30, faults: 400 });
  console.log(`seed ${seed}: ${JSON.stringify({ ...month, missed: month.missed.length })}`);
  assert.equal(month.broken, [], `seed ${seed}`);
  assert.equal(month.missed, [], `seed ${seed}`);
  assert.equal(month.unexplained, [], `seed ${seed}`);
  // It proves nothing unless it happened.
  assert.is(month.faults['all'], 400);
  const kinds = ['dead', 'half', 'on-battery', 'blip', 'tree', 'flapping', 'evidence-lost', 'maintenance'];
  for (const kind of kinds) assert.ok((month.faults[kind] ?? 0) >= 5, `${kind}: ${month.faults[kind] ?? 0}`);
  assert.ok(month.due > 200, String(month.due));
  assert.ok(month.trips > 20, String(month.trips));
  assert.is(month.hiddenMost, 12);
  assert.ok(month.silentInMaintenance > 10);
  assert.ok(month.lostByChance > 5000);
  // The PBX's confirmation and a poll every five seconds while it is suspect: flapping and maintenance add nothing.
  assert.ok(month.tripWorstS <= 45, `${month.tripWorstS} s to a trip`);
});

test.run();
