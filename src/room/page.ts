/**
 * The YAML of a room file as a page that can be pointed at: its plain value, and for each path the line and column where
 * it stands. It never throws, whatever the text is; what YAML itself finds wrong comes back as problems.
 */
import { isAlias, isMap, isNode, isPair, isScalar, isSeq, LineCounter, parseDocument, visit } from 'yaml';
import type { Document, ErrorCode, Node, Pair } from 'yaml';
import type { Text } from '../model/text.ts';
import { text } from '../model/text.ts';
import { roomLimits } from './limits.ts';
import type { Path, ProblemSeverity } from './problem.ts';

interface Position {
  readonly line: number;
  readonly column: number;
}

export interface PageProblem extends Position {
  readonly severity: ProblemSeverity;
  readonly message: Text;
  readonly hint?: Text;
}

export interface Page {
  readonly value: unknown;
  readonly problems: readonly PageProblem[];
  /** Syntax is so broken that the value says nothing. */
  readonly isBroken: boolean;
  /** Where a path stands; where it does not exist, its nearest parent. */
  readonly locate: (path: Path, at: 'key' | 'value') => Position;
  /** The words of a plain value as they stand in the file: `0801`, where the value is the number 801. */
  readonly source: (path: Path) => string | undefined;
}

const start: Position = { line: 1, column: 1 };
const broken = (position: Position, message: Text, hint?: Text): Page => ({
  value: undefined,
  problems: [{ ...position, severity: 'error', message, ...(hint === undefined ? {} : { hint }) }],
  isBroken: true,
  locate: () => start,
  source: () => undefined,
});

export function readPage(content: string): Page {
  if (Buffer.byteLength(content) > roomLimits.fileBytes) {
    return broken(
      start,
      text(
        `文件超过 ${roomLimits.fileBytes / 1024} KiB`,
        `the file is larger than ${roomLimits.fileBytes / 1024} KiB`,
      ),
    );
  }
  const words = content.startsWith('\uFEFF') ? content.slice(1) : content;
  const tooDeep = nestsTooDeep(words);
  if (tooDeep !== undefined) {
    return broken(
      tooDeep,
      text(`嵌套超过 ${roomLimits.nesting} 层`, `nested deeper than ${roomLimits.nesting} levels`),
    );
  }
  const counter = new LineCounter();
  const document = parseDocument(words, { lineCounter: counter, prettyErrors: false, logLevel: 'error' });
  const position = (offset: number): Position => {
    const { line, col } = counter.linePos(offset);
    return line === 0 ? start : { line, column: col };
  };
  // A tab makes all that follows look wrongly indented: then only the tabs are told.
  const tabs = document.errors.filter(({ code }) => code === 'TAB_AS_INDENT');
  const told = tabs.length > 0 ? tabs : [...document.errors, ...document.warnings];
  const problems: PageProblem[] = told.map((error) => ({
    ...position(error.pos[0]),
    severity: error.name === 'YAMLWarning' ? 'warning' : 'error',
    ...explained(error.code, error.message),
  }));
  const isBroken = document.errors.some(({ code }) => code !== 'DUPLICATE_KEY');
  const alias = isBroken ? undefined : wrongAlias(document);
  if (alias !== undefined) return broken(position(alias.offset), alias.message);
  return {
    value: isBroken ? undefined : (document.toJS({ maxAliasCount: -1 }) as unknown),
    problems,
    isBroken,
    locate: (path, at) => position(find(document, path, at).offset),
    source: (path) => {
      const { node, depth } = find(document, path, 'value');
      return depth === path.length && isScalar(node) ? node.source : undefined;
    },
  };
}

/** Deep nesting would exhaust the parser's stack: flow brackets and indentation are counted before it runs. */
function nestsTooDeep(words: string): Position | undefined {
  for (const [index, line] of words.split('\n').entries()) {
    const brackets = line.replaceAll(/[^[{]/g, '').length;
    const dashes = /^[ \t]*((?:[-?][ \t]+)*)/.exec(line)?.[1]?.replaceAll(/[ \t]/g, '').length ?? 0;
    if (brackets > 8 * roomLimits.nesting || dashes > roomLimits.nesting)
      return { line: index + 1, column: 1 };
  }
  let depth = 0;
  for (let offset = 0; offset < words.length; offset++) {
    const sign = words[offset];
    if (sign === '[' || sign === '{') depth++;
    if ((sign === ']' || sign === '}') && depth > 0) depth--;
    if (depth > roomLimits.nesting) {
      const before = words.slice(0, offset);
      return { line: before.split('\n').length, column: offset - before.lastIndexOf('\n') };
    }
  }
  return undefined;
}

/** An alias that cannot be followed: without its anchor, one too many, or one that leads to aliases again. */
function wrongAlias(document: Document): { readonly offset: number; readonly message: Text } | undefined {
  let count = 0;
  let wrong: { offset: number; message: Text } | undefined;
  visit(document, {
    Alias(_, alias, ancestors) {
      count++;
      const target = alias.resolve(document);
      const message =
        target === undefined
          ? text('别名（*）没有对应的锚（&）', 'an alias (*) without its anchor (&)')
          : ancestors.includes(target) || holdsAlias(target)
            ? text('别名（*）指向的内容又含别名', 'what an alias (*) stands for holds an alias again')
            : count > roomLimits.aliases
              ? text(`别名（*）超过 ${roomLimits.aliases} 个`, `more than ${roomLimits.aliases} aliases (*)`)
              : undefined;
      if (message === undefined) return undefined;
      wrong = { offset: alias.range?.[0] ?? 0, message };
      return visit.BREAK;
    },
  });
  return wrong;
}

/** An alias of something that has aliases again could multiply without end. */
function holdsAlias(node: Node): boolean {
  let holds = false;
  visit(node, {
    Alias() {
      holds = true;
      return visit.BREAK;
    },
  });
  return holds;
}

interface Found {
  readonly node: unknown;
  readonly offset: number;
  /** How many parts of the path were found. */
  readonly depth: number;
}

function find(document: Document, path: Path, at: 'key' | 'value'): Found {
  const follow = (node: unknown): unknown => (isAlias(node) ? node.resolve(document) : node);
  let node: unknown = document.contents;
  let offset = offsetOf(node) ?? 0;
  for (const [depth, part] of path.entries()) {
    const container = follow(node);
    if (isMap(container)) {
      const pair: Pair | undefined = container.items.find(({ key }) => keyText(key) === String(part));
      if (pair === undefined) return { node, offset, depth };
      const keyOffset = offsetOf(pair.key) ?? offset;
      const wantsKey = at === 'key' && depth === path.length - 1;
      offset = wantsKey ? keyOffset : (offsetOf(pair.value) ?? keyOffset);
      node = pair.value;
    } else if (isSeq(container)) {
      const item = container.items[Number(part)];
      if (item === undefined) return { node, offset, depth };
      offset = offsetOf(isPair(item) ? item.key : item) ?? offset;
      node = item;
    } else {
      return { node, offset, depth };
    }
  }
  return { node, offset, depth: path.length };
}

function keyText(key: unknown): string {
  const value: unknown = isScalar(key) ? key.value : undefined;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return typeof value === 'string' ? value : '';
}

/** Where a node begins; nothing for an empty value, which stands nowhere. */
function offsetOf(node: unknown): number | undefined {
  if (!isNode(node)) return undefined;
  const [from, to] = node.range ?? [];
  const isEmpty = isScalar(node) && node.value === null && from === to;
  return isEmpty ? undefined : from;
}

const yamlErrors: Partial<Record<ErrorCode, readonly [message: Text, hint?: Text]>> = {
  TAB_AS_INDENT: [
    text('缩进用了制表符', 'a tab is used to indent'),
    text('YAML 只能用空格缩进。', 'YAML is indented with spaces only.'),
  ],
  DUPLICATE_KEY: [text('同一个键写了两次', 'the same key stands here twice')],
  BAD_INDENT: [
    text('缩进不对', 'the indentation is wrong'),
    text('同一层的键要对齐。', 'Keys of one level must stand below each other.'),
  ],
  BAD_COLLECTION_TYPE: [text('此处混用了列表和键值', 'a list and keys are mixed here')],
  MISSING_CHAR: [
    text('缺少符号', 'a sign is missing'),
    text('检查引号、冒号后的空格和括号。', 'Look at quotes, the space after a colon, and brackets.'),
  ],
  MULTIPLE_DOCS: [
    text('文件里有不止一个 YAML 文档', 'the file holds more than one YAML document'),
    text('去掉 --- 行。', 'Remove the line ---.'),
  ],
  MULTILINE_IMPLICIT_KEY: [text('键跨了行，或缺少冒号', 'a key runs over two lines, or a colon is missing')],
  UNEXPECTED_TOKEN: [text('此处不应有这个符号', 'this sign is not expected here')],
  BLOCK_AS_IMPLICIT_KEY: [
    text('一行里有两个冒号', 'two colons in one line'),
    text('含冒号的值要加引号。', 'Put a value that holds a colon in quotes.'),
  ],
};

function explained(code: ErrorCode, original: string): { message: Text; hint?: Text } {
  const [message, hint] = yamlErrors[code] ?? [text('YAML 写法有误', 'this is not valid YAML')];
  const detail = original.split('\n')[0] ?? '';
  return {
    message: text(`${message.zh}（${detail}）`, `${message.en} (${detail})`),
    ...(hint === undefined ? {} : { hint }),
  };
}
