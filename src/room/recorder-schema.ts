/** The section `recorder` as it is written. */
import { Type } from '@sinclair/typebox';
import { text } from '../model/text.ts';
import { about, days, duration, matching, one, optional, percent, strict, whole } from './schema-words.ts';
import * as short from './short-forms.ts';

export const recorderSchema = strict(
  {
    start: optional(
      one(
        ['line-voltage', 'voice', 'continuous', 'command', 'schedule'],
        about('启动方式', 'what starts a recording'),
        'line-voltage',
      ),
    ),
    'pre-roll': optional(duration('recorder.pre-roll', about('提前录入', 'recorded from before the start'))),
    'hang-over': optional(duration('recorder.hang-over', about('结束后续录', 'recorded on after the end'))),
    keep: optional(days('recorder.keep', about('保存天数', 'how long recordings are kept'))),
    'prompt-at': optional(
      percent('recorder.prompt-at', about('磁盘用到此处即提示', 'disk use at which people are told')),
    ),
    'bit-rate': optional(
      whole('recorder.bit-rate', about('Opus 码率（比特/秒）', 'Opus bit rate, bits a second')),
    ),
    complexity: optional(
      whole('recorder.complexity', about('Opus 编码复杂度', 'complexity of the Opus encoder')),
    ),
    backup: optional(
      Type.Array(
        strict(
          {
            to: Type.String({ minLength: 1, maxLength: 300, ...about('目的地', 'where to') }),
            at: matching(
              `^${short.clockTime}$`,
              text('如 "02:00"', 'such as "02:00"'),
              about('时刻', 'when'),
            ),
          },
          about('一处备份', 'one backup'),
        ),
        { maxItems: 8, ...about('录音备份', 'backup of the recordings') },
      ),
    ),
  },
  about('录音', 'the recorder'),
);
