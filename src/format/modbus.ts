/**
 * Modbus frames of the two wires: RTU (unit, PDU, CRC-16; "MODBUS over Serial Line" V1.02) and TCP (MBAP header, PDU;
 * "MODBUS Messaging on TCP/IP" V1.0b). Judges whether bytes are the answer to exactly one question; it must never take an
 * answer to another question for it.
 */

/** What the answer to a read must be: bits of function 1 or 2, words of function 3 or 4. */
export interface ExpectedRead {
  readonly unit: number;
  readonly function: 1 | 2 | 3 | 4;
  readonly count: number;
}

/** What the answer to a write must be: its address with the value (functions 5 and 6) or the count of one (function 16). */
export interface ExpectedWrite {
  readonly unit: number;
  readonly function: 5 | 6 | 16;
  readonly address: number;
  readonly value: number;
}
export type Expected = ExpectedRead | ExpectedWrite;

const coilOn = 0xff00;

function writeEcho({ function: code, address, value }: ExpectedWrite): Uint8Array {
  const word = code === 16 ? 1 : code === 5 ? (value === 0 ? 0 : coilOn) : value;
  return Uint8Array.of(code, address >> 8, address & 0xff, word >> 8, word & 0xff);
}

/** Bytes of values in the answer: bits come eight to a byte. */
const valueBytes = ({ function: code, count }: ExpectedRead): number =>
  code <= 2 ? Math.ceil(count / 8) : 2 * count;

/** An answer to a write has address and value where an exception has its code. */
const writeMoreBytes = 3;

export const registersPerReadMax = 125;
/** Unit, PDU of at most 253 bytes, CRC. */
export const rtuFrameBytesMax = 256;
const mbapHeaderBytes = 7;

/** CRC-16/MODBUS: polynomial 0xA001 reflected, start 0xFFFF. */
export function crc16(bytes: Uint8Array): number {
  let crc = 0xffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >> 1) ^ 0xa001 : crc >> 1;
  }
  return crc;
}

export function rtuFrame(unit: number, pdu: Uint8Array): Uint8Array {
  const frame = new Uint8Array(pdu.length + 3);
  frame[0] = unit;
  frame.set(pdu, 1);
  const crc = crc16(frame.subarray(0, pdu.length + 1));
  frame[pdu.length + 1] = crc & 0xff;
  frame[pdu.length + 2] = crc >> 8;
  return frame;
}

export function mbapFrame(transaction: number, unit: number, pdu: Uint8Array): Uint8Array {
  const frame = new Uint8Array(mbapHeaderBytes + pdu.length);
  const view = new DataView(frame.buffer);
  view.setUint16(0, transaction);
  view.setUint16(4, pdu.length + 1);
  frame[6] = unit;
  frame.set(pdu, mbapHeaderBytes);
  return frame;
}

/** `wrong`: well carried, but not an answer to this question. */
export function judgePdu(pdu: Uint8Array, expected: Expected): 'values' | 'exception' | 'wrong' {
  if (pdu[0] === (expected.function | 0x80)) return pdu.length === 2 ? 'exception' : 'wrong';
  if (!('count' in expected)) {
    const echo = writeEcho(expected);
    return pdu.length === echo.length && echo.every((byte, n) => byte === pdu[n]) ? 'values' : 'wrong';
  }
  const bytes = valueBytes(expected);
  const isWhole = pdu.length === 2 + bytes && pdu[1] === bytes;
  return pdu[0] === expected.function && isWhole ? 'values' : 'wrong';
}

/**
 * The PDU of the answer anywhere in `received`, or `undefined` while it is not there: bytes before and after it are not
 * looked at, so noise, echoes and foreign frames cost nothing.
 */
export function findRtuAnswer(received: Uint8Array, expected: Expected): Uint8Array | undefined {
  for (let start = 0; start + 5 <= received.length; start++) {
    if (received[start] !== expected.unit) continue;
    const more = 'count' in expected ? valueBytes(expected) : writeMoreBytes;
    const bytes = received[start + 1] === expected.function ? 5 + more : 5;
    if (start + bytes > received.length) continue;
    const pdu = received.subarray(start + 1, start + bytes - 2);
    if (judgePdu(pdu, expected) === 'wrong') continue;
    const low = received[start + bytes - 2] ?? 0;
    const high = received[start + bytes - 1] ?? 0;
    if (crc16(received.subarray(start, start + bytes - 2)) === (high << 8) + low) return pdu;
  }
  return undefined;
}

export type MbapFrame =
  | { readonly kind: 'incomplete' }
  /** The stream is not Modbus TCP, or out of step: nothing behind this can be trusted. */
  | { readonly kind: 'broken' }
  | {
      readonly kind: 'frame';
      readonly transaction: number;
      readonly unit: number;
      readonly pdu: Uint8Array;
      readonly bytes: number;
    };

/** The first frame of a TCP stream. */
export function readMbap(received: Uint8Array): MbapFrame {
  const view = new DataView(received.buffer, received.byteOffset, received.byteLength);
  if (received.length >= 4 && view.getUint16(2) !== 0) return { kind: 'broken' };
  if (received.length < 6) return { kind: 'incomplete' };
  const length = view.getUint16(4);
  if (length < 3 || length > 254) return { kind: 'broken' };
  const bytes = 6 + length;
  if (received.length < bytes) return { kind: 'incomplete' };
  const pdu = received.subarray(mbapHeaderBytes, bytes);
  return { kind: 'frame', transaction: view.getUint16(0), unit: received[6] ?? 0, pdu, bytes };
}
