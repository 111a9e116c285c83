/**
 * `linekeeper bypass`: how every line stands, why and what is next; trip, restore and reset by a person, in two steps. A trip by a
 * person stands until a person restores; a restore is refused while the PBX is down (docs/safety.md).
 */
import type { Command } from '../model/event.ts';
import type { Text } from '../model/text.ts';
import { text } from '../model/text.ts';
import { didYouMean } from '../room/nearest.ts';
import { readOptions, wrongCall } from './arguments.ts';
import { isName, nameRule } from './ask-room.ts';
import { askBypass, isAllNormal, statusTable } from './bypass-status.ts';
import type { BypassAnswer } from './bypass-status.ts';
import { orderRoom, socketToOrder } from './order-room.ts';
import { wayToRead } from './room-way.ts';

const usage = `usage: linekeeper bypass status [--json] [--data FOLDER] [--url URL] [--language zh|en]
       linekeeper bypass trip [LINE … | all] [--planned] --reason TEXT [--confirm CODE [--yes]] [--by NAME] …
       linekeeper bypass restore [LINE … | all] [--reason TEXT] [--confirm CODE [--yes]] [--by NAME] …
       linekeeper bypass reset [LINE …] [--reason TEXT] [--confirm CODE [--yes]] [--by NAME] …

status   the room and each line: where it stands, why, what is next, and which phone to lift where a call was cut over
trip     trunks straight to the seat phones, at once; with --planned a line in a call goes when its call ends. Stands until restored
restore  lines back to the PBX one by one, each when it is idle; refused while the PBX is down or the key is turned
reset    lifts the hold of the room: it goes back by itself when the PBX has stayed up. With lines: unlocks them after a repair

A line is named by its id, its seat phone or its trunk number; without one, or with "all", the whole room is meant. Two steps: first
the room says what it would do to the calls. On a terminal you are asked; else the same command with --confirm CODE does it.

  linekeeper bypass trip --planned --reason "new software of the PBX" --by "Li Ming"
  linekeeper bypass restore L03

Exit codes: 0 done (status: every line on the PBX), 1 refused by the room (status: one is not), 2 wrong usage, 3 no room answers or it is not
for this user, 4 nothing was done: it waits for its confirmation.
`;
const verbs = ['status', 'trip', 'restore', 'reset'] as const;
type Verb = (typeof verbs)[number];
const isVerb = (word: string | undefined): word is Verb => verbs.some((verb) => verb === word);
const reasonLengthMax = 200;

export async function bypass(args: readonly string[]): Promise<number> {
  const call = {
    ...{ command: 'bypass', usage },
    own: ['data', 'url', 'by', 'reason', 'confirm'],
    flags: ['planned', 'yes'],
  } as const;
  const read = readOptions(call, args);
  if (typeof read === 'number') return read;
  const { given, on, json, language: asked } = read;
  const [verb, ...names] = read.words;
  if (!isVerb(verb))
    return wrongCall(call, verb === undefined ? 'status, trip, restore or reset?' : `what is ${verb}?`);
  const wrong = verb === 'status' ? wrongStatus(names, given, on) : wrongOrder(verb, names, given, on);
  if (wrong !== undefined) return wrongCall(call, wrong);
  const command = `bypass ${verb}`;

  if (verb === 'status') {
    const room = await askBypass(command, await wayToRead(given), asked);
    if (typeof room === 'number') return room;
    const { room: whole, lines } = room;
    process.stdout.write(
      json
        ? `${JSON.stringify({ room: whole, lines }, null, 2)}\n`
        : statusTable(room, (words) => words[asked ?? room.language]),
    );
    return isAllNormal(room) ? 0 : 1;
  }

  const { data, by, reason, confirm } = given;
  const socket = await socketToOrder(command, {
    ...(data === undefined ? {} : { data }),
    ...(asked === undefined ? {} : { language: asked }),
  });
  if (typeof socket === 'number') return socket;
  const room = await askBypass(command, socket, asked);
  if (typeof room === 'number') return room;
  const language = asked ?? room.language;
  const lines: string[] = [];
  for (const name of names.filter((one) => one !== 'all')) {
    const line = lineNamed(name, room.lines);
    if (typeof line !== 'string') {
      process.stderr.write(`linekeeper ${command}: ${line[language]}\n`);
      return 2;
    }
    if (!lines.includes(line)) lines.push(line);
  }
  const order = orderOf(verb, on.has('planned') ? 'planned' : 'now', reason);
  const orders = lines.length === 0 ? [order] : lines.map((line): Command => ({ ...order, line }));
  return orderRoom(
    command,
    socket,
    {
      ...{ json, language, again: `bypass ${args.map(quoted).join(' ')}` },
      ...(by === undefined ? {} : { by }),
      ...(confirm === undefined ? {} : { confirm }),
    },
    orders,
  );
}

type Given = Readonly<Partial<Record<'url' | 'by' | 'reason' | 'confirm', string>>>;
type Flags = ReadonlySet<'planned' | 'yes'>;

function wrongStatus(names: readonly string[], given: Given, on: Flags): string | undefined {
  if (names.length > 0) return `what is ${names[0] ?? ''}?`;
  if (given.url !== undefined && !/^https?:\/\//.test(given.url))
    return '--url is such as http://127.0.0.1:8080/';
  const orders = given.by ?? given.reason ?? given.confirm;
  return orders !== undefined || on.size > 0
    ? 'status only looks: it takes no option of an order'
    : undefined;
}

function wrongOrder(verb: Verb, names: readonly string[], given: Given, on: Flags): string | undefined {
  const { url, by, reason, confirm } = given;
  if (url !== undefined) return 'orders go over the local socket, not to --url';
  if (by !== undefined && !isName(by)) return nameRule;
  if (names.length > 1 && names.includes('all')) return 'all, or some lines by name?';
  if (on.has('planned') && verb !== 'trip') return '--planned is of bypass trip';
  if (on.has('yes') && confirm === undefined)
    return 'there is no --yes without --confirm CODE: what it does to the calls is to be read first';
  if (verb === 'trip' && (reason ?? '').trim() === '') return '--reason TEXT is missing: the audit needs one';
  return reason !== undefined && (reason.trim() === '' || reason.length > reasonLengthMax)
    ? `--reason has 1 to ${reasonLengthMax} characters`
    : undefined;
}

type Order = Extract<Command, { readonly do: 'bypass' | 'restore' | 'reset-bypass' }>;

function orderOf(verb: Exclude<Verb, 'status'>, mode: 'now' | 'planned', reason: string | undefined): Order {
  const why = reason === undefined ? {} : { reason };
  switch (verb) {
    case 'trip':
      return { do: 'bypass', mode, ...why };
    case 'restore':
      return { do: 'restore', ...why };
    case 'reset':
      return { do: 'reset-bypass', ...why };
  }
}

/** The line that is meant, or why it is not clear. */
function lineNamed(word: string, lines: BypassAnswer['lines']): string | Text {
  const own = lines.find(({ id }) => id.toLowerCase() === word.toLowerCase());
  if (own !== undefined) return own.id;
  const found = lines.filter(({ phone, trunk }) => phone === word || trunk === word);
  const [only] = found;
  if (only !== undefined && found.length === 1) return only.id;
  const ids = found.map(({ id }) => id).join(', ');
  if (only !== undefined) return text(`${word} 可指 ${ids}`, `${word} may be ${ids}`);
  const hint = didYouMean(
    word,
    lines.map(({ id }) => id),
  );
  return text(`没有线路 ${word}。${hint?.zh ?? ''}`, `there is no line ${word}. ${hint?.en ?? ''}`);
}

/** As a shell takes it. */
const quoted = (word: string): string =>
  /^[\w.,:@%+=/-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
