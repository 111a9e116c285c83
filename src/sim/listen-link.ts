/**
 * The card's end of a TCP link: listens on loopback (or where told) and serves one host at a time, the newest one, as
 * PROTOCOL.md asks.
 */
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import type { ByteLink, ByteLinkHandlers } from '../ports/byte-link.ts';
import { text } from '../model/text.ts';
import type { Text } from '../model/text.ts';

const queuedBytesMax = 262_144;

export interface ListeningLink extends ByteLink {
  /** Resolves with the port once it listens; rejects when it cannot. */
  readonly listening: Promise<number>;
}

export function listenLink(port: number, host = '127.0.0.1'): ListeningLink {
  let handlers: ByteLinkHandlers | undefined;
  let socket: Socket | undefined;
  const lose = (reason: Text): void => {
    const lost = socket;
    socket = undefined;
    lost?.destroy();
    if (lost !== undefined) handlers?.down(reason);
  };
  const server = createServer({ noDelay: true, keepAlive: true }, (arrived) => {
    lose(text('新的主机已连接', 'another host has connected'));
    socket = arrived;
    arrived.on('data', (chunk) => {
      if (socket === arrived) handlers?.data(chunk);
    });
    arrived.on('error', () => undefined);
    arrived.on('close', () => {
      if (socket === arrived) lose(text('主机断开了连接', 'the host closed the connection'));
    });
    handlers?.up();
  });
  const listening = new Promise<number>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      resolve((server.address() as AddressInfo).port);
    });
  });
  return {
    name: `listen:${host}:${port}`,
    listening,
    start: (given) => {
      handlers = given;
      if (socket !== undefined) given.up();
    },
    write: (bytes) => {
      if (socket === undefined || socket.writableLength > queuedBytesMax) return false;
      socket.write(bytes);
      return true;
    },
    drop: lose,
    close: async () => {
      handlers = undefined;
      lose(text('已关闭', 'closed'));
      await new Promise((closed) => server.close(closed));
    },
  };
}
