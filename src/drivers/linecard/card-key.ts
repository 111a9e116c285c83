/** The key that a card on TCP shares with us: 64 hexadecimal digits in a file that only we may read. */
import { readFileSync, statSync } from 'node:fs';
import { text } from '../../model/text.ts';
import type { Text } from '../../model/text.ts';

const keyBytes = 32;

export type CardKey =
  { readonly ok: true; readonly key: Buffer } | { readonly ok: false; readonly reason: Text };

export function readCardKey(file: string): CardKey {
  try {
    if ((statSync(file).mode & 0o077) !== 0)
      return {
        ok: false,
        reason: text(
          `密钥文件 ${file} 可被他人读取（请 chmod 600）`,
          `key file ${file} can be read by others (chmod 600)`,
        ),
      };
    const digits = readFileSync(file, 'utf8').trim();
    if (/^[0-9a-f]{64}$/i.test(digits)) return { ok: true, key: Buffer.from(digits, 'hex') };
    return {
      ok: false,
      reason: text(
        `密钥文件 ${file} 应为 ${keyBytes * 2} 位十六进制数`,
        `key file ${file} must hold ${keyBytes * 2} hexadecimal digits`,
      ),
    };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return {
      ok: false,
      reason: text(`无法读取密钥文件 ${file}：${why}`, `key file ${file} cannot be read: ${why}`),
    };
  }
}
