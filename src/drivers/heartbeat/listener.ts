/**
 * Takes heartbeats that others send: `POST /heartbeat/NAME` (the token as `Authorization: Bearer TOKEN` or `?token=TOKEN`) and
 * UDP datagrams `NAME TOKEN`. Whoever may send is checked before anything else is believed: a forged heartbeat would hide a
 * dead sender. Bodies are not read; everything is bounded. A port that cannot be opened is tried again and told meanwhile.
 */
import { createSocket } from 'node:dgram';
import type { Socket } from 'node:dgram';
import http from 'node:http';
import { isIPv6 } from 'node:net';
import type { HeartbeatSettings } from '../../model/room.ts';
import { text } from '../../model/text.ts';
import type { Expected, HeartbeatWay } from './heartbeat-way.ts';
import { isSameSecret } from './same-secret.ts';
import type { Text } from '../../model/text.ts';

const openAgainMs = 5000;
const connectionsMax = 64;
const headerBytesMax = 4096;
const requestMsMax = 5000;
const datagramBytesMax = 512;
const namePattern = /^[A-Za-z][A-Za-z0-9-]{0,31}$/;

type Verdict = 'taken' | 'refused' | 'unknown';

export class HeartbeatListener implements HeartbeatWay {
  readonly #settings: HeartbeatSettings;
  readonly #expected = new Map<string, Set<Expected>>();
  readonly #faults = new Map<'http' | 'udp', Text>();
  readonly #openSince = new Map<'http' | 'udp', number>();
  readonly #timers = new Set<NodeJS.Timeout>();
  #server: http.Server | undefined;
  #socket: Socket | undefined;
  #isClosed = false;

  constructor(settings: HeartbeatSettings) {
    this.#settings = settings;
  }

  start(): void {
    if (this.#settings.http !== undefined) this.#openHttp(this.#settings.http);
    if (this.#settings.udp !== undefined) this.#openUdp(this.#settings.udp);
  }

  get openForMs(): number {
    const since = [...this.#openSince.values()];
    return since.length === 0 ? 0 : performance.now() - Math.min(...since);
  }

  /** Why nothing can arrive; absent while at least one port is open. */
  get fault(): Text | undefined {
    const ports = [this.#settings.http, this.#settings.udp].filter((port) => port !== undefined).length;
    if (ports === 0) return text('heartbeats 没有写端口', 'the section heartbeats names no port');
    return this.#faults.size < ports ? undefined : [...this.#faults.values()][0];
  }

  /** The function that it returns ends it. */
  expect(name: string, expected: Expected): () => void {
    const all = this.#expected.get(name) ?? new Set();
    this.#expected.set(name, all.add(expected));
    return () => void all.delete(expected);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const timer of this.#timers) clearTimeout(timer);
    this.#socket?.close();
    const server = this.#server;
    if (server === undefined) return;
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }

  #take(name: string, token: string, from: string): Verdict {
    const address = from.replace(/^::ffff:/, '');
    const all = this.#expected.get(name);
    if (all === undefined || all.size === 0) return 'unknown';
    let verdict: Verdict = 'refused';
    for (const expected of all) {
      if (expected.from !== undefined && expected.from !== address)
        expected.refused(text(`来自 ${address}，已拒绝`, `one from ${address} was refused`));
      else if (expected.token !== undefined && !isSameSecret(expected.token, token))
        expected.refused(text(`${address} 的口令不对`, `one from ${address} had a wrong token`));
      else {
        verdict = 'taken';
        expected.came();
      }
    }
    return verdict;
  }

  #openHttp(port: number): void {
    const server = http.createServer(
      {
        maxHeaderSize: headerBytesMax,
        requestTimeout: requestMsMax,
        headersTimeout: requestMsMax,
        keepAliveTimeout: 1000,
        connectionsCheckingInterval: requestMsMax,
      },
      (request, response) => {
        const { pathname, searchParams } = new URL(request.url ?? '/', 'http://linekeeper');
        const name = /^\/heartbeat\/([^/]+)$/.exec(pathname)?.[1] ?? '';
        const bearer = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1];
        const isRight = ['POST', 'PUT', 'GET'].includes(request.method ?? '') && namePattern.test(name);
        const verdict = isRight
          ? this.#take(name, bearer ?? searchParams.get('token') ?? '', request.socket.remoteAddress ?? '')
          : 'unknown';
        response.writeHead({ taken: 204, refused: 403, unknown: 404 }[verdict], { connection: 'close' });
        response.end();
      },
    );
    server.maxConnections = connectionsMax;
    server.on('clientError', (_, socket) => socket.destroy());
    server.on('error', (error) => {
      this.#failed('http', port, error, () => this.#openHttp(port));
    });
    server.listen(port, this.#settings.host, () => this.#opened('http'));
    this.#server = server;
  }

  #openUdp(port: number): void {
    const socket = createSocket(isIPv6(this.#settings.host) ? 'udp6' : 'udp4');
    socket.on('error', (error) => {
      socket.close();
      if (this.#socket === socket) this.#socket = undefined;
      this.#failed('udp', port, error, () => this.#openUdp(port));
    });
    socket.on('message', (datagram, { address }) => {
      if (datagram.length > datagramBytesMax) return;
      const [name = '', token = ''] = datagram.toString('utf8').trim().split(/\s+/);
      if (namePattern.test(name)) this.#take(name, token, address);
    });
    socket.bind(port, this.#settings.host, () => this.#opened('udp'));
    this.#socket = socket;
  }

  #opened(way: 'http' | 'udp'): void {
    this.#faults.delete(way);
    this.#openSince.set(way, performance.now());
  }

  #failed(way: 'http' | 'udp', port: number, error: NodeJS.ErrnoException, again: () => void): void {
    if (this.#isClosed) return;
    const detail = error.code ?? error.message;
    const what = `${way.toUpperCase()} ${this.#settings.host}:${port}`;
    this.#openSince.delete(way);
    this.#faults.set(
      way,
      text(
        `心跳端口 ${what} 打不开：${detail}`,
        `the port for heartbeats ${what} cannot be opened: ${detail}`,
      ),
    );
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      again();
    }, openAgainMs);
    this.#timers.add(timer);
  }
}
