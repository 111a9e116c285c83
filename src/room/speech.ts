/** The section `speech` of a room file. */
import type { SpeechSettings } from '../model/speech.ts';
import type { Language } from '../model/text.ts';
import { limits } from './limits.ts';
import { durationOr } from './reading.ts';
import type { Reading } from './reading.ts';

export function readSpeech({ draft }: Reading, language: Language): { readonly speech?: SpeechSettings } {
  const section = draft.speech;
  if (section === undefined) return {};
  const { device, languages, voice, volume, repeat, severities, phrases } = section;
  return {
    speech: {
      device: device ?? 'default',
      languages: languages ?? [language],
      voices: { zh: voice?.zh ?? 'cmn-latn-pinyin', en: voice?.en ?? 'en' },
      volumePercent: volume === undefined ? limits['speech.volume'].default : Number.parseInt(volume, 10),
      repeatMs: durationOr(repeat, 'speech.repeat'),
      severities: severities ?? ['critical', 'major'],
      ...(phrases === undefined ? {} : { phrasesFolder: phrases }),
    },
  };
}
