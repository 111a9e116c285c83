/** The token with which programs of this machine read over HTTP. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { archiveDesk } from '../../src/front/archive-desk.ts';
import { commandDesk } from '../../src/front/command-desk.ts';
import { FormDesk } from '../../src/front/forms/form-desk.ts';
import { httpApp } from '../../src/front/http/server.ts';
import { roomFeed } from '../../src/front/room-feed.ts';
import type { Command } from '../../src/model/event.ts';
import { aStart, noon } from './a-room.ts';

test('the token for reads orders nothing, whatever is ordered', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'lk-token-'));
  const given: Command[] = [];
  const desk = commandDesk((_id, _by, command) => void given.push(command), 50);
  const start = aStart(folder, { openReads: false, demoCode: '123456', readToken: 'right-token' });
  const { room, timezone, manualForms: settings } = start;
  const app = await httpApp({
    ...{ start, desk, panelFolder: '/nowhere', now: () => noon, mono: () => 0 },
    feed: roomFeed({}, () => 0),
    archive: archiveDesk(undefined),
    forms: new FormDesk({ folder, room, timezone, settings, now: () => noon }),
  });
  const headers = { authorization: 'Bearer right-token' };
  for (const command of [
    { do: 'silence' },
    { do: 'acknowledge', alarm: 'all' },
    { do: 'control', control: 'night', values: { port: '1' } },
    { do: 'ups-test', subject: 'ups-1' },
    { do: 'bypass', mode: 'now' },
  ])
    for (const url of ['/api/v1/commands', '/api/v1/orders', '/api/v1/commands?x=1']) {
      const payload = { command, commands: [command], by: 'li', code: '123456' };
      for (const method of ['POST', 'PUT'] as const) {
        const answer = await app.inject({ method, url, headers, payload });
        assert.is(answer.statusCode, 401, `${method} ${url} ${command.do}`);
      }
    }
  assert.equal(given, []);
  await app.close();
  rmSync(folder, { recursive: true, force: true });
});

test.run();
