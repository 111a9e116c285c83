/** sd_notify datagrams, received by a real AF_UNIX datagram socket of another process. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openServiceNotifier } from '../../src/drivers/notify/service-notifier.ts';
import { LinekeeperError } from '../../src/model/error.ts';
import { needsPrograms } from '../rig.ts';

needsPrograms('python3');

const folder = mkdtempSync(path.join(tmpdir(), 'notify-'));
test.after(() => rmSync(folder, { recursive: true }));

/** Prints each datagram with the PID of its sender, as systemd sees it. */
const receiver = `
import socket, struct, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
name = sys.argv[1]
s.bind("\\0" + name[1:] if name[0] == "@" else name)
print("listening", flush=True)
while True:
    data, control, _, _ = s.recvmsg(4096, 64)
    print(struct.unpack("iII", control[0][2])[0], data.decode(), flush=True)
`;

for (const socketPath of [path.join(folder, 'notify.sock'), `@linekeeper-test-${process.pid}`])
  test(`${socketPath.startsWith('@') ? 'an abstract name' : 'a path'}: every word arrives, sent by this process itself`, async () => {
    const child = spawn('python3', ['-c', receiver, socketPath], { stdio: ['ignore', 'pipe', 'inherit'] });
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const next = async (): Promise<string> => String((await lines.next()).value);
    try {
      assert.is(await next(), 'listening');
      const notifier = await openServiceNotifier(socketPath);
      assert.ok(notifier.isActive);
      notifier.ready();
      assert.ok(notifier.alive());
      notifier.status('8 lines\nall well');
      notifier.stopping();
      notifier.close();
      assert.not(notifier.alive());
      const words = ['STATUS=starting', 'READY=1', 'WATCHDOG=1', 'STATUS=8 lines all well', 'STOPPING=1'];
      for (const word of words) assert.is(await next(), `${process.pid} ${word}`);
    } finally {
      child.kill();
    }
  });

for (const [why, socketPath] of [
  ['nobody listens', path.join(folder, 'nobody')],
  ['the name is too long', `/${'x'.repeat(200)}`],
  ['it is no AF_UNIX name', 'vsock:2:1234'],
] as const)
  test(`NOTIFY_SOCKET is set but ${why}: the program must end at once, with the code`, async () => {
    try {
      await openServiceNotifier(socketPath);
      assert.unreachable();
    } catch (error) {
      assert.ok(error instanceof LinekeeperError);
      assert.is(error.code, 'LK-NOTIFY-001');
      assert.match(error.message, socketPath);
    }
  });

test('not started by systemd: everything is silently fine', async () => {
  const notifier = await openServiceNotifier(undefined);
  assert.not(notifier.isActive);
  notifier.ready();
  assert.ok(notifier.alive());
  notifier.close();
});

test('a receiver that went away is told by alive, and nothing throws', async () => {
  const socketPath = path.join(folder, 'gone.sock');
  const child = spawn('python3', ['-c', receiver, socketPath], { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  await lines.next();
  const notifier = await openServiceNotifier(socketPath).finally(() => child.kill('SIGKILL'));
  await new Promise((resolve) => child.once('exit', resolve));
  assert.not(notifier.alive());
  notifier.close();
});

test.run();
