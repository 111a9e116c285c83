/**
 * One seed for everything that is random in the tests: the same in every run, so that a change is judged by what it changed.
 * `SEED=any npm test` looks elsewhere, `SEED=123 …` repeats. Import it for its effect on fast-check.
 */
import fc from 'fast-check';

const asked = process.env['SEED'];
export const seed =
  asked === undefined ? 20_261_123 : asked === 'any' ? Math.floor(Math.random() * 1e9) : Number(asked);
console.log(`seed ${seed}`);
fc.configureGlobal({ seed });
