/** `linekeeper smdr try` as a person and as a script meets it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { loadWithSamples } from '../../src/drivers/smdr/format-file.ts';
import { compilePbxFormatCheck } from '../../src/drivers/smdr/format-schema.ts';
import { pbxFormats } from '../../src/drivers/smdr/catalogue.ts';
import { smdr } from '../../src/cli/smdr.ts';
import { said as run } from './said.ts';

const check = compilePbxFormatCheck();

const said = (...args: readonly string[]) => run(smdr, ...args);

const test = suite('smdr try');
const cwd = process.cwd();
const environment = { ...process.env };
let folder = '';
test.before.each(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'linekeeper-smdr-'));
  process.chdir(folder);
  for (const name of ['LC_ALL', 'LC_MESSAGES', 'LANG']) Reflect.deleteProperty(process.env, name);
});
test.after.each(() => {
  process.chdir(cwd);
  Object.assign(process.env, environment);
  rmSync(folder, { recursive: true });
});

const lost =
  '2008/06/28 09:28:41,00:00:00,9,8004206,I,4324,4324,,0,1000014155,0,E4324,Joe Bloggs,T9161,LINE 5.1,0,0';

test('a capture of a known switch: the format, every call, exit 0', async () => {
  writeFileSync('capture.log', `${lost}\r\n`);
  const { code, out } = await said('try', 'capture.log', '--timezone', 'UTC');
  assert.is(code, 0);
  assert.is(
    out,
    `proposed format: avaya-ip-office (Avaya IP Office (SMDR, CSV))

start  end  way  talk  ring  trunk  extension  number  account
2008-06-28 09:28:41  2008-06-28 09:28:50  in  0s  9s  LINE 5.1  4324  8004206  -

1 lines: 1 calls, 0 repeated, 0 refused
`,
  );
});

test('each format is proposed by name for its own samples', async () => {
  for (const id of pbxFormats()) {
    const { samples } = loadWithSamples(id, check);
    const sample = samples.find(({ rejected = 0 }) => rejected === 0);
    writeFileSync('capture.log', (sample?.lines ?? []).join('\r\n'));
    const { code, out } = await said('try', 'capture.log');
    assert.is(code, 0, `${id}: ${out}`);
    assert.ok(out.startsWith(`proposed format: ${id} (`), `${id}: ${out}`);
  }
});

test('a line that is refused is shown with the reason, escape codes are not obeyed, exit 1', async () => {
  writeFileSync('capture.log', `${lost}\r\nhello\u001b[2J world, this is no record\r\n`);
  const { code, out } = await said('try', 'capture.log', '--language', 'zh');
  assert.is(code, 1);
  assert.ok(out.includes('推荐格式：avaya-ip-office'), out);
  assert.ok(out.includes('拒收  hello\\x1b[2J world, this is no record  (不是 avaya-ip-office 格式)'), out);
  assert.ok(out.includes('2 行：1 个通话，0 行重复，1 行拒收'), out);
});

test('--format is obeyed even where another one fits, --json says the same to a script', async () => {
  writeFileSync('capture.log', `${lost}\n${lost}\n`);
  const asked = await said('try', 'capture.log', '--format', 'mitel-3300');
  assert.is(asked.code, 1);
  assert.ok(asked.out.startsWith('format: mitel-3300'));
  const { code, out } = await said('try', 'capture.log', '--json', '--timezone', 'Asia/Shanghai');
  assert.is(code, 0);
  const found = JSON.parse(out) as Record<string, unknown>;
  assert.is(found['format'], 'avaya-ip-office');
  assert.is(found['lines'], 2);
  assert.equal(found['rejected'], []);
  const [record] = found['records'] as { startedAt: number; trunk: string }[];
  assert.is(record?.startedAt, Date.parse('2008-06-28T09:28:41+08:00'));
  assert.is(record?.trunk, 'LINE 5.1');
});

test('a file that no format fits, and an empty one, exit 1', async () => {
  writeFileSync('capture.log', 'To be, or not to be\nthat is the question\n');
  const { code, out } = await said('try', 'capture.log');
  assert.is(code, 1);
  assert.ok(out.startsWith('no format fits these 2 lines'));
  writeFileSync('capture.log', '');
  assert.is((await said('try', 'capture.log')).code, 1);
});

test('wrong usage, a file that is not there, an unknown format or zone: exit 2 and the reason', async () => {
  writeFileSync('capture.log', lost);
  for (const [args, why] of [
    [[], 'try what?'],
    [['parse', 'capture.log'], 'no such thing as "parse"'],
    [['try'], 'which file?'],
    [['try', 'a', 'b'], 'one file at a time'],
    [['try', 'absent.log'], 'cannot be read (ENOENT)'],
    [['try', 'capture.log', '--format', 'nosuch'], 'avaya-ip-office'],
    [['try', 'capture.log', '--timezone', 'Mars/Olympus'], 'no time zone Mars/Olympus'],
    [['try', 'capture.log', '--language', 'fr'], '--language'],
    [['try', 'capture.log', '--colour'], '--colour'],
  ] as const) {
    const { code, out, err } = await said(...args);
    assert.is(code, 2, args.join(' '));
    assert.is(out, '');
    assert.ok(err.includes(why), err);
  }
  assert.is((await said('--help')).code, 0);
});

test.run();
