/** The fault list of docs/safety.md names tests that there are: a row without a test is a claim that nobody has shown. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import ts from 'typescript';
import { projectFolder } from './rig.ts';

const page = readFileSync(path.join(projectFolder, 'docs/safety.md'), 'utf8');
const [, list = ''] = page.split('## Fault list');
const [table = ''] = list.split('\n## ');

interface Row {
  readonly fault: string;
  readonly shownBy: string;
}
const rows: readonly Row[] = table
  .split('\n')
  .filter((line) => line.startsWith('|') && !line.startsWith('|---') && !line.startsWith('| fault'))
  .map((line) => {
    const cells = line.split(' | ');
    return { fault: (cells[0] ?? '').slice(2), shownBy: cells[3] ?? '' };
  });

/** A file, and the parts of the names of tests in it. */
const shown = ({ shownBy }: Row): readonly { readonly file: string; readonly titles: readonly string[] }[] =>
  [...shownBy.matchAll(/`(test\/[\w./-]+\.ts)` ((?:“[^”]+”(?:, )?)+)/g)].map(
    ([, file = '', titles = '']) => ({
      file,
      titles: [...titles.matchAll(/“([^”]+)”/g)].map(([, title = '']) => title),
    }),
  );

/** Names of the tests in a file; what a template puts in is left out, with the parts on both sides kept apart. */
const titlesOf = (file: string): readonly string[] => {
  const tree = ts.createSourceFile(
    file,
    readFileSync(path.join(projectFolder, file), 'utf8'),
    ts.ScriptTarget.Latest,
    true,
  );
  const found: string[] = [];
  const walk = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && node.arguments.length >= 2) {
      const [title] = node.arguments;
      if (title !== undefined && ts.isStringLiteralLike(title)) found.push(title.text);
      else if (title !== undefined && ts.isTemplateExpression(title))
        found.push([title.head.text, ...title.templateSpans.map(({ literal }) => literal.text)].join('…'));
    }
    ts.forEachChild(node, walk);
  };
  walk(tree);
  return found;
};

test('every row of the fault list has a test', () => {
  assert.ok(rows.length > 50, `${rows.length} rows`);
  assert.equal(
    rows.filter((row) => shown(row).length === 0).map(({ fault }) => fault),
    [],
  );
});

test('every test that the fault list names is there, by its name', () => {
  const wrong: string[] = [];
  for (const row of rows)
    for (const { file, titles } of shown(row)) {
      if (!existsSync(path.join(projectFolder, file))) {
        wrong.push(`${row.fault}: there is no ${file}`);
        continue;
      }
      const there = titlesOf(file);
      for (const title of titles)
        if (!there.some((one) => one.includes(title))) wrong.push(`${row.fault}: ${file} has no “${title}”`);
    }
  assert.equal(wrong, []);
});

test('nothing that is written as proof is left unread', () => {
  const unread = rows.filter((row) => {
    const quoted = [...row.shownBy.matchAll(/“/g)].length;
    return quoted !== shown(row).reduce((sum, { titles }) => sum + titles.length, 0);
  });
  assert.equal(
    unread.map(({ fault }) => fault),
    [],
  );
});

test.run();
