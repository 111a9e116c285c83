/**
 * Record formats of PBXes: one YAML file a format in `config/pbx/`, checked here at the border and compiled. A format says
 * how a line is cut and what the parts mean; its samples say what real lines must read as.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Type } from '@sinclair/typebox';
import type { Static } from '@sinclair/typebox';
import { Ajv } from 'ajv';
import { parse } from 'yaml';
import type { CallRule, FieldPlace, PbxFormat } from '../../format/smdr/pbx-format.ts';
import { pbxFormatFolder, pbxFormats } from './catalogue.ts';

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

const fileSchema = Type.Object(
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

type FormatFile = Static<typeof fileSchema>;
export type FormatSample = FormatFile['samples'][number];
const isFormatFile = new Ajv({ allErrors: true, allowUnionTypes: true }).compile<FormatFile>(fileSchema);

/** A format file that cannot be used: the text names every problem. */
export class PbxFormatError extends Error {
  override readonly name = 'PbxFormatError';
}

/** Throws PbxFormatError where there is no such format or its file is wrong. */
export function loadPbxFormat(id: string, folder = pbxFormatFolder()): PbxFormat {
  return loadWithSamples(id, folder).format;
}

export function loadWithSamples(
  id: string,
  folder = pbxFormatFolder(),
): { readonly format: PbxFormat; readonly samples: readonly FormatSample[] } {
  const known = pbxFormats(folder);
  if (!known.includes(id))
    throw new PbxFormatError(
      `没有话单格式 ${id} / there is no record format ${id}; ${known.length === 0 ? '-' : known.join(', ')}`,
    );
  const file = path.join(folder, `${id}.yaml`);
  return checkedPbxFormat(readFileSync(file, 'utf8'), id, file);
}

export function checkedPbxFormat(
  source: string,
  id: string,
  file: string,
): { readonly format: PbxFormat; readonly samples: readonly FormatSample[] } {
  const written: unknown = parse(source);
  if (!isFormatFile(written)) {
    const problems = (isFormatFile.errors ?? [])
      .filter(({ keyword }) => keyword !== 'anyOf')
      .map(({ instancePath, message = '' }) => `${instancePath || '/'} ${message}`);
    throw new PbxFormatError(`${file}: ${problems.join('; ')}`);
  }
  const problems: string[] = [];
  const format = compile(written, id, problems);
  problems.push(...contradictions(format));
  if (problems.length > 0) throw new PbxFormatError(`${file}: ${problems.join('; ')}`);
  return { format, samples: written.samples };
}

function compile(written: FormatFile, id: string, problems: string[]): PbxFormat {
  const regex = (where: string, words_: string, flags = 'u'): RegExp => {
    try {
      return new RegExp(words_, flags);
    } catch (error) {
      problems.push(`${where}: ${error instanceof Error ? error.message : String(error)}`);
      return /$^/u;
    }
  };
  const whole = (where: string, words_: string): RegExp => regex(where, `^(?:${words_})$`);
  const conditions = (where: string, rules: Readonly<Record<string, string>> = {}): CallRule['when'] =>
    Object.entries(rules).map(([field, words_]) => ({ field, pattern: whole(`${where}/${field}`, words_) }));
  const { join } = written;
  return {
    id,
    name: written.name,
    layout: written.layout,
    separator: written.separator ?? ',',
    width: written.width ?? { min: 1, max: 1024 },
    blank: written.blank ?? [],
    patterns: (written.patterns ?? []).map((one, index) => regex(`/patterns/${index}`, one)),
    ...(written.start === undefined ? {} : { start: regex('/start', written.start, 'gu') }),
    fields: Object.fromEntries(
      Object.entries(written.fields).map(([name, field]): [string, FieldPlace] => [
        name,
        {
          at: placeOf(field.at ?? name),
          forms: list(field.form),
          ...(field.check === undefined ? {} : { check: whole(`/fields/${name}/check`, field.check) }),
          ...(field.take === undefined ? {} : { take: regex(`/fields/${name}/take`, field.take) }),
          none: field.none ?? [],
          clockJump: field['clock-jump'] ?? [],
        },
      ]),
    ),
    timeIs: written.time.is,
    isUtc: written.time.zone === 'utc',
    calls: written.calls.map((call, index) => ({
      when: conditions(`/calls/${index}/when`, call.when),
      means: call.means ?? 'call',
      direction: call.direction ?? 'unknown',
      ...(call.answered === undefined ? {} : { isAnswered: call.answered }),
      extension: list(call.extension),
      number: list(call.number),
      trunk: list(call.trunk),
    })),
    other: (written.other ?? []).map(({ pattern: words_, means }, index) => ({
      pattern: regex(`/other/${index}/pattern`, words_),
      means,
    })),
    ...(join === undefined
      ? {}
      : {
          join: {
            by: list(join.by),
            more: conditions('/join/more', join.more),
            withinMs: join['within-s'] * 1000,
            durations: join.durations,
          },
        }),
  };
}

const list = <T>(value: T | T[] | undefined): readonly T[] =>
  value === undefined ? [] : Array.isArray(value) ? value : [value];

function placeOf(at: number | string): FieldPlace['at'] {
  const columns = typeof at === 'string' ? /^(\d{1,4})-(\d{1,4})$/.exec(at) : null;
  return columns === null ? at : [Number(columns[1]), Number(columns[2])];
}

/** What each part says for itself and cannot be true together. */
function contradictions(format: PbxFormat): string[] {
  const problems: string[] = [];
  const { layout, fields, width, patterns, calls, join } = format;
  if (layout === 'pattern' && patterns.length === 0) problems.push('layout pattern without patterns');
  if (layout !== 'pattern' && patterns.length > 0) problems.push(`patterns in layout ${layout}`);
  if (width.min > width.max) problems.push('/width min is more than max');
  for (const [name, { at, forms }] of Object.entries(fields)) {
    const isFitting =
      layout === 'csv'
        ? typeof at === 'number' && at <= width.max
        : layout === 'columns'
          ? typeof at === 'number' ||
            (typeof at !== 'string' && at[0] >= 1 && at[0] <= at[1] && at[1] <= width.max)
          : typeof at === 'string' && patterns.some(({ source }) => source.includes(`(?<${at}>`));
    if (!isFitting) problems.push(`/fields/${name}/at does not fit layout ${layout}`);
    if (timeNames.includes(name) !== forms.length > 0)
      problems.push(
        forms.length > 0
          ? `/fields/${name} has a form but is no time (${timeNames.join(', ')})`
          : `/fields/${name} needs a form`,
      );
  }
  if (!['start', 'end', 'time'].some((name) => fields[name] !== undefined))
    problems.push('/fields has neither start nor end nor time');
  const known = (name: string, where: string): void => {
    if (fields[name] === undefined) problems.push(`${where} names ${name}, which is no field`);
  };
  for (const [index, rule] of calls.entries()) {
    for (const { field } of rule.when) known(field, `/calls/${index}/when`);
    for (const name of [...rule.extension, ...rule.number, ...rule.trunk]) known(name, `/calls/${index}`);
  }
  for (const name of join?.by ?? []) known(name, '/join/by');
  for (const { field } of join?.more ?? []) known(field, '/join/more');
  return problems;
}

const timeNames: readonly string[] = ['date', 'time', 'start', 'end', 'duration', 'ring'];
