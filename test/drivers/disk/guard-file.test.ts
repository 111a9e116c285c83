import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import sinon from 'sinon';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openGuardFile, readGuardFile } from '../../../src/drivers/disk/guard-file.ts';
import { noteOrderlyEnd, noteStart, unfitStart } from '../../../src/drivers/disk/start-count.ts';
import { monoMs } from '../../../src/model/units.ts';

const folder = (): string => mkdtempSync(path.join(os.tmpdir(), 'lk-disk-'));

test('the newest content wins, the file is readable by its owner only, and no temporary file stays', async () => {
  const file = path.join(folder(), 'deep', 'guard.json');
  const results: (string | undefined)[] = [];
  const guardFile = openGuardFile(file, (failure) => results.push(failure));
  for (let n = 1; n <= 50; n++) guardFile.save({ n });
  await guardFile.settled();
  assert.equal(readGuardFile(file), { kind: 'read', content: { n: 50 } });
  assert.is(statSync(file).mode & 0o777, 0o600);
  assert.equal(readdirSync(path.dirname(file)), ['guard.json']);
  assert.ok(results.length > 0 && results.every((result) => result === undefined));
});

test('a broken file is set aside with its content, and the room may start', () => {
  const file = path.join(folder(), 'guard.json');
  writeFileSync(file, '{"bypass":');
  const read = readGuardFile(file);
  assert.is(read.kind, 'unreadable');
  if (read.kind === 'unreadable') assert.is(readFileSync(read.setAside, 'utf8'), '{"bypass":');
  assert.equal(readGuardFile(file), { kind: 'missing' });
});

test('a folder that cannot be written is a told failure, not an exception', async () => {
  const inTheWay = path.join(folder(), 'file');
  writeFileSync(inTheWay, '');
  let failure: string | undefined;
  const guardFile = openGuardFile(path.join(inTheWay, 'guard.json'), (reason) => (failure = reason));
  guardFile.save({});
  await guardFile.settled();
  assert.ok(failure !== undefined && failure.length > 0);
});

test('what the disk refused is written as soon as it is taken, without another change', async () => {
  const timers = sinon.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  try {
    const inTheWay = path.join(folder(), 'file');
    writeFileSync(inTheWay, '');
    const results: (string | undefined)[] = [];
    const guardFile = openGuardFile(path.join(inTheWay, 'guard.json'), (failure) => results.push(failure));
    guardFile.save({ n: 1 });
    await guardFile.settled();
    rmSync(inTheWay);
    timers.tick(5000);
    await guardFile.settled();
    assert.equal(readGuardFile(path.join(inTheWay, 'guard.json')), { kind: 'read', content: { n: 1 } });
    assert.equal(
      results.map((failure) => failure === undefined),
      [false, true],
    );
  } finally {
    timers.restore();
  }
});

test('the third start within 60 s is unfit; at 60 s it is fit again', () => {
  const runtime = folder();
  assert.ok(noteStart(runtime, 'boot', monoMs(0)));
  assert.ok(noteStart(runtime, 'boot', monoMs(30_000)));
  assert.not.ok(noteStart(runtime, 'boot', monoMs(59_999)));
  assert.is(unfitStart, 3);
  const other = folder();
  noteStart(other, 'boot', monoMs(0));
  noteStart(other, 'boot', monoMs(30_000));
  assert.ok(noteStart(other, 'boot', monoMs(60_000)));
});

test('an orderly end and another boot begin to count anew', () => {
  const runtime = folder();
  noteStart(runtime, 'boot', monoMs(0));
  noteStart(runtime, 'boot', monoMs(1));
  noteOrderlyEnd(runtime, 'boot');
  assert.ok(noteStart(runtime, 'boot', monoMs(2)));
  noteStart(runtime, 'boot', monoMs(3));
  assert.ok(noteStart(runtime, 'next boot', monoMs(4)));
});

test('a broken count is a first start', () => {
  const runtime = folder();
  writeFileSync(path.join(runtime, 'starts.json'), 'x');
  assert.ok(noteStart(runtime, 'boot', monoMs(0)));
});

test.run();
