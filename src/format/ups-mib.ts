/**
 * The UPS-MIB (RFC 1628), 1.3.6.1.2.1.33.1: which objects are asked and what their numbers mean. Objects that an agent does not
 * have are absent. Many cards say 0 minutes of runtime while mains is there: on mains that is no value.
 */
import type { UpsReading } from '../model/ups.ts';

const upsMib = '1.3.6.1.2.1.33.1';
export const upsAlarmTable = `${upsMib}.6.2.1.2`;
/** Group upsTest: what is set to order a test, and the well-known tests. */
export const upsTestObjects = {
  id: `${upsMib}.7.1.0`,
  spinLock: `${upsMib}.7.2.0`,
  resultsSummary: `${upsMib}.7.3.0`,
  outputSource: `${upsMib}.4.1.0`,
  tests: { stop: `${upsMib}.7.7.2`, quick: `${upsMib}.7.7.4`, deep: `${upsMib}.7.7.5` },
} as const;
const alarmNames = `${upsMib}.6.3`;

/** Objects below .33.1 by their names in the RFC. Lines 1 to 3 are the phases. */
const objects = {
  batteryStatus: '2.1.0',
  outputSource: '4.1.0',
  secondsOnBattery: '2.2.0',
  estimatedMinutesRemaining: '2.3.0',
  estimatedChargeRemaining: '2.4.0',
  batteryVoltage: '2.5.0',
  batteryTemperature: '2.7.0',
  inputFrequency: '3.3.1.2.1',
  inputVoltage: '3.3.1.3.1',
  outputFrequency: '4.2.0',
  outputVoltage: '4.4.1.2.1',
  outputCurrent: '4.4.1.3.1',
  outputPercentLoad1: '4.4.1.5.1',
  outputPercentLoad2: '4.4.1.5.2',
  outputPercentLoad3: '4.4.1.5.3',
  bypassVoltage: '5.3.1.2.1',
  alarmsPresent: '6.1.0',
  testResultsSummary: '7.3.0',
} as const;
type ObjectName = keyof typeof objects;

export const upsAlarmsPresent = `${upsMib}.${objects.alarmsPresent}`;

export const upsObjects: readonly string[] = Object.values(objects).map((oid) => `${upsMib}.${oid}`);

/** `values`: integers by full OID; `alarms`: OIDs that stand in the alarm table. */
export function upsMibReading(
  values: ReadonlyMap<string, number>,
  alarms: readonly string[] = [],
): UpsReading {
  const of = (name: ObjectName): number | undefined => values.get(`${upsMib}.${objects[name]}`);
  const scaled = (name: ObjectName, scale: number): number | undefined => {
    const value = of(name);
    return value === undefined ? undefined : Math.round(value * scale * 1e4) / 1e4;
  };
  const source = of('outputSource');
  const secondsOnBattery = of('secondsOnBattery');
  const battery = of('batteryStatus');
  const isKnownSource = source !== undefined && source >= 2 && source <= 7;
  const onBattery = isKnownSource
    ? source === 5
    : secondsOnBattery === undefined
      ? undefined
      : secondsOnBattery > 0;
  const hasAlarms = of('alarmsPresent') !== undefined;
  const stands = (...numbers: readonly number[]): boolean =>
    numbers.some((number) => alarms.includes(`${alarmNames}.${number}`));
  const result = of('testResultsSummary');
  const loads = (['outputPercentLoad1', 'outputPercentLoad2', 'outputPercentLoad3'] as const)
    .map(of)
    .filter((load) => load !== undefined);
  const minutes = of('estimatedMinutesRemaining');
  const isRuntime = minutes !== undefined && minutes >= 0 && (minutes > 0 || onBattery === true);
  return present({
    onBattery,
    onLine: isKnownSource ? [3, 6, 7].includes(source) : undefined,
    bypass: isKnownSource ? source === 4 : undefined,
    off: isKnownSource ? source === 2 : undefined,
    lowBattery:
      battery === undefined || battery === 1
        ? hasAlarms
          ? stands(3, 4, 23)
          : undefined
        : battery >= 3 || stands(3, 4, 23),
    replaceBattery: hasAlarms ? stands(1) : undefined,
    overTemperature: hasAlarms ? stands(5) : undefined,
    overload: hasAlarms ? stands(8) : undefined,
    alarm: hasAlarms ? stands(13, 16, 18, 20) : undefined,
    test: result === undefined ? undefined : result === 5,
    testPassed: result === undefined ? undefined : result === 1,
    testFailed: result === undefined ? undefined : result === 2 || result === 3,
    onBatteryS: secondsOnBattery,
    runtimeS: isRuntime ? minutes * 60 : undefined,
    batteryPercent: of('estimatedChargeRemaining'),
    batteryVolts: scaled('batteryVoltage', 0.1),
    temperatureC: of('batteryTemperature'),
    inputHz: scaled('inputFrequency', 0.1),
    inputVolts: of('inputVoltage'),
    outputHz: scaled('outputFrequency', 0.1),
    outputVolts: of('outputVoltage'),
    outputAmps: scaled('outputCurrent', 0.1),
    // The most loaded phase ends first.
    loadPercent: loads.length === 0 ? undefined : Math.max(...loads),
    bypassVolts: of('bypassVoltage'),
  });
}

type Maybe = { readonly [Name in keyof UpsReading]: UpsReading[Name] | undefined };

const isPresent = (reading: object): reading is UpsReading => !Object.values(reading).includes(undefined);

function present(maybe: Maybe): UpsReading {
  const known = Object.fromEntries(Object.entries(maybe).filter(([, value]) => value !== undefined));
  return isPresent(known) ? known : {};
}
