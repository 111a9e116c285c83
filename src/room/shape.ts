/**
 * Checks the shape of a room file against its schema, and says each finding so that one can mend it. What is wrong is
 * also taken out of a copy, so that all the rest can still be checked against each other: every problem at once.
 */
import { Ajv } from 'ajv';
import type { ErrorObject, ValidateFunction } from 'ajv';
import type { Text } from '../model/text.ts';
import { text } from '../model/text.ts';
import { keepsLimit, limitNamed, written } from './limits.ts';
import { didYouMean, nearest } from './nearest.ts';
import type { Finding, Path } from './problem.ts';
import type { Draft } from './schema.ts';
import { draftSchema, roomFileSchema } from './schema.ts';

type SchemaObject = Readonly<Record<string, unknown>>;

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

let ajv: Ajv | undefined;
const compiled = new Map<object, ValidateFunction>();

function newAjv(): Ajv {
  // Compiled once a start, and the guard waits for it: no time for checking our own schema or for polished code.
  const fresh = new Ajv({
    allErrors: true,
    verbose: true,
    strict: false,
    validateSchema: false,
    meta: false,
    messages: false,
    code: { optimize: false },
  });
  fresh.addKeyword({
    keyword: 'x-limit',
    validate: keepsLimit,
  });
  return fresh;
}

function validator(schema: SchemaObject): ValidateFunction {
  ajv ??= newAjv();
  const known = compiled.get(schema);
  if (known !== undefined) return known;
  const fresh = ajv.compile(schema);
  compiled.set(schema, fresh);
  return fresh;
}

export interface Shape {
  readonly findings: readonly Finding[];
  /** The file without what was wrong. */
  readonly draft: Draft;
  /** Top-level sections from which something was taken out: what is missing there was perhaps only mistyped. */
  readonly damaged: ReadonlySet<string>;
  /** Where an item of a list of the draft stood in the file. */
  readonly indexInFile: (list: readonly unknown[], index: number) => number;
  /** The path as it is spelt in the file, where a misspelt key was read as the one that was meant. */
  readonly pathInFile: (path: Path) => Path;
}

const untouched = {
  damaged: new Set<string>(),
  indexInFile: (_: unknown, index: number) => index,
  pathInFile: (path: Path) => path,
};

export function checkShape(value: unknown, source: (path: Path) => string | undefined): Shape {
  const findings: Finding[] = [];
  if (!isRecord(value)) {
    const message = text(
      '机房文件应由 room:、buses: 等各节组成',
      'a room file is made of sections room:, buses: and so on',
    );
    return {
      findings: [{ severity: 'error', path: [], message }],
      draft: {},
      ...untouched,
    };
  }
  const isRoomFile: ValidateFunction<Draft> = validator(roomFileSchema) as ValidateFunction<Draft>;
  if (isRoomFile(value)) {
    return { findings, draft: value, ...untouched };
  }
  const damaged = new Set<string>();
  for (const fault of faults(roomFileSchema, value, [])) findings.push(explain(fault, source));
  const kept = new Map<readonly unknown[], number[]>();
  const spelt = new Map<string, string>();
  const draft = prune(value, damaged, kept, spelt);
  return {
    findings,
    draft,
    damaged,
    indexInFile: (list, index) => kept.get(list)?.[index] ?? index,
    pathInFile: (path) =>
      path.map((part, index) => spelt.get(JSON.stringify(path.slice(0, index + 1))) ?? part),
  };
}

interface Fault {
  readonly path: Path;
  readonly error: ErrorObject;
}

/** Names begin with a letter, so what is all digits is the index of a list. */
const pathOf = (pointer: string): (string | number)[] =>
  pointer
    .split('/')
    .slice(1)
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part.replaceAll('~1', '/').replaceAll('~0', '~')));

/** All faults of a value. Where several forms are possible, those of the form that was meant, not of all of them. */
function faults(schema: SchemaObject, value: unknown, base: Path): Fault[] {
  const validate = validator(schema);
  if (validate(value)) return [];
  const found: Fault[] = [];
  for (const error of validate.errors ?? []) {
    if (/\/anyOf\/\d+(\/|$)/.test(error.schemaPath)) continue;
    const path = [...base, ...pathOf(error.instancePath)];
    const form = error.keyword === 'anyOf' ? meantForm(error) : undefined;
    if (form === undefined) found.push({ path, error });
    else found.push(...faults(form, error.data, path));
  }
  return found;
}

const formsOf = (error: ErrorObject): SchemaObject[] =>
  Array.isArray(error.parentSchema?.['anyOf']) ? error.parentSchema['anyOf'].filter(isRecord) : [];

const openingKeys = (error: ErrorObject): string[] =>
  formsOf(error).flatMap((form) => (typeof form['x-key'] === 'string' ? [form['x-key']] : []));

function meantForm(error: ErrorObject): SchemaObject | undefined {
  const { data } = error;
  const candidates = formsOf(error);
  if (isRecord(data)) {
    const opened = candidates.filter(
      (form) => typeof form['x-key'] === 'string' && Object.hasOwn(data, form['x-key']),
    );
    if (opened.length > 0) return opened.length === 1 ? opened[0] : undefined;
    return candidates.find((form) => form['type'] === 'object' && form['x-key'] === undefined);
  }
  const type = Array.isArray(data) ? 'array' : typeof data;
  return candidates.find((form) => form['type'] === type);
}

/** Removes what is wrong until the rest is right; every round takes something out, so it ends. */
function prune(
  value: Record<string, unknown>,
  damaged: Set<string>,
  kept: Map<readonly unknown[], number[]>,
  spelt: Map<string, string>,
): Draft {
  const rest: unknown = structuredClone(value);
  const validate: ValidateFunction<Draft> = validator(draftSchema) as ValidateFunction<Draft>;
  while (!validate(rest)) {
    const now = faults(draftSchema, rest, []);
    let removed = false;
    const targets = new Map<string, Path>();
    for (const { path, error } of now) {
      const extra: unknown = error.params['additionalProperty'];
      const target = typeof extra === 'string' ? [...path, extra] : path;
      if (typeof target[0] === 'string') damaged.add(target[0]);
      const meant = typeof extra === 'string' ? respell(error, extra) : undefined;
      if (meant === undefined) {
        targets.set(JSON.stringify(target), target);
      } else {
        removed = true;
        spelt.set(JSON.stringify([...path, meant]), String(extra));
      }
    }
    for (const target of [...targets.values()].sort(innerAndLastFirst)) {
      removed = remove(rest, target, kept) || removed;
    }
    if (!removed) return {};
  }
  return rest;
}

/** Reads a misspelt key as the one that was surely meant, so that the slip is told once and not as something missing too. */
function respell({ data, parentSchema }: ErrorObject, key: string): string | undefined {
  const properties: unknown = parentSchema?.['properties'];
  if (!isRecord(properties) || !isRecord(data)) return undefined;
  const near = nearest(
    key,
    Object.keys(properties).filter((name) => !Object.hasOwn(data, name)),
  );
  if (near === undefined) return undefined;
  data[near] = data[key];
  Reflect.deleteProperty(data, key);
  return near;
}

/** So that no removal moves what a later one points to. */
const innerAndLastFirst = (a: Path, b: Path): number =>
  b.length - a.length || (Number(b.at(-1)) || 0) - (Number(a.at(-1)) || 0);

function remove(root: unknown, path: Path, kept: Map<readonly unknown[], number[]>): boolean {
  let holder = root;
  for (const part of path.slice(0, -1)) {
    if (Array.isArray(holder)) holder = holder[Number(part)] as unknown;
    else if (isRecord(holder) && Object.hasOwn(holder, part)) holder = holder[part];
    else return false;
  }
  const last = path.at(-1);
  if (last === undefined) return false;
  if (Array.isArray(holder)) {
    const indexes = kept.get(holder) ?? holder.map((_, index) => index);
    indexes.splice(Number(last), 1);
    kept.set(holder, indexes);
    return holder.splice(Number(last), 1).length > 0;
  }
  return isRecord(holder) && Object.hasOwn(holder, last) && Reflect.deleteProperty(holder, last);
}

// ---- what to say ----

const short = (value: unknown): string => {
  const words = typeof value === 'string' ? value : ((JSON.stringify(value) as string | undefined) ?? '?');
  return words.length > 60 ? `${words.slice(0, 57)}…` : words;
};

/** Keys that people look for and that are named or thought otherwise here. */
const otherNames: Readonly<Record<string, Text>> = {
  'trips-per-hour': text(
    '没有切换次数限制：切换从不受限。限制恢复用 restores-per-hour。',
    'A trip is never refused. To limit restores, write restores-per-hour.',
  ),
  'hold-off': text('用 restore-after。', 'Write restore-after.'),
  'standby-for': text(
    '一条中继不能由我们转到另一条：无硬件即不可能。席位故障用 alternate-phone。',
    'A trunk cannot be moved to another line without hardware. For a desk that fails, write alternate-phone.',
  ),
  password: text(
    '用 password-file：口令不写在机房文件里。',
    'Write password-file: no password stands in a room file.',
  ),
};

function explain({ path, error }: Fault, source: (path: Path) => string | undefined): Finding {
  const say = (message: Text, hint?: Text): Finding => ({
    severity: 'error',
    path,
    message,
    ...(hint === undefined ? {} : { hint }),
  });
  const schema: SchemaObject = error.parentSchema ?? {};
  const expects = expectation(schema);
  const got = source(path) ?? short(error.data);
  switch (error.keyword) {
    case 'additionalProperties':
      return explainUnknownKey(path, error, schema);
    case 'required': {
      const key = String(error.params['missingProperty']);
      const about = aboutOf(schema, key);
      return say(
        text(
          `缺少 ${key}${about === undefined ? '' : `（${about.zh}）`}`,
          `${key} is missing${about === undefined ? '' : ` (${about.en})`}`,
        ),
      );
    }
    case 'enum': {
      const values = (Array.isArray(schema['enum']) ? schema['enum'] : []).map(String);
      const near = nearest(got, values);
      return say(
        text(`${got} 不在可选值 ${values.join(', ')} 之中`, `${got} is none of ${values.join(', ')}`),
        near === undefined ? undefined : text(`是否指 ${near}？`, `Did you mean ${near}?`),
      );
    }
    case 'x-limit':
      return explainLimit(say, got, String(schema['x-limit']));
    case 'anyOf':
      return explainForms(path, error, got);
    case 'type':
      if (error.data === null || error.data === undefined) {
        return say(text(`此处为空；应为${expects.zh}`, `nothing stands here; it takes ${expects.en}`));
      }
      if (schema['type'] === 'string' && typeof error.data !== 'object') {
        const quoted = JSON.stringify(got);
        return say(
          text(`应为${expects.zh}；${got} 不是文字`, `it takes ${expects.en}; ${got} is not a text`),
          text(`加引号：${quoted}。`, `Put it in quotes: ${quoted}.`),
        );
      }
      return say(text(`应为${expects.zh}，不是 ${got}`, `it takes ${expects.en}, not ${got}`));
    case 'minItems':
    case 'minLength':
      return say(text('不能为空', 'it must not be empty'));
    case 'maxItems':
    case 'maxLength':
    case 'maxProperties': {
      const limit = String(error.params['limit']);
      return say(text(`太多；最多 ${limit}`, `too much; the most is ${limit}`));
    }
    case 'minimum':
    case 'maximum': {
      const limit = String(error.params['limit']);
      return error.keyword === 'minimum'
        ? say(text(`${got} 太小；最小 ${limit}`, `${got} is too little; the least is ${limit}`))
        : say(text(`${got} 太大；最大 ${limit}`, `${got} is too much; the most is ${limit}`));
    }
    case 'uniqueItems':
      return say(text('同一项写了两次', 'the same item stands here twice'));
    default:
      return say(text(`应为${expects.zh}，不是 ${got}`, `it takes ${expects.en}, not ${got}`));
  }
}

function explainUnknownKey(path: Path, error: ErrorObject, schema: SchemaObject): Finding {
  const key = String(error.params['additionalProperty']);
  const at = { severity: 'error', path: [...path, key], at: 'key' } as const;
  if (isRecord(schema['patternProperties'])) {
    return {
      ...at,
      message: text(`${short(key)} 不能作名称`, `${short(key)} cannot be a name`),
      hint: text(
        '名称以字母开头，只含字母、数字和 -，最多 32 个字符。',
        'A name begins with a letter and holds letters, digits and -, at most 32.',
      ),
    };
  }
  const known = isRecord(schema['properties']) ? Object.keys(schema['properties']) : [];
  const present = isRecord(error.data) ? Object.keys(error.data) : [];
  const other = Object.hasOwn(otherNames, key) ? otherNames[key] : undefined;
  const hint =
    other ??
    didYouMean(
      key,
      known.filter((name) => !present.includes(name)),
    );
  return {
    ...at,
    message: text(`没有 ${short(key)} 这个键`, `there is no key ${short(key)}`),
    ...(hint === undefined ? {} : { hint }),
  };
}

function explainLimit(say: (message: Text, hint?: Text) => Finding, got: string, name: string): Finding {
  const limit = limitNamed(name);
  if (limit === undefined) throw new Error(`no limit named ${name}`);
  const [least, most, preset] = [limit.min, limit.max, limit.default].map((value) =>
    written(value, limit.unit),
  );
  return say(
    text(
      `${got} 超出 ${least}–${most}：${limit.reason.zh}`,
      `${got} is outside ${least}–${most}: ${limit.reason.en}`,
    ),
    text(`默认 ${preset}。`, `The default is ${preset}.`),
  );
}

/** No form fits: a misspelt opening key, none, or two of them. */
function explainForms(path: Path, error: ErrorObject, got: string): Finding {
  const keys = openingKeys(error);
  const expects = expectation(error.parentSchema ?? {});
  if (!isRecord(error.data) || keys.length === 0) {
    const message = text(`应为${expects.zh}，不是 ${got}`, `it takes ${expects.en}, not ${got}`);
    return { severity: 'error', path, message };
  }
  const present = Object.keys(error.data);
  const opened = present.filter((key) => keys.includes(key));
  if (opened.length > 1) {
    const [first = '', second = ''] = opened;
    const message = text(`${first} 与 ${second} 只能写一个`, `${first} and ${second} cannot stand together`);
    return { severity: 'error', path: [...path, second], at: 'key', message };
  }
  for (const key of present) {
    const near = nearest(key, keys);
    if (near === undefined) continue;
    const message = text(`没有 ${short(key)} 这个键`, `there is no key ${short(key)}`);
    const hint = text(`是否指 ${near}？`, `Did you mean ${near}?`);
    return { severity: 'error', path: [...path, key], at: 'key', message, hint };
  }
  const list = keys.join(', ');
  return { severity: 'error', path, message: text(`须写明其一：${list}`, `one of these is needed: ${list}`) };
}

function expectation(schema: SchemaObject): Text {
  const expects = schema['x-expects'];
  if (isText(expects)) return expects;
  const keys = isRecord(schema['properties']) ? Object.keys(schema['properties']).slice(0, 6).join(', ') : '';
  switch (schema['type']) {
    case 'object':
      return keys === ''
        ? text('由名称和内容组成的一节', 'a section of names and what they are')
        : text(`由键组成的一节（${keys} …）`, `a section of keys (${keys} …)`);
    case 'array':
      return text('列表 [ … ]', 'a list [ … ]');
    case 'integer':
      return text('整数', 'a whole number');
    case 'number':
      return text('数', 'a number');
    case 'boolean':
      return text(' true 或 false', 'true or false');
    default: {
      const keysOfForms = Array.isArray(schema['anyOf'])
        ? schema['anyOf']
            .filter(isRecord)
            .flatMap((form) => (typeof form['x-key'] === 'string' ? [form['x-key']] : []))
        : [];
      const list = keysOfForms.join(', ');
      return list === '' ? text('文字', 'a text') : text(`以下之一：{ ${list} }`, `one of { ${list} }`);
    }
  }
}

const isText = (value: unknown): value is Text =>
  isRecord(value) && typeof value['zh'] === 'string' && typeof value['en'] === 'string';

function aboutOf(schema: SchemaObject, key: string): Text | undefined {
  const properties = schema['properties'];
  const property = isRecord(properties) ? properties[key] : undefined;
  const about = isRecord(property) ? property['x-about'] : undefined;
  return isText(about) ? about : undefined;
}
