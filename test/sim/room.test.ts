/**
 * The whole room, seed by seed: the guard as it runs, on a virtual machine, with two line cards, a PBX and people behind real frames; faults
 * of everything, restarts at every step. What is judged stands in `room/truths.ts`, what happens in `room/story.ts`.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { runBatch } from './room/batch.ts';
import { runNight, storyOfSeed } from './room/night.ts';

const seeds = Number(process.env['SEEDS'] ?? 50);

test('the same seed gives the same night, line by line', async () => {
  for (const seed of [1, 7]) {
    const [first, again] = [await runNight(seed), await runNight(seed)];
    assert.equal(first.told, again.told);
    assert.is(first.hash, again.hash);
  }
});

test('to leave out a happening changes nothing before it', async () => {
  const story = storyOfSeed(3);
  const [whole, fewer] = [await runNight(3), await runNight(3, { story: story.slice(0, -1) })];
  const before = whole.told.findIndex((line) =>
    line.startsWith(((story.at(-1)?.at ?? 0) / 1000).toFixed(3).padStart(8)),
  );
  assert.ok(before > 10);
  assert.equal(fewer.told.slice(0, before), whole.told.slice(0, before));
});

test(`${seeds} nights: what must be true of the room is true at every moment, and it always comes back`, async () => {
  const { done, failed, counts } = await runBatch(1, seeds, () => undefined);
  console.log(JSON.stringify(counts));
  for (const { seed, violation } of failed)
    console.log(`seed ${seed}: ${violation}\n  replay: npm run sim -- --seed ${seed}`);
  assert.is(failed.length, 0, `seed ${failed[0]?.seed ?? ''}: ${failed[0]?.violation ?? ''}`);
  assert.is(done, seeds);
  // It proves nothing unless it happened: so often at least in a hundred nights.
  const wanted: Readonly<Record<string, number>> = {
    ...{ trip: 30, 'room held': 20, restore: 100, 'line back': 100, 'call cut': 5, 'call opened': 300 },
    ...{
      'guard crashed': 30,
      'guard ended': 10,
      'link lost': 100,
      'taken over by the card': 2,
      'disk full': 5,
    },
    ...{ clock: 10, stall: 1, power: 5, broker: 8, worker: 2, pins: 2, mains: 5, disk: 4 },
    ...{ 'line stuck': 1, 'line open': 1, 'line locked': 1, 'line exercising': 1, 'line waiting': 15 },
    ...{
      'alarm raised': 200,
      'alarm shelved': 2,
      'acknowledgement kept over a restart': 10,
      'event reported': 5000,
    },
  };
  const missing = Object.entries(wanted).filter(([what, least]) => (counts[what] ?? 0) * 100 < least * seeds);
  assert.equal(
    missing.map(([what, least]) => `${what}: ${counts[what] ?? 0}, not ${least} in 100 nights`),
    [],
  );
});

test.run();
