/** A serial wire over which several ask, one at a time, and to which all of them listen. */
import { text } from '../../model/text.ts';
import type { Text } from '../../model/text.ts';
import type { ByteLink } from '../../ports/byte-link.ts';
import { Slots } from '../probe-rounds.ts';

/** One wire and all who ask over it, one at a time. */
export class SerialWire {
  readonly #link: ByteLink;
  readonly #turn = new Slots(1);
  readonly #listeners = new Set<(chunk: string) => void>();
  #fault: Text | undefined = text('串口尚未打开', 'the serial wire is not open yet');

  constructor(link: ByteLink) {
    this.#link = link;
  }

  start(): void {
    this.#link.start({
      up: () => (this.#fault = undefined),
      down: (reason) => (this.#fault = reason),
      data: (chunk) => {
        const heard = Buffer.from(chunk).toString('latin1');
        for (const listener of this.#listeners) listener(heard);
      },
    });
  }

  /** Why nothing can be asked now. */
  get fault(): Text | undefined {
    return this.#fault;
  }

  /** The function that it returns ends the listening. */
  listen(listener: (chunk: string) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  write(words: string): boolean {
    return this.#link.write(Buffer.from(words, 'latin1'));
  }

  take<T>(work: () => Promise<T>): Promise<T> {
    return this.#turn.run(work);
  }

  close(): Promise<void> {
    return this.#link.close();
  }
}
