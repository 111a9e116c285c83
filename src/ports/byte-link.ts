import type { Text } from '../model/text.ts';

/**
 * A byte stream to one device: a serial port, a TCP connection, or a pair in memory.
 *
 * Contract (held by `test/contract/byte-link.ts` on every implementation):
 * - The link opens itself and reopens after a loss with back-off and jitter until `close()`; it never throws out.
 * - `data` gets the bytes in order; the chunk is only valid during the call (copy what is kept).
 * - `up` comes before the first `data`; after `down` no `data` comes until the next `up`.
 * - `write` never blocks; bytes written while down are dropped and `false` is returned. `false` also means that more
 *   than `maxQueuedBytes` wait to go out: the bytes were dropped.
 * - `drop(reason)` closes the present connection (for example after garbage) and lets the link open it again.
 * - A port that is missing, busy or vanishes is a `down` with a reason in both languages, once for each change.
 */
export interface ByteLink {
  readonly name: string;
  start(handlers: ByteLinkHandlers): void;
  write(bytes: Uint8Array): boolean;
  drop(reason: Text): void;
  close(): Promise<void>;
}

export interface ByteLinkHandlers {
  up(): void;
  down(reason: Text): void;
  data(chunk: Uint8Array): void;
}
