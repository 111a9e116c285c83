/** What the room learns of its UPSes: autonomy, silence on battery, and what outlasts a restart. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import * as power from '../../../src/core/power/step.ts';
import type { Values } from '../../../src/core/power/battery.ts';
import type { Source, Subject } from '../../../src/model/room.ts';
import { monoMs } from '../../../src/model/units.ts';
import { text } from '../../../src/model/text.ts';

const hour = 3_600_000;
const source = (id: string): Source => ({
  id,
  kind: 'megatec',
  bus: 'wire',
  domain: 'serial:wire',
  weight: 'proof',
  label: text('UPS', 'UPS'),
  everyMs: 5000,
  waitMs: 5000,
  missLimit: 3,
});
const ups = (...ids: readonly string[]): Subject => ({
  id: 'ups',
  kind: 'ups',
  name: text('ups', 'ups'),
  sources: ids.map(source),
  downWhen: 1,
  dependsOn: [],
});

class Bench {
  at = 0;
  state: power.PowerState;
  isSaved = false;
  readonly #subjects: readonly Subject[];

  constructor(subjects: readonly Subject[] = [ups('ups.1')], saved: power.SavedPower = {}) {
    this.#subjects = subjects;
    this.state = power.initial({ subjects, autonomyMs: 4 * hour }, saved, monoMs(0));
  }
  reads(values: Values, id = 'ups.1'): Values | undefined {
    const heard = power.hear(this.state, { source: id, says: 'up', values, at: monoMs(this.at) });
    this.state = heard.state;
    this.isSaved ||= heard.isNew;
    return heard.values;
  }
  misses(id = 'ups.1'): this {
    this.state = power.hear(this.state, { source: id, says: 'down', at: monoMs(this.at) }).state;
    return this;
  }
  silent(id = 'ups.1'): this {
    this.state = power.hear(this.state, { source: id, says: 'unknown', at: monoMs(this.at) }).state;
    return this;
  }
  stands(): readonly string[] {
    return power.conditions(this.state, monoMs(this.at)).map(({ key, state }) => `${key.type} ${state}`);
  }
  detailOf(type: string): string {
    return (
      power.conditions(this.state, monoMs(this.at)).find(({ key }) => key.type === type)?.detail.en ?? ''
    );
  }
  restarted(): Bench {
    return new Bench(this.#subjects, power.saved(this.state, monoMs(this.at)));
  }
}
const mains = { onBattery: false, onLine: true, batteryPercent: 100, runtimeS: 5 * 3600 };
const cut = { onBattery: true, onLine: false, batteryPercent: 62, runtimeS: 2400 };

test('before the first reading nothing is known, and nothing is called off', () => {
  assert.equal(new Bench().stands(), ['ups.autonomy-short unknown', 'ups.lost-on-battery unknown']);
});

test('a full battery that lasts long enough is no alarm; one second less is', () => {
  const bench = new Bench();
  assert.is(bench.reads({ ...mains, runtimeS: 4 * 3600 })?.['autonomyS'], 4 * 3600);
  assert.equal(bench.stands(), []);
  const short = new Bench();
  short.reads({ ...mains, runtimeS: 4 * 3600 - 1 });
  assert.equal(short.stands(), ['ups.autonomy-short active']);
  assert.match(
    short.detailOf('ups.autonomy-short'),
    /3 h 59 min \(by its own runtime\); asked are 4 h 0 min/,
  );
});

test('silence on mains is silence; silence on battery is an alarm with the last reading', () => {
  const calm = new Bench();
  calm.reads(mains);
  calm.silent();
  assert.equal(calm.stands(), []);
  const bench = new Bench();
  bench.reads(mains);
  bench.reads(cut);
  assert.equal(bench.stands(), []);
  bench.silent();
  assert.equal(bench.stands(), ['ups.lost-on-battery active']);
  assert.is(bench.detailOf('ups.lost-on-battery'), 'last reading: on battery 62%, 40 min left');
});

test('on battery one poll that is lost is no alarm, nor two; three in a row are, and an answer begins anew', () => {
  const bench = new Bench();
  /** A miss is told when the wait for its answer is over. */
  const missed = (afterMs: number): readonly string[] => {
    bench.at += afterMs;
    return bench.misses().stands();
  };
  for (let outage = 0; outage < 2; outage++) {
    bench.reads(cut);
    assert.not(missed(9900).includes('ups.lost-on-battery active'));
    assert.not(missed(5000).includes('ups.lost-on-battery active'));
    bench.at += 4900;
    assert.not(bench.stands().includes('ups.lost-on-battery active'));
  }
  bench.reads(cut);
  missed(9900);
  missed(5000);
  assert.ok(missed(5000).includes('ups.lost-on-battery active'));
});

test('the runtime of a silent UPS is reckoned down: 30 of 40 minutes later it counts as low', () => {
  const bench = new Bench();
  bench.reads(mains);
  bench.reads(cut);
  bench.silent();
  bench.at = 1_799_999;
  assert.equal(bench.stands(), ['ups.lost-on-battery active']);
  bench.at = 1_800_000;
  assert.equal(bench.stands(), ['ups.lost-on-battery active', 'ups.low-battery active']);
  bench.reads(mains);
  assert.equal(bench.stands(), []);
});

test('one that was low already counts as low at once; one that never told its runtime does not', () => {
  const low = new Bench();
  low.reads(mains);
  low.reads({ ...cut, lowBattery: true });
  low.silent();
  assert.ok(low.stands().includes('ups.low-battery active'));
  const mute = new Bench();
  mute.reads({ onBattery: true });
  mute.silent();
  mute.at = 100 * hour;
  assert.not(mute.stands().includes('ups.low-battery active'));
});

test('a probe that reports nothing at all is silence too', () => {
  const bench = new Bench();
  bench.reads(cut);
  bench.at = 15_000;
  assert.not(bench.stands().includes('ups.lost-on-battery active'));
  bench.at = 15_001;
  assert.ok(bench.stands().includes('ups.lost-on-battery active'));
});

test('of two ways to one UPS one is enough, and a lost round without values changes nothing', () => {
  const bench = new Bench([ups('ups.1', 'ups.2')]);
  bench.reads(mains, 'ups.1');
  bench.reads(cut, 'ups.2');
  bench.silent('ups.2');
  assert.equal(bench.stands(), []);
  bench.at = 15_000;
  const heard = power.hear(bench.state, { source: 'ups.1', says: 'up', at: monoMs(bench.at) });
  assert.equal(power.conditions(heard.state, monoMs(15_000)), power.conditions(bench.state, monoMs(0)));
});

test('what was learned outlasts a restart, with its age; the last reading does not', () => {
  const bench = new Bench();
  bench.reads({ ...mains, runtimeS: 3600 });
  assert.ok(bench.isSaved);
  bench.reads(cut);
  bench.at = 23 * hour;
  const again = bench.restarted();
  assert.equal(again.stands(), ['ups.autonomy-short active', 'ups.lost-on-battery unknown']);
  again.reads(mains);
  assert.ok(again.stands().includes('ups.autonomy-short active'), 'a restart is no reason to estimate again');
  again.at = hour;
  again.reads(mains);
  assert.equal(again.stands(), []);
});

test('sources of other subjects pass through as they came', () => {
  const bench = new Bench();
  const values = { status: 503 };
  const heard = power.hear(bench.state, { source: 'pbx.1', says: 'up', values, at: monoMs(0) });
  assert.is(heard.state, bench.state);
  assert.is(heard.values, values);
});

test.run();
