/** Prints through `lp` of CUPS: the file goes in at its standard input, the printer is an argument, no shell sees either. */
import { spawn } from 'node:child_process';
import { text } from '../../model/text.ts';
import type { Text } from '../../model/text.ts';

const runMsMax = 20_000;

export type Printed = { readonly ok: true } | { readonly ok: false; readonly reason: Text };

export function print(printer: string, title: string, pdf: string): Promise<Printed> {
  return new Promise((resolve) => {
    const child = spawn('lp', ['-d', printer, '-t', title, '-o', 'media=A4', '--', '-'], {
      stdio: ['pipe', 'ignore', 'pipe'],
    });
    let said = '';
    const overdue = setTimeout(() => child.kill('SIGKILL'), runMsMax);
    child.stderr.on('data', (chunk: Buffer) => {
      if (said.length < 4096) said += chunk.toString();
    });
    // A printer program that does not read to the end tells so by its exit code.
    child.stdin.on('error', () => undefined);
    child.on('error', (error: NodeJS.ErrnoException) => {
      clearTimeout(overdue);
      resolve({
        ok: false,
        reason:
          error.code === 'ENOENT'
            ? text('未安装 lp（apt install cups-client）', 'lp is not installed (apt install cups-client)')
            : text(`无法运行 lp：${error.message}`, `cannot run lp: ${error.message}`),
      });
    });
    child.on('close', (code) => {
      clearTimeout(overdue);
      const detail = said.trim().split('\n').at(-1)?.slice(0, 160) ?? '';
      resolve(
        code === 0
          ? { ok: true }
          : {
              ok: false,
              reason: text(`打印机 ${printer} 失败：${detail}`, `printer ${printer} fails: ${detail}`),
            },
      );
    });
    child.stdin.end(pdf, 'latin1');
  });
}
