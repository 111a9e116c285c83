/**
 * The simulation of a whole room, night by night: `npm run sim -- --seed N` tells one, `--from N --seeds K` judges many, on all cores.
 * It ends with 0 when all holds, else with 1 and says which seed failed and how to replay it.
 */
import { parseArgs } from 'node:util';
import { runBatch } from './batch.ts';
import { runNight, storyOfSeed } from './night.ts';
import type { Night } from './night.ts';
import { tell } from './story.ts';
import type { Happening } from './story.ts';

const usage = `usage: npm run sim -- --seed N [--shrink] [--quiet]      one night, told line by line; --shrink: with as few happenings as still fail
       npm run sim -- [--from N] --seeds K [--quiet]  K nights from seed N on (default 1), on all cores
`;
const shownLines = 30;

const options = {
  seed: { type: 'string' },
  from: { type: 'string', default: '1' },
  seeds: { type: 'string' },
  quiet: { type: 'boolean', default: false },
  shrink: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

class WrongUsage extends Error {}

function whole(word: string, name: string): number {
  const value = Number(word);
  if (Number.isSafeInteger(value) && value >= 0) return value;
  throw new WrongUsage(`--${name} is a whole number, not "${word}"`);
}

function tellFailure({ seed, violation = '', told, hash }: Night): void {
  console.log(`\nseed ${seed}: ${violation}`);
  console.log(`the last ${shownLines} of ${told.length} lines (trace ${hash}):`);
  for (const line of told.slice(-shownLines)) console.log(line);
  console.log(`\nreplay: npm run sim -- --seed ${seed}`);
}

async function one(seed: number, isQuiet: boolean, mustShrink: boolean): Promise<boolean> {
  const night = await runNight(seed, isQuiet ? {} : { hear: console.log });
  const again = await runNight(seed);
  if (again.hash !== night.hash) {
    console.log(`seed ${seed} is not repeated exactly: trace ${night.hash}, then ${again.hash}`);
    return false;
  }
  if (night.violation === undefined) {
    const seconds = Math.round(night.virtualMs / 1000);
    console.log(`seed ${seed}: all holds (${seconds} s of the room, trace ${night.hash}, the same twice)`);
    return true;
  }
  if (isQuiet) tellFailure(night);
  else console.log(`\nseed ${seed}: ${night.violation}\nreplay: npm run sim -- --seed ${seed}`);
  if (mustShrink) await shrink(seed, night.violation);
  return false;
}

/** What is broken, without the names and numbers that a shorter story changes. */
const kindOf = (violation: string | undefined): string | undefined =>
  violation?.replaceAll(/L\d|card-\w|\d+/g, '');

/** Leaves out one happening after the other as long as the same thing breaks. */
async function shrink(seed: number, violation: string): Promise<void> {
  let story: readonly Happening[] = storyOfSeed(seed);
  for (let isShorter = true; isShorter;) {
    isShorter = false;
    for (let n = story.length - 1; n >= 0; n--) {
      const fewer = story.filter((_, index) => index !== n);
      const night = await runNight(seed, { story: fewer });
      if (kindOf(night.violation) !== kindOf(violation)) continue;
      story = fewer;
      isShorter = true;
    }
  }
  const { told } = await runNight(seed, { story });
  console.log(`\n${story.length} happenings are enough:`);
  for (const happening of story)
    console.log(`${(happening.at / 1000).toFixed(3).padStart(8)} ${tell(happening)}`);
  console.log('\nwith them:');
  for (const line of told.slice(-shownLines)) console.log(line);
}

async function many(from: number, seeds: number, isQuiet: boolean): Promise<boolean> {
  const begun = performance.now();
  const { failed, counts, done } = await runBatch(from, seeds, (sofar) => {
    const perS = sofar / ((performance.now() - begun) / 1000);
    if (!isQuiet) console.log(`${sofar} of ${seeds} nights, ${perS.toFixed(1)} a second`);
  });
  for (const { seed, violation } of failed)
    console.log(`seed ${seed}: ${violation}\n  replay: npm run sim -- --seed ${seed}`);
  console.log(JSON.stringify(counts));
  const perS = done / ((performance.now() - begun) / 1000);
  console.log(
    `seeds ${from} to ${from + seeds - 1}: ${done} nights, ${failed.length} failed, ${perS.toFixed(1)} a second`,
  );
  return failed.length === 0 && done === seeds;
}

try {
  const { values } = parseArgs({ options });
  const { seed, seeds, from, quiet, shrink: mustShrink } = values;
  if (values.help || (seed === undefined) === (seeds === undefined)) {
    process.stdout.write(usage);
    process.exitCode = values.help ? 0 : 2;
  } else {
    const isGood =
      seed === undefined
        ? await many(whole(from, 'from'), whole(seeds ?? '', 'seeds'), quiet)
        : await one(whole(seed, 'seed'), quiet, mustShrink);
    process.exitCode = isGood ? 0 : 1;
  }
} catch (error) {
  if (!(error instanceof WrongUsage)) throw error;
  console.log(`${error.message}\n${usage}`);
  process.exitCode = 2;
}
