/** A switch on a socket that gives its records to who logs in: prompts, options, refusals, losses. */
import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { TelnetLink } from '../../../src/drivers/serial/telnet-link.ts';
import { tcpLink } from '../../../src/drivers/serial/tcp-link.ts';
import { eventually } from '../../room/program.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'lk-telnet-'));
const passwordFile = path.join(folder, 'smdr.key');
let server: Server;
let socket: Socket | undefined;
let received = '';
let connections = 0;
let link: TelnetLink | undefined;
let happened: string[] = [];
let said = '';

test.before.each(() => {
  writeFileSync(passwordFile, 'PCCSMDR\n', { mode: 0o600 });
  chmodSync(passwordFile, 0o600);
  [received, said, connections, happened] = ['', '', 0, []];
});
test.after.each(async () => {
  await link?.close();
  socket?.destroy();
  await new Promise((closed) => server.close(closed));
});
test.after(() => {
  rmSync(folder, { recursive: true });
});

async function aSwitch(
  greeting: string | Uint8Array,
  onLine: (line: string, peer: Socket) => void,
): Promise<void> {
  server = createServer((peer) => {
    socket = peer;
    connections++;
    let line = '';
    peer.on('error', () => undefined);
    peer.on('data', (chunk: Buffer) => {
      received += chunk.toString('latin1');
      for (const sign of chunk.toString('latin1')) {
        if (sign === '\n') {
          onLine(line.replace('\r', ''), peer);
          line = '';
        } else if (sign >= ' ' && sign <= '~') line += sign;
      }
    });
    if (greeting.length > 0) peer.write(greeting);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  link = new TelnetLink({
    link: tcpLink({ name: 'smdr', host: '127.0.0.1', port }),
    user: 'SMDR',
    passwordFile,
    times: { quietMs: 150, loginMs: 5000, againMs: 300, aliveMs: 100 },
  });
  link.start({
    up: () => happened.push('up'),
    down: ({ en }) => happened.push(en),
    data: (chunk) => (said += Buffer.from(chunk).toString()),
  });
}
/** As a KX-NS: a dash, then the question for the password, then the records. */
const panasonic = (line: string, peer: Socket): void => {
  if (line === 'SMDR') peer.write('\r\nEnter Password:');
  if (line === 'PCCSMDR') peer.write('\r\n11/25/26 10:07AM  103 03 0892');
};
const isUp = (): Promise<unknown> => eventually('up', () => happened.includes('up') || undefined);

test('it logs in, and the first bytes of a record that came with the login are not lost', async () => {
  await aSwitch('\r\n-', panasonic);
  await isUp();
  socket?.write('43121\r\n');
  await eventually('the record', () => said.includes('10:07AM  103 03 089243121\r\n') || undefined);
  assert.equal(happened, ['up']);
});

test('options are refused before, during and after the login, and are never part of a record', async () => {
  await aSwitch(Buffer.from([255, 251, 1, 255, 253, 24, 0x2d]), panasonic);
  await isUp();
  assert.ok(received.includes('\xff\xfe\x01') && received.includes('\xff\xfc\x18'));
  socket?.write(Buffer.from([0x41, 255, 253, 3, 0x42]));
  await eventually('the data', () => said.endsWith('AB') || undefined);
});

test('a switch that asks nothing first gets the name after a while', async () => {
  await aSwitch('', panasonic);
  await isUp();
});

test('a switch that wants the password only gets it at once', async () => {
  await aSwitch('Password: ', panasonic);
  await isUp();
  assert.not.ok(received.includes('SMDR\r\nPCC'));
});

test('a refusal is told without the password, and tried again later, not at once', async () => {
  await aSwitch('login: ', (line, peer) => {
    peer.write(line === 'SMDR' ? 'Password: ' : '\r\nLogin incorrect\r\nlogin: ');
  });
  await eventually('the refusal', () => happened.length > 0 || undefined);
  assert.equal(happened, ['the switch does not take the user or the password']);
  assert.is(connections, 1);
  await eventually('the second try', () => connections === 2 || undefined);
  assert.not.ok(happened.some((words) => words.includes('PCCSMDR')));
});

test('a password file that others can read is not used', async () => {
  chmodSync(passwordFile, 0o644);
  await aSwitch('login: ', panasonic);
  await eventually('the reason', () => happened.length > 0 || undefined);
  assert.match(happened[0] ?? '', 'can be read by others (chmod 600)');
  assert.not.ok(received.includes('PCCSMDR'));
});

test('after a loss it logs in again; what is alive is told by a word that means nothing', async () => {
  await aSwitch('\r\n-', panasonic);
  await isUp();
  await eventually('the sign of life', () => received.includes('\xff\xf1') || undefined);
  socket?.destroy();
  await eventually('up again', () => happened.filter((one) => one === 'up').length === 2 || undefined);
  assert.is(connections, 2);
  assert.is(happened[1]?.includes('closed the connection'), true);
});

test('nothing goes out before the login is done', async () => {
  await aSwitch('', () => undefined);
  await eventually('the name', () => received.includes('SMDR') || undefined);
  assert.not(link?.write(Buffer.from('RESET\r')));
  assert.not.ok(received.includes('RESET'));
});

test.run();
