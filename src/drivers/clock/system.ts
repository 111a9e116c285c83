/**
 * The machine's clocks. `mono` is CLOCK_MONOTONIC: it counts from boot, so moments of two processes of one boot compare,
 * and it never steps when the wall clock is set.
 */
import { readFileSync } from 'node:fs';
import type { Clock } from '../../ports/clock.ts';
import { monoMs, wallMs } from '../../model/units.ts';

export const systemClock: Clock = {
  mono: () => monoMs(Number(process.hrtime.bigint() / 1000n) / 1000),
  wall: () => wallMs(Date.now()),
};

/** Identifies this boot of the machine; empty where the kernel does not tell. */
export function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return '';
  }
}
