/**
 * Which unit of a Modbus bus answers, and which register map fits it: for the installer who does not know. Each map is read and
 * decoded; it fits when the device has its registers and what they hold can be true. Reads only.
 */
import type { RegisterAnswer, Registers } from '../../ports/registers.ts';
import { sifted } from '../../model/ups.ts';
import type { UpsReading } from '../../model/ups.ts';
import { blocksOf, decodeReading } from './decode.ts';
import type { Words } from './decode.ts';
import { flagsOf } from './read-map.ts';
import type { UpsItem, UpsMap } from './map.ts';

export interface ModelMap {
  readonly model: string;
  readonly map: UpsMap;
}

export interface ItemRead {
  readonly register: number;
  readonly fc: UpsItem['fc'];
  /** Words as four hexadecimal digits; empty where the device refused them. */
  readonly raw: readonly string[];
  readonly decoded: UpsReading;
}

/** What would make a map fit that does not. */
export type Advice = 'word-order' | 'function';

export interface Trial {
  readonly model: string;
  readonly unit: number;
  readonly items: readonly ItemRead[];
  readonly reading: UpsReading;
  readonly strange: readonly string[];
  /** Items that the device answered. */
  readonly answered: number;
  readonly fits: boolean;
  /** The more of it can be true and is not just zero, the higher. */
  readonly score: number;
  readonly advice?: Advice;
}

/** Share of its registers that a device must have: models of one family lack some. */
const answeredShareMin = 0.6;

/** Units that answer anything at all: a refusal is an answer too. */
export async function answeringUnits(
  registers: Registers,
  units: readonly number[],
  onUnit: (unit: number, answer: RegisterAnswer) => void,
): Promise<readonly number[]> {
  const found: number[] = [];
  for (const unit of units) {
    const answer = await registers.read({ unit, function: 3, address: 0, count: 1 });
    onUnit(unit, answer);
    if (answer.ok || answer.kind === 'exception') found.push(unit);
    if (!answer.ok && answer.kind === 'offline') break;
  }
  return found;
}

export async function tryMap(registers: Registers, unit: number, { model, map }: ModelMap): Promise<Trial> {
  const words = await wordsOf(registers, unit, map.items);
  const trial = judged(model, unit, map.items, words);
  if (trial.fits) return trial;
  const turned = map.items.map((item): UpsItem => ({
    ...item,
    order: item.order === 'low-first' ? 'high-first' : 'low-first',
  }));
  const isWordOrder = trial.strange.length > 0 && judged(model, unit, turned, words).fits;
  if (isWordOrder) return { ...trial, advice: 'word-order' };
  if (trial.answered > 0 || map.items.some(({ fc }) => fc <= 2)) return trial;
  const other = map.items.map((item): UpsItem => ({ ...item, fc: item.fc === 3 ? 4 : 3 }));
  const isFunction = judged(model, unit, other, await wordsOf(registers, unit, other)).fits;
  return isFunction ? { ...trial, advice: 'function' } : trial;
}

async function wordsOf(registers: Registers, unit: number, items: readonly UpsItem[]): Promise<Words> {
  const words = new Map<string, number>();
  for (const block of blocksOf(items)) {
    const answer = await registers.read({ unit, ...block });
    if (answer.ok)
      answer.values.forEach((value, n) => words.set(`${block.function}/${block.address + n}`, value));
    else if (answer.kind !== 'exception') break;
  }
  return (code, register) => words.get(`${code}/${register}`);
}

function judged(model: string, unit: number, all: readonly UpsItem[], words: Words): Trial {
  const items = all.map((item): ItemRead => {
    const isLong = item.type === 'u32' || item.type === 's32';
    const raw = (isLong ? [item.reg, item.reg + 1] : [item.reg]).map((register) => words(item.fc, register));
    return {
      register: item.reg,
      fc: item.fc,
      raw: raw.includes(undefined) ? [] : raw.map((word = 0) => hexadecimal(word)),
      decoded: decodeReading([item], words),
    };
  });
  const { reading, strange } = sifted(decodeReading(all, words));
  const answered = items.filter(({ raw }) => raw.length > 0).length;
  const unusual = strange.length + unusualOf(reading);
  const isSupplyClear = reading.onBattery !== undefined && !(reading.onBattery && reading.onLine === true);
  const fits =
    isSupplyClear &&
    unusual === 0 &&
    answered >= answeredShareMin * all.length &&
    saysSomething(all, reading);
  const score = numbersOf(reading).filter((value) => value !== 0).length + answered / 10 - 3 * unusual;
  return { model, unit, items, reading, strange, answered, fits, score };
}

const hexadecimal = (word: number): string => word.toString(16).toUpperCase().padStart(4, '0');
const numbersOf = (reading: UpsReading): readonly number[] =>
  Object.values(reading).filter((value) => typeof value === 'number');

/** Devices exist that answer every register with zero. A map of flags only has nothing but them to show. */
function saysSomething(items: readonly UpsItem[], reading: UpsReading): boolean {
  const hasValues = items.some(({ value }) => value !== undefined);
  if (hasValues) return numbersOf(reading).some((value) => value !== 0);
  return items
    .flatMap(flagsOf)
    .some((name) => Object.entries(reading).some(([key, on]) => key === name && on === true));
}

/** Values that a UPS may mean but hardly does: each speaks against the map. */
function unusualOf(reading: UpsReading): number {
  const isOdd = (value: number | undefined, least: number, most: number): boolean =>
    value !== undefined && value !== 0 && (value < least || value > most);
  return [
    isOdd(reading.inputVolts, 20, 520),
    isOdd(reading.outputVolts, 5, 520),
    isOdd(reading.bypassVolts, 20, 520),
    isOdd(reading.inputHz, 30, 70),
    isOdd(reading.outputHz, 30, 70),
    isOdd(reading.batteryPercent, 0, 100),
    isOdd(reading.loadPercent, 0, 160),
    isOdd(reading.batteryVolts, 1.5, 900),
    isOdd(reading.temperatureC, -20, 80),
    isOdd(reading.runtimeS, 1, 3 * 86_400),
  ].filter(Boolean).length;
}
