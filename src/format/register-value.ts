/** Registers of a device as one number, high word first (Modbus has no types: the device's manual names them). */
export type RegisterType = 's16' | 'u16' | 's32' | 'u32' | 'f32';

export const wordsOf = (type: RegisterType): 1 | 2 => (type === 's16' || type === 'u16' ? 1 : 2);

/** `undefined`: the device says "no value" (a probe that is not plugged in), or too few words came. */
export function registerValue(type: RegisterType, words: readonly number[]): number | undefined {
  const [high, low] = words;
  if (high === undefined) return undefined;
  const bytes = new DataView(new ArrayBuffer(4));
  bytes.setUint16(0, high);
  if (wordsOf(type) === 2) {
    if (low === undefined) return undefined;
    bytes.setUint16(2, low);
  }
  switch (type) {
    case 's16':
      return high === 0x7fff || high === 0x8000 ? undefined : bytes.getInt16(0);
    case 'u16':
      return high === 0xffff ? undefined : high;
    case 's32':
      return bytes.getUint32(0) === 0x7fffffff || bytes.getUint32(0) === 0x80000000
        ? undefined
        : bytes.getInt32(0);
    case 'u32':
      return bytes.getUint32(0) === 0xffffffff ? undefined : bytes.getUint32(0);
    case 'f32': {
      const value = bytes.getFloat32(0);
      return Number.isFinite(value) ? value : undefined;
    }
  }
}
