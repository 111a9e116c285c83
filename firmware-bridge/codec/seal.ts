/**
 * Session HMAC of a link that strangers can reach (TCP): SHA-256 (FIPS 198-1, RFC 2104) cut to 16 bytes, over header,
 * payload and a counter that only grows. Both nonces and the session go into the keys, one for each direction, so nothing
 * from another session or from the other side can be played back. A CRC is no authentication.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { readCounter, writeCounter } from './layout.ts';
import type { Frame } from './frame.ts';

const tagBytes = 16;
const counterBytes = 8;

export interface SessionNames {
  readonly key: Uint8Array;
  /** Hex, as the messages carry them. */
  readonly session: string;
  readonly hostNonce: string;
  readonly cardNonce: string;
  readonly serialNumber: string;
}

/** Seals what one side sends, and checks what the other side sent. */
export interface SessionSeals {
  readonly send: Seal;
  readonly receive: SealCheck;
}

export function sessionSeals(side: 'host' | 'card', names: SessionNames): SessionSeals {
  const own = directionKey(side, names);
  const other = directionKey(side === 'host' ? 'card' : 'host', names);
  return { send: new Seal(own), receive: new SealCheck(other) };
}

/** Key of what `from` sends. */
export function directionKey(from: 'host' | 'card', names: SessionNames): Buffer {
  const serialNumber = Buffer.alloc(16);
  serialNumber.write(names.serialNumber, 'latin1');
  return createHmac('sha256', names.key)
    .update(from === 'host' ? 'LK1 host to card' : 'LK1 card to host', 'latin1')
    .update(Buffer.from(names.session + names.hostNonce + names.cardNonce, 'hex'))
    .update(serialNumber)
    .digest();
}

export class Seal {
  readonly #key: Buffer;
  #counter = 0;

  constructor(key: Buffer) {
    this.#key = key;
  }

  /** Writes counter and tag behind the `end` bytes of header and payload. */
  write(raw: Buffer, end: number): void {
    writeCounter(++this.#counter, raw, end);
    createHmac('sha256', this.#key)
      .update(raw.subarray(0, end + counterBytes))
      .digest()
      .copy(raw, end + counterBytes, 0, tagBytes);
  }
}

export class SealCheck {
  readonly #key: Buffer;
  #highest = 0;

  constructor(key: Buffer) {
    this.#key = key;
  }

  /** `replayed`: the tag is right, but this counter or a later one was here before. */
  check(frame: Frame): 'good' | 'absent' | 'wrong' | 'replayed' {
    if (!frame.sealed) return 'absent';
    const tagAt = frame.end + counterBytes;
    const tag = createHmac('sha256', this.#key)
      .update(frame.bytes.subarray(0, tagAt))
      .digest()
      .subarray(0, tagBytes);
    if (!timingSafeEqual(tag, frame.bytes.subarray(tagAt, tagAt + tagBytes))) return 'wrong';
    const counter = readCounter(frame.bytes, frame.end);
    if (counter <= this.#highest) return 'replayed';
    this.#highest = counter;
    return 'good';
  }
}
