/** `linekeeper subjects`: every watched thing of the running room in one table. Exit codes for a script that watches. */
import type { Text } from '../model/text.ts';
import { text } from '../model/text.ts';
import type { RoomAnswer } from './ask-room.ts';
import { ago, askRoom, marks, readAsked, table, verdictWord } from './ask-room.ts';

const usage = `usage: linekeeper subjects [--json] [--data FOLDER] [--url URL] [--language zh|en]

Shows what the running room watches, each with its verdict. It is asked over HTTP with --url or LINEKEEPER_HTTP_PORT; else
over its local socket (--data, LINEKEEPER_DATA, /run/linekeeper), and where that is not for this user over HTTP.
Exit codes: 0 all are up, 1 one is not, 2 wrong usage, 3 no room answers.
`;

const head = {
  subject: text('对象', 'subject'),
  kind: text('类别', 'kind'),
  verdict: text('结论', 'verdict'),
  since: text('已持续', 'for'),
  why: text('原因', 'why'),
};
const kinds = {
  pbx: text('交换机', 'PBX'),
  server: text('服务器', 'server'),
  terminal: text('终端', 'terminal'),
  network: text('网络', 'network'),
  ups: text('UPS', 'UPS'),
  room: text('机房', 'room'),
  line: text('线路', 'line'),
  linekeeper: text('本机', 'linekeeper'),
};
const rank = { down: 0, degraded: 1, unknown: 2, up: 3 } as const;

const readingHead = {
  id: text('测量值', 'reading'),
  value: text('读数', 'value'),
  state: text('状态', 'state'),
  ago: text('多久前', 'ago'),
  name: text('名称', 'name'),
};
const readingStates = {
  ok: text('正常', 'ok'),
  warn: text('预警', 'warning'),
  critical: text('越限', 'critical'),
  unknown: text('未知', 'unknown'),
};

/** A time of more than two minutes is read in minutes, as on the page. */
const measured = (value: number, unit: string): string =>
  unit === 's' && value >= 120
    ? `${Math.floor(value / 60)} min`
    : `${Number(value.toFixed(2))} ${unit}`.trim();

/** Points and UPSes, below the subjects; nothing where there are none. */
function readingTable({ readings = [], at: now }: RoomAnswer, say: (words: Text) => string): string {
  if (readings.length === 0) return '';
  const rows = readings.map(({ id, name, value, unit, state, at, reason }) => [
    id,
    value === undefined ? '-' : measured(value, unit),
    say(readingStates[state]),
    at === undefined ? '-' : say(ago(now - at)),
    say(name) + (reason === undefined || state !== 'unknown' ? '' : `: ${say(reason)}`),
  ]);
  return `\n${table([Object.values(readingHead).map(say), ...rows])}`;
}

export async function subjects(args: readonly string[]): Promise<number> {
  const asked = readAsked('subjects', usage, args);
  if (typeof asked === 'number') return asked;
  if (asked.words.length > 0) {
    process.stderr.write(`linekeeper subjects: what is ${asked.words[0] ?? ''}?\n${usage}`);
    return 2;
  }
  const room = await askRoom('subjects', asked);
  if (typeof room === 'number') return room;
  const sorted = room.subjects.toSorted((a, b) => rank[a.verdict] - rank[b.verdict]);
  if (asked.json) process.stdout.write(`${JSON.stringify(sorted, null, 2)}\n`);
  else {
    const say = (words: Text): string => words[asked.language ?? room.language];
    const rows = sorted.map((subject) => {
      const extra = say(marks(subject, room.at));
      return [
        subject.id,
        say(kinds[subject.kind]),
        say(verdictWord(subject)) + (extra === '' ? '' : ` · ${extra}`),
        say(ago(room.at - subject.since)),
        // The verdict stands in its own column.
        say(subject.why).replace(/^[^:：]*[:：] ?/, ''),
      ];
    });
    process.stdout.write(table([Object.values(head).map(say), ...rows]) + readingTable(room, say));
  }
  return sorted.every(({ verdict }) => verdict === 'up') ? 0 : 1;
}
