/**
 * The cable between the guard's machine and one card: bytes take their time, and may be lost, changed or held up. Each end is a
 * ByteLink as the driver and the virtual card want it. What waits while the guard stands still is bounded, as the kernel's buffer is.
 */
import type { ByteLink, ByteLinkHandlers } from '../../../src/ports/byte-link.ts';
import type { Text } from '../../../src/model/text.ts';
import { text } from '../../../src/model/text.ts';
import type { Chance } from '../../../src/sim/chance.ts';
import type { Owner, VirtualTime } from './time.ts';

const kernelBufferBytes = 65_536;
const reopenMs = 500;

export interface WireFaults {
  /** Nothing arrives, and nobody is told. */
  readonly isCut: boolean;
  /** Shares of the pieces that are lost, and that arrive changed. */
  readonly lost: number;
  readonly garbled: number;
  readonly lateMs: number;
}
export const soundWire: WireFaults = { isCut: false, lost: 0, garbled: 0, lateMs: 0 };

export class Wire {
  readonly host: End;
  readonly card: End;
  readonly #time: VirtualTime;
  readonly #random: Chance;
  #faults = soundWire;
  /** When it was last anything but sound. */
  unsoundAt = -Infinity;
  #isClosed = false;

  constructor(name: string, time: VirtualTime, random: Chance) {
    this.#time = time;
    this.#random = random;
    this.host = new End(name, this, time);
    this.card = new End(`${name}-card`, this, time);
  }

  get faults(): WireFaults {
    return this.#faults;
  }
  set faults(faults: WireFaults) {
    if (this.#faults !== soundWire) this.unsoundAt = this.#time.now;
    this.#faults = faults;
  }
  /** Milliseconds for which it has been sound. */
  get soundMs(): number {
    return this.#faults === soundWire && !this.#isClosed ? this.#time.now - this.unsoundAt : 0;
  }

  opened(): void {
    if (this.#isClosed || !this.host.isOpen || !this.card.isOpen) return;
    this.card.goDown(text('对端重新打开', 'opened anew'));
    this.card.goUp();
    this.host.goUp();
  }

  /** The connection is closed; both sides hear of it, and it comes back. */
  drop(reason: Text): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.unsoundAt = this.#time.now;
    this.host.goDown(reason);
    this.card.goDown(reason);
    this.#time.in(reopenMs, () => {
      this.unsoundAt = this.#time.now;
      this.#isClosed = false;
      this.opened();
    });
  }

  carry(chunk: Uint8Array, from: End): boolean {
    const to = from === this.host ? this.card : this.host;
    const { isCut, lost, garbled, lateMs } = this.#faults;
    if (isCut || this.#isClosed || (lost > 0 && this.#random() < lost)) return true;
    const bytes = Uint8Array.from(chunk);
    if (garbled > 0 && this.#random() < garbled) {
      const place = Math.floor(this.#random() * bytes.length);
      bytes[place] = (bytes[place] ?? 0) ^ (1 + Math.floor(this.#random() * 255));
    }
    to.arrive(bytes, 1 + lateMs);
    return true;
  }
}

class End implements ByteLink {
  readonly name: string;
  readonly #wire: Wire;
  readonly #time: VirtualTime;
  #handlers: ByteLinkHandlers | undefined;
  #owner: Owner | undefined;
  #isUp = false;
  #session = 0;
  #arrivesAt = 0;
  #waitingBytes = 0;

  constructor(name: string, wire: Wire, time: VirtualTime) {
    this.name = name;
    this.#wire = wire;
    this.#time = time;
  }

  get isOpen(): boolean {
    return this.#handlers !== undefined && this.#owner?.isAlive === true;
  }

  start(handlers: ByteLinkHandlers): void {
    this.#handlers = handlers;
    this.#owner = this.#time.owner;
    this.#isUp = false;
    this.#session++;
    this.#time.in(1, () => {
      this.#wire.opened();
    });
  }

  write(bytes: Uint8Array): boolean {
    return this.#isUp && this.#wire.carry(bytes, this);
  }

  drop(reason: Text): void {
    this.#wire.drop(reason);
  }

  close(): Promise<void> {
    this.#handlers = undefined;
    this.#isUp = false;
    this.#session++;
    this.#time.promised();
    return Promise.resolve();
  }

  goUp(): void {
    if (this.#isUp) return;
    this.#isUp = true;
    this.#tell((handlers) => {
      handlers.up();
    });
  }

  goDown(reason: Text): void {
    if (!this.#isUp) return;
    this.#isUp = false;
    this.#session++;
    this.#tell((handlers) => {
      handlers.down(reason);
    });
  }

  arrive(bytes: Uint8Array, ms: number): void {
    if (this.#waitingBytes + bytes.length > kernelBufferBytes) return;
    this.#waitingBytes += bytes.length;
    this.#arrivesAt = Math.max(this.#arrivesAt, this.#time.now + ms);
    const session = this.#session;
    const take = (): void => {
      const stoppedUntil = this.#owner?.stoppedUntil ?? 0;
      if (this.isOpen && stoppedUntil > this.#time.now) {
        this.#time.in(stoppedUntil - this.#time.now, take);
        return;
      }
      this.#waitingBytes -= bytes.length;
      if (session !== this.#session || !this.#isUp) return;
      this.#tell((handlers) => {
        handlers.data(bytes);
      });
    };
    this.#time.in(this.#arrivesAt - this.#time.now, take);
  }

  #tell(what: (handlers: ByteLinkHandlers) => void): void {
    const handlers = this.#handlers;
    const owner = this.#owner;
    if (handlers === undefined || owner?.isAlive !== true) return;
    this.#time.as(owner, () => {
      what(handlers);
    });
  }
}
