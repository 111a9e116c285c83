/** The section `lines` as it is written. */
import { Type } from '@sinclair/typebox';
import { roomLimits } from './limits.ts';
import { about, duration, named, one, optional, strict, terminal } from './schema-words.ts';
import { standbyKeys } from './standby-schema.ts';
import * as short from './short-forms.ts';

const line = strict(
  {
    channel: terminal(
      '线路卡通道；区间写 card-a/1..8',
      'channel of a line card; card-a/1..8 for a range',
      'card-a/1',
    ),
    bypass: optional(
      terminal(
        '旁路继电器；不写则只录音和监视',
        'bypass relay; without it the line is recorded and watched only',
        'card-a/relay1 / card-a/relay1..8 / pi/23',
      ),
    ),
    'read-back': optional(
      terminal(
        '引脚上的旁路继电器的镜像触点：同一继电器的另一组触点，线路在旁路话机时闭合到地；用来证明继电器位置',
        "mirror contact of a bypass relay on the Pi's pins: another pole of the same relay, closed to ground while the line is with its phone; proves the position",
        'pi/5 / pi/5..8',
      ),
    ),
    trunk: Type.String({
      minLength: 1,
      maxLength: 32,
      ...about(
        '中继号码；{n} {nn} 代入线号',
        'number of the trunk; {n} {nn} stand for the number of the line',
      ),
    }),
    'record-trunk': optional(
      Type.String({
        minLength: 1,
        maxLength: 32,
        ...about(
          '交换机话单里这条中继的名称；{n} {nn} 代入线号；不写则按时间等匹配',
          'how the call records of the PBX name this trunk; {n} {nn} as above; without it records are matched by time',
        ),
      }),
    ),
    phone: Type.String({
      minLength: 1,
      maxLength: 32,
      ...about('旁路时接通的席位电话', 'seat phone that the trunk reaches in bypass'),
    }),
    ...standbyKeys,
    kind: optional(
      one(['trunk', 'direct', 'dispatch', 'standby'], about('线路种类', 'kind of the line'), 'trunk'),
    ),
    answers: optional(
      one(
        ['people', 'pbx'],
        about(
          '谁先应答：pbx 指交换机自动应答，一条线无人应答即可证明故障；people 需两条',
          'who answers first: pbx answers by itself, so one unanswered line proves it down; people: two are needed',
        ),
        'people',
      ),
    ),
    polarity: optional(
      one(
        ['learned', 'positive', 'negative'],
        about(
          '空闲时 a 线对 b 线的极性；learned 由空闲一分钟学得',
          'polarity of tip against ring while idle; learned: from a minute of idle',
        ),
        'learned',
      ),
    ),
    'phone-off-hook': optional(
      duration(
        'phone-off-hook',
        about(
          '旁路时话机摘机而无人说话，超过此时长即告警“请挂好电话”',
          'in bypass: off hook without speech for this long, "hang up the phone" is told',
        ),
      ),
    ),
  },
  about('一条中继线，或一段（L01-L08）', 'one trunk line, or a range (L01-L08)'),
);

export const linesSchema = named(line, roomLimits.lines, about('线路', 'the lines'), short.lineKeyPattern);
