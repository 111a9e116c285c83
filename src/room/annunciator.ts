/** The annunciator of a room file: types that can ring back, groups of known names, quiet hours that never hold back a critical alarm. */
import { catalogue } from '../core/alarm/catalogue.ts';
import type { AnnunciatorSettings, QuietHours } from '../model/annunciator.ts';
import { defaultFirstOut } from '../model/annunciator.ts';
import type { Point } from '../model/room.ts';
import { text } from '../model/text.ts';
import { didYouMean, nearest } from './nearest.ts';
import type { Path } from './problem.ts';
import { durationOr } from './reading.ts';
import type { Reading } from './reading.ts';

/** Longer quiet hours would be a horn that is off. */
const quietMinutesMax = 14 * 60;
const dayMinutes = 24 * 60;

export function readAnnunciator(
  reading: Reading,
  points: ReadonlyMap<string, Point>,
  names: ReadonlySet<string>,
): { readonly annunciator?: AnnunciatorSettings } {
  const { draft } = reading;
  tellLamps(reading, points, names);
  const section = draft.annunciator;
  if (section === undefined) return {};
  const { ringback = [], 'first-out': firstOut, 'auto-silence': autoSilence, quiet } = section;
  tellRingback(ringback, reading);
  const groups = firstOut === undefined ? undefined : readGroups(firstOut, reading, names);
  const hours = quiet === undefined ? undefined : readQuiet(quiet, reading);
  return {
    annunciator: {
      ringback,
      ...(groups === undefined ? {} : { firstOut: groups }),
      ...(autoSilence === undefined
        ? {}
        : { autoSilenceMs: durationOr(autoSilence, 'annunciator.auto-silence') }),
      ...(hours === undefined ? {} : { quiet: hours }),
    },
  };
}

const isComplete = ({ isWhole }: Reading): boolean =>
  ['buses', 'points', 'lines', 'subjects'].every((section) => isWhole(section));

function tellUnknown(reading: Reading, path: Path, name: string, names: ReadonlySet<string>): void {
  if (names.has(name) || !isComplete(reading)) return;
  const hint = didYouMean(name, names);
  reading.report({
    severity: 'error',
    path,
    message: text(
      `没有监视对象、线路、测点或连接 ${name}`,
      `there is no subject, line, point or bus ${name}`,
    ),
    ...(hint === undefined ? {} : { hint }),
  });
}

function readGroups(
  written: Readonly<Record<string, readonly string[]>>,
  reading: Reading,
  names: ReadonlySet<string>,
): Record<string, readonly string[]> {
  const groupOf = new Map<string, string>();
  for (const [group, members] of Object.entries(written))
    for (const [n, member] of members.entries()) {
      const path = ['annunciator', 'first-out', group, reading.indexInFile(members, n)];
      tellUnknown(reading, path, member, names);
      const other = groupOf.get(member);
      if (other !== undefined)
        reading.report({
          severity: 'error',
          path,
          message: text(
            `${member} 已在组 ${other} 中：一个告警只能是一个组的首发`,
            `${member} is in the group ${other} already: an alarm can be the first of one group only`,
          ),
        });
      groupOf.set(member, group);
    }
  return { ...written };
}

/** Nothing rings back for an alarm that is gone when it is over: the type needs a latch. */
function tellRingback(types: readonly string[], { draft, report, indexInFile }: Reading): void {
  for (const [n, type] of types.entries()) {
    const kind = catalogue.get(type);
    const path = ['annunciator', 'ringback', indexInFile(types, n)];
    if (kind === undefined) {
      const near = nearest(type, catalogue.keys());
      report({
        severity: 'error',
        path,
        message: text(`没有告警类型 ${type}`, `there is no type of alarm ${type}`),
        ...(near === undefined ? {} : { hint: text(`是否指 ${near}？`, `Did you mean ${near}?`) }),
      });
      continue;
    }
    const isLatched = Object.entries(draft.alarms ?? {}).some(
      ([key, entry]) => key.endsWith(type) && entry.latch === true,
    );
    if (!kind.latch && !isLatched)
      report({
        severity: 'error',
        path,
        message: text(
          `${type} 消除后不保持，没有什么可以回铃`,
          `${type} is gone when it is over: there is nothing to ring back for`,
        ),
        hint: text(
          `加上 alarms: { ${type}: { latch: true } }。`,
          `Write alarms: { ${type}: { latch: true } } as well.`,
        ),
      });
  }
}

function readQuiet(
  {
    from = '22:00',
    to = '07:00',
    severities = ['minor', 'warning'],
  }: {
    readonly from?: string;
    readonly to?: string;
    readonly severities?: readonly ('critical' | 'major' | 'minor' | 'warning')[];
  },
  { report, indexInFile }: Reading,
): QuietHours {
  const fromMinute = minuteOf(from);
  const toMinute = minuteOf(to);
  const minutes = (toMinute - fromMinute + dayMinutes) % dayMinutes;
  const critical = severities.indexOf('critical');
  if (critical >= 0)
    report({
      severity: 'error',
      path: ['annunciator', 'quiet', 'severities', indexInFile(severities, critical)],
      message: text('紧急告警任何时候都要响', 'a critical alarm sounds at every hour: it cannot be quiet'),
      hint: text('去掉 critical。', 'Leave critical out.'),
    });
  if (minutes === 0 || minutes > quietMinutesMax)
    report({
      severity: 'error',
      path: ['annunciator', 'quiet'],
      at: 'key',
      message: text(
        `安静时段须在 ${quietMinutesMax / 60} 小时以内，且不为零`,
        `quiet hours last at most ${quietMinutesMax / 60} h, and not nothing`,
      ),
    });
  return {
    fromMinute,
    toMinute,
    severities: severities.filter((one) => one !== 'critical'),
  };
}

function minuteOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return hours * 60 + minutes;
}

/** A lamp that can never light is a lamp that everybody trusts. */
function tellLamps(reading: Reading, points: ReadonlyMap<string, Point>, names: ReadonlySet<string>): void {
  const groups = new Set(Object.keys(reading.draft.annunciator?.['first-out'] ?? defaultFirstOut));
  for (const point of points.values()) {
    if (point.kind !== 'output' || point.role !== 'lamp') continue;
    const { id, subject, group } = point;
    if (subject !== undefined) tellUnknown(reading, ['points', id, 'subject'], subject, names);
    if (group === undefined || groups.has(group)) continue;
    const hint = didYouMean(group, groups);
    reading.report({
      severity: 'error',
      path: ['points', id, 'group'],
      message: text(`没有首发组 ${group}`, `there is no first-out group ${group}`),
      ...(hint === undefined ? {} : { hint }),
    });
  }
}
