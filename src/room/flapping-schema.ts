/** When a subject that comes and goes is called flapping: for the whole room and for one subject. */
import { Type } from '@sinclair/typebox';
import { about, duration, strict, whole } from './schema-words.ts';

const keys = () => ({
  changes: Type.Optional(whole('flapping.changes', about('判定变化多少次', 'changes of its verdict'))),
  in: Type.Optional(duration('flapping.in', about('在多长时间内', 'within this time'))),
});

export const flappingSchema = strict(
  keys(),
  about(
    '抖动：变化多少次算抖动，抖动期间只有一个告警',
    'flapping: so many changes are one alarm instead of many',
  ),
);
export const ownFlappingSchema = strict(
  keys(),
  about('本对象的抖动门限；不写则用全机房的', 'threshold of this one; without it that of the room'),
);
