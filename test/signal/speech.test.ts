import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SpeechDetector } from '../../src/signal/speech.ts';
import { noise, speech, tone } from './voices.ts';

/** Share of the frames of `samples` in which speech is heard. */
function heardIn(samples: Int16Array, detector = new SpeechDetector()): number {
  let heard = 0;
  let frames = 0;
  for (let from = 0; from + 160 <= samples.length; from += 160) {
    if (detector.hears(samples.subarray(from, from + 160))) heard++;
    frames++;
  }
  return heard / frames;
}

test('a voice is heard, loud and quiet', () => {
  assert.ok(heardIn(speech(10_000, 1, 8000)) > 0.5);
  assert.ok(heardIn(speech(10_000, 2, 900)) > 0.15);
});

test('a voice is heard over the noise of a line', () => {
  const voice = speech(10_000, 3, 6000);
  const hiss = noise(10_000, 150);
  assert.ok(heardIn(voice.map((sample, index) => sample + (hiss[index] ?? 0))) > 0.5);
});

test('silence and the noise of a line are nobody', () => {
  assert.is(heardIn(new Int16Array(80_000)), 0);
  assert.is(heardIn(noise(10_000, 60)), 0);
});

test('noise that begins suddenly and stays is nobody after a quarter of a minute', () => {
  const detector = new SpeechDetector();
  heardIn(noise(3000, 10), detector);
  heardIn(noise(14_000, 1500), detector);
  assert.is(heardIn(noise(5000, 1500), detector), 0);
});

test('dial tone, ringback and busy tone are nobody', () => {
  assert.is(heardIn(tone(5000, 450, 6000)), 0);
  const busy = tone(10_000, 450, 6000).map((sample, index) =>
    Math.floor(index / 2800) % 2 === 0 ? sample : 0,
  );
  const hiss = noise(10_000, 20);
  assert.ok(heardIn(busy.map((sample, index) => sample + (hiss[index] ?? 0))) < 0.02);
});

test('somebody who speaks after a minute of talk is still heard', () => {
  const detector = new SpeechDetector();
  heardIn(speech(60_000, 4, 8000), detector);
  assert.ok(heardIn(speech(10_000, 5, 8000), detector) > 0.4);
});

test.run();
