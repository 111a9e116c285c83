/**
 * Register words → reading of a UPS, after its map; and which blocks to read. Pure. A register that was not read, or
 * that says "no value", leaves its value out: absent is never zero.
 */
import { registersPerReadMax } from '../../format/modbus.ts';
import { upsFlags } from '../../model/ups.ts';
import type { UpsFlag, UpsReading } from '../../model/ups.ts';
import type { UpsItem } from './map.ts';

/** The word of a register, or `undefined` when it was not read. */
export type Words = (functionCode: UpsItem['fc'], register: number) => number | undefined;

export interface Block {
  readonly function: UpsItem['fc'];
  readonly address: number;
  readonly count: number;
}

const wordsOf = ({ type }: UpsItem): number => (type === 'u32' || type === 's32' ? 2 : 1);

/** Fewest reads that cover the items. Only neighbours are joined: devices refuse a read across registers they lack. */
export function blocksOf(items: readonly UpsItem[]): readonly Block[] {
  const sorted = [...items].sort((a, b) => a.fc - b.fc || a.reg - b.reg);
  const blocks: Block[] = [];
  for (const item of sorted) {
    const end = item.reg + wordsOf(item);
    const last = blocks.at(-1);
    const joins = last?.function === item.fc && item.reg <= last.address + last.count;
    const count = joins ? Math.max(last.count, end - last.address) : 0;
    if (joins && count <= registersPerReadMax) blocks[blocks.length - 1] = { ...last, count };
    else blocks.push({ function: item.fc, address: item.reg, count: wordsOf(item) });
  }
  return blocks;
}

export function decodeReading(items: readonly UpsItem[], words: Words): UpsReading {
  const reading: UpsReading = {};
  for (const item of items) {
    const raw = rawOf(item, words);
    if (raw === undefined) continue;
    if (item.value !== undefined)
      reading[item.value] = rounded(signedOf(item, raw) * (item.scale ?? 1) + (item.offset ?? 0));
    const isSet = (bit: number): boolean => Math.floor(raw / 2 ** bit) % 2 === 1;
    for (const name of upsFlags) {
      const ones = item.bit?.[name];
      if (ones !== undefined) setFlag(reading, name, [ones].flat().some(isSet));
      const zeros = item.bitClear?.[name];
      if (zeros !== undefined) setFlag(reading, name, ![zeros].flat().every(isSet));
    }
    for (const name of item.nonZero ?? []) setFlag(reading, name, raw !== 0);
    if (item.enum !== undefined) {
      const named = item.enum[String(raw)];
      // A reading that the map does not know says nothing about any of its flags.
      if (named !== undefined)
        for (const name of new Set(Object.values(item.enum).flat()))
          setFlag(reading, name, named.includes(name));
    }
  }
  return reading;
}

/** Two items may tell one flag: one that says so is enough. */
function setFlag(reading: UpsReading, name: UpsFlag, value: boolean): void {
  reading[name] = value || reading[name] === true;
}

function rawOf(item: UpsItem, words: Words): number | undefined {
  const first = words(item.fc, item.reg);
  if (first === undefined) return undefined;
  let raw = first;
  if (wordsOf(item) === 2) {
    const second = words(item.fc, item.reg + 1);
    if (second === undefined) return undefined;
    raw = item.order === 'low-first' ? second * 0x10000 + first : first * 0x10000 + second;
  }
  return item.none?.includes(raw) === true ? undefined : raw;
}

function signedOf({ type }: UpsItem, raw: number): number {
  if (type === 's16' && raw >= 0x8000) return raw - 0x10000;
  if (type === 's32' && raw >= 0x80000000) return raw - 0x100000000;
  return raw;
}

/** Scales are decimal or powers of two: four places hide the binary rounding and lose nothing a UPS measures. */
const rounded = (value: number): number => Math.round(value * 1e4) / 1e4;
