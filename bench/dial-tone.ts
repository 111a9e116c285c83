/** Microseconds that the ear takes for 20 ms of one channel: whether it may run on the guard's thread. */
import { DialToneEar } from '../src/signal/dial-tone.ts';
import { Conversation } from '../src/sim/speech.ts';
import { tone } from '../src/sim/tones.ts';

const piece = 160;
const pieces = 20_000;

export function dialTone(): Promise<object> {
  const talk = new Conversation(1);
  const sounds = { tone, speech: () => talk.next(), silence: () => 0 };
  const measured = Object.entries(sounds).map(([name, wave]) => {
    const samples = Int16Array.from({ length: piece * 50 }, (_, n) => Math.round(wave(n)));
    const ear = new DialToneEar([[450], [425], [350, 440]]);
    const run = (count: number): void => {
      for (let n = 0; n < count; n++) ear.hears(samples, (n % 50) * piece, piece);
    };
    run(2_000);
    const from = performance.now();
    run(pieces);
    return [`${name}Micros`, Math.round(((performance.now() - from) / pieces) * 10_000) / 10] as const;
  });
  return Promise.resolve(Object.fromEntries(measured));
}
