/** The keys of `bypass` that look after the changeover relays. */
import { Type } from '@sinclair/typebox';
import { text } from '../model/text.ts';
import { about, duration, matching, one, strict } from './schema-words.ts';

export const relayCareKeys = {
  'relay-slow': Type.Optional(
    duration(
      'bypass.relay-slow',
      about(
        '继电器吸合或释放用时达到此值即提示更换；比最初慢一半也提示',
        'a relay that takes this long to operate or to release is told as worn; so is one half as slow again as at first',
      ),
    ),
  ),
  exercise: Type.Optional(
    strict(
      {
        every: one(
          ['week', 'month', 'quarter'],
          about('周期（月为 28 天，季为 91 天）', 'how often (a month is 28 days, a quarter 91)'),
        ),
        at: matching(
          `^((Mon|Tue|Wed|Thu|Fri|Sat|Sun) )?([01]\\d|2[0-3]):[0-5]\\d$`,
          text('如 "Sun 03:30"', 'such as "Sun 03:30"'),
          about('时刻；此后三小时内逐线进行', 'when; line by line within three hours from then'),
        ),
      },
      about(
        '旁路继电器自动演练：逐线切换再切回，每线不超过 2 秒',
        'exercise of the relays by itself: line by line over and back, at most 2 s each',
      ),
    ),
  ),
};
