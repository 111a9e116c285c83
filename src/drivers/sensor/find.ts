/**
 * The sensors that the kernel offers, by the folders of sysfs: each device with its name and its place. The numbers in `hwmon2`
 * and `iio:device0` change from start to start, so a device is looked for by its name each time.
 */
import { readFile, readdir, realpath } from 'node:fs/promises';
import path from 'node:path';
import type { SensorName } from '../../model/sensor.ts';
import {
  hwmonChannelPattern,
  iioChannelPattern,
  sensorDevicePattern,
  w1Pattern,
} from '../../model/sensor.ts';

export interface SensorDevice {
  readonly family: SensorName['family'];
  /** What it calls itself; of 1-Wire its address. */
  readonly name: string;
  /** Where it sits: bus and address, pin, slot. Absent where the kernel does not tell. */
  readonly place?: string;
  readonly folder: string;
}

const families = {
  w1: { folder: 'bus/w1/devices', device: new RegExp(`^${w1Pattern}$`) },
  hwmon: { folder: 'class/hwmon', device: /^hwmon\d+$/ },
  iio: { folder: 'bus/iio/devices', device: /^iio:device\d+$/ },
} as const;
const devicesMax = 256;
const isName = new RegExp(`^${sensorDevicePattern}$`);

export const familyNames = ['w1', 'hwmon', 'iio'] as const satisfies readonly SensorName['family'][];

/** `root`: the folder that stands for `/sys`. */
export async function devicesOf(
  family: SensorName['family'],
  root: string,
): Promise<readonly SensorDevice[]> {
  const { folder, device } = families[family];
  const entries = (await readdir(path.join(root, folder)).catch(() => []))
    .filter((entry) => device.test(entry))
    .slice(0, devicesMax);
  const found = await Promise.all(
    entries.map(async (entry): Promise<readonly SensorDevice[]> => {
      const own = path.join(root, folder, entry);
      if (family === 'w1') return [{ family, name: entry, folder: own }];
      const name = await nameIn(own);
      const place = await placeOf(family, own);
      return name === undefined
        ? []
        : [{ family, name, ...(place === undefined ? {} : { place }), folder: own }];
    }),
  );
  return found.flat().sort((a, b) => compare(`${a.name} ${a.place ?? ''}`, `${b.name} ${b.place ?? ''}`));
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

async function nameIn(folder: string): Promise<string | undefined> {
  const name = await readFile(path.join(folder, 'name'), 'utf8').catch(() => '');
  return isName.test(name.trim()) ? name.trim() : undefined;
}

/** The device above: `hwmonN/device` leads to it, and an IIO device lies in its folder. */
async function placeOf(family: 'hwmon' | 'iio', folder: string): Promise<string | undefined> {
  const above = family === 'hwmon' ? path.join(folder, 'device') : folder;
  const real = await realpath(above).catch(() => undefined);
  if (real === undefined) return undefined;
  const place = path.basename(family === 'hwmon' ? real : path.dirname(real));
  return isName.test(place) ? place : undefined;
}

/** Those that the name means: none, one, or several that it does not tell apart. */
export async function devicesNamed(
  { family, device }: SensorName,
  root: string,
): Promise<readonly SensorDevice[]> {
  const all = await devicesOf(family, root);
  return all.filter(({ name, place }) => name === device || `${name}@${place ?? ''}` === device);
}

/** As one writes it: with its place only where another one has the same name. */
export const writtenDevice = (device: SensorDevice, all: readonly SensorDevice[]): string =>
  device.place !== undefined && all.filter(({ name }) => name === device.name).length > 1
    ? `${device.name}@${device.place}`
    : device.name;

export interface Channel {
  readonly channel: string;
  /** What the board calls it. */
  readonly label?: string;
}

const channelFile = {
  hwmon: new RegExp(`^(${hwmonChannelPattern})_input$`),
  iio: new RegExp(`^(${iioChannelPattern})_(?:input|raw)$`),
} as const;

export async function channelsOf({ family, folder }: SensorDevice): Promise<readonly Channel[]> {
  if (family === 'w1') return [{ channel: '' }];
  const files = await readdir(folder).catch(() => []);
  const names = [...new Set(files.flatMap((file) => channelFile[family].exec(file)?.[1] ?? []))].sort();
  return Promise.all(
    names.map(async (channel) => {
      const label = (await readFile(path.join(folder, `${channel}_label`), 'utf8').catch(() => '')).trim();
      return { channel, ...(label === '' ? {} : { label: label.slice(0, 40) }) };
    }),
  );
}
