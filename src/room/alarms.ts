/** Section `alarms`: known types, settings that make sense together, and nothing that quietens what guards the lines. */
import { catalogue, isSafetyType } from '../core/alarm/catalogue.ts';
import type { AlarmKind } from '../core/alarm/catalogue-entry.ts';
import type { Severity } from '../model/alarm.ts';
import { severities } from '../model/alarm.ts';
import type { AlarmSetting } from '../model/room.ts';
import { text } from '../model/text.ts';
import { written } from './limits.ts';
import { didYouMean, nearest } from './nearest.ts';
import type { Path } from './problem.ts';
import { durationOr } from './reading.ts';
import type { Reading } from './reading.ts';

type Written = NonNullable<Reading['draft']['alarms']>[string];

export function readAlarms(reading: Reading, names: ReadonlySet<string>): readonly AlarmSetting[] {
  const isComplete = ['buses', 'points', 'lines', 'subjects', 'controls', 'hosts'].every(reading.isWhole);
  return Object.entries(reading.draft.alarms ?? {}).flatMap(([key, entry]): AlarmSetting[] => {
    const slash = key.indexOf('/');
    const type = key.slice(slash + 1);
    const subject = slash < 0 ? undefined : key.slice(0, slash);
    const path = ['alarms', key];
    const kind = catalogue.get(type);
    if (kind === undefined) {
      tellUnknown(reading, path, type);
      return [];
    }
    if (subject !== undefined && isComplete && !names.has(subject)) {
      const hint = didYouMean(subject, names);
      reading.report({
        severity: 'error',
        path,
        at: 'key',
        message: text(`这间机房没有 ${subject}`, `there is no ${subject} in this room`),
        ...(hint === undefined ? {} : { hint }),
      });
    }
    tellTogether(reading, path, entry);
    if (isSafetyType(type)) tellQuieter(reading, path, entry, kind);
    else tellMild(reading, path, entry, kind);
    return [settingOf(type, subject, entry)];
  });
}

function settingOf(type: string, subject: string | undefined, entry: Written): AlarmSetting {
  const { severity, count, latch } = entry;
  const [on, off, again] = [entry['on-delay'], entry['off-delay'], entry['re-alarm']];
  return {
    type,
    ...(subject === undefined ? {} : { subject }),
    ...(severity === undefined ? {} : { severity }),
    ...(on === undefined ? {} : { onDelayMs: durationOr(on, 'alarms.on-delay') }),
    ...(off === undefined ? {} : { offDelayMs: durationOr(off, 'alarms.off-delay') }),
    ...(count === undefined
      ? {}
      : { inWindow: { times: count, withinMs: durationOr(entry.within, 'alarms.within') } }),
    ...(again === undefined ? {} : { reAlarmMs: durationOr(again, 'alarms.re-alarm') }),
    ...(latch === undefined ? {} : { latch }),
  };
}

/** The nearest names, and those of the same family: the whole list is in docs/alarms.md. */
function tellUnknown({ report }: Reading, path: Path, type: string): void {
  const near = nearest(type, [...catalogue.keys()]);
  const family = [...catalogue.keys()].filter((one) => one.split('.')[0] === (near ?? type).split('.')[0]);
  const known = (family.length > 0 ? family : [...catalogue.keys()]).join(', ');
  report({
    severity: 'error',
    path,
    at: 'key',
    message: text(`没有告警类型 ${type}`, `there is no alarm type ${type}`),
    hint:
      near === undefined
        ? text(`已知类型：${known}。`, `Known types: ${known}.`)
        : text(`是否指 ${near}？同类：${known}。`, `Did you mean ${near}? Of its kind: ${known}.`),
  });
}

function tellTogether({ report }: Reading, path: Path, entry: Written): void {
  if (entry.count !== undefined && entry['on-delay'] !== undefined)
    report({
      severity: 'error',
      path: [...path, 'on-delay'],
      at: 'key',
      message: text('count 代替 on-delay，不能同写', 'count stands in place of on-delay: write one of them'),
    });
  if (entry.within !== undefined && entry.count === undefined)
    report({
      severity: 'error',
      path: [...path, 'within'],
      at: 'key',
      message: text('within 须与 count 同写', 'within goes with count'),
    });
}

const isMilder = (one: Severity, other: Severity): boolean =>
  severities.indexOf(one) > severities.indexOf(other);

/** Louder, longer, earlier is welcome; anything else hides a line in danger. */
function tellQuieter({ report }: Reading, path: Path, entry: Written, kind: AlarmKind): void {
  const refuse = (key: keyof Written, zh: string, en: string): void =>
    report({
      severity: 'error',
      path: [...path, key],
      message: text(
        `旁路、继电器和守护告警只能更响，不能更轻、更慢：${zh}`,
        `alarms of the bypass, the relays and the guard may be made louder, never quieter or slower: ${en}`,
      ),
    });
  const { severity, latch } = entry;
  if (severity !== undefined && isMilder(severity, kind.severity))
    refuse('severity', `不得低于 ${kind.severity}`, `not below ${kind.severity}`);
  if (entry.count !== undefined) refuse('count', '不能计数', 'it is never counted first');
  if (durationOr(entry['on-delay'] ?? '0s', 'alarms.on-delay') > kind.onDelayMs)
    refuse('on-delay', `最长 ${written(kind.onDelayMs, 'ms')}`, `at most ${written(kind.onDelayMs, 'ms')}`);
  if (
    entry['off-delay'] !== undefined &&
    durationOr(entry['off-delay'], 'alarms.off-delay') < kind.offDelayMs
  )
    refuse(
      'off-delay',
      `最短 ${written(kind.offDelayMs, 'ms')}`,
      `at least ${written(kind.offDelayMs, 'ms')}`,
    );
  if (latch === false && kind.latch) refuse('latch', '须由人复位', 'a person must reset it');
}

/** Allowed, and worth a second look. */
function tellMild({ report }: Reading, path: Path, { severity }: Written, kind: AlarmKind): void {
  if (severity === undefined || kind.severity !== 'critical' || severity === 'critical') return;
  report({
    severity: 'warning',
    path: [...path, 'severity'],
    message: text(
      `出厂为 critical（一级紧急）：${kind.effect.zh}`,
      `it is critical in the catalogue: ${kind.effect.en}`,
    ),
  });
}
