/**
 * One question and its one answer: what comes first of an answer, the time-out and the end of the probe wins, and whatever
 * was opened for the question is taken down after it.
 */
import { text } from '../model/text.ts';
import type { Text } from '../model/text.ts';
import { isOwnFault } from './probe-rounds.ts';
import type { RoundAnswer } from './probe-rounds.ts';

export interface Waiting {
  readonly waitMs: number;
  /** What is said when nothing came in time. */
  readonly overdue: Text;
  readonly end: AbortSignal;
}

/** `begin` asks, and returns what takes it down again. Only the first `finish` counts. */
export function oneAnswer(
  { waitMs, overdue, end }: Waiting,
  begin: (finish: (answer: RoundAnswer) => void) => () => void,
): Promise<RoundAnswer> {
  return new Promise((resolve, reject) => {
    let takeDown = (): void => undefined;
    const done = new AbortController();
    const settle = (): void => {
      done.abort();
      clearTimeout(timer);
      end.removeEventListener('abort', stopped);
      takeDown();
    };
    const finish = (answer: RoundAnswer): void => {
      if (done.signal.aborted) return;
      settle();
      resolve(answer);
    };
    const stopped = (): void => finish({ kind: 'cannot', reason: text('已停止', 'stopped') });
    const timer = setTimeout(() => finish({ kind: 'miss', reason: overdue }), waitMs);
    end.addEventListener('abort', stopped);
    if (end.aborted) {
      stopped();
      return;
    }
    try {
      takeDown = begin(finish);
      // Answered while it was asked: nothing has taken it down yet.
      if (done.signal.aborted) takeDown();
    } catch (error) {
      settle();
      reject(error instanceof Error ? error : new Error(String(error)));
    }
  });
}

/** What an error of a connection to `where` means: ours (says nothing about the other side), or theirs. */
export function failed(where: string, error: NodeJS.ErrnoException): RoundAnswer {
  const detail = error.code ?? error.message;
  if (isOwnFault(error.code))
    return {
      kind: 'cannot',
      reason: text(`无法连接 ${where}：${detail}`, `cannot reach ${where}: ${detail}`),
    };
  return error.code === 'ECONNREFUSED'
    ? {
        kind: 'miss',
        reason: text(`${where} 拒绝连接，服务未运行`, `${where} refuses connections: nothing listens there`),
      }
    : { kind: 'miss', reason: text(`${where} 连接失败（${detail}）`, `${where} fails (${detail})`) };
}
