import { runYear } from './year.ts';
const [days = '30', faults = '400', seed = '1'] = process.argv.slice(2);
const t = performance.now();
const r = runYear({ seed: Number(seed), days: Number(days), faults: Number(faults) });
console.log(
  JSON.stringify(
    {
      ...r,
      missed: r.missed.slice(0, 25),
      nMissed: r.missed.length,
      unexplained: r.unexplained.slice(0, 25),
      nUn: r.unexplained.length,
    },
    null,
    1,
  ),
  (performance.now() - t) / 1000,
);
