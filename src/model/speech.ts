/** Spoken announcements: how the room file sets them, and what is said as it goes to the loudspeaker. */
import type { Severity } from './alarm.ts';
import type { Language, Text } from './text.ts';

export interface SpeechSettings {
  /** ALSA name of the output. */
  readonly device: string;
  /** Each announcement is said in these, one after the other. */
  readonly languages: readonly Language[];
  /** Voices of espeak-ng. */
  readonly voices: Readonly<Record<Language, string>>;
  readonly volumePercent: number;
  /** Until it is acknowledged or silenced. */
  readonly repeatMs: number;
  readonly severities: readonly Severity[];
  /** Folder with `zh/NAME.wav` and `en/NAME.wav`; what is not there is spoken by espeak-ng. */
  readonly phrasesFolder?: string;
}

/** A recorded phrase where there is one of this name, else the words. */
export interface SpokenPart {
  readonly phrase?: string;
  readonly words: string;
}
export type Sentence = Readonly<Record<Language, readonly SpokenPart[]>>;

export type SpokenOutcome =
  | { readonly kind: 'said' }
  /** Broken off, because it did not hold any more or something more urgent had to be said. */
  | { readonly kind: 'hushed' }
  | { readonly kind: 'failed'; readonly reason: Text };
