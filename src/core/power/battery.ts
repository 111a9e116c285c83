/**
 * What a battery can do, learned from what it did. A UPS that tells its runtime is believed; for one that does not, the runtime
 * follows from the charge that earlier discharges cost at their load, and for one that tells no charge either, from the volts.
 * What is estimated is marked as such in the values; without ground nothing is estimated.
 *
 * Drain is load to the power 1.15 (Peukert, lead-acid, engineering judgement): a heavy load empties a battery faster than
 * in proportion.
 */
import type { MonoMs } from '../../model/units.ts';
import { elapsedMs } from '../../model/units.ts';
import type { UpsReading } from '../../model/ups.ts';

export type Values = Readonly<Record<string, number | string | boolean>>;

interface Discharge {
  readonly since: MonoMs;
  readonly at: MonoMs;
  /** Charge when the sag of the first minute was over, and the drain since. */
  readonly from?: { readonly percent: number; readonly drain: number };
}
export interface Autonomy {
  readonly at: MonoMs;
  readonly seconds: number;
  /** The UPS's own runtime, or what a discharge taught; the shorter one where both are known. */
  readonly by: 'ups' | 'discharge';
}
export interface BatteryMemory {
  /** Drain, in seconds at 100 % load, that one percent of charge lasts. */
  readonly drainPerPercent?: number;
  readonly discharge?: Discharge;
  readonly autonomy?: Autonomy;
  /** A test or a discharge is over: estimate again as soon as the battery is full. */
  readonly isDue: boolean;
  readonly wasTesting: boolean;
}

export const unknownBattery: BatteryMemory = { isDue: true, wasTesting: false };

const peukert = 1.15;
/** The volts sag when the load comes, and recover a little: what falls in the first minute is not charge. */
const sagMs = 60_000;
/** Charge that must be gone before it teaches anything; volts are a coarse measure of it. */
const toldDropPercent = 5;
const estimatedDropPercent = 10;
/** A longer silence on battery: nobody knows what the load was meanwhile. */
const gapMsMax = 60_000;
const fullPercent = 90;
const dayMs = 86_400_000;
/** Below this share the load is not measured well, and the runtime would grow without bound. */
const loadPercentMin = 5;
/** Lead-acid, volts of a 12 V block: empty under load, full at rest. */
const emptyVolts = 10.5;
const fullVolts = 12.7;

const drainRate = (loadPercent: number | undefined): number =>
  (Math.max(loadPercentMin, loadPercent ?? 100) / 100) ** peukert;

/** Charge by volts; some UPSes give the volts of one cell. `undefined` without the nominal volts. */
export function chargeOfVolts(volts: number, nominalVolts: number | undefined): number | undefined {
  if (nominalVolts === undefined || nominalVolts <= 0) return undefined;
  const isOneCell = volts < 3 && nominalVolts >= 6;
  const block = isOneCell ? volts * 6 : (volts * 12) / nominalVolts;
  const share = (block - emptyVolts) / (fullVolts - emptyVolts);
  return Math.round(Math.min(1, Math.max(0, share)) * 100);
}

export interface BatteryHeard {
  readonly memory: BatteryMemory;
  /** To be added to the values of the reading. */
  readonly estimates: Values;
}

export function batteryHeard(before: BatteryMemory, reading: UpsReading, at: MonoMs): BatteryHeard {
  const told = reading.batteryPercent;
  const byVolts =
    told === undefined && reading.batteryVolts !== undefined
      ? chargeOfVolts(reading.batteryVolts, reading.batteryNominalVolts)
      : undefined;
  const percent = told ?? byVolts;
  const rate = drainRate(reading.loadPercent);
  const isTesting = reading.test === true;
  const discharging = discharged(before, reading, percent, rate, at);
  const learned: BatteryMemory = {
    ...discharging,
    isDue:
      before.isDue ||
      (before.wasTesting && !isTesting) ||
      (before.discharge !== undefined && discharging.discharge === undefined),
    wasTesting: isTesting,
  };
  const taught =
    learned.drainPerPercent === undefined || percent === undefined
      ? undefined
      : Math.round((percent * learned.drainPerPercent) / rate);
  const memory = withAutonomy(learned, reading, percent, rate, at);
  const isCounted = reading.onBatteryS === undefined && memory.discharge !== undefined;
  return {
    memory,
    estimates: {
      ...(byVolts === undefined ? {} : { batteryPercent: byVolts, batteryPercentIsEstimated: true }),
      ...(reading.runtimeS !== undefined || taught === undefined
        ? {}
        : { runtimeS: taught, runtimeIsEstimated: true }),
      ...(isCounted ? { onBatteryS: Math.round(elapsedMs(memory.discharge.since, at) / 1000) } : {}),
      ...(memory.autonomy === undefined ? {} : { autonomyS: memory.autonomy.seconds }),
    },
  };
}

function discharged(
  before: BatteryMemory,
  reading: UpsReading,
  percent: number | undefined,
  rate: number,
  at: MonoMs,
): BatteryMemory {
  const { discharge: last, ...rest } = before;
  if (reading.onBattery !== true) return rest;
  const since = last?.since ?? at;
  const isBroken = last === undefined || elapsedMs(last.at, at) > gapMsMax;
  if (percent === undefined || isBroken || elapsedMs(since, at) < sagMs)
    return { ...rest, discharge: { since, at } };
  const from =
    last.from === undefined
      ? { percent, drain: 0 }
      : { ...last.from, drain: last.from.drain + (rate * elapsedMs(last.at, at)) / 1000 };
  const drop = from.percent - percent;
  const isEnough =
    drop >= (reading.batteryPercent === undefined ? estimatedDropPercent : toldDropPercent) && from.drain > 0;
  return {
    ...rest,
    discharge: { since, at, from },
    ...(isEnough ? { drainPerPercent: from.drain / drop } : {}),
  };
}

/** At the first full battery, then daily, and after each test and discharge. On battery nothing is re-estimated. */
function withAutonomy(
  memory: BatteryMemory,
  reading: UpsReading,
  percent: number | undefined,
  rate: number,
  at: MonoMs,
): BatteryMemory {
  const { autonomy } = memory;
  const isDue = memory.isDue || autonomy === undefined || elapsedMs(autonomy.at, at) >= dayMs;
  const isAtRest = reading.onBattery === false && reading.test !== true;
  // Where no charge is told, a battery that charges is not full yet.
  const isFull = percent === undefined ? reading.charging !== true : percent >= fullPercent;
  if (!isDue || !isAtRest || !isFull) return memory;
  const byUps =
    reading.runtimeS === undefined
      ? undefined
      : Math.round((reading.runtimeS * 100) / Math.min(100, percent ?? 100));
  const byDischarge =
    memory.drainPerPercent === undefined ? undefined : Math.round((100 * memory.drainPerPercent) / rate);
  const shorter = byDischarge !== undefined && (byUps === undefined || byDischarge < byUps);
  const seconds = shorter ? byDischarge : byUps;
  if (seconds === undefined) return memory;
  return { ...memory, isDue: false, autonomy: { at, seconds, by: shorter ? 'discharge' : 'ups' } };
}
