/**
 * The IP side of a virtual PBX: a SIP responder on UDP (RFC 3261) that answers OPTIONS while the switch is alive and is
 * silent while it is dead. Answers on 127.0.0.1 only; calls on its analogue ports are played by the virtual line card.
 */
import { createSocket } from 'node:dgram';
import type { RemoteInfo, Socket } from 'node:dgram';

const datagramBytesMax = 4096;

export interface VirtualPbxOptions {
  /** 0: any free port. */
  readonly port: number;
}

export class VirtualPbx {
  readonly #port: number;
  #socket: Socket | undefined;
  #isAlive = true;
  /** Final answer to OPTIONS; a PBX that wants a login says 401. */
  #status: { readonly code: number; readonly phrase: string } = { code: 200, phrase: 'OK' };
  #answered = 0;

  constructor(options: VirtualPbxOptions) {
    this.#port = options.port;
  }

  /** Resolves with the UDP port it answers on. */
  start(): Promise<number> {
    const socket = createSocket('udp4');
    this.#socket = socket;
    socket.on('message', (datagram, from) => {
      this.#hear(datagram, from);
    });
    return new Promise((resolve, reject) => {
      socket.once('error', reject);
      socket.bind(this.#port, '127.0.0.1', () => resolve(socket.address().port));
    });
  }

  stop(): Promise<void> {
    const socket = this.#socket;
    this.#socket = undefined;
    return new Promise((resolve) => {
      if (socket === undefined) resolve();
      else socket.close(() => resolve());
    });
  }

  /** A dead switch hears everything and answers nothing. */
  setAlive(isAlive: boolean): void {
    this.#isAlive = isAlive;
  }

  setStatus(code: number, phrase: string): void {
    this.#status = { code, phrase };
  }

  /** OPTIONS answered since start. */
  get answered(): number {
    return this.#answered;
  }

  #hear(datagram: Buffer, from: RemoteInfo): void {
    if (!this.#isAlive || datagram.length > datagramBytesMax) return;
    const [head = ''] = datagram.toString('utf8').split('\r\n\r\n');
    const [requestLine = '', ...headers] = head.split('\r\n');
    if (!/^OPTIONS \S+ SIP\/2\.0$/.test(requestLine)) return;
    const one = (name: RegExp): string | undefined => headers.find((line) => name.test(line));
    const via = one(/^via *:/i);
    const to = one(/^to *:/i);
    const rest = [one(/^from *:/i), one(/^call-id *:/i), one(/^cseq *:/i)];
    if (via === undefined || to === undefined || rest.includes(undefined)) return;
    const answer = [
      `SIP/2.0 ${this.#status.code} ${this.#status.phrase}`,
      via.replace(/;rport(?=;|$)/, `;rport=${from.port};received=${from.address}`),
      `${to};tag=pbx`,
      ...rest,
      'Allow: INVITE, ACK, CANCEL, BYE, OPTIONS',
      'Content-Length: 0',
      '',
      '',
    ].join('\r\n');
    this.#answered++;
    this.#socket?.send(answer, from.port, from.address);
  }
}
