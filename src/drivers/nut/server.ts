/**
 * A small upsd (docs/net-protocol.txt of networkupstools/nut, RFC 9271), so that upsmon on any server follows the power-cut plan. Each host
 * has a UPS of its own, all with what feeds the room; the one whose host shall go down says FSD. Reads need no login, as with upsd;
 * who logs in is compared in constant time. Nothing can be set: no FSD, no command, no primary. Lines, clients and waits are bounded.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { TLSSocket, createSecureContext } from 'node:tls';
import type { SecureContext } from 'node:tls';
import { nutQuoted, nutWords } from '../../format/nut.ts';
import type { NutServerSettings, NutWay } from '../../model/host.ts';
import type { Supply } from '../../model/power-cut.ts';
import { text } from '../../model/text.ts';
import type { Text } from '../../model/text.ts';
import { readSecret } from '../secret-file.ts';

const clientsMax = 64;
export const lineCharsMax = 512;
const linesWaitingMax = 64;
/** upsmon asks every 5 s: one that does not is gone, whatever its connection says. */
const idleMsMax = 90_000;
/** The guard tells the supply each second. */
const staleMs = 20_000;
const openAgainMs = 5000;
const commands = [
  'HELP',
  'VER',
  'NETVER',
  'GET',
  'LIST',
  'USERNAME',
  'PASSWORD',
  'LOGIN',
  'LOGOUT',
  'STARTTLS',
];

interface Client {
  readonly address: string;
  user?: string;
  password?: string;
  /** UPS that it has logged into. */
  login?: string;
}

export interface NutServerOptions {
  readonly settings: NutServerSettings;
  readonly hosts: readonly NutWay[];
  /** Names the room to whoever looks. */
  readonly description: string;
  readonly version: string;
}

export class NutServer {
  readonly #options: NutServerOptions;
  readonly #hosts: ReadonlyMap<string, NutWay>;
  readonly #clients = new Map<Client, Socket>();
  readonly #forced = new Set<string>();
  #supply: { readonly supply: Supply; readonly at: number } | undefined;
  #server: Server | undefined;
  #again: NodeJS.Timeout | undefined;
  #fault: Text | undefined = text('尚未监听', 'not listening yet');
  #secure: SecureContext | undefined;
  #isClosed = false;

  constructor(options: NutServerOptions) {
    this.#options = options;
    this.#hosts = new Map(options.hosts.map((host) => [host.ups, host]));
  }

  start(): void {
    void this.#open();
  }

  /** Why nobody can log in at present. */
  get fault(): Text | undefined {
    return this.#fault;
  }

  supply(supply: Supply): void {
    this.#supply = { supply, at: performance.now() };
  }

  /** The host of this UPS shall go down; `false` when the order is over, or it would go down again after its next start. */
  force(ups: string, isForced: boolean): void {
    if (isForced) this.#forced.add(ups);
    else this.#forced.delete(ups);
  }

  /** Addresses of those that are logged into this UPS. */
  clientsOf(ups: string): readonly string[] {
    return [...this.#clients.keys()].flatMap(({ login, address }) => (login === ups ? [address] : []));
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#again);
    for (const socket of this.#clients.values()) socket.destroy();
    const server = this.#server;
    if (server?.listening === true) await new Promise((resolve) => server.close(resolve));
  }

  async #open(): Promise<void> {
    const { host, port, tls } = this.#options.settings;
    try {
      if (tls !== undefined) {
        const [cert, key] = await Promise.all([readFile(tls.certificateFile), readFile(tls.keyFile)]);
        this.#secure = createSecureContext({ cert, key });
      }
    } catch (error) {
      this.#failed(error instanceof Error ? error.message : String(error));
      return;
    }
    if (this.#isClosed) return;
    const server = createServer((socket) => this.#welcome(socket));
    server.maxConnections = clientsMax;
    server.on('error', (error: NodeJS.ErrnoException) => this.#failed(error.code ?? error.message));
    server.listen(port, host, () => {
      this.#fault = undefined;
      if (this.#isClosed) server.close();
    });
    this.#server = server;
  }

  #failed(detail: string): void {
    const { host, port } = this.#options.settings;
    this.#fault = text(
      `NUT 端口 ${host}:${port} 打不开：${detail}`,
      `the NUT port ${host}:${port} cannot be opened: ${detail}`,
    );
    if (!this.#isClosed) this.#again = setTimeout(() => void this.#open(), openAgainMs);
  }

  #welcome(socket: Socket): void {
    const client: Client = { address: (socket.remoteAddress ?? '').replace(/^::ffff:/, '') };
    this.#listen(client, socket);
  }

  #listen(client: Client, socket: Socket): void {
    this.#clients.set(client, socket);
    let received = '';
    const waiting: string[] = [];
    let isBusy = false;
    socket.setEncoding('utf8');
    socket.setTimeout(idleMsMax, () => socket.destroy());
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      if (this.#clients.get(client) === socket) this.#clients.delete(client);
    });
    const work = async (): Promise<void> => {
      if (isBusy) return;
      isBusy = true;
      for (let line = waiting.shift(); line !== undefined; line = waiting.shift()) {
        const words = nutWords(line.replace(/\r$/, ''));
        if (words?.[0]?.toUpperCase() === 'STARTTLS' && this.#encrypt(client, socket, waiting, received))
          return;
        const answer = words === undefined ? 'ERR INVALID-ARGUMENT' : await this.#answer(client, words);
        if (socket.destroyed) return;
        // Who does not read what it asked for is not waited for.
        if (!socket.write(`${answer}\n`) && socket.writableLength > 256 * 1024) socket.destroy();
        if (answer.startsWith('OK Goodbye') || answer === 'ERR ACCESS-DENIED') socket.destroySoon();
      }
      isBusy = false;
    };
    socket.on('data', (chunk: string) => {
      const lines = (received + chunk).split('\n');
      received = lines.pop() ?? '';
      waiting.push(...lines);
      if (
        received.length > lineCharsMax ||
        waiting.length > linesWaitingMax ||
        lines.some(({ length }) => length > lineCharsMax)
      )
        socket.destroy();
      else void work();
    });
  }

  /** What came behind the word was not encrypted: somebody else may have put it there. */
  #encrypt(client: Client, socket: Socket, waiting: readonly string[], received: string): boolean {
    if (this.#secure === undefined || socket instanceof TLSSocket) return false;
    if (waiting.length > 0 || received !== '') {
      socket.destroy();
      return true;
    }
    socket.removeAllListeners('data');
    socket.removeAllListeners('timeout');
    socket.setTimeout(0);
    socket.write('OK STARTTLS\n', () => {
      if (!socket.destroyed)
        this.#listen(client, new TLSSocket(socket, { isServer: true, secureContext: this.#secure }));
    });
    return true;
  }

  async #answer(client: Client, words: readonly string[]): Promise<string> {
    const [first = '', ...rest] = words;
    const { version } = this.#options;
    switch (first.toUpperCase()) {
      case 'VER':
        return `linekeeper ${version} upsd`;
      case 'NETVER':
      case 'PROTVER':
        return '1.3';
      case 'HELP':
        return `Commands: ${commands.join(' ')}`;
      case 'USERNAME':
        return this.#name(client, 'user', rest);
      case 'PASSWORD':
        return this.#name(client, 'password', rest);
      case 'LOGIN':
        return this.#login(client, rest);
      case 'LOGOUT':
        return 'OK Goodbye';
      case 'LIST':
        return this.#list(rest);
      case 'GET':
        return this.#get(rest);
      case 'STARTTLS':
        return 'ERR FEATURE-NOT-CONFIGURED';
      case 'PRIMARY':
      case 'MASTER':
      case 'FSD':
      case 'SET':
      case 'INSTCMD':
        return 'ERR ACCESS-DENIED';
      default:
        return 'ERR UNKNOWN-COMMAND';
    }
  }

  #name(client: Client, what: 'user' | 'password', [word, ...more]: readonly string[]): string {
    if (word === undefined || more.length > 0) return 'ERR INVALID-ARGUMENT';
    if (client[what] !== undefined) return `ERR ALREADY-SET-${what === 'user' ? 'USERNAME' : 'PASSWORD'}`;
    client[what] = word;
    return 'OK';
  }

  async #login(client: Client, [ups, ...more]: readonly string[]): Promise<string> {
    if (ups === undefined || more.length > 0) return 'ERR INVALID-ARGUMENT';
    if (client.login !== undefined) return 'ERR ALREADY-LOGGED-IN';
    if (client.user === undefined) return 'ERR USERNAME-REQUIRED';
    if (client.password === undefined) return 'ERR PASSWORD-REQUIRED';
    const host = this.#hosts.get(ups);
    if (host === undefined) return 'ERR UNKNOWN-UPS';
    const wanted = await readSecret(host.passwordFile);
    // Both are compared, so that the time tells nothing of either.
    const isUser = isSame(host.user, client.user);
    const isPassword = isSame(wanted.ok ? wanted.secret : '', client.password);
    if (!wanted.ok || !isUser || !isPassword) return 'ERR ACCESS-DENIED';
    client.login = ups;
    return 'OK';
  }

  #list([what = '', ups = '', variable = '']: readonly string[]): string {
    const name = what.toUpperCase();
    if (name === 'UPS')
      return listed(
        'UPS',
        [...this.#hosts.keys()].map((one) => `UPS ${one} ${nutQuoted(this.#options.description)}`),
      );
    if (!this.#hosts.has(ups)) return 'ERR UNKNOWN-UPS';
    switch (name) {
      case 'VAR': {
        const variables = this.#variables(ups);
        if (variables === undefined) return 'ERR DATA-STALE';
        return listed(
          `VAR ${ups}`,
          [...variables].map(([key, value]) => `VAR ${ups} ${key} ${nutQuoted(value)}`),
        );
      }
      case 'CLIENT':
        return listed(
          `CLIENT ${ups}`,
          this.clientsOf(ups).map((address) => `CLIENT ${ups} ${address}`),
        );
      case 'RW':
      case 'CMD':
        return listed(`${name} ${ups}`, []);
      case 'ENUM':
      case 'RANGE':
        return listed(`${name} ${ups} ${variable}`, []);
      default:
        return 'ERR INVALID-ARGUMENT';
    }
  }

  #get([what = '', ups = '', variable = '']: readonly string[]): string {
    if (!this.#hosts.has(ups)) return 'ERR UNKNOWN-UPS';
    switch (what.toUpperCase()) {
      case 'NUMLOGINS':
        return `NUMLOGINS ${ups} ${this.clientsOf(ups).length}`;
      case 'UPSDESC':
        return `UPSDESC ${ups} ${nutQuoted(this.#options.description)}`;
      case 'VAR':
      case 'TYPE':
      case 'DESC': {
        const variables = this.#variables(ups);
        if (variables === undefined) return 'ERR DATA-STALE';
        const value = variables.get(variable);
        if (value === undefined) return 'ERR VAR-NOT-SUPPORTED';
        if (what.toUpperCase() === 'VAR') return `VAR ${ups} ${variable} ${nutQuoted(value)}`;
        return what.toUpperCase() === 'TYPE'
          ? `TYPE ${ups} ${variable} ${/^\d+$/.test(value) ? 'NUMBER' : 'STRING:64'}`
          : `DESC ${ups} ${variable} ${nutQuoted('Description unavailable')}`;
      }
      default:
        return 'ERR INVALID-ARGUMENT';
    }
  }

  /** Absent: nobody can tell at present. A client that saw it on battery last will then shut down after its DEADTIME. */
  #variables(ups: string): ReadonlyMap<string, string> | undefined {
    const isForced = this.#forced.has(ups);
    const told = this.#supply;
    const isKnown =
      told !== undefined && performance.now() - told.at < staleMs && told.supply.mains !== 'unknown';
    if (!isForced && !isKnown) return undefined;
    const supply = told?.supply;
    const isOnBattery = isForced || supply?.mains === 'failed';
    const status = [
      ...(isForced ? ['FSD'] : []),
      ...(isOnBattery ? ['OB', 'DISCHRG'] : ['OL']),
      ...(isForced || (isOnBattery && supply?.isLow === true) ? ['LB'] : []),
    ];
    const { runtimeS, batteryPercent } = supply ?? {};
    return new Map([
      ['device.type', 'ups'],
      ['device.model', this.#options.description],
      ['driver.name', 'linekeeper'],
      ['driver.version', this.#options.version],
      ['ups.mfr', 'linekeeper'],
      ['ups.status', status.join(' ')],
      ...(batteryPercent === undefined
        ? []
        : [['battery.charge', String(Math.round(batteryPercent))] as const]),
      ...(runtimeS === undefined ? [] : [['battery.runtime', String(Math.round(runtimeS))] as const]),
    ]);
  }
}

const listed = (what: string, rows: readonly string[]): string =>
  [`BEGIN LIST ${what}`, ...rows, `END LIST ${what}`].join('\n');

/** In constant time, whatever the lengths. */
function isSame(wanted: string, given: string): boolean {
  const digest = (words: string): Buffer => createHash('sha256').update(words).digest();
  return timingSafeEqual(digest(wanted), digest(given));
}
