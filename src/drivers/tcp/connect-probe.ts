/**
 * Asks whether something accepts TCP connections at an address, and hangs up at once. A kernel accepts for a program that
 * hangs, so this is a hint about a service, never proof of it.
 */
import { connect } from 'node:net';
import { text } from '../../model/text.ts';
import type { Probe } from '../../ports/probe.ts';
import { ProbeRounds, Slots, isOwnFault } from '../probe-rounds.ts';
import type { RoundAnswer } from '../probe-rounds.ts';

/** Connections that all TCP probes of the process open at the same time. */
const connectsAtOnceMax = 16;
const slots = new Slots(connectsAtOnceMax);

export interface TcpProbeOptions {
  readonly source: string;
  readonly host: string;
  readonly port: number;
  readonly everyMs: number;
  readonly timeoutMs: number;
}

export function tcpProbe({ source, host, port, everyMs, timeoutMs }: TcpProbeOptions): Probe {
  return new ProbeRounds({
    source,
    host,
    everyMs,
    suspectMs: Math.min(everyMs, Math.max(1000, everyMs / 5)),
    silence: 'down',
    ask: (end) => slots.run(() => tryConnect(host, port, timeoutMs, end)),
  });
}

function tryConnect(host: string, port: number, timeoutMs: number, end: AbortSignal): Promise<RoundAnswer> {
  const where = `${host}:${port}`;
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const finish = (answer: RoundAnswer): void => {
      clearTimeout(overdue);
      end.removeEventListener('abort', stopped);
      socket.destroy();
      resolve(answer);
    };
    const stopped = (): void => finish({ kind: 'cannot', reason: text('已停止', 'stopped') });
    const overdue = setTimeout(
      () => finish({ kind: 'miss', reason: text(`${where} 连接超时`, `${where} does not accept in time`) }),
      timeoutMs,
    );
    end.addEventListener('abort', stopped);
    if (end.aborted) stopped();
    socket.on('connect', () =>
      finish({ kind: 'alive', reason: text(`${where} 可连接`, `${where} accepts connections`) }),
    );
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (isOwnFault(error.code))
        finish({
          kind: 'cannot',
          reason: text(`无法连接 ${where}：${error.code ?? ''}`, `cannot try ${where}: ${error.message}`),
        });
      else if (error.code === 'ECONNREFUSED')
        finish({
          kind: 'miss',
          reason: text(`${where} 拒绝连接，服务未运行`, `${where} refuses: the service does not run`),
        });
      else
        finish({
          kind: 'miss',
          reason: text(
            `${where} 无法到达（${error.code ?? ''}）`,
            `${where} cannot be reached (${error.code ?? ''})`,
          ),
        });
    });
  });
}
