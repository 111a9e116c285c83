/** A word that only we and another machine know, in a file that only we may read. What stands in it never reaches a log. */
import { readFile, stat } from 'node:fs/promises';
import { text } from '../model/text.ts';
import type { Text } from '../model/text.ts';

const bytesMax = 1024;

export type Secret =
  { readonly ok: true; readonly secret: string } | { readonly ok: false; readonly reason: Text };

export async function readSecret(file: string): Promise<Secret> {
  try {
    const { mode, size } = await stat(file);
    if ((mode & 0o077) !== 0)
      return {
        ok: false,
        reason: text(`${file} 可被他人读取（请 chmod 600）`, `${file} can be read by others (chmod 600)`),
      };
    const secret = size > bytesMax ? '' : (await readFile(file, 'utf8')).trim();
    if (secret !== '') return { ok: true, secret };
    return {
      ok: false,
      reason: text(
        `${file} 为空或超过 ${bytesMax} 字节`,
        `${file} is empty or longer than ${bytesMax} bytes`,
      ),
    };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { ok: false, reason: text(`无法读取 ${file}：${why}`, `${file} cannot be read: ${why}`) };
  }
}
