/** Maintenance windows of a room file: known names, real dates. */
import type { MaintenanceWindow } from '../model/room.ts';
import { text } from '../model/text.ts';
import { didYouMean } from './nearest.ts';
import { durationOr, nameText } from './reading.ts';
import type { Reading } from './reading.ts';

export const weekdays = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const;
const everyDay = [0, 1, 2, 3, 4, 5, 6] as const;

export function readMaintenance(
  { draft, report, indexInFile, isWhole }: Reading,
  names: ReadonlySet<string>,
): readonly MaintenanceWindow[] {
  const windows = draft.maintenance ?? [];
  const isComplete = ['points', 'lines', 'subjects'].every(isWhole);
  return windows.map(({ of: subjects, on, at, for: length, reason }, index) => {
    const path = ['maintenance', indexInFile(windows, index)];
    for (const [n, name] of subjects.entries()) {
      if (names.has(name) || !isComplete) continue;
      const hint = didYouMean(name, names);
      report({
        severity: 'error',
        path: [...path, 'of', indexInFile(subjects, n)],
        message: text(`没有监视对象、线路或测点 ${name}`, `there is no subject, line or point ${name}`),
        ...(hint === undefined ? {} : { hint }),
      });
    }
    const isDate = /^\d/.test(on);
    if (isDate && !isRealDate(on))
      report({
        severity: 'error',
        path: [...path, 'on'],
        message: text(`没有 ${on} 这一天`, `there is no day ${on}`),
      });
    const [hours = 0, minutes = 0] = at.split(':').map(Number);
    return {
      id: `window-${index + 1}`,
      subjects,
      on: isDate ? { date: on } : { days: daysOf(on) },
      atMinute: hours * 60 + minutes,
      forMs: durationOr(length, 'maintenance.for'),
      reason: nameText(reason, ''),
    };
  });
}

const daysOf = (on: string): readonly number[] =>
  on === 'every-day'
    ? everyDay
    : on.split(' ').flatMap((word) => {
        const day = weekdays.findIndex((one) => one === word);
        return day < 0 ? [] : [day];
      });

/** 2026-02-30 is none. */
function isRealDate(date: string): boolean {
  const day = new Date(`${date}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(date);
}
