/**
 * Reads one value of the kernel. A reading is a number in the unit of its quantity, or the reason why there is none: `missed` (a
 * bad checksum, a bus error: it may work the next time) or `absent` (no such device: it will not).
 *
 * 1-Wire: conversion and reading take 0.75 s, in the kernel; 85 °C is what a DS18B20 holds before its first conversion (a cut in
 * its supply), and is no reading. Without its checksum no value of a long wire may be believed.
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { SensorName } from '../../model/sensor.ts';
import { quantityOf, writtenSensor } from '../../model/sensor.ts';
import { text } from '../../model/text.ts';
import type { Text } from '../../model/text.ts';
import type { SensorDevice } from './find.ts';
import { devicesNamed, devicesOf, writtenDevice } from './find.ts';

export type SensorReading =
  | { readonly kind: 'value'; readonly value: number }
  | { readonly kind: 'missed' | 'absent'; readonly reason: Text };

const powerOnMilli = 85_000;
/** What a DS18B20 can measure, in milli-degrees. */
const w1Range = [-55_000, 125_000] as const;
/** Errors of a bus or a device; others will not go away by themselves. */
const passing: ReadonlySet<string> = new Set([
  'EIO',
  'ETIMEDOUT',
  'EAGAIN',
  'ENODATA',
  'EREMOTEIO',
  'ENXIO',
  'EBUSY',
]);
const namesTold = 6;

const missed = (zh: string, en: string): SensorReading => ({ kind: 'missed', reason: text(zh, en) });
const absent = (zh: string, en: string): SensorReading => ({ kind: 'absent', reason: text(zh, en) });

export async function readSensor(name: SensorName, root: string): Promise<SensorReading> {
  const [device, second] = await devicesNamed(name, root);
  if (device === undefined) return notThere(name, root);
  if (second !== undefined) return notOne(name, root);
  try {
    return await (name.family === 'w1'
      ? readW1(device)
      : name.family === 'hwmon'
        ? readHwmon(device, name)
        : readIio(device, name));
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    const [zh, en] = [
      `读取 ${writtenSensor(name)} 失败：${code}`,
      `reading ${writtenSensor(name)} failed: ${code}`,
    ];
    return passing.has(code) ? missed(zh, en) : absent(zh, en);
  }
}

async function notThere(name: SensorName, root: string): Promise<SensorReading> {
  const all = await devicesOf(name.family, root);
  const others = all
    .slice(0, namesTold)
    .map((device) => writtenDevice(device, all))
    .join(', ');
  const more = all.length > namesTold ? ' …' : '';
  return absent(
    `没有传感器 ${name.device}；现有：${others === '' ? '无' : others + more}`,
    `there is no sensor ${name.device}; there ${all.length === 1 ? 'is' : 'are'}: ${others === '' ? 'none' : others + more}`,
  );
}

async function notOne(name: SensorName, root: string): Promise<SensorReading> {
  const alike = await devicesNamed(name, root);
  const names = alike.map((device) => writtenDevice(device, alike)).join(', ');
  return absent(
    `有 ${alike.length} 个 ${name.device}，请写明：${names}`,
    `there are ${alike.length} named ${name.device}: write one of ${names}`,
  );
}

const number = (words: string): number => (words.trim() === '' ? Number.NaN : Number(words));

async function contentOf(folder: string, file: string): Promise<string | undefined> {
  try {
    return await readFile(path.join(folder, file), 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** `w1_slave` tells whether the checksum was right; where it is missing, `temperature` fails with a wrong one. */
async function readW1({ folder, name }: SensorDevice): Promise<SensorReading> {
  const slave = await contentOf(folder, 'w1_slave');
  if (slave !== undefined && !/crc=[0-9a-f]{2} YES\b/.test(slave))
    return missed(
      `${name} 校验错误：查线路长度和上拉电阻`,
      `${name}: bad checksum; look at its cable and pull-up`,
    );
  const words = slave === undefined ? await contentOf(folder, 'temperature') : /\bt=(-?\d+)/.exec(slave)?.[1];
  if (words === undefined) return absent(`${name} 没有温度`, `${name} tells no temperature`);
  const milli = number(words);
  if (milli === powerOnMilli)
    return missed(
      `${name} 刚上电（85 °C 不是读数）：查其供电`,
      `${name} has just been powered (85 °C is no reading); look at its supply`,
    );
  return Number.isFinite(milli) && milli >= w1Range[0] && milli <= w1Range[1]
    ? valueOf(milli, { family: 'w1', device: name, channel: '' })
    : missed(`${name} 读数无效`, `${name}: no sound value`);
}

async function readHwmon({ folder }: SensorDevice, name: SensorName): Promise<SensorReading> {
  const fault = await contentOf(folder, `${name.channel}_fault`);
  if (fault !== undefined && number(fault) !== 0)
    return missed(
      `${writtenSensor(name)} 报告探头故障`,
      `${writtenSensor(name)} says that its probe is broken`,
    );
  const words = await contentOf(folder, `${name.channel}_input`);
  return words === undefined ? noChannel(name) : valueOf(number(words), name);
}

/** `_input` is ready made; `_raw` is (raw + offset) · scale, each own or shared by the kind of channel. */
async function readIio({ folder }: SensorDevice, name: SensorName): Promise<SensorReading> {
  const { channel } = name;
  const ready = await contentOf(folder, `${channel}_input`);
  if (ready !== undefined) return valueOf(number(ready), name);
  const raw = await contentOf(folder, `${channel}_raw`);
  if (raw === undefined) return noChannel(name);
  const shared = /^in_[a-z]+/.exec(channel)?.[0] ?? channel;
  const own = async (what: 'scale' | 'offset', preset: string): Promise<number> =>
    number(
      (await contentOf(folder, `${channel}_${what}`)) ??
        (await contentOf(folder, `${shared}_${what}`)) ??
        preset,
    );
  return valueOf((number(raw) + (await own('offset', '0'))) * (await own('scale', '1')), name);
}

const noChannel = (name: SensorName): SensorReading =>
  absent(`${name.device} 没有 ${name.channel}`, `${name.device} has no ${name.channel}`);

/** To a millionth: what the factor adds beyond it is no news of the sensor. */
function valueOf(kernelValue: number, name: SensorName): SensorReading {
  const value = Math.round(kernelValue * quantityOf(name).factor * 1_000_000) / 1_000_000;
  return Number.isFinite(value)
    ? { kind: 'value', value }
    : missed(`${writtenSensor(name)} 读数无效`, `${writtenSensor(name)}: no sound value`);
}
