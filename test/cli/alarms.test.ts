/** `linekeeper alarms`, `ack`, `silence`, `shelve`, `unshelve`, `reset`, over the local socket of a room. */
import { spawn } from 'node:child_process';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ack, named, reset, shelve, silence, unshelve } from '../../src/cli/alarm-orders.ts';
import { alarms } from '../../src/cli/alarms.ts';
import type { AlarmRow } from '../../src/model/messages.ts';
import { text } from '../../src/model/text.ts';
import { wallMs } from '../../src/model/units.ts';
import { anAlarm, noon } from '../front/a-room.ts';
import { eventually } from '../room/program.ts';
import { LocalRoom } from './a-local-room.ts';
import { said } from './said.ts';

const pbx = anAlarm({ since: wallMs(noon - 125_000), firstOut: true, count: 2 });
const onBattery = anAlarm({
  id: 'ups-1/ups.on-battery',
  severity: 'major',
  ack: 'acked',
  ackedBy: '李明',
  sounds: false,
  what: text('UPS 由电池供电', 'The UPS is on battery'),
});
const low = anAlarm({
  id: 'ups-1/ups.battery-low',
  severity: 'minor',
  sounds: false,
  what: text('电池低', 'The battery is low'),
  suppressions: [{ kind: 'shelved', until: wallMs(noon + 1_800_000), by: 'Li', reason: 'new battery' }],
});
const consequence = anAlarm({
  id: 'lan/network.down',
  severity: 'warning',
  sounds: false,
  suppressions: [{ kind: 'by-design', cause: 'behind', root: 'ups-1/ups.on-battery' }],
});
const latched = anAlarm({
  id: 'arrester/counter.counted',
  severity: 'minor',
  condition: 'clear',
  ack: 'acked',
  latched: true,
  sounds: false,
});
const all: readonly AlarmRow[] = [consequence, low, latched, onBattery, pbx];

const room = new LocalRoom();
test.before(async () => {
  delete process.env['LINEKEEPER_HTTP_PORT'];
  delete process.env['RUNTIME_DIRECTORY'];
  await room.open({ alarms: all });
});
const endings: (() => unknown)[] = [];
test.after(async () => {
  for (const end of endings) end();
  await room.close();
});
test.before.each(() => {
  room.given.length = 0;
  room.answer = { accepted: true, text: text('已执行', 'done') };
});
const place = ['--data', room.folder];
const orders = () => room.given.map(({ command }) => command);

test('the list has the most urgent first, each with its state in words, since when, effect and what to do', async () => {
  const { code, out } = await said(alarms, ...place);
  assert.is(code, 1);
  const lines = out.split('\n');
  assert.equal(
    lines.filter((line) => /^[! ] \S/.test(line)),
    [
      '! critical  pbx/pbx.down  stands, not acknowledged · came first · time no. 2',
      '  major  ups-1/ups.on-battery  stands, acknowledged by 李明',
      '  minor  arrester/counter.counted  over, to be reset',
      '  minor  ups-1/ups.battery-low  stands, not acknowledged',
    ],
  );
  assert.equal(lines.slice(1, 5), [
    '    The PBX is down',
    '    since 11-23 11:57:55 (2 min)',
    '    effect: Calls cannot pass the PBX; lines go to their seat phones',
    '    do now: Look at the power and alarm lamps of the PBX',
  ]);
  assert.match(out, 'shelved until 11-23 12:30:00 (30 min left) (Li): new battery');
  assert.is(
    lines.at(-2),
    'Guangzhou 120 equipment room: 4 standing, 1 to acknowledge (1 critical), 1 shelved, 1 not listed (--all lists them).',
  );
});

test('in Chinese with the levels of the duty room; --all lists what follows from another', async () => {
  const { out } = await said(alarms, '--all', '--language', 'zh', ...place);
  assert.match(out, '! 一级紧急  pbx/pbx.down  持续，未确认 · 首发 · 第 2 次');
  assert.match(out, '处理: 到机房检查交换机电源与告警灯');
  assert.match(out, '由 ups-1/ups.on-battery 引起，不单独发声');
  assert.match(out, '广州120机房: 4 条持续，1 条待确认（一级紧急 1），1 条搁置。');
});

test('--json gives what the room said; a room without alarms ends with 0', async () => {
  const { code, out } = await said(alarms, '--json', ...place);
  assert.is(code, 1);
  assert.equal(JSON.parse(out), [pbx, onBattery, latched, low]);
  const quiet = new LocalRoom();
  await quiet.open();
  const none = await said(alarms, '--data', quiet.folder);
  await quiet.close();
  assert.equal([none.code, none.out], [0, 'Guangzhou 120 equipment room: No alarms.\n']);
});

test('a part of an id is enough where it is the only one; candidates are listed where it is not', () => {
  assert.is(named('PBX', all), 'pbx/pbx.down');
  assert.is(named('ups-1/ups.on-battery', all), 'ups-1/ups.on-battery');
  assert.is(
    named('a/b', [
      { id: 'a/b', what: text('', '') },
      { id: 'a/b/c', what: text('', '') },
    ]),
    'a/b',
  );
  const two = named('ups-1', all);
  assert.match(
    typeof two === 'string' ? two : two.en,
    'ups-1 may be 2 alarms:\n  ups-1/ups.battery-low  The battery is low\n  ups-1/ups.on-battery  The UPS is on battery',
  );
  const none = named('pbx/pbx.dwon', all);
  assert.match(typeof none === 'string' ? none : none.en, 'Did you mean pbx/pbx.down?');
});

test('ack, silence, shelve, unshelve and reset give their orders in the name of who orders', async () => {
  const done = await said(ack, 'pbx', '--by', '王芳', ...place);
  assert.equal([done.code, done.out], [0, 'done\n']);
  assert.equal(room.given, [
    { by: { via: 'cli', name: '王芳' }, command: { do: 'acknowledge', alarm: 'pbx/pbx.down' } },
  ]);
  room.given.length = 0;
  for (const [command, ...words] of [
    [ack, 'all'],
    [ack, 'pbx', 'battery-low'],
    [silence],
    [shelve, 'lan', '--for', '30m', '--reason', 'cable'],
    [unshelve, 'battery-low'],
    [reset, 'counted'],
    [reset, 'all'],
  ] as const)
    assert.is((await said(command, ...words, ...place)).code, 0);
  assert.equal(orders(), [
    { do: 'acknowledge', alarm: 'all' },
    { do: 'acknowledge', alarm: 'pbx/pbx.down' },
    { do: 'acknowledge', alarm: 'ups-1/ups.battery-low' },
    { do: 'silence' },
    { do: 'shelve', alarm: 'lan/network.down', forMs: 1_800_000, reason: 'cable' },
    { do: 'unshelve', alarm: 'ups-1/ups.battery-low' },
    { do: 'reset-alarm', alarm: 'arrester/counter.counted' },
    { do: 'reset-alarm', alarm: 'all' },
  ]);
});

test('what the room refuses ends with 1 and its words; no answer of the guard is never done', async () => {
  room.answer = { accepted: false, text: text('搁置过久', 'this alarm can be shelved for at most 60 min') };
  const refused = await said(shelve, 'pbx', '--for', '8h', '--reason', 'x', ...place);
  assert.equal([refused.code, refused.out], [1, 'this alarm can be shelved for at most 60 min\n']);
  room.answer = undefined;
  const unknown = await said(ack, 'all', ...place);
  assert.is(unknown.code, 1);
  assert.match(unknown.out, 'its outcome is unknown');
});

test('wrong usage and unknown alarms end with 2 and order nothing', async () => {
  for (const [command, ...words] of [
    [ack],
    [ack, 'all', 'pbx'],
    [ack, 'ups-1'],
    [ack, 'nothing-such'],
    [silence, 'pbx'],
    [shelve, 'pbx', '--reason', 'x'],
    [shelve, 'pbx', '--for', '30m'],
    [shelve, 'pbx', '--for', '30', '--reason', 'x'],
    [shelve, 'pbx', '--for', '9h', '--reason', 'x'],
    [shelve, 'pbx', '--for', '30m', '--reason', ' '],
    [shelve, 'all', '--for', '30m', '--reason', 'x'],
    [unshelve, 'pbx', 'lan'],
    [ack, 'pbx', '--by', ''],
    [ack, 'pbx', '--by', 'x'.repeat(65)],
    [alarms, 'pbx'],
    [alarms, '--url', '8080'],
  ] as const) {
    const { code, out } = await said(command, ...words, ...place);
    assert.equal([code, out], [2, ''], words.join(' '));
  }
  assert.is(room.given.length, 0);
  for (const command of [alarms, ack, silence, shelve, unshelve, reset])
    assert.is((await said(command, '--help')).code, 0);
});

test('no room: the paths that were looked at, exit 3', async () => {
  const { code, err } = await said(ack, 'all', '--data', `${room.folder}/none`, '--language', 'en');
  assert.is(code, 3);
  assert.match(err, /no room runs here: looked at .*none\/run\/control\.sock/);
});

test('--watch tells what becomes of alarms, one line each, until it is ended', async () => {
  const main = new URL('../../src/main.ts', import.meta.url).pathname;
  const watch = spawn(process.execPath, ['--import', 'tsx', main, 'alarms', '--watch', ...place], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let heard = '';
  const says = (what: RegExp): Promise<true> =>
    eventually(`${String(what)} in what it says`, () => what.test(heard) || undefined, 60_000).catch(() => {
      throw new Error(`never said ${String(what)}: ${heard}`);
    });
  watch.stdout.on('data', (chunk: Buffer) => (heard += chunk.toString()));
  endings.push(() => watch.kill('SIGKILL'));
  await says(/Changes follow/);
  const tell = setInterval(() => {
    room.feed.notice({ kind: 'alarm', at: noon, change: 'acknowledged', alarm: { ...pbx, ackedBy: '王芳' } });
  }, 100);
  endings.push(() => clearInterval(tell));
  await says(/11-23 12:00:00 {2}acknowledged \(王芳\) {2}critical {2}pbx\/pbx\.down {2}The PBX is down\n/);
  watch.kill('SIGINT');
  await new Promise((resolve) => watch.on('close', resolve));
});

test.run();
