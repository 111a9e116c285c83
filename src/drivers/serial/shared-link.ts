/**
 * One byte link and all who use it: the call records that come over a wire and the strings that go out over it. Each user has
 * a tap, which is a byte link of its own: it hears all, may write, and is told of ups and downs as if it were alone. The wire
 * is opened with the first tap that starts and closed with the last that closes.
 */
import type { ByteLink, ByteLinkHandlers } from '../../ports/byte-link.ts';
import type { Text } from '../../model/text.ts';

export class SharedLink {
  readonly #link: ByteLink;
  readonly #users = new Set<ByteLinkHandlers>();
  #isStarted = false;
  #state: { readonly isUp: true } | { readonly isUp: false; readonly reason: Text } | undefined;
  #open = 0;

  constructor(link: ByteLink) {
    this.#link = link;
  }

  tap(): ByteLink {
    let user: ByteLinkHandlers | undefined;
    let isClosed = false;
    this.#open++;
    return {
      name: this.#link.name,
      start: (handlers) => {
        if (isClosed || user !== undefined) return;
        user = handlers;
        this.#users.add(handlers);
        if (!this.#isStarted) this.#start();
        else if (this.#state?.isUp === true) handlers.up();
        else if (this.#state !== undefined) handlers.down(this.#state.reason);
      },
      write: (bytes) => !isClosed && this.#link.write(bytes),
      drop: (reason) => {
        this.#link.drop(reason);
      },
      close: async () => {
        if (isClosed) return;
        isClosed = true;
        if (user !== undefined) this.#users.delete(user);
        if (--this.#open === 0) await this.#link.close();
      },
    };
  }

  #start(): void {
    this.#isStarted = true;
    this.#link.start({
      up: () => {
        this.#state = { isUp: true };
        for (const user of [...this.#users]) user.up();
      },
      down: (reason) => {
        this.#state = { isUp: false, reason };
        for (const user of [...this.#users]) user.down(reason);
      },
      data: (chunk) => {
        for (const user of [...this.#users]) user.data(chunk);
      },
    });
  }
}
