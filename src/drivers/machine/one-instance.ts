/**
 * One program for one data folder. Two guards would command the same relays against each other. The lock is an abstract local
 * socket: the kernel takes it back with the process, however that ends, so that no restart ever finds a lock of the dead.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, realpathSync } from 'node:fs';
import { createServer } from 'node:net';

/** False where another process holds the folder. What cannot be decided is no reason not to run. */
export function holdFolder(folder: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer((socket) => socket.destroy());
    server.on('error', (error) => {
      resolve(!('code' in error && error.code === 'EADDRINUSE'));
    });
    server.listen({ path: `\0linekeeper-${nameOf(folder)}` }, () => {
      resolve(true);
    });
    server.unref();
  });
}

function nameOf(folder: string): string {
  let real = folder;
  try {
    mkdirSync(folder, { recursive: true });
    real = realpathSync(folder);
  } catch {
    // A folder that cannot be made has its own alarm.
  }
  return createHash('sha256').update(real).digest('hex').slice(0, 32);
}
