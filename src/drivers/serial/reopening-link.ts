/**
 * The part that all byte links share: open, tell `up` and `down` once for each change, open again after a loss with back-off
 * and jitter, bound what waits to go out. It judges no content, and a silence is not its business.
 */
import type { ByteLink, ByteLinkHandlers } from '../../ports/byte-link.ts';
import type { Text } from '../../model/text.ts';

/** First wait before another try; doubled with every failure up to the longest, each ± a quarter. */
const reopenMsMin = 250;
const reopenMsMax = 5000;
const jitter = 0.25;
/** What may wait to go out: two seconds of a full 921600 baud line. More means that nobody takes it. */
const maxQueuedBytes = 184_320;

/** One open connection. `write` must take the bytes without waiting. */
export interface Connection {
  write(bytes: Uint8Array): void;
  queuedBytes(): number;
  /** Resolves when the device is free again; no callback comes afterwards. */
  close(): Promise<void>;
}

/** What a connection tells while it lives; `lost` at most once. */
export interface ConnectionEvents {
  data(chunk: Uint8Array): void;
  lost(reason: Text): void;
}

/** Opens one connection or rejects with a reason for people. `abort` gives up an attempt under way. */
export type Connect = (events: ConnectionEvents, abort: AbortSignal) => Promise<Connection>;

export class CannotOpen extends Error {
  readonly reason: Text;
  constructor(reason: Text) {
    super(reason.en);
    this.name = 'CannotOpen';
    this.reason = reason;
  }
}

export class ReopeningLink implements ByteLink {
  readonly name: string;
  readonly #connect: Connect;
  #handlers: ByteLinkHandlers | undefined;
  #connection: Connection | undefined;
  /** Counts attempts, so that a callback of an older connection is known as such. */
  #attempt = 0;
  #failures = 0;
  #lastReason = '';
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;
  #abort: AbortController | undefined;
  #settled: Promise<void> = Promise.resolve();

  constructor(name: string, connect: Connect) {
    this.name = name;
    this.#connect = connect;
  }

  start(handlers: ByteLinkHandlers): void {
    this.#handlers = handlers;
    this.#open();
  }

  write(bytes: Uint8Array): boolean {
    const connection = this.#connection;
    if (connection === undefined || connection.queuedBytes() + bytes.length > maxQueuedBytes) return false;
    connection.write(bytes);
    return true;
  }

  drop(reason: Text): void {
    if (this.#connection !== undefined) this.#lose(this.#attempt, reason);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#attempt++;
    clearTimeout(this.#timer);
    this.#abort?.abort();
    const connection = this.#connection;
    this.#connection = undefined;
    await connection?.close();
    await this.#settled;
  }

  #open(): void {
    const attempt = ++this.#attempt;
    const abort = new AbortController();
    this.#abort = abort;
    const events: ConnectionEvents = {
      data: (chunk) => {
        if (attempt === this.#attempt && this.#connection !== undefined) this.#handlers?.data(chunk);
      },
      lost: (reason) => {
        this.#lose(attempt, reason);
      },
    };
    this.#settled = this.#connect(events, abort.signal).then(
      async (connection) => {
        if (attempt !== this.#attempt) {
          await connection.close();
          return;
        }
        this.#connection = connection;
        this.#failures = 0;
        this.#lastReason = '';
        this.#handlers?.up();
      },
      (error: unknown) => {
        if (attempt === this.#attempt) this.#fail(reasonOf(error));
      },
    );
  }

  #lose(attempt: number, reason: Text): void {
    if (attempt !== this.#attempt || this.#isClosed) return;
    const connection = this.#connection;
    this.#connection = undefined;
    this.#attempt++;
    const closing = connection?.close() ?? Promise.resolve();
    this.#settled = closing;
    this.#fail(reason);
  }

  #fail(reason: Text): void {
    if (this.#isClosed) return;
    if (reason.en !== this.#lastReason) {
      this.#lastReason = reason.en;
      this.#handlers?.down(reason);
    }
    const wait = Math.min(reopenMsMax, reopenMsMin * 2 ** Math.min(this.#failures, 10));
    this.#failures++;
    this.#timer = setTimeout(
      () => {
        void this.#settled.then(() => {
          if (!this.#isClosed) this.#open();
        });
      },
      wait * (1 - jitter + Math.random() * 2 * jitter),
    );
  }
}

function reasonOf(error: unknown): Text {
  if (error instanceof CannotOpen) return error.reason;
  const message = error instanceof Error ? error.message : String(error);
  return { zh: message, en: message };
}
