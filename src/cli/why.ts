/** `linekeeper why SUBJECT`: the verdict of one subject, what each of its sources says, and what would change it. */
import type { Text } from '../model/text.ts';
import { text } from '../model/text.ts';
import { didYouMean } from '../room/nearest.ts';
import type { RoomAnswer, SubjectAnswer } from './ask-room.ts';
import { ago, askRoom, marks, readAsked, table } from './ask-room.ts';

const usage = `usage: linekeeper why SUBJECT [--json] [--data FOLDER] [--url URL] [--language zh|en]

Explains the verdict of one subject of the running room: every source with its domain, weight, age and reason, proofs of service
that forbid a trip, and what would have to happen for another verdict. The room is found as "linekeeper subjects" finds it.
Exit codes: 0 it is up, 1 it is not, 2 wrong usage or no such subject, 3 no room answers.
`;

const head = {
  source: text('来源', 'source'),
  domain: text('领域', 'domain'),
  weight: text('分量', 'weight'),
  says: text('报告', 'says'),
  age: text('距今', 'age'),
  reason: text('原因', 'reason'),
};
const weights = { proof: text('直接证据', 'proof'), hint: text('间接迹象', 'hint') };
const says = { up: text('正常', 'up'), down: text('故障', 'down'), unknown: text('未知', 'unknown') };
const veto = text('（证明仍在服务，不判故障）', ' (proof of service: not judged down)');

export async function why(args: readonly string[]): Promise<number> {
  const asked = readAsked('why', usage, args);
  if (typeof asked === 'number') return asked;
  const [id, ...more] = asked.words;
  if (id === undefined || more.length > 0) {
    process.stderr.write(
      `linekeeper why: ${id === undefined ? 'which subject?' : 'one subject at a time'}\n${usage}`,
    );
    return 2;
  }
  const room = await askRoom('why', asked);
  if (typeof room === 'number') return room;
  const language = asked.language ?? room.language;
  const subject = room.subjects.find((one) => one.id === id);
  if (subject === undefined) {
    const hint = didYouMean(
      id,
      room.subjects.map((one) => one.id),
    );
    const unknown = text(`没有监视对象 ${id}。`, `there is no subject ${id}.`);
    process.stderr.write(`linekeeper why: ${unknown[language]} ${hint?.[language] ?? ''}\n`);
    return 2;
  }
  process.stdout.write(
    asked.json
      ? `${JSON.stringify(subject, null, 2)}\n`
      : explained(subject, room, (words) => words[language]),
  );
  return subject.verdict === 'up' ? 0 : 1;
}

function explained(subject: SubjectAnswer, room: RoomAnswer, say: (words: Text) => string): string {
  const lasting = ago(room.at - subject.since);
  const extra = say(marks(subject, room.at));
  const lines = [
    `${subject.id}: ${say(subject.why)}`,
    say(text(`已持续 ${lasting.zh}`, `for ${lasting.en}`)) + (extra === '' ? '' : `; ${extra}`),
  ];
  if (subject.maintenance !== undefined) {
    const { by, reason } = subject.maintenance;
    lines.push(say(text(`维护：${reason.zh}（${by}）`, `maintenance: ${reason.en} (${by})`)));
  }
  const rows = subject.sources.map((source) => [
    say(source.name),
    source.domain,
    say(weights[source.weight]),
    say(says[source.says]),
    source.at === undefined ? '–' : say(ago(room.at - source.at)),
    say(source.reason) + (source.vetoes === true ? say(veto) : ''),
  ]);
  const sources = rows.length === 0 ? '' : `\n${table([Object.values(head).map(say), ...rows])}`;
  return `${lines.join('\n')}\n${sources}\n${say(text('怎样才会变', 'what would change it'))}: ${say(subject.change)}\n`;
}
