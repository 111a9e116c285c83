import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openLink } from '../../../src/drivers/serial/open-link.ts';
import { tcpLink } from '../../../src/drivers/serial/tcp-link.ts';
import { memoryLinkPair } from '../../../src/sim/memory-link.ts';
import { byteLinkContract } from '../../contract/byte-link.ts';
import type { LinkPeer } from '../../contract/byte-link.ts';

class TcpPeer implements LinkPeer {
  #server: Server | undefined;
  #socket: Socket | undefined;
  #received = Buffer.alloc(0);
  #port = 0;

  async listen(): Promise<number> {
    const server = createServer((socket) => {
      this.#socket = socket;
      socket.on('error', () => undefined);
      socket.on('data', (chunk) => (this.#received = Buffer.concat([this.#received, chunk])));
    });
    this.#server = server;
    await new Promise<void>((resolve) => server.listen(this.#port, '127.0.0.1', resolve));
    this.#port = (server.address() as AddressInfo).port;
    return this.#port;
  }
  received(): Buffer {
    return this.#received;
  }
  send(bytes: Uint8Array): void {
    this.#socket?.write(bytes);
  }
  async vanish(): Promise<void> {
    const closed = new Promise((resolve) => this.#server?.close(resolve));
    this.#socket?.destroy();
    await closed;
  }
  async appear(): Promise<void> {
    await this.listen();
  }
  stall(): void {
    this.#socket?.pause();
  }
  async close(): Promise<void> {
    this.#socket?.destroy();
    if (this.#server?.listening === true) await new Promise((resolve) => this.#server?.close(resolve));
  }
}

byteLinkContract({
  name: 'TCP',
  make: async () => {
    const peer = new TcpPeer();
    const port = await peer.listen();
    return { peer, link: openLink({ kind: 'tcp', host: '127.0.0.1', port }, 'card-a') };
  },
});

byteLinkContract({
  name: 'memory',
  make: () => {
    let stalled = false;
    const pair = memoryLinkPair((run) => {
      if (!stalled) queueMicrotask(run);
    });
    let received = Buffer.alloc(0);
    pair.card.start({
      up: () => undefined,
      down: () => undefined,
      data: (chunk) => (received = Buffer.concat([received, chunk])),
    });
    const peer: LinkPeer = {
      received: () => received,
      send: (bytes) => void pair.card.write(bytes),
      vanish: () => {
        pair.cut();
        return Promise.resolve();
      },
      appear: () => {
        pair.join();
        return Promise.resolve();
      },
      stall: () => (stalled = true),
      close: () => pair.card.close(),
    };
    return Promise.resolve({ link: pair.host, peer });
  },
});

const tcp = suite('TCP link');

tcp(
  'a port that nobody listens on is told once, in words, and tried again with longer and longer pauses',
  async () => {
    const peer = new TcpPeer();
    const port = await peer.listen();
    await peer.close();
    const link = tcpLink({ name: 'card-a', host: '127.0.0.1', port });
    const reasons: string[] = [];
    let ups = 0;
    link.start({ up: () => ups++, down: ({ en }) => reasons.push(en), data: () => undefined });
    await new Promise((resolve) => setTimeout(resolve, 1500));
    assert.equal(reasons, [`127.0.0.1:${port} refused the connection`]);
    await peer.listen();
    const end = performance.now() + 10_000;
    while (ups === 0 && performance.now() < end) await new Promise((resolve) => setTimeout(resolve, 20));
    assert.is(ups, 1);
    await link.close();
    await peer.close();
  },
);

tcp.run();
