/**
 * Asks for a page and looks at the status and the words in it. What comes is read up to a limit and never kept; redirects are
 * answers, not followed; no cookie and no login is sent. A page that comes but is wrong is `down` like one that does not come.
 */
import http from 'node:http';
import https from 'node:https';
import { isIP } from 'node:net';
import { TLSSocket } from 'node:tls';
import { text } from '../../model/text.ts';
import type { Probe } from '../../ports/probe.ts';
import { failed, oneAnswer } from '../one-answer.ts';
import { ProbeRounds, Slots } from '../probe-rounds.ts';
import type { RoundAnswer } from '../probe-rounds.ts';
import { certificateTerm } from '../certificate.ts';
import type { CertificateTerm } from '../certificate.ts';

/** Pages asked for at the same time. */
const slots = new Slots(8);
/** What is looked through for the words; more is not read. */
const pageBytesMax = 256 * 1024;
const headerBytesMax = 16 * 1024;

export interface HttpProbeOptions {
  readonly source: string;
  readonly url: string;
  readonly host: string;
  readonly status?: number;
  readonly contains?: string;
  readonly everyMs: number;
  readonly timeoutMs: number;
  readonly expiryWarnMs: number;
}

export function httpProbe(options: HttpProbeOptions): Probe {
  const { source, host, everyMs } = options;
  return new ProbeRounds({
    source,
    host,
    everyMs,
    silence: 'down',
    ask: (end) => slots.run(() => get(options, end)),
  });
}

function get(options: HttpProbeOptions, end: AbortSignal): Promise<RoundAnswer> {
  const { url, host, contains, timeoutMs, expiryWarnMs } = options;
  const overdue = text('未及时应答', 'no answer in time');
  return oneAnswer({ waitMs: timeoutMs, overdue, end }, (finish) => {
    const settings: https.RequestOptions = {
      agent: false,
      maxHeaderSize: headerBytesMax,
      rejectUnauthorized: false,
      headers: {
        'user-agent': 'linekeeper',
        accept: '*/*',
        'cache-control': 'no-cache',
        connection: 'close',
      },
      ...(isIP(host) === 0 ? { servername: host } : {}),
    };
    const request = url.startsWith('https:') ? https.request(url, settings) : http.request(url, settings);
    request.on('error', (error: NodeJS.ErrnoException) => {
      finish(failed(host, error));
    });
    request.on('response', (response) => {
      const { statusCode: status = 0, socket } = response;
      const term =
        socket instanceof TLSSocket
          ? certificateTerm(socket.getPeerCertificate(), expiryWarnMs, Date.now())
          : undefined;
      const done = (page: Buffer | undefined): void => finish(judge(options, status, page, term));
      if (!isRight(options, status) || contains === undefined) {
        done(undefined);
        return;
      }
      const chunks: Buffer[] = [];
      let bytes = 0;
      response.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        bytes += chunk.length;
        if (bytes >= pageBytesMax) done(Buffer.concat(chunks).subarray(0, pageBytesMax));
      });
      response.on('end', () => {
        done(Buffer.concat(chunks));
      });
      response.on('error', (error: NodeJS.ErrnoException) => {
        finish(failed(host, error));
      });
    });
    request.end();
    return () => request.destroy();
  });
}

const isRight = ({ status: wanted }: HttpProbeOptions, status: number): boolean =>
  wanted === undefined ? status < 400 : status === wanted;

function judge(
  options: HttpProbeOptions,
  status: number,
  page: Buffer | undefined,
  term: CertificateTerm | undefined,
): RoundAnswer {
  const { status: wanted, contains } = options;
  if (!isRight(options, status))
    return {
      kind: 'miss',
      reason: text(
        `应答 ${status}${wanted === undefined ? '' : `，应为 ${wanted}`}`,
        `answers ${status}${wanted === undefined ? '' : `, not ${wanted}`}`,
      ),
    };
  if (contains !== undefined && page?.includes(contains) !== true)
    return {
      kind: 'miss',
      reason: text(
        `应答 ${status}，但内容中没有“${contains}”`,
        `answers ${status} without the words "${contains}"`,
      ),
    };
  const { reason = text('', ''), values = {} } = term ?? {};
  return {
    kind: 'alive',
    reason: text(
      `应答 ${status}${reason.zh === '' ? '' : `，${reason.zh}`}`,
      `answers ${status}${reason.en === '' ? '' : `, ${reason.en}`}`,
    ),
    values: { ...values, status },
  };
}
