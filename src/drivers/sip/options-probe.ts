/**
 * Asks a SIP stack for its options over UDP, TCP or TLS. Any final answer proves that the stack is alive, a refusal too;
 * silence is a hint only and never trips anything by itself. Over TCP and TLS the connection alone proves nothing: a kernel
 * accepts for a program that hangs. Certificates are not judged here: nothing secret is sent.
 */
import { createSocket } from 'node:dgram';
import { connect as connectTcp, isIP } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { text } from '../../model/text.ts';
import type { Probe } from '../../ports/probe.ts';
import { oneAnswer } from '../one-answer.ts';
import { ProbeRounds, Slots, isOwnFault } from '../probe-rounds.ts';
import type { RoundAnswer } from '../probe-rounds.ts';
import { OptionsDialogue, SipStream, hostPort } from './options-dialogue.ts';
import type { SipStatus, SipTransport } from './options-dialogue.ts';

/** Moments of sending the same datagram again, counted from the first (RFC 3261 §17.1.2.2). */
const sendAgainAtMs = [500, 1500, 3500] as const;
/** Longest wait for an answer, and the shortest, whatever the period. */
const answerWaitMsMax = 4000;
const answerWaitMsMin = 500;
/** Connections that all SIP probes of the thread have open at the same time. */
const slots = new Slots(16);

export interface SipOptionsProbeOptions {
  readonly source: string;
  readonly host: string;
  readonly port: number;
  readonly transport: SipTransport;
  readonly everyMs: number;
  readonly suspectMs: number;
}

export function sipOptionsProbe(options: SipOptionsProbeOptions): Probe {
  const { source, host, port, transport, everyMs, suspectMs } = options;
  const dialogue = new OptionsDialogue(host, port, transport);
  const waitMs = Math.max(answerWaitMsMin, Math.min(answerWaitMsMax, everyMs, suspectMs * 2));
  return new ProbeRounds({
    source,
    host,
    everyMs,
    suspectMs,
    silence: 'down',
    ask: (end) => {
      const question = (): Promise<RoundAnswer> =>
        ask({ host, port, dialogue, waitMs, end }, transport === 'udp' ? overUdp : overStream(transport));
      return transport === 'udp' ? question() : slots.run(question);
    },
  });
}

interface Question {
  readonly host: string;
  readonly port: number;
  readonly dialogue: OptionsDialogue;
  readonly waitMs: number;
  readonly end: AbortSignal;
}
interface Listener {
  readonly answered: (status: SipStatus) => void;
  readonly failed: (error: NodeJS.ErrnoException) => void;
}
/** Sends the request and tells what comes back; the function that it returns takes everything down again. */
type Exchange = (question: Question, listener: Listener) => () => void;

function ask(question: Question, exchange: Exchange): Promise<RoundAnswer> {
  const { host, port, waitMs, end } = question;
  const where = hostPort(host, port);
  const overdue = text(`${where} 未应答 SIP OPTIONS`, `no answer to SIP OPTIONS from ${where}`);
  return oneAnswer({ waitMs, overdue, end }, (finish) =>
    exchange(question, {
      answered: ({ code, line }) =>
        finish({
          kind: 'alive',
          reason: text(`SIP 已应答 ${line}`, `SIP answers ${line}`),
          values: { status: code },
        }),
      failed: (error) => {
        const detail = error.code ?? error.message;
        if (isOwnFault(error.code))
          finish({
            kind: 'cannot',
            reason: text(`无法向 ${where} 发送：${detail}`, `cannot send to ${where}: ${detail}`),
          });
        else
          finish({
            kind: 'miss',
            reason: text(`${where} 无 SIP 服务（${detail}）`, `no SIP at ${where} (${detail})`),
          });
      },
    }),
  );
}

const overUdp: Exchange = ({ host, port, dialogue }, { answered, failed }) => {
  const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4');
  const timers: NodeJS.Timeout[] = [];
  let isClosed = false;
  socket.on('error', failed);
  socket.on('message', (datagram) => {
    const status = dialogue.finalStatus(datagram);
    if (status !== undefined) answered(status);
  });
  // Connected, so that only this host is heard and its "port unreachable" comes back as an error.
  socket.connect(port, host, (error?: Error) => {
    if (isClosed) return;
    if (error !== undefined) {
      failed(error);
      return;
    }
    const { address, port: ours } = socket.address();
    const request = dialogue.request(hostPort(address, ours));
    const send = (): void =>
      socket.send(request, (fault) => {
        if (fault !== null) failed(fault);
      });
    send();
    for (const atMs of sendAgainAtMs) timers.push(setTimeout(send, atMs));
  });
  return () => {
    isClosed = true;
    for (const timer of timers) clearTimeout(timer);
    socket.close();
  };
};

const overStream =
  (transport: 'tcp' | 'tls'): Exchange =>
  ({ host, port, dialogue }, { answered, failed }) => {
    const stream = new SipStream();
    const socket =
      transport === 'tcp'
        ? connectTcp({ host, port, noDelay: true })
        : connectTls({
            host,
            port,
            rejectUnauthorized: false,
            ...(isIP(host) === 0 ? { servername: host } : {}),
          });
    socket.on('error', failed);
    socket.on('close', () => {
      failed(new Error('closed without an answer'));
    });
    socket.on('data', (chunk: Buffer) => {
      const messages = stream.take(chunk);
      if (messages === undefined) failed(new Error('what came back is no SIP'));
      for (const message of messages ?? []) {
        const status = dialogue.finalStatus(message);
        if (status !== undefined) answered(status);
      }
    });
    socket.on(transport === 'tcp' ? 'connect' : 'secureConnect', () => {
      socket.write(dialogue.request(hostPort(socket.localAddress ?? '0.0.0.0', socket.localPort ?? 0)));
    });
    return () => socket.destroy();
  };
