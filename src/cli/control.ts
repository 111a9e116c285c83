/** `linekeeper control`: what may be done to the switch of the running room, and doing it. */
import type { Text } from '../model/text.ts';
import { text } from '../model/text.ts';
import { didYouMean } from '../room/nearest.ts';
import { askRoom, readAsked, table } from './ask-room.ts';
import type { RoomAnswer } from './ask-room.ts';
import { orderRoom, socketToOrder } from './order-room.ts';

const usage = `usage: linekeeper control [--json] [--data FOLDER] [--url URL] [--language zh|en]
       linekeeper control NAME [on|off] [KEY=VALUE …] [--by NAME] [--json] [--data FOLDER] [--language zh|en]

Without a name it lists the controls of the running room and how each stands. With one it gives the order, over the local socket of
the room (docs/cli.md), and waits for what came of it; KEY=VALUE fills the places of a string that is sent.
Exit codes: 0 done, 1 refused or not confirmed, 2 wrong usage or no such control, 3 no room answers.
`;

type ControlAnswer = RoomAnswer['controls'][number];

const head = {
  control: text('控制', 'control'),
  kind: text('方式', 'kind'),
  state: text('状态', 'state'),
  readBack: text('回读', 'read-back'),
  values: text('参数', 'values'),
  name: text('名称', 'name'),
};
const kinds = { pulse: text('点动', 'pulse'), hold: text('保持', 'hold'), serial: text('串口', 'serial') };
const readBacks = {
  none: text('–', '–'),
  agrees: text('一致', 'agrees'),
  differs: text('不一致', 'differs'),
  unknown: text('未知', 'unknown'),
};

export async function control(args: readonly string[]): Promise<number> {
  const asked = readAsked('control', usage, args, true);
  if (typeof asked === 'number') return asked;
  const [id, ...rest] = asked.words;
  const wrong = (why: Text): number => {
    process.stderr.write(`linekeeper control: ${why[asked.language ?? 'en']}\n`);
    return 2;
  };
  const order = readOrder(rest);
  if (order === undefined)
    return wrong(
      text(
        `看不懂 ${rest.join(' ')}：on、off 或 KEY=VALUE`,
        `what is ${rest.join(' ')}? on, off or KEY=VALUE`,
      ),
    );
  if (id !== undefined && asked.url !== undefined)
    return wrong(text('命令经本机套接字下达，不用 --url', 'orders go over the local socket, not to --url'));
  const socket = id === undefined ? undefined : await socketToOrder('control', asked);
  if (typeof socket === 'number') return socket;
  const room = await askRoom('control', asked, socket);
  if (typeof room === 'number') return room;
  const say = (words: Text): string => words[asked.language ?? room.language];
  if (id === undefined || socket === undefined) {
    process.stdout.write(
      asked.json ? `${JSON.stringify(room.controls, null, 2)}\n` : listed(room.controls, say),
    );
    return 0;
  }
  if (!room.controls.some((one) => one.id === id)) {
    const hint = didYouMean(
      id,
      room.controls.map((one) => one.id),
    );
    const unknown = text(`没有控制 ${id}`, `there is no control ${id}`);
    return wrong(text(`${unknown.zh} ${hint?.zh ?? ''}`, `${unknown.en} ${hint?.en ?? ''}`));
  }
  return orderRoom('control', socket, { ...asked, language: asked.language ?? room.language }, [
    { do: 'control', control: id, ...order },
  ]);
}

interface Order {
  readonly on?: boolean;
  readonly values?: Readonly<Record<string, string>>;
}

function readOrder(rest: readonly string[]): Order | undefined {
  const [first] = rest;
  const on = first === 'on' ? true : first === 'off' ? false : undefined;
  const pairs = rest
    .slice(on === undefined ? 0 : 1)
    .map((word) => /^([A-Za-z][A-Za-z0-9-]{0,31})=(.*)$/s.exec(word));
  const values: Record<string, string> = {};
  for (const pair of pairs) {
    if (pair === null) return undefined;
    values[pair[1] ?? ''] = pair[2] ?? '';
  }
  return { ...(on === undefined ? {} : { on }), ...(pairs.length === 0 ? {} : { values }) };
}

function listed(controls: readonly ControlAnswer[], say: (words: Text) => string): string {
  if (controls.length === 0) return `${say(text('机房文件里没有控制', 'the room file holds no controls'))}\n`;
  const rows = controls.map(({ id, name, kind, on, busy, readBack, values }) => [
    id,
    say(kinds[kind]),
    kind === 'serial'
      ? busy
        ? '…'
        : '–'
      : say(on ? text('接通', 'on') : text('断开', 'off')) + (busy ? ' …' : ''),
    say(readBacks[readBack]),
    Object.entries(values)
      .map(([key, allowed]) => `${key}=${allowed.join('|')}`)
      .join(' '),
    say(name),
  ]);
  return table([Object.values(head).map(say), ...rows]);
}
