/** A certificate of our own for servers of these tests, made by openssl in a folder of its own. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { needsPrograms } from '../rig.ts';

export function selfSigned({ days }: { readonly days: number }): {
  readonly key: Buffer;
  readonly cert: Buffer;
} {
  needsPrograms('openssl');
  const folder = mkdtempSync(path.join(os.tmpdir(), 'lk-cert-'));
  const [key, cert] = [path.join(folder, 'key.pem'), path.join(folder, 'cert.pem')];
  const made = spawnSync(
    'openssl',
    [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'],
      ...['-subj', '/CN=pbx.example', '-days', String(days), '-keyout', key, '-out', cert],
    ],
    { encoding: 'utf8' },
  );
  if (made.status !== 0) throw new Error(made.stderr);
  return { key: readFileSync(key), cert: readFileSync(cert) };
}
