/**
 * Consistent Overhead Byte Stuffing (Cheshire & Baker, IEEE/ACM ToN 7(2), 1999): a frame without a zero byte, so that a
 * zero ends it and a receiver finds the next frame after any damage.
 */

/** Longest that `bytes` can become, without the ending zero. */
export const cobsBytesMax = (bytes: number): number => bytes + Math.floor(bytes / 254) + 1;

/** Stuffs the first `length` bytes of `from` into `into` at `offset`; returns the offset behind the last byte written. */
export function stuff(from: Uint8Array, length: number, into: Uint8Array, offset: number): number {
  let code = offset;
  let at = offset + 1;
  let run = 1;
  for (let i = 0; i < length; i++) {
    const byte = from[i] ?? 0;
    if (byte !== 0) {
      into[at++] = byte;
      run++;
    }
    if (byte === 0 || run === 0xff) {
      into[code] = run;
      code = at++;
      run = 1;
      // A full block that ends the frame needs no further code byte.
      if (byte !== 0 && i === length - 1) return code;
    }
  }
  into[code] = run;
  return at;
}
