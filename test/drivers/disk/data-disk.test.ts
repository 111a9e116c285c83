import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { dataDisk } from '../../../src/drivers/disk/data-disk.ts';

const root = mkdtempSync(path.join(tmpdir(), 'linekeeper-disk-'));
test.after(() => rmSync(root, { recursive: true, force: true }));
const at = (name: string): string => path.join(root, name);
const codeOf = async (work: Promise<unknown>): Promise<unknown> => {
  try {
    await work;
  } catch (error) {
    return error instanceof Error && 'code' in error ? error.code : error;
  }
  return undefined;
};

test('bytes are where they were put; a place may be written again', async () => {
  const file = await dataDisk.create(at('a'));
  await file.write(Buffer.from('hello'), 0);
  await file.write(Buffer.from(' world'), 5);
  await file.write(Buffer.from('H'), 0);
  await file.sync();
  await file.close();
  assert.is(readFileSync(at('a'), 'utf8'), 'Hello world');
  assert.is(Buffer.from(await dataDisk.read(at('a'))).toString(), 'Hello world');
});

test('a file that exists is never opened as a new one', async () => {
  assert.is(await codeOf(dataDisk.create(at('a'))), 'EEXIST');
  assert.is(readFileSync(at('a'), 'utf8'), 'Hello world');
});

test('folders are made with all above them, twice is no mistake', async () => {
  await dataDisk.makeFolder(at('x/y/z'));
  await dataDisk.makeFolder(at('x/y/z'));
  assert.ok(existsSync(at('x/y/z')));
});

test('rename, list and remove', async () => {
  await dataDisk.rename(at('a'), at('x/y/z/b'));
  assert.equal(await dataDisk.list(at('x/y/z')), ['b']);
  assert.equal(await dataDisk.list(at('nowhere')), []);
  await dataDisk.remove(at('x/y/z/b'));
  await dataDisk.remove(at('x/y/z/b'));
  assert.equal(await dataDisk.list(at('x/y/z')), []);
});

test('what fails tells the code of the system', async () => {
  assert.is(await codeOf(dataDisk.read(at('nowhere'))), 'ENOENT');
  assert.is(await codeOf(dataDisk.create(at('nowhere/a'))), 'ENOENT');
  assert.is(await codeOf(dataDisk.rename(at('nowhere'), at('b'))), 'ENOENT');
});

test.run();
