/**
 * Speaks for the guard, in the thread of the probes. Whether there are programs and a device is tried at the start without a sound, and
 * again from time to time while there are not: one alarm says what is missing, and what is said meanwhile fails in silence.
 */
import { Speaker } from '../drivers/speech/speaker.ts';
import type { Sentence, SpeechSettings } from '../model/speech.ts';
import type { FromProbes } from '../model/messages.ts';
import type { Text } from '../model/text.ts';
import { text } from '../model/text.ts';

const againMs = 60_000;

export class SpeechDesk {
  readonly #speaker: Speaker;
  readonly #send: (message: FromProbes) => void;
  #last: Promise<void> = Promise.resolve();
  #again: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(settings: SpeechSettings, send: (message: FromProbes) => void) {
    this.#speaker = new Speaker(settings);
    this.#send = send;
  }

  start(): void {
    this.#last = this.#look();
  }

  /** One after the other; the guard sends the next only when the last one was answered or hushed. */
  say(id: string, sentence: Sentence): void {
    this.#last = this.#last.then(async () => {
      if (this.#isClosed) return;
      const outcome = await this.#speaker.say(sentence);
      if (outcome.kind === 'failed') this.#found(outcome.reason);
      if (outcome.kind === 'said') this.#found(undefined);
      this.#send({ kind: 'spoken', id, outcome });
    });
  }

  hush(): void {
    this.#speaker.hush();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#again);
    this.#speaker.hush();
    await this.#last;
    clearTimeout(this.#again);
  }

  async #look(): Promise<void> {
    const reason = await this.#speaker.check();
    if (!this.#isClosed) this.#found(reason);
  }

  #found(reason: Text | undefined): void {
    const active = reason !== undefined;
    const detail = reason ?? text('', '');
    this.#send({ kind: 'condition', type: 'speech.unavailable', qualifier: '', active, detail });
    clearTimeout(this.#again);
    if (active)
      this.#again = setTimeout(() => {
        this.#last = this.#last.then(() => this.#look());
      }, againMs);
  }
}
