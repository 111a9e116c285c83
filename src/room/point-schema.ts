/** The section `points` as it is written: wired inputs and outputs, registers and sensors. */
import { Type } from '@sinclair/typebox';
import { text } from '../model/text.ts';
import { roomLimits } from './limits.ts';
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
  terminal,
  words,
} from './schema-words.ts';
import * as short from './short-forms.ts';
import { sensorPattern } from '../model/sensor.ts';

const severity = (preset: 'major') =>
  one(['critical', 'major', 'minor', 'warning'], about('告警级别', 'severity of the alarm'), preset);
export const pointName = optional(
  words(about('给人看的名称；不写则用键名', 'name for people; without it the key is used')),
);

const resistance = (zh: string, en: string) =>
  matching(
    short.resistancePattern,
    text('电阻，如 4k7、2.2k、470', 'a resistance such as 4k7, 2.2k or 470'),
    about(zh, en),
  );
const input = strict(
  {
    input: terminal('输入端', 'terminal of the input', 'pi/20 / card-a/in1'),
    name: pointName,
    role: optional(
      one(
        [
          'plain',
          'silence-button',
          'acknowledge-button',
          'reset-button',
          'first-out-button',
          'test-button',
          'bypass-key',
        ],
        about('用途', 'what it is for'),
        'plain',
      ),
    ),
    contact: optional(
      one(
        ['normally-open', 'normally-closed'],
        about(
          '正常时的触点状态；不写：按钮和计数器常开，其余常闭（断线即告警）',
          'position when nothing is wrong; without it a button or a counter is normally open, all else normally closed (a cut wire alarms)',
        ),
      ),
    ),
    debounce: optional(
      duration('point.debounce', about('短于此的抖动不计', 'bounce shorter than this is ignored')),
    ),
    supervised: optional(
      strict(
        {
          normal: optional(
            resistance(
              '正常时的回路电阻；不写：常闭 2k35，常开 4k7',
              'of the loop while nothing is wrong; without it 2k35 where normally closed, else 4k7',
            ),
          ),
          alarm: optional(
            resistance(
              '动作时的回路电阻；不写：另一个',
              'of the loop while the contact tells; without it the other one',
            ),
          ),
        },
        about(
          '线路监视：线路末端接电阻，断线和短路各有告警（仅线路卡的输入）',
          'supervision of the wire: resistors at its far end, cut and short have alarms of their own (inputs of a line card only)',
        ),
      ),
    ),
    severity: optional(severity('major')),
    counter: optional(
      Type.Boolean({
        default: false,
        ...about(
          '脉冲计数：每次动作计一次并告警，由人复位',
          'its pulses are counted, each an alarm that a person resets',
        ),
      }),
    ),
  },
  about('开关量输入', 'a wired input'),
  'input',
);
const output = strict(
  {
    output: terminal('输出端', 'terminal of the output', 'pi/23 / card-a/out1'),
    name: pointName,
    role: optional(
      one(
        ['plain', 'horn', 'lamp', 'new-alarm', 'any-alarm', 'healthy', 'load'],
        about(
          '用途；new-alarm 有未确认告警时吸合，any-alarm 有任一灯亮时吸合；healthy 在正常时吸合，释放即由独立蜂鸣器报警；load 吸合时停电预案切换该负载',
          'what it is for; new-alarm is energised while an alarm waits to be acknowledged, any-alarm while any lamp is lit; healthy is energised while all is well, released it lets a separate buzzer sound; load is energised while the power-cut plan has switched it',
        ),
        'plain',
      ),
    ),
    group: optional(
      nameOf(
        'load：负载组，停电预案按组切换；lamp：只显示该首发组',
        'of a load: its group, as the power-cut plan calls it; of a lamp: it shows this first-out group alone',
        'non-essential',
      ),
    ),
    severity: optional(
      one(
        ['critical', 'major', 'minor', 'warning'],
        about('lamp：只显示该级别', 'of a lamp: it shows alarms of this severity alone'),
      ),
    ),
    subject: optional(
      nameOf(
        'lamp：只显示该监视对象、线路、测点或连接；首发告警双闪',
        'of a lamp: it shows the alarms of this subject, line, point or bus alone; a double flash where it came first',
        'ups-1',
      ),
    ),
    'active-low': optional(
      Type.Boolean({ default: false, ...about('低电平吸合', 'the output is energised by a low level') }),
    ),
  },
  about('开关量输出', 'a wired output'),
  'output',
);
export const threshold = (zh: string, en: string) =>
  matching(short.thresholdPattern, text('如 "> 30" 或 "< 5"', 'such as "> 30" or "< 5"'), about(zh, en));
/** What every measured value may have. */
const judged = {
  warn: optional(threshold('提示门限', 'threshold of the warning')),
  critical: optional(threshold('紧急门限', 'threshold of the critical alarm')),
  deadband: optional(
    Type.Number({
      minimum: 0,
      default: 0,
      ...about('回差', 'how far it must come back before the alarm clears'),
    }),
  ),
};
const scale = optional(
  Type.Number({ default: 1, ...about('读数乘以此数', 'the reading is multiplied by this') }),
);
const register = strict(
  {
    register: terminal(
      '总线/单元/寄存器（30001 起输入，40001 起保持）',
      'bus/unit/register (input registers from 30001, holding from 40001)',
      'rs485/12/30001',
    ),
    name: pointName,
    type: optional(
      one(
        ['s16', 'u16', 's32', 'u32', 'f32'],
        about(
          '寄存器内容的类型，32 位的高字在前',
          'what the registers hold; 32 bits have the high word first',
        ),
        's16',
      ),
    ),
    scale,
    unit: optional(Type.String({ maxLength: 12, default: '', ...about('单位', 'unit') })),
    counter: optional(
      Type.Boolean({
        default: false,
        ...about(
          '计数器（u16、u32）：增加即告警，由人复位',
          'a counter (u16, u32): each new count is an alarm that a person resets',
        ),
      }),
    ),
    ...judged,
    every: optional(duration('register.every', about('读取周期', 'period of reading'))),
  },
  about('Modbus 模拟量', 'a polled value'),
  'register',
);
const sensor = strict(
  {
    sensor: matching(
      sensorPattern,
      text(
        '"w1:28-0316a2794cff"、"hwmon:名称/temp1" 或 "iio:名称/in_temp"（见 linekeeper sensors）',
        '"w1:28-0316a2794cff", "hwmon:NAME/temp1" or "iio:NAME/in_temp" (see linekeeper sensors)',
      ),
      about(
        '本机内核的传感器；linekeeper sensors 列出现有的',
        'a sensor of this machine; linekeeper sensors lists those that there are',
      ),
    ),
    name: pointName,
    scale,
    offset: optional(Type.Number({ default: 0, ...about('乘后再加此数', 'this is added after the scale') })),
    unit: optional(
      Type.String({
        maxLength: 12,
        ...about('单位；不写则用传感器自己的', 'unit; without it that of the sensor'),
      }),
    ),
    ...judged,
    every: optional(duration('sensor.every', about('读取周期', 'period of reading'))),
  },
  about('本机传感器（1-Wire、hwmon、iio）', 'a sensor of this machine (1-Wire, hwmon, iio)'),
  'sensor',
);

export const pointsSchema = named(
  forms([input, output, register, sensor], about('一个测点', 'one point')),
  roomLimits.points,
  about('接线的输入和输出', 'wired inputs and outputs'),
);
