/**
 * The crash-loop rule: a third start within 60 s without an orderly end is an unfit guard. It runs, alarms and reports, but
 * feeds no card, so that lines do not stay on a PBX that nobody guards between two crashes.
 *
 * The count lives in the runtime folder (gone with the boot) beside the boot's id; times are of the monotonic clock.
 */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { MonoMs } from '../../model/units.ts';

const windowMs = 60_000;
/** The start with this number within the window is the unfit one. */
export const unfitStart = 3;

/** Notes this start; true when the guard is fit. A folder that cannot be written never makes a guard unfit. */
export function noteStart(folder: string, boot: string, at: MonoMs): boolean {
  const file = path.join(folder, 'starts.json');
  const recent = readStarts(file, boot).filter((start) => start <= at && at - start < windowMs);
  recent.push(at);
  write(file, { boot, starts: recent.slice(-unfitStart) });
  return recent.length < unfitStart;
}

/** An orderly end: the next start begins to count anew. */
export function noteOrderlyEnd(folder: string, boot: string): void {
  write(path.join(folder, 'starts.json'), { boot, starts: [] });
}

function readStarts(file: string, boot: string): number[] {
  try {
    const content = JSON.parse(readFileSync(file, 'utf8')) as { boot?: unknown; starts?: unknown };
    if (content.boot !== boot || !Array.isArray(content.starts)) return [];
    return content.starts.filter((start): start is number => typeof start === 'number');
  } catch {
    return [];
  }
}

function write(file: string, content: object): void {
  try {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(`${file}.new`, JSON.stringify(content), { mode: 0o600 });
    renameSync(`${file}.new`, file);
  } catch {
    // Counted as a first start: the data folder's own checks raise the alarm.
  }
}
