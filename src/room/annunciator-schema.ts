/** The section `annunciator` as it is written: how lamps and horn behave beyond the plain sequence A. */
import { Type } from '@sinclair/typebox';
import { text } from '../model/text.ts';
import { roomLimits } from './limits.ts';
import { about, duration, matching, named, one, optional, strict } from './schema-words.ts';
import * as short from './short-forms.ts';

const time = (zh: string, en: string, preset: string) =>
  matching(
    '^([01]\\d|2[0-3]):[0-5]\\d$',
    text(`如 "${preset}"`, `such as "${preset}"`),
    about(zh, en),
    preset,
  );

const quiet = strict(
  {
    from: optional(time('开始时刻（机房时区）', 'when it begins, in the zone of the room', '22:00')),
    to: optional(time('结束时刻', 'when it ends', '07:00')),
    severities: optional(
      Type.Array(
        one(
          ['critical', 'major', 'minor', 'warning'],
          about('一个级别；critical 不允许', 'one severity; critical is refused'),
        ),
        {
          minItems: 1,
          maxItems: 4,
          default: ['minor', 'warning'],
          ...about('静音哪些级别；灯照常闪', 'which severities make no sound; their lamps flash as ever'),
        },
      ),
    ),
  },
  about(
    '安静时段：所列级别不响、不播报；时段结束时仍未确认的照常响',
    'quiet hours: these severities neither sound nor are spoken; what still waits at the end sounds then',
  ),
);

export const annunciatorSchema = strict(
  {
    ringback: optional(
      Type.Array(
        matching(
          '^[a-z][a-z0-9-]*(\\.[a-z0-9-]+)+$',
          text('告警类型，如 bypass.tripped', 'a type of alarm such as bypass.tripped'),
          about('一种告警类型', 'a type of alarm'),
        ),
        {
          minItems: 1,
          maxItems: roomLimits.ringbackTypes,
          ...about(
            '顺序 R：这些（须保持的）告警消除后慢闪并响回铃音，直到复位',
            'sequence R: when these (latched) alarms are over they flash slowly with the ringback tone until they are reset',
          ),
        },
      ),
    ),
    'first-out': optional(
      named(
        Type.Array(
          matching(
            short.namePattern,
            text('名称，如 ups-1', 'a name such as ups-1'),
            about('监视对象、线路、测点、连接，或 room', 'a subject, line, point or bus, or `room`'),
          ),
          {
            minItems: 1,
            maxItems: roomLimits.firstOutMembers,
            ...about('组内成员', 'what belongs to the group'),
          },
        ),
        roomLimits.firstOutGroups,
        about(
          '首发组（F3A）；不写则分 power、pbx、network 三组',
          'first-out groups (F3A); without it power, pbx and network are made of the kinds of subjects',
        ),
      ),
    ),
    'auto-silence': optional(
      duration('annunciator.auto-silence', {
        ...about(
          '响这么久后自动消音，紧急告警除外；不写则一直响',
          'the horn stops by itself after this long, except for critical alarms; without it never',
        ),
      }),
    ),
    quiet: optional(quiet),
  },
  about('灯光声响', 'lamps and horn'),
);
