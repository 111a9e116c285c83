/** What a TCP port tells of whether its machine still runs. Our own dead network says nothing of it. */
import { connect } from 'node:net';
import { text } from '../model/text.ts';
import type { Seen } from './host-orders.ts';
import { isOwnFault, withoutCarrier } from './probe-rounds.ts';

const answerMsMax = 3000;

export async function signOfPort(host: string, port: number, end: AbortSignal): Promise<Seen> {
  const where = `${host}:${port}`;
  const code = await tried(host, port, end);
  if (code === '') return { kind: 'on', reason: text(`${where} 仍应答`, `${where} answers`) };
  if (code === 'ECONNREFUSED' || code === 'ECONNRESET')
    return { kind: 'closed', reason: text(`${where} 已拒绝连接`, `${where} refuses connections`) };
  if (isOwnFault(code) || (await withoutCarrier()))
    return {
      kind: 'unknown',
      reason: text(
        `本机网络无法到达 ${where}（${code}）`,
        `our own network does not reach ${where} (${code})`,
      ),
    };
  return { kind: 'silent', reason: text(`${where} 无应答（${code}）`, `${where} is silent (${code})`) };
}

/** Empty when it connects, else the code of what went wrong. */
function tried(host: string, port: number, end: AbortSignal): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const done = (code: string): void => {
      clearTimeout(overdue);
      end.removeEventListener('abort', stopped);
      socket.destroy();
      resolve(code);
    };
    const stopped = (): void => done('EINVAL');
    const overdue = setTimeout(() => done('ETIMEDOUT'), answerMsMax);
    end.addEventListener('abort', stopped);
    socket.on('connect', () => done(''));
    socket.on('error', (error: NodeJS.ErrnoException) => done(error.code ?? error.message));
    if (end.aborted) stopped();
  });
}
