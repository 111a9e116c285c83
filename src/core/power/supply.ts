/**
 * What feeds the room, from all its UPSes together: are the mains there, and for how long would the batteries do? The plan for
 * power cuts goes by it, so of everything that is said or can be reckoned the worst counts.
 *
 * - One UPS on battery means that the mains have failed, whatever the others say: nobody told us which loads it feeds.
 * - A UPS may lie. Its runtime never counts for more than its charge can give by what a full battery is known to last; a rise
 *   is believed when it has stood for a minute; "battery low", or next to no charge, overrules every number.
 * - A UPS that falls silent on battery goes on emptying by the clock. When it should have been empty for a while and another UPS
 *   is seen on mains, its silence says nothing more.
 * - A UPS that tests its battery is no power cut, unless it says that the mains are gone or the battery is low.
 */
import type { MonoMs } from '../../model/units.ts';
import { elapsedMs, hasLasted } from '../../model/units.ts';
import type { SubjectId } from '../../model/ids.ts';
import type { Supply } from '../../model/power-cut.ts';
import type { Text } from '../../model/text.ts';
import { text } from '../../model/text.ts';
import type { UpsReading } from '../../model/ups.ts';
import type { BatteryMemory } from './battery.ts';

/** What is believed of the runtime of a UPS on battery. */
export interface Runtime {
  readonly at: MonoMs;
  readonly seconds: number;
  /** It says more than that since then. */
  readonly risingSince?: MonoMs;
}

/** A charge that is as good as none. */
const emptyPercent = 5;
/** The load may be lighter than when the full battery was judged. */
const lighterLoad = 1.5;
const riseMs = 60_000;
/** Runtimes in whole minutes stand still for a minute and then fall. */
const riseSlackS = 60;
/** Silent on battery and nothing known of its runtime: so much is granted from its last word on (NUT's upsmon grants none). */
const grantedS = 600;
/** A silent UPS that should have been empty for so long says nothing more where another one is seen on mains. */
const spentS = 300;
/** Input below it is no mains, in a land of 100 V too. */
const noMainsVolts = 60;
/** A runtime above this with an empty battery is not a rounding matter. */
const doubtS = 1800;

function isOnBattery({ onBattery, test, lowBattery, inputVolts }: UpsReading): boolean {
  if (onBattery !== true) return false;
  return test !== true || lowBattery === true || (inputVolts !== undefined && inputVolts < noMainsVolts);
}

const isEmpty = ({ lowBattery, batteryPercent }: UpsReading): boolean =>
  lowBattery === true || (batteryPercent !== undefined && batteryPercent <= emptyPercent);

/** The most that the battery can give by its charge, or by the time that it has carried the load. */
function mostS(reading: UpsReading, { autonomy }: BatteryMemory): number | undefined {
  if (autonomy === undefined) return undefined;
  const { batteryPercent, onBatteryS } = reading;
  if (batteryPercent !== undefined) return (autonomy.seconds * lighterLoad * batteryPercent) / 100;
  return onBatteryS === undefined ? undefined : Math.max(0, autonomy.seconds * lighterLoad - onBatteryS);
}

/** The reading has the estimates in it already. */
export function runtimeHeard(
  before: Runtime | undefined,
  reading: UpsReading,
  battery: BatteryMemory,
  at: MonoMs,
): Runtime | undefined {
  if (reading.onBattery !== true) return undefined;
  const most = mostS(reading, battery);
  const told = reading.runtimeS ?? (most === undefined ? undefined : most / lighterLoad);
  if (told === undefined) return before;
  const seconds = Math.min(told, most ?? told);
  if (before === undefined) return { at, seconds };
  const expected = Math.max(0, before.seconds - elapsedMs(before.at, at) / 1000);
  if (seconds <= expected + riseSlackS) return { at, seconds };
  const risingSince = before.risingSince ?? at;
  return hasLasted(risingSince, riseMs, at) ? { at, seconds } : { at, seconds: expected, risingSince };
}

/** Says in words how a UPS contradicts itself, or nothing. */
export function contradiction(reading: UpsReading, battery: BatteryMemory): Text | undefined {
  const { onBattery, runtimeS, batteryPercent } = reading;
  if (onBattery !== true || runtimeS === undefined) return undefined;
  const most = mostS(reading, battery);
  const isAbsurd =
    (most !== undefined && runtimeS > 2 * most + riseSlackS) || (isEmpty(reading) && runtimeS > doubtS);
  if (!isAbsurd) return undefined;
  const minutes = Math.floor(runtimeS / 60);
  const charge = batteryPercent === undefined ? '' : ` ${Math.round(batteryPercent)}%`;
  return reading.lowBattery === true
    ? text(
        `声称可用 ${minutes} 分钟，却报电池低${charge}`,
        `claims ${minutes} min, yet says battery low${charge}`,
      )
    : text(`声称可用 ${minutes} 分钟，电量却为${charge}`, `claims ${minutes} min at a charge of${charge}`);
}

/** The last words of one source of a UPS. */
export interface Heard {
  readonly at: MonoMs;
  readonly reading: UpsReading;
  readonly runtime?: Runtime;
  /** It answers, and not too long ago. */
  readonly isFresh: boolean;
}

interface OneUps extends Supply {
  /** Reckoned to be empty for longer than `spentS`. */
  readonly isSpent: boolean;
}

export function supplyOf(heard: ReadonlyMap<SubjectId, readonly Heard[]>, at: MonoMs): Supply {
  const every = [...heard.values()].map((sources) => ofOneUps(sources, at));
  const isMainsSeen = every.some(({ mains }) => mains === 'up');
  const counted = every.filter(({ isSpent }) => !(isSpent && isMainsSeen));
  const failed = counted.filter(({ mains }) => mains === 'failed');
  const batteryPercent = least(counted.map((one) => one.batteryPercent));
  const charge = batteryPercent === undefined ? {} : { batteryPercent };
  if (failed.length === 0)
    return { mains: isMainsSeen ? 'up' : 'unknown', isLow: false, isReckoned: false, ...charge };
  const runtimeS = least(failed.map((one) => one.runtimeS));
  return {
    mains: 'failed',
    isLow: failed.some(({ isLow }) => isLow),
    isReckoned: failed.every(({ isReckoned }) => isReckoned),
    ...(runtimeS === undefined ? {} : { runtimeS }),
    ...charge,
  };
}

const least = (values: readonly (number | undefined)[]): number | undefined =>
  values.reduce<number | undefined>(
    (min, one) => (one === undefined || (min !== undefined && min <= one) ? min : one),
    undefined,
  );

const runtimeNow = ({ runtime }: Heard, at: MonoMs): number | undefined =>
  runtime === undefined ? undefined : runtime.seconds - elapsedMs(runtime.at, at) / 1000;

function ofOneUps(sources: readonly Heard[], at: MonoMs): OneUps {
  const fresh = sources.filter(({ isFresh }) => isFresh);
  const batteryPercent = least(fresh.map(({ reading }) => reading.batteryPercent));
  const charge = batteryPercent === undefined ? {} : { batteryPercent };
  const still = { isLow: false, isReckoned: false, isSpent: false, ...charge };
  if (fresh.length > 0) {
    const onBattery = fresh.filter(({ reading }) => isOnBattery(reading));
    if (onBattery.length === 0)
      return {
        ...still,
        mains: fresh.some(({ reading }) => reading.onBattery !== undefined || reading.onLine === true)
          ? 'up'
          : 'unknown',
      };
    const runtimeS = least(onBattery.map((one) => runtimeNow(one, at)));
    return {
      ...still,
      mains: 'failed',
      isLow: onBattery.some(({ reading }) => isEmpty(reading)),
      ...(runtimeS === undefined ? {} : { runtimeS: Math.max(0, runtimeS) }),
    };
  }
  const last = sources.reduce<Heard | undefined>(
    (newest, one) => (newest === undefined || one.at > newest.at ? one : newest),
    undefined,
  );
  if (last === undefined || !isOnBattery(last.reading)) return { ...still, mains: 'unknown' };
  const runtimeS = runtimeNow(last, at) ?? grantedS - elapsedMs(last.at, at) / 1000;
  return {
    mains: 'failed',
    isLow: isEmpty(last.reading),
    isReckoned: true,
    isSpent: runtimeS <= -spentS,
    runtimeS: Math.max(0, runtimeS),
  };
}
