/**
 * The words of SIP OPTIONS (RFC 3261 §11): the request, and which answer to it proves life. One Call-ID for a probe's life,
 * a branch for every question; an answer to a question before this one proves life too. Sends nothing but OPTIONS.
 */
import { randomBytes } from 'node:crypto';

export type SipTransport = 'udp' | 'tcp' | 'tls';

const messageBytesMax = 8192;
/** Branches whose late answer still proves life. */
const branchesKept = 4;

export interface SipStatus {
  readonly code: number;
  /** `200 OK`. */
  readonly line: string;
}

const bracket = (host: string): string => (host.includes(':') ? `[${host}]` : host);
export const hostPort = (host: string, port: number): string => `${bracket(host)}:${port}`;

export class OptionsDialogue {
  readonly #callId = `${randomBytes(8).toString('hex')}@linekeeper`;
  readonly #tag = randomBytes(4).toString('hex');
  readonly #branches: string[] = [];
  readonly #them: string;
  readonly #transport: SipTransport;
  #sequence = 0;

  constructor(host: string, port: number, transport: SipTransport) {
    this.#them = hostPort(host, port);
    this.#transport = transport;
  }

  /** `us`: address and port that the answer comes back to. */
  request(us: string): Buffer {
    const branch = `z9hG4bK${randomBytes(8).toString('hex')}`;
    this.#branches.push(branch);
    if (this.#branches.length > branchesKept) this.#branches.shift();
    this.#sequence++;
    const them = this.#them;
    const way = this.#transport === 'udp' ? '' : `;transport=${this.#transport}`;
    return Buffer.from(
      [
        `OPTIONS sip:${them}${way} SIP/2.0`,
        `Via: SIP/2.0/${this.#transport.toUpperCase()} ${us};branch=${branch};rport`,
        'Max-Forwards: 70',
        `From: <sip:linekeeper@${us}>;tag=${this.#tag}`,
        `To: <sip:${them}>`,
        `Call-ID: ${this.#callId}`,
        `CSeq: ${this.#sequence} OPTIONS`,
        `Contact: <sip:linekeeper@${us}${way}>`,
        'Accept: application/sdp',
        'Content-Length: 0',
        '',
        '',
      ].join('\r\n'),
    );
  }

  /** The status of a final answer to a question of ours; anything else is not looked at. */
  finalStatus(message: Buffer): SipStatus | undefined {
    if (message.length > messageBytesMax) return undefined;
    const [head = ''] = message.toString('utf8').split(/\r?\n\r?\n/);
    const [first = '', ...headers] = head.split(/\r?\n/);
    const status = /^SIP\/2\.0 ([2-6]\d\d)(?: (.{0,60}))?/.exec(first);
    if (status === null) return undefined;
    const value = (name: RegExp): string => headers.find((line) => name.test(line))?.replace(name, '') ?? '';
    if (value(/^(?:call-id|i) *: */i).trim() !== this.#callId) return undefined;
    const branch = /;branch=([^;,\s]+)/i.exec(value(/^(?:via|v) *: */i))?.[1];
    if (branch === undefined || !this.#branches.includes(branch)) return undefined;
    const [, code = '', phrase = ''] = status;
    return { code: Number(code), line: `${code} ${phrase}`.trim() };
  }
}

/** Takes the messages out of a stream (RFC 3261 §18.3: head, empty line, Content-Length bytes); drops keep-alives. */
export class SipStream {
  #bytes = Buffer.alloc(0);

  /** The messages that are whole now; `undefined` when this is no SIP. */
  take(chunk: Uint8Array): readonly Buffer[] | undefined {
    this.#bytes = Buffer.concat([this.#bytes, chunk]);
    const messages: Buffer[] = [];
    for (;;) {
      while (this.#bytes[0] === 13 || this.#bytes[0] === 10) this.#bytes = this.#bytes.subarray(1);
      const headEnd = this.#bytes.indexOf('\r\n\r\n');
      if (headEnd < 0) return this.#bytes.length > messageBytesMax ? undefined : messages;
      const head = this.#bytes.toString('latin1', 0, headEnd);
      const length = Number(/^(?:content-length|l) *: *(\d{1,5}) *$/im.exec(head)?.[1] ?? 0);
      const end = headEnd + 4 + length;
      if (end > messageBytesMax) return undefined;
      if (this.#bytes.length < end) return messages;
      messages.push(this.#bytes.subarray(0, end));
      this.#bytes = this.#bytes.subarray(end);
    }
  }
}
