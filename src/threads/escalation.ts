/** An escalation that is due, as a notice: who is on duty is asked here, and what they read is put into words. */
import type { Effect, Notice } from '../model/effect.ts';
import type { DutyPerson } from '../model/escalation.ts';
import type { Duty } from '../ports/duty.ts';
import type { WallMs } from '../model/units.ts';
import type { Text } from '../model/text.ts';
import { text } from '../model/text.ts';

type Escalate = Extract<Effect, { kind: 'escalate' }>;

export function escalationNotice(effect: Escalate, duty: Duty, wall: WallMs): Notice {
  const { at, level, times, count, alarms } = effect;
  const who = duty.onDuty(level, wall);
  return { at, kind: 'escalation', level, times, count, alarms, who, text: wordsOf(effect, who) };
}

function wordsOf({ level, times, count, alarms }: Escalate, who: readonly DutyPerson[]): Text {
  const isMore = count > alarms.length;
  const zh = alarms.map(({ id, what }) => `${what.zh}（${id}）`).join('；');
  const en = alarms.map(({ id, what }) => `${what.en} (${id})`).join('; ');
  const again = times > 1 ? text(`，第 ${times} 次`, ` (told ${times} times)`) : text('', '');
  const told = text(
    who.length === 0
      ? '无人值守'
      : `通知 ${who.map(({ name, tell }) => [name.zh, ...tell].join(' ')).join('、')}`,
    who.length === 0
      ? 'nobody is on duty'
      : `to be told: ${who.map(({ name, tell }) => [name.en, ...tell].join(' ')).join(', ')}`,
  );
  return text(
    `${count} 条告警无人确认，升级至第 ${level} 级${again.zh}：${zh}${isMore ? ' 等' : ''}。${told.zh}`,
    `${count} alarm${count === 1 ? '' : 's'} nobody acknowledged, level ${level}${again.en}: ${en}${isMore ? '; …' : ''}. ${told.en}`,
  );
}
