import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ListenLink } from '../../../src/drivers/serial/listen-link.ts';
import { openLink } from '../../../src/drivers/serial/open-link.ts';
import { byteLinkContract } from '../../contract/byte-link.ts';
import type { LinkPeer } from '../../contract/byte-link.ts';
import { eventually, freePort } from '../../room/program.ts';

/** A switch that connects, and connects again whenever it is cut off. */
class CallingPeer implements LinkPeer {
  readonly #port: number;
  readonly #from: string;
  #socket: Socket | undefined;
  #received = Buffer.alloc(0);
  #isAway = false;
  connections = 0;

  constructor(port: number, from = '127.0.0.1') {
    this.#port = port;
    this.#from = from;
    this.#call();
  }
  #call(): void {
    if (this.#isAway) return;
    const socket = connect({ port: this.#port, host: '127.0.0.1', localAddress: this.#from });
    this.#socket = socket;
    socket.on('connect', () => this.connections++);
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => (this.#received = Buffer.concat([this.#received, chunk])));
    socket.on('close', () => setTimeout(() => this.#call(), 20).unref());
  }
  received(): Buffer {
    return this.#received;
  }
  send(bytes: Uint8Array): void {
    this.#socket?.write(bytes);
  }
  vanish(): Promise<void> {
    this.#isAway = true;
    this.#socket?.destroy();
    return Promise.resolve();
  }
  appear(): Promise<void> {
    this.#isAway = false;
    this.#call();
    return Promise.resolve();
  }
  stall(): void {
    this.#socket?.pause();
  }
  close(): Promise<void> {
    return this.vanish();
  }
}

byteLinkContract({
  name: 'TCP, the peer calls',
  make: async () => {
    const port = await freePort();
    const link = openLink({ kind: 'tcp-listen', host: '127.0.0.1', port, from: '127.0.0.1' }, 'smdr');
    return { link, peer: new CallingPeer(port) };
  },
});

const test = suite('listen link');

const tryConnect = (port: number): Promise<Socket | undefined> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(socket));
    socket.on('error', () => resolve(undefined));
  });

test('only the configured address is let in; a stranger is cut off and gives nothing', async () => {
  const port = await freePort();
  const link = new ListenLink({ name: 'smdr', port, from: '127.0.0.9' });
  const happened: string[] = [];
  link.start({
    up: () => happened.push('up'),
    down: ({ en }) => happened.push(en),
    data: (chunk) => happened.push(Buffer.from(chunk).toString()),
  });
  await eventually('listening', () => happened.length > 0 || undefined);
  assert.equal(happened, [`port ${port}: waiting for 127.0.0.9 to connect`]);
  const stranger = new CallingPeer(port);
  await eventually('the stranger was cut off twice', () => stranger.connections >= 2 || undefined);
  stranger.send(Buffer.from('false record\r\n'));
  await stranger.close();
  assert.is(happened.length, 1);
  const peer = new CallingPeer(port, '127.0.0.9');
  await eventually('up', () => happened.includes('up') || undefined);
  peer.send(Buffer.from('record'));
  await eventually('the record', () => happened.includes('record') || undefined);
  await peer.close();
  await link.close();
});

test('the newest connection counts: a switch that was restarted is heard although its old connection hangs', async () => {
  const port = await freePort();
  const link = new ListenLink({ name: 'smdr', host: '127.0.0.1', port, from: '127.0.0.1' });
  const happened: string[] = [];
  link.start({
    up: () => happened.push('up'),
    down: () => happened.push('down'),
    data: (chunk) => happened.push(Buffer.from(chunk).toString()),
  });
  const before = await eventually('listening', () => tryConnect(port));
  before.on('error', () => undefined);
  await eventually('up', () => happened.includes('up') || undefined);
  const anew = connect(port, '127.0.0.1');
  await eventually('up again', () => happened.filter((one) => one === 'up').length === 2 || undefined);
  anew.write('fresh');
  await eventually('what it says', () => happened.includes('fresh') || undefined);
  assert.equal(happened, ['up', 'down', 'up', 'fresh']);
  before.destroy();
  anew.destroy();
  await link.close();
});

test('a port that somebody else has is told in words, and taken when it is free', async () => {
  const port = await freePort();
  const [first, second] = [1, 2].map(
    () => new ListenLink({ name: 'smdr', host: '127.0.0.1', port, from: '127.0.0.1' }),
  );
  const reasons: string[] = [];
  const none = { up: () => undefined, data: () => undefined };
  let isListening = false;
  first?.start({ ...none, down: () => (isListening = true) });
  await eventually('the first listens', () => isListening || undefined);
  second?.start({ ...none, down: ({ en }) => reasons.push(en) });
  await eventually('the reason', () => reasons.length > 0 || undefined);
  assert.equal(reasons, [`port ${port} is in use by another program`]);
  await first?.close();
  await eventually('the port', () => reasons.length > 1 || undefined);
  assert.is(reasons[1], `port ${port}: waiting for 127.0.0.1 to connect`);
  await second?.close();
});

test.run();
