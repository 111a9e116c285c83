/**
 * The form of the register maps of UPSes: one YAML file a model in `config/ups/`. A map says where a value stands and what it
 * means; of what can be written it says one thing, the order of a battery test. The guard reads maps with the check that the
 * build has compiled (`read-map.ts`) and loads nothing of this.
 */
import { Type } from '@sinclair/typebox';
import type { Static } from '@sinclair/typebox';
import { Ajv } from 'ajv';
import { upsFlags, upsQuantities } from '../../model/ups.ts';
import type { UpsFlag } from '../../model/ups.ts';
import { checkedMap, readUpsMap } from './read-map.ts';
import type { UpsMapCheck } from './read-map.ts';

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

const orderSchema = Type.Object(
  {
    /** 0-based PDU address. */
    reg: register,
    /** 5 one coil, 6 one register, 16 one register as a list. */
    fc: Type.Union([Type.Literal(5), Type.Literal(6), Type.Literal(16)]),
    value: Type.Integer({ minimum: 0, maximum: 0xffff }),
    /** The register (function 3; a coil by function 1) reads as `value` once it was written; else the order is not taken. */
    readBack: Type.Optional(Type.Boolean()),
  },
  strict,
);

/** Only where a document or a public driver gives register and value. */
const testSchema = Type.Object(
  {
    source: Type.String({ minLength: 1 }),
    quick: orderSchema,
    deep: Type.Optional(orderSchema),
    stop: Type.Optional(orderSchema),
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

export const upsMapSchema = Type.Object(
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
    /** Orders of a battery test; absent: none is given. */
    test: Type.Optional(testSchema),
    items: Type.Array(itemSchema, { minItems: 1 }),
    samples: Type.Array(sampleSchema, { minItems: 1 }),
  },
  strict,
);

export type UpsOrder = Static<typeof orderSchema>;
export type UpsItem = Static<typeof itemSchema>;
export type UpsMap = Static<typeof upsMapSchema>;

export const upsMapOptions = { allErrors: true };
export const compileUpsMapCheck = (): UpsMapCheck => new Ajv(upsMapOptions).compile<UpsMap>(upsMapSchema);
const isMap = compileUpsMapCheck();

/** Throws UpsMapError where there is no such model or its file is wrong. */
export const loadUpsMap = (model: string): UpsMap => readUpsMap(model, isMap);

export const checkedUpsMap = (source: string, file: string): UpsMap => checkedMap(source, file, isMap);
