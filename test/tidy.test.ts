/**
 * House rules that no compiler checks: who may import whom, no clock and no chance in decisions, no export without a
 * user, nothing heavy within reach of the guard. Read as text by TypeScript's own parser; nothing is run.
 */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import ts from 'typescript';
import { projectFolder } from './rig.ts';

interface Import {
  readonly from: string;
  /** Resolved path relative to the project, or the bare package name. */
  readonly to: string;
  readonly typeOnly: boolean;
  readonly dynamic: boolean;
  /** Names taken; `*` for everything. */
  readonly names: readonly string[];
}
interface Source {
  readonly file: string;
  /** Exported types that the file itself uses, so that they belong to the signature of another export. */
  readonly ownTypes: readonly string[];
  readonly imports: readonly Import[];
  readonly exports: readonly string[];
  readonly tree: ts.SourceFile;
}

const folders = ['src', 'firmware-bridge', 'test', 'bench'];
const files = folders.flatMap((folder) =>
  existsSync(path.join(projectFolder, folder))
    ? readdirSync(path.join(projectFolder, folder), { recursive: true, encoding: 'utf8' })
        .filter((file) => /\.tsx?$/.test(file))
        .map((file) => path.join(folder, file))
    : [],
);

function read(file: string): Source {
  const tree = ts.createSourceFile(
    file,
    readFileSync(path.join(projectFolder, file), 'utf8'),
    ts.ScriptTarget.Latest,
    true,
  );
  const imports: Import[] = [];
  const exports: string[] = [];
  const resolve = (name: string): string =>
    name.startsWith('.') ? path.normalize(path.join(path.dirname(file), name)) : name;
  const addImport = (name: string, typeOnly: boolean, names: readonly string[], dynamic = false): void => {
    imports.push({ from: file, to: resolve(name), typeOnly, dynamic, names });
  };
  /** Names used of a namespace: `loop.step` uses `step`. */
  const usedOf = (namespace: string): string[] => {
    const used: string[] = [];
    const walk = (node: ts.Node): void => {
      if (
        ts.isPropertyAccessExpression(node) &&
        ts.isIdentifier(node.expression) &&
        node.expression.text === namespace
      )
        used.push(node.name.text);
      if (ts.isQualifiedName(node) && ts.isIdentifier(node.left) && node.left.text === namespace)
        used.push(node.right.text);
      ts.forEachChild(node, walk);
    };
    walk(tree);
    return used;
  };
  const walk = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier)) {
      const clause = node.importClause;
      const names: string[] = [];
      const bindings = clause?.namedBindings;
      if (bindings !== undefined && ts.isNamespaceImport(bindings)) names.push(...usedOf(bindings.name.text));
      if (bindings !== undefined && ts.isNamedImports(bindings))
        names.push(...bindings.elements.map((element) => (element.propertyName ?? element.name).text));
      if (clause?.name !== undefined) names.push('default');
      const allTypes =
        clause?.phaseModifier === ts.SyntaxKind.TypeKeyword ||
        (bindings !== undefined &&
          ts.isNamedImports(bindings) &&
          bindings.elements.length > 0 &&
          bindings.elements.every((e) => e.isTypeOnly));
      addImport(node.moduleSpecifier.text, allTypes, names);
    }
    if (
      ts.isExportDeclaration(node) &&
      node.moduleSpecifier !== undefined &&
      ts.isStringLiteral(node.moduleSpecifier)
    ) {
      const names =
        node.exportClause !== undefined && ts.isNamedExports(node.exportClause)
          ? node.exportClause.elements.map((element) => (element.propertyName ?? element.name).text)
          : ['*'];
      addImport(node.moduleSpecifier.text, node.isTypeOnly, names);
    }
    if (
      ts.isExportDeclaration(node) &&
      node.exportClause !== undefined &&
      ts.isNamedExports(node.exportClause)
    )
      exports.push(...node.exportClause.elements.map((element) => element.name.text));
    if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      const argument = node.arguments[0];
      if (argument !== undefined && ts.isStringLiteral(argument))
        addImport(argument.text, false, ['*'], true);
    }
    if (
      ts.isImportTypeNode(node) &&
      ts.isLiteralTypeNode(node.argument) &&
      ts.isStringLiteral(node.argument.literal)
    )
      addImport(node.argument.literal.text, true, ['*']);
    if (
      ts.canHaveModifiers(node) &&
      ts.getModifiers(node)?.some((m) => m.kind === ts.SyntaxKind.ExportKeyword) === true
    ) {
      if (ts.isVariableStatement(node))
        for (const declaration of node.declarationList.declarations)
          if (ts.isIdentifier(declaration.name)) exports.push(declaration.name.text);
      if (
        (ts.isFunctionDeclaration(node) ||
          ts.isClassDeclaration(node) ||
          ts.isInterfaceDeclaration(node) ||
          ts.isTypeAliasDeclaration(node)) &&
        node.name !== undefined
      )
        exports.push(node.name.text);
    }
    ts.forEachChild(node, walk);
  };
  walk(tree);
  const ownTypes = exports.filter((name) => {
    let mentions = 0;
    const look = (node: ts.Node): void => {
      if (ts.isTypeReferenceNode(node) && node.typeName.getText(tree) === name) mentions++;
      if (ts.isExpressionWithTypeArguments(node) && node.expression.getText(tree) === name) mentions++;
      ts.forEachChild(node, look);
    };
    look(tree);
    return mentions > 0;
  });
  return { file, imports, exports, ownTypes, tree };
}

const sources = files.map(read);
const product = sources.filter(({ file }) => file.startsWith('src/') || file.startsWith('firmware-bridge/'));

/** The room of a file: `core/line`, `drivers/gpio`, `model`, `main.ts`, `firmware-bridge`. */
function roomOf(file: string): string {
  if (file.startsWith('firmware-bridge/')) return 'firmware-bridge';
  const [, first = '', second = ''] = file.split('/');
  return first === 'core' || first === 'drivers' ? `${first}/${second}` : first;
}

const mayImport: Record<string, readonly string[]> = {
  model: [],
  core: ['model'],
  signal: ['model', 'ports'],
  format: ['model'],
  ports: ['model'],
  room: ['model', 'ports', 'core'],
  drivers: ['ports', 'model', 'format', 'firmware-bridge'],
  shell: ['ports', 'model', 'core'],
  recorder: ['model', 'ports', 'format', 'signal'],
  archive: ['model', 'ports', 'format', 'signal'],
  front: ['model', 'ports', 'format', 'signal'],
  sim: ['ports', 'model', 'format', 'signal', 'firmware-bridge'],
  'firmware-bridge': ['model'],
};
const everywhere = ['threads', 'cli', 'main.ts'];

test('imports go only in the directions of the layout', () => {
  const wrong: string[] = [];
  let seen = 0;
  for (const { file, imports } of product) {
    const room = roomOf(file);
    const head = room.split('/')[0] ?? '';
    if (everywhere.includes(head)) continue;
    for (const { to, typeOnly } of imports) {
      if (!/^(src|firmware-bridge)\//.test(to)) continue;
      seen++;
      const target = roomOf(to);
      const targetHead = target.split('/')[0] ?? '';
      const own = target === room || room === 'core/room';
      const allowed =
        (own && targetHead === head) ||
        // What several kinds of driver share lies beside their folders.
        (head === 'drivers' && /^drivers\/[^/]+\.ts$/.test(target)) ||
        (mayImport[head] ?? []).includes(targetHead) ||
        (typeOnly && targetHead === 'core' && ['recorder', 'archive', 'front'].includes(head));
      if (!allowed) wrong.push(`${file} imports ${to}`);
    }
  }
  assert.ok(seen > 0);
  assert.equal(wrong, []);
});

test('the core, the signals and the formats know no clock, no chance, no process and no package', () => {
  const wrong: string[] = [];
  let seen = 0;
  const forbidden = [
    'Date',
    'setTimeout',
    'setInterval',
    'setImmediate',
    'performance',
    'process',
    'Promise',
    'queueMicrotask',
    'fetch',
  ];
  const packages: Record<string, readonly string[]> = {
    format: ['@node-rs/crc32', 'node:buffer'],
    signal: ['node:buffer'],
  };
  for (const { file, imports, tree } of product) {
    const head = roomOf(file).split('/')[0] ?? '';
    if (!['core', 'signal', 'format', 'model'].includes(head)) continue;
    seen++;
    for (const { to } of imports)
      if (!/^(src|firmware-bridge)\//.test(to) && !(packages[head] ?? []).includes(to))
        wrong.push(`${file} imports ${to}`);
    const walk = (node: ts.Node): void => {
      const isName =
        ts.isIdentifier(node) && !(ts.isPropertyAccessExpression(node.parent) && node.parent.name === node);
      const isKey = ts.isPropertyAssignment(node.parent) || ts.isPropertySignature(node.parent);
      if (isName && !isKey && forbidden.includes(node.text)) wrong.push(`${file} uses ${node.text}`);
      if (
        ts.isPropertyAccessExpression(node) &&
        node.expression.getText(tree) === 'Math' &&
        node.name.text === 'random'
      )
        wrong.push(`${file} uses Math.random`);
      ts.forEachChild(node, walk);
    };
    ts.forEachChild(tree, walk);
  }
  assert.ok(seen > 0);
  assert.equal(wrong, []);
});

test('only sim and cli know that a room can be virtual', () => {
  const wrong = product
    .filter(({ file }) => !file.startsWith('src/sim/') && !file.startsWith('src/cli/'))
    .flatMap(({ file, imports }) =>
      imports.filter(({ to }) => to.startsWith('src/sim/')).map(({ to }) => `${file} imports ${to}`),
    );
  assert.equal(wrong, []);
});

test('what the guard loads never reaches HTTP, TLS, DNS, MQTT, the archive or a database', () => {
  const byFile = new Map(product.map((source) => [source.file, source]));
  const reached = new Set<string>();
  const queue = ['src/threads/guard.ts'];
  const wrong: string[] = [];
  for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
    if (reached.has(file)) continue;
    reached.add(file);
    for (const { to, typeOnly } of byFile.get(file)?.imports ?? []) {
      if (typeOnly) continue;
      if (
        /^(src\/(front|archive|recorder)\/|mqtt$|fastify|aedes|better-sqlite3|net-snmp|node:(https?|tls|dns)(\/|$)|@evan\/opus)/.test(
          to,
        )
      )
        wrong.push(`${file} imports ${to}`);
      if (byFile.has(to)) queue.push(to);
    }
  }
  assert.ok(reached.size > 5);
  assert.equal(wrong, []);
});

test('the guard loads no schema library, at the start and later: what it checks was compiled by the build', () => {
  const byFile = new Map(product.map((source) => [source.file, source]));
  const reached = new Set<string>();
  const queue = ['src/cli/run.ts', 'src/threads/guard.ts'];
  const wrong: string[] = [];
  /** Loaded only where nothing was built. */
  const compiles = /(-schema|drivers\/ups\/map)\.ts$/;
  for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
    if (reached.has(file)) continue;
    reached.add(file);
    for (const { to, typeOnly, dynamic } of byFile.get(file)?.imports ?? []) {
      if (typeOnly || (dynamic && (compiles.test(to) || file.startsWith('src/cli/')))) continue;
      if (/^(ajv|@sinclair\/typebox)/.test(to)) wrong.push(`${file} imports ${to}`);
      if (byFile.has(to)) queue.push(to);
    }
  }
  assert.ok(reached.has('src/threads/guard.ts'));
  assert.equal(wrong, []);
});

test('every export of the product is used by another file', () => {
  const used = new Map<string, Set<string>>();
  for (const { imports } of sources)
    for (const { to, names } of imports)
      for (const name of names) (used.get(to) ?? used.set(to, new Set()).get(to))?.add(name);
  const entries = [
    'src/main.ts',
    'src/core/bypass/index.ts',
    'src/room/write-schema.ts',
    'src/threads/write-checks.ts',
    'src/front/panel/vite.config.ts',
  ];
  const unused = product
    // The codec of the wire protocol is a public face: a firmware's own tools import it too.
    .filter(({ file }) => !entries.includes(file) && !file.startsWith('firmware-bridge/'))
    .flatMap(({ file, exports, ownTypes }) => {
      const names = used.get(file) ?? new Set<string>();
      const isUsed = (name: string): boolean => names.has('*') || names.has(name) || ownTypes.includes(name);
      return exports.filter((name) => !isUsed(name)).map((name) => `${file}: ${name}`);
    });
  assert.equal(unused, []);
});

test('nothing unfinished and no silenced check is left in the product', () => {
  const wrong: string[] = [];
  for (const { file } of product) {
    const content = readFileSync(path.join(projectFolder, file), 'utf8');
    for (const [index, line] of content.split('\n').entries())
      if (
        /\b(TODO|FIXME|XXX)\b|@ts-ignore|@ts-expect-error|^[^*]*(\bas any\b|: any(?=\s*[;,)=\]>}|]|$))/.test(
          line,
        )
      )
        wrong.push(`${file}:${index + 1} ${line.trim()}`);
  }
  assert.equal(wrong, []);
});

test('the top level holds what the layout names and nothing else', () => {
  const known = [
    ...['package.json', 'package-lock.json', 'tsconfig.json', 'README.md', 'LICENSE', 'CHANGELOG.md'],
    ...['src', 'firmware-bridge', 'config', 'systemd', 'test', 'docs', 'bench'],
    // Made by the build and by the demo; not in the repository.
    ...['node_modules', 'dist', 'var'],
  ];
  const wrong = readdirSync(projectFolder).filter((name) => !name.startsWith('.') && !known.includes(name));
  assert.equal(wrong, []);
});

test.run();
