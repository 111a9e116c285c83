/**
 * Turns the maintenance windows of the room file into events: wall time, zones and daylight saving end here. A window that
 * begins at a time that the clock skips begins that much later; at a time that comes twice, the first time. It lasts its full
 * length. When the clock is set, windows are announced anew.
 */
import type { ClockMark } from '../model/messages.ts';
import type { MaintenanceWindow } from '../model/room.ts';
import type { MonoMs, WallMs } from '../model/units.ts';
import { later, wallMs } from '../model/units.ts';
import type { RoomEventOf } from '../model/event.ts';

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
/** An end that moves by less is the same end. */
const sameMs = 1000;

export class MaintenanceCalendar {
  readonly #windows: readonly MaintenanceWindow[];
  readonly #parts: Intl.DateTimeFormat;
  readonly #told = new Map<string, MonoMs | 'closed'>();
  #lookedAt: ClockMark | undefined;

  constructor(windows: readonly MaintenanceWindow[], timezone: string) {
    this.#windows = windows;
    this.#parts = new Intl.DateTimeFormat('en-US', {
      timeZone: timezone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    });
  }

  /** What has changed since it was asked last; the first time, everything. Cheap: it looks once a minute. */
  announce(clock: ClockMark): readonly RoomEventOf<'maintenance'>[] {
    if (!this.#mustLook(clock)) return [];
    this.#lookedAt = clock;
    return this.#windows.flatMap((window): readonly RoomEventOf<'maintenance'>[] => {
      const { id, subjects, reason } = window;
      const told = this.#told.get(id);
      const endsAt = this.endOf(window, clock.wall);
      const until = endsAt === undefined ? undefined : later(clock.mono, endsAt - clock.wall);
      if (until === undefined ? told === 'closed' : isSame(told, until)) return [];
      this.#told.set(id, until ?? 'closed');
      const open = until === undefined ? {} : { until };
      return [{ kind: 'maintenance', at: clock.mono, window: id, subjects, reason, ...open }];
    });
  }

  #mustLook({ mono, wall }: ClockMark): boolean {
    const before = this.#lookedAt;
    if (before === undefined) return true;
    const wasSet = Math.abs(wall - before.wall - (mono - before.mono)) >= sameMs;
    return wasSet || Math.floor(wall / minuteMs) !== Math.floor(before.wall / minuteMs);
  }

  /** When the window that is open at this moment ends; `undefined`: it is not open. */
  endOf({ on, atMinute, forMs }: MaintenanceWindow, wall: WallMs): WallMs | undefined {
    const today = Math.floor(this.#local(wall) / dayMs);
    let end: WallMs | undefined;
    // The longest window lasts a day, and a day lasts up to 25 hours.
    for (let day = today - 2; day <= today; day++) {
      const matches =
        'date' in on ? isoDay(day) === on.date : on.days.includes(new Date(day * dayMs).getUTCDay());
      if (!matches) continue;
      const begins = this.#instant(day * dayMs + atMinute * minuteMs);
      if (begins <= wall && wall < begins + forMs) end = wallMs(begins + forMs);
    }
    return end;
  }

  /** Local time written as if it were UTC. */
  #local(wall: number): number {
    const read: Record<string, number> = {};
    for (const { type, value } of this.#parts.formatToParts(wall)) read[type] = Number(value);
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = read;
    return Date.UTC(year, month - 1, day, hour, minute, second);
  }

  /** The first moment at which the clock on the wall shows this, or has just skipped it. */
  #instant(local: number): number {
    const offsetAt = (wall: number): number => this.#local(wall) - Math.floor(wall / 1000) * 1000;
    const before = offsetAt(local - dayMs);
    const after = offsetAt(local + dayMs);
    const early = local - before;
    const late = local - after;
    return offsetAt(early) === before || offsetAt(late) !== after ? early : late;
  }
}

const isSame = (told: MonoMs | 'closed' | undefined, until: MonoMs): boolean =>
  told !== undefined && told !== 'closed' && Math.abs(told - until) < sameMs;
const isoDay = (day: number): string => new Date(day * dayMs).toISOString().slice(0, 10);
