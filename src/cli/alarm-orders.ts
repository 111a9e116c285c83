/**
 * `linekeeper ack`, `silence`, `shelve`, `unshelve`, `reset`: what a person does to alarms, over the local socket. An alarm is
 * named by its id or by any part of it that no other alarm has.
 */
import type { Command } from '../model/event.ts';
import type { Language, Text } from '../model/text.ts';
import { text } from '../model/text.ts';
import { didYouMean } from '../room/nearest.ts';
import { parseDuration } from '../room/short-forms.ts';
import { isAlarmList } from './alarm-list.ts';
import type { AlarmAnswer } from './alarm-list.ts';
import { readOptions, wrongCall } from './arguments.ts';
import { askAt, askRoom, isName, nameRule } from './ask-room.ts';
import { orderRoom, socketToOrder } from './order-room.ts';

const shelveMsMax = 8 * 3_600_000;

const options = '[--by NAME] [--json] [--data FOLDER] [--language zh|en]';
const rules = `An alarm is named by its id (linekeeper alarms) or by a part of it that no other has. --by names who does it; without it the login name.
The order goes over the local socket of the room: whoever may write to its file may give it (docs/cli.md).
Exit codes: 0 done, 1 refused by the room, 2 wrong usage or no such alarm, 3 no room answers or it is not for this user.
`;

const usages = {
  ack: `usage: linekeeper ack ALARM … | all ${options}

Acknowledges alarms: they are known, and sound no longer.
  linekeeper ack pbx.down --by "Li Ming"
  linekeeper ack all

${rules}`,
  silence: `usage: linekeeper silence ${options}

Silences the horn. Nothing is acknowledged; the next alarm sounds again.

${rules}`,
  shelve: `usage: linekeeper shelve ALARM --for TIME --reason TEXT ${options}

Keeps an alarm quiet for a time (30s, 30m, 2h; at most 8h, less for grave ones). It is judged and listed as ever, and sounds at the end
if it still stands. The bypass does not ask.
  linekeeper shelve ups-1/ups.on-battery --for 30m --reason "battery is being changed"

${rules}`,
  unshelve: `usage: linekeeper unshelve ALARM ${options}

Takes an alarm off the shelf before its time.

${rules}`,
  reset: `usage: linekeeper reset ALARM … | all ${options}

Resets alarms that latch, once their condition is over and they are acknowledged. A room that is held in bypass and a locked line have
their own: linekeeper bypass reset.

${rules}`,
} as const;
type Verb = keyof typeof usages;

export const ack = (args: readonly string[]): Promise<number> => order('ack', args);
export const silence = (args: readonly string[]): Promise<number> => order('silence', args);
export const shelve = (args: readonly string[]): Promise<number> => order('shelve', args);
export const unshelve = (args: readonly string[]): Promise<number> => order('unshelve', args);
export const reset = (args: readonly string[]): Promise<number> => order('reset', args);

async function order(verb: Verb, args: readonly string[]): Promise<number> {
  const own = ['data', 'by', ...(verb === 'shelve' ? (['for', 'reason'] as const) : [])] as const;
  const call = { command: verb, usage: usages[verb], own };
  const read = readOptions(call, args);
  if (typeof read === 'number') return read;
  const { given, words, json, language: asked } = read;
  const { data, by } = given;
  if (by !== undefined && !isName(by)) return wrongCall(call, nameRule);
  const wrong = wrongWords(verb, words);
  if (wrong !== undefined) return wrongCall(call, wrong);
  const shelf = verb === 'shelve' ? readShelf(given) : undefined;
  if (typeof shelf === 'string') return wrongCall(call, shelf);

  const wanted = {
    ...(data === undefined ? {} : { data }),
    ...(asked === undefined ? {} : { language: asked }),
  };
  const socket = await socketToOrder(verb, wanted);
  if (typeof socket === 'number') return socket;
  const room = await askRoom(verb, { json, words, ...wanted }, socket);
  if (typeof room === 'number') return room;
  const language = asked ?? room.language;
  const list = await askAt(verb, socket, '/api/v1/alarms', isAlarmList, language);
  if (typeof list === 'number') return list;
  const ids: string[] = [];
  for (const word of words) {
    const id = word === 'all' ? word : named(word, list.items);
    if (typeof id !== 'string') return unknown(verb, id, language);
    ids.push(id);
  }
  const commands = commandsOf(verb, ids, shelf);
  return orderRoom(verb, socket, { json, language, ...(by === undefined ? {} : { by }) }, commands);
}

function wrongWords(verb: Verb, words: readonly string[]): string | undefined {
  if (verb === 'silence') return words.length > 0 ? `what is ${words[0] ?? ''}?` : undefined;
  if (words.length === 0) return 'which alarm?';
  if (verb === 'ack' || verb === 'reset')
    return words.length > 1 && words.includes('all') ? 'all, or some by name?' : undefined;
  return words.length > 1 || words[0] === 'all' ? 'one alarm at a time' : undefined;
}

interface Shelf {
  readonly forMs: number;
  readonly reason: string;
}

function readShelf(given: Partial<Record<string, string>>): Shelf | string {
  const { for: lasting, reason } = given;
  if (lasting === undefined) return '--for TIME is missing, such as 30m';
  const forMs = parseDuration(lasting);
  if (forMs === undefined || forMs < 1000 || forMs > shelveMsMax)
    return `--for ${lasting}: a time is such as 90s, 30m or 2h, at most 8h`;
  if (reason === undefined || reason.trim() === '') return '--reason TEXT is missing: a shelf needs a reason';
  return { forMs, reason };
}

function commandsOf(verb: Verb, ids: readonly string[], shelf: Shelf | undefined): readonly Command[] {
  switch (verb) {
    case 'silence':
      return [{ do: 'silence' }];
    case 'ack':
      return ids.map((alarm) => ({ do: 'acknowledge', alarm }));
    case 'reset':
      return ids.map((alarm) => ({ do: 'reset-alarm', alarm }));
    case 'unshelve':
      return ids.map((alarm) => ({ do: 'unshelve', alarm }));
    case 'shelve':
      return shelf === undefined ? [] : ids.map((alarm) => ({ do: 'shelve', alarm, ...shelf }));
  }
}

/** The id that is meant, or why it is not clear. */
export function named(word: string, alarms: readonly Pick<AlarmAnswer, 'id' | 'what'>[]): string | Text {
  if (alarms.some(({ id }) => id === word)) return word;
  const part = word.toLowerCase();
  const found = alarms.filter(({ id }) => id.toLowerCase().includes(part));
  const [only] = found;
  if (only !== undefined && found.length === 1) return only.id;
  if (only !== undefined)
    return text(
      `${word} 可指 ${found.length} 条告警：${found.map(({ id, what }) => `\n  ${id}  ${what.zh}`).join('')}`,
      `${word} may be ${found.length} alarms:${found.map(({ id, what }) => `\n  ${id}  ${what.en}`).join('')}`,
    );
  const hint = didYouMean(
    word,
    alarms.map(({ id }) => id),
  );
  if (hint === undefined)
    return text(`没有告警 ${word}；现在没有任何告警。`, `there is no alarm ${word}, nor any other.`);
  return text(`没有告警 ${word}。${hint.zh}`, `there is no alarm ${word}. ${hint.en}`);
}

function unknown(verb: Verb, why: Text, language: Language): number {
  process.stderr.write(`linekeeper ${verb}: ${why[language]}\n`);
  return 2;
}
