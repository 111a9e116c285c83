/** The section `alarms` as it is written: how an alarm type, or one type on one subject, behaves in this room. */
import { Type } from '@sinclair/typebox';
import { roomLimits } from './limits.ts';
import { about, duration, named, one, optional, strict, whole } from './schema-words.ts';

/** Without the key the catalogue's word holds, which differs from type to type. */
const ofCatalogue = (zh: string, en: string) => ({ ...about(zh, en), default: undefined });

/** `server.down`, or `crm/server.down`. */
const alarmKeyPattern = '^([A-Za-z][A-Za-z0-9-]{0,31}/)?[a-z0-9-]{1,32}(\\.[a-z0-9-]{1,32}){1,2}$';

const entry = strict(
  {
    severity: optional(
      one(
        ['critical', 'major', 'minor', 'warning'],
        about('级别：一级紧急、二级重要、三级一般、四级提示', 'how urgent it is in this room'),
      ),
    ),
    'on-delay': optional(
      duration(
        'alarms.on-delay',
        ofCatalogue('持续多久才算告警', 'the condition must hold this long before it is an alarm'),
      ),
    ),
    'off-delay': optional(
      duration(
        'alarms.off-delay',
        ofCatalogue('恢复多久才算消除', 'the condition must be gone this long before the alarm clears'),
      ),
    ),
    count: optional(
      whole(
        'alarms.count',
        ofCatalogue(
          '在 within 之内出现这么多次才告警（或一次持续 within 之久）；代替 on-delay',
          'so many times within `within` are an alarm (or one that lasts as long); in place of on-delay',
        ),
      ),
    ),
    within: optional(duration('alarms.within', about('count 的时间窗', 'the time for `count`'))),
    're-alarm': optional(
      duration(
        'alarms.re-alarm',
        ofCatalogue(
          '确认后仍存在，过多久再次要求确认；不写则不再要求',
          'acknowledged and still standing: asks again after this; without it never',
        ),
      ),
    ),
    latch: optional(
      Type.Boolean({
        ...about('消除后保留到有人复位', 'stays when it is over, until a person resets it'),
      }),
    ),
  },
  about('一种告警的设置', 'settings of one alarm type'),
);

export const alarmsSchema = named(
  entry,
  roomLimits.alarms,
  about(
    '各类告警的级别、延时、计数、复告和保持；键为类型，或“对象/类型”',
    'severity, delays, counting, re-alarm and latch of alarm types; the key is a type, or subject/type',
  ),
  alarmKeyPattern,
);
