/**
 * Asks a SIP stack for its options over UDP (RFC 3261 §11, retransmission of §17.1.2.2). Any final answer proves that the
 * stack is alive, a refusal too; silence is a hint only and never trips anything by itself. Sends nothing but OPTIONS.
 */
import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import type { Socket } from 'node:dgram';
import { text } from '../../model/text.ts';
import type { Probe } from '../../ports/probe.ts';
import { ProbeRounds, isOwnFault } from '../probe-rounds.ts';
import type { RoundAnswer } from '../probe-rounds.ts';

/** Moments of sending the same request again, counted from the first. */
const sendAgainAtMs = [500, 1500, 3500] as const;
/** Longest wait for an answer, and the shortest, whatever the period. */
const answerWaitMsMax = 4000;
const answerWaitMsMin = 500;
const datagramBytesMax = 8192;
/** Branches whose late answer still proves life. */
const branchesKept = 4;

export interface SipOptionsProbeOptions {
  readonly source: string;
  readonly host: string;
  readonly port: number;
  readonly everyMs: number;
  readonly suspectMs: number;
}

export function sipOptionsProbe(options: SipOptionsProbeOptions): Probe {
  const { source, host, port, everyMs, suspectMs } = options;
  const dialogue = new Dialogue(host, port);
  const waitMs = Math.max(answerWaitMsMin, Math.min(answerWaitMsMax, everyMs, suspectMs * 2));
  return new ProbeRounds({
    source,
    host,
    everyMs,
    suspectMs,
    silence: 'down',
    ask: (end) => dialogue.ask(waitMs, end),
  });
}

/** One Call-ID for the probe's life, a branch for every question. */
class Dialogue {
  readonly #host: string;
  readonly #port: number;
  readonly #callId = `${randomBytes(8).toString('hex')}@linekeeper`;
  readonly #tag = randomBytes(4).toString('hex');
  readonly #branches: string[] = [];
  #sequence = 0;

  constructor(host: string, port: number) {
    this.#host = host;
    this.#port = port;
  }

  ask(waitMs: number, end: AbortSignal): Promise<RoundAnswer> {
    const where = `${this.#host}:${this.#port}`;
    return new Promise((resolve) => {
      const socket = createSocket(this.#host.includes(':') ? 'udp6' : 'udp4');
      const timers: NodeJS.Timeout[] = [];
      let isDone = false;
      const finish = (answer: RoundAnswer): void => {
        if (isDone) return;
        isDone = true;
        timers.forEach((timer) => clearTimeout(timer));
        end.removeEventListener('abort', stopped);
        socket.close();
        resolve(answer);
      };
      const stopped = (): void => finish({ kind: 'cannot', reason: text('已停止', 'stopped') });
      const failed = (error: NodeJS.ErrnoException | null): void => {
        if (error === null) return;
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
      };
      end.addEventListener('abort', stopped);
      if (end.aborted) {
        stopped();
        return;
      }
      socket.on('error', failed);
      socket.on('message', (datagram) => {
        const status = this.#finalStatus(datagram);
        if (status === undefined) return;
        finish({ kind: 'alive', reason: text(`SIP 已应答 ${status}`, `SIP answers ${status}`) });
      });
      timers.push(
        setTimeout(
          () =>
            finish({
              kind: 'miss',
              reason: text(`${where} 未应答 SIP OPTIONS`, `no answer to SIP OPTIONS from ${where}`),
            }),
          waitMs,
        ),
      );
      // Connected, so that only this host is heard and its "port unreachable" comes back as an error.
      socket.connect(this.#port, this.#host, (error?: Error) => {
        if (isDone) return;
        if (error !== undefined) {
          failed(error);
          return;
        }
        const request = this.#request(socket);
        const send = (): void => socket.send(request, failed);
        send();
        for (const atMs of sendAgainAtMs) if (atMs < waitMs) timers.push(setTimeout(send, atMs));
      });
    });
  }

  #request(socket: Socket): Buffer {
    const branch = `z9hG4bK${randomBytes(8).toString('hex')}`;
    this.#branches.push(branch);
    if (this.#branches.length > branchesKept) this.#branches.shift();
    this.#sequence++;
    const bracket = (host: string): string => (host.includes(':') ? `[${host}]` : host);
    const { address, port } = socket.address();
    const us = `${bracket(address)}:${port}`;
    const them = `${bracket(this.#host)}:${this.#port}`;
    return Buffer.from(
      [
        `OPTIONS sip:${them} SIP/2.0`,
        `Via: SIP/2.0/UDP ${us};branch=${branch};rport`,
        'Max-Forwards: 70',
        `From: <sip:linekeeper@${us}>;tag=${this.#tag}`,
        `To: <sip:${them}>`,
        `Call-ID: ${this.#callId}`,
        `CSeq: ${this.#sequence} OPTIONS`,
        `Contact: <sip:linekeeper@${us}>`,
        'Accept: application/sdp',
        'Content-Length: 0',
        '',
        '',
      ].join('\r\n'),
    );
  }

  /** `200 OK` of a final answer to a question of ours; anything else is not looked at. */
  #finalStatus(datagram: Buffer): string | undefined {
    if (datagram.length > datagramBytesMax) return undefined;
    const [head = ''] = datagram.toString('utf8').split(/\r?\n\r?\n/);
    const [first = '', ...headers] = head.split(/\r?\n/);
    const status = /^SIP\/2\.0 ([2-6]\d\d)(?: (.{0,60}))?/.exec(first);
    if (status === null) return undefined;
    const value = (name: RegExp): string => headers.find((line) => name.test(line))?.replace(name, '') ?? '';
    if (value(/^(?:call-id|i) *: */i).trim() !== this.#callId) return undefined;
    const branch = /;branch=([^;,\s]+)/i.exec(value(/^(?:via|v) *: */i))?.[1];
    if (branch === undefined || !this.#branches.includes(branch)) return undefined;
    return `${status[1] ?? ''} ${status[2] ?? ''}`.trim();
  }
}
