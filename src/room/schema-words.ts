/**
 * The words that the schema of the room file is made of: each carries its description in both languages, what a right
 * value looks like (`x-expects`), its default, and the name of its limit (`x-limit`). The editor's schema, the checks,
 * the messages and the tables of the manual all come from these.
 */
import { Type } from '@sinclair/typebox';
import type { TObject, TProperties, TSchema, TUnsafe } from '@sinclair/typebox';
import type { Text } from '../model/text.ts';
import { text } from '../model/text.ts';
import type { Limit, LimitName } from './limits.ts';
import { limits, written } from './limits.ts';
import { daysPattern, durationPattern, namePattern, percentPattern, terminalPattern } from './short-forms.ts';

interface About {
  readonly 'x-about': Text;
  readonly description: string;
}
export const about = (zh: string, en: string): About => ({
  'x-about': text(zh, en),
  description: `${zh}\n\n${en}`,
});

/** All keys are known: an unknown one is a slip of the pen. */
export const strict = <T extends TProperties>(properties: T, words: About, key?: string): TObject<T> =>
  Type.Object(properties, {
    additionalProperties: false,
    ...words,
    ...(key === undefined ? {} : { 'x-key': key }),
  });

export const one = <const T extends string>(values: readonly T[], words: About, preset?: T): TUnsafe<T> =>
  Type.Unsafe<T>({
    type: 'string',
    enum: [...values],
    ...words,
    ...(preset === undefined ? {} : { default: preset }),
  });

export const matching = (pattern: string, expects: Text, words: About, preset?: string) =>
  Type.String({
    pattern,
    'x-expects': expects,
    ...words,
    ...(preset === undefined ? {} : { default: preset }),
  });

const bounds = (name: LimitName) => {
  const limit: Limit = limits[name];
  return { 'x-limit': name, default: written(limit.default, limit.unit) };
};

export const duration = (name: LimitName, words: About) =>
  Type.String({
    pattern: durationPattern,
    'x-expects': text('时长，如 500ms、3s、10m、2h', 'a duration such as 500ms, 3s, 10m or 2h'),
    ...bounds(name),
    ...words,
  });

export const days = (name: LimitName, words: About) =>
  Type.String({
    pattern: daysPattern,
    'x-expects': text('天数，如 400d', 'a number of days such as 400d'),
    ...bounds(name),
    ...words,
  });

export const percent = (name: LimitName, words: About) =>
  Type.String({
    pattern: percentPattern,
    'x-expects': text('百分比，如 85%', 'a percentage such as 85%'),
    ...bounds(name),
    ...words,
  });

export const whole = (name: LimitName, words: About) => {
  const limit: Limit = limits[name];
  return Type.Integer({ 'x-limit': name, ...words, default: limit.default });
};

/** Either a plain string for both languages or one for each. */
export const words = (about: About) =>
  Type.Union(
    [
      Type.String({ minLength: 1, maxLength: 120 }),
      Type.Object(
        {
          zh: Type.String({ minLength: 1, maxLength: 120 }),
          en: Type.String({ minLength: 1, maxLength: 120 }),
        },
        { additionalProperties: false },
      ),
    ],
    {
      ...about,
      'x-expects': text('一段文字，或 { zh: …, en: … }', 'a text, or { zh: …, en: … }'),
    },
  );

/** A section whose keys are names given by the installer. */
export const named = <T extends TSchema>(entry: T, most: number, about: About, pattern = namePattern) =>
  Type.Record(Type.String({ pattern }), entry, {
    additionalProperties: false,
    maxProperties: most,
    ...about,
  });

/** One of several forms, told apart by the key that each of them opens with (`x-key`). */
export const forms = <T extends TSchema[]>(list: [...T], about: About) => Type.Union(list, about);

/** A terminal of a card, a pin or a register. */
export const terminal = (zh: string, en: string, example: string) =>
  matching(terminalPattern, text(`接线端，如 ${example}`, `a terminal such as ${example}`), about(zh, en));
/** The name of something else in the file. */
export const nameOf = (zh: string, en: string, example: string) =>
  matching(namePattern, text(`名称，如 ${example}`, `a name such as ${example}`), about(zh, en));
export const optional = <T extends TSchema>(schema: T) => Type.Optional(schema);
export const pathOfFile = (zh: string, en: string) =>
  Type.String({ minLength: 1, maxLength: 300, ...about(zh, en) });
