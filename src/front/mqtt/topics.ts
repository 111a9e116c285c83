/**
 * Every topic of linekeeper, once: what is published and what is listened to, with quality of service and retention.
 * docs/mqtt.md shows this table, and a test holds every publish against it.
 *
 * State is retained; events and commands never are (a retained command would be carried out at every reconnect).
 */
import type { RoomId } from '../../model/ids.ts';
import type { Text } from '../../model/text.ts';
import { text } from '../../model/text.ts';

export interface TopicRow {
  /** Below `linekeeper/<room>/`; `+` is one level, `#` one or more. */
  readonly pattern: string;
  readonly way: 'out' | 'in';
  readonly qos: 0 | 1;
  readonly retained: boolean;
  readonly carries: Text;
}

const row = (
  pattern: string,
  way: TopicRow['way'],
  isRetained: boolean,
  zh: string,
  en: string,
): TopicRow => ({ pattern, way, qos: 1, retained: isRetained, carries: text(zh, en) });

export const topics = {
  presence: row(
    'presence',
    'out',
    true,
    '`online` 或 `offline`（纯文本；遗嘱消息为 `offline`）',
    '`online` or `offline` (plain text; the last will says `offline`)',
  ),
  info: row(
    'info',
    'out',
    true,
    '机房名称、程序版本、时区、事件序列 `series`、线路与监视对象清单',
    'name, version, time zone, `series` of the events, lines and subjects',
  ),
  room: row(
    'state/room',
    'out',
    true,
    '机房旁路状态、旁路通话数、告警数、线程与线路卡',
    'bypass state of the room, calls held over seat phones, alarm counts, threads, line cards',
  ),
  line: row(
    'state/line/+',
    'out',
    true,
    '一条线路：信号、旁路、通话、录音、继电器用时',
    'one line: signal, bypass, call, recording, times of its relay',
  ),
  subject: row('state/subject/+', 'out', true, '一个监视对象：结论与原因', 'one subject: verdict and why'),
  reading: row(
    'state/reading/+',
    'out',
    true,
    '一个测量值：读数、单位、门限状态；变化达到步长才发，最多每 10 秒一次',
    'one measured value, its unit and state; when it moved by its step, at most every 10 s',
  ),
  alarm: row(
    'state/alarm/#',
    'out',
    true,
    '一条告警；清除并确认后该主题变为空',
    'one alarm; emptied when it is gone',
  ),
  'power-cut': row(
    'state/power-cut',
    'out',
    true,
    '停电预案：阶段、步骤、剩余时间、待检查对象',
    'the power-cut plan: stages, steps, time left, subjects to be checked',
  ),
  event: row(
    'event/+',
    'out',
    false,
    '发生的事件，经磁盘待发库送出；重复者 `id` 与 `seq` 不变',
    'what happened, through the outbox on disk; a double carries the same `id` and `seq`',
  ),
  command: row('cmd/+', 'in', false, '命令', 'commands'),
  reply: row('reply/+', 'out', false, '对同名命令的答复', 'the answer to the command of that name'),
} as const satisfies Record<string, TopicRow>;

/** A level may not hold what MQTT reserves. `/` in an alarm's id stays: it makes levels. */
const safe = (part: string): string =>
  part.replaceAll(/[+#%$\p{Cc}]/gu, (sign) => encodeURIComponent(sign).replace('$', '%24'));

export const rootOf = (room: RoomId): string => `linekeeper/${safe(room)}`;

/** The topic of one row; `part` fills its wildcard. */
export function topicOf(room: RoomId, name: keyof typeof topics, part = ''): string {
  const pattern: string = topics[name].pattern;
  const wild = /[+#]$/.exec(pattern);
  const below = wild === null ? pattern : pattern.slice(0, -1) + safe(part);
  return `${rootOf(room)}/${below}`;
}

/** The row that a topic belongs to. */
export function rowOf(room: RoomId, topic: string): TopicRow | undefined {
  const root = `${rootOf(room)}/`;
  if (!topic.startsWith(root)) return undefined;
  const levels = topic.slice(root.length).split('/');
  return Object.values(topics).find(({ pattern }) => {
    const wanted = pattern.split('/');
    if (wanted.at(-1) === '#' ? levels.length < wanted.length : levels.length !== wanted.length) return false;
    return wanted.every((level, at) => level === '#' || level === '+' || level === levels[at]);
  });
}

/** The table of docs/mqtt.md. */
export function topicTable(): string {
  const rows = Object.values(topics).map(
    ({ pattern, way, qos, retained, carries }) =>
      `| \`${pattern}\` | ${way} | ${qos} | ${retained ? 'yes' : 'no'} | ${carries.en} | ${carries.zh} |`,
  );
  return ['| topic | way | QoS | retained | carries | 内容 |', '|---|---|---|---|---|---|', ...rows].join(
    '\n',
  );
}
