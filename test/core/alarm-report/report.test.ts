/** The weekly figures against a fixture that was reckoned by hand. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { AlarmChange, AlarmHistory, AlarmReport } from '../../../src/model/alarm-report.ts';
import type { Severity } from '../../../src/model/alarm.ts';
import { alarmReport } from '../../../src/core/alarm-report/report.ts';
import { wallMs } from '../../../src/model/units.ts';

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;
const monday = Date.UTC(2026, 10, 16);

const at = (
  ms: number,
  change: string,
  id: string,
  severity: Severity = 'minor',
  more: Partial<AlarmChange> = {},
): AlarmChange => ({ at: wallMs(monday + ms), change, id, severity, isSuppressed: false, by: '', ...more });

const week = (changes: readonly AlarmChange[], standing: AlarmHistory['standing'] = []): AlarmReport =>
  alarmReport({
    from: wallMs(monday),
    to: wallMs(monday + 7 * day),
    changes: changes.toSorted((a, b) => a.at - b.at),
    standing,
  });
const value = (report: AlarmReport, id: string): number | undefined =>
  report.kpis.find((one) => one.id === id)?.value;
const met = (report: AlarmReport, id: string): boolean | undefined =>
  report.kpis.find((one) => one.id === id)?.met;

/**
 * A week, by hand. Monday: a switch dies at 08:00:00, and 20 alarms come, one every 30 s (08:00:00 to 08:09:30): the eleventh at
 * 08:05:00 begins the flood; the sixteenth (08:07:30) is the fifth newest and leaves the window at 08:17:30: 12.5 min of flood.
 * Two critical, three major, 15 minor. Tuesday: one chatters: raised at 0, 20, 40 s, cleared 5 s later each. Wednesday: one is
 * raised, acknowledged after 4 min by Li and cleared on Friday at the same hour: stale from Thursday, on Thursday and Friday.
 * Thursday: two that were suppressed, and the flood's own: no load.
 */
function handMade(): AlarmReport {
  const flood = Array.from({ length: 20 }, (_, n) => {
    const severity = n < 2 ? 'critical' : n < 5 ? 'major' : 'minor';
    const raisedAt = 8 * hour + n * 30 * second;
    return [
      at(raisedAt, 'raised', `h${n}/server.down`, severity),
      at(raisedAt + (n + 1) * minute, 'acknowledged', `h${n}/server.down`, severity, { by: 'Wang' }),
      at(12 * hour, 'cleared', `h${n}/server.down`, severity),
    ];
  }).flat();
  const tuesday = day + 10 * hour;
  const chatter = [0, 20, 40].flatMap((s) => [
    at(tuesday + s * second, 'raised', 'door/point.active', 'warning'),
    at(tuesday + (s + 5) * second, 'cleared', 'door/point.active', 'warning'),
  ]);
  const wednesday = 2 * day + 9 * hour;
  return week([
    ...flood,
    ...chatter,
    at(wednesday, 'raised', 'crm/server.down', 'major'),
    at(wednesday + 4 * minute, 'acknowledged', 'crm/server.down', 'major', { by: 'Li' }),
    at(wednesday + 2 * day, 'cleared', 'crm/server.down', 'major'),
    at(3 * day, 'raised', 'a/server.down', 'major', { isSuppressed: true }),
    at(3 * day + second, 'cleared', 'a/server.down', 'major', { isSuppressed: true }),
    at(3 * day, 'raised', 'linekeeper/alarm.flood', 'major'),
    at(3 * day + hour, 'cleared', 'linekeeper/alarm.flood', 'major'),
    at(3 * day, 'shelved', 'b/server.down', 'minor', { by: 'Li' }),
    at(3 * day, 'shelved', 'c/server.down', 'minor'),
  ]);
}

test('a week reckoned by hand', () => {
  const report = handMade();
  assert.is(value(report, 'count'), 24, '20 + 3 + 1');
  assert.is(value(report, 'rate'), 0.02, '24 in 1008 windows');
  assert.is(value(report, 'peak'), 20);
  assert.is(met(report, 'peak'), false);
  assert.equal(report.perDay, [20, 3, 1, 0, 0, 0, 0]);
  assert.equal(
    report.floods.map((one) => [
      (one.from - monday) / minute,
      (one.to - monday) / minute,
      one.count,
      one.peak,
    ]),
    [[485, 497.5, 20, 20]],
  );
  assert.is(value(report, 'flood-time'), 0.1, '12.5 of 10080 min');
  assert.is(met(report, 'flood-time'), true);
  assert.equal(report.chattering, ['door/point.active']);
  assert.equal(report.fleeting, [{ id: 'door/point.active', count: 3, share: 12.5 }]);
  assert.is(value(report, 'fleeting'), 3);
  assert.equal(report.stale, ['crm/server.down']);
  assert.is(value(report, 'stale'), 1);
  assert.equal(report.topTen[0], { id: 'door/point.active', count: 3, share: 12.5 });
  assert.is(value(report, 'top-ten'), 50, '3 + 9 of 24');
  assert.equal(report.bySeverity, { critical: 2, major: 4, minor: 15, warning: 3 });
  assert.equal(
    ['high', 'medium', 'low'].map((id) => value(report, id)),
    [8.3, 16.7, 75],
  );
  assert.is(value(report, 'nameless'), 1);
  assert.equal(report.people, [
    { name: 'Wang', acknowledged: 20, shelved: 0, medianMinutes: 10.5 },
    { name: 'Li', acknowledged: 1, shelved: 1, medianMinutes: 4 },
    { name: '', acknowledged: 0, shelved: 1 },
  ]);
});

test('a quiet week has no figures against it', () => {
  const report = week([]);
  assert.equal(
    report.kpis.filter((one) => one.met === false),
    [],
  );
  assert.equal(report.floods, []);
});

test('ten in ten minutes are no flood; eleven are, and two floods are two', () => {
  const burst = (from: number, count: number): AlarmChange[] =>
    Array.from({ length: count }, (_, n) => at(from + n * second, 'raised', `h${from}-${n}/x.y`));
  assert.is(week(burst(0, 10)).floods.length, 0);
  assert.is(week(burst(0, 11)).floods.length, 1);
  assert.is(week([...burst(0, 11), ...burst(hour, 11)]).floods.length, 2);
  assert.is(week([...burst(0, 11), ...burst(5 * minute, 11)]).floods.length, 1);
});

test('a flood that the time ends in ends there', () => {
  const late = 7 * day - 2 * minute;
  const report = week(Array.from({ length: 12 }, (_, n) => at(late + n * second, 'raised', `h${n}/x.y`)));
  assert.is(report.floods[0]?.to, monday + 7 * day);
});

test('what stood before the time and never changed in it is stale all the week', () => {
  const report = week([], [{ id: 'old/server.down', raisedAt: wallMs(monday - 3 * day) }]);
  assert.equal(report.stale, ['old/server.down']);
  assert.is(value(report, 'stale'), 1);
});

test('what a person acknowledged was not fleeting, and twice a minute is no chattering', () => {
  const report = week([
    at(0, 'raised', 'a/x.y'),
    at(2 * second, 'acknowledged', 'a/x.y', 'minor', { by: 'Li' }),
    at(5 * second, 'cleared', 'a/x.y'),
    ...[0, 25].flatMap((s) => [
      at(hour + s * second, 'raised', 'b/x.y'),
      at(hour + (s + 11) * second, 'cleared', 'b/x.y'),
    ]),
  ]);
  assert.equal(report.fleeting, []);
  assert.equal(report.chattering, []);
});

test.run();
