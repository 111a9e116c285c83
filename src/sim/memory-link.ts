/**
 * Two byte links joined in memory, for the demo and for tests. Bytes written on one side arrive at the other in order, each
 * write as a chunk of its own, never inside the call that wrote them.
 */
import type { ByteLink, ByteLinkHandlers } from '../ports/byte-link.ts';
import { text } from '../model/text.ts';
import type { Text } from '../model/text.ts';

/** Chunks that may wait while the receiver is busy. */
const queuedChunksMax = 1024;

export interface MemoryLinkPair {
  readonly host: ByteLink;
  readonly card: ByteLink;
  /** Both ends go down, and stay so until `join`. */
  cut(): void;
  join(): void;
  /** What happens to each chunk on its way to the host or to the card; `undefined` lets all pass. */
  disturb(change: ((chunk: Uint8Array, to: 'host' | 'card') => readonly Uint8Array[]) | undefined): void;
}

/** Runs a delivery soon: the next microtask, or a test's own timer. */
type Deliver = (run: () => void) => void;

export function memoryLinkPair(deliver: Deliver = queueMicrotask): MemoryLinkPair {
  return new Pair(deliver);
}

class Pair implements MemoryLinkPair {
  readonly host: End;
  readonly card: End;
  readonly #deliver: Deliver;
  #isJoined = true;
  #disturb: ((chunk: Uint8Array, to: 'host' | 'card') => readonly Uint8Array[]) | undefined;

  constructor(deliver: Deliver) {
    this.#deliver = deliver;
    this.host = new End(this, 'host', deliver);
    this.card = new End(this, 'card', deliver);
  }

  cut(): void {
    this.#isJoined = false;
    this.dropped(text('内存链路已切断', 'the memory link was cut'));
  }

  join(): void {
    this.#isJoined = true;
    this.started();
  }

  disturb(change: ((chunk: Uint8Array, to: 'host' | 'card') => readonly Uint8Array[]) | undefined): void {
    this.#disturb = change;
  }

  started(): void {
    this.#deliver(() => {
      if (!this.#isJoined || !this.host.isStarted || !this.card.isStarted) return;
      this.card.goUp();
      this.host.goUp();
    });
  }

  dropped(reason: Text): void {
    this.host.goDown(reason);
    this.card.goDown(reason);
    this.started();
  }

  carry(chunk: Uint8Array, to: 'host' | 'card'): boolean {
    const end = to === 'host' ? this.host : this.card;
    const pieces = this.#disturb?.(chunk, to) ?? [chunk];
    return pieces.every((piece) => end.take(piece));
  }
}

class End implements ByteLink {
  readonly name: string;
  readonly #pair: Pair;
  readonly #side: 'host' | 'card';
  readonly #deliver: Deliver;
  #handlers: ByteLinkHandlers | undefined;
  #isUp = false;
  #isAsked = false;
  readonly #queue: Uint8Array[] = [];

  constructor(pair: Pair, side: 'host' | 'card', deliver: Deliver) {
    this.name = `memory-${side}`;
    this.#pair = pair;
    this.#side = side;
    this.#deliver = deliver;
  }

  get isStarted(): boolean {
    return this.#handlers !== undefined;
  }

  start(handlers: ByteLinkHandlers): void {
    this.#handlers = handlers;
    this.#pair.started();
  }

  write(bytes: Uint8Array): boolean {
    return this.#isUp && this.#pair.carry(bytes, this.#side === 'host' ? 'card' : 'host');
  }

  drop(reason: Text): void {
    if (this.#isUp) this.#pair.dropped(reason);
  }

  close(): Promise<void> {
    this.#handlers = undefined;
    this.#isUp = false;
    this.#queue.length = 0;
    this.#pair.dropped(text('对端已关闭', 'the other end was closed'));
    return Promise.resolve();
  }

  goUp(): void {
    if (this.#isUp) return;
    this.#isUp = true;
    this.#handlers?.up();
  }

  goDown(reason: Text): void {
    if (!this.#isUp) return;
    this.#isUp = false;
    this.#queue.length = 0;
    this.#handlers?.down(reason);
  }

  take(chunk: Uint8Array): boolean {
    if (this.#queue.length === queuedChunksMax) return false;
    this.#queue.push(Uint8Array.from(chunk));
    if (this.#isAsked) return true;
    this.#isAsked = true;
    this.#deliver(() => {
      this.#isAsked = false;
      for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift())
        if (this.#isUp) this.#handlers?.data(next);
    });
    return true;
  }
}
