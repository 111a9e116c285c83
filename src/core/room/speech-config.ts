/** What speech needs of the room: how things are called, and which phone belongs to which line. */
import type { SpeechConfig } from '../speech/step.ts';
import type { SpeechSettings } from '../../model/speech.ts';
import { text } from '../../model/text.ts';
import type { RoomConfig } from './config.ts';

export function speechConfig({ room, runId }: RoomConfig, settings: SpeechSettings): SpeechConfig {
  return {
    settings,
    runId,
    names: new Map([
      ...[...room.subjects, ...room.points].map(({ id, name }) => [id, name] as const),
      ...room.lines.map(({ id, trunk }) => [id, text(`外线 ${trunk}`, `trunk ${trunk}`)] as const),
    ]),
    phones: new Map(room.lines.map(({ id, phone }) => [id, phone])),
  };
}
