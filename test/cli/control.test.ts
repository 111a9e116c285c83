/** `linekeeper control`, against a room that answers as the front does. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { control } from '../../src/cli/control.ts';
import { text } from '../../src/model/text.ts';
import { said } from './said.ts';

const night = {
  ...{ id: 'night', name: text('夜间服务', 'night service'), kind: 'hold', on: true, busy: false },
  ...{ readBack: 'agrees', values: {} },
};
const reset = {
  ...{ id: 'reset', name: text('复位', 'reset'), kind: 'serial', on: false, busy: false },
  ...{ readBack: 'none', values: { port: ['1', '2'] } },
};
const status = {
  ...{ at: 1, language: 'en', room: { id: 'gz', name: text('广州', 'Guangzhou') } },
  ...{ controls: [night, reset], subjects: [] },
};
let asked: { readonly command: object; readonly by: string } | undefined;
let decided: { readonly status: number; readonly body: object } = { status: 200, body: {} };
const server = createServer((request, response) => {
  let body = '';
  request.on('data', (chunk: Buffer) => (body += chunk.toString()));
  request.on('end', () => {
    const isOrder = request.method === 'POST';
    if (isOrder) asked = JSON.parse(body) as never;
    const answer = isOrder ? decided : { status: 200, body: status };
    response
      .writeHead(answer.status, { 'content-type': 'application/json' })
      .end(JSON.stringify(answer.body));
  });
});
let url = '';
test.before(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});
test.after(() => {
  server.close();
  server.closeAllConnections();
});
const run = (...words: readonly string[]) => said(control, ...words, '--url', url);
const answers = (accepted: boolean): void => {
  decided = {
    status: 200,
    body: { id: 'c', accepted, text: text('已执行', accepted ? 'done' : 'not confirmed') },
  };
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
  assert.equal(asked?.command, { do: 'control', control: 'night', on: false });
  assert.ok((asked?.by ?? '').length > 0);
  answers(false);
  const failed = await run('reset', 'port=2');
  assert.equal([failed.code, failed.out], [1, 'not confirmed\n']);
  assert.equal(asked?.command, { do: 'control', control: 'reset', values: { port: '2' } });
});

test('what is not there, and words that mean nothing, are told and nothing is ordered', async () => {
  asked = undefined;
  const unknown = await run('nigth');
  assert.is(unknown.code, 2);
  assert.match(unknown.err, 'there is no control nigth Did you mean night?');
  const wrong = await run('night', 'up');
  assert.is(wrong.code, 2);
  assert.match(wrong.err, 'what is up?');
  assert.is(asked, undefined);
});

test('a room that refuses the door is told apart from one that refuses the order', async () => {
  decided = { status: 403, body: {} };
  const { code, err } = await run('night');
  assert.is(code, 3);
  assert.match(err, 'is not shown to this user');
});

test.run();
