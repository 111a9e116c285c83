// One 20 ms tick of 32 channels x 160 samples: u-law decode, RMS, two Goertzel bins and a WAV-style copy: about what a 32-line recorder does per tick in plain JS.
const CH = +(process.env.PCM_CH ?? 32),
  N = 160;
const tab = new Int16Array(256);
for (let i = 0; i < 256; i++) {
  const u = ~i & 255;
  let t = ((u & 15) << 3) + 132;
  t <<= (u & 112) >> 4;
  tab[i] = u & 128 ? 132 - t : t - 132;
}
const src = new Uint8Array(CH * N);
for (let i = 0; i < src.length; i++) src[i] = (i * 2654435761) >>> 24;
const bins = (process.env.PCM_BINS ?? '440,480,620,697,770,852,941,1209,1336,1477')
  .split(',')
  .map((f) => 2 * Math.cos((2 * Math.PI * f) / 8000));
let sink = 0;
const REP = +(process.env.PCM_REP ?? 40); // 40 repeats = about 7 ms of work in every 20 ms on the research VM: a stand-in for a slower ARM core plus an encoder
const one = function () {
  for (let c = 0; c < CH; c++) {
    const pcm = new Int16Array(N);
    let e = 0;
    for (let i = 0; i < N; i++) {
      const v = (pcm[i] = tab[src[c * N + i]]);
      e += v * v;
    }
    for (const k of bins) {
      let a = 0,
        b = 0;
      for (let i = 0; i < N; i++) {
        const s = pcm[i] + k * a - b;
        b = a;
        a = s;
      }
      e += a * a + b * b - k * a * b;
    }
    sink += e;
  }
  return sink;
};
module.exports.tick = function () {
  for (let r = 0; r < REP; r++) one();
  return sink;
};
