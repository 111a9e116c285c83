/** What concerns battery tests as it is written: the key `test` of a UPS, and who may set the order of one by SNMP. */
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

export const snmpWrite = {
  'write-community-file': Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 300,
      ...about(
        '可写团体名文件（权限 0600），用于电池测试；不写则从不写入',
        'file with the community that may write (mode 0600), for battery tests; without it nothing is set',
      ),
    }),
  ),
  write: Type.Optional(
    Type.Boolean({
      default: false,
      ...about('v3 用户可写，用于电池测试', 'the user of v3 may write, for battery tests'),
    }),
  ),
};
