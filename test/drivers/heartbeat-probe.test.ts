import { createSocket } from 'node:dgram';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { HeartbeatListener } from '../../src/drivers/heartbeat/listener.ts';
import { heartbeatProbe } from '../../src/drivers/heartbeat/heartbeat-probe.ts';
import type { HeartbeatProbeOptions } from '../../src/drivers/heartbeat/heartbeat-probe.ts';
import { Reports, probeContract } from '../contract/probe.ts';
import { eventually, freePort } from '../room/program.ts';

const tokenFile = path.join(mkdtempSync(path.join(os.tmpdir(), 'lk-beat-')), 'token');
writeFileSync(tokenFile, 'correct-horse\n', { mode: 0o600 });

const probeOf = (
  listener: HeartbeatListener,
  more: Partial<HeartbeatProbeOptions> = {},
): ReturnType<typeof heartbeatProbe> =>
  heartbeatProbe({
    source: 'backup.1',
    name: 'backup',
    tokenFile,
    everyMs: 200,
    graceMs: 300,
    listener,
    isCutOff: () => Promise.resolve(false),
    ...more,
  });

function sendUdp(port: number, words: string): Promise<void> {
  const socket = createSocket('udp4');
  return new Promise((resolve) => socket.send(words, port, '127.0.0.1', () => socket.close(() => resolve())));
}

probeContract('heartbeat', {
  open: async () => {
    const udp = await freePort();
    const listener = new HeartbeatListener({ host: '127.0.0.1', udp });
    listener.start();
    const send = (): void => void sendUdp(udp, 'backup correct-horse\n');
    let beating: NodeJS.Timeout | undefined = setInterval(send, 100);
    return {
      probe: probeOf(listener),
      everyMs: 200,
      waitMs: 300,
      silence: 'down',
      setAlive: (alive) => {
        clearInterval(beating);
        beating = alive ? setInterval(send, 100) : undefined;
      },
      close: () => {
        clearInterval(beating);
        return listener.close();
      },
    };
  },
  openBroken: () => probeOf(new HeartbeatListener({ host: '127.0.0.1' })),
});

async function withHttp(
  work: (url: string, probe: ReturnType<typeof heartbeatProbe>, reports: Reports) => Promise<void>,
  more: Partial<HeartbeatProbeOptions> = {},
): Promise<void> {
  const port = await freePort();
  const listener = new HeartbeatListener({ host: '127.0.0.1', http: port });
  listener.start();
  const url = `http://127.0.0.1:${port}/heartbeat/backup`;
  await eventually('the port', () =>
    fetch(url).then(
      ({ status }) => status > 0 || undefined,
      () => undefined,
    ),
  );
  const probe = probeOf(listener, { everyMs: 20_000, graceMs: 20_000, ...more });
  const reports = new Reports();
  probe.start(reports.report);
  try {
    await eventually('the probe', () => fetch(url).then(({ status }) => (status === 404 ? undefined : true)));
    await work(url, probe, reports);
  } finally {
    await probe.stop();
    await listener.close();
  }
}

test('over HTTP the token goes in the header or in the address', () =>
  withHttp(async (url, _, reports) => {
    const answers = [
      await fetch(url, { method: 'POST', headers: { authorization: 'Bearer correct-horse' } }),
      await fetch(`${url}?token=correct-horse`),
    ];
    assert.equal(
      answers.map(({ status }) => status),
      [204, 204],
    );
    assert.equal(
      reports.all.map(({ evidence }) => evidence.says),
      ['up', 'up'],
    );
  }));

test('without the token, or with another, nothing is believed', () =>
  withHttp(async (url, _, reports) => {
    const answers = [
      await fetch(url, { method: 'POST' }),
      await fetch(`${url}?token=correct-hors`),
      await fetch(`${url.replace('backup', 'other')}?token=correct-horse`),
      await fetch(url.replace('/heartbeat/backup', '/heartbeat/../x')),
    ];
    assert.equal(
      answers.map(({ status }) => status),
      [403, 403, 404, 404],
    );
    assert.equal(reports.all, []);
  }));

test('one from another address is refused, and the reason is told when it is overdue', () =>
  withHttp(
    async (url, _, reports) => {
      assert.is((await fetch(`${url}?token=correct-horse`)).status, 403);
      const { reason } = await reports.until('down', 20_000);
      assert.match(reason.en, 'overdue (one from 127.0.0.1 was refused)');
    },
    { from: '10.0.0.11', everyMs: 300, graceMs: 300 },
  ));

test('while our own network is down a missing heartbeat is unknown', () =>
  withHttp(
    async (_url, _probe, reports) => {
      assert.is((await reports.next(20_000)).says, 'unknown');
    },
    { everyMs: 100, graceMs: 100, isCutOff: () => Promise.resolve(true) },
  ));

test('a port that another program has is unknown, and is opened when it is free', async () => {
  const thief = createServer();
  await new Promise<void>((resolve) => thief.listen(0, '127.0.0.1', resolve));
  const address = thief.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const listener = new HeartbeatListener({ host: '127.0.0.1', http: port });
  listener.start();
  await eventually('the fault', () => listener.fault);
  assert.match(listener.fault?.en ?? '', 'EADDRINUSE');
  await new Promise((resolve) => thief.close(resolve));
  await eventually('the port is ours', () => (listener.fault === undefined ? true : undefined), 30_000);
  await listener.close();
});

test.run();
