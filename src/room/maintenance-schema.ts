/** The section `maintenance` as it is written: planned work. */
import { Type } from '@sinclair/typebox';
import { text } from '../model/text.ts';
import { roomLimits } from './limits.ts';
import { about, duration, matching, nameOf, strict, words } from './schema-words.ts';
import * as short from './short-forms.ts';

const weekday = (day: string) => `(${day}( ${day}){0,6})`;
export const maintenanceSchema = Type.Array(
  strict(
    {
      of: Type.Array(nameOf('监视对象、线路或测点', 'a subject, line or point', 'crm'), {
        minItems: 1,
        maxItems: 64,
        ...about('维护哪些', 'what is worked on'),
      }),
      on: matching(
        `^(every-day|${weekday('(Mon|Tue|Wed|Thu|Fri|Sat|Sun)')}|\\d{4}-\\d{2}-\\d{2})$`,
        text('every-day、"Sun"、"Mon Thu" 或 "2026-12-01"', 'every-day, "Sun", "Mon Thu" or "2026-12-01"'),
        about('每天、星期几，或一个日期', 'every day, days of the week, or one date'),
      ),
      at: matching(
        `^${short.clockTime}$`,
        text('如 "02:00"', 'such as "02:00"'),
        about('开始时刻（机房时区）', 'when it begins, in the zone of the room'),
      ),
      for: duration('maintenance.for', about('多久后自行结束', 'how long until it ends by itself')),
      reason: words(about('原因', 'why')),
    },
    about('一次维护', 'one maintenance window'),
  ),
  {
    maxItems: roomLimits.maintenance,
    ...about(
      '计划维护：期间这些对象的告警不响；旁路不受影响',
      'planned work: meanwhile alarms of these do not sound; the bypass is not concerned',
    ),
  },
);
