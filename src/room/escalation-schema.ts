/** The section `escalation` as it is written: who is told of an alarm that nobody acknowledges. */
import { Type } from '@sinclair/typebox';
import { text } from '../model/text.ts';
import { roomLimits } from './limits.ts';
import { about, duration, matching, named, one, optional, strict, words } from './schema-words.ts';
import * as short from './short-forms.ts';

const ofNothing = (zh: string, en: string) => ({ ...about(zh, en), default: undefined });

const level = strict(
  {
    after: optional(
      duration('escalation.after', about('告警响起后多久', 'how long after the alarm began to sound')),
    ),
    repeat: optional(
      duration(
        'escalation.repeat',
        ofNothing(
          '多久再通知一次，直到下一级；不写则只一次',
          'told again so often until the next level; without it once',
        ),
      ),
    ),
    who: Type.Array(
      matching(short.namePattern, text('people 中的名称', 'a name of people'), about('一个人', 'somebody')),
      { minItems: 1, maxItems: roomLimits.escalationWho, ...about('通知谁', 'who is told') },
    ),
  },
  about('一级', 'one level'),
);

const person = strict(
  {
    name: optional(words(about('给人看的名称；不写则用键名', 'name for people; without it the key is used'))),
    tell: Type.Array(Type.String({ minLength: 1, maxLength: 64 }), {
      minItems: 1,
      maxItems: 8,
      ...about(
        '怎样通知，如 "SMS 138…"、"phone 8001"',
        'how, such as "SMS 138…", "phone 8001": labels for the centre',
      ),
    }),
  },
  about('一个人', 'somebody'),
);

export const escalationSchema = strict(
  {
    severities: optional(
      Type.Array(one(['critical', 'major', 'minor', 'warning'], about('级别', 'a severity')), {
        minItems: 1,
        maxItems: 4,
        uniqueItems: true,
        default: ['critical', 'major'],
        ...about('升级哪些级别', 'alarms of these are escalated'),
      }),
    ),
    'stops-on': optional(
      one(
        ['acknowledge', 'acknowledge-or-clear'],
        about(
          'acknowledge：确认才停；acknowledge-or-clear：恢复后也不再通知',
          'acknowledge: only that ends it; acknowledge-or-clear: nobody is told of what is over',
        ),
        'acknowledge-or-clear',
      ),
    ),
    levels: Type.Array(level, {
      minItems: 1,
      maxItems: roomLimits.escalationLevels,
      ...about('各级，先后排列', 'the levels, in order'),
    }),
    people: named(person, roomLimits.escalationPeople, about('可通知的人', 'who can be told')),
  },
  about('无人确认时的升级', 'who is told of an alarm that nobody acknowledges'),
);
