/** What the running room says of its bypass, as a table: where each line stands, why, what is next, which phone to lift. */
import { Type } from '@sinclair/typebox';
import type { Static } from '@sinclair/typebox';
import { Ajv } from 'ajv';
import type { LineBypassState, RoomBypassState } from '../model/bypass.ts';
import type { LineSignal } from '../model/line.ts';
import type { Language, Text } from '../model/text.ts';
import { text } from '../model/text.ts';
import { moment } from './alarm-list.ts';
import { ago, askAt, optional, sentence, table, words } from './ask-room.ts';
import type { Way } from './room-way.ts';

const roomStates: Readonly<Record<RoomBypassState, Text>> = {
  steady: text('正常', 'steady'),
  confirming: text('正在确认故障', 'confirming a fault'),
  tripped: text('已切至坐席电话', 'tripped'),
  held: text('保持在坐席电话', 'held in bypass'),
  settling: text('等待交换机稳定', 'settling'),
  restoring: text('正在恢复', 'restoring'),
};
const lineStates: Readonly<Record<LineBypassState | 'none', Text>> = {
  none: text('无旁路', 'no bypass'),
  normal: text('经交换机', 'on the PBX'),
  waiting: text('等通话结束', 'waits for its call'),
  releasing: text('正在切换', 'going over'),
  bypass: text('直通坐席电话', 'on its phone'),
  operating: text('正在恢复', 'going back'),
  proving: text('恢复后观察', 'being proved'),
  exercising: text('演练', 'exercise'),
  stuck: text('继电器粘住', 'relay stuck'),
  open: text('两侧不通', 'relay open'),
  locked: text('已锁定', 'locked'),
  unreachable: text('失联', 'out of reach'),
};
const signals: Readonly<Record<LineSignal, Text>> = {
  idle: text('空闲', 'idle'),
  ringing: text('振铃', 'ringing'),
  'off-hook': text('通话', 'in a call'),
  dead: text('无电压', 'dead'),
  unknown: text('未知', 'unknown'),
};

const explained = optional(Type.Object({ why: sentence, next: sentence, nextAt: optional(Type.Number()) }));
const names = <Name extends string>(all: Readonly<Record<Name, Text>>) =>
  words(...(Object.keys(all) as Name[]));
const schema = Type.Object({
  at: Type.Number(),
  language: words('zh', 'en'),
  timezone: Type.String(),
  room: Type.Object({ id: Type.String(), name: sentence, bypass: names(roomStates), explained }),
  lines: Type.Array(
    Type.Object({
      id: Type.String(),
      trunk: Type.String(),
      phone: Type.String(),
      signal: names(signals),
      bypass: names(lineStates),
      explained,
      liftPhone: optional(Type.String()),
    }),
  ),
});
export type BypassAnswer = Static<typeof schema>;
const isAnswer = new Ajv().compile<BypassAnswer>(schema);

export const askBypass = (
  command: string,
  way: Way,
  language: Language | undefined,
): Promise<BypassAnswer | number> => askAt(command, way, '/api/v1/status', isAnswer, language);

export const isAllNormal = ({ room, lines }: BypassAnswer): boolean =>
  room.bypass === 'steady' && lines.every(({ bypass }) => bypass === 'normal' || bypass === 'none');

const head = {
  line: text('线路', 'line'),
  trunk: text('外线', 'trunk'),
  phone: text('坐席电话', 'phone'),
  state: text('位置', 'stands'),
  signal: text('线路状态', 'signal'),
  why: text('原因 → 下一步', 'why → next'),
};

export function statusTable(answer: BypassAnswer, say: (words: Text) => string): string {
  const { room, lines } = answer;
  const due = (nextAt: number | undefined): string => {
    if (nextAt === undefined) return '';
    const left = ago(Math.max(0, nextAt - answer.at));
    const at = moment(nextAt, answer);
    return say(text(`（最迟 ${at}，还有 ${left.zh}）`, ` (by ${at}, ${left.en} left)`));
  };
  const whole = [`${say(room.name)}: ${say(roomStates[room.bypass])}`];
  if (room.explained !== undefined) {
    const { why, next, nextAt } = room.explained;
    whole.push(`${say(text('原因', 'why'))}: ${say(why)}`);
    whole.push(`${say(text('下一步', 'next'))}: ${say(next)}${due(nextAt)}`);
  }
  const rows = lines.map((line) => [
    line.id,
    line.trunk,
    line.phone,
    say(lineStates[line.bypass]),
    say(signals[line.signal]),
    line.explained === undefined
      ? '–'
      : `${say(line.explained.why)} → ${say(line.explained.next)}${due(line.explained.nextAt)}`,
  ]);
  const lift = lines.flatMap(({ id, liftPhone }) =>
    liftPhone === undefined
      ? []
      : [
          say(
            text(
              `! ${id} 的通话被切换：请立即摘起电话 ${liftPhone}，对方可能还在线`,
              `! the call on ${id} was cut over: lift phone ${liftPhone} now, the caller may still be there`,
            ),
          ),
        ],
  );
  return `${[...lift, ...whole].map((line) => `${line}\n`).join('')}\n${table([Object.values(head).map(say), ...rows])}`;
}
