/** Floods: when one begins and ends, what its own alarm says, and what the horn does meanwhile. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import * as alarm from '../../../src/core/alarm/step.ts';
import * as annunciator from '../../../src/core/annunciator/step.ts';
import { monoMs } from '../../../src/model/units.ts';
import { Alarms } from './bench.ts';

const flood = 'linekeeper/alarm.flood';
const minute = 60_000;
/** Major, without delays. */
const plain = (n: number): string => `s${n}/gpio.outputs-kept!major`;
const many = (count: number): string[] => Array.from({ length: count }, (_, n) => plain(n));

test('ten alarms in ten minutes are none, the eleventh begins a flood', () => {
  const room = new Alarms().levels(...many(10));
  assert.is(room.is(flood), 'none');
  room.wait(9 * minute).levels(...many(11));
  assert.is(room.is(flood), 'active unacked sounds');
  const told = room.notices.find(({ kind }) => kind === 'flood');
  assert.is(
    told?.kind === 'flood' ? `${told.what} ${told.count} ${told.first}` : '',
    'began 11 s0/gpio.outputs-kept',
  );
});

test('ten and then an eleventh after ten minutes are none', () => {
  const room = new Alarms().levels(...many(10)).wait(10 * minute);
  assert.is(room.levels(...many(11)).is(flood), 'none');
});

test('it ends when fewer than five came in ten minutes, and says how many, the peak and what came first', () => {
  const room = new Alarms().levels(...many(20));
  room.wait(5 * minute).levels(...many(24));
  room.wait(5 * minute - 1);
  assert.is(room.view(flood)?.condition, 'active');
  room.wait(1);
  assert.is(room.view(flood)?.condition, 'clear', 'four are left in the window');
  const told = room.notices.flatMap((one) => (one.kind === 'flood' && one.what === 'ended' ? [one] : []))[0];
  assert.equal(
    [told?.count, told?.peak, told?.lastedMs, told?.first],
    [24, 24, 10 * minute, 's0/gpio.outputs-kept'],
  );
  assert.equal(told?.top, [{ type: 'gpio.outputs-kept', count: 24 }]);
});

test('what is suppressed is no part of a flood, nor is its own alarm', () => {
  const room = new Alarms().tell({
    kind: 'maintenance',
    subjects: Object.fromEntries(
      many(30).map((id) => [
        id.split('/')[0] ?? '',
        { until: monoMs(9_000_000), by: 'Li', reason: { zh: '', en: '' } },
      ]),
    ),
  });
  assert.is(room.levels(...many(30)).is(flood), 'none');
});

test('in a flood a silenced horn stays silent for what is not critical, and sounds for each critical alarm', () => {
  const room = new Alarms().levels(...many(15));
  let own = annunciator.initial(
    { ringback: new Set(), groupOf: new Map(), floodType: 'alarm.flood', lamps: [], quietSeverities: [] },
    monoMs(room.at),
  );
  const hears = (): string => {
    own = annunciator.step(own, {
      kind: 'alarms',
      views: alarm.views(room.state),
      isFlood: alarm.isFlood(room.state),
      at: monoMs(room.at),
    });
    assert.equal(annunciator.check(own), []);
    return own.horn?.tone ?? 'silent';
  };
  const silence = (): void => {
    own = annunciator.step(own, { kind: 'silence', at: monoMs(room.at) });
  };
  assert.is(hears(), 'major');
  silence();
  assert.is(hears(), 'silent');
  room.wait(minute).levels(...many(30));
  assert.is(hears(), 'silent', 'fifteen more');
  assert.is(alarm.counts(room.state).sounding.major, 31, 'all of them flash');
  room.levels(...many(30), 's1/gpio.lost');
  assert.is(hears(), 'critical');
  silence();
  room.levels(...many(30), 's1/gpio.lost', 's2/gpio.lost');
  assert.is(hears(), 'critical', 'and the next one');
  silence();
  room.levels(...many(32), 's1/gpio.lost', 's2/gpio.lost');
  assert.is(hears(), 'silent', 'two more');
  room.wait(11 * minute);
  assert.is(room.view(flood)?.condition, 'clear');
  assert.is(hears(), 'major', 'what came since and nobody has acknowledged sounds at the end');
});

test('a flood that was there before a restart and is not now ends with the grace of what was saved', () => {
  const before = new Alarms().levels(...many(20));
  const after = new Alarms(alarm.saved(before.state, monoMs(before.at)), 5_000_000).levels(...many(20));
  assert.is(after.wait(30_000).view(flood)?.condition, 'clear');
});

test.run();
