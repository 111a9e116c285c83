/** The supply as the plan takes it. */
import { elapsedMs } from '../../model/units.ts';
import type { Cut, PowerCutState } from './state.ts';

/** As the plan takes it: a person's word stands where no UPS can be asked. */
export function mainsOf({ levels }: PowerCutState, { isReturnSaid }: Cut): 'up' | 'failed' | 'unknown' {
  if (levels === undefined) return 'unknown';
  const { mains, isReckoned } = levels.supply;
  return isReturnSaid && (mains === 'unknown' || isReckoned) ? 'up' : mains;
}

/** Runtime as the UPSes give it; after a restart what was left, less the time since, until one of them speaks. */
export function runtimeLeftS({ levels, at }: PowerCutState, cut: Cut): number | undefined {
  if (levels?.supply.mains === 'failed') return levels.supply.runtimeS;
  return cut.runtime === undefined
    ? undefined
    : Math.max(0, cut.runtime.seconds - elapsedMs(cut.runtime.at, at) / 1000);
}
