/**
 * One year of a room with 5,000 injected faults at a fixed seed, through the pure core alone: was every fault alarmed in its time,
 * and has every alarm a cause? `npm run bench -- year [seed=1] [days=365] [faults=5000]`
 */
import type { Options } from './run.ts';
import { runYear } from '../test/sim/year/year.ts';

export function year(options: Options): Promise<object> {
  const begun = performance.now();
  const result = runYear({
    seed: Number(options['seed'] ?? '1'),
    days: Number(options['days'] ?? '365'),
    faults: Number(options['faults'] ?? '5000'),
  });
  return Promise.resolve({ ...result, wallS: Math.round((performance.now() - begun) / 1000) });
}
