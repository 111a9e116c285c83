/**
 * Record formats of PBXes: one YAML file a format in `config/pbx/`, checked here at the border and compiled. A format says
 * how a line is cut and what the parts mean; its samples say what real lines must read as.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import type { CallRule, FieldPlace, PbxFormat } from '../../format/smdr/pbx-format.ts';
import { pbxFormatFolder, pbxFormats } from './catalogue.ts';
import type { FormatFile, PbxFormatCheck } from './format-schema.ts';

export type FormatSample = FormatFile['samples'][number];

/** A format file that cannot be used: the text names every problem. */
export class PbxFormatError extends Error {
  override readonly name = 'PbxFormatError';
}

/** Throws PbxFormatError where there is no such format or its file is wrong. */
export function loadPbxFormat(id: string, check: PbxFormatCheck, folder = pbxFormatFolder()): PbxFormat {
  return loadWithSamples(id, check, folder).format;
}

export function loadWithSamples(
  id: string,
  check: PbxFormatCheck,
  folder = pbxFormatFolder(),
): { readonly format: PbxFormat; readonly samples: readonly FormatSample[] } {
  const known = pbxFormats(folder);
  if (!known.includes(id))
    throw new PbxFormatError(
      `没有话单格式 ${id} / there is no record format ${id}; ${known.length === 0 ? '-' : known.join(', ')}`,
    );
  const file = path.join(folder, `${id}.yaml`);
  return checkedPbxFormat(readFileSync(file, 'utf8'), id, file, check);
}

export function checkedPbxFormat(
  source: string,
  id: string,
  file: string,
  isFormatFile: PbxFormatCheck,
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
