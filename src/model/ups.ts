/**
 * What a UPS says, in one form for every way to ask it (Modbus, NUT, Megatec, SNMP): states, and measured values with the unit at
 * the end of the name. What it does not say is absent: never zero, never false.
 */
import { text } from './text.ts';
import type { Text } from './text.ts';

/** States; each true, false or absent. `bypass`: no battery protection, even where the UPS also says `onLine`. */
export const upsFlags = [
  'onLine',
  'onBattery',
  'lowBattery',
  'bypass',
  'off',
  'replaceBattery',
  'batteryAbsent',
  'overload',
  'overTemperature',
  'charging',
  'discharging',
  'alarm',
  'test',
  'testPassed',
  'testFailed',
  'eco',
] as const;

/** Battery tests that can be ordered: some seconds, or as far down as is safe. */
export const upsTestKinds = ['quick', 'deep'] as const;
export type UpsTestKind = (typeof upsTestKinds)[number];

/** Measured values and the widest range that any UPS may mean; beyond it the number is another register's or turned round. */
const ranges = {
  inputVolts: [0, 700],
  inputHz: [0, 80],
  bypassVolts: [0, 700],
  outputVolts: [0, 700],
  outputHz: [0, 80],
  outputAmps: [0, 5000],
  loadPercent: [0, 250],
  batteryPercent: [0, 110],
  batteryVolts: [0, 1000],
  batteryNominalVolts: [0, 1000],
  runtimeS: [0, 14 * 86_400],
  onBatteryS: [0, 14 * 86_400],
  temperatureC: [-40, 125],
} as const;

export type UpsFlag = (typeof upsFlags)[number];
export type UpsQuantity = keyof typeof ranges;
export const upsQuantities: readonly UpsQuantity[] = [
  'inputVolts',
  'inputHz',
  'bypassVolts',
  'outputVolts',
  'outputHz',
  'outputAmps',
  'loadPercent',
  'batteryPercent',
  'batteryVolts',
  'batteryNominalVolts',
  'runtimeS',
  'onBatteryS',
  'temperatureC',
];
export type UpsReading = Partial<Record<UpsFlag, boolean> & Record<UpsQuantity, number>>;

/** What of a source's values belongs to a UPS. */
export function upsReadingOf(values: Readonly<Record<string, number | string | boolean>>): UpsReading {
  const reading: UpsReading = {};
  for (const name of upsFlags) {
    const value = values[name];
    if (typeof value === 'boolean') reading[name] = value;
  }
  for (const name of upsQuantities) {
    const value = values[name];
    if (typeof value === 'number') reading[name] = value;
  }
  return reading;
}

export interface Sifted {
  readonly reading: UpsReading;
  /** Values that no UPS can mean, as `name value`; they are left out of the reading. */
  readonly strange: readonly string[];
}

export function sifted(reading: UpsReading): Sifted {
  const isSound = (name: UpsQuantity): boolean => {
    const value = reading[name];
    const [least, most] = ranges[name];
    return value === undefined || (value >= least && value <= most);
  };
  const strange = upsQuantities.filter((name) => !isSound(name));
  const sound: UpsReading = Object.fromEntries(
    Object.entries(reading).filter(([name]) => !strange.some((other) => other === name)),
  );
  return { reading: sound, strange: strange.map((name) => `${name} ${reading[name] ?? ''}`) };
}

/** One line for people: how the load is fed, charge, runtime. */
export function upsSentence({ onBattery, bypass, off, batteryPercent, runtimeS }: UpsReading): Text {
  const [zh, en] =
    onBattery === true
      ? ['电池供电', 'on battery']
      : off === true
        ? ['输出已关断', 'output off']
        : bypass === true
          ? ['旁路供电', 'on bypass']
          : ['市电供电', 'on mains'];
  const charge = batteryPercent === undefined ? '' : ` ${Math.round(batteryPercent)}%`;
  const minutes = runtimeS === undefined ? undefined : Math.floor(runtimeS / 60);
  return text(
    `${zh}${charge}${minutes === undefined ? '' : `，可用 ${minutes} 分钟`}`,
    `${en}${charge}${minutes === undefined ? '' : `, ${minutes} min left`}`,
  );
}
