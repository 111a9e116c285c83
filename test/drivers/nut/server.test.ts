/** The own NUT server, asked as upsmon asks it. The real upsmon and upsc: test/real/nut-server.test.ts. */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { HostOrders } from '../../../src/drivers/host-orders.ts';
import { nutWay } from '../../../src/drivers/nut/host-way.ts';
import { NutServer, lineCharsMax } from '../../../src/drivers/nut/server.ts';
import type { NutWay } from '../../../src/model/host.ts';
import type { Supply } from '../../../src/model/power-cut.ts';
import { eventually, freePort } from '../../room/program.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'nut-'));
test.after(() => rmSync(folder, { recursive: true }));
const secret = (name: string, mode = 0o600): string => {
  const file = path.join(folder, name);
  writeFileSync(file, `${name}-word\n`);
  chmodSync(file, mode);
  return file;
};
const crm: NutWay = { kind: 'nut', ups: 'crm', user: 'crm', passwordFile: secret('crm') };
const seat: NutWay = { kind: 'nut', ups: 'seat', user: 'seats', passwordFile: secret('seat') };
const onMains: Supply = { mains: 'up', isLow: false, batteryPercent: 99.6, isReckoned: false };
const inCut: Supply = {
  mains: 'failed',
  isLow: false,
  runtimeS: 1234.5,
  batteryPercent: 60,
  isReckoned: false,
};

async function opened(): Promise<{ server: NutServer; port: number }> {
  const port = await freePort();
  const server = new NutServer({
    settings: { host: '127.0.0.1', port },
    hosts: [crm, seat],
    description: 'gz-120',
    version: '1',
  });
  server.start();
  await eventually('the port', () => (server.fault === undefined ? true : undefined));
  return { server, port };
}

class Asker {
  readonly socket: net.Socket;
  readonly ended: Promise<void>;
  #received = '';
  constructor(port: number) {
    this.socket = net.connect(port, '127.0.0.1');
    this.socket.setEncoding('utf8');
    this.socket.on('data', (chunk: string) => (this.#received += chunk));
    this.socket.on('error', () => undefined);
    this.ended = new Promise((resolve) => this.socket.on('close', () => resolve()));
  }
  async ask(question: string): Promise<string> {
    this.#received = '';
    this.socket.write(`${question}\n`);
    return eventually(`an answer to ${question.slice(0, 40)}`, () => {
      const isWhole = this.#received.startsWith('BEGIN')
        ? /\nEND LIST [^\n]*\n$/.test(this.#received)
        : this.#received.endsWith('\n');
      return isWhole ? this.#received.trimEnd() : undefined;
    });
  }
  async login(ups: string, user: string, password: string): Promise<string> {
    await this.ask(`USERNAME ${user}`);
    await this.ask(`PASSWORD ${password}`);
    return this.ask(`LOGIN ${ups}`);
  }
}

test('what feeds the room is told for each UPS; before anybody knows, the data are stale', async () => {
  const { server, port } = await opened();
  const asker = new Asker(port);
  assert.is(await asker.ask('GET VAR crm ups.status'), 'ERR DATA-STALE');
  server.supply(onMains);
  assert.is(await asker.ask('GET VAR crm ups.status'), 'VAR crm ups.status "OL"');
  assert.is(await asker.ask('GET VAR crm battery.charge'), 'VAR crm battery.charge "100"');
  assert.is(await asker.ask('GET VAR crm battery.runtime'), 'ERR VAR-NOT-SUPPORTED');
  server.supply(inCut);
  assert.is(await asker.ask('GET VAR seat ups.status'), 'VAR seat ups.status "OB DISCHRG"');
  server.supply({ ...inCut, isLow: true });
  assert.is(await asker.ask('GET VAR seat ups.status'), 'VAR seat ups.status "OB DISCHRG LB"');
  server.supply({ ...inCut, mains: 'unknown' });
  assert.is(await asker.ask('LIST VAR seat'), 'ERR DATA-STALE');
  assert.is(await asker.ask('LIST UPS'), 'BEGIN LIST UPS\nUPS crm "gz-120"\nUPS seat "gz-120"\nEND LIST UPS');
  assert.is(await asker.ask('GET VAR nobody ups.status'), 'ERR UNKNOWN-UPS');
  await server.close();
});

test('only the right user with the right word is logged in, each into its own UPS; a wrong one is put out', async () => {
  const { server, port } = await opened();
  for (const [ups, user, word] of [
    ['crm', 'crm', 'seat-word'],
    ['crm', 'seats', 'seat-word'],
    ['seat', 'crm', 'crm-word'],
    ['crm', 'crm', ''],
  ] as const) {
    const wrong = new Asker(port);
    assert.is(await wrong.login(ups, user, `"${word}"`), 'ERR ACCESS-DENIED');
    await wrong.ended;
  }
  const right = new Asker(port);
  assert.is(await right.ask('LOGIN crm'), 'ERR USERNAME-REQUIRED');
  assert.is(await right.login('crm', 'crm', 'crm-word'), 'OK');
  assert.is(await right.ask('LOGIN crm'), 'ERR ALREADY-LOGGED-IN');
  assert.is(
    await right.ask('LIST CLIENT crm'),
    'BEGIN LIST CLIENT crm\nCLIENT crm 127.0.0.1\nEND LIST CLIENT crm',
  );
  assert.is(await right.ask('GET NUMLOGINS seat'), 'NUMLOGINS seat 0');
  assert.is(await right.ask('LOGOUT'), 'OK Goodbye');
  await right.ended;
  await server.close();
});

test('a password that others may read lets nobody in', async () => {
  const { server, port } = await opened();
  chmodSync(crm.passwordFile, 0o644);
  assert.is(await new Asker(port).login('crm', 'crm', 'crm-word'), 'ERR ACCESS-DENIED');
  chmodSync(crm.passwordFile, 0o600);
  await server.close();
});

test('nobody can order anything: no FSD, no command, no primary, no setting', async () => {
  const { server, port } = await opened();
  const asker = new Asker(port);
  await asker.login('crm', 'crm', 'crm-word');
  server.supply(onMains);
  for (const order of [
    'FSD crm',
    'PRIMARY crm',
    'MASTER crm',
    'SET VAR crm ups.status "OL"',
    'INSTCMD crm load.off',
  ]) {
    const one = new Asker(port);
    await one.login('crm', 'crm', 'crm-word');
    assert.is(await one.ask(order), 'ERR ACCESS-DENIED', order);
  }
  assert.is(await asker.ask('GET VAR crm ups.status'), 'VAR crm ups.status "OL"');
  assert.is(await asker.ask('STARTTLS'), 'ERR FEATURE-NOT-CONFIGURED');
  assert.is(await asker.ask('REBOOT'), 'ERR UNKNOWN-COMMAND');
  await server.close();
});

test('a line without end, and words that never stop, end the connection and nothing else', async () => {
  const { server, port } = await opened();
  const still = new Asker(port);
  await still.ask('VER');
  const atLimit = new Asker(port);
  assert.match(await atLimit.ask('X'.repeat(lineCharsMax)), /ERR/);
  for (const flood of [
    'X'.repeat(lineCharsMax + 1),
    `${'X'.repeat(lineCharsMax + 1)}\n`,
    'VER\n'.repeat(10_000),
    'VER "x\n\u0000',
  ]) {
    const one = new Asker(port);
    one.socket.write(flood);
    if (!flood.includes('"')) await one.ended;
    else one.socket.destroy();
  }
  assert.match(await still.ask('VER'), /linekeeper/);
  await server.close();
});

test('a host shuts down by FSD, is off after it has logged out, and may come back without going down again', async () => {
  const { server, port } = await opened();
  server.supply(inCut);
  const host = new HostOrders({
    host: 'crm',
    way: nutWay(crm, server),
    withinMs: 60_000,
    settleMs: 0,
    rhythm: { retryMs: 5, lookMs: 5 },
  });
  const told: string[] = [];
  host.shut('cut/1.1', (outcome) => told.push(outcome));
  assert.not.ok((await host.test()).works, 'nobody is logged in');
  const upsmon = new Asker(port);
  await upsmon.login('crm', 'crm', 'crm-word');
  assert.ok((await host.test()).works);
  await eventually('asked', () => (told.includes('asked') ? true : undefined));
  assert.is(await upsmon.ask('GET VAR crm ups.status'), 'VAR crm ups.status "FSD OB DISCHRG LB"');
  assert.is(await upsmon.ask('GET VAR seat ups.status'), 'VAR seat ups.status "OB DISCHRG"');
  upsmon.socket.destroy();
  await eventually('confirmed', () => (told.includes('confirmed') ? true : undefined));
  const again = new Asker(port);
  await again.login('crm', 'crm', 'crm-word');
  assert.is(await again.ask('GET VAR crm ups.status'), 'VAR crm ups.status "OB DISCHRG"');
  await host.close();
  await server.close();
});

test('a port that is taken is told, and opened when it is free', async () => {
  const { server, port } = await opened();
  const second = new NutServer({
    settings: { host: '127.0.0.1', port },
    hosts: [crm],
    description: 'gz-120',
    version: '1',
  });
  second.start();
  await eventually('the fault', () => (second.fault?.en.includes('EADDRINUSE') === true ? true : undefined));
  assert.match((await nutWay(crm, second).test(new AbortController().signal)).reason.en, /EADDRINUSE/);
  await server.close();
  await eventually('the port', () => (second.fault === undefined ? true : undefined));
  await second.close();
});

test.run();
