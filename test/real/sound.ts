/** What is in a WAV file of 16-bit samples: how long, and how loud (1 is the most). A header of a stream knows no length. */
export function soundOf(wav: Buffer): { readonly seconds: number; readonly rms: number } | undefined {
  if (wav.length < 44 || wav.toString('latin1', 0, 4) !== 'RIFF') return undefined;
  const channels = wav.readUInt16LE(22);
  const rate = wav.readUInt32LE(24);
  const begins = wav.indexOf('data', 12, 'latin1') + 8;
  const count = Math.floor((wav.length - begins) / 2);
  if (begins < 8 || count <= 0) return undefined;
  let sum = 0;
  for (let n = 0; n < count; n++) sum += (wav.readInt16LE(begins + 2 * n) / 32_768) ** 2;
  return { seconds: count / channels / rate, rms: Math.sqrt(sum / count) };
}
