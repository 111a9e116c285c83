/**
 * A value that the kernel measures, as one names it: `w1:28-0316a2794cff`, `hwmon:sht3x/temp1`, `iio:dht11@4/in_temp`. Devices are
 * named by what they are, never by the number that the kernel gave them at this start. Two alike are told apart by the place
 * where they sit: `hwmon:lm75@1-0048/temp1`. Units of the kernel: Documentation/hwmon/sysfs-interface, ABI/testing/sysfs-bus-iio.
 */
export interface SensorName {
  readonly family: 'w1' | 'hwmon' | 'iio';
  /** 1-Wire: its address; else its name, or its name and place. */
  readonly device: string;
  /** File of its value without its ending; empty for 1-Wire, whose devices measure one thing. */
  readonly channel: string;
}

export interface Quantity {
  /** As people write it. */
  readonly unit: string;
  /** The kernel's number times this is the value in the unit. */
  readonly factor: number;
}

const milli = 0.001;
const celsius: Quantity = { unit: '°C', factor: milli };

const hwmonQuantities: Readonly<Record<string, Quantity>> = {
  temp: celsius,
  humidity: { unit: '%', factor: milli },
  in: { unit: 'V', factor: milli },
  curr: { unit: 'A', factor: milli },
  power: { unit: 'W', factor: 0.000_001 },
  fan: { unit: 'rpm', factor: 1 },
};
const iioQuantities: Readonly<Record<string, Quantity>> = {
  temp: celsius,
  humidityrelative: { unit: '%', factor: milli },
  voltage: { unit: 'V', factor: milli },
  current: { unit: 'A', factor: milli },
  power: { unit: 'W', factor: milli },
  pressure: { unit: 'kPa', factor: 1 },
  resistance: { unit: 'Ω', factor: 1 },
  illuminance: { unit: 'lx', factor: 1 },
  concentration: { unit: '%', factor: 1 },
};

/** Families of 1-Wire devices that measure a temperature: DS18S20, DS1822, DS18B20, DS1825, DS28EA00. */
export const w1Pattern = '(10|22|28|3b|42)-[0-9a-f]{12}';
export const sensorDevicePattern = '[A-Za-z0-9][A-Za-z0-9_.:@-]{0,95}';
export const hwmonChannelPattern = `(${Object.keys(hwmonQuantities).join('|')})\\d{1,3}`;
export const iioChannelPattern = `in_(${Object.keys(iioQuantities).join('|')})\\d{0,3}(-[a-z]+\\d{1,3})?(_[a-z0-9]{1,16}){0,2}`;
export const sensorPattern = `^(w1:${w1Pattern}|hwmon:${sensorDevicePattern}/${hwmonChannelPattern}|iio:${sensorDevicePattern}/${iioChannelPattern})$`;

const isSensor = new RegExp(sensorPattern);

export function parseSensor(words: string): SensorName | undefined {
  const [, family, device, channel = ''] = /^(w1|hwmon|iio):([^/]*)(?:\/(.*))?$/.exec(words) ?? [];
  if (!isSensor.test(words) || device === undefined) return undefined;
  return family === 'w1' || family === 'hwmon' || family === 'iio' ? { family, device, channel } : undefined;
}

export const writtenSensor = ({ family, device, channel }: SensorName): string =>
  `${family}:${device}${channel === '' ? '' : `/${channel}`}`;

export function quantityOf({ family, channel }: SensorName): Quantity {
  const kind = (family === 'iio' ? /^in_([a-z]+)/ : /^([a-z]+)/).exec(channel)?.[1] ?? '';
  const known = family === 'w1' ? celsius : (family === 'hwmon' ? hwmonQuantities : iioQuantities)[kind];
  return known ?? { unit: '', factor: 1 };
}
