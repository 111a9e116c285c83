/** The form of the files of `config/pbx/`. Compiled by the build: the guard loads it only where nothing was built. */
import { Type } from '@sinclair/typebox';
import type { Static } from '@sinclair/typebox';
import { Ajv } from 'ajv';

const strict = { additionalProperties: false };
const oneOf = <const T extends string>(names: readonly T[]) =>
  Type.Union(names.map((name) => Type.Literal(name)));
const pattern = Type.String({ minLength: 1, maxLength: 600 });
const words = Type.String({ minLength: 1 });
const fieldName = Type.String({ pattern: '^[a-z][A-Za-z0-9]{0,31}$' });
const oneOrMore = <T extends ReturnType<typeof Type.String>>(item: T) =>
  Type.Union([item, Type.Array(item, { minItems: 1, maxItems: 8 })]);
const when = Type.Record(fieldName, Type.String({ maxLength: 600 }), strict);

const fieldSchema = Type.Object(
  {
    /** CSV: number from 1. Columns: `8` or `19-33`. Patterns: name of the group, the field's own where absent. */
    at: Type.Optional(Type.Union([Type.Integer({ minimum: 1, maximum: 200 }), words])),
    /** Form of a date, time or duration (`YYYY/MM/DD hh:mm:ss`); several where only what is near decides. */
    form: Type.Optional(oneOrMore(Type.String({ minLength: 1, maxLength: 60 }))),
    /** The whole field must look like this. */
    check: Type.Optional(pattern),
    /** The first group is the value; where it does not match the field is empty. */
    take: Type.Optional(pattern),
    /** Readings that mean "no value". */
    none: Type.Optional(Type.Array(Type.String())),
    /** Readings that mean: the clock of the switch was set during the call. */
    'clock-jump': Type.Optional(Type.Array(Type.String(), { minItems: 1 })),
  },
  strict,
);

const callSchema = Type.Object(
  {
    /** Field → what it must be, as a whole; all must hold. The first rule that holds counts. */
    when: Type.Optional(when),
    means: Type.Optional(oneOf(['call', 'not-a-call', 'interim', 'records-lost'])),
    direction: Type.Optional(oneOf(['incoming', 'outgoing', 'internal', 'unknown'])),
    answered: Type.Optional(Type.Boolean()),
    /** Fields of which the first that is not empty is taken. */
    extension: Type.Optional(oneOrMore(fieldName)),
    number: Type.Optional(oneOrMore(fieldName)),
    trunk: Type.Optional(oneOrMore(fieldName)),
  },
  strict,
);

const recordSchema = Type.Object(
  {
    direction: oneOf(['incoming', 'outgoing', 'internal', 'unknown']),
    /** Local time of the sample's zone, `2008-06-28 09:28:41`; absent where the record cannot tell. */
    started: Type.Optional(words),
    ended: Type.Optional(words),
    'duration-s': Type.Optional(Type.Number()),
    'ring-s': Type.Optional(Type.Number()),
    answered: Type.Optional(Type.Boolean()),
    trunk: Type.Optional(words),
    extension: Type.Optional(words),
    number: Type.Optional(words),
    account: Type.Optional(words),
    'call-id': Type.Optional(words),
    'clock-jump': Type.Optional(Type.Boolean()),
  },
  strict,
);

const sampleSchema = Type.Object(
  {
    note: words,
    lines: Type.Array(Type.String(), { minItems: 1 }),
    /** When the lines came, in the zone; absent: a captured file. */
    arrived: Type.Optional(words),
    /** IANA zone of the switch; UTC where absent. */
    zone: Type.Optional(words),
    records: Type.Array(recordSchema),
    /** Lines that must be refused. */
    rejected: Type.Optional(Type.Integer({ minimum: 0 })),
  },
  strict,
);

export const pbxFormatSchema = Type.Object(
  {
    name: Type.Object({ zh: words, en: words }, strict),
    /** Where the layout is from: manual and page, or a public parser. */
    source: words,
    layout: oneOf(['csv', 'columns', 'pattern']),
    separator: Type.Optional(Type.String({ minLength: 1, maxLength: 1 })),
    width: Type.Optional(
      Type.Object(
        {
          min: Type.Integer({ minimum: 1, maximum: 1024 }),
          max: Type.Integer({ minimum: 1, maximum: 1024 }),
        },
        strict,
      ),
    ),
    /** Columns that must be blank. */
    blank: Type.Optional(Type.Array(Type.Integer({ minimum: 1, maximum: 1024 }))),
    /** Named groups are the fields; the first that fits counts. */
    patterns: Type.Optional(Type.Array(pattern, { minItems: 1, maxItems: 8 })),
    /** What each record begins with, distinct enough to find one behind a torn line. */
    start: Type.Optional(pattern),
    time: Type.Object({ is: oneOf(['start', 'end']), zone: Type.Optional(oneOf(['local', 'utc'])) }, strict),
    fields: Type.Record(fieldName, fieldSchema, strict),
    calls: Type.Array(callSchema, { minItems: 1, maxItems: 32 }),
    other: Type.Optional(
      Type.Array(
        Type.Object(
          { pattern, means: oneOf(['heading', 'date', 'not-a-call', 'interim', 'records-lost']) },
          strict,
        ),
        { maxItems: 32 },
      ),
    ),
    join: Type.Optional(
      Type.Object(
        {
          by: oneOrMore(fieldName),
          /** More of the call will come where these hold; absent: it may after every line. */
          more: Type.Optional(when),
          'within-s': Type.Integer({ minimum: 1, maximum: 86_400 }),
          durations: oneOf(['sum', 'longest']),
        },
        strict,
      ),
    ),
    samples: Type.Array(sampleSchema, { minItems: 1 }),
  },
  strict,
);

export type FormatFile = Static<typeof pbxFormatSchema>;

/** A validator as ajv makes it. */
export interface PbxFormatCheck {
  (content: unknown): content is FormatFile;
  errors?:
    readonly { readonly keyword: string; readonly instancePath: string; readonly message?: string }[] | null;
}

export const pbxFormatOptions = { allErrors: true, allowUnionTypes: true };
export const compilePbxFormatCheck = (): PbxFormatCheck =>
  new Ajv(pbxFormatOptions).compile<FormatFile>(pbxFormatSchema);
