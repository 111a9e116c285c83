/** The runner itself: a test file that proves nothing must never count as passed. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { projectFolder } from './rig.ts';

const head = "import { test } from 'uvu'; import * as assert from 'uvu/assert';\n";
const good = `${head}test('holds', () => assert.ok(true)); test.run();`;

/** Runs the runner in a folder of its own inside the project, so that packages resolve. */
function runWith(
  files: Record<string, string>,
  env: Record<string, string> = {},
): { code: number | null; last: string } {
  mkdirSync(path.join(projectFolder, 'var'), { recursive: true });
  const folder = mkdtempSync(path.join(projectFolder, 'var', 'runner-'));
  try {
    cpSync(path.join(projectFolder, 'test', 'run.ts'), path.join(folder, 'run.ts'));
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
      writeFileSync(path.join(folder, name), content);
    }
    const { CI: _ci, REQUIRE_RIGS: _rigs, ...clean } = process.env;
    const ran = spawnSync(process.execPath, ['--import', 'tsx', path.join(folder, 'run.ts')], {
      cwd: projectFolder,
      encoding: 'utf8',
      env: { ...clean, ...env },
    });
    return { code: ran.status, last: ran.stdout.trimEnd().split('\n').at(-1) ?? '' };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('a good file passes and is counted', () => {
  assert.equal(runWith({ 'a.test.ts': good }), { code: 0, last: '1 passed, 0 failed' });
});

const traps: Record<string, string> = {
  'a forgotten test.run()': `${head}test('never run', () => assert.ok(true));`,
  'a hook that throws': `${head}test.before(() => { throw new Error('hook'); }); test('x', () => assert.ok(true)); test.run();`,
  'a thrown string': `${head}test('x', () => { throw 'string'; }); test.run();`,
  'a rejection without a reason': `${head}test('x', () => Promise.reject()); test.run();`,
  'a left-over only': `${head}test('x', () => assert.ok(true)); test.only('y', () => assert.ok(true)); test.run();`,
  'a skipped test': `${head}test('x', () => assert.ok(true)); test.skip('y', () => assert.ok(true)); test.run();`,
  'an exit in the middle': `${head}test('x', () => { process.exit(0); }); test.run();`,
};
for (const [name, content] of Object.entries(traps))
  test(`${name} fails the run`, () => {
    const { code, last } = runWith({ 'a.test.ts': content });
    assert.is(code, 1);
    assert.match(last, /^\d+ passed, [1-9]\d* failed$/);
  });

test('no file at all fails the run', () => {
  assert.is(runWith({}).code, 1);
});

test('an absent rig is skipped and named on a user machine, and fails where rigs are required', () => {
  const files = {
    'a.test.ts': good,
    'real/b.test.ts': "console.log('rig absent: program mosquitto'); process.exit(77);",
  };
  assert.equal(runWith(files), { code: 0, last: '1 passed, 0 failed, 1 skipped' });
  assert.equal(runWith(files, { REQUIRE_RIGS: '1' }), { code: 1, last: '1 passed, 1 failed' });
});

test.run();
