/** The MQTT side in one process, against aedes (MQTT 3.1.1): what a broker of the demo sees. */
import { readFileSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { Server } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Aedes } from 'aedes';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { OutboxRow } from '../../src/front/outbox/outbox.ts';
import type { PublishResult } from '../../src/front/mqtt/broker-link.ts';
import type { FromFront, RoomView } from '../../src/model/messages.ts';
import { startFront } from '../../src/front/front.ts';
import { delayMsMax, firstDelayMs, reconnectDelayMs } from '../../src/front/mqtt/broker-link.ts';
import {
  doubtMs,
  doubtRowsMax,
  EventPump,
  inFlightMax,
  listenerMsMax,
} from '../../src/front/mqtt/event-pump.ts';
import { openOutbox, outboxLimits } from '../../src/front/outbox/outbox.ts';
import { StateMirror, stateInFlightMax } from '../../src/front/mqtt/state-mirror.ts';
import { rowOf, topicOf, topicTable } from '../../src/front/mqtt/topics.ts';
import { eventBody } from '../../src/front/wall-notice.ts';
import { aCall, aSignal, aStart, aView, anAlarm, anAlarmView, noon } from './a-room.ts';
import { monoMs } from '../../src/model/units.ts';
import { projectFolder } from '../rig.ts';

let folder = '';
test.before.each(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'lk-mqtt-'));
});
test.after.each(() => {
  rmSync(folder, { recursive: true, force: true });
});

test('a broker that speaks only MQTT 3.1.1 hears presence, state and events, each as the table of topics says', async () => {
  const broker = await Aedes.createBroker();
  const server: Server = createServer((socket) => {
    broker.handle(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const seen: string[] = [];
  const wanted = [
    'presence',
    'info',
    'state/room',
    'state/line/L01',
    'state/alarm/pbx/pbx.down',
    'event/signal',
  ];
  const everything = new Promise<void>((resolve) => {
    broker.on('publish', (packet, client) => {
      if (client === null) return;
      const row = rowOf('gz-120', packet.topic);
      assert.is(row?.way, 'out', packet.topic);
      assert.is(row?.qos, packet.qos, packet.topic);
      assert.is(row?.retained, packet.retain, packet.topic);
      seen.push(packet.topic.replace('linekeeper/gz-120/', ''));
      if (wanted.every((topic) => seen.includes(topic))) resolve();
    });
  });
  const told: FromFront[] = [];
  const front = await startFront(
    { ...aStart(folder), mqtt: { url: `mqtt://127.0.0.1:${port}` }, panelFolder: folder },
    { postMessage: (message) => void told.push(message) },
  );
  front.receive({ kind: 'view', view: aView({ alarms: [anAlarm()] }) });
  front.receive({ kind: 'notice', id: 'n1', at: noon, notice: aSignal('L01', 1) });
  await everything;
  await front.close();
  assert.ok(told.some((message) => message.kind === 'kept' && message.ids.includes('n1')));
  assert.is(told.at(-1)?.kind, 'closed');
  await new Promise<void>((resolve) => {
    broker.close(() => {
      resolve();
    });
  });
  server.close();
});

test('topics: wildcards and control characters of a name cannot widen a topic', () => {
  assert.is(topicOf('gz', 'alarm', 'pbx/pbx.down'), 'linekeeper/gz/state/alarm/pbx/pbx.down');
  assert.is(topicOf('gz', 'line', '+#\u0000%'), 'linekeeper/gz/state/line/%2B%23%00%25');
  assert.is(rowOf('gz', 'linekeeper/other/presence'), undefined);
  assert.is(rowOf('gz', 'linekeeper/gz/state/line/a/b'), undefined);
  assert.is(rowOf('gz', 'linekeeper/gz/state/alarm/a/b/c')?.retained, true);
});

test('docs/mqtt.md shows the table of topics as it is', () => {
  assert.ok(readFileSync(path.join(projectFolder, 'docs/mqtt.md'), 'utf8').includes(topicTable()));
});

test('reconnecting waits anywhere up to a doubling limit that ends', () => {
  assert.is(
    reconnectDelayMs(0, () => 1),
    firstDelayMs,
  );
  assert.is(
    reconnectDelayMs(1, () => 1),
    firstDelayMs * 2,
  );
  assert.is(
    reconnectDelayMs(1000, () => 1),
    delayMsMax,
  );
  assert.is(
    reconnectDelayMs(3, () => 0.5),
    firstDelayMs * 4,
  );
  assert.ok(reconnectDelayMs(3, () => 0) > 0);
});

test('an event carries UTC times only, with its identifier', () => {
  const call = eventBody('gz-120', 'e1', noon, {
    at: monoMs(10_000),
    kind: 'call',
    phase: 'answered',
    call: aCall(),
  });
  assert.equal(call['at'], noon);
  const inside = call['call'] as { startedAt: number; answeredAt: number; endedAt?: number };
  assert.is(inside.startedAt, noon - 5000);
  assert.is(inside.answeredAt, noon - 1000);
  assert.not.ok('endedAt' in inside);
  const alarm = eventBody('gz-120', 'e2', noon, {
    at: monoMs(10_000),
    kind: 'alarm',
    change: 'shelved',
    alarm: anAlarmView({
      suppressions: [{ kind: 'shelved', until: monoMs(20_000), by: 'Li', reason: 'r' }],
    }),
  })['alarm'] as { raisedAt: number; suppressions: { until: number }[] };
  assert.is(alarm.raisedAt, noon - 6000);
  assert.is(alarm.suppressions[0]?.until, noon + 10_000);
});

function pumping() {
  let mono = 0;
  const sent: { row: OutboxRow; done: (result: PublishResult) => void }[] = [];
  const outbox = openOutbox({
    folder,
    limits: outboxLimits,
    now: () => 1,
    report: () => undefined,
    kept: () => undefined,
  });
  const pump = new EventPump({
    outbox,
    mono: () => mono,
    refused: () => undefined,
    publish: (row, done) => void sent.push({ row, done }),
  });
  const offer = (count: number): void => {
    for (let n = 0; n < count; n++) outbox.offer({ id: `e${n}`, kind: 'note', body: '{}' });
    outbox.flush();
  };
  return {
    outbox,
    pump,
    sent,
    offer,
    pass: (ms: number) => (mono += ms),
    ids: () => sent.map(({ row }) => row.id),
  };
}

test('in flight: one until somebody hears us, then the limit and not one more', () => {
  const { pump, sent, offer, outbox } = pumping();
  offer(inFlightMax + 20);
  pump.up();
  assert.is(sent.length, 1);
  sent[0]?.done('taken');
  assert.is(sent.length, 1 + inFlightMax);
  sent[1]?.done('taken');
  assert.is(sent.length, 2 + inFlightMax);
  pump.close();
  outbox.close();
});

test('after a loss what was not acknowledged comes again from the lowest number, what was just acknowledged too', () => {
  const { pump, sent, offer, outbox, ids, pass } = pumping();
  offer(4);
  pump.up();
  sent[0]?.done('taken');
  pass(doubtMs + 1);
  sent[1]?.done('taken');
  sent[3]?.done('taken');
  pump.down();
  sent[2]?.done('lost');
  sent.length = 0;
  pump.up();
  assert.equal(ids(), ['e1']);
  assert.is(sent[0]?.row.replayed, 1);
  sent[0]?.done('taken');
  assert.equal(ids(), ['e1', 'e2', 'e3']);
  pump.close();
  outbox.close();
});

test('what is sent again out of doubt is bounded to the newest', () => {
  const { pump, sent, offer, outbox, ids } = pumping();
  offer(doubtRowsMax + 1);
  pump.up();
  for (let n = 0; n <= doubtRowsMax; n++) sent[n]?.done('taken');
  pump.down();
  sent.length = 0;
  pump.up();
  assert.equal(ids(), ['e1'], 'e0, the oldest, is believed');
  assert.is(outbox.pendingAfter(0, 1000).length, doubtRowsMax);
  pump.close();
  outbox.close();
});

test('state in flight is bounded, the newest value wins, and an unchanged one is not sent again', () => {
  const sent: { topic: string; payload: string; done: (result: PublishResult) => void }[] = [];
  const remembered = new Set<string>(['linekeeper/gz-120/state/line/L99']);
  const mirror = new StateMirror({
    room: 'gz-120',
    outbox: {
      retainedTopics: () => [...remembered],
      rememberRetained: (topic) => void remembered.add(topic),
      forgetRetained: (topic) => void remembered.delete(topic),
    },
    publish: (topic, payload, done) => void sent.push({ topic, payload, done }),
    info: () => ({}),
  });
  const lines = Array.from({ length: 40 }, (_, n) => ({ ...aView().lines[0], id: `L${n}` }));
  const view = aView({ lines: lines as RoomView['lines'] });
  mirror.up();
  assert.is(sent.splice(0).length, 2, 'presence and info need no view');
  mirror.view(view);
  assert.is(sent.length, stateInFlightMax);
  mirror.view({ ...view, healthy: false });
  for (let n = 0; n < sent.length; n++) sent[n]?.done('taken');
  const last = new Map(sent.map(({ topic, payload }) => [topic, payload]));
  assert.match(last.get('linekeeper/gz-120/state/room') ?? '', '"healthy":false');
  assert.is(last.get('linekeeper/gz-120/state/line/L99'), '', 'a line that is gone is emptied');
  assert.not.ok(remembered.has('linekeeper/gz-120/state/line/L99'));
  const before = sent.length;
  mirror.view({ ...view, healthy: false });
  assert.is(sent.length, before);
  mirror.down();
});

test('an answer that belongs to an earlier connection acknowledges nothing', () => {
  const { pump, sent, offer, outbox } = pumping();
  offer(1);
  pump.up();
  const old = sent[0];
  pump.down();
  pump.up();
  old?.done('taken');
  outbox.flush();
  assert.is(outbox.pendingAfter(0, 10).length, 1);
  pump.close();
  outbox.close();
});

test('nobody listens: the first event waits for a subscriber, for a bounded time', () => {
  const { pump, sent, offer, outbox, pass } = pumping();
  offer(2);
  pump.up();
  sent[0]?.done('unheard');
  outbox.flush();
  assert.is(outbox.pendingAfter(0, 10).length, 2, 'still unsent');
  pump.down();
  pump.up();
  pass(listenerMsMax);
  sent[1]?.done('unheard');
  outbox.flush();
  assert.is(outbox.pendingAfter(0, 10).length, 1, 'taken as sent once the time is over');
  pump.close();
  outbox.close();
});

test('a refused event stays in the outbox', () => {
  const { pump, sent, offer, outbox } = pumping();
  offer(1);
  pump.up();
  sent[0]?.done('refused');
  outbox.flush();
  assert.is(outbox.pendingAfter(0, 10).length, 1);
  pump.close();
  outbox.close();
});

test('a replay sends kept events again before what is new, with the same numbers', () => {
  const { pump, sent, offer, outbox } = pumping();
  offer(3);
  pump.up();
  for (let n = 0; n < 3; n++) sent[n]?.done('taken');
  const seqs = sent.map(({ row }) => row.seq);
  sent.length = 0;
  assert.equal(pump.replay(seqs[1] ?? 0, 1000, 100), { count: 2, next: null });
  assert.equal(
    sent.map(({ row }) => row.seq),
    seqs.slice(1),
  );
  pump.close();
  outbox.close();
});

test.run();
