/**
 * What a person may do to alarms: acknowledge, reset, shelve for a time with a reason, unshelve, take out of service under a work
 * permit, return to service. Every command is answered, and a refusal says why. Shelving silences; it never stops anything from being judged or a line from going over.
 */
import type { Command } from '../../model/event.ts';
import type { MonoMs } from '../../model/units.ts';
import { later } from '../../model/units.ts';
import type { Text } from '../../model/text.ts';
import { text } from '../../model/text.ts';
import { catalogue, isSafetyType, outOfServiceMsMax, shelveLimitMs } from './catalogue.ts';
import type { Alarm } from './regions.ts';
import { acknowledged, fresh, isUnraised, mayReset, reset, withSuppressions } from './regions.ts';
import type { AlarmRules } from './rules.ts';
import { ruleOf } from './rules.ts';

/** Characters of a reason. */
export const reasonLengthMax = 200;
const outOfServiceMsMin = 60_000;

export interface Answer {
  readonly accepted: boolean;
  readonly text: Text;
  readonly changed: readonly Alarm[];
}

export type AlarmCommand = Extract<
  Command,
  {
    readonly do:
      'acknowledge' | 'reset-alarm' | 'shelve' | 'unshelve' | 'out-of-service' | 'return-to-service';
  }
>;

export function isAlarmCommand(command: Command): command is AlarmCommand {
  const ours: readonly Command['do'][] = [
    ...(['acknowledge', 'reset-alarm', 'shelve', 'unshelve'] as const),
    ...(['out-of-service', 'return-to-service'] as const),
  ];
  return ours.includes(command.do);
}

/** Who asks, when, and what there is beside the alarms. */
export interface Around {
  readonly by: string;
  readonly at: MonoMs;
  readonly rules: AlarmRules;
  /** What an alarm that has not come yet may be about. */
  readonly subjects: ReadonlySet<string>;
  readonly hasRoom: boolean;
}

const refused = (zh: string, en: string): Answer => ({ accepted: false, text: text(zh, en), changed: [] });

export function obey(alarms: ReadonlyMap<string, Alarm>, command: AlarmCommand, around: Around): Answer {
  const { by, at } = around;
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
    case 'out-of-service':
      return withdraw(one ?? unheard(command.alarm, around), command, around);
    case 'return-to-service': {
      const kept = one?.suppressions.filter((own) => own.kind !== 'out-of-service' || own.by === undefined);
      if (one === undefined || kept?.length === one.suppressions.length)
        return refused('该告警没有停用', 'this alarm is not out of service');
      return {
        accepted: true,
        text: text(`${by} 恢复启用 ${one.id}`, `${one.id} returned to service by ${by}`),
        changed: [withSuppressions(one, kept ?? [], at)],
      };
    }
  }
}

/** An alarm that has not come yet; `undefined` where there can be none. */
function unheard(id: string, { rules, subjects, hasRoom, at }: Around): Alarm | undefined {
  const [subject = '', type = '', ...rest] = id.split('/');
  if (!hasRoom || !subjects.has(subject) || !catalogue.has(type)) return undefined;
  const key = { subject, type, qualifier: rest.join('/') };
  return fresh(id, { key, state: 'unknown', detail: text('', '') }, ruleOf(rules, key), at);
}

function withdraw(
  alarm: Alarm | undefined,
  { alarm: id, forMs, permit }: Extract<Command, { do: 'out-of-service' }>,
  { by, at }: Around,
): Answer {
  if (alarm === undefined) return unknownAlarm(id);
  const words = permit.trim();
  if (isSafetyType(alarm.key.type))
    return refused(
      '旁路、继电器和守护的告警不能停用；可搁置最多 30 分钟',
      'alarms of the bypass, the relays and the guard are never out of service; shelve it for 30 min at most',
    );
  if (words === '') return refused('停用必须写明工作票', 'out of service needs a work permit');
  if (words.length > reasonLengthMax)
    return refused(
      `工作票不能超过 ${reasonLengthMax} 字`,
      `a permit has at most ${reasonLengthMax} characters`,
    );
  if (!(forMs >= outOfServiceMsMin && forMs <= outOfServiceMsMax))
    return refused('停用时间须为 1 分钟至 7 天', 'out of service lasts from 1 min to 7 days');
  const others = alarm.suppressions.filter((own) => own.kind !== 'out-of-service' || own.by === undefined);
  const hours = Math.round(forMs / 360_000) / 10;
  return {
    accepted: true,
    text: text(
      `${by} 停用 ${alarm.id}，${hours} 小时后自动恢复：${words}`,
      `${alarm.id} out of service by ${by}, returns by itself in ${hours} h: ${words}`,
    ),
    changed: [
      withSuppressions(
        alarm,
        [...others, { kind: 'out-of-service', until: later(at, forMs), permit: words, by }],
        at,
      ),
    ],
  };
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
