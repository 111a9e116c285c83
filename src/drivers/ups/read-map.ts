/** Reads a register map (`map.ts` has its form) and checks it at the border. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { upsMapFolder, upsModels } from './catalogue.ts';
import { upsTestKinds } from '../../model/ups.ts';
import type { UpsTestKind } from '../../model/ups.ts';
import type { UpsItem, UpsMap } from './map.ts';

/** A validator as ajv makes it. */
export interface UpsMapCheck {
  (content: unknown): content is UpsMap;
  errors?: readonly { readonly instancePath: string; readonly message?: string }[] | null;
}

/** A map file that cannot be used: the text names every problem. */
export class UpsMapError extends Error {
  override readonly name = 'UpsMapError';
}

/** Throws UpsMapError where there is no such model or its file is wrong. */
export function readUpsMap(model: string, isMap: UpsMapCheck, folder = upsMapFolder()): UpsMap {
  if (!upsModels(folder).includes(model))
    throw new UpsMapError(
      `没有 UPS 型号 ${model} 的寄存器表 / no register map for UPS model ${model}; ${upsModels(folder).join(', ')}`,
    );
  const file = path.join(folder, `${model}.yaml`);
  return checkedMap(readFileSync(file, 'utf8'), file, isMap);
}

/** Flags that an item tells. */
export const flagsOf = ({ bit, bitClear, nonZero, enum: words }: UpsItem): readonly string[] => [
  ...Object.keys(bit ?? {}),
  ...Object.keys(bitClear ?? {}),
  ...(nonZero ?? []),
  ...Object.values(words ?? {}).flat(),
];

function wrongItem(item: UpsItem): readonly string[] {
  const { reg, fc, type, value } = item;
  const problems: string[] = [];
  if (value === undefined && flagsOf(item).length === 0)
    problems.push(`register ${reg} has neither value nor bit nor bitClear nor nonZero nor enum`);
  if ((type === 'bit') !== fc <= 2)
    problems.push(`register ${reg}: functions 1 and 2 read type bit, 3 and 4 read u16 s16 u32 s32`);
  const bits = [...Object.values(item.bit ?? {}), ...Object.values(item.bitClear ?? {})].flat();
  const width = type === 'bit' ? 1 : type === 'u32' || type === 's32' ? 32 : 16;
  if (bits.some((bit) => bit >= width)) problems.push(`register ${reg}: ${type} has bits 0 to ${width - 1}`);
  return problems;
}

export function checkedMap(source: string, file: string, isMap: UpsMapCheck): UpsMap {
  const map: unknown = parse(source);
  if (!isMap(map)) {
    const problems = (isMap.errors ?? []).map(
      ({ instancePath, message = '' }) => `${instancePath || '/'} ${message}`,
    );
    throw new UpsMapError(`${file}: ${problems.join('; ')}`);
  }
  const problems = map.items.flatMap(wrongItem);
  const tellsBattery = map.items.some(
    (item) => (item.poll ?? 'fast') === 'fast' && flagsOf(item).includes('onBattery'),
  );
  if (!tellsBattery) problems.push('no fast item tells onBattery');
  if (map.test?.deep !== undefined && map.test.stop === undefined)
    problems.push('test: a deep test needs an order that stops it');
  if (problems.length > 0) throw new UpsMapError(`${file}: ${problems.join('; ')}`);
  return map;
}

/** Battery tests that the map of this model can order; a model or a file that is wrong offers none. */
export function testsOfModel(model: string, folder = upsMapFolder()): readonly UpsTestKind[] {
  try {
    const map: unknown = parse(readFileSync(path.join(folder, `${model}.yaml`), 'utf8'));
    const test = typeof map === 'object' && map !== null && 'test' in map ? map.test : undefined;
    if (typeof test !== 'object' || test === null) return [];
    return upsTestKinds.filter((kind) => kind in test);
  } catch {
    return [];
  }
}
