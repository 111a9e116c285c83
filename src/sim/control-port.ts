/** The control port of a virtual card: TCP on loopback, one order a line, one answer a line (`orders.ts`). */
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';

const orderBytesMax = 1024;

export interface ControlPort {
  readonly port: number;
  close(): Promise<void>;
}

export function controlPort(port: number, obey: (order: string) => string): Promise<ControlPort> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
    let waiting = '';
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => {
      waiting += chunk;
      const lines = waiting.split('\n');
      waiting = lines.pop() ?? '';
      for (const line of lines) if (line.trim() !== '') socket.write(`${obey(line)}\n`);
      if (waiting.length > orderBytesMax) socket.destroy();
    });
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      resolve({
        port: (server.address() as AddressInfo).port,
        close: async () => {
          for (const socket of sockets) socket.destroy();
          await new Promise((closed) => server.close(closed));
        },
      });
    });
  });
}
