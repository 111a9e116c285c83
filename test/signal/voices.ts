/** Sounds for tests: a voice-like signal (glottal pulses through two moving formants, with pauses), noise, tones; 8 kHz. */

/** Small seeded generator: the same numbers everywhere. */
export function chance(seed: number): () => number {
  let state = seed >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

export function speech(ms: number, seed: number, peak: number): Int16Array {
  const random = chance(seed * 7919 + 13);
  const samples = new Float64Array(ms * 8);
  let at = 0;
  while (at < samples.length) {
    const syllable = Math.floor((100 + random() * 180) * 8);
    const pitch = 90 + random() * 120;
    const formants = [250 + random() * 600, 900 + random() * 1400, 2400 + random() * 500];
    const states = formants.map(() => [0, 0]);
    let phase = 0;
    for (let index = 0; index < syllable && at + index < samples.length; index++) {
      phase += pitch / 8000;
      const pulse = phase >= 1 ? 1 : 0;
      phase -= Math.floor(phase);
      let sum = 0;
      for (const [which, formant] of formants.entries()) {
        const state = states[which] ?? [0, 0];
        const radius = 0.97 - which * 0.02;
        const y =
          pulse +
          0.02 * (random() - 0.5) +
          2 * radius * Math.cos((2 * Math.PI * formant) / 8000) * (state[0] ?? 0) -
          radius * radius * (state[1] ?? 0);
        state[1] = state[0] ?? 0;
        state[0] = y;
        sum += y / (which + 1);
      }
      samples[at + index] = sum * Math.sin((Math.PI * index) / syllable);
    }
    at += syllable;
    if (random() < 0.35) at += Math.floor(random() * 400 * 8);
  }
  const highest = samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 1e-9);
  return Int16Array.from(samples, (sample) => Math.round((sample / highest) * peak));
}

export function noise(ms: number, rms: number): Int16Array {
  const random = chance(99);
  return Int16Array.from({ length: ms * 8 }, () =>
    Math.round((random() + random() + random() - 1.5) * 2 * rms),
  );
}

export function tone(ms: number, hz: number, peak: number): Int16Array {
  return Int16Array.from({ length: ms * 8 }, (_, index) =>
    Math.round(peak * Math.sin((2 * Math.PI * hz * index) / 8000)),
  );
}
