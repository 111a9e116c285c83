/** Weeks of ISO 8601 in a zone. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isoWeek } from '../../src/format/iso-week.ts';
import { offsetsOf } from '../../src/format/smdr/civil-time.ts';

const span = (week: string, zone: string): string => {
  const found = isoWeek(week, offsetsOf(zone));
  return found === undefined
    ? 'none'
    : `${new Date(found.from).toISOString().slice(0, 16)} ${(found.to - found.from) / 3_600_000} h`;
};

test('a week begins on Monday at midnight of the zone', () => {
  assert.is(span('2026-W47', 'Asia/Shanghai'), '2026-11-15T16:00 168 h');
  assert.is(span('2026-W47', 'UTC'), '2026-11-16T00:00 168 h');
});

test('week 1 is the week with 4 January, and some years have 53', () => {
  assert.is(span('2026-W01', 'UTC'), '2025-12-29T00:00 168 h');
  assert.is(span('2026-W53', 'UTC'), '2026-12-28T00:00 168 h');
  assert.is(span('2025-W53', 'UTC'), 'none');
  assert.is(span('2027-W01', 'UTC'), '2027-01-04T00:00 168 h');
});

test('a week in which the clocks change is an hour shorter or longer', () => {
  assert.is(span('2026-W13', 'Europe/Berlin'), '2026-03-22T23:00 167 h');
  assert.is(span('2026-W43', 'Europe/Berlin'), '2026-10-18T22:00 169 h');
});

test('what is no week is none', () => {
  for (const word of ['', '2026-47', '2026-W00', '2026-W99', 'W47', '2026-W471'])
    assert.is(span(word, 'UTC'), 'none');
});

test.run();
