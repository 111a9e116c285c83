/** An MQTT broker of the demo's own, on loopback: somebody to report to where no centre is. It keeps nothing on disk. */
import { createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { Aedes } from 'aedes';

export class VirtualBroker {
  readonly #sockets = new Set<Socket>();
  #broker: Aedes | undefined;
  #server: Server | undefined;

  /** Resolves with the port; 0 takes any free one. Rejects when the port is taken. */
  async start(port: number): Promise<number> {
    const broker = await Aedes.createBroker();
    const server = createServer((socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
      broker.handle(socket);
    });
    this.#broker = broker;
    this.#server = server;
    return listening(server, port);
  }

  async stop(): Promise<void> {
    const server = this.#server;
    const broker = this.#broker;
    this.#server = undefined;
    this.#broker = undefined;
    for (const socket of this.#sockets) socket.destroy();
    if (server !== undefined) await new Promise((resolve) => server.close(resolve));
    if (broker !== undefined)
      await new Promise<void>((resolve) => {
        broker.close(() => {
          resolve();
        });
      });
  }
}

/** A TCP service that answers a connect and nothing more: the demo's server and network. */
export class VirtualService {
  #server: Server | undefined;

  start(port: number): Promise<number> {
    this.#server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.end();
    });
    return listening(this.#server, port);
  }

  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server !== undefined) await new Promise((resolve) => server.close(resolve));
  }
}

function listening(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}
