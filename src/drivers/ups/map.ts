/**
 * Register maps of UPSes: one YAML file a model in `config/ups/`, checked here at the border. A map says where a value
 * stands and what it means; it never says what to write, because linekeeper writes nothing to a UPS.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Type } from '@sinclair/typebox';
import type { Static } from '@sinclair/typebox';
import { Ajv } from 'ajv';
import { parse } from 'yaml';
import { upsFlags, upsQuantities } from '../../model/ups.ts';
import type { UpsFlag } from '../../model/ups.ts';
import { upsMapFolder, upsModels } from './catalogue.ts';

const strict = { additionalProperties: false };
const oneOf = <const T extends string>(names: readonly T[]) =>
  Type.Union(names.map((name) => Type.Literal(name)));
const flag = oneOf(upsFlags);
const register = Type.Integer({ minimum: 0, maximum: 0xffff });
const bitNumber = Type.Integer({ minimum: 0, maximum: 31 });

const bitsOfFlags = Type.Unsafe<Partial<Record<UpsFlag, number | number[]>>>(
  Type.Partial(Type.Record(flag, Type.Union([bitNumber, Type.Array(bitNumber)])), strict),
);

const itemSchema = Type.Object(
  {
    /** 0-based PDU address. */
    reg: register,
    /** 1 coils, 2 discrete inputs (both `type: bit`), 3 holding registers, 4 input registers. */
    fc: Type.Union([Type.Literal(1), Type.Literal(2), Type.Literal(3), Type.Literal(4)]),
    type: oneOf(['bit', 'u16', 's16', 'u32', 's32']),
    /** Of 32-bit values; `high-first` where absent. */
    order: Type.Optional(oneOf(['high-first', 'low-first'])),
    /** The quantity that this register holds: raw × scale + offset. */
    value: Type.Optional(oneOf(upsQuantities)),
    scale: Type.Optional(Type.Number()),
    offset: Type.Optional(Type.Number()),
    /** Raw readings, unsigned, that mean "no value". */
    none: Type.Optional(Type.Array(Type.Integer({ minimum: 0 }))),
    /** Flag → its bit (0 is the lowest), or several of which one is enough. */
    bit: Type.Optional(bitsOfFlags),
    /** The same, true while the bit is 0: normally closed contacts, and bits that mean "well". */
    bitClear: Type.Optional(bitsOfFlags),
    /** Flags that are true while the whole register is not 0. */
    nonZero: Type.Optional(Type.Array(flag, { minItems: 1 })),
    /** Raw reading → flags that it sets; flags named at another reading of this register are then false. */
    enum: Type.Optional(Type.Record(Type.String({ pattern: '^[0-9]+$' }), Type.Array(flag))),
    /** `fast`: every time; `slow`: every sixth time; `once`: at the start. */
    poll: Type.Optional(oneOf(['fast', 'slow', 'once'])),
  },
  strict,
);

const sampleSchema = Type.Object(
  {
    note: Type.String({ minLength: 1 }),
    /** What the UPS answered: words of four hexadecimal digits from a register on. */
    answers: Type.Array(
      Type.Object(
        { reg: register, words: Type.String({ pattern: '^[0-9A-Fa-f]{4}( [0-9A-Fa-f]{4})*$' }) },
        strict,
      ),
      { minItems: 1 },
    ),
    reading: Type.Record(Type.String(), Type.Union([Type.Number(), Type.Boolean()])),
  },
  strict,
);

const mapSchema = Type.Object(
  {
    name: Type.Object({ zh: Type.String({ minLength: 1 }), en: Type.String({ minLength: 1 }) }, strict),
    /** Where the numbers are from: manual and page, or a public driver. */
    source: Type.String({ minLength: 1 }),
    unit: Type.Integer({ minimum: 0, maximum: 255 }),
    serial: Type.Optional(
      Type.Object(
        {
          baud: Type.Integer({ minimum: 300 }),
          parity: oneOf(['none', 'even', 'odd']),
        },
        strict,
      ),
    ),
    items: Type.Array(itemSchema, { minItems: 1 }),
    samples: Type.Array(sampleSchema, { minItems: 1 }),
  },
  strict,
);

export type UpsItem = Static<typeof itemSchema>;
export type UpsMap = Static<typeof mapSchema>;

const isMap = new Ajv({ allErrors: true }).compile<UpsMap>(mapSchema);

/** A map file that cannot be used: the text names every problem. */
export class UpsMapError extends Error {
  override readonly name = 'UpsMapError';
}

/** Throws UpsMapError where there is no such model or its file is wrong. */
export function loadUpsMap(model: string, folder = upsMapFolder()): UpsMap {
  if (!upsModels(folder).includes(model))
    throw new UpsMapError(
      `没有 UPS 型号 ${model} 的寄存器表 / no register map for UPS model ${model}; ${upsModels(folder).join(', ')}`,
    );
  const file = path.join(folder, `${model}.yaml`);
  return checkedUpsMap(readFileSync(file, 'utf8'), file);
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

export function checkedUpsMap(source: string, file: string): UpsMap {
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
  if (problems.length > 0) throw new UpsMapError(`${file}: ${problems.join('; ')}`);
  return map;
}
