/**
 * Runs the test files, one process each, and counts what really passed.
 *
 * uvu alone ends with 0 where nothing was proved (forgotten `test.run()`, a throwing hook, a thrown string, a rejected
 * promise, a left-over `only`, no file found). So a file passes only when its process ends with 0, it counted at least
 * one test, all that it counted passed, and nothing was skipped.
 *
 *   node --import tsx test/run.ts [--real] [--unit] [NAME …]     NAME: a part of a path below test/
 *
 * A test whose real peer is absent says so with `absent()` of `test/rig.ts` and ends with 77: it is counted as skipped
 * and named, or as failed where CI or REQUIRE_RIGS is set.
 */
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';

const fileLimitMs = 300_000;
const root = path.dirname(new URL(import.meta.url).pathname);
const requireRigs = Boolean(process.env['CI'] ?? process.env['REQUIRE_RIGS']);
const onlyReal = process.argv.includes('--real');
const onlyUnit = process.argv.includes('--unit');
const names = process.argv.slice(2).filter((word) => !word.startsWith('--'));

/**
 * Folders whose tests start whole programs, ports and browsers. They mostly wait for things to happen, so three of them share two cores
 * well; beside the files that compute they would not.
 */
const whole = ['real', 'room', 'browser', 'sim'];
const wholeAtOnce = 3;
const folderOf = (file: string): string => file.split(path.sep)[0] ?? '';

const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.test.ts'))
  .filter((file) => !onlyReal || folderOf(file) === 'real')
  .filter((file) => !onlyUnit || !whole.includes(folderOf(file)))
  .filter((file) => names.length === 0 || names.some((name) => path.join('test', file).includes(name)))
  .sort();

interface Result {
  readonly file: string;
  readonly passed: number;
  readonly failed: number;
  readonly absent: string;
  readonly output: string;
  readonly seconds: number;
}

const count = (output: string, word: string): number =>
  [...output.matchAll(new RegExp(`^ {2}${word}: +(\\d+)`, 'gm'))].reduce(
    (sum, match) => sum + Number(match[1]),
    0,
  );

function run(file: string): Promise<Result> {
  return new Promise((resolve) => {
    const started = performance.now();
    const child = spawn(process.execPath, ['--import', 'tsx', path.join(root, file)], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, FORCE_COLOR: '0', NO_COLOR: '1' },
      detached: true,
    });
    let output = '';
    let overdue = false;
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
    const killGroup = (): void => {
      try {
        process.kill(-(child.pid ?? 0), 'SIGKILL');
      } catch {
        // The group has ended by itself.
      }
    };
    const limit = setTimeout(() => {
      overdue = true;
      killGroup();
    }, fileLimitMs);
    child.on('close', (code) => {
      clearTimeout(limit);
      killGroup();
      const seconds = (performance.now() - started) / 1000;
      const total = count(output, 'Total');
      const passed = count(output, 'Passed');
      const skipped = count(output, 'Skipped');
      const absent = code === 77 ? (/^rig absent: (.*)$/m.exec(output)?.[1] ?? 'unnamed peer') : '';
      if (absent !== '' && !requireRigs) {
        resolve({ file, passed: 0, failed: 0, absent, output, seconds });
        return;
      }
      const proved = code === 0 && total > 0 && passed === total && skipped === 0;
      const why = overdue ? `\n(no end after ${fileLimitMs / 1000} s)` : '';
      const failed = proved ? 0 : Math.max(1, total - passed);
      resolve({ file, passed, failed, absent: '', output: `${output}${why}\n(exit ${code})`, seconds });
    });
  });
}

if (files.length === 0) {
  console.log(`no test file below test/ matches: ${names.join(' ')}`);
  console.log('0 passed, 1 failed');
  process.exit(1);
}

const results: Result[] = [];
const report = (result: Result): void => {
  results.push(result);
  const state =
    result.absent !== '' ? `skipped (absent: ${result.absent})` : result.failed > 0 ? 'FAILED' : 'ok';
  console.log(`${state.padEnd(7)} ${result.file} (${result.passed} passed, ${result.seconds.toFixed(1)} s)`);
  if (result.failed > 0) console.log(result.output);
};

const inLanes = async (queue: string[], lanes: number): Promise<void> => {
  await Promise.all(
    Array.from({ length: lanes }, async () => {
      for (let file = queue.shift(); file !== undefined; file = queue.shift()) report(await run(file));
    }),
  );
};
await inLanes(
  files.filter((file) => !whole.includes(folderOf(file))),
  Math.max(1, availableParallelism()),
);
await inLanes(
  files.filter((file) => whole.includes(folderOf(file))),
  wholeAtOnce,
);

const passed = results.reduce((sum, result) => sum + result.passed, 0);
const failed = results.reduce((sum, result) => sum + result.failed, 0);
const absent = results.filter((result) => result.absent !== '');
for (const { file, absent: peer } of absent) console.log(`skipped: ${file}: ${peer}`);
if (onlyReal && passed === 0 && absent.length > 0)
  console.log('nothing could be tested: every rig is absent');
console.log(`${passed} passed, ${failed} failed${absent.length > 0 ? `, ${absent.length} skipped` : ''}`);
process.exit(failed > 0 ? 1 : 0);
