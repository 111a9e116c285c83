/** The key `test` of a UPS as it is written: its battery is tested by schedule. */
import { Type } from '@sinclair/typebox';
import { upsTestKinds } from '../model/ups.ts';
import { text } from '../model/text.ts';
import { about, days, matching, one, strict } from './schema-words.ts';

export const upsTestSchema = strict(
  {
    every: Type.Optional(
      days(
        'test.every',
        about('多久测试一次；两倍时间未测即告警', 'how often; an alarm after twice as long'),
      ),
    ),
    at: matching(
      '^([01]\\d|2[0-3]):[0-5]\\d$',
      text('如 "03:00"', 'such as "03:00"'),
      about(
        '开始时刻（机房时区）；此后一小时内条件具备即测试',
        'from when on, in the zone of the room; within the hour that follows it begins as soon as it may',
      ),
    ),
    kind: Type.Optional(
      one(
        upsTestKinds,
        about(
          'quick：数秒；deep：至多半小时或剩余一半电量',
          'quick: some seconds; deep: half an hour or half the charge at most',
        ),
        'quick',
      ),
    ),
  },
  about('UPS 的定时电池测试（kind: ups）', 'scheduled battery test of a UPS (kind: ups)'),
);
