import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openLink } from '../../../src/drivers/serial/open-link.ts';
import type { ByteLink } from '../../../src/ports/byte-link.ts';
import { eventually } from '../../room/program.ts';

const test = suite('file link');
let folder = '';
let file = '';
let link: ByteLink;
let said = '';
let happened: string[] = [];

test.before.each(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'linekeeper-tail-'));
  file = path.join(folder, 'Master.csv');
  said = '';
  happened = [];
  link = openLink({ kind: 'file', path: file }, 'cdr');
});
test.after.each(async () => {
  await link.close();
  rmSync(folder, { recursive: true });
});

function start(): void {
  link.start({
    up: () => happened.push('up'),
    down: ({ en }) => happened.push(en),
    data: (chunk) => (said += Buffer.from(chunk).toString()),
  });
}
const hears = (words: string) => eventually(words, () => said.includes(words) || undefined);
const up = () => eventually('up', () => happened.includes('up') || undefined);

test('it begins behind the last whole line and gives what is appended, in whatever pieces', async () => {
  writeFileSync(file, 'old 1\nold 2\nhalf a ');
  start();
  await up();
  appendFileSync(file, 'line\nnew ');
  await hears('half a line\nnew ');
  appendFileSync(file, '1\n');
  await hears('half a line\nnew 1\n');
  assert.not.ok(said.includes('old'));
  assert.equal(happened, ['up']);
  assert.not(link.write(Buffer.from('x')));
});

test('rotation: the old file is read to its end, the new one from its begin, and no line runs into another', async () => {
  writeFileSync(file, '');
  start();
  await up();
  appendFileSync(file, 'one\n');
  await hears('one\n');
  appendFileSync(file, 'last of the old');
  renameSync(file, `${file}.1`);
  appendFileSync(`${file}.1`, ' file');
  writeFileSync(file, 'first of the new\n');
  await hears('first of the new\n');
  assert.is(said, 'one\nlast of the old file\nfirst of the new\n');
});

test('truncation in place: reading begins anew', async () => {
  writeFileSync(file, '');
  start();
  await up();
  appendFileSync(file, 'a long line before the cut\n');
  await hears('cut\n');
  truncateSync(file, 0);
  await eventually('the end of what was begun', () => said.endsWith('cut\n\n') || undefined);
  appendFileSync(file, 'short\n');
  await hears('short\n');
});

test('a file that is not there yet is told once, and read from its begin when it comes', async () => {
  start();
  await eventually('the reason', () => happened.length > 0 || undefined);
  await new Promise((resolve) => setTimeout(resolve, 1200));
  assert.equal(happened, [`the file of records ${file} does not exist`]);
  writeFileSync(file, '');
  await up();
  appendFileSync(file, 'first\n');
  await hears('first\n');
});

test('a file that goes away and comes back: down with the reason, then everything that the new one holds', async () => {
  writeFileSync(file, '');
  start();
  await up();
  rmSync(file);
  await eventually('down', () => happened.length > 1 || undefined);
  assert.is(happened[1], `the file of records ${file} does not exist`);
  writeFileSync(file, 'back\n');
  await hears('back\n');
  assert.is(happened[2], 'up');
});

test('more than one look takes at once comes whole and in order', async () => {
  writeFileSync(file, '');
  start();
  await up();
  const lines = Array.from({ length: 150_000 }, (_, n) => `line ${n} of a busy day`).join('\n');
  appendFileSync(file, `${lines}\n`);
  await eventually('all', () => said.length >= lines.length + 1 || undefined);
  assert.is(said, `${lines}\n`);
});

test('a folder is no file', async () => {
  mkdirSync(file);
  start();
  await eventually('the reason', () => happened.length > 0 || undefined);
  assert.equal(happened, [`${file} is not a file`]);
});

test.run();
