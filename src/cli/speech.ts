/** `linekeeper speech test`: says what a duty manager would hear, by the room file, without the running program. */
import { liftSentence } from '../core/speech/wording.ts';
import { Speaker } from '../drivers/speech/speaker.ts';
import { text } from '../model/text.ts';
import { readOptions, wrongCall } from './arguments.ts';
import { roomOfFile } from './room-of-file.ts';

const usage = `usage: linekeeper speech test --room FILE [--device DEVICE] [--json] [--language zh|en]

Says "lift phone …, the caller may still be there" in the languages of the room file, through its sound device or another one
(aplay -L lists them), and tells what is missing. Run it as the user of the service. A device that the running program holds alone may be busy.
Exit codes: 0 said, 1 it could not be said, 2 wrong usage, or a room file with errors or without speech.
`;

export async function speech(args: readonly string[]): Promise<number> {
  const call = { command: 'speech', usage, own: ['room', 'device'] } as const;
  const read = readOptions(call, args);
  if (typeof read === 'number') return read;
  const { given, words, json } = read;
  const [verb, ...more] = words;
  if (verb !== 'test' || more.length > 0)
    return wrongCall(call, verb === undefined ? 'test what?' : `what is ${words.join(' ')}?`);
  if (given.room === undefined) return wrongCall(call, '--room FILE is missing');
  const room = await roomOfFile('speech', given.room, read.language);
  if (room === undefined) return 2;
  const language = read.language ?? room.language;
  if (room.speech === undefined) {
    const none = text('机房文件没有 speech 一节。', 'the room file has no section speech.');
    process.stderr.write(`linekeeper speech: ${none[language]}\n`);
    return 2;
  }
  const settings = { ...room.speech, ...(given.device === undefined ? {} : { device: given.device }) };
  const speaker = new Speaker(settings);
  const missing = await speaker.check();
  const sentence = liftSentence(room.lines[0]?.phone ?? '8003');
  const outcome = await speaker.say(sentence);
  const reason = outcome.kind === 'failed' ? outcome.reason : missing;
  const said = outcome.kind === 'said';
  const { device, languages } = settings;
  const heard = text(
    `已在 ${device} 播报（${languages.join('、')}）`,
    `said on ${device} (${languages.join(', ')})`,
  );
  if (json) process.stdout.write(`${JSON.stringify({ device, languages, said, reason }, null, 2)}\n`);
  else {
    if (said) process.stdout.write(`${heard[language]}\n`);
    if (reason !== undefined) process.stdout.write(`${reason[language]}\n`);
  }
  return said ? 0 : 1;
}
