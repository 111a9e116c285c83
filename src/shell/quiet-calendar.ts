/** Turns the quiet hours of the room file into events, as a maintenance window that opens every day. */
import type { ClockMark } from '../model/messages.ts';
import type { QuietHours } from '../model/annunciator.ts';
import type { RoomEventOf } from '../model/event.ts';
import { text } from '../model/text.ts';
import { MaintenanceCalendar } from './maintenance-calendar.ts';

const minuteMs = 60_000;
const dayMinutes = 24 * 60;

export class QuietCalendar {
  readonly #calendar: MaintenanceCalendar;

  constructor(hours: QuietHours | undefined, timezone: string) {
    const windows = (hours === undefined ? [] : [hours]).map(({ fromMinute, toMinute }) => ({
      id: 'quiet',
      subjects: [],
      on: { days: [0, 1, 2, 3, 4, 5, 6] },
      atMinute: fromMinute,
      forMs: ((toMinute - fromMinute + dayMinutes) % dayMinutes) * minuteMs,
      reason: text('', ''),
    }));
    this.#calendar = new MaintenanceCalendar(windows, timezone);
  }

  /** What has changed since it was asked last; the first time, whether it is quiet now. */
  announce(clock: ClockMark): readonly RoomEventOf<'quiet'>[] {
    return this.#calendar
      .announce(clock)
      .map(({ at, until }) => ({ kind: 'quiet', at, ...(until === undefined ? {} : { until }) }));
  }
}
