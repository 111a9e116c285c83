/**
 * The schema of the room file for editors (JSON Schema draft-07, which yaml-language-server knows best), and the tables
 * of keys in docs/room-file.md. Both are made from the one schema that the checks use, so neither can fall behind.
 */
import type { Text } from '../model/text.ts';
import { limitNamed, written } from './limits.ts';
import { roomFileSchema } from './schema.ts';

type Json = Readonly<Record<string, unknown>>;

const isRecord = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isText = (value: unknown): value is Text =>
  isRecord(value) && typeof value['zh'] === 'string' && typeof value['en'] === 'string';

/** Content of config/room.schema.json. */
export function editorSchema(): string {
  const schema = {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'linekeeper room file',
    ...forEditors(roomFileSchema),
  };
  return `${JSON.stringify(schema, undefined, 2)}\n`;
}

function forEditors(schema: Json): Json {
  const plain: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(schema)) {
    if (!key.startsWith('x-')) plain[key] = convert(value);
  }
  const expects = schema['x-expects'];
  if (isText(expects)) plain['patternErrorMessage'] = `${expects.zh} / ${expects.en}`;
  const limit = limitOf(schema);
  if (limit !== undefined) {
    const [least, most] = [written(limit.min, limit.unit), written(limit.max, limit.unit)];
    const about = schema['description'];
    plain['description'] = `${typeof about === 'string' ? about : ''}\n\n${least} – ${most}`;
    if (schema['type'] === 'integer') Object.assign(plain, { minimum: limit.min, maximum: limit.max });
  }
  return plain;
}

function convert(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(convert);
  return isRecord(value) ? forEditors(value) : value;
}

const limitOf = (schema: Json) => {
  const name = schema['x-limit'];
  return typeof name === 'string' ? limitNamed(name) : undefined;
};

/** One table of keys for each part of the file, by its title: `bypass`, `buses line-card`, `subjects evidence tcp`. */
export function manualTables(): ReadonlyMap<string, string> {
  const tables = new Map<string, string>();
  const walk = (schema: unknown, title: string): void => {
    if (!isRecord(schema)) return;
    const inner = [
      schema['items'],
      ...Object.values(isRecord(schema['patternProperties']) ? schema['patternProperties'] : {}),
    ];
    for (const entry of inner) walk(entry, title);
    for (const form of Array.isArray(schema['anyOf']) ? schema['anyOf'].filter(isRecord) : []) {
      const key = form['x-key'];
      if (typeof key === 'string') walk(form, `${title} ${key}`);
    }
    if (!isRecord(schema['properties'])) return;
    tables.set(title === '' ? 'sections' : title, table(schema, schema['properties']));
    for (const [key, property] of Object.entries(schema['properties'])) {
      const isOwnForm = title.endsWith(` ${key}`);
      walk(property, title === '' ? key : isOwnForm ? title : `${title} ${key}`);
    }
  };
  walk(roomFileSchema, '');
  return tables;
}

function table(schema: Json, properties: Json): string {
  const required: unknown[] = Array.isArray(schema['required']) ? schema['required'] : [];
  const rows = Object.entries(properties).map(([key, property]) => {
    const cells: Json = isRecord(property) ? property : {};
    const about = cells['x-about'];
    const limit = limitOf(cells);
    return [
      `\`${key}\``,
      takes(cells),
      required.includes(key) ? '**needed**' : preset(cells['default']),
      limit === undefined
        ? bounds(cells)
        : `${written(limit.min, limit.unit)} – ${written(limit.max, limit.unit)}`,
      isText(about) ? about.zh : '',
      isText(about) ? about.en : '',
    ];
  });
  return [['key', 'takes', 'default', 'limits', '说明', 'meaning'], Array<string>(6).fill('---'), ...rows]
    .map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`)
    .join('\n');
}

const preset = (value: unknown): string =>
  value === undefined || value === ''
    ? ''
    : `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;

function bounds(schema: Json): string {
  const { minimum, maximum } = schema;
  if (typeof minimum !== 'number') return '';
  return typeof maximum === 'number' ? `${minimum} – ${maximum}` : `≥ ${minimum}`;
}

function takes(schema: Json): string {
  const { enum: values, type } = schema;
  switch (limitOf(schema)?.unit) {
    case 'ms':
      return 'a duration';
    case 'days':
      return 'days';
    case 'percent':
      return 'per cent';
    default:
  }
  if (Array.isArray(values)) return values.map((value) => `\`${String(value)}\``).join(' ');
  const expects = schema['x-expects'];
  if (isText(expects)) return expects.en;
  switch (type) {
    case 'object':
      return 'a section';
    case 'array':
      return 'a list';
    case 'integer':
      return 'a whole number';
    case 'number':
      return 'a number';
    case 'boolean':
      return '`true` `false`';
    default:
      return 'a text';
  }
}

/** The manual with its tables brought up to date, and the titles of tables that it has no place for. */
export function withTables(manual: string): { readonly manual: string; readonly missing: readonly string[] } {
  const tables = manualTables();
  const seen = new Set<string>();
  const fresh = manual.replaceAll(
    /(<!-- keys: (.+?) -->\n)[\s\S]*?(<!-- end -->)/g,
    (whole: string, open: string, title: string, close: string) => {
      const rows = tables.get(title);
      if (rows === undefined) return whole;
      seen.add(title);
      return `${open}${rows}\n${close}`;
    },
  );
  return { manual: fresh, missing: [...tables.keys()].filter((title) => !seen.has(title)) };
}
