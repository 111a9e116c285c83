/**
 * The front against a real mosquitto. Local runs keep the broker down for 10 s; MQTT_DOWN_SECONDS=60 gives the minute.
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect as tcpConnect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { MqttClient } from 'mqtt';
import { connect } from 'mqtt';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Front } from '../../src/front/front.ts';
import type { FromFront } from '../../src/model/messages.ts';
import { startFront } from '../../src/front/front.ts';
import { rowOf, topicOf } from '../../src/front/mqtt/topics.ts';
import { aSignal, aStart, aView, anAlarm, noon } from '../front/a-room.ts';
import { needsPrograms, program } from '../rig.ts';

needsPrograms('mosquitto');

const downMs = Number(process.env['MQTT_DOWN_SECONDS'] ?? 10) * 1000;
const room = 'gz-120';
const clean: (() => Promise<void> | void)[] = [];

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

const folderFor = (name: string): string => {
  const folder = mkdtempSync(path.join(tmpdir(), `lk-${name}-`));
  clean.push(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
};

/** Resolves when the port answers. */
async function answering(port: number): Promise<void> {
  for (;;) {
    const isOpen = await new Promise<boolean>((resolve) => {
      const socket = tcpConnect(port, '127.0.0.1')
        .once('connect', () => {
          socket.destroy();
          resolve(true);
        })
        .once('error', () => {
          resolve(false);
        });
    });
    if (isOpen) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function broker(port: number): Promise<ChildProcess> {
  const file = path.join(folderFor('broker'), 'mosquitto.conf');
  writeFileSync(file, `listener ${port} 127.0.0.1\nallow_anonymous true\npersistence false\n`);
  const child = spawn(program('mosquitto') ?? '', ['-c', file], { stdio: 'ignore' });
  clean.push(() => void child.kill('SIGKILL'));
  await answering(port);
  return child;
}
async function killed(child: ChildProcess): Promise<void> {
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await ended;
}

interface Heard {
  readonly topic: string;
  readonly payload: string;
  readonly isRetained: boolean;
}
/** A centre: hears everything of the room, reconnects by itself. */
async function centre(port: number, protocolVersion: 4 | 5 = 5) {
  const client: MqttClient = connect(`mqtt://127.0.0.1:${port}`, { protocolVersion, reconnectPeriod: 500 });
  client.on('error', () => undefined);
  clean.push(() => client.endAsync(true));
  const heard: Heard[] = [];
  const watchers = new Set<() => void>();
  client.on('message', (topic, payload, packet) => {
    heard.push({ topic, payload: payload.toString(), isRetained: packet.retain });
    for (const watcher of watchers) watcher();
  });
  await new Promise<void>((resolve) =>
    client.once('connect', () => {
      resolve();
    }),
  );
  await client.subscribeAsync('linekeeper/#', { qos: 1 });
  const until = (what: string, holds: () => boolean, limitMs = 30_000): Promise<void> =>
    new Promise((resolve, reject) => {
      const limit = setTimeout(() => {
        watchers.delete(look);
        reject(new Error(`${what}: not within ${limitMs} ms`));
      }, limitMs);
      const look = (): void => {
        if (!holds()) return;
        clearTimeout(limit);
        watchers.delete(look);
        resolve();
      };
      watchers.add(look);
      look();
    });
  const last = (below: string): string | undefined =>
    heard.findLast(({ topic }) => topic === `linekeeper/${room}/${below}`)?.payload;
  return { client, heard, until, last };
}

async function front(port: number, folder: string) {
  const told: FromFront[] = [];
  const one: Front = await startFront(
    { ...aStart(folder), mqtt: { url: `mqtt://127.0.0.1:${port}` }, panelFolder: folder },
    { postMessage: (message) => void told.push(message) },
  );
  clean.push(() => one.close());
  return { front: one, told };
}

test.after.each(async () => {
  for (const step of clean.splice(0).reverse()) await step();
});

test('presence is online while the front runs and offline after an orderly end', async () => {
  const port = await freePort();
  await broker(port);
  const listener = await centre(port);
  const { front: room1 } = await front(port, folderFor('room'));
  await listener.until('online', () => listener.last('presence') === 'online');
  await room1.close();
  await listener.until('offline', () => listener.last('presence') === 'offline');
});

test('a killed process is offline by its last will', async () => {
  const port = await freePort();
  await broker(port);
  const listener = await centre(port);
  const folder = folderFor('room');
  const script = `
    const { startFront } = await import(${JSON.stringify(new URL('../../src/front/front.ts', import.meta.url).href)});
    const { aStart } = await import(${JSON.stringify(new URL('../front/a-room.ts', import.meta.url).href)});
    await startFront({ ...aStart(process.argv[1]), mqtt: { url: 'mqtt://127.0.0.1:${port}' }, panelFolder: '/nowhere' },
      { postMessage() {} });
  `;
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script, folder], {
    stdio: 'inherit',
  });
  clean.push(() => void child.kill('SIGKILL'));
  await listener.until('online', () => listener.last('presence') === 'online');
  await killed(child);
  await listener.until('offline', () => listener.last('presence') === 'offline');
});

test('a broker that comes back empty is told the whole state again', async () => {
  const port = await freePort();
  const first = await broker(port);
  const { front: one } = await front(port, folderFor('room'));
  one.receive({ kind: 'view', view: aView({ alarms: [anAlarm()] }) });
  const before = await centre(port);
  await before.until('state', () => before.last('state/alarm/pbx/pbx.down') !== undefined);
  await before.client.endAsync(true);
  await killed(first);
  await broker(port);
  const after = await centre(port);
  const topics = [
    'presence',
    'info',
    'state/room',
    'state/line/L08',
    'state/subject/pbx',
    'state/alarm/pbx/pbx.down',
  ];
  await after.until('the whole state', () => topics.every((below) => after.last(below) !== undefined));
  const late = await centre(port);
  await late.until('retained', () => topics.every((below) => late.last(below) !== undefined));
  assert.ok(late.heard.every(({ isRetained }) => isRetained));
});

test('an alarm that ends leaves its topic empty, also when it ended while the front was away', async () => {
  const port = await freePort();
  await broker(port);
  const folder = folderFor('room');
  const listener = await centre(port);
  const alarmTopic = 'state/alarm/pbx/pbx.down';
  const { front: one } = await front(port, folder);
  one.receive({ kind: 'view', view: aView({ alarms: [anAlarm()] }) });
  await listener.until('alarm', () => (listener.last(alarmTopic) ?? '') !== '');
  one.receive({ kind: 'view', view: aView() });
  await listener.until('emptied', () => listener.last(alarmTopic) === '');
  one.receive({ kind: 'view', view: aView({ alarms: [anAlarm()] }) });
  await listener.until('alarm again', () => (listener.last(alarmTopic) ?? '') !== '');
  await one.close();
  const { front: two } = await front(port, folder);
  two.receive({ kind: 'view', view: aView() });
  await listener.until('emptied after a new start', () => listener.last(alarmTopic) === '');
});

test(`broker killed in a stream of events and ${downMs / 1000} s away: every event arrives, in order per line, none under two ids`, async () => {
  const port = await freePort();
  const mosquitto = await broker(port);
  const listener = await centre(port);
  const { front: one, told } = await front(port, folderFor('room'));
  await listener.until('online', () => listener.last('presence') === 'online');
  const lines = ['L01', 'L02', 'L03'];
  const sent: string[] = [];
  const stream = setInterval(() => {
    const number = sent.length;
    const line = lines[number % lines.length] ?? '';
    sent.push(`e${number}`);
    one.receive({ kind: 'notice', id: `e${number}`, at: noon, notice: aSignal(line, number) });
  }, 5);
  clean.push(() => {
    clearInterval(stream);
  });
  interface Event {
    readonly id: string;
    readonly seq: number;
    readonly line: string;
  }
  const events: Event[] = [];
  const firsts: Event[] = [];
  const seqOf = new Map<string, number>();
  const idOf = new Map<number, string>();
  listener.client.prependListener('message', (topic, payload) => {
    if (topic !== topicOf(room, 'event', 'signal')) return;
    const event = JSON.parse(payload.toString()) as Event;
    events.push(event);
    if (!seqOf.has(event.id)) firsts.push(event);
    seqOf.set(event.id, seqOf.get(event.id) ?? event.seq);
    idOf.set(event.seq, idOf.get(event.seq) ?? event.id);
  });
  await listener.until('a stream', () => events.length > 200);
  await killed(mosquitto);
  const atKill = sent.length;
  await new Promise((resolve) => setTimeout(resolve, downMs));
  assert.ok(sent.length > atKill + 500, 'events went on while the broker was away');
  await broker(port);
  await listener.until('more events', () => events.length > atKill, 60_000);
  clearInterval(stream);
  await listener.until('every event', () => seqOf.size === sent.length, 60_000);
  for (const event of events) {
    assert.is(event.seq, seqOf.get(event.id), 'an event keeps its number');
    assert.is(event.id, idOf.get(event.seq), 'a number keeps its event');
  }
  for (const line of lines) {
    const numbers = firsts.filter((event) => event.line === line).map(({ id }) => Number(id.slice(1)));
    assert.equal(
      numbers,
      numbers.toSorted((a, b) => a - b),
      `in order on ${line}`,
    );
  }
  assert.not.ok(
    told.some(
      (message) => message.kind === 'condition' && message.type === 'mqtt.outbox-full' && message.active,
    ),
  );
});

test('every publish stands in the table of topics, retained as it says', async () => {
  const port = await freePort();
  await broker(port);
  const folder = folderFor('room');
  const { front: one } = await front(port, folder);
  one.receive({ kind: 'view', view: aView({ alarms: [anAlarm()] }) });
  one.receive({ kind: 'notice', id: 'n1', at: noon, notice: aSignal('L01', 1) });
  const listener = await centre(port);
  await listener.until('an event', () => listener.heard.some(({ topic }) => topic.includes('/event/')));
  await listener.client.publishAsync(`linekeeper/${room}/cmd/get`, '{"transaction":"t1"}', { qos: 1 });
  await listener.until('a reply', () => listener.last('reply/get') !== undefined);
  const late = await centre(port);
  await late.until('retained', () => late.last('state/alarm/pbx/pbx.down') !== undefined);
  const retained = new Set(late.heard.map(({ topic }) => topic));
  const published = listener.heard.filter(({ topic }) => !topic.includes('/cmd/'));
  assert.ok(published.length > 10);
  for (const { topic } of published) {
    const row = rowOf(room, topic);
    assert.is(row?.way, 'out', topic);
    assert.is(row?.retained, retained.has(topic), `${topic} retained`);
  }
});

test.run();
