/**
 * How long the certificate of a server still holds. Its end is a warning of its own, never a reason to call the server down:
 * the service answers. Trust is not judged: what we send is no secret, and many devices sign their own certificate.
 */
import type { PeerCertificate } from 'node:tls';
import { text } from '../model/text.ts';
import type { Text } from '../model/text.ts';

const dayMs = 86_400_000;

export interface CertificateTerm {
  readonly reason: Text;
  readonly values: Readonly<Record<string, number | string | boolean>>;
}

/** `undefined` where there is no certificate, or none with a date. Times in ms since 1970. */
export function certificateTerm(
  { valid_to: end }: Pick<PeerCertificate, 'valid_to'>,
  warnMs: number,
  now: number,
): CertificateTerm | undefined {
  const endAt = Date.parse(end);
  if (!Number.isFinite(endAt)) return undefined;
  const day = new Date(endAt).toISOString().slice(0, 10);
  const leftMs = endAt - now;
  const isExpired = leftMs <= 0;
  return {
    reason: isExpired
      ? text(`证书已于 ${day} 过期`, `the certificate ended on ${day}`)
      : text(`证书有效至 ${day}`, `certificate until ${day}`),
    values: {
      certificateDaysLeft: Math.floor(leftMs / dayMs),
      certificateUntil: day,
      certificateExpiring: !isExpired && leftMs <= warnMs,
      certificateExpired: isExpired,
    },
  };
}
