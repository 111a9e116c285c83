/**
 * A host that is shut down by an HTTP request: a hypervisor, a management board (Redfish), an agent on the host itself. Certificates
 * are checked; no redirect is followed, so that the secret goes nowhere else. Off is what `confirm` says, else the port of the URL.
 */
import { readFile } from 'node:fs/promises';
import http from 'node:http';
import https from 'node:https';
import type { ExpectedAnswer, HttpWay } from '../../model/host.ts';
import { text } from '../../model/text.ts';
import type { Text } from '../../model/text.ts';
import type { HostTest } from '../../ports/host-shutdown.ts';
import type { Asked, Seen, Way } from '../host-orders.ts';
import { signOfPort } from '../last-sign.ts';
import { isOwnFault } from '../probe-rounds.ts';
import { readSecret } from '../secret-file.ts';

const answerMsMax = 10_000;
const answerBytesMax = 64 * 1024;
const headerBytesMax = 16 * 1024;
/** Statuses that another try will not change. */
const isFinal = (status: number): boolean =>
  status >= 300 && status < 500 && status !== 408 && status !== 429;

type Answer =
  | { readonly kind: 'answer'; readonly status: number; readonly page: string }
  | { readonly kind: 'none'; readonly code: string; readonly reason: Text }
  /** Only a person can mend it. */
  | { readonly kind: 'unfit'; readonly reason: Text };

interface Question {
  readonly method: string;
  readonly url: string;
  readonly body?: string;
}

export function httpWay(way: HttpWay): Way {
  const { url, method, body, expect, confirm, testUrl } = way;
  const host = hostOf(url);
  return {
    async ask(end): Promise<Asked> {
      const answer = await asked(way, { method, url, ...(body === undefined ? {} : { body }) }, end);
      if (answer.kind === 'unfit') return { kind: 'refused', reason: answer.reason };
      if (answer.kind === 'none') return { kind: 'unreached', reason: answer.reason };
      const reason = described(host, answer, expect);
      if (isRight(answer, expect)) return { kind: 'asked', reason };
      return { kind: isFinal(answer.status) ? 'refused' : 'unreached', reason };
    },
    async look(end): Promise<Seen> {
      if (confirm === undefined) {
        const { hostname, port, protocol } = new URL(url);
        const number = port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port);
        return signOfPort(hostname.replaceAll(/[[\]]/g, ''), number, end);
      }
      const answer = await asked(way, { method: 'GET', url: confirm.url }, end);
      if (answer.kind !== 'answer') return { kind: 'unknown', reason: answer.reason };
      const reason = described(hostOf(confirm.url), answer, confirm);
      return { kind: isRight(answer, confirm) ? 'off' : 'on', reason };
    },
    async test(end): Promise<HostTest> {
      const answer = await asked(
        way,
        { method: testUrl === undefined ? 'HEAD' : 'GET', url: testUrl ?? url },
        end,
      );
      if (answer.kind !== 'answer') return { works: false, reason: answer.reason };
      const { status } = answer;
      const said = described(host, answer, {});
      // A place that only takes POST says 405 to HEAD: it is there, and the secret was not refused.
      const works = testUrl === undefined ? status < 400 || status === 405 : status < 300;
      return { works, reason: said };
    },
  };
}

const hostOf = (url: string): string => new URL(url).host;

const isRight = (
  { status, page }: { readonly status: number; readonly page: string },
  { status: wanted, contains }: ExpectedAnswer,
): boolean =>
  (wanted === undefined ? status >= 200 && status < 300 : status === wanted) &&
  (contains === undefined || page.includes(contains));

function described(
  host: string,
  { status, page }: { readonly status: number; readonly page: string },
  { contains }: ExpectedAnswer,
): Text {
  if (contains === undefined) return text(`${host} 应答 ${status}`, `${host} answers ${status}`);
  return page.includes(contains)
    ? text(`${host} 应答 ${status}，含“${contains}”`, `${host} answers ${status} with "${contains}"`)
    : text(`${host} 应答 ${status}，不含“${contains}”`, `${host} answers ${status} without "${contains}"`);
}

async function asked(
  { secret, caFile }: HttpWay,
  { method, url, body }: Question,
  end: AbortSignal,
): Promise<Answer> {
  const headers: Record<string, string> = { 'user-agent': 'linekeeper', accept: '*/*', connection: 'close' };
  if (body !== undefined) {
    headers['content-type'] = /^\s*[[{]/.test(body) ? 'application/json' : 'text/plain; charset=utf-8';
    headers['content-length'] = String(Buffer.byteLength(body));
  } else if (method !== 'GET' && method !== 'HEAD') headers['content-length'] = '0';
  if (secret !== undefined) {
    const read = await readSecret(secret.file);
    if (!read.ok) return { kind: 'unfit', reason: read.reason };
    if (!/^[\x20-\x7e]+$/.test(read.secret))
      return {
        kind: 'unfit',
        reason: text(`${secret.file} 须为一行 ASCII`, `${secret.file} must be one line of ASCII`),
      };
    headers[secret.header] = read.secret;
  }
  let ca: string | undefined;
  try {
    ca = caFile === undefined ? undefined : await readFile(caFile, 'utf8');
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { kind: 'unfit', reason: text(`无法读取 ca-file：${why}`, `the ca-file cannot be read: ${why}`) };
  }
  return send(
    { method, url, headers, ...(body === undefined ? {} : { body }), ...(ca === undefined ? {} : { ca }) },
    end,
  );
}

interface Sent extends Question {
  readonly headers: Readonly<Record<string, string>>;
  readonly ca?: string;
}

function send({ method, url, body, headers, ca }: Sent, end: AbortSignal): Promise<Answer> {
  const host = hostOf(url);
  return new Promise((resolve) => {
    const settings: https.RequestOptions = {
      method,
      agent: false,
      headers: { ...headers },
      maxHeaderSize: headerBytesMax,
      ...(ca === undefined ? {} : { ca }),
    };
    const request = url.startsWith('https:') ? https.request(url, settings) : http.request(url, settings);
    let isDone = false;
    const finish = (answer: Answer): void => {
      if (isDone) return;
      isDone = true;
      clearTimeout(overdue);
      end.removeEventListener('abort', stopped);
      request.destroy();
      resolve(answer);
    };
    const none = (code: string, detail: string): Answer => ({
      kind: 'none',
      code,
      reason: isOwnFault(code)
        ? text(`本机无法到达 ${host}：${detail}`, `we cannot reach ${host}: ${detail}`)
        : text(`${host} 没有应答：${detail}`, `${host} does not answer: ${detail}`),
    });
    const stopped = (): void => finish(none('EINVAL', 'stopped'));
    const overdue = setTimeout(() => finish(none('ETIMEDOUT', `${answerMsMax / 1000} s`)), answerMsMax);
    end.addEventListener('abort', stopped);
    request.on('error', (error: NodeJS.ErrnoException) => {
      const code = error.code ?? '';
      if (/CERT|SELF_SIGNED|UNABLE_TO|ALTNAME|ERR_TLS|ERR_SSL/.test(code))
        finish({
          kind: 'unfit',
          reason: text(
            `${host} 的证书不可信（${code}）：用 ca-file 指定`,
            `the certificate of ${host} is not trusted (${code}): name it with ca-file`,
          ),
        });
      else finish(none(code, code === '' ? error.message : code));
    });
    request.on('response', (response) => {
      const status = response.statusCode ?? 0;
      const chunks: Buffer[] = [];
      let bytes = 0;
      const done = (): void =>
        finish({ kind: 'answer', status, page: Buffer.concat(chunks).toString('utf8', 0, answerBytesMax) });
      response.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        bytes += chunk.length;
        if (bytes >= answerBytesMax) done();
      });
      response.on('end', done);
      response.on('error', done);
    });
    if (end.aborted) {
      stopped();
      return;
    }
    request.end(body);
  });
}
