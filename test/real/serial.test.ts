/** Serial links over pseudo-terminals that socat makes: the serialport package with the kernel's own tty behind it. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openLink } from '../../src/drivers/serial/open-link.ts';
import type { ByteLink } from '../../src/ports/byte-link.ts';
import { byteLinkContract } from '../contract/byte-link.ts';
import type { LinkPeer } from '../contract/byte-link.ts';
import { needsPrograms } from '../rig.ts';

needsPrograms('socat');

const folder = mkdtempSync(path.join(tmpdir(), 'serial-'));
let made = 0;

/** A pseudo-terminal whose other end is a local socket of ours. */
class PtyPeer implements LinkPeer {
  readonly path = path.join(folder, `tty${++made}`);
  readonly #socketPath = path.join(folder, `socket${made}`);
  #server: Server | undefined;
  #socket: Socket | undefined;
  #socat: ChildProcess | undefined;
  #received = Buffer.alloc(0);

  async appear(): Promise<void> {
    this.#server ??= await this.#serve();
    this.#socat = spawn('socat', [`PTY,rawer,link=${this.path}`, `UNIX-CONNECT:${this.#socketPath}`], {
      stdio: 'ignore',
    });
    const until = performance.now() + 5000;
    while (!existsSync(this.path)) {
      if (performance.now() > until) throw new Error('socat made no terminal');
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
  async #serve(): Promise<Server> {
    const server = createServer((socket) => {
      this.#socket = socket;
      socket.on('error', () => undefined);
      socket.on('data', (chunk) => (this.#received = Buffer.concat([this.#received, chunk])));
    });
    await new Promise<void>((resolve) => server.listen(this.#socketPath, resolve));
    return server;
  }
  received(): Buffer {
    return this.#received;
  }
  send(bytes: Uint8Array): void {
    this.#socket?.write(bytes);
  }
  async vanish(): Promise<void> {
    const socat = this.#socat;
    this.#socat = undefined;
    if (socat === undefined || socat.exitCode !== null) return;
    socat.kill();
    await once(socat, 'exit');
  }
  stall(): void {
    this.#socket?.pause();
  }
  async close(): Promise<void> {
    await this.vanish();
    this.#socket?.destroy();
    await new Promise((resolve) => this.#server?.close(resolve));
  }
}

const open = (port: string): ByteLink =>
  openLink({ kind: 'serial', path: port, baud: 921_600, parity: 'none' }, 'card-a');

byteLinkContract({
  name: 'serial port',
  make: async () => {
    const peer = new PtyPeer();
    await peer.appear();
    return { peer, link: open(peer.path) };
  },
});

const serial = suite('serial port');

async function firstReason(link: ByteLink): Promise<string> {
  const reason = await new Promise<string>((resolve) => {
    link.start({ up: () => resolve('up'), down: ({ en }) => resolve(en), data: () => undefined });
  });
  await link.close();
  return reason;
}

serial('a port that is not there says so', async () => {
  assert.match(await firstReason(open(path.join(folder, 'nothing'))), /does not exist.*cable/);
});

serial('a port that another program holds says so, and opens when it is free', async () => {
  const peer = new PtyPeer();
  await peer.appear();
  const first = open(peer.path);
  await new Promise<void>((resolve) => {
    first.start({ up: resolve, down: () => undefined, data: () => undefined });
  });
  const second = open(peer.path);
  const happened: string[] = [];
  second.start({ up: () => happened.push('up'), down: ({ en }) => happened.push(en), data: () => undefined });
  const until = performance.now() + 5000;
  while (happened.length === 0 && performance.now() < until)
    await new Promise((resolve) => setTimeout(resolve, 10));
  assert.match(happened[0] ?? '', /in use by another program/);
  await first.close();
  await second.close();
  await peer.close();
});

serial('something that is no serial port is told with its cause', async () => {
  const file = path.join(folder, 'socket-of-nobody');
  const server = createServer().listen(file);
  await once(server, 'listening');
  assert.match(await firstReason(open(file)), /cannot be opened|does not exist/);
  server.close();
});

serial.after(() => {
  rmSync(folder, { recursive: true, force: true });
});

serial.run();
