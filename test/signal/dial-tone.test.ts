/** Dial tones of several countries, and what must not be taken for one. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { DialToneEar } from '../../src/signal/dial-tone.ts';
import type { Sound } from '../../src/model/tone.ts';
import { chance } from '../../src/sim/chance.ts';
import { Conversation } from '../../src/sim/speech.ts';

const piece = 160;
const usual = [[450], [425], [350, 440]];
/** Amplitude of a sine of so many dBm0. */
const amplitude = (dbm: number): number => 32_768 * 10 ** ((dbm - 3.14) / 20);

type Wave = (sample: number) => number;
const sine =
  (hz: number, dbm: number): Wave =>
  (n) =>
    amplitude(dbm) * Math.sin((2 * Math.PI * hz * n) / 8000 + 0.4);
const sum =
  (...waves: readonly Wave[]): Wave =>
  (n) =>
    waves.reduce((all, wave) => all + wave(n), 0);
function noise(dbm: number, seed: number): Wave {
  const random = chance(seed);
  // Uniform noise of the same power as a sine of this level.
  return () => amplitude(dbm) * Math.sqrt(1.5) * (2 * random() - 1);
}

function heard(wave: Wave, pieces = 50, tones: readonly (readonly number[])[] = usual): Sound[] {
  const ear = new DialToneEar(tones);
  const samples = new Int16Array(piece);
  return Array.from({ length: pieces }, (_, index) => {
    for (let i = 0; i < piece; i++) samples[i] = Math.round(wave(index * piece + i));
    return ear.hears(samples, 0, piece);
  });
}
const kinds = (sounds: readonly Sound[]): string[] => [...new Set(sounds.map(({ kind }) => kind))];
function toneOf(sounds: readonly Sound[]): { hz: readonly number[]; levelDbm: number } {
  const last = sounds.at(-1);
  return last?.kind === 'dial' ? last : { hz: [], levelDbm: 0 };
}

test('China, Europe, North America: heard from the first piece, with level and frequency', () => {
  for (const [name, wave, hz, level] of [
    ['450 Hz', sine(450, -10), [450], -10],
    ['425 Hz', sine(425, -18), [425], -18],
    ['350 + 440 Hz', sum(sine(350, -16), sine(440, -16)), [350, 440], -13],
  ] as const) {
    const sounds = heard(wave);
    assert.equal(kinds(sounds), ['dial'], name);
    const tone = toneOf(sounds);
    assert.ok(Math.abs(tone.levelDbm - level) < 0.7, `${name}: ${tone.levelDbm} dBm`);
    tone.hz.forEach((one, i) => {
      assert.ok(Math.abs(one - (hz[i] ?? 0)) <= 3, `${name}: ${tone.hz.join('+')}`);
    });
  }
});

test('a tone at the limits of its tolerance is heard, and its true frequency told', () => {
  for (const hz of [410, 425, 432, 440, 450, 465, 475]) {
    const sounds = heard(sine(hz, -12));
    assert.equal(kinds(sounds), ['dial'], `${hz} Hz`);
    assert.ok(Math.abs((toneOf(sounds).hz[0] ?? 0) - hz) <= 1, `${hz}: ${toneOf(sounds).hz.join('+')}`);
  }
});

test('a tone 12 dB above the noise of its line, with hum of the mains, is heard', () => {
  const sounds = heard(sum(sine(450, -15), noise(-27, 3), sine(50, -28)), 100);
  assert.ok(sounds.filter(({ kind }) => kind === 'dial').length >= 98);
});

test('speech is no dial tone, however long it lasts', () => {
  for (const seed of [1, 2, 3, 4, 5]) {
    const talk = new Conversation(seed);
    const sounds = heard(() => talk.next(), 1500);
    let run = 0;
    let longest = 0;
    for (const { kind } of sounds) longest = Math.max(longest, (run = kind === 'dial' ? run + 1 : 0));
    assert.ok(longest < 15, `${longest} pieces of tone in a row with seed ${seed}`);
  }
});

test('noise, hum, other tones, a too faint tone and nothing at all are no dial tone', () => {
  assert.equal(kinds(heard(noise(-10, 7), 500)), ['other']);
  assert.equal(kinds(heard(sine(50, -10))), ['other']);
  assert.equal(kinds(heard(sine(1000, -10))), ['other']);
  assert.equal(kinds(heard(sine(350, -10))), ['other'], 'half of a mixed tone');
  assert.equal(kinds(heard(sine(450, -42))), ['other']);
  assert.equal(kinds(heard(sine(450, -60))), ['silence']);
  assert.equal(kinds(heard(() => 0)), ['silence']);
  assert.equal(kinds(heard(() => 700)), ['silence'], 'an offset of the codec');
});

test('the North American busy tone has frequencies of its own', () => {
  assert.equal(kinds(heard(sum(sine(480, -18), sine(620, -18)))), ['refusal']);
});

test('only the tones that were asked for count', () => {
  assert.equal(kinds(heard(sine(400, -10), 20, [[400]])), ['dial']);
  assert.equal(kinds(heard(sine(450, -10), 20, [[350, 450]])), ['other']);
  assert.equal(kinds(heard(sum(sine(350, -13), sine(450, -13)), 20, [[350, 450]])), ['dial']);
});

test.run();
