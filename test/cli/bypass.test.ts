/** `linekeeper bypass status|trip|restore|reset`, over the local socket of a room. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { bypass } from '../../src/cli/bypass.ts';
import type { LineView, RoomView } from '../../src/model/messages.ts';
import { text } from '../../src/model/text.ts';
import { wallMs } from '../../src/model/units.ts';
import { aLine, noon } from '../front/a-room.ts';
import { LocalRoom } from './a-local-room.ts';
import { said } from './said.ts';

const lines: readonly LineView[] = [
  aLine(1),
  aLine(2, {
    signal: 'off-hook',
    bypass: 'waiting',
    explained: {
      why: text('人工命令', 'ordered by a person'),
      next: text('通话结束时切至坐席电话', 'goes to its seat phone when its call ends'),
      nextAt: wallMs(noon + 300_000),
    },
  }),
  aLine(3, {
    bypass: 'bypass',
    liftPhone: '8003',
    explained: { why: text('人工命令', 'ordered by a person'), next: text('由人恢复', 'a person restores') },
  }),
];
const held: RoomView['room'] = {
  ...{ id: 'gz', name: text('广州120机房', 'Guangzhou') },
  bypass: 'held',
  explained: { why: text('人工命令', 'ordered by a person'), next: text('由人恢复', 'a person restores') },
};

const room = new LocalRoom();
test.before(async () => {
  delete process.env['LINEKEEPER_HTTP_PORT'];
  delete process.env['RUNTIME_DIRECTORY'];
  await room.open({ room: held, lines });
});
test.after(() => room.close());
test.before.each(() => {
  room.given.length = 0;
  room.answer = { accepted: true, text: text('已执行', 'done') };
});
const run = (...words: readonly string[]) => said(bypass, ...words, '--data', room.folder);
const orders = () => room.given.map(({ command }) => command);
const codeIn = (out: string): string => / --confirm (\w+)\n$/.exec(out)?.[1] ?? '';

test('status tells the room and each line: where it stands, why, what is next, and first which phone to lift', async () => {
  const { code, out } = await run('status');
  assert.is(code, 1);
  assert.equal(
    out.split('\n').map((line) => line.split(/ {2,}/)),
    [
      ['! the call on L03 was cut over: lift phone 8003 now, the caller may still be there'],
      ['Guangzhou: held in bypass'],
      ['why: ordered by a person'],
      ['next: a person restores'],
      [''],
      ['line', 'trunk', 'phone', 'stands', 'signal', 'why → next'],
      ['L01', '020-120-1', '8001', 'on the PBX', 'idle', '–'],
      [
        ...['L02', '020-120-2', '8002', 'waits for its call', 'in a call'],
        'ordered by a person → goes to its seat phone when its call ends (by 11-23 12:05:00, 5 min left)',
      ],
      ['L03', '020-120-3', '8003', 'on its phone', 'idle', 'ordered by a person → a person restores'],
      [''],
    ],
  );
  const chinese = await run('status', '--language', 'zh');
  assert.match(chinese.out, '请立即摘起电话 8003');
  assert.match(chinese.out, '保持在坐席电话');
  const json = JSON.parse((await run('status', '--json')).out) as { room: object; lines: object[] };
  assert.equal(json.room, held);
  assert.is(json.lines.length, 3);
  const steady = new LocalRoom();
  await steady.open();
  const fine = await said(bypass, 'status', '--data', steady.folder);
  await steady.close();
  assert.is(fine.code, 0);
});

test('a trip takes two steps: the first tells the calls and does nothing, the second does it with the code', async () => {
  const order = ['trip', '--reason', "PBX 'smokes'", '--by', '李明'] as const;
  const first = await run(...order);
  assert.is(first.code, 4);
  assert.match(first.out, 'the whole room goes to bypass at once');
  assert.match(first.out, '1 in a call now and cut: L02 (020-120-2)');
  assert.match(first.out, String.raw`linekeeper bypass trip --reason 'PBX '\''smokes'\''' --by '李明'`);
  assert.is(room.given.length, 0);
  const code = codeIn(first.out);
  const done = await run(...order, '--confirm', code, '--yes');
  assert.equal([done.code, done.out], [0, 'done\n']);
  assert.equal(room.given, [
    {
      by: { via: 'cli', name: '李明' },
      command: { do: 'bypass', mode: 'now', reason: "PBX 'smokes'" },
    },
  ]);
  const again = await run(...order, '--confirm', code);
  assert.is(again.code, 1);
  assert.match(again.err, 'the confirmation has expired, or belongs to another command');
  assert.is(room.given.length, 1);
});

test('some lines by id, seat phone or trunk; planned; restore and reset', async () => {
  for (const words of [
    ['trip', 'l01', '8002', '020-120-1', '--planned', '--reason', 'x'],
    ['restore', 'all'],
    ['restore', 'L03', '--reason', 'over'],
    ['reset'],
    ['reset', 'L03'],
  ]) {
    const first = await run(...words);
    assert.is(first.code, 4, first.err);
    assert.is((await run(...words, '--confirm', codeIn(first.out))).code, 0);
  }
  assert.equal(orders(), [
    { do: 'bypass', mode: 'planned', reason: 'x', line: 'L01' },
    { do: 'bypass', mode: 'planned', reason: 'x', line: 'L02' },
    { do: 'restore' },
    { do: 'restore', reason: 'over', line: 'L03' },
    { do: 'reset-bypass' },
    { do: 'reset-bypass', line: 'L03' },
  ]);
});

test('what the room refuses ends with 1 and its words', async () => {
  room.answer = { accepted: false, text: text('交换机仍有故障', 'the PBX is down: nothing is restored') };
  const first = await run('restore', '--json');
  const { confirm } = JSON.parse(first.out) as { confirm: { token: string } };
  assert.is(first.code, 4);
  const refused = await run('restore', '--confirm', confirm.token);
  assert.equal([refused.code, refused.out], [1, 'the PBX is down: nothing is restored\n']);
});

test('the code of a planned bypass does not cut calls, and the code for one line not the room', async () => {
  const planned = await run('trip', '--planned', '--reason', 'x');
  const cuts = await run('trip', '--reason', 'x', '--confirm', codeIn(planned.out));
  const one = await run('trip', 'L01', '--reason', 'x');
  const all = await run('trip', '--reason', 'x', '--confirm', codeIn(one.out));
  assert.equal([cuts.code, all.code, room.given.length], [1, 1, 0]);
});

test('wrong usage ends with 2 and orders nothing', async () => {
  for (const words of [
    [],
    ['fly'],
    ['status', 'L01'],
    ['status', '--reason', 'x'],
    ['trip'],
    ['trip', '--reason', ' '],
    ['trip', '--reason', 'x'.repeat(201)],
    ['trip', 'L09', '--reason', 'x'],
    ['trip', 'all', 'L01', '--reason', 'x'],
    ['trip', '--reason', 'x', '--yes'],
    ['trip', '--reason', 'x', '--url', 'http://127.0.0.1:1/'],
    ['restore', '--planned'],
    ['restore', '--by', ''],
  ]) {
    const { code, out } = await run(...words);
    assert.equal([code, out], [2, ''], words.join(' '));
  }
  assert.match((await run('trip', 'L09', '--reason', 'x')).err, 'there is no line L09. Did you mean L0');
  assert.is((await said(bypass, '--help')).code, 0);
  assert.is(room.given.length, 0);
});

test.run();
