import type { Text } from '../../model/text.ts';

/** How heartbeats reach us: by name over ports of our own, by topic over the broker. */
export interface HeartbeatWay {
  /** Why nothing can arrive; absent while something can. */
  readonly fault: Text | undefined;
  /** Since when something can arrive without break; whoever is overdue had no chance before. */
  readonly openForMs: number;
  /** The function that it returns ends it. */
  expect(name: string, expected: Expected): () => void;
}

export interface Expected {
  /** The only address that may send. */
  readonly from?: string;
  /** The word that the sender must know. */
  readonly token?: string;
  came(): void;
  refused(why: Text): void;
}
