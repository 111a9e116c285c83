/**
 * Hands commands to the guard and waits for what it decided. The guard alone decides; no answer in time is "unknown",
 * never "done". Bounded by the number of commands that wait.
 */
import { nanoid } from 'nanoid';
import type { Actor, Command } from '../model/event.ts';
import type { Notice } from '../model/effect.ts';
import type { Text } from '../model/text.ts';

export const waitingMax = 64;
const answerMsMax = 5000;

export type Outcome =
  | { readonly kind: 'decided'; readonly id: string; readonly accepted: boolean; readonly text: Text }
  | { readonly kind: 'no-answer'; readonly id: string }
  | { readonly kind: 'too-many' };

export interface CommandDesk {
  give(command: Command, by: Actor): Promise<Outcome>;
  heard(notice: Notice): void;
  close(): void;
}

export function commandDesk(
  send: (id: string, by: Actor, command: Command) => void,
  limitMs: number = answerMsMax,
): CommandDesk {
  const waiting = new Map<string, { settle: (outcome: Outcome) => void; timer: NodeJS.Timeout }>();
  const settle = (id: string, outcome: Outcome): void => {
    const one = waiting.get(id);
    if (one === undefined) return;
    waiting.delete(id);
    clearTimeout(one.timer);
    one.settle(outcome);
  };
  return {
    give(command, by) {
      if (waiting.size >= waitingMax) return Promise.resolve({ kind: 'too-many' });
      const id = nanoid();
      return new Promise((resolve) => {
        const timer = setTimeout(() => {
          settle(id, { kind: 'no-answer', id });
        }, limitMs);
        waiting.set(id, { settle: resolve, timer });
        send(id, by, command);
      });
    },
    heard(notice) {
      if (notice.kind !== 'command') return;
      settle(notice.id, { kind: 'decided', id: notice.id, accepted: notice.accepted, text: notice.text });
    },
    close() {
      for (const id of waiting.keys()) settle(id, { kind: 'no-answer', id });
    },
  };
}
