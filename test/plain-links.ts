/** The simplest byte links to a TCP port and a serial port, for tests of what lies above them. */
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { SerialPort } from 'serialport';
import { text } from '../src/model/text.ts';
import type { Text } from '../src/model/text.ts';
import type { ByteLink, ByteLinkHandlers } from '../src/ports/byte-link.ts';

const reopenAfterMs = 100;

interface Connection {
  write(bytes: Uint8Array): void;
  end(): void;
}
type Open = (handlers: ByteLinkHandlers) => Connection;

/** Opens again for ever; `open` gives one connection. */
class PlainLink implements ByteLink {
  readonly name: string;
  readonly #open: Open;
  #connection: Connection | undefined;
  #handlers: ByteLinkHandlers | undefined;
  #isUp = false;
  #isClosed = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(name: string, open: Open) {
    this.name = name;
    this.#open = open;
  }

  start(handlers: ByteLinkHandlers): void {
    this.#handlers = handlers;
    this.#connect();
  }

  write(bytes: Uint8Array): boolean {
    if (!this.#isUp) return false;
    this.#connection?.write(bytes);
    return true;
  }

  drop(reason: Text): void {
    this.#lose(reason);
  }

  close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#isUp = false;
    this.#connection?.end();
    return Promise.resolve();
  }

  #connect(): void {
    if (this.#isClosed) return;
    const connection = this.#open({
      up: () => {
        this.#isUp = true;
        this.#handlers?.up();
      },
      down: (reason) => {
        if (this.#connection === connection) this.#lose(reason);
      },
      data: (chunk) => {
        if (this.#connection === connection) this.#handlers?.data(chunk);
      },
    });
    this.#connection = connection;
  }

  #lose(reason: Text): void {
    const connection = this.#connection;
    this.#connection = undefined;
    connection?.end();
    if (this.#isUp) this.#handlers?.down(reason);
    this.#isUp = false;
    if (this.#isClosed) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#connect(), reopenAfterMs);
  }
}

export const plainTcpLink = (port: number): ByteLink =>
  new PlainLink(`tcp ${port}`, (on) => {
    const socket: Socket = connect({ host: '127.0.0.1', port });
    socket.on('connect', () => on.up());
    socket.on('data', (chunk) => on.data(chunk));
    socket.on('error', () => socket.destroy());
    socket.on('close', () => on.down(text('断开', 'closed')));
    return { write: (bytes) => socket.write(bytes), end: () => socket.destroy() };
  });

export const plainSerialLink = (path: string): ByteLink =>
  new PlainLink(path, (on) => {
    const port = new SerialPort({ path, baudRate: 9600, autoOpen: false });
    port.on('data', (chunk: Buffer) => on.data(chunk));
    port.on('close', () => on.down(text('断开', 'closed')));
    port.on('error', () => on.down(text('出错', 'failed')));
    port.open((error) => {
      if (error === null) on.up();
      else on.down(text('无法打开', error.message));
    });
    return {
      write: (bytes) => port.write(bytes),
      end: () => {
        if (port.isOpen) port.close(() => undefined);
      },
    };
  });
