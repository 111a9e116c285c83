import { createSocket } from 'node:dgram';
import type { Socket } from 'node:dgram';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { dnsProbe } from '../../src/drivers/dns/lookup-probe.ts';
import type { DnsProbeOptions } from '../../src/drivers/dns/lookup-probe.ts';
import { Reports, probeContract } from '../contract/probe.ts';

/** Answers every question for an address with 10.0.0.80, or with a code of RFC 1035 §4.1.1. */
class Server {
  readonly #socket: Socket = createSocket('udp4');
  isAlive = true;
  code = 0;

  start(): Promise<number> {
    this.#socket.on('message', (question, { address, port }) => {
      if (!this.isAlive) return;
      const end = question.indexOf(0, 12) + 5;
      const answer = Buffer.concat([
        question.subarray(0, 2),
        Buffer.from([0x81, 0x80 | this.code, 0, 1, 0, this.code === 0 ? 1 : 0, 0, 0, 0, 0]),
        question.subarray(12, end),
        ...(this.code === 0 ? [Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 10, 0, 0, 80])] : []),
      ]);
      this.#socket.send(answer, port, address);
    });
    return new Promise((resolve) =>
      this.#socket.bind(0, '127.0.0.1', () => resolve(this.#socket.address().port)),
    );
  }
  stop(): Promise<void> {
    return new Promise((resolve) => this.#socket.close(() => resolve()));
  }
}

const probeOf = (port: number, more: Partial<DnsProbeOptions> = {}): ReturnType<typeof dnsProbe> =>
  dnsProbe({
    source: 'dns.1',
    name: 'crm.example',
    record: 'A',
    server: `127.0.0.1:${port}`,
    host: '127.0.0.1',
    everyMs: 300,
    timeoutMs: 400,
    ...more,
  });

probeContract('DNS', {
  open: async () => {
    const server = new Server();
    return {
      probe: probeOf(await server.start()),
      everyMs: 300,
      waitMs: 400,
      silence: 'down',
      setAlive: (alive) => void (server.isAlive = alive),
      close: () => server.stop(),
    };
  },
  openBroken: () => probeOf(53, { name: `${'x'.repeat(70)}.example` }),
});

async function firstOf(
  code: number,
  more: Partial<DnsProbeOptions> = {},
): Promise<Awaited<ReturnType<Reports['next']>>> {
  const server = new Server();
  server.code = code;
  const probe = probeOf(await server.start(), { everyMs: 5000, timeoutMs: 5000, ...more });
  const reports = new Reports();
  probe.start(reports.report);
  const evidence = await reports.next(20_000);
  await probe.stop();
  await server.stop();
  return evidence;
}

test('what must be among the answers is, or it is a fault', async () => {
  assert.is((await firstOf(0, { answer: '10.0.0.80' })).says, 'up');
  const { says, reason } = await firstOf(0, { answer: '10.0.0.81' });
  assert.is(says, 'down');
  assert.match(reason.en, 'crm.example is 10.0.0.80, without 10.0.0.81');
});

test('a server that does not know the name is a fault of its own', async () => {
  const { says, reason } = await firstOf(3);
  assert.is(says, 'down');
  assert.match(reason.en, 'does not know crm.example');
});

test('a server that fails is a fault', async () => {
  assert.is((await firstOf(2)).says, 'down');
});

test.run();
