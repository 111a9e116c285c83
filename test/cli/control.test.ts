/** `linekeeper control`, against a room that answers as the front does. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { control } from '../../src/cli/control.ts';
import type { ControlView } from '../../src/model/control.ts';
import { text } from '../../src/model/text.ts';
import { LocalRoom } from './a-local-room.ts';
import { said } from './said.ts';

const night: ControlView = {
  ...{ id: 'night', name: text('夜间服务', 'night service'), kind: 'hold', on: true, busy: false },
  ...{ readBack: 'agrees', values: {} },
};
const reset: ControlView = {
  ...{ id: 'reset', name: text('复位', 'reset'), kind: 'serial', on: false, busy: false },
  ...{ readBack: 'none', values: { port: ['1', '2'] } },
};
const room = new LocalRoom();
const asked = () => room.given.at(-1);
test.before(async () => {
  delete process.env['LINEKEEPER_HTTP_PORT'];
  delete process.env['RUNTIME_DIRECTORY'];
  await room.open({ controls: [night, reset] });
});
test.after(() => room.close());
const run = (...words: readonly string[]) => said(control, ...words, '--data', room.folder);
const answers = (accepted: boolean): void => {
  room.answer = { accepted, text: text('已执行', accepted ? 'done' : 'not confirmed') };
};

test('without a name it lists what there is and how it stands', async () => {
  const { code, out } = await run();
  assert.is(code, 0);
  assert.equal(
    out.split('\n').map((line) => line.split(/ {2,}/)),
    [
      ['control', 'kind', 'state', 'read-back', 'values', 'name'],
      ['night', 'hold', 'on', 'agrees', 'night service'],
      ['reset', 'serial', '–', '–', 'port=1|2', 'reset'],
      [''],
    ],
  );
});

test('an order is given in the name of who sits there, and its answer is the exit code', async () => {
  answers(true);
  const done = await run('night', 'off');
  assert.equal([done.code, done.out], [0, 'done\n']);
  assert.equal(asked()?.command, { do: 'control', control: 'night', on: false });
  assert.ok((asked()?.by.name ?? '').length > 0);
  answers(false);
  const failed = await run('reset', 'port=2');
  assert.equal([failed.code, failed.out], [1, 'not confirmed\n']);
  assert.equal(asked()?.command, { do: 'control', control: 'reset', values: { port: '2' } });
});

test('what is not there, and words that mean nothing, are told and nothing is ordered', async () => {
  const before = room.given.length;
  const unknown = await run('nigth');
  assert.is(unknown.code, 2);
  assert.match(unknown.err, 'there is no control nigth Did you mean night?');
  const wrong = await run('night', 'up');
  assert.is(wrong.code, 2);
  assert.match(wrong.err, 'what is up?');
  assert.is(room.given.length, before);
});

test('an order goes over the local socket alone; who does not hear one is told where it was looked for', async () => {
  const before = room.given.length;
  const elsewhere = await run('night', '--url', 'http://127.0.0.1:1/');
  assert.is(elsewhere.code, 2);
  assert.match(elsewhere.err, 'orders go over the local socket');
  const nobody = await said(control, 'night', '--data', `${room.folder}/none`, '--language', 'en');
  assert.is(nobody.code, 3);
  assert.match(nobody.err, /no room runs here: looked at .*none\/run\/control\.sock/);
  assert.is(room.given.length, before);
});

test.run();
