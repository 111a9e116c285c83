/** On battery: stages come in their order, each step once, hosts before their relays, and linekeeper's own end. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Bench, minuteMs } from './bench.ts';

const cut = (minutes = 200): Bench => new Bench().battery(minutes).run(11);

test('on battery for ten seconds: the first stage, its steps in order, and nothing else', () => {
  const bench = new Bench().battery(200).run(10);
  assert.equal(bench.log, []);
  assert.is(bench.phase, 'on-battery');
  bench.run(1);
  assert.equal(bench.log, ['1.1 done', '1.2 done', '1.3 done']);
  assert.equal(bench.switched, ['lamp']);
  assert.equal(bench.alarms, ['power-cut.stage/1 major', 'power-cut.outbound']);
  bench.run(600);
  assert.is(bench.log.length, 3, 'once in a cut');
});

test('a cut shorter than that: nothing is done, and a minute later it is forgotten', () => {
  const bench = new Bench().battery(200).run(9).mains().run(59);
  assert.is(bench.phase, 'returning');
  bench.run(3);
  assert.is(bench.phase, 'ready');
  assert.equal(bench.log, []);
  assert.ok(bench.said.some((one) => one.kind === 'power-cut' && /too short/.test(one.text.en)));
});

test('flickering mains: seconds on battery add up, and what was done is not done again', () => {
  const bench = new Bench();
  for (let n = 0; n < 3; n++) bench.battery(200).run(5).mains().run(5);
  assert.equal(bench.log, ['1.1 done', '1.2 done', '1.3 done']);
  for (let n = 0; n < 40; n++) bench.battery(200).run(5).mains().run(5);
  assert.is(bench.log.length, 3);
  assert.equal(bench.switched, ['lamp'], 'the load has stayed where it was');
});

test('one strange number is no empty battery: a runtime must stay low', () => {
  const bench = cut();
  bench.battery(0).run(9).battery(200).run(1).battery(0).run(9);
  assert.is(bench.log.length, 3);
  bench.run(2);
  assert.is(bench.phase, 'ended');
});

test('runtime falls: each stage at its time, and a better number undoes none', () => {
  const bench = cut().battery(59).run(12);
  assert.is(bench.stepState('2.1'), 'open');
  assert.equal(bench.switched, ['lamp', 'seat-pcs']);
  bench.battery(90).run(60);
  assert.equal(bench.switched, ['lamp', 'seat-pcs']);
  bench.battery(29).run(12);
  assert.equal(bench.stepState('3.1'), 'asked');
  assert.ok(!bench.switched.includes('rack'));
});

test('battery low: all stages are due, whatever the runtime', () => {
  const bench = cut().battery(240, { isLow: true }).run(12);
  assert.is(bench.phase, 'ended');
  assert.is(bench.stepState('2.2'), 'done');
  assert.is(bench.stepState('3.1'), 'asked');
  assert.equal(bench.orders, ['bypass']);
  assert.is(bench.count('power-end'), 1);
});

test('a relay opens when every host of its group is down', () => {
  const bench = cut().battery(29).run(12);
  assert.is(bench.stepState('3.3'), 'waiting');
  bench.host('crm', 'asked').run(5).host('crm', 'confirmed').run(5);
  assert.ok(!bench.switched.includes('rack'), 'db is not down yet');
  bench.host('db', 'confirmed').run(1);
  assert.ok(bench.switched.includes('rack'));
  assert.is(bench.count('shut-host'), 2, 'each was asked once');
});

test('a host that says nothing, or no: three minutes, an alarm, and the relay opens all the same', () => {
  const bench = cut().battery(29).run(12).host('crm', 'refused').run(60);
  assert.is(bench.stepState('3.1'), 'failed');
  assert.ok(bench.alarms.includes('power-cut.step-failed/3.1'));
  assert.ok(!bench.switched.includes('rack'), 'people have the time to step in');
  bench.run(130);
  assert.is(bench.stepState('3.2'), 'failed', 'no answer');
  assert.ok(bench.switched.includes('rack'));
  bench.host('db', 'confirmed');
  assert.is(bench.stepState('3.2'), 'done', 'late, but down');
});

test('a host that somebody keeps keeps its power', () => {
  const bench = cut().battery(29).run(12);
  assert.ok(bench.order({ do: 'waive', what: '3.1', reason: 'backup is running' }));
  bench.host('db', 'confirmed').run(300);
  assert.is(bench.stepState('3.3'), 'waived');
  assert.ok(!bench.switched.includes('rack'));
});

test("the answer to another order is nobody's answer", () => {
  const bench = cut()
    .battery(29)
    .run(12)
    .host('crm', 'confirmed', 'run-cut0/3.1')
    .host('nobody', 'confirmed');
  assert.is(bench.stepState('3.1'), 'asked');
});

test('a person is told by a person: a reminder after ten minutes, and a name', () => {
  const bench = cut().battery(59).run(12);
  assert.not(bench.alarms.includes('power-cut.step-open/2.1'));
  bench.run(600);
  assert.ok(bench.alarms.includes('power-cut.step-open/2.1'));
  assert.not(bench.order({ do: 'power-cut-done', step: '2.1' }, ''));
  assert.not(bench.order({ do: 'power-cut-done', step: '2.1' }, 'panel'), 'that is no name');
  assert.ok(bench.order({ do: 'power-cut-done', step: '2.1' }, 'Li'));
  const [told] = bench.view.stages.flatMap(({ steps }) => steps).filter(({ id }) => id === '2.1');
  assert.is(told?.by, 'Li');
  assert.not(bench.order({ do: 'power-cut-done', step: '2.1' }), 'it is over');
  assert.not(bench.order({ do: 'power-cut-done', step: '9.9' }));
});

test('forms: no answer in a minute is a failure; forms that were given out are owed', () => {
  const silent = cut().battery(9).run(12).run(61);
  assert.is(silent.stepState('4.1'), 'failed');
  const shown = cut().battery(9).run(12).forms('printed');
  assert.is(shown.stepState('4.1'), 'done');
  assert.ok(shown.view.formsOwed);
});

test('bypass: ordered once, planned; not where the room is in bypass, but as soon as that ends by itself', () => {
  const free = cut().battery(5).run(30);
  assert.equal(free.orders, ['bypass']);
  const tripped = cut();
  tripped.bypass = { ...tripped.bypass, room: 'tripped' };
  tripped.battery(5).run(30);
  assert.equal(tripped.orders, []);
  tripped.bypass = { ...tripped.bypass, room: 'settling' };
  tripped.run(2);
  assert.equal(tripped.orders, ['bypass']);
});

test('bypass: what a person took back stays back', () => {
  const bench = cut().battery(5).run(30);
  bench.bypass = { ...bench.bypass, room: 'restoring', isRestoreOrdered: true };
  bench.run(5);
  bench.bypass = { ...bench.bypass, room: 'steady', isRestoreOrdered: false };
  bench.run(60);
  assert.equal(bench.orders, ['bypass']);
});

test('no line has a relay: the step says that it cannot be', () => {
  const bench = new Bench({ hasBypass: false }).battery(5).run(12);
  assert.is(bench.stepState('5.1'), 'impossible');
  assert.equal(bench.orders, []);
});

test('own end: once; mains that return for half a minute ask for a new start, shorter ones do not', () => {
  const bench = cut().battery(2).run(12);
  assert.is(bench.count('power-end'), 1);
  assert.ok(bench.alarms.includes('power-cut.ended'));
  bench.mains(8).run(20).battery(1).run(5).mains(8).run(29);
  assert.is(bench.count('restart'), 0);
  bench.run(5);
  assert.is(bench.count('restart'), 1);
  bench.run(60);
  assert.is(bench.count('restart'), 1);
  assert.is(bench.phase, 'ended', 'only the new process goes on');
});

test('a waived step is skipped when its stage comes', () => {
  const bench = cut();
  assert.ok(bench.order({ do: 'waive', what: '6.1', reason: 'the generator is on its way' }));
  assert.not(bench.order({ do: 'waive', what: '2.2', reason: ' ' }), 'without a reason');
  bench.battery(1).run(20);
  assert.is(bench.count('power-end'), 0);
  assert.is(bench.stepState('6.1'), 'waived');
});

test('no plan: nothing happens at all', () => {
  const bench = new Bench({ settings: { ...new Bench().config.settings, stages: [] } });
  bench.battery(1, { isLow: true }).run(60);
  assert.is(bench.effects.length, 0);
  assert.equal(bench.alarms, []);
});

test('commands without a cut are refused', () => {
  const bench = new Bench();
  assert.not(bench.order({ do: 'all-clear' }));
  assert.not(bench.order({ do: 'power-cut-done', step: 'forms' }));
  assert.match(bench.answer, /no forms/);
});

test('it is saved when something is done, and now and then; not with every turn', () => {
  const bench = cut();
  const saves = bench.count('save');
  bench.run(25);
  assert.is(bench.count('save'), saves);
  bench.run((3 * minuteMs) / 1000);
  assert.ok(bench.count('save') - saves >= 5 && bench.count('save') - saves <= 8);
});

test.run();
