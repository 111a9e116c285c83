/** Tells the core when the hour of each schedule of battery tests is open. */
import type { ClockMark } from '../model/messages.ts';
import type { RoomEventOf } from '../model/event.ts';
import type { Subject } from '../model/room.ts';
import { text } from '../model/text.ts';
import { MaintenanceCalendar } from './maintenance-calendar.ts';

const hourMs = 3_600_000;
const everyDay = [0, 1, 2, 3, 4, 5, 6];

export class UpsTestHours {
  readonly #calendar: MaintenanceCalendar;

  constructor(subjects: readonly Subject[], timezone: string) {
    const hours = subjects.flatMap(({ id, test }) =>
      test === undefined
        ? []
        : [
            {
              id,
              subjects: [id],
              on: { days: everyDay },
              atMinute: test.atMinute,
              forMs: hourMs,
              reason: text('', ''),
            },
          ],
    );
    this.#calendar = new MaintenanceCalendar(hours, timezone);
  }

  /** What has changed since it was asked last. */
  announce(clock: ClockMark): readonly RoomEventOf<'ups-test-hour'>[] {
    return this.#calendar.announce(clock).map(({ at, window: subject, until }) => ({
      ...{ kind: 'ups-test-hour', at, subject },
      ...(until === undefined ? {} : { until }),
    }));
  }
}
