/**
 * Who may ask at all. Until accounts exist, only the demo room answers everybody, only on this machine, and only under a name of
 * this machine: a page of another site that points its own name at 127.0.0.1 (DNS rebinding) is turned away. Any other room answers
 * reads of those who can read its token file, which are its own user and root. The token never orders anything.
 */
import { timingSafeEqual, createHash } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { refuse } from './problem.ts';

export const healthPath = '/api/v1/health';

const loopbackNames = new Set(['localhost', '127.0.0.1', '[::1]']);
const isLoopbackAddress = (address: string): boolean =>
  address === '::1' || address.startsWith('127.') || address.startsWith('::ffff:127.');
const isLoopbackHost = (host: string): boolean =>
  host === 'localhost' || isLoopbackAddress(host) || host === '[::1]';

const nameOf = (hostHeader: string): string => hostHeader.replace(/:\d+$/, '').toLowerCase();

export const securityHeaders = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self'; connect-src 'self'; " +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'x-frame-options': 'DENY',
} as const;

export interface Readers {
  readonly openReads: boolean;
  /** Sent as `Authorization: Bearer …`. Absent: nobody has one. */
  readonly readToken?: string;
}

const digest = (word: string): Buffer => createHash('sha256').update(word).digest();

/** Sent by a program of this machine that can read the token file. */
function showsToken(request: FastifyRequest, token: string | undefined): boolean {
  if (token === undefined) return false;
  const given = /^Bearer (\S{1,200})$/.exec(request.headers.authorization ?? '')?.[1];
  return given !== undefined && timingSafeEqual(digest(given), digest(token));
}

const isRead = ({ method }: FastifyRequest): boolean => method === 'GET' || method === 'HEAD';

export function guardGate(app: FastifyInstance, bound: string, { openReads, readToken }: Readers): void {
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(securityHeaders);
    if (isLoopbackHost(bound) && !loopbackNames.has(nameOf(request.headers.host ?? '')))
      return refuse(reply, 421, 'LK-HTTP-002');
    if (request.url === healthPath) return undefined;
    const mayAsk = openReads || (isRead(request) && showsToken(request, readToken));
    if (!mayAsk || !isLoopbackAddress(request.ip)) return refuse(reply, 401, 'LK-HTTP-001');
    return undefined;
  });
}

/** A browser tells where a request comes from; a command from another site is refused. */
export function isFromElsewhere(request: FastifyRequest): boolean {
  const { origin, host } = request.headers;
  const site = request.headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return true;
  return origin !== undefined && origin !== `http://${host ?? ''}`;
}

export const wrongCodesMax = 5;
export const lockMs = 60_000;

/** Compares the code that a person typed, in constant time, and stops guessing. */
export function codeCheck(code: string, mono: () => number): (typed: string) => 'right' | 'wrong' | 'locked' {
  const wanted = digest(code);
  let wrong = 0;
  let lockedUntil = -Infinity;
  return (typed) => {
    if (mono() < lockedUntil) return 'locked';
    if (timingSafeEqual(digest(typed.trim()), wanted)) {
      wrong = 0;
      return 'right';
    }
    if (++wrong >= wrongCodesMax) {
      wrong = 0;
      lockedUntil = mono() + lockMs;
    }
    return 'wrong';
  };
}
