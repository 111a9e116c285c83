/**
 * A byte link that waits for its peer: some switches connect to us to deliver their call records. Only the configured
 * address is let in. Its newest connection counts: a switch that was restarted connects anew while the old one still hangs.
 */
import { createServer, isIPv6 } from 'node:net';
import type { Server, Socket } from 'node:net';
import type { ByteLink, ByteLinkHandlers } from '../../ports/byte-link.ts';
import { text } from '../../model/text.ts';
import type { Text } from '../../model/text.ts';

const listenAgainMs = 2000;
/** A switch that is there calls within this; who waits longer is told. */
const patienceMs = 3000;
const keepAliveAfterMs = 5000;
const maxQueuedBytes = 184_320;

export interface ListenLinkOptions {
  readonly name: string;
  /** Absent: every address of this machine. */
  readonly host?: string;
  readonly port: number;
  readonly from: string;
}

export class ListenLink implements ByteLink {
  readonly name: string;
  readonly #options: ListenLinkOptions;
  #handlers: ByteLinkHandlers | undefined;
  #server: Server | undefined;
  #socket: Socket | undefined;
  #timer: NodeJS.Timeout | undefined;
  #lastReason = '';
  #isClosed = false;

  constructor(options: ListenLinkOptions) {
    this.name = options.name;
    this.#options = options;
  }

  start(handlers: ByteLinkHandlers): void {
    this.#handlers = handlers;
    this.#listen();
  }

  write(bytes: Uint8Array): boolean {
    const socket = this.#socket;
    if (socket === undefined || socket.writableLength + bytes.length > maxQueuedBytes) return false;
    socket.write(bytes);
    return true;
  }

  drop(reason: Text): void {
    const socket = this.#socket;
    if (socket === undefined) return;
    this.#lose(socket, reason);
    socket.destroy();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    const [socket, server] = [this.#socket, this.#server];
    this.#socket = undefined;
    this.#server = undefined;
    socket?.destroy();
    await new Promise<void>((resolve) => {
      if (server?.listening !== true) resolve();
      else server.close(() => resolve());
    });
  }

  #listen(): void {
    const { host, port, from } = this.#options;
    const server = createServer({ keepAlive: true, keepAliveInitialDelay: keepAliveAfterMs }, (socket) => {
      this.#accept(socket);
    });
    this.#server = server;
    server.once('error', (error: NodeJS.ErrnoException) => {
      this.#tellDown(cannotListen(port, error));
      if (!this.#isClosed) this.#timer = setTimeout(() => this.#listen(), listenAgainMs);
    });
    server.listen({ port, ...(host === undefined ? {} : { host }), backlog: 4 }, () => {
      this.#timer = setTimeout(() => {
        if (this.#socket === undefined)
          this.#tellDown(
            text(`端口 ${port}：等待 ${from} 来连接`, `port ${port}: waiting for ${from} to connect`),
          );
      }, patienceMs);
    });
  }

  #accept(socket: Socket): void {
    socket.on('error', () => undefined);
    if (this.#isClosed || !isSameAddress(socket.remoteAddress ?? '', this.#options.from)) {
      socket.destroy();
      return;
    }
    const before = this.#socket;
    if (before !== undefined) {
      this.#lose(before, text(`${this.#options.from} 重新连接`, `${this.#options.from} connected anew`));
      before.destroy();
    }
    clearTimeout(this.#timer);
    this.#socket = socket;
    this.#lastReason = '';
    socket.on('data', (chunk) => {
      if (this.#socket === socket) this.#handlers?.data(chunk);
    });
    socket.on('end', () => socket.destroy());
    socket.on('close', () => {
      this.#lose(
        socket,
        text(`${this.#options.from} 断开了连接`, `${this.#options.from} closed the connection`),
      );
    });
    this.#handlers?.up();
  }

  #lose(socket: Socket, reason: Text): void {
    if (this.#socket !== socket) return;
    this.#socket = undefined;
    this.#tellDown(reason);
  }

  #tellDown(reason: Text): void {
    if (this.#isClosed || reason.en === this.#lastReason) return;
    this.#lastReason = reason.en;
    this.#handlers?.down(reason);
  }
}

/** An IPv4 peer on a socket of both kinds shows as `::ffff:10.0.0.2`. */
const isSameAddress = (seen: string, wanted: string): boolean =>
  isIPv6(wanted) ? seen.toLowerCase() === wanted.toLowerCase() : seen.replace(/^::ffff:/i, '') === wanted;

function cannotListen(port: number, error: NodeJS.ErrnoException): Text {
  switch (error.code) {
    case 'EADDRINUSE':
      return text(`端口 ${port} 已被其他程序占用`, `port ${port} is in use by another program`);
    case 'EACCES':
      return text(`没有权限监听端口 ${port}`, `no right to listen on port ${port}`);
    default:
      return text(
        `无法监听端口 ${port}：${error.code ?? ''}`,
        `cannot listen on port ${port}: ${error.message}`,
      );
  }
}
