import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Conversation } from '../../../src/sim/speech.ts';
import { tone } from '../../../src/sim/tones.ts';
import { SpeechDetector } from '../../../src/signal/speech.ts';

const seconds = (count: number, seed: number): Int16Array => {
  const talk = new Conversation(seed);
  return Int16Array.from({ length: count * 8000 }, () => Math.round(talk.next()));
};
const level = (samples: Int16Array): number =>
  Math.sqrt(samples.reduce((sum, one) => sum + one * one, 0) / samples.length);

test('the same seed says the same, another seed something else', () => {
  assert.equal(seconds(3, 5), seconds(3, 5));
  const [a, b] = [seconds(3, 5), seconds(3, 6)];
  let product = 0;
  for (let i = 0; i < a.length; i++) product += (a[i] ?? 0) * (b[i] ?? 0);
  assert.ok(Math.abs(product) / a.length / level(a) / level(b) < 0.2);
});

test('loud enough to be heard and never clipped', () => {
  for (let seed = 0; seed < 10; seed++) {
    const samples = seconds(10, seed);
    assert.ok(samples.every((one) => Math.abs(one) < 30_000));
    assert.ok(level(samples) > 500 && level(samples) < 8000, `seed ${seed}: ${level(samples).toFixed(0)}`);
  }
});

test('it has the rhythm of syllables: its loudness swings most at two to eight times a second', () => {
  const samples = seconds(40, 4);
  const loudness = Array.from({ length: 2000 }, (_, i) => level(samples.subarray(i * 160, (i + 1) * 160)));
  const mean = loudness.reduce((sum, one) => sum + one, 0) / loudness.length;
  const swing = (fromHz: number, toHz: number): number => {
    let power = 0;
    let count = 0;
    for (let hz = fromHz; hz < toHz; hz += 0.05, count++) {
      let [re, im] = [0, 0];
      loudness.forEach((one, i) => {
        re += (one - mean) * Math.cos((2 * Math.PI * hz * i) / 50);
        im += (one - mean) * Math.sin((2 * Math.PI * hz * i) / 50);
      });
      power += re * re + im * im;
    }
    return power / count;
  };
  const ratio = swing(2, 8) / swing(10, 22);
  assert.ok(ratio > 4, `${ratio.toFixed(1)} times as much as at 10 to 22 Hz`);
});

test('it never repeats, so that a recording can be laid beside it in one place only', () => {
  const samples = seconds(20, 9);
  const from = 8000 * 3;
  for (let at = 8000 * 5; at + 8000 < samples.length; at += 3) {
    let [product, own, other] = [0, 1, 1];
    for (let i = 0; i < 8000; i += 8) {
      const [a, b] = [samples[from + i] ?? 0, samples[at + i] ?? 0];
      product += a * b;
      own += a * a;
      other += b * b;
    }
    const alike = product / Math.sqrt(own * other);
    if (alike > 0.7) assert.unreachable(`alike at ${at}: ${alike.toFixed(2)}`);
  }
});

test('the recorder’s own ear takes it for speech, and a tone for none', () => {
  const samples = seconds(10, 2);
  const ear = new SpeechDetector();
  let heard = 0;
  for (let i = 0; i < 500; i++) if (ear.hears(samples.subarray(i * 160, (i + 1) * 160))) heard++;
  assert.ok(heard > 150, `${heard} of 500 frames`);
  const other = new SpeechDetector();
  let wrong = 0;
  for (let i = 0; i < 200; i++)
    if (other.hears(Int16Array.from({ length: 160 }, (_, n) => tone(i * 160 + n)))) wrong++;
  assert.ok(wrong < 5, `450 Hz taken for speech ${wrong} times`);
});

test.run();
