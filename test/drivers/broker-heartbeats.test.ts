/** Heartbeats that come over the broker: what counts, and what their absence means while the broker is away. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { BrokerHeartbeats } from '../../src/drivers/heartbeat/broker-heartbeats.ts';
import { heartbeatProbe } from '../../src/drivers/heartbeat/heartbeat-probe.ts';
import { heartbeatInbox } from '../../src/front/mqtt/heartbeat-inbox.ts';
import { text } from '../../src/model/text.ts';
import { Reports } from '../contract/probe.ts';

const tokenFile = path.join(mkdtempSync(path.join(os.tmpdir(), 'lk-beat-')), 'token');
writeFileSync(tokenFile, 'correct-horse\n', { mode: 0o600 });
const topic = 'jobs/backup';
const away = text('中断', 'the broker is away');
const limitMs = 20_000;

async function watched(
  work: (broker: BrokerHeartbeats, reports: Reports) => Promise<void>,
  rhythm = { everyMs: 200, graceMs: 300 },
): Promise<void> {
  const broker = new BrokerHeartbeats();
  const reports = new Reports();
  const probe = heartbeatProbe({
    source: 'backup.1',
    name: topic,
    tokenFile,
    ...rhythm,
    listener: broker,
    isCutOff: () => Promise.resolve(false),
  });
  probe.start(reports.report);
  try {
    await work(broker, reports);
  } finally {
    await probe.stop();
  }
}

test('a message with the right word is a beat, silence after it is down', async () => {
  await watched(async (broker, reports) => {
    broker.path(true, away);
    await reports.until('down', limitMs);
    broker.came(topic, 'correct-horse');
    assert.is(reports.all.at(-1)?.evidence.says, 'up');
    await reports.until('down', limitMs);
  });
});

test('a wrong word and another topic are none, and the reason says that one came', async () => {
  await watched(async (broker, reports) => {
    broker.path(true, away);
    await reports.until('down', limitMs);
    broker.came(topic, 'correct-horse-2');
    broker.came('jobs/other', 'correct-horse');
    const { says, reason } = await reports.next(limitMs);
    assert.is(says, 'down');
    assert.match(reason.en, /one had a wrong token/);
  });
});

test('while the broker is away nobody is down', async () => {
  await watched(async (broker, reports) => {
    const { reason } = await reports.until('unknown', limitMs);
    assert.match(reason.en, /not connected yet/);
    broker.path(true, away);
    await reports.until('down', limitMs);
    broker.path(false, away);
    await reports.until('unknown', limitMs);
    for (let n = 0; n < 3; n++) assert.is((await reports.next(limitMs)).says, 'unknown');
  });
});

test('when the broker is back each sender has its whole time again', async () => {
  await watched(
    async (broker, reports) => {
      // The first is that of the start, the second the one that was due meanwhile.
      await reports.until('unknown', limitMs);
      await reports.until('unknown', limitMs);
      broker.path(true, away);
      const since = performance.now();
      await reports.until('down', limitMs);
      assert.ok(performance.now() - since >= 1500, 'it was called down before it could have come');
    },
    { everyMs: 500, graceMs: 2000 },
  );
});

test('a flood on a topic and a long message do not reach the probes', () => {
  const heard: string[] = [];
  let mono = 0;
  const take = heartbeatInbox(
    ({ payload }) => heard.push(payload),
    () => mono,
  );
  for (let n = 0; n < 100; n++) take(topic, Buffer.from('x'));
  assert.is(heard.length, 20);
  take('jobs/other', Buffer.from('y'));
  assert.is(heard.length, 21);
  mono = 1000;
  take(topic, Buffer.alloc(513));
  take(topic, Buffer.alloc(512));
  assert.is(heard.length, 22);
});

test.run();
