/** Quiet hours on the wall clock of the room. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { QuietCalendar } from '../../src/shell/quiet-calendar.ts';
import { monoMs, wallMs } from '../../src/model/units.ts';

const hours = { fromMinute: 22 * 60, toMinute: 7 * 60, severities: ['minor'] as const };
const mark = (iso: string) => ({ mono: monoMs(Date.parse(iso) - 1e12), wall: wallMs(Date.parse(iso)) });

test('from ten in the evening to seven in the morning, in the zone of the room', () => {
  const calendar = new QuietCalendar(hours, 'Asia/Shanghai');
  const told = (iso: string) => calendar.announce(mark(iso)).map(({ until }) => until ?? 'over');
  assert.equal(told('2026-11-25T13:59:30Z'), ['over']);
  assert.equal(told('2026-11-25T14:00:00Z'), [mark('2026-11-25T23:00:00Z').mono]);
  assert.equal(told('2026-11-25T18:00:00Z'), [], 'nothing has changed');
  assert.equal(told('2026-11-25T23:00:00Z'), ['over']);
});

test('a start in the middle of the night is told at once', () => {
  const [event] = new QuietCalendar(hours, 'UTC').announce(mark('2026-11-25T03:00:00Z'));
  assert.is(event?.until, mark('2026-11-25T07:00:00Z').mono);
});

test('a clock that was set is judged anew, and a room without quiet hours has none', () => {
  const calendar = new QuietCalendar(hours, 'UTC');
  calendar.announce(mark('2026-11-25T23:00:00Z'));
  const set = { mono: mark('2026-11-25T23:00:01Z').mono, wall: wallMs(Date.parse('2026-11-25T12:00:00Z')) };
  assert.equal(calendar.announce(set), [{ kind: 'quiet', at: set.mono }]);
  assert.equal(new QuietCalendar(undefined, 'UTC').announce(mark('2026-11-25T23:00:00Z')), []);
});

test.run();
