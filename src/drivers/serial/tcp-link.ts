/**
 * A byte link over TCP: no delay, keep-alive, a limit on the time to connect. A peer that vanishes without a word is found
 * by whoever speaks over it (a line card's silence), not here.
 */
import { connect } from 'node:net';
import type { ByteLink } from '../../ports/byte-link.ts';
import { CannotOpen, ReopeningLink } from './reopening-link.ts';
import type { Connect } from './reopening-link.ts';
import { text } from '../../model/text.ts';
import type { Text } from '../../model/text.ts';

const connectMsMax = 3000;
const keepAliveAfterMs = 5000;

export interface TcpLinkOptions {
  readonly name: string;
  readonly host: string;
  readonly port: number;
}

export function tcpLink({ name, host, port }: TcpLinkOptions): ByteLink {
  const where = `${host}:${port}`;
  const open: Connect = (events, abort) =>
    new Promise((resolve, reject) => {
      const socket = connect({
        host,
        port,
        noDelay: true,
        keepAlive: true,
        keepAliveInitialDelay: keepAliveAfterMs,
      });
      const giveUp = (reason: Text): void => {
        socket.destroy();
        reject(new CannotOpen(reason));
      };
      const timer = setTimeout(() => {
        giveUp(text(`连接 ${where} 超时`, `no connection to ${where} within ${connectMsMax / 1000} s`));
      }, connectMsMax);
      abort.addEventListener('abort', () => {
        clearTimeout(timer);
        giveUp(text('已关闭', 'closed'));
      });
      let failure: NodeJS.ErrnoException | undefined;
      socket.on('error', (error: NodeJS.ErrnoException) => (failure = error));
      socket.on('data', (chunk) => {
        events.data(chunk);
      });
      socket.on('end', () => socket.destroy());
      socket.on('close', () => {
        clearTimeout(timer);
        const reason = lossReason(failure, where);
        reject(new CannotOpen(reason));
        events.lost(reason);
      });
      socket.once('connect', () => {
        clearTimeout(timer);
        resolve({
          write: (bytes) => void socket.write(bytes),
          queuedBytes: () => socket.writableLength,
          close: () =>
            new Promise((closed) => {
              if (socket.closed) closed();
              else socket.once('close', () => closed()).destroy();
            }),
        });
      });
    });
  return new ReopeningLink(name, open);
}

function lossReason(error: NodeJS.ErrnoException | undefined, where: string): Text {
  switch (error?.code) {
    case undefined:
      return text(`${where} 断开了连接`, `${where} closed the connection`);
    case 'ECONNREFUSED':
      return text(`${where} 拒绝连接`, `${where} refused the connection`);
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return text(`无法到达 ${where}`, `no route to ${where}`);
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return text(`无法解析主机名 ${where}`, `the host name of ${where} cannot be resolved`);
    case 'ECONNRESET':
    case 'EPIPE':
      return text(`${where} 中断了连接`, `${where} reset the connection`);
    default:
      return text(`${where}：${error?.code ?? ''}`, `${where}: ${error?.message ?? ''}`);
  }
}
