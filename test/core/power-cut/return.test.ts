/** The mains are back: first they must stay, then loads return one group at a time, and a person says "all clear". */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Bench } from './bench.ts';

/** Lights on, seats and rack cut, lines in bypass, nobody told yet. */
const deep = (): Bench =>
  new Bench().battery(5).run(12).host('crm', 'confirmed').host('db', 'confirmed').forms('printed').run(2);

test('mains must stay five minutes, and the battery hold 20 %, before the first load goes back', () => {
  assert.is(deep().mains().run(299).phase, 'returning');
  const bench = deep().mains(5).run(299);
  assert.is(bench.phase, 'returning');
  bench.run(60);
  assert.is(bench.phase, 'returning', 'the battery is empty');
  bench.mains(20).run(1);
  assert.is(bench.phase, 'restarting');
  assert.ok(bench.alarms.includes('power-cut.recovery'));
});

test('mains that cannot be seen are not back: the time starts anew', () => {
  const bench = deep().mains(50).run(200);
  bench.supply = { mains: 'unknown', isLow: false, isReckoned: false };
  bench.run(100).mains(50).run(299);
  assert.is(bench.phase, 'returning');
  bench.run(3);
  assert.is(bench.phase, 'restarting');
});

test('one group after the other, the last one cut first, half a minute apart', () => {
  const bench = deep().mains().run(301);
  assert.equal([...bench.switched].sort(), ['lamp', 'rack', 'seat-pcs']);
  bench.run(1);
  assert.equal([...bench.switched].sort(), ['lamp', 'seat-pcs']);
  bench.run(29);
  assert.equal([...bench.switched].sort(), ['lamp', 'seat-pcs']);
  bench.run(1);
  assert.equal(bench.switched, ['lamp']);
  bench.run(30);
  assert.equal(bench.switched, []);
  assert.is(bench.phase, 'restarting');
  bench.run(30);
  assert.is(bench.phase, 'checking');
  assert.equal(bench.orders, ['bypass', 'reset-bypass'], 'and the bypass goes by its own rules from here');
});

test('a bypass that is not ours is not given back', () => {
  const bench = deep();
  bench.bypass = { ...bench.bypass, reason: 'command' };
  bench.mains().run(420);
  assert.is(bench.phase, 'checking');
  assert.equal(bench.orders, ['bypass']);
});

test('a turned key: the bypass is given back when it is turned back', () => {
  const bench = deep();
  bench.bypass = { ...bench.bypass, isKeyTurned: true };
  bench.mains().run(420);
  assert.equal(bench.orders, ['bypass']);
  bench.bypass = { ...bench.bypass, isKeyTurned: false };
  bench.run(1);
  assert.equal(bench.orders, ['bypass', 'reset-bypass']);
});

test('all clear: only by name, when each subject was seen up or waived and no step is open', () => {
  const bench = deep().mains().run(420);
  assert.not(bench.order({ do: 'all-clear' }));
  assert.match(bench.answer, /pbx, crm, 2\.1/);
  bench.verdicts = { pbx: 'up', crm: 'down' };
  bench.run(1);
  assert.not(bench.order({ do: 'all-clear' }));
  assert.match(bench.answer, /first: crm, 2\.1/);
  assert.ok(bench.order({ do: 'waive', what: 'crm', reason: 'new disk tomorrow' }));
  assert.not(bench.order({ do: 'waive', what: 'nobody', reason: 'x' }));
  assert.ok(bench.order({ do: 'power-cut-done', step: '2.1' }));
  assert.not(bench.order({ do: 'all-clear' }, 'panel'), 'not by name');
  assert.ok(bench.view.mayClear);
  assert.ok(bench.order({ do: 'all-clear' }, 'Zhang'));
  assert.is(bench.phase, 'ready');
  const last = bench.said.filter((one) => one.kind === 'power-cut').at(-1);
  assert.is(last?.kind === 'power-cut' ? last.by : '', 'Zhang');
  assert.equal(bench.alarms, ['power-cut.forms'], 'the forms are still owed');
  assert.ok(bench.order({ do: 'power-cut-done', step: 'forms' }));
  assert.equal(bench.alarms, []);
});

test('a subject that was seen up and is down again stands against the all-clear', () => {
  const bench = deep().mains().run(420);
  bench.verdicts = { pbx: 'up', crm: 'up' };
  bench.run(1).order({ do: 'power-cut-done', step: '2.1' });
  assert.ok(bench.view.mayClear);
  bench.verdicts = { pbx: 'down', crm: 'up' };
  bench.run(1);
  assert.not(bench.order({ do: 'all-clear' }));
});

test('the all-clear is called to mind after ten minutes', () => {
  const bench = deep().mains().run(420);
  assert.ok(bench.alarms.includes('power-cut.all-clear warning'));
  bench.run(600);
  assert.ok(bench.alarms.includes('power-cut.all-clear major'));
});

test('mains fail while they are not trusted yet: nothing is done twice, the rest comes at its time', () => {
  const bench = new Bench().battery(59).run(12);
  const before = bench.log.length;
  bench.mains(70).run(100).battery(50).run(30);
  assert.is(bench.log.length, before);
  bench.battery(29).run(12);
  assert.is(bench.stepState('3.1'), 'asked');
});

test('mains fail in the middle of the restart: what is cut stays cut, what went back is cut at its stage again', () => {
  const bench = deep().mains().run(303);
  assert.equal([...bench.switched].sort(), ['lamp', 'seat-pcs'], 'the rack is back');
  bench.battery(29).run(12);
  assert.not(bench.switched.includes('rack'), 'a minute of rest');
  bench.battery(45).run(60);
  assert.is(bench.phase, 'on-battery');
  assert.equal([...bench.switched].sort(), ['lamp', 'seat-pcs']);
  assert.is(bench.log.filter((one) => one === '1.1 done').length, 2, 'announced again');
  assert.is(bench.log.filter((one) => one === '2.1 open').length, 1, 'the manager knows');
  bench.battery(29).run(12);
  assert.is(bench.orderOf('crm'), 'run-cut1/3.1/2', 'a new order');
  bench.host('crm', 'confirmed', 'run-cut1/3.1');
  assert.is(bench.stepState('3.1'), 'asked', 'the answer to the old one is none');
  bench.host('crm', 'confirmed').host('db', 'confirmed').run(1);
  assert.equal([...bench.switched].sort(), ['lamp', 'rack', 'seat-pcs']);
});

test('mains fail during the check: all is seen anew, what was waived stays waived', () => {
  const bench = deep().mains().run(420);
  bench.verdicts = { pbx: 'up' };
  bench.run(1).order({ do: 'waive', what: 'crm', reason: 'broken' });
  bench.battery(200).run(12).mains();
  bench.verdicts = {};
  bench.run(420);
  assert.is(bench.phase, 'checking');
  assert.equal(
    bench.view.checks.map(({ subject, state }) => `${subject} ${state}`),
    ['pbx awaited', 'crm waived'],
  );
});

test('a host that goes down after the mains are back does not take its rack along', () => {
  const bench = new Bench()
    .battery(29)
    .run(12)
    .mains(60)
    .run(5)
    .host('crm', 'confirmed')
    .host('db', 'confirmed')
    .run(200);
  assert.ok(!bench.switched.includes('rack'));
});

test('no UPS can be asked: a person says that the mains are back, and a UPS that says otherwise is believed', () => {
  const bench = deep().battery(3, { isReckoned: true }).run(5);
  bench.order({ do: 'waive', what: '6.1', reason: 'mains are here' });
  assert.ok(bench.order({ do: 'power-cut-done', step: 'return' }));
  bench.run(2);
  assert.is(bench.phase, 'returning');
  bench.battery(2).run(1);
  assert.is(bench.phase, 'on-battery');
  assert.not(bench.order({ do: 'power-cut-done', step: 'return' }));
  bench.mains(3).run(2);
  assert.ok(
    bench.order({ do: 'power-cut-done', step: 'return' }),
    'and the wait is over when a person says so',
  );
  bench.run(1);
  assert.is(bench.phase, 'restarting');
});

test('a restart in mid-cut: loads stay, orders are given again with the same name, nothing else is', () => {
  const bench = new Bench().battery(29).run(12);
  const [before, order] = [bench.log.length, bench.orderOf('crm')];
  bench.restart();
  assert.equal(bench.switched, ['lamp', 'seat-pcs'], 'before the first word of a UPS');
  bench.turn();
  assert.is(bench.orderOf('crm'), order);
  assert.is(bench.count('shut-host'), 4);
  bench.battery(28).run(20);
  assert.equal(bench.log.slice(before), ['3.3 waiting']);
  bench.host('crm', 'confirmed').host('db', 'confirmed').run(1);
  assert.ok(bench.switched.includes('rack'));
});

test('a restart while loads go back: nobody saw the mains meanwhile, so they must stay once more', () => {
  const bench = deep().mains().run(303).restart(60_000).mains().run(299);
  assert.equal([...bench.switched].sort(), ['lamp', 'seat-pcs'], 'the rack is back, the others wait');
  assert.is(bench.phase, 'returning');
  bench.battery(200).run(12);
  assert.equal(
    [...bench.switched].sort(),
    ['lamp', 'seat-pcs'],
    'and the rack stays on until its stage comes',
  );
  bench.mains().run(420);
  assert.is(bench.phase, 'checking');
});

test('a restart while no UPS speaks: the runtime goes on by the clock', () => {
  const bench = new Bench().battery(29).run(12).restart(60_000).run(60);
  assert.is.not(bench.stepState('4.1'), 'asked');
  bench.run(20 * 60);
  assert.is.not(bench.stepState('4.1'), 'pending', 'ten minutes are left by the clock');
});

test('a restart after the battery should have been empty: that was wrong, and nothing is concluded from it', () => {
  const bench = new Bench().battery(2, { isReckoned: true });
  bench
    .run(12)
    .restart(30 * 60_000)
    .run(60);
  assert.is(bench.phase, 'on-battery');
  assert.is(bench.view.runtimeS, undefined);
  assert.is(bench.count('power-end'), 1, 'the one before the restart');
});

test('started anew after the own end: recovery goes on, and a battery that is still low ends it again', () => {
  const back = new Bench().battery(2).run(12).mains(9).run(40).restart();
  assert.is(back.phase, 'on-battery');
  back.mains(30).run(2);
  assert.is(back.phase, 'returning');
  back.run(500);
  assert.is(back.phase, 'checking');
  const still = new Bench().battery(2).run(12).restart().battery(1).run(12);
  assert.is(still.phase, 'ended');
  assert.is(still.count('power-end'), 2);
});

test('a room file that was changed meanwhile: steps that are no more are dropped, others keep what was done', () => {
  const bench = new Bench().battery(59).run(12);
  const [first] = bench.config.settings.stages;
  assert.ok(first);
  const other = { ...bench.config, settings: { ...bench.config.settings, stages: [first] } };
  Object.assign(bench, { config: other });
  bench.restart().battery(50).run(12);
  assert.equal(bench.switched, ['lamp']);
  assert.is(bench.view.stages.length, 1);
});

test.run();
