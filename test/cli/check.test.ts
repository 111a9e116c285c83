/** `linekeeper check` as a person and as a script meets it. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { check, problemLines } from '../../src/cli/check.ts';
import { testsOfModel } from '../../src/drivers/ups/read-map.ts';
import { loadRoom } from '../../src/room/load.ts';
import { base } from '../room-file/base.ts';
import { said as run } from './said.ts';

const said = (...args: readonly string[]) => run(check, ...args);

const test = suite('check');
const cwd = process.cwd();
const environment = { ...process.env };
let folder = '';
test.before.each(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'linekeeper-check-'));
  process.chdir(folder);
  delete process.env['LC_ALL'];
  delete process.env['LC_MESSAGES'];
  delete process.env['LANG'];
});
test.after.each(() => {
  process.chdir(cwd);
  Object.assign(process.env, environment);
  rmSync(folder, { recursive: true });
});

const bad = base
  .replace('output: pi/24', 'output: pi/23')
  .replace('role: horn', 'roll: horn')
  .replace('"tcp://10.0.0.21:7100", key-file: b.key', '"tcp://10.0.0.21:7100"');

test('a file with errors: each problem in its place, a summary, exit 1', async () => {
  writeFileSync('room.yaml', bad);
  const { code, out } = await said('room.yaml', '--language', 'en');
  assert.is(code, 1);
  assert.is(
    out,
    `room.yaml:6:24  warning: buses.card-b.line-card: a line card on TCP without a key: anybody on that network can command its relays.
                Give a key-file, and a private link of its own.
room.yaml:10:26  points.horn.roll: there is no key roll.
                 Did you mean role?
room.yaml:11:21  points.beacon.output: pi/23 is already used by points.horn (line 10).
                 Free pins that are safe for relays: 16, 17, 21, 24, 27.
room.yaml: cannot be used: 2 errors, 1 warning, 0 notes
`,
  );
});

test('the same in Chinese', async () => {
  writeFileSync('room.yaml', bad);
  const { code, out } = await said('room.yaml', '--language', 'zh');
  assert.is(code, 1);
  assert.is(
    out,
    `room.yaml:6:24  警告：buses.card-b.line-card：TCP 线路卡没有密钥：此网络上的任何人都能操作它的继电器。
                写 key-file，并用专用网线直连。
room.yaml:10:26  points.horn.roll：没有 roll 这个键。
                 是否指 role？
room.yaml:11:21  points.beacon.output：pi/23 已被 points.horn 使用（第 10 行）。
                 可安全接继电器的空闲引脚：16, 17, 21, 24, 27。
room.yaml: 不能使用：2 个错误，1 个警告，0 个提示
`,
  );
});

test('a sound file: what the room has, exit 0', async () => {
  writeFileSync('room.yaml', base);
  const { code, out } = await said('room.yaml', '--language', 'en');
  assert.is(code, 0);
  assert.is(
    out,
    `room.yaml: fine: 0 errors, 0 warnings, 0 notes

gz-120  Guangzhou 120  Asia/Shanghai

buses
  card-a  line-card  /dev/ttyUSB0 921600  4 lines  bypass by itself after 5s
  card-b  line-card  tcp 10.0.0.21:7100   1 line   bypass by itself after 5s
  rs485   modbus     /dev/ttyUSB1 9600
  pi      gpio       auto

points
  horn       pi/23       horn                          horn
  beacon     pi/24       lamp                          beacon
  healthy    pi/25       healthy                       healthy
  silence    pi/20       silence-button normally-open  silence
  key        pi/22       bypass-key normally-closed    key
  pbx-alarm  pi/26       plain normally-closed         pbx-alarm
  arrester   card-a/in1  plain normally-closed         arrester

lines (5)
       channel   bypass         trunk  phone
  L01  card-a/1  card-a/relay1  020-1  8001
  L02  card-a/2  card-a/relay2  020-2  8002
  L03  card-a/3  card-a/relay3  020-3  8003
  L04  card-a/4  card-a/relay4  020-4  8004
  L05  card-b/1  card-b/relay1  020-5  8005

subjects
  pbx  pbx      down in 2 domains, one a proof  point (wire, proof)
                                                lines (lines, proof)
                                                sip-options (our-lan, hint)
  crm  server   2 down                          tcp (our-lan, hint)
                                                ping (our-lan, hint)
  lan  network  1 down                          ping (our-lan, hint)
  ups  ups      1 down                          ups (serial:rs485, proof)

automatic trip: possible, on evidence from wire*, lines*, our-lan (* proof)
`,
  );
});

test('warnings alone leave the exit code at 0', async () => {
  writeFileSync('room.yaml', base.replace('role: horn', 'role: lamp'));
  const { code, out } = await said('room.yaml', '--language', 'en');
  assert.is(code, 0);
  assert.ok(out.includes('warning: points: no output with role: horn'));
});

test('--json: the problems in both languages, and the room only when there is one', async () => {
  writeFileSync('room.yaml', bad);
  const first = await said('room.yaml', '--json');
  assert.is(first.code, 1);
  const wrong = JSON.parse(first.out) as Record<string, unknown>;
  assert.equal(Object.keys(wrong), ['file', 'ok', 'errors', 'warnings', 'notes', 'problems']);
  assert.equal([wrong['ok'], wrong['errors'], wrong['warnings'], wrong['notes']], [false, 2, 1, 0]);
  const problems = wrong['problems'] as Record<string, unknown>[];
  assert.equal(problems[1], {
    severity: 'error',
    file: 'room.yaml',
    line: 10,
    column: 26,
    path: 'points.horn.roll',
    message: { zh: '没有 roll 这个键', en: 'there is no key roll' },
    hint: { zh: '是否指 role？', en: 'Did you mean role?' },
  });

  writeFileSync('room.yaml', base);
  const second = await said('room.yaml', '--json');
  assert.is(second.code, 0);
  const fine = JSON.parse(second.out) as Record<string, unknown>;
  assert.equal([fine['ok'], fine['problems']], [true, []]);
  assert.equal(fine['room'], JSON.parse(JSON.stringify(loadRoom(base, 'room.yaml', { testsOfModel }).room)));
  assert.equal(fine['trip'], {
    possible: true,
    why: 'yes',
    domains: ['wire', 'lines', 'our-lan'],
    proofs: ['wire', 'lines'],
  });
});

test('language: asked for, else the environment, else the room, else English', async () => {
  const isChinese = async (...args: readonly string[]): Promise<boolean> =>
    (await said(...args)).out.includes('可以使用');
  writeFileSync('room.yaml', base);
  assert.ok(await isChinese('room.yaml'));
  process.env['LANG'] = 'en_US.UTF-8';
  assert.not.ok(await isChinese('room.yaml'));
  assert.ok(await isChinese('room.yaml', '--language', 'zh'));
  process.env['LANG'] = 'C.UTF-8';
  assert.ok(await isChinese('room.yaml'));
  writeFileSync('broken.yaml', bad);
  assert.ok((await said('broken.yaml')).out.includes('cannot be used'));
  process.env['LANG'] = 'zh_CN.UTF-8';
  assert.ok((await said('broken.yaml')).out.includes('不能使用'));
});

test('wrong usage and files that cannot be read: exit 2, the reason on stderr, nothing on stdout', async () => {
  writeFileSync('gbk.yaml', Buffer.from([0x72, 0x6f, 0x6f, 0x6d, 0x3a, 0x20, 0xb9, 0xe3, 0xd6, 0xdd]));
  writeFileSync('large.yaml', '#'.repeat(256 * 1024 + 1));
  for (const [args, why] of [
    [[], 'which file?'],
    [['a.yaml', 'b.yaml'], 'one file at a time'],
    [['a.yaml', '--language', 'fr'], '--language is zh or en'],
    [['a.yaml', '--colour'], '--colour'],
    [['absent.yaml'], 'there is no such file'],
    [['.'], 'a folder, not a file'],
    [['gbk.yaml'], 'not UTF-8'],
    [['large.yaml'], 'larger than 256 KiB'],
  ] as const) {
    const { code, out, err } = await said(...args);
    assert.is(code, 2, args.join(' '));
    assert.is(out, '');
    assert.ok(err.includes(why), err);
  }
});

test('--help tells the usage and ends with 0', async () => {
  const { code, out } = await said('--help');
  assert.is(code, 0);
  assert.ok(out.startsWith('usage: linekeeper check FILE'));
});

test('an empty file, and one that is no mapping, are errors and not a crash', async () => {
  for (const words of ['', 'hello\n', '- a\n', '\u0000']) {
    writeFileSync('room.yaml', words);
    const { code, out } = await said('room.yaml', '--language', 'en');
    assert.is(code, 1, JSON.stringify(words));
    assert.ok(out.startsWith('room.yaml:1:1  '), out);
  }
});

test('problemLines gives the lines that check prints', () => {
  const { problems } = loadRoom(bad, 'room.yaml');
  const lines = problemLines(problems, 'en');
  assert.is(lines.length, 3);
  assert.ok(lines[1]?.startsWith('room.yaml:10:26  points.horn.roll: '));
});

test('the manual quotes what check really says', () => {
  const manual = readFileSync(new URL('../../docs/room-file.md', import.meta.url), 'utf8');
  const { problems } = loadRoom(base.replace('output: pi/24', 'output: pi/23'), 'room.yaml');
  for (const line of problemLines(problems, 'en')) assert.ok(manual.includes(line), line);
});

test.run();
