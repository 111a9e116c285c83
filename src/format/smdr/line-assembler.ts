/**
 * Bytes of a PBX's record port → lines. Ends of lines are CR, LF, CRLF, NUL or form feed. A port that sends 7 bits with
 * parity and is read with 8 bits is found out by the parity of every byte of a line. A line has a longest length: noise
 * without an end must not fill the memory. Nothing is dropped: what is no line of text comes out marked.
 */
import type { Text } from '../../model/text.ts';
import { text } from '../../model/text.ts';

/** The longest record of the known switches is some 350 characters. */
export const lineBytesMax = 1024;
/** Fewer bytes prove no parity. */
const parityBytesMin = 12;

export interface RawLine {
  readonly text: string;
  /** Why it cannot be a whole line of text; absent: it is one. */
  readonly trouble?: Text;
}

type Parity = 'even' | 'odd' | 'high' | 'none';

export class LineAssembler {
  readonly #bytes = new Uint8Array(lineBytesMax);
  #length = 0;
  #isOverlong = false;
  /** Of the line before; its end of line may have a second byte. */
  #parity: Parity = 'none';

  /** Every line that ends within this chunk. */
  push(chunk: Uint8Array): RawLine[] {
    const lines: RawLine[] = [];
    for (const byte of chunk) {
      if (this.#isEnd(byte)) this.#end(lines);
      else this.#add(byte, lines);
    }
    return lines;
  }

  /** The link was lost or the file ended: what is there is only part of a line, or a last line without an end. */
  takeRest(): string | undefined {
    if (this.#length === 0) return undefined;
    const rest = trimmed(this.#decode());
    this.#length = 0;
    this.#isOverlong = false;
    return rest === '' ? undefined : rest;
  }

  #add(byte: number, lines: RawLine[]): void {
    if (this.#length === lineBytesMax) {
      if (!this.#isOverlong)
        lines.push({
          text: trimmed(this.#decode()),
          trouble: text(
            `超过 ${lineBytesMax} 字节没有换行（波特率或格式不对？）`,
            `no end of line within ${lineBytesMax} bytes (wrong speed, or no call records?)`,
          ),
        });
      // What follows belongs to the same endless line, until an end comes.
      this.#isOverlong = true;
      this.#length = 0;
    }
    this.#bytes[this.#length++] = byte;
  }

  #isEnd(byte: number): boolean {
    if (isEndCode(byte)) return true;
    if (!isEndCode(byte & 0x7f)) return false;
    return this.#length === 0 ? this.#parity !== 'none' : hasParity(parityOf(byte), this.#lineParity());
  }

  #end(lines: RawLine[]): void {
    if (this.#length > 0) this.#parity = this.#lineParity();
    const decoded = this.#decode();
    const line = trimmed(decoded);
    const isTail = this.#isOverlong;
    this.#length = 0;
    this.#isOverlong = false;
    if (line === '') return;
    const trouble = isTail
      ? text('超长行的末尾', 'the end of an endless line')
      : isNoise(decoded)
        ? text('乱码（波特率不对，或线路干扰）', 'noise (wrong speed, or a disturbed wire)')
        : undefined;
    lines.push({ text: line, ...(trouble === undefined ? {} : { trouble }) });
  }

  /** The parity that every byte of the line has; `none` where one breaks it, or none of them needs a parity bit. */
  #lineParity(): Parity {
    if (this.#length < parityBytesMin) return 'none';
    let [isEven, isOdd, isHigh, anyHigh] = [true, true, true, false];
    for (let at = 0; at < this.#length; at++) {
      const byte = this.#bytes[at] ?? 0;
      if (parityOf(byte) === 'even') isOdd = false;
      else isEven = false;
      if (byte >= 0x80) anyHigh = true;
      else isHigh = false;
      const code = byte & 0x7f;
      if (code < 0x20 && code !== 0x09) return 'none';
    }
    if (!anyHigh) return 'none';
    return isEven ? 'even' : isOdd ? 'odd' : isHigh ? 'high' : 'none';
  }

  #decode(): string {
    let bytes = this.#bytes.slice(0, this.#length);
    if (this.#lineParity() !== 'none') bytes = bytes.map((byte) => byte & 0x7f);
    return decodeText(bytes);
  }
}

const isEndCode = (byte: number): boolean => byte === 0x0a || byte === 0x0d || byte === 0x0c || byte === 0;

function parityOf(byte: number): 'even' | 'odd' {
  let bits = 0;
  for (let rest = byte; rest > 0; rest >>= 1) bits += rest & 1;
  return bits % 2 === 0 ? 'even' : 'odd';
}

/** An end of line with its high bit set belongs to a line that is all of that parity. */
const hasParity = (byte: 'even' | 'odd', line: Parity): boolean => line === 'high' || byte === line;

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** UTF-8 where it is; else each byte as one character, so that nothing is lost. */
function decodeText(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    return Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
  }
}

/** Blanks at the front may be columns; what controls a printer is no part of a line. */
const trimmed = (line: string): string => line.replaceAll(/^[\p{Cc}\ufeff]+|[\s\p{Cc}]+$/gu, '');

/** More than a few characters that no record holds. */
function isNoise(line: string): boolean {
  const odd = line.match(/[^\P{Cc}\t]|\ufffd/gu)?.length ?? 0;
  return odd > 0 && odd * 8 > line.length;
}
