/** A-law of ITU-T G.711 (even bits inverted, as on the wire): 13-bit linear in a 16-bit word ⇄ one byte. */

const expandTable = Int16Array.from({ length: 256 }, (_, code) => expandOne(code));
/** Indexed by the sample's upper 13 bits. */
const compressTable = Uint8Array.from({ length: 8192 }, (_, i) =>
  compressOne((i < 4096 ? i : i - 8192) << 3),
);

/** A-law byte of silence. */
export const aLawSilence = 0xd5;

export const expand = (code: number): number => expandTable[code & 0xff] ?? 0;
export const compress = (sample: number): number => compressTable[(sample >> 3) & 0x1fff] ?? aLawSilence;

function expandOne(code: number): number {
  const bits = code ^ 0x55;
  const segment = (bits >> 4) & 7;
  const step = ((bits & 15) << 4) + 8;
  const magnitude = segment === 0 ? step : (step + 0x100) << (segment - 1);
  return (bits & 0x80) !== 0 ? magnitude : -magnitude;
}

function compressOne(sample: number): number {
  const sign = sample >= 0 ? 0x80 : 0;
  // One's complement of the negative side, as G.711 numbers its decision values.
  const magnitude = Math.min(sample >= 0 ? sample : ~sample, 0x7fff) >> 4;
  let segment = 0;
  while (segment < 7 && magnitude >> (segment + 4) !== 0) segment++;
  const mantissa = (segment < 2 ? magnitude : magnitude >> (segment - 1)) & 15;
  const bits = sign | (segment << 4) | mantissa;
  return bits ^ 0x55;
}
