/** NUT's own upsmon and upsc against our NUT server: the plan's order runs the host's SHUTDOWNCMD. */
import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { HostOrders } from '../../src/drivers/host-orders.ts';
import { nutClientProbe } from '../../src/drivers/nut/client-probe.ts';
import { nutWay } from '../../src/drivers/nut/host-way.ts';
import { NutServer } from '../../src/drivers/nut/server.ts';
import type { NutWay } from '../../src/model/host.ts';
import type { Supply } from '../../src/model/power-cut.ts';
import { Reports } from '../contract/probe.ts';
import { absent, needsPrograms } from '../rig.ts';
import { eventually, freePort } from '../room/program.ts';

needsPrograms('upsc');
/** Not the one in PATH: Debian's starts nothing until /etc/nut/nut.conf allows it. */
const upsmon = '/lib/nut/upsmon';
if (!existsSync(upsmon)) absent(`${upsmon} of nut-client`);
const limitMs = 60_000;

class Room {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'nut-host-'));
  readonly way: NutWay = {
    kind: 'nut',
    ups: 'crm',
    user: 'crm',
    passwordFile: path.join(this.folder, 'password'),
  };
  port = 0;
  server: NutServer | undefined;
  readonly #ends: (() => Promise<void>)[] = [];

  async start(): Promise<NutServer> {
    this.port = await freePort();
    writeFileSync(this.way.passwordFile, 'word\n', { mode: 0o600 });
    const server = new NutServer({
      settings: { host: '127.0.0.1', port: this.port },
      hosts: [this.way],
      description: 'gz-120',
      version: '1',
    });
    this.server = server;
    server.start();
    await eventually('the port', () => (server.fault === undefined ? true : undefined));
    return server;
  }

  /** One computer; its shutdown leaves a file behind. */
  host(password: string): { readonly down: string } {
    const etc = path.join(this.folder, `etc-${this.#ends.length}`);
    mkdirSync(etc);
    const down = path.join(etc, 'down');
    const conf = path.join(etc, 'upsmon.conf');
    writeFileSync(
      conf,
      [
        `MONITOR crm@127.0.0.1:${this.port} 1 crm ${password} secondary`,
        'MINSUPPLIES 1',
        `SHUTDOWNCMD "touch ${down}"`,
        'POLLFREQ 1',
        'POLLFREQALERT 1',
        'FINALDELAY 0',
        `RUN_AS_USER ${userInfo().username}`,
        '',
      ].join('\n'),
    );
    chmodSync(conf, 0o600);
    forgetEndedUpsmon();
    const child = spawn(upsmon, ['-D', '-F'], {
      env: { ...process.env, NUT_CONFPATH: etc, NUT_STATEPATH: etc, NUT_ALTPIDPATH: etc },
      stdio: 'ignore',
      detached: true,
    });
    const ended = new Promise<void>((resolve) => child.on('close', () => resolve()));
    this.#ends.push(async () => {
      // Its other half may outlive the one that was started.
      try {
        if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
      } catch {
        // Both have ended.
      }
      await ended;
      await eventually('the end of upsmon', () => !isRunning(savedPid()) || undefined, limitMs);
    });
    return { down };
  }

  async stop(): Promise<void> {
    await Promise.all(this.#ends.map((end) => end()));
    await this.server?.close();
    rmSync(this.folder, { recursive: true });
  }
}

const pidFile = '/run/nut/upsmon.pid';
const savedPid = (): string => (existsSync(pidFile) ? readFileSync(pidFile, 'utf8').trim() : '');
const isRunning = (pid: string): boolean => {
  const name = `/proc/${pid}/comm`;
  return pid !== '' && existsSync(name) && readFileSync(name, 'utf8').trim() === 'upsmon';
};
/** One that was killed leaves its number behind, and upsmon refuses to start when another process has that number by now. */
function forgetEndedUpsmon(): void {
  if (!isRunning(savedPid())) rmSync(pidFile, { force: true });
}

const supply = (mains: Supply['mains']): Supply => ({
  mains,
  isLow: false,
  runtimeS: 3600,
  batteryPercent: 80,
  isReckoned: false,
});

test('upsc reads what feeds the room', async () => {
  const room = new Room();
  const server = await room.start();
  try {
    server.supply(supply('failed'));
    const { stdout, status } = await asked('upsc', [`crm@127.0.0.1:${room.port}`]);
    assert.is(status, 0);
    assert.match(stdout, /^ups\.status: OB DISCHRG$/m);
    assert.match(stdout, /^battery\.runtime: 3600$/m);
    assert.match((await asked('upsc', ['-L', `127.0.0.1:${room.port}`])).stdout, /^crm: gz-120$/m);
  } finally {
    await room.stop();
  }
});

test('a host goes down by the order of the plan, not by the mains failure, and is confirmed when its upsmon is gone', async () => {
  const room = new Room();
  const server = await room.start();
  const orders = new HostOrders({
    host: 'crm',
    way: nutWay(room.way, server),
    withinMs: limitMs,
    settleMs: 0,
  });
  try {
    server.supply(supply('up'));
    const { down } = room.host('word');
    await eventually('login', () => server.clientsOf('crm')[0], limitMs);
    server.supply(supply('failed'));
    const told: string[] = [];
    assert.not.ok(existsSync(down));
    orders.shut('cut/1.1', (outcome) => told.push(outcome));
    await eventually('SHUTDOWNCMD', () => (existsSync(down) ? true : undefined), limitMs);
    await eventually('confirmed', () => (told.includes('confirmed') ? true : undefined), limitMs);
    assert.equal(told, ['asked', 'confirmed']);
  } finally {
    await orders.close();
    await room.stop();
  }
});

test('a wrong password is no login, and an order finds nobody', async () => {
  const room = new Room();
  const server = await room.start();
  try {
    server.supply(supply('up'));
    const { down } = room.host('other');
    const orders = new HostOrders({
      host: 'crm',
      way: nutWay(room.way, server),
      withinMs: 4000,
      settleMs: 0,
    });
    const outcome = await new Promise<string>((resolve) => {
      orders.shut('cut/1.1', resolve);
    });
    assert.is(outcome, 'failed');
    assert.not.ok(existsSync(down));
    assert.equal(server.clientsOf('crm'), []);
    await orders.close();
  } finally {
    await room.stop();
  }
});

/** Beside the server, which runs in this process. */
function asked(program: string, args: readonly string[]): Promise<{ stdout: string; status: number | null }> {
  return new Promise((resolve) => {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    let stdout = '';
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.on('close', (status) => resolve({ stdout, status }));
  });
}

test('whether the upsmon of a server is logged in is evidence; an upsd that is gone says nothing about it', async () => {
  const room = new Room();
  const server = await room.start();
  const probe = nutClientProbe({
    ...{ source: 'crm.2', ups: 'crm', host: '127.0.0.1', port: room.port, from: '127.0.0.1', tls: false },
    ...{ everyMs: 500, timeoutMs: 2000 },
  });
  const reports = new Reports();
  try {
    server.supply(supply('up'));
    probe.start(reports.report);
    const absent = await reports.until('down', limitMs);
    assert.match(absent.reason.en, 'upsmon of 127.0.0.1 is not logged into crm@127.0.0.1');
    room.host('word');
    await reports.until('up', limitMs);
    await server.close();
    const gone = await reports.until('unknown', limitMs);
    assert.match(gone.reason.en, 'upsd of crm@127.0.0.1 cannot be asked');
  } finally {
    await probe.stop();
    await room.stop();
  }
});

test.run();
