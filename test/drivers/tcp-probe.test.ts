import { createServer } from 'node:net';
import type { Server } from 'node:net';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { tcpProbe } from '../../src/drivers/tcp/connect-probe.ts';
import { Reports, probeContract } from '../contract/probe.ts';

const listen = (port: number): Promise<{ server: Server; port: number }> =>
  new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.on('error', () => socket.destroy()));
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      if (address === null || typeof address === 'string') reject(new Error('no port'));
      else resolve({ server, port: address.port });
    });
  });
const close = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
  });

probeContract('TCP connect', {
  open: async () => {
    let { server, port } = await listen(0);
    return {
      probe: tcpProbe({ source: 'crm.1', host: '127.0.0.1', port, everyMs: 200, timeoutMs: 300 }),
      everyMs: 200,
      waitMs: 300,
      silence: 'down',
      setAlive: async (alive) => {
        if (alive) ({ server, port } = await listen(port));
        else await close(server);
      },
      close: () => close(server),
    };
  },
  openBroken: () =>
    tcpProbe({ source: 'crm.1', host: 'no-such-host.invalid', port: 1, everyMs: 100, timeoutMs: 5000 }),
});

test('a refused connection names the service, not the network', async () => {
  const { server, port } = await listen(0);
  await close(server);
  const probe = tcpProbe({ source: 'crm.1', host: '127.0.0.1', port, everyMs: 100, timeoutMs: 300 });
  const reports = new Reports();
  probe.start(reports.report);
  const { reason } = await reports.until('down', 5000);
  await probe.stop();
  assert.match(reason.en, 'refuses');
});

test.run();
