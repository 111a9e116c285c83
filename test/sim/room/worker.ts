/** One process of a batch: judges the seeds that it is sent, and ends when nobody sends any more. */
import type { Batch, Failed } from './batch.ts';
import { runNight } from './night.ts';

process.on('message', (seeds: readonly number[]) => {
  void judge(seeds);
});

async function judge(seeds: readonly number[]): Promise<void> {
  const counts: Record<string, number> = {};
  const failed: Failed[] = [];
  for (const seed of seeds) {
    const night = await runNight(seed);
    for (const [what, times] of Object.entries(night.counts)) counts[what] = (counts[what] ?? 0) + times;
    if (night.violation !== undefined) failed.push({ seed, violation: night.violation });
  }
  const batch: Batch = { seeds, done: seeds.length, failed, counts };
  process.send?.(batch);
}
