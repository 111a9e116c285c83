/**
 * What a person may do to alarms: acknowledge, reset, shelve for a time with a reason, unshelve. Every command is answered,
 * and a refusal says why. Shelving silences; it never stops anything from being judged or a line from going over.
 */
import type { Command } from '../../model/event.ts';
import type { MonoMs } from '../../model/units.ts';
import { later } from '../../model/units.ts';
import type { Text } from '../../model/text.ts';
import { text } from '../../model/text.ts';
import { shelveLimitMs } from './catalogue.ts';
import type { Alarm } from './regions.ts';
import { acknowledged, isUnraised, mayReset, reset, withSuppressions } from './regions.ts';

/** Characters of a reason. */
export const reasonLengthMax = 200;

export interface Answer {
  readonly accepted: boolean;
  readonly text: Text;
  readonly changed: readonly Alarm[];
}

export type AlarmCommand = Extract<
  Command,
  { readonly do: 'acknowledge' | 'reset-alarm' | 'shelve' | 'unshelve' }
>;

export function isAlarmCommand(command: Command): command is AlarmCommand {
  return ['acknowledge', 'reset-alarm', 'shelve', 'unshelve'].includes(command.do);
}

const refused = (zh: string, en: string): Answer => ({ accepted: false, text: text(zh, en), changed: [] });

export function obey(
  alarms: ReadonlyMap<string, Alarm>,
  command: AlarmCommand,
  by: string,
  at: MonoMs,
): Answer {
  const all = 'alarm' in command && command.alarm === 'all';
  const one = alarms.get(command.alarm);
  const known = one === undefined || isUnraised(one) ? undefined : one;
  const chosen = all
    ? [...alarms.values()].filter((alarm) => !isUnraised(alarm))
    : known === undefined
      ? []
      : [known];
  switch (command.do) {
    case 'acknowledge': {
      if (!all && known === undefined) return unknownAlarm(command.alarm);
      const changed = chosen
        .filter(({ ack }) => ack === 'unacked')
        .map((alarm) => acknowledged(alarm, by, at));
      return {
        accepted: true,
        text:
          changed.length === 0
            ? text('没有待确认的告警', 'nothing was waiting to be acknowledged')
            : text(`已确认 ${changed.length} 条告警`, `${changed.length} acknowledged`),
        changed,
      };
    }
    case 'reset-alarm': {
      if (!all && known === undefined) return unknownAlarm(command.alarm);
      const changed = chosen.filter(mayReset).map((alarm) => reset(alarm, at));
      if (changed.length > 0 || all)
        return {
          accepted: true,
          text: text(`已复位 ${changed.length} 条告警`, `${changed.length} reset`),
          changed,
        };
      return known?.latched === true
        ? refused(
            '不能复位：告警条件仍在，或尚未确认',
            'not reset: its condition still stands, or it is not acknowledged yet',
          )
        : refused('该告警无需复位', 'this alarm needs no reset');
    }
    case 'shelve':
      return known === undefined ? unknownAlarm(command.alarm) : shelve(known, command, by, at);
    case 'unshelve': {
      if (known === undefined) return unknownAlarm(command.alarm);
      const kept = known.suppressions.filter(({ kind }) => kind !== 'shelved');
      if (kept.length === known.suppressions.length)
        return refused('该告警没有搁置', 'this alarm is not shelved');
      return {
        accepted: true,
        text: text('已取消搁置', 'taken off the shelf'),
        changed: [withSuppressions(known, kept, at)],
      };
    }
  }
}

const unknownAlarm = (id: string): Answer => refused(`没有告警 ${id}`, `there is no alarm ${id}`);

function shelve(
  alarm: Alarm,
  { forMs, reason }: Extract<Command, { do: 'shelve' }>,
  by: string,
  at: MonoMs,
): Answer {
  const limitMs = shelveLimitMs(alarm.key.type);
  const trimmed = reason.trim();
  if (trimmed === '') return refused('搁置必须写明原因', 'a shelf needs a reason');
  if (trimmed.length > reasonLengthMax)
    return refused(
      `原因不能超过 ${reasonLengthMax} 字`,
      `a reason has at most ${reasonLengthMax} characters`,
    );
  if (!(forMs > 0 && forMs <= limitMs)) {
    const minutes = limitMs / 60_000;
    return refused(
      `该告警最长可搁置 ${minutes} 分钟`,
      `this alarm can be shelved for at most ${minutes} min`,
    );
  }
  const others = alarm.suppressions.filter(({ kind }) => kind !== 'shelved');
  return {
    accepted: true,
    text: text('已搁置', 'shelved'),
    changed: [
      withSuppressions(
        alarm,
        [...others, { kind: 'shelved', until: later(at, forMs), by, reason: trimmed }],
        at,
      ),
    ],
  };
}
