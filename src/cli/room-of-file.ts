/** The room of a room file, for commands that need one that is sound; what is wrong with it `check` tells. */
import type { Room } from '../model/room.ts';
import type { Language, Text } from '../model/text.ts';
import { text } from '../model/text.ts';
import { loadRoom } from '../room/load.ts';
import { languageOfEnvironment } from './arguments.ts';
import { readRoomFile } from './check.ts';

export async function roomOfFile(
  command: string,
  file: string,
  asked: Language | undefined,
): Promise<Room | undefined> {
  const language = asked ?? languageOfEnvironment();
  const tell = (why: Text): void => {
    process.stderr.write(`linekeeper ${command}: ${file}: ${why[language]}\n`);
  };
  const content = await readRoomFile(file);
  if (!content.ok) {
    tell(content.why);
    return undefined;
  }
  const { room } = loadRoom(content.words, file, {});
  if (room === undefined)
    tell(text(`有错误，见 linekeeper check ${file}`, `has errors: see linekeeper check ${file}`));
  return room;
}
