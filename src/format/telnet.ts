/**
 * Telnet as far as a printer port of a switch needs it (RFC 854): the bytes of the commands are taken out of the data, and every
 * option is refused, each once, so that two sides never refuse each other without end. Commands may be torn at any byte.
 */
const iac = 255;
const [will, wont, doIt, dont] = [251, 252, 253, 254];
const [begin, end] = [250, 240];

/** "No operation": a connection that is gone is found by sending it. */
export const telnetNop: Uint8Array = Uint8Array.of(iac, 241);

/** Data bytes as they go out. */
export const telnetData = (bytes: Uint8Array): Uint8Array =>
  bytes.includes(iac)
    ? Uint8Array.from([...bytes].flatMap((byte) => (byte === iac ? [iac, iac] : [byte])))
    : bytes;

export interface TelnetHeard {
  readonly data: Uint8Array;
  /** To be sent at once. */
  readonly answer: Uint8Array;
}

export class TelnetReader {
  #state: 'data' | 'command' | 'option' | 'sub' | 'sub-command' = 'data';
  #command = 0;
  readonly #refused = new Set<string>();

  push(chunk: Uint8Array): TelnetHeard {
    const data: number[] = [];
    const answer: number[] = [];
    for (const byte of chunk) {
      switch (this.#state) {
        case 'data':
          if (byte === iac) this.#state = 'command';
          else data.push(byte);
          break;
        case 'command':
          if (byte === iac) data.push(byte);
          this.#command = byte;
          this.#state =
            byte === begin
              ? 'sub'
              : byte === will || byte === wont || byte === doIt || byte === dont
                ? 'option'
                : 'data';
          break;
        case 'option':
          this.#state = 'data';
          answer.push(...this.#refusal(byte));
          break;
        case 'sub':
          if (byte === iac) this.#state = 'sub-command';
          break;
        case 'sub-command':
          this.#state = byte === end ? 'data' : 'sub';
          break;
        default:
          this.#state satisfies never;
      }
    }
    return { data: Uint8Array.from(data), answer: Uint8Array.from(answer) };
  }

  #refusal(option: number): readonly number[] {
    const word = this.#command === doIt ? wont : this.#command === will ? dont : undefined;
    if (word === undefined || this.#refused.has(`${word} ${option}`)) return [];
    this.#refused.add(`${word} ${option}`);
    return [iac, word, option];
  }
}
