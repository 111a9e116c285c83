/** Lamp and horn as the person beside them sees and hears them: patterns, silence, quiet hours, lamp test. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Severity } from '../../../src/model/alarm.ts';
import { severities } from '../../../src/model/alarm.ts';
import * as annunciator from '../../../src/core/annunciator/step.ts';
import { hornTestMs, lampTestMs } from '../../../src/core/annunciator/step.ts';
import { flashes, tones } from '../../../src/core/annunciator/patterns.ts';
import { monoMs } from '../../../src/model/units.ts';
import type { Shown } from './wall.ts';
import { Wall } from './wall.ts';

const critical: Shown = { id: 'pbx', severity: 'critical' };
const major: Shown = { id: 'crm', severity: 'major' };
const minor: Shown = { id: 'door', severity: 'minor' };
const warning: Shown = { id: 'disk', severity: 'warning' };

test('with no alarm the wall is dark and quiet, and the state rests', () => {
  const wall = new Wall().show();
  const before = wall.state;
  assert.equal(wall.wait(60_000).watch('lamp', 3000), { onMs: 0, starts: 0 });
  assert.is(wall.horn, false);
  assert.is(wall.state, before);
  assert.is(annunciator.nextDeadline(wall.state), undefined);
});

test('an alarm that nobody acknowledged flashes and sounds at once', () => {
  const wall = new Wall().show(critical);
  assert.equal([wall.lamp, wall.horn], [true, true]);
  assert.is(wall.see(), 'flash');
});

const heard: Readonly<Record<Severity, string>> = {
  ...{ critical: 'critical', major: 'major', minor: 'minor', warning: 'quiet' },
};
for (const severity of severities)
  test(`the horn of ${severity}: ${heard[severity]}`, () => {
    assert.is(new Wall().show({ id: 'crm', severity }).hear(), heard[severity]);
  });

test('every tone is told from every other within ten seconds, and none is a part of another', () => {
  const rhythm = ({ on, periodMs }: (typeof tones)[keyof typeof tones]): string =>
    JSON.stringify([on.length, on.map(([from, to]) => to - from), periodMs]);
  const all = Object.values(tones);
  assert.is(new Set(all.map(rhythm)).size, all.length);
  for (const { on, periodMs } of all) {
    assert.ok(periodMs <= 10_000);
    assert.is(on[0]?.[0], 0, 'heard at once');
    for (const [from, to] of on) assert.ok(to - from >= 100, 'long enough for a relay and an ear');
  }
  for (const { periodMs } of Object.values(flashes)) assert.is(2000 % periodMs, 0, 'the lamps flash in step');
});

test('the more urgent, the more of the time the horn sounds', () => {
  const share = (one: 'critical' | 'major' | 'minor'): number => {
    const [[from, to] = [0, 0]] = tones[one].on;
    return (to - from) / tones[one].periodMs;
  };
  assert.ok(share('critical') >= 0.9);
  assert.ok(share('critical') > share('major') && share('major') > share('minor'));
});

test('the worst of several alarms gives the tone, however many there are', () => {
  assert.is(new Wall().show(minor, major, warning).hear(), 'major');
  const many = Array.from({ length: 200 }, (_, n): Shown => ({ id: `seat-${n}`, severity: 'minor' }));
  assert.is(new Wall().show(...many, critical).hear(), 'critical');
});

test('one acknowledged, another not: the lamp flashes', () => {
  assert.is(new Wall().show({ ...major, is: 'acked' }, minor).see(), 'flash');
});

test('silence stops the horn and not the lamp', () => {
  const wall = new Wall().show(critical).tell({ kind: 'silence' });
  assert.is(wall.hear(), 'quiet');
  assert.is(wall.see(), 'flash');
});

test('silence is not acknowledge: the relay of the new alarm stays', () => {
  assert.equal(new Wall().show(critical).tell({ kind: 'silence' }).relays, [true, true]);
});

test('a new alarm sounds through an earlier silence, with its own tone', () => {
  const wall = new Wall().show(critical).tell({ kind: 'silence' }).show(critical, minor);
  assert.is(wall.horn, true);
  assert.is(wall.hear(), 'minor');
});

test('the same alarm again, or a worse one, sounds through an earlier silence', () => {
  const silenced = (): Wall => new Wall().show(minor).tell({ kind: 'silence' });
  assert.is(
    silenced()
      .show({ ...minor, count: 2 })
      .hear(),
    'minor',
  );
  assert.is(
    silenced()
      .show({ ...minor, severity: 'major' })
      .hear(),
    'major',
  );
  assert.is(
    silenced()
      .show({ ...minor, severity: 'warning' })
      .hear(),
    'quiet',
  );
});

test('a silenced alarm stays silent when another one is acknowledged', () => {
  const wall = new Wall().show(critical, major).tell({ kind: 'silence' });
  assert.is(wall.show(critical, { ...major, is: 'acked' }).hear(), 'quiet');
});

test('a new warning does not make the horn sound for what was silenced', () => {
  assert.is(new Wall().show(critical).tell({ kind: 'silence' }).show(critical, warning).hear(), 'quiet');
});

test('silence with no alarm does not silence the next one', () => {
  assert.is(new Wall().tell({ kind: 'silence' }).show(major).horn, true);
});

test('a shelved alarm is dark and quiet', () => {
  const wall = new Wall().show({ ...critical, is: 'shelved' });
  assert.equal([wall.see(), wall.hear(), ...wall.relays], ['dark', 'quiet', false, false]);
});

test('the pattern goes on evenly while alarms come and go under it', () => {
  const wall = new Wall().show(critical).wait(900);
  assert.is(wall.horn, false);
  assert.is(wall.show(critical, { ...critical, id: 'room' }).horn, false);
  assert.is(wall.wait(100).horn, true);
});

test('lamps flash in step, whenever their alarms came', () => {
  const wall = new Wall({ lamps: ['a', 'b'].map((point) => ({ point, scope: { subject: point } })) });
  wall.show({ id: 'a' }).wait(730).show({ id: 'a' }, { id: 'b' });
  for (let n = 0; n < 300; n++) {
    assert.is(wall.lampOf('a'), wall.lampOf('b'));
    wall.wait(10);
  }
});

test('a lamp shows the alarms of its severity, its group or its subject alone', () => {
  const wall = new Wall({
    groupOf: new Map([['crm', 'servers']]),
    lamps: [
      { point: 'red', scope: { severity: 'critical' } },
      { point: 'servers', scope: { group: 'servers' } },
      { point: 'door', scope: { subject: 'door' } },
    ],
  });
  wall.show(major);
  assert.equal(
    ['red', 'servers', 'door'].map((point) => wall.see(point)),
    ['dark', 'flash', 'dark'],
  );
  wall.show(critical);
  assert.equal(
    ['red', 'servers', 'door'].map((point) => wall.see(point)),
    ['flash', 'dark', 'dark'],
  );
  wall.show(minor);
  assert.equal(
    ['red', 'servers', 'door'].map((point) => wall.see(point)),
    ['dark', 'dark', 'flash'],
  );
});

test('linekeeper unwell has a tone of its own, and a fault of the room sounds over it', () => {
  const unwell: Shown = { id: 'linekeeper', type: 'guard.unfit', severity: 'critical' };
  const dead: Shown = { id: 'linekeeper', type: 'thread.dead', severity: 'major' };
  assert.is(new Wall().show(unwell).hear(), 'unwell');
  assert.is(new Wall().show(dead).hear(), 'unwell');
  assert.is(new Wall().show(dead, minor).hear(), 'unwell');
  assert.is(new Wall().show(dead, major).hear(), 'major');
  assert.is(new Wall().show(unwell, critical).hear(), 'critical');
  assert.is(new Wall().show({ ...dead, severity: 'minor' }).hear(), 'minor');
});

const notice: Shown = { id: 'linekeeper', type: 'alarm.flood', severity: 'major' };

test('in a flood its own alarm sounds; what comes then flashes and does not start the silenced horn, unless it is critical', () => {
  const wall = new Wall().show(major).flood(major, notice, minor);
  assert.is(wall.hear(), 'major');
  wall.tell({ kind: 'silence' }).flood(major, notice, minor, { ...major, id: 'web' });
  assert.equal([wall.hear(), wall.see()], ['quiet', 'flash']);
  assert.is(wall.flood(major, notice, minor, critical).hear(), 'critical');
});

test('when the flood is over, what came since the horn was silenced sounds', () => {
  const wall = new Wall().show(major).flood(major, notice).tell({ kind: 'silence' });
  wall.flood(major, notice, minor);
  assert.is(wall.hear(), 'quiet');
  assert.is(wall.show(major, minor).hear(), 'minor');
});

const limited = { autoSilenceMs: 600_000 };

test('a horn that sounded for its time stops by itself; the lamp goes on, and a new alarm sounds', () => {
  const wall = new Wall(limited).show(major).wait(599_999);
  assert.ok(wall.state.horn !== undefined);
  wall.wait(1);
  assert.equal([wall.hear(), wall.see()], ['quiet', 'flash']);
  assert.is(wall.show(major, minor).hear(), 'minor');
});

test('the time begins anew with every alarm', () => {
  const wall = new Wall(limited).show(major).wait(500_000).show(major, minor).wait(500_000);
  assert.is(wall.hear(), 'major');
});

test('no time limit stops the horn of a critical alarm', () => {
  const unwell: Shown = { id: 'linekeeper', type: 'guard.unfit', severity: 'critical' };
  assert.is(new Wall(limited).show(critical, major).wait(3_600_000).hear(), 'critical');
  assert.is(new Wall(limited).show(unwell).wait(3_600_000).hear(), 'unwell');
  const later = new Wall(limited).show(major).wait(700_000).show(major, critical);
  assert.is(later.wait(3_600_000).hear(), 'critical');
});

const night = { quietSeverities: ['minor', 'warning'] as const };
const quiet = (wall: Wall, ms: number): Wall => wall.tell({ kind: 'quiet', until: monoMs(wall.at + ms) });

test('in quiet hours a minor alarm flashes and does not sound; at their end it sounds', () => {
  const wall = quiet(new Wall(night), 3_600_000).show(minor);
  assert.equal([wall.hear(), wall.see()], ['quiet', 'flash']);
  assert.is(wall.wait(3_600_000).hear(), 'minor');
});

test('quiet hours end by themselves to the millisecond, and at once when they are called off', () => {
  const wall = quiet(new Wall(night), 3_600_000).show(minor);
  assert.is(annunciator.nextDeadline({ ...wall.state, flashingSince: undefined }), wall.at + 3_600_000);
  assert.is(wall.wait(3_599_999).horn, false);
  assert.is(wall.wait(1).horn, true);
  assert.is(quiet(new Wall(night), 1e6).show(minor).tell({ kind: 'quiet', until: undefined }).horn, true);
});

test('what was silenced or acknowledged in quiet hours does not sound at their end', () => {
  const silenced = quiet(new Wall(night), 1000).show(minor).tell({ kind: 'silence' });
  assert.is(silenced.wait(1000).hear(), 'quiet');
  const acked = quiet(new Wall(night), 1000)
    .show(minor)
    .show({ ...minor, is: 'acked' });
  assert.is(acked.wait(1000).hear(), 'quiet');
});

test('quiet hours silence no severity that is not named, and never a critical alarm', () => {
  assert.is(quiet(new Wall(night), 1e6).show(minor, major).hear(), 'major');
  // A room file cannot say so; a core that is told so does not obey.
  assert.is(
    quiet(new Wall({ quietSeverities: severities }), 1e6)
      .show(major, critical)
      .hear(),
    'critical',
  );
});

test('a lamp test lights every lamp for 5 s and tries horn and relays briefly, to the millisecond', () => {
  const wall = new Wall({ lamps: ['lamp', 'red'].map((point) => ({ point, scope: {} })) });
  wall.tell({ kind: 'lamp-test' });
  assert.equal([wall.lamp, wall.lampOf('red'), wall.horn, ...wall.relays], [true, true, true, true, true]);
  assert.is(wall.wait(hornTestMs - 1).horn, true);
  assert.is(wall.wait(1).horn, false);
  assert.equal(wall.relays, [false, true]);
  assert.is(wall.wait(lampTestMs - hornTestMs - 1).lamp, true);
  assert.equal([wall.wait(1).lamp, wall.lampOf('red'), ...wall.relays], [false, false, false, false]);
  assert.is(annunciator.nextDeadline(wall.state), undefined);
});

test('a lamp test hides no alarm: the horn sounds on, and afterwards the lamp flashes', () => {
  const wall = new Wall().tell({ kind: 'lamp-test' }).wait(2000).show(critical);
  assert.is(wall.horn, true);
  assert.is(wall.watch('lamp', 3000).onMs, 3000);
  assert.is(wall.see(), 'flash');
});

test('every change of an output falls on a deadline, and each deadline lies ahead', () => {
  const first = {
    groupOf: new Map([['crm', 'servers']]),
    lamps: [{ point: 'lamp', scope: { subject: 'crm' } }],
  };
  const latched: Shown = { id: 'crm', type: 'bypass.stuck', is: 'latched' };
  const happens: readonly (() => Wall)[] = [
    () => new Wall().show(critical),
    () => new Wall().show(major),
    () => new Wall(limited).show(minor),
    () => new Wall(first).show(major),
    () => new Wall(first).show(major).show({ ...major, is: 'acked' }),
    () => new Wall({ ringback: new Set(['bypass.stuck']) }).show(latched),
    () => new Wall().show({ id: 'linekeeper', type: 'guard.unfit' }),
    () => quiet(new Wall(night), 4321).show(minor),
    () => new Wall().tell({ kind: 'lamp-test' }),
    () => new Wall().show(minor).wait(123).tell({ kind: 'lamp-test' }),
  ];
  let changes = 0;
  for (const happen of happens) {
    const wall = happen();
    for (let n = 0; n < 11_000; n++) {
      const due = annunciator.nextDeadline(wall.state);
      const before = JSON.stringify(annunciator.outputs(wall.state));
      if (due !== undefined) assert.ok(due > wall.at);
      wall.wait(1);
      if (JSON.stringify(annunciator.outputs(wall.state)) === before) continue;
      changes++;
      assert.is(due, wall.at);
    }
  }
  assert.ok(changes > 100);
});

test('an annunciator that would be silent about an alarm says that it is broken', () => {
  const wall = new Wall().show(critical);
  assert.is(annunciator.check({ ...wall.state, horn: undefined }).length, 1);
  assert.is(annunciator.check({ ...wall.state, flashingSince: undefined }).length, 1);
  assert.is(annunciator.check({ ...wall.state, windows: new Wall().state.windows }).length, 1);
});

test.run();
