import { createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SipStream } from '../../src/drivers/sip/options-dialogue.ts';
import { sipOptionsProbe } from '../../src/drivers/sip/options-probe.ts';
import { Reports, probeContract } from '../contract/probe.ts';

type Answer = (request: string, socket: Socket) => void;

/** A PBX on TCP that answers OPTIONS as it is told, and can be taken away. */
class StreamPbx {
  #server: Server | undefined;
  readonly #sockets = new Set<Socket>();
  #port = 0;
  answer: Answer;

  constructor(answer: Answer) {
    this.answer = answer;
  }
  start(): Promise<number> {
    const server = createServer((socket) => {
      this.#sockets.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('data', (chunk: Buffer) => this.answer(chunk.toString(), socket));
    });
    this.#server = server;
    return new Promise((resolve) =>
      server.listen(this.#port, '127.0.0.1', () => {
        const address = server.address();
        this.#port = typeof address === 'object' && address !== null ? address.port : 0;
        resolve(this.#port);
      }),
    );
  }
  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server?.close(resolve));
  }
}

const answerTo = (request: string, status = '200 OK'): string => {
  const head = request.split('\r\n').filter((line) => /^(Via|From|To|Call-ID|CSeq):/.test(line));
  return [`SIP/2.0 ${status}`, ...head, 'Content-Length: 0', '', ''].join('\r\n');
};
const ok: Answer = (request, socket) => void socket.write(answerTo(request));
const probeOf = (port: number, host = '127.0.0.1'): ReturnType<typeof sipOptionsProbe> =>
  sipOptionsProbe({ source: 'pbx.1', host, port, transport: 'tcp', everyMs: 400, suspectMs: 250 });

probeContract('SIP OPTIONS over TCP', {
  open: async () => {
    const pbx = new StreamPbx(ok);
    return {
      probe: probeOf(await pbx.start()),
      everyMs: 400,
      waitMs: 500,
      silence: 'down',
      setAlive: (alive) => {
        pbx.answer = alive ? ok : () => undefined;
      },
      close: () => pbx.stop(),
    };
  },
  openBroken: () => probeOf(5060, 'no-such-host.invalid'),
});

async function firstReport(answer: Answer): Promise<Awaited<ReturnType<Reports['next']>>> {
  const pbx = new StreamPbx(answer);
  const probe = probeOf(await pbx.start());
  const reports = new Reports();
  probe.start(reports.report);
  const evidence = await reports.next(10_000);
  await probe.stop();
  await pbx.stop();
  return evidence;
}

test('a refusal over TCP is an answer, and its status is told', async () => {
  const { says, values } = await firstReport(
    (request, socket) => void socket.write(answerTo(request, '503 Service Unavailable')),
  );
  assert.is(says, 'up');
  assert.equal(values, { status: 503 });
});

test('an answer that comes in pieces, after a provisional one and keep-alives, is read', async () => {
  const { says } = await firstReport((request, socket) => {
    socket.write('\r\n\r\n');
    socket.write(answerTo(request, '100 Trying'));
    const answer = answerTo(request);
    socket.write(answer.slice(0, 20));
    setTimeout(() => socket.write(answer.slice(20)), 30);
  });
  assert.is(says, 'up');
});

test('something that accepts and speaks no SIP is no PBX', async () => {
  const { says, reason } = await firstReport((_, socket) => void socket.write(Buffer.alloc(20_000, 65)));
  assert.is(says, 'down');
  assert.match(reason.en, 'no SIP');
});

test('one that hangs up without an answer is a miss', async () => {
  assert.is((await firstReport((_, socket) => socket.destroy())).says, 'down');
});

test('messages are found wherever the stream is cut', () => {
  const whole = Buffer.from(
    `\r\n${answerTo('Via: a\r\nCall-ID: b')}SIP/2.0 200 OK\r\nContent-Length: 4\r\n\r\nbody`,
  );
  for (let at = 0; at <= whole.length; at++) {
    const stream = new SipStream();
    const parts = [whole.subarray(0, at), whole.subarray(at)];
    const messages = parts.flatMap((part) => stream.take(part) ?? []);
    assert.is(messages.length, 2, String(at));
    assert.ok(messages[1]?.toString().endsWith('body'));
  }
});

test.run();
