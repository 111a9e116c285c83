/**
 * Asks the archive and waits for its answer, for a bounded time and with a bounded number of open questions. The port
 * may be replaced when the archive was started anew; what was open then is answered with "no answer".
 */
import type { ArchiveAnswer, ArchivePort, ArchiveQuestion } from '../model/messages.ts';

export const openQuestionsMax = 64;
const answerMsMax = 5000;

type Plain<T> = T extends { readonly ask: number } ? Omit<T, 'ask'> : never;
/** A question without its number. */
export type Ask = Plain<ArchiveQuestion>;

export interface ArchiveDesk {
  /** `undefined`: no answer. */
  ask(question: Ask): Promise<ArchiveAnswer | undefined>;
  use(port: ArchivePort): void;
  close(): void;
}

export function archiveDesk(first: ArchivePort | undefined, limitMs: number = answerMsMax): ArchiveDesk {
  const open = new Map<number, (answer: ArchiveAnswer | undefined) => void>();
  let port: ArchivePort | undefined;
  let asked = 0;
  const abandon = (): void => {
    for (const settle of [...open.values()]) settle(undefined);
  };
  const desk: ArchiveDesk = {
    ask(question) {
      if (port === undefined || open.size >= openQuestionsMax) return Promise.resolve(undefined);
      const ask = ++asked;
      return new Promise((resolve) => {
        const settle = (answer: ArchiveAnswer | undefined): void => {
          clearTimeout(timer);
          open.delete(ask);
          resolve(answer);
        };
        const timer = setTimeout(() => {
          settle(undefined);
        }, limitMs);
        open.set(ask, settle);
        port?.postMessage({ ...question, ask });
      });
    },
    use(next) {
      port?.close();
      abandon();
      port = next;
      next.on('message', (answer) => open.get(answer.ask)?.(answer));
    },
    close() {
      port?.close();
      port = undefined;
      abandon();
    },
  };
  if (first !== undefined) desk.use(first);
  return desk;
}
