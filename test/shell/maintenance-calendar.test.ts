/** Windows of the room file on the wall clock: weekdays, zones, daylight saving, a clock that is set. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { MaintenanceWindow } from '../../src/model/room.ts';
import { MaintenanceCalendar } from '../../src/shell/maintenance-calendar.ts';
import { monoMs, wallMs } from '../../src/model/units.ts';
import { text } from '../../src/model/text.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const window = (
  on: MaintenanceWindow['on'],
  atMinute: number,
  forMs: number,
  id = 'window-1',
): MaintenanceWindow => ({ id, subjects: ['crm'], on, atMinute, forMs, reason: text('', '') });

/** The open spans in UTC between two moments, found by looking each minute. */
function spans(one: MaintenanceWindow, zone: string, from: string, to: string): string[] {
  const calendar = new MaintenanceCalendar([one], zone);
  const found: string[] = [];
  let began: number | undefined;
  const say = (ms: number): string => new Date(ms).toISOString().slice(0, 16);
  for (let at = Date.parse(from); at <= Date.parse(to); at += minuteMs) {
    const isOpen = calendar.endOf(one, wallMs(at)) !== undefined;
    if (isOpen) began ??= at;
    else if (began !== undefined) {
      found.push(`${say(began)} ${say(at)}`);
      began = undefined;
    }
  }
  return found;
}

test('Sundays at two in China are Saturdays at six in the evening UTC', () => {
  assert.equal(
    spans(window({ days: [0] }, 120, 2 * hourMs), 'Asia/Shanghai', '2026-11-20T00:00Z', '2026-12-01T00:00Z'),
    ['2026-11-21T18:00 2026-11-21T20:00', '2026-11-28T18:00 2026-11-28T20:00'],
  );
});

test('a window over midnight belongs to the day on which it begins', () => {
  assert.equal(
    spans(
      window({ date: '2026-12-31' }, 23 * 60, 3 * hourMs),
      'UTC',
      '2026-12-30T00:00Z',
      '2027-01-02T00:00Z',
    ),
    ['2026-12-31T23:00 2027-01-01T02:00'],
  );
});

test('24 hours every day never end', () => {
  const one = window({ days: [0, 1, 2, 3, 4, 5, 6] }, 0, 24 * hourMs);
  const calendar = new MaintenanceCalendar([one], 'Europe/Berlin');
  for (let at = Date.UTC(2026, 2, 27); at < Date.UTC(2026, 2, 31); at += 30 * minuteMs)
    assert.ok(calendar.endOf(one, wallMs(at)) !== undefined, new Date(at).toISOString());
});

test('daylight saving: a time that is skipped begins an hour later, one that comes twice counts once', () => {
  const nightly = window({ days: [0, 1, 2, 3, 4, 5, 6] }, 150, hourMs);
  // Berlin, 2026-03-29: 02:00 becomes 03:00. 02:30 is skipped.
  assert.equal(spans(nightly, 'Europe/Berlin', '2026-03-28T00:00Z', '2026-03-30T12:00Z'), [
    '2026-03-28T01:30 2026-03-28T02:30',
    '2026-03-29T01:30 2026-03-29T02:30',
    '2026-03-30T00:30 2026-03-30T01:30',
  ]);
  // 2026-10-25: 03:00 becomes 02:00. 02:30 comes twice.
  assert.equal(spans(nightly, 'Europe/Berlin', '2026-10-24T00:00Z', '2026-10-26T12:00Z'), [
    '2026-10-24T00:30 2026-10-24T01:30',
    '2026-10-25T00:30 2026-10-25T01:30',
    '2026-10-26T01:30 2026-10-26T02:30',
  ]);
});

test('it lasts its full length over the change of the clock', () => {
  const long = window({ date: '2026-10-24' }, 23 * 60, 8 * hourMs);
  assert.equal(spans(long, 'Europe/Berlin', '2026-10-24T00:00Z', '2026-10-26T00:00Z'), [
    '2026-10-24T21:00 2026-10-25T05:00',
  ]);
});

test('announced once: closed at start, open, closed; the end on the monotonic clock', () => {
  const calendar = new MaintenanceCalendar([window({ date: '2026-11-25' }, 600, hourMs)], 'UTC');
  const start = Date.UTC(2026, 10, 25, 9, 58, 30);
  const told: string[] = [];
  for (let ms = 0; ms < 2 * hourMs; ms += 1000)
    for (const event of calendar.announce({ mono: monoMs(7000 + ms), wall: wallMs(start + ms) }))
      told.push(`${event.at - 7000} ${event.until === undefined ? 'closed' : event.until - 7000}`);
  assert.equal(told, ['0 closed', '90000 3690000', '3690000 closed']);
});

test('a clock that is set moves the end, and may open or close a window', () => {
  const calendar = new MaintenanceCalendar([window({ date: '2026-11-25' }, 600, hourMs)], 'UTC');
  const ten = Date.UTC(2026, 10, 25, 10);
  const until = (mono: number, wall: number): (number | undefined)[] =>
    calendar.announce({ mono: monoMs(mono), wall: wallMs(wall) }).map((event) => event.until);
  assert.equal(until(0, ten), [hourMs]);
  assert.equal(until(1000, ten + 1000), []);
  assert.equal(until(2000, ten + 602_000), [2000 + hourMs - 602_000]);
  assert.equal(until(3000, ten - hourMs), [undefined]);
});

test.run();
