import http from 'node:http';
import type { RequestListener, Server } from 'node:http';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { httpProbe } from '../../src/drivers/http/get-probe.ts';
import type { HttpProbeOptions } from '../../src/drivers/http/get-probe.ts';
import { Reports, probeContract } from '../contract/probe.ts';

const listen = (listener: RequestListener, port = 0): Promise<{ server: Server; port: number }> =>
  new Promise((resolve) => {
    const server = http.createServer(listener);
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      resolve({ server, port: typeof address === 'object' && address !== null ? address.port : 0 });
    });
  });
const close = async (server: Server): Promise<void> => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
};

const probeOf = (
  port: number,
  more: Partial<HttpProbeOptions> = {},
  host = '127.0.0.1',
): ReturnType<typeof httpProbe> =>
  httpProbe({
    source: 'crm.1',
    url: `http://${host}:${port}/health`,
    host,
    everyMs: 200,
    timeoutMs: 300,
    expiryWarnMs: 0,
    ...more,
  });

probeContract('HTTP', {
  open: async () => {
    const fine: RequestListener = (_, response) => response.end('fine');
    let { server, port } = await listen(fine);
    return {
      probe: probeOf(port),
      everyMs: 200,
      waitMs: 300,
      silence: 'down',
      setAlive: async (alive) => {
        if (alive) ({ server, port } = await listen(fine, port));
        else await close(server);
      },
      close: () => close(server),
    };
  },
  openBroken: () => probeOf(1, { timeoutMs: 5000 }, 'no-such-host.invalid'),
});

async function firstOf(
  listener: RequestListener,
  more: Partial<HttpProbeOptions> = {},
): Promise<Awaited<ReturnType<Reports['next']>>> {
  const { server, port } = await listen(listener);
  const probe = probeOf(port, more);
  const reports = new Reports();
  probe.start(reports.report);
  const evidence = await reports.next(10_000);
  await probe.stop();
  await close(server);
  return evidence;
}
const answering =
  (status: number, page = ''): RequestListener =>
  (_, response) => {
    response.writeHead(status);
    response.end(page);
  };

test('a redirect is an answer, an error of the server is a fault', async () => {
  assert.is((await firstOf(answering(302))).says, 'up');
  const { says, reason } = await firstOf(answering(500));
  assert.is(says, 'down');
  assert.match(reason.en, 'answers 500');
});

test('a status that is asked for must come, even 401', async () => {
  assert.is((await firstOf(answering(401), { status: 401 })).says, 'up');
  const { says, reason } = await firstOf(answering(200), { status: 401 });
  assert.is(says, 'down');
  assert.match(reason.en, 'answers 200, not 401');
});

test('the words that a page must contain are looked for across pieces', async () => {
  const inPieces: RequestListener = (_, response) => {
    response.write('database: o');
    setTimeout(() => response.end('k\n'), 20);
  };
  assert.is((await firstOf(inPieces, { contains: 'database: ok' })).says, 'up');
  const { says, reason } = await firstOf(answering(200, 'Login'), { contains: 'database: ok' });
  assert.is(says, 'down');
  assert.match(reason.en, 'without the words "database: ok"');
});

test('a page without end is given up at the limit, not read for ever', async () => {
  const endless: RequestListener = (_, response) => {
    const more = (): void => {
      while (!response.destroyed && response.write(Buffer.alloc(65_536, 65)));
      if (!response.destroyed) response.once('drain', more);
    };
    more();
  };
  const { says, reason } = await firstOf(endless, { contains: 'never', timeoutMs: 60_000, everyMs: 60_000 });
  assert.is(says, 'down');
  assert.match(reason.en, 'without the words');
});

test('a server that accepts and says nothing is a miss', async () => {
  const { says, reason } = await firstOf(() => undefined);
  assert.is(says, 'down');
  assert.match(reason.en, 'no answer in time');
});

test.run();
