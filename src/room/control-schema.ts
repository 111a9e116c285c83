/** The section `controls` as it is written: what may be done to the switch, by a relay or by a string over a serial wire. */
import { Type } from '@sinclair/typebox';
import { text } from '../model/text.ts';
import { orderRate, roomLimits, written } from './limits.ts';
import {
  about,
  duration,
  forms,
  matching,
  named,
  nameOf,
  one,
  optional,
  strict,
  words,
} from './schema-words.ts';
import * as short from './short-forms.ts';

const common = {
  name: optional(words(about('给人看的名称；不写则用键名', 'name for people; without it the key is used'))),
  'at-most': optional(
    matching(
      short.ratePattern,
      text('如 "3 per 10m"', 'such as "3 per 10m"'),
      about('一段时间内最多几次；断开不计', 'how many orders in how much time; off is not counted'),
      `${orderRate.count.default} per ${written(orderRate.perMs.default, 'ms')}`,
    ),
  ),
  'allow-from-centre': optional(
    Type.Boolean({
      default: false,
      ...about('允许中心经 MQTT 下发', 'the centre may order it over MQTT'),
    }),
  ),
};

const relay = strict(
  {
    output: nameOf('输出测点', 'an output of points', 'night-relay'),
    ...common,
    mode: optional(
      one(
        ['pulse', 'hold'],
        about(
          'pulse：接通 for 所写的时间；hold：接通直到有人断开，重启后仍接通',
          'pulse: on for the time of `for`; hold: on until it is ordered off, also after a restart',
        ),
        'pulse',
      ),
    ),
    for: optional(duration('control.for', about('点动时间', 'length of the pulse'))),
    interlock: optional(
      Type.Array(nameOf('另一控制', 'another control', 'day-service'), {
        minItems: 1,
        maxItems: roomLimits.interlocks,
        ...about('互锁：绝不同时接通，先断开对方', 'never on together with these; they are released first'),
      }),
    ),
    'read-back': optional(
      nameOf('显示动作结果的输入测点', 'an input that shows whether it was done', 'night-contact'),
    ),
    'read-back-within': optional(
      duration(
        'control.read-back-within',
        about('回读应在多久内变化，否则告警', 'how soon the read-back must show it; else an alarm'),
      ),
    ),
  },
  about('用继电器控制', 'a control by relay'),
  'output',
);

const serial = strict(
  {
    serial: nameOf('串口总线，可与话单同线', 'serial bus, also that of the call records', 'smdr'),
    ...common,
    send: Type.String({
      minLength: 1,
      maxLength: 120,
      ...about(
        '发送的内容，用双引号：\\r、\\x02 才是控制符；{名称} 由 values 填入',
        'what is sent, in double quotes so that \\r and \\x02 are control signs; {name} is filled from values',
      ),
    }),
    values: optional(
      Type.Record(
        Type.String({ pattern: short.namePattern }),
        Type.Array(
          matching(
            '^[^{}\\x00-\\x1f\\x7f]{1,32}$',
            text('1–32 个可见字符，不含花括号', '1 to 32 printable signs without braces'),
            about('一个值', 'one value'),
          ),
          {
            minItems: 1,
            maxItems: roomLimits.controlValues,
          },
        ),
        {
          additionalProperties: false,
          maxProperties: 8,
          ...about(
            'send 中各 {名称} 可填的值，别无其他',
            'what may stand in each {name} of send, and nothing else',
          ),
        },
      ),
    ),
    expect: optional(
      Type.String({
        minLength: 1,
        maxLength: 120,
        ...about(
          '应答的某一行须含有的文字，* 代表任意内容；不写则不等应答',
          'words that one line of the answer must hold, * stands for anything; without it no answer is awaited',
        ),
      }),
    ),
    within: optional(duration('control.within', about('应在多久内应答', 'how soon the answer must come'))),
  },
  about('经串口发送', 'a string over a serial wire'),
  'serial',
);

export const controlsSchema = named(
  forms([relay, serial], about('一个控制', 'one control')),
  roomLimits.controls,
  about('对交换机的控制', 'what may be done to the switch'),
);
