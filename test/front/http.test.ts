import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { createServer, connect as tcpConnect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { MessageChannel } from 'node:worker_threads';
import { Ajv } from 'ajv';
import type { FastifyInstance } from 'fastify';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type {
  ArchiveAnswer,
  ArchiveQuestion,
  FrontStart,
  RecordingRow,
  ReadingRow,
} from '../../src/model/messages.ts';
import type { Actor, Command } from '../../src/model/event.ts';
import { archiveDesk, openQuestionsMax } from '../../src/front/archive-desk.ts';
import { commandDesk } from '../../src/front/command-desk.ts';
import { startFront } from '../../src/front/front.ts';
import { wantedBytes } from '../../src/front/http/byte-range.ts';
import { confirmMs } from '../../src/front/http/command-routes.ts';
import { confirmationsMax } from '../../src/front/http/confirmations.ts';
import { codeCheck, lockMs, wrongCodesMax } from '../../src/front/http/gate.ts';
import * as schemas from '../../src/front/http/schemas.ts';
import { FormDesk } from '../../src/front/forms/form-desk.ts';
import { httpApp, listen } from '../../src/front/http/server.ts';
import { streamsMax } from '../../src/front/http/stream.ts';
import { keptMessagesMax, roomFeed } from '../../src/front/room-feed.ts';
import { text } from '../../src/model/text.ts';
import { monoMs, wallMs } from '../../src/model/units.ts';
import { aLine, aStart, aView, anAlarm, noon } from './a-room.ts';

const audio = Buffer.from(Array.from({ length: 5000 }, (_, n) => n % 251));
const aRow = (folder: string): RecordingRow => {
  mkdirSync(path.join(folder, 'audio/2026/11/23'), { recursive: true });
  writeFileSync(path.join(folder, 'audio/2026/11/23/r1.ogg'), audio);
  return {
    id: 'r1',
    serial: 1,
    line: 'L01',
    why: 'line-voltage',
    startedAt: noon,
    endedAt: wallMs(noon + 60_000),
    durationMs: 60_000,
    path: 'audio/2026/11/23/r1.ogg',
    bytes: audio.length,
    sha256: createHash('sha256').update(audio).digest('hex'),
    codec: 'opus',
    lostSamples: 0,
    recovered: false,
    link: 'abc',
  };
};

const clean: (() => unknown)[] = [];
test.after.each(async () => {
  for (const step of clean.splice(0).reverse()) await step();
});

interface Setting {
  readonly app: FastifyInstance;
  readonly asked: ArchiveQuestion[];
  readonly commands: { readonly id: string; readonly by: Actor; readonly command: Command }[];
  readonly row: RecordingRow;
  readonly feed: ReturnType<typeof roomFeed>;
  readonly passMs: (ms: number) => void;
}
async function aServer(
  extra: Partial<FrontStart> = {},
  change: (row: RecordingRow) => RecordingRow = (row) => row,
): Promise<Setting> {
  const folder = mkdtempSync(path.join(tmpdir(), 'lk-http-'));
  clean.push(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  const row = change(aRow(folder));
  const asked: ArchiveQuestion[] = [];
  const { port1, port2 } = new MessageChannel();
  port2.on('message', (question: ArchiveQuestion) => {
    asked.push(question);
    const { ask, kind } = question;
    const answer: ArchiveAnswer =
      kind === 'recording'
        ? { ask, kind, item: question.id === row.id ? row : null }
        : kind === 'recordings'
          ? { ask, kind, items: [row], next: 'page2' }
          : { ask, kind: 'error', reason: text('坏', 'broken') };
    port2.postMessage(answer);
  });
  const commands: Setting['commands'] = [];
  const desk = commandDesk((id, by, command) => {
    commands.push({ id, by, command });
    const accepted = command.do !== 'bypass';
    desk.heard({ at: monoMs(1), kind: 'command', id, accepted, text: text('好', 'well') });
  }, 50);
  let mono = 0;
  const start = aStart(folder, extra);
  const feed = roomFeed({}, () => mono);
  const archive = archiveDesk(port1);
  const app = await httpApp({
    start,
    feed,
    archive,
    desk,
    forms: new FormDesk({
      folder,
      room: start.room,
      timezone: start.timezone,
      settings: start.manualForms,
      now: () => noon,
    }),
    panelFolder: '/nowhere',
    now: () => noon,
    mono: () => mono,
  });
  clean.push(() => {
    archive.close();
    port2.close();
    return app.close();
  });
  return { app, asked, commands, row, feed, passMs: (ms) => void (mono += ms) };
}
const errorOf = (body: string): string => (JSON.parse(body) as { error: { code: string } }).error.code;
const holds = (schema: object, body: string): void => {
  const check = new Ajv({ strict: false }).compile(schema);
  assert.ok(check(JSON.parse(body)), JSON.stringify(check.errors));
};

test('the report about the alarms is asked of the archive for a week in the zone of the room', async () => {
  const { app, asked } = await aServer();
  // The archive of this setting knows no report: what matters is what it was asked.
  assert.is((await app.inject('/api/v1/alarms/report?week=2026-W47')).statusCode, 503);
  const [week] = asked;
  assert.is(week?.kind === 'alarm-report' ? week.to - week.from : 0, 7 * 86_400_000);
  assert.is((await app.inject('/api/v1/alarms/report')).statusCode, 503);
  const last = asked.at(-1);
  assert.is(last?.kind === 'alarm-report' ? last.to : 0, noon);
  for (const wrong of ['week=2026-W60', 'from=x', 'from=5&to=4', 'from=0&to=99999999999'])
    assert.is((await app.inject(`/api/v1/alarms/report?${wrong}`)).statusCode, 400, wrong);
  assert.is(asked.length, 2);
});

test('status tells the room by the names that scripts rely on', async () => {
  const { app, feed } = await aServer();
  const early = await app.inject('/api/v1/status');
  assert.is(early.statusCode, 503);
  feed.accept(
    aView({
      lines: [aLine(1, { signal: 'off-hook', bypass: 'waiting' }), aLine(2)],
      alarms: [
        anAlarm(),
        anAlarm({ id: 'ups-1/ups.on-battery', ack: 'acked' }),
        anAlarm({ id: 'x', condition: 'clear' }),
      ],
    }),
  );
  const answer = await app.inject('/api/v1/status');
  assert.is(answer.statusCode, 200);
  assert.is(answer.headers['content-type'], 'application/json; charset=utf-8');
  holds(schemas.status, answer.body);
  const body = answer.json<{
    room: object;
    lines: { id: string; signal: string; bypass: string }[];
    alarms: object;
  }>();
  assert.equal(body.room, aView().room);
  assert.is(body.lines[0]?.bypass, 'waiting');
  assert.equal(body.alarms, { standing: 2, unacknowledged: 2 });
});

test('status has the measured values, each with its limits and why it is not known', async () => {
  const { app, feed } = await aServer();
  const temperature: ReadingRow = {
    id: 'room-temp',
    name: text('温度', 'Room'),
    unit: '°C',
    step: 1,
    state: 'warn',
    value: 31.5,
    at: noon,
    warn: { when: '>', value: 30 },
  };
  const lost: ReadingRow = {
    id: 'rack',
    name: text('机柜', 'Rack'),
    unit: '°C',
    step: 0,
    state: 'unknown',
    reason: text('没有传感器', 'no such sensor'),
  };
  feed.accept(aView({ readings: [temperature, lost] }));
  const answer = await app.inject('/api/v1/status');
  holds(schemas.status, answer.body);
  assert.equal(answer.json<{ readings: object }>().readings, [temperature, lost]);
});

test('alarms are a page of items', async () => {
  const { app, feed } = await aServer();
  feed.accept(aView({ alarms: [anAlarm()] }));
  const answer = await app.inject('/api/v1/alarms');
  holds(schemas.alarms, answer.body);
  assert.is(answer.json<{ items: { id: string }[] }>().items[0]?.id, 'pbx/pbx.down');
  assert.is(answer.json<{ next: null }>().next, null);
});

test('recordings are asked of the archive with the filters given, and shown without the path on our disk', async () => {
  const { app, asked } = await aServer();
  const query = 'line=L01&number=139&from=2026-11-23T04:00:00Z&to=1795500000000&limit=5&after=page1';
  const answer = await app.inject(`/api/v1/recordings?${query}`);
  assert.is(answer.statusCode, 200, answer.body);
  assert.equal(asked[0], {
    ask: 1,
    kind: 'recordings',
    line: 'L01',
    number: '139',
    from: noon,
    to: 1795500000000,
    limit: 5,
    after: 'page1',
  });
  holds(schemas.recordings, answer.body);
  assert.not.match(answer.body, 'audio/2026');
  assert.is(answer.json<{ next: string }>().next, 'page2');
});

test('a filter that makes no sense is refused with the reason', async () => {
  const { app, asked } = await aServer();
  for (const query of ['limit=0', 'limit=201', 'number=12', 'from=yesterday', 'colour=red', 'limit=x']) {
    const answer = await app.inject(`/api/v1/recordings?${query}`);
    assert.is(answer.statusCode, 400, query);
    assert.is(errorOf(answer.body), 'LK-HTTP-004');
    holds(schemas.problem, answer.body);
  }
  assert.is(asked.length, 0);
  assert.is((await app.inject('/api/v1/recordings?limit=200')).statusCode, 200);
});

test('an archive that fails or is silent is told as such', async () => {
  const { app } = await aServer();
  const answer = await app.inject('/api/v1/calls');
  assert.is(answer.statusCode, 503);
  assert.is(errorOf(answer.body), 'LK-HTTP-009');
});

test('questions to the archive are bounded in number and time, and answered as lost when the port is replaced', async () => {
  const first = new MessageChannel();
  const desk = archiveDesk(first.port1, 20);
  assert.is(await desk.ask({ kind: 'recording', id: 'a' }), undefined);
  const open = Array.from({ length: openQuestionsMax }, () => desk.ask({ kind: 'recording', id: 'a' }));
  assert.is(await desk.ask({ kind: 'recording', id: 'one too many' }), undefined);
  const second = new MessageChannel();
  second.port2.on('message', ({ ask }: ArchiveQuestion) => {
    second.port2.postMessage({ ask, kind: 'recording', item: null } satisfies ArchiveAnswer);
  });
  desk.use(second.port1);
  assert.equal(new Set(await Promise.all(open)), new Set([undefined]));
  assert.is((await desk.ask({ kind: 'recording', id: 'a' }))?.kind, 'recording');
  desk.close();
  second.port2.close();
  first.port2.close();
});

test('one recording, and none under a strange id', async () => {
  const { app } = await aServer();
  const answer = await app.inject('/api/v1/recordings/r1');
  holds(schemas.recording, answer.body);
  assert.is(answer.json<{ audio: string }>().audio, '/api/v1/recordings/r1/audio');
  assert.is((await app.inject('/api/v1/recordings/r2')).statusCode, 404);
  assert.is((await app.inject('/api/v1/recordings/..%2Fetc')).statusCode, 400);
});

test('audio whole: type, length, digest as entity tag, ranges offered', async () => {
  const { app, row } = await aServer();
  const answer = await app.inject('/api/v1/recordings/r1/audio');
  assert.is(answer.statusCode, 200);
  assert.is(answer.headers['content-type'], 'audio/ogg');
  assert.is(answer.headers['accept-ranges'], 'bytes');
  assert.is(answer.headers['content-length'], String(audio.length));
  assert.is(answer.headers.etag, `"${row.sha256}"`);
  assert.is(answer.headers['content-disposition'], 'inline; filename="L01-20261123-040000Z.ogg"');
  assert.ok(answer.rawPayload.equals(audio));
  const head = await app.inject({ method: 'HEAD', url: '/api/v1/recordings/r1/audio' });
  assert.is(head.statusCode, 200);
  assert.is(head.headers['content-length'], String(audio.length));
  assert.is(head.rawPayload.length, 0);
});

test('audio in part: every form of one range gives exactly those bytes', async () => {
  const { app } = await aServer();
  for (const [range, first, last] of [
    ['bytes=0-0', 0, 0],
    ['bytes=0-99', 0, 99],
    ['bytes=4999-', 4999, 4999],
    ['bytes=4000-9999', 4000, 4999],
    ['bytes=-100', 4900, 4999],
    ['bytes=-9999', 0, 4999],
  ] as const) {
    const answer = await app.inject({ url: '/api/v1/recordings/r1/audio', headers: { range } });
    assert.is(answer.statusCode, 206, range);
    assert.is(answer.headers['content-range'], `bytes ${first}-${last}/5000`);
    assert.is(answer.headers['content-length'], String(last - first + 1));
    assert.ok(answer.rawPayload.equals(audio.subarray(first, last + 1)), range);
  }
});

test('a range outside is 416 with the length; an unknown unit, several ranges or a wrong order give the whole', async () => {
  const { app } = await aServer();
  for (const range of ['bytes=5000-', 'bytes=5000-5001', 'bytes=-0']) {
    const answer = await app.inject({ url: '/api/v1/recordings/r1/audio', headers: { range } });
    assert.is(answer.statusCode, 416, range);
    assert.is(answer.headers['content-range'], 'bytes */5000');
  }
  for (const range of ['bytes=0-1,5-6', 'lines=1-2', 'bytes=9-1', 'bytes=-', 'bytes=a-b'])
    assert.is(
      (await app.inject({ url: '/api/v1/recordings/r1/audio', headers: { range } })).statusCode,
      200,
      range,
    );
});

test('If-Range of another version gives the whole, If-None-Match of this one nothing', async () => {
  const { app, row } = await aServer();
  const get = (headers: Record<string, string>) =>
    app.inject({ url: '/api/v1/recordings/r1/audio', headers });
  assert.is((await get({ range: 'bytes=0-9', 'if-range': '"old"' })).statusCode, 200);
  assert.is((await get({ range: 'bytes=0-9', 'if-range': `"${row.sha256}"` })).statusCode, 206);
  assert.is((await get({ 'if-none-match': `"x", "${row.sha256}"` })).statusCode, 304);
});

test('a file that is missing, lies elsewhere or has another size is not passed off as the recording', async () => {
  const missing = await aServer({}, (row) => ({ ...row, path: 'audio/none.ogg' }));
  assert.is(errorOf((await missing.app.inject('/api/v1/recordings/r1/audio')).body), 'LK-HTTP-011');
  const elsewhere = await aServer({}, (row) => ({ ...row, path: 'audio/../../../../etc/hostname' }));
  assert.is((await elsewhere.app.inject('/api/v1/recordings/r1/audio')).statusCode, 404);
  const changed = await aServer({}, (row) => ({ ...row, bytes: row.bytes + 1 }));
  assert.is((await changed.app.inject('/api/v1/recordings/r1/audio')).headers.etag, undefined);
});

test('ranges against any size never reach outside the file', () => {
  for (let size = 0; size < 6; size++)
    for (const from of ['', '0', '1', '4', '5', '999'])
      for (const to of ['', '0', '1', '4', '5', '999']) {
        const wanted = wantedBytes(`bytes=${from}-${to}`, size);
        if (wanted.kind === 'part')
          assert.ok(
            wanted.first >= 0 && wanted.first <= wanted.last && wanted.last < size,
            `${from}-${to}/${size}`,
          );
      }
});

test('without accounts and outside the demo every request but health is turned away, in clear words', async () => {
  const { app, feed } = await aServer({ openReads: false, demoCode: '123456' });
  feed.accept(aView());
  for (const url of [
    '/',
    '/api/v1/status',
    '/api/v1/recordings/r1/audio',
    '/api/v1/events',
    '/api/v1/openapi.json',
    '/x',
  ]) {
    const answer = await app.inject(url);
    assert.is(answer.statusCode, 401, url);
    assert.is(errorOf(answer.body), 'LK-HTTP-001');
  }
  assert.is((await app.inject({ method: 'POST', url: '/api/v1/commands', payload: {} })).statusCode, 401);
  const health = await app.inject('/api/v1/health');
  assert.is(health.statusCode, 200);
  holds(schemas.health, health.body);
});

test('whoever knows the token of the room may read from this machine', async () => {
  const { app, feed } = await aServer({ openReads: false, demoCode: '123456', readToken: 'right-token' });
  feed.accept(aView());
  const read = (authorization: string, more: object = {}) =>
    app.inject({ url: '/api/v1/status', headers: { authorization }, ...more });
  assert.is((await read('Bearer right-token')).statusCode, 200);
  for (const wrong of [
    'Bearer right-toke',
    'Bearer right-token2',
    'Basic right-token',
    'Bearer ',
    'right-token',
  ])
    assert.is((await read(wrong)).statusCode, 401, wrong);
  assert.is((await read('Bearer right-token', { remoteAddress: '10.0.0.7' })).statusCode, 401);
});

test('the port has no door for orders without a code: that is the local socket alone', async () => {
  const { app, commands } = await aServer({ demoCode: '1' });
  const payload = { commands: [{ do: 'silence' }], by: 'li' };
  const answer = await app.inject({ method: 'POST', url: '/api/v1/orders', payload });
  assert.is(answer.statusCode, 404);
  assert.is(commands.length, 0);
});

test('the open demo answers this machine only', async () => {
  const { app } = await aServer();
  assert.is((await app.inject({ url: '/api/v1/alarms', remoteAddress: '10.0.0.7' })).statusCode, 401);
});

test('a name that is not of this machine is refused (DNS rebinding)', async () => {
  const { app, feed } = await aServer();
  feed.accept(aView());
  const as = (host: string) => app.inject({ url: '/api/v1/status', headers: { host } });
  for (const host of ['localhost', 'localhost:8080', '127.0.0.1:80', '[::1]:8080', 'LOCALHOST'])
    assert.is((await as(host)).statusCode, 200, host);
  for (const host of ['evil.example', 'localhost.evil.example', '127.0.0.1.nip.io'])
    assert.is((await as(host)).statusCode, 421, host);
});

test('every answer carries the security headers', async () => {
  const { app } = await aServer();
  for (const url of ['/api/v1/health', '/api/v1/status', '/nothing']) {
    const { headers } = await app.inject(url);
    assert.match(String(headers['content-security-policy']), "default-src 'none'");
    assert.is(headers['x-content-type-options'], 'nosniff');
    assert.is(headers['referrer-policy'], 'no-referrer');
  }
});

const post = (app: FastifyInstance, payload: object, headers: Record<string, string> = {}) =>
  app.inject({
    method: 'POST',
    url: '/api/v1/commands',
    payload,
    headers: { host: 'localhost:80', ...headers },
  });

test('a command needs the code; the guard decides and its words are the answer', async () => {
  const { app, commands } = await aServer({ demoCode: '428913' });
  const command = { do: 'acknowledge', alarm: 'all' };
  assert.is(errorOf((await post(app, { command })).body), 'LK-HTTP-006');
  assert.is((await post(app, { command, code: '000000' })).statusCode, 403);
  assert.is(commands.length, 0);
  const answer = await post(app, { command, code: ' 428913 ', by: '李明' });
  assert.is(answer.statusCode, 200);
  holds(schemas.commandDecided, answer.body);
  assert.equal(commands[0]?.by, { via: 'panel', name: '李明' });
});

test('without a code nothing can be commanded', async () => {
  const { app, commands } = await aServer();
  const answer = await post(app, { command: { do: 'silence' }, code: '' });
  assert.is(errorOf(answer.body), 'LK-HTTP-015');
  assert.is(commands.length, 0);
});

test('a command that moves relays is asked twice: the token holds for this command, once, for a while', async () => {
  const { app, commands, passMs } = await aServer({ demoCode: '1' });
  const command = { do: 'bypass', mode: 'now' };
  const first = async (): Promise<string> => {
    const answer = await post(app, { command, code: '1' });
    assert.is(answer.statusCode, 202);
    holds(schemas.commandToConfirm, answer.body);
    return answer.json<{ confirm: { token: string } }>().confirm.token;
  };
  const token = await first();
  assert.is(commands.length, 0, 'nothing moves at the first step');
  const other = { do: 'bypass', mode: 'planned' };
  assert.is((await post(app, { command: other, code: '1', confirm: token })).statusCode, 409);
  assert.is((await post(app, { command, code: '1', confirm: token })).statusCode, 409, 'used up');
  const late = await first();
  passMs(confirmMs);
  assert.is((await post(app, { command, code: '1', confirm: late })).statusCode, 409, 'too late');
  const good = await first();
  const answer = await post(app, { command, code: '1', confirm: good });
  assert.is(answer.statusCode, 200);
  assert.is(answer.json<{ accepted: boolean }>().accepted, false);
  assert.is(commands.length, 1);
});

test('maintenance is asked twice, says what it silences, and is bounded to a day', async () => {
  const { app, commands } = await aServer({ demoCode: '1' });
  const command = { do: 'maintenance', subject: 'crm', forMs: 7_200_000, reason: '换盘' };
  const answer = await post(app, { command, code: '1' });
  assert.is(answer.statusCode, 202);
  const { confirm } = answer.json<{ confirm: { token: string; text: { en: string } } }>();
  assert.match(confirm.text.en, 'alarms of crm will not sound for 120 min');
  assert.is((await post(app, { command, code: '1', confirm: confirm.token })).statusCode, 200);
  assert.equal(
    commands.map((one) => one.command),
    [command],
  );
  for (const wrong of [{ forMs: 59_999 }, { forMs: 86_400_001 }, { reason: '' }, { subject: '' }])
    assert.is((await post(app, { command: { ...command, ...wrong }, code: '1' })).statusCode, 400);
  const end = { do: 'end-maintenance', subject: 'crm' };
  assert.is((await post(app, { command: end, code: '1' })).statusCode, 200);
});

test('first steps that wait are bounded: the oldest is forgotten, the rest hold', async () => {
  const { app } = await aServer({ demoCode: '1' });
  const command = { do: 'restore' };
  const tokens: string[] = [];
  for (let n = 0; n <= confirmationsMax; n++) {
    const answer = await post(app, { command, code: '1' });
    tokens.push(answer.json<{ confirm: { token: string } }>().confirm.token);
  }
  const second = async (token: string | undefined): Promise<number> =>
    (await post(app, { command, code: '1', confirm: token })).statusCode;
  assert.is(await second(tokens[0]), 409);
  assert.is(await second(tokens[1]), 200);
  assert.is(await second(tokens[confirmationsMax]), 200);
});

test('guessing the code ends after a few tries, for a minute', () => {
  let mono = 0;
  const check = codeCheck('428913', () => mono);
  for (let n = 0; n < wrongCodesMax; n++) assert.is(check('x'), 'wrong');
  assert.is(check('428913'), 'locked');
  mono += lockMs;
  assert.is(check('428913'), 'right');
});

test('a command from another site, or in another form than JSON, is refused', async () => {
  const { app, commands } = await aServer({ demoCode: '1' });
  const body = { command: { do: 'silence' }, code: '1' };
  assert.is((await post(app, body, { origin: 'https://evil.example' })).statusCode, 403);
  assert.is((await post(app, body, { 'sec-fetch-site': 'cross-site' })).statusCode, 403);
  assert.is(
    (await post(app, body, { origin: 'http://localhost:80', 'sec-fetch-site': 'same-origin' })).statusCode,
    200,
  );
  const form = await app.inject({
    method: 'POST',
    url: '/api/v1/commands',
    payload: JSON.stringify(body),
    headers: { 'content-type': 'text/plain' },
  });
  assert.is(form.statusCode, 415);
  assert.is(commands.length, 1);
});

test('a malformed or oversized body is refused', async () => {
  const { app } = await aServer({ demoCode: '1' });
  for (const command of [{ do: 'explode' }, { do: 'acknowledge' }, { do: 'silence', extra: 1 }, {}, null])
    assert.is((await post(app, { command, code: '1' })).statusCode, 400, JSON.stringify(command));
  assert.is(
    (await post(app, { command: { do: 'silence' }, code: '1', by: 'x'.repeat(20_000) })).statusCode,
    413,
  );
});

test('the interface describes itself', async () => {
  const { app } = await aServer();
  const answer = await app.inject('/api/v1/openapi.json');
  const { openapi, paths } = answer.json<{ openapi: string; paths: object }>();
  assert.match(openapi, /^3\./);
  assert.equal(Object.keys(paths).sort(), [
    '/api/v1/alarms',
    '/api/v1/alarms/report',
    '/api/v1/calls',
    '/api/v1/commands',
    '/api/v1/events',
    '/api/v1/health',
    '/api/v1/recordings',
    '/api/v1/recordings/{id}',
    '/api/v1/recordings/{id}/audio',
    '/api/v1/records',
    '/api/v1/status',
  ]);
});

test('a port that is taken moves to the next free one, unless it is fixed: then a person is told', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => taken.once('listening', resolve));
  clean.push(() => void taken.close());
  const address = taken.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const moving = await aServer();
  const conditions: string[] = [];
  const report = (type: string, active: boolean): void => void conditions.push(`${type} ${active}`);
  const moved = await listen(moving.app, { host: '127.0.0.1', port, portIsFixed: false }, report);
  assert.is(moved.portMoved, true);
  assert.is.not(new URL(moved.url).port, String(port));
  assert.is((await fetch(`${moved.url}api/v1/health`)).status, 200);
  const fixed = await aServer();
  const waiting = await listen(fixed.app, { host: '127.0.0.1', port, portIsFixed: true }, report);
  waiting.stopWaiting();
  assert.equal(conditions, ['http.port-taken true']);
});

/** Reads a live stream until `holds` is content. */
async function stream(
  url: string,
  holds: (text: string) => boolean,
  headers: Record<string, string> = {},
): Promise<string> {
  const stop = new AbortController();
  const answer = await fetch(url, { headers, signal: stop.signal });
  assert.is(answer.headers.get('content-type'), 'text/event-stream; charset=utf-8');
  let read = '';
  const decoder = new TextDecoder();
  for await (const chunk of answer.body ?? []) {
    read += decoder.decode(chunk, { stream: true });
    if (holds(read)) break;
  }
  stop.abort();
  return read;
}

test('the live stream: the whole room, then what changes; a reader that comes back goes on where it was', async () => {
  const { app, feed } = await aServer();
  feed.accept(aView());
  const { url } = await listen(app, { host: '127.0.0.1', port: 0, portIsFixed: false }, () => undefined);
  const events = `${url}api/v1/events`;
  const first = stream(events, (read) => read.includes('event: change'));
  await new Promise((resolve) => setTimeout(resolve, 100));
  feed.accept(
    aView({
      lines: aView().lines.map((line) => (line.id === 'L03' ? { ...line, signal: 'ringing' } : line)),
    }),
  );
  const read = await first;
  assert.match(read, /event: snapshot\ndata: .*广州120机房/);
  const change = /id: (\S+)\nevent: change\ndata: (.*)\n/.exec(read);
  const delta = JSON.parse(change?.[2] ?? '') as { lines: { set: { id: string }[] }; alarms?: object };
  assert.equal(
    delta.lines.set.map(({ id }) => id),
    ['L03'],
  );
  assert.not.ok('alarms' in delta);
  feed.notice({ kind: 'note', id: 'n1' });
  feed.accept(aView({ alarms: [anAlarm()] }));
  const again = await stream(events, (one) => one.includes('event: change'), {
    'last-event-id': change?.[1] ?? '',
  });
  assert.not.match(again, 'event: snapshot');
  assert.match(again, /event: notice[\s\S]*event: change/);
  const strange = await stream(events, (one) => one.includes('event: snapshot'), {
    'last-event-id': 'from-before',
  });
  assert.match(strange, 'event: snapshot');
});

test('messages for those who come back are bounded: at the limit nothing is repeated, one more starts anew', () => {
  const feed = roomFeed({}, () => 0);
  feed.accept(aView());
  feed.notice({ n: 0 });
  const first = feed.since(undefined)[0]?.id;
  for (let n = 1; n < keptMessagesMax; n++) feed.notice({ n });
  assert.is(feed.since(first).length, keptMessagesMax - 1);
  feed.notice({ n: keptMessagesMax });
  assert.equal(
    feed.since(first).map(({ event }) => event),
    ['snapshot'],
  );
});

test('live streams are bounded: one more is refused until another ends', async () => {
  const { app, feed } = await aServer();
  feed.accept(aView());
  const { url } = await listen(app, { host: '127.0.0.1', port: 0, portIsFixed: false }, () => undefined);
  const stops = Array.from({ length: streamsMax }, () => new AbortController());
  // Kept: fetch closes the connection of an answer that the garbage collector takes.
  const open: Response[] = [];
  for (const { signal } of stops) {
    const answer = await fetch(`${url}api/v1/events`, { signal });
    assert.is(answer.status, 200);
    open.push(answer);
  }
  const refused = await fetch(`${url}api/v1/events`);
  assert.is(open.length, streamsMax);
  assert.is(refused.status, 503);
  assert.is(errorOf(await refused.text()), 'LK-HTTP-012');
  for (const stop of stops) stop.abort();
});

test('an alarm that is gone and a beat with the age of the newest word come over the stream', async () => {
  const { app, feed, passMs } = await aServer();
  feed.accept(aView({ alarms: [anAlarm()] }));
  const { url } = await listen(app, { host: '127.0.0.1', port: 0, portIsFixed: false }, () => undefined);
  const reading = stream(`${url}api/v1/events`, (read) => read.includes('event: beat'));
  await new Promise((resolve) => setTimeout(resolve, 100));
  feed.accept(aView());
  passMs(7000);
  const read = await reading;
  assert.match(read, '"alarms":{"gone":["pbx/pbx.down"]}');
  assert.match(read, /event: beat\ndata: \{"at":\d+,"ageMs":7000\}/);
});

test('a reader that does not read is cut off and the others go on', async () => {
  const { app, feed } = await aServer();
  feed.accept(aView());
  const { url } = await listen(app, { host: '127.0.0.1', port: 0, portIsFixed: false }, () => undefined);
  const slow = tcpConnect(Number(new URL(url).port), '127.0.0.1');
  slow.on('error', () => undefined);
  const opened = new Promise((resolve) => slow.once('readable', resolve));
  slow.write('GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n');
  await opened;
  const quick = stream(`${url}api/v1/events`, (read) => read.includes('the end'));
  const connections = (): Promise<number> =>
    new Promise((resolve) => {
      app.server.getConnections((_error, count) => {
        resolve(count);
      });
    });
  while ((await connections()) < 2) await new Promise((resolve) => setImmediate(resolve));
  for (let n = 0; n < 400 && (await connections()) > 1; n++) {
    feed.notice({ kind: 'note', filling: 'x'.repeat(50_000) });
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  assert.is(await connections(), 1, 'only the quick reader is left');
  feed.notice({ kind: 'note', text: 'the end' });
  assert.match(await quick, 'the end');
  slow.destroy();
});

test('the front starts, tells where it is, keeps notices without a centre, and ends', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'lk-front-'));
  clean.push(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  const told: { kind: string; ids?: readonly string[]; httpUrl?: string }[] = [];
  const front = await startFront(
    { ...aStart(folder), panelFolder: folder },
    { postMessage: (one) => void told.push(one) },
  );
  front.receive({ kind: 'view', view: aView() });
  front.receive({
    kind: 'notice',
    id: 'n1',
    at: noon,
    notice: { at: monoMs(1), kind: 'note', text: text('记', 'note') },
  });
  const ready = told.find(({ kind }) => kind === 'ready');
  assert.is((await fetch(`${ready?.httpUrl ?? ''}api/v1/status`)).status, 200);
  assert.equal(told.find(({ kind }) => kind === 'kept')?.ids, ['n1']);
  await front.close();
  assert.is(told.at(-1)?.kind, 'closed');
});

test.run();
