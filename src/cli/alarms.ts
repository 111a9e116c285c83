/** `linekeeper alarms`: the alarms of the running room, and with `--watch` what becomes of them. */
import { text } from '../model/text.ts';
import type { Language } from '../model/text.ts';
import { readOptions, wrongCall } from './arguments.ts';
import { inOrder, isAlarmList, summary, told } from './alarm-list.ts';
import type { Reader } from './alarm-list.ts';
import { watchAlarms } from './alarm-watch.ts';
import { askAt, askRoom } from './ask-room.ts';
import { wayToRead } from './room-way.ts';

const usage = `usage: linekeeper alarms [--all] [--watch] [--json] [--data FOLDER] [--url URL] [--language zh|en]

Lists the alarms of the running room, the most urgent first: what is wrong, what it does to the calls, what to do now, since when,
which came first, who acknowledged or shelved it. "!" marks those that sound. --all also lists what follows from another alarm, and
what is only beginning. --watch goes on with every change until Ctrl-C (with --json one object a line).
"linekeeper alarms report" tells how well the alarms served in a week.
Then: linekeeper ack, silence, shelve, unshelve, reset (docs/cli.md). The room is found as "linekeeper subjects" finds it.

  linekeeper alarms
  linekeeper alarms --watch --language zh

Exit codes: 0 no alarm, 1 there are some, 2 wrong usage, 3 no room answers.
`;

export async function alarms(args: readonly string[]): Promise<number> {
  if (args[0] === 'report') return (await import('./alarms-report.ts')).alarmsReport(args.slice(1));
  const call = { command: 'alarms', usage, own: ['data', 'url'], flags: ['all', 'watch'] } as const;
  const read = readOptions(call, args);
  if (typeof read === 'number') return read;
  const { given, on, json, words } = read;
  if (words.length > 0) return wrongCall(call, `what is ${words[0] ?? ''}?`);
  if (given.url !== undefined && !/^https?:\/\//.test(given.url))
    return wrongCall(call, '--url is such as http://127.0.0.1:8080/');
  const way = await wayToRead(given);
  const room = await askRoom('alarms', { json, words, ...given, ...languageOf(read) }, way);
  if (typeof room === 'number') return room;
  const language = read.language ?? room.language;
  const list = await askAt('alarms', way, '/api/v1/alarms', isAlarmList, language);
  if (typeof list === 'number') return list;
  const reader: Reader = { say: (words) => words[language], now: room.at, timezone: room.timezone };
  const shown = inOrder(list.items, on.has('all'));
  if (json && !on.has('watch')) process.stdout.write(`${JSON.stringify(shown, null, 2)}\n`);
  if (!json) {
    for (const alarm of shown) process.stdout.write(told(alarm, reader));
    process.stdout.write(`${room.room.name[language]}: ${reader.say(summary(list.items, on.has('all')))}\n`);
  }
  if (!on.has('watch')) return shown.length === 0 ? 0 : 1;
  if (!json)
    process.stdout.write(
      `${reader.say(text('以下为变化，Ctrl-C 结束：', 'Changes follow; Ctrl-C ends:'))}\n`,
    );
  return watchAlarms(way, { ...reader, json });
}

const languageOf = ({ language }: { readonly language?: Language }): { readonly language?: Language } =>
  language === undefined ? {} : { language };
