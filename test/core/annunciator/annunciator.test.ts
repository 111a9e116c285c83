/** Lamp and horn after ISA-18.1 sequence A, as the person beside them sees and hears it. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { AlarmCounts, Severity } from '../../../src/model/alarm.ts';
import { severities } from '../../../src/model/alarm.ts';
import { monoMs } from '../../../src/model/units.ts';
import type { AnnunciatorEvent, AnnunciatorState } from '../../../src/core/annunciator/step.ts';
import * as annunciator from '../../../src/core/annunciator/step.ts';
import { flashMs, hornMs, hornTestMs, lampTestMs } from '../../../src/core/annunciator/step.ts';

type Each = Readonly<Partial<Record<Severity, number>>>;
const none: Record<Severity, number> = { critical: 0, major: 0, minor: 0, warning: 0 };
const counts = (sounding: Each, newest: Each, steady = 0): AlarmCounts => ({
  standing: 0,
  unacknowledged: 0,
  sounding: { ...none, ...sounding },
  newest: { ...none, ...newest },
  steady,
});

type Untimed<E> = E extends { readonly at: unknown } ? Omit<E, 'at'> : never;

class Wall {
  at = 1_000_000;
  state: AnnunciatorState = annunciator.initial(monoMs(1_000_000));
  tell(event: Untimed<AnnunciatorEvent>): this {
    this.state = annunciator.step(this.state, { ...event, at: monoMs(this.at) });
    assert.equal(annunciator.check(this.state), []);
    return this;
  }
  alarms(sounding: Each, newest: Each, steady = 0): this {
    return this.tell({ kind: 'alarms', counts: counts(sounding, newest, steady) });
  }
  wait(ms: number): this {
    this.at += ms;
    return this.tell({ kind: 'turn' });
  }
  get horn(): boolean {
    return annunciator.outputs(this.state).horn;
  }
  get lamp(): boolean {
    return annunciator.outputs(this.state).lamp;
  }
  /** Milliseconds on, and times switched on, of `ms` watched in steps of 10 ms. */
  watch(output: 'horn' | 'lamp', ms: number): { onMs: number; starts: number } {
    let onMs = 0;
    let starts = 0;
    let was = false;
    for (let n = 0; n < ms; n += 10) {
      const is = this[output];
      if (is) onMs += 10;
      if (is && !was) starts++;
      was = is;
      this.wait(10);
    }
    return { onMs, starts };
  }
}

test('with no alarm the wall is dark and quiet, and the state rests', () => {
  const wall = new Wall().alarms({}, {});
  const before = wall.state;
  assert.equal(wall.wait(60_000).watch('lamp', 3000), { onMs: 0, starts: 0 });
  assert.is(wall.horn, false);
  assert.is(wall.state, before);
  assert.is(annunciator.nextDeadline(wall.state), undefined);
});

test('an alarm that nobody acknowledged flashes and sounds at once', () => {
  const wall = new Wall().alarms({ critical: 1 }, { critical: 1 });
  assert.equal([wall.lamp, wall.horn], [true, true]);
  assert.equal(wall.watch('lamp', 10 * flashMs.period), { onMs: 10 * flashMs.on, starts: 10 });
});

for (const severity of severities)
  test(`horn pattern of ${severity}`, () => {
    const pattern = hornMs[severity];
    const wall = new Wall().alarms({ [severity]: 1 }, { [severity]: 1 });
    const expected = pattern === undefined ? { onMs: 0, starts: 0 } : { onMs: 5 * pattern.on, starts: 5 };
    assert.equal(wall.watch('horn', 5 * (pattern?.period ?? 1000)), expected);
  });

test('the more urgent, the more of the time the horn sounds', () => {
  const share = (one: Severity): number => {
    const pattern = hornMs[one];
    return pattern === undefined ? 0 : pattern.on / pattern.period;
  };
  const shares = severities.map(share);
  for (let n = 1; n < shares.length; n++) assert.ok((shares[n] ?? 1) < (shares[n - 1] ?? 0));
  assert.ok(share('critical') >= 0.9);
});

test('the worst of several alarms gives the pattern', () => {
  const wall = new Wall().alarms({ minor: 1, major: 1, warning: 1 }, { minor: 3, major: 1, warning: 2 });
  assert.equal(wall.watch('horn', hornMs.major.period * 4).starts, 4);
});

test('acknowledged and still standing: steady and quiet; over: dark', () => {
  const wall = new Wall().alarms({ major: 1 }, { major: 1 }).wait(700).alarms({}, {}, 1);
  assert.equal(wall.watch('lamp', 3000).onMs, 3000);
  assert.is(wall.horn, false);
  assert.is(wall.alarms({}, {}, 0).lamp, false);
});

test('one acknowledged, another not: the lamp flashes', () => {
  const wall = new Wall().alarms({ major: 1 }, { major: 2 }, 1);
  assert.equal(wall.watch('lamp', 4 * flashMs.period).starts, 4);
});

test('silence stops the horn and not the lamp', () => {
  const wall = new Wall().alarms({ critical: 1 }, { critical: 1 }).tell({ kind: 'silence' });
  assert.is(wall.watch('horn', 5000).onMs, 0);
  assert.is(wall.watch('lamp', 5 * flashMs.period).starts, 5);
});

test('a new alarm sounds through an earlier silence, with its own pattern', () => {
  const wall = new Wall().alarms({ critical: 1 }, { critical: 1 }).tell({ kind: 'silence' });
  wall.alarms({ critical: 1, minor: 1 }, { critical: 1, minor: 2 });
  assert.is(wall.horn, true);
  assert.equal(wall.watch('horn', 2 * hornMs.minor.period), { onMs: 2 * hornMs.minor.on, starts: 2 });
});

test('a silenced alarm stays silent when another one is acknowledged', () => {
  const wall = new Wall().alarms({ critical: 2 }, { critical: 2 }).tell({ kind: 'silence' });
  assert.is(wall.alarms({ critical: 1 }, { critical: 1 }, 1).watch('horn', 3000).onMs, 0);
});

test('a new warning does not make the horn sound for what was silenced', () => {
  const wall = new Wall().alarms({ critical: 1 }, { critical: 1 }).tell({ kind: 'silence' });
  assert.is(
    wall.alarms({ critical: 1, warning: 1 }, { critical: 1, warning: 2 }).watch('horn', 3000).onMs,
    0,
  );
});

test('silence with no alarm does not silence the next one', () => {
  assert.is(new Wall().tell({ kind: 'silence' }).alarms({ major: 1 }, { major: 1 }).horn, true);
});

test('the pattern goes on evenly while counts change under it', () => {
  const wall = new Wall().alarms({ critical: 1 }, { critical: 1 }).wait(hornMs.critical.on);
  assert.is(wall.horn, false);
  assert.is(wall.alarms({ critical: 2 }, { critical: 2 }).horn, false);
  assert.is(wall.wait(hornMs.critical.period - hornMs.critical.on).horn, true);
});

test('a lamp test lights the lamp for 5 s and tries the horn briefly, to the millisecond', () => {
  const wall = new Wall().tell({ kind: 'lamp-test' });
  assert.equal([wall.lamp, wall.horn], [true, true]);
  assert.is(wall.wait(hornTestMs - 1).horn, true);
  assert.is(wall.wait(1).horn, false);
  assert.is(wall.wait(lampTestMs - hornTestMs - 1).lamp, true);
  assert.is(wall.wait(1).lamp, false);
  assert.is(annunciator.nextDeadline(wall.state), undefined);
});

test('a lamp test hides no alarm: the horn sounds on, and afterwards the lamp flashes', () => {
  const wall = new Wall().tell({ kind: 'lamp-test' }).wait(2000).alarms({ critical: 1 }, { critical: 1 });
  assert.is(wall.horn, true);
  assert.is(wall.watch('lamp', 3000).onMs, 3000);
  assert.is(wall.watch('lamp', 3 * flashMs.period).onMs, 3 * flashMs.on);
});

test('every change of an output falls on a deadline, and each deadline lies ahead', () => {
  const happens: readonly ((wall: Wall) => Wall)[] = [
    (wall) => wall.alarms({ critical: 1 }, { critical: 1 }),
    (wall) => wall.alarms({ major: 1 }, { major: 1 }),
    (wall) => wall.alarms({ minor: 1 }, { minor: 1 }),
    (wall) => wall.tell({ kind: 'lamp-test' }),
    (wall) => wall.alarms({ minor: 1 }, { minor: 1 }).wait(123).tell({ kind: 'lamp-test' }),
  ];
  let changes = 0;
  for (const happen of happens) {
    const wall = happen(new Wall());
    for (let n = 0; n < 9000; n++) {
      const due = annunciator.nextDeadline(wall.state);
      const before = annunciator.outputs(wall.state);
      if (due !== undefined) assert.ok(due > wall.at);
      wall.wait(1);
      const now = annunciator.outputs(wall.state);
      if (now.horn !== before.horn || now.lamp !== before.lamp) {
        changes++;
        assert.is(due, wall.at);
      }
    }
  }
  assert.ok(changes > 40);
});

test('an annunciator that would be silent about an alarm says that it is broken', () => {
  const wall = new Wall().alarms({ critical: 1 }, { critical: 1 });
  assert.is(annunciator.check({ ...wall.state, horn: undefined }).length, 1);
  assert.is(annunciator.check({ ...wall.state, flashingSince: undefined }).length, 1);
  assert.is(annunciator.check({ ...wall.state, counts: counts({}, {}) }).length, 2);
});

test.run();
