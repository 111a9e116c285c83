/** What people may order, what is refused, and what they are told. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Bench } from './bench.ts';
import { core } from './under-test.ts';
import { monoMs } from '../../../src/model/units.ts';

const centre = { via: 'centre', name: 'dispatcher' } as const;
const lastText = (bench: Bench): string => bench.notices('command').at(-1)?.text.en ?? '';

test('restore is refused while the PBX is down, suspect or confirmed', () => {
  const bench = Bench.inService();
  bench.order({ do: 'bypass', mode: 'now' });
  bench.verdict('down');
  assert.not(bench.order({ do: 'restore' }));
  assert.not(bench.order({ do: 'restore', line: 'L1' }));
  assert.match(lastText(bench), /PBX is down/);
  assert.is(bench.room(), 'held');
});

test('restore and reset are refused while the key is turned', () => {
  const bench = Bench.inService();
  bench.order({ do: 'bypass', mode: 'now' });
  bench.key(true);
  assert.not(bench.order({ do: 'restore' }));
  assert.not(bench.order({ do: 'reset-bypass' }));
  assert.match(lastText(bench), /key is turned/);
});

test('restore ordered without a verdict: done, because a person took it upon himself', () => {
  const bench = Bench.inService();
  bench.trip();
  bench.verdict('unknown');
  bench.pass(200);
  assert.ok(bench.order({ do: 'restore' }));
  bench.pass(130_000);
  assert.is(bench.all(), 'normal normal');
});

test('restore with nothing to restore is refused', () => {
  const bench = Bench.inService();
  assert.not(bench.order({ do: 'restore' }));
  assert.not(bench.order({ do: 'restore', line: 'L1' }));
});

test('restore of one line is refused while the whole room is in bypass', () => {
  const bench = Bench.inService();
  bench.order({ do: 'bypass', mode: 'now' });
  bench.pass(100);
  assert.not(bench.order({ do: 'restore', line: 'L1' }));
  bench.pass(10_000);
  assert.is(bench.all(), 'bypass bypass');
});

test('restore of the room leaves a line that a person put in bypass by itself', () => {
  const bench = Bench.inService();
  bench.verdict('up');
  bench.order({ do: 'bypass', line: 'L1', mode: 'now' });
  bench.order({ do: 'bypass', mode: 'now' });
  bench.pass(200);
  assert.ok(bench.order({ do: 'restore' }));
  bench.pass(130_000);
  assert.is(bench.all(), 'bypass normal');
});

test('held room reset: settles and restores by itself when the PBX has stayed up', () => {
  const bench = Bench.inService();
  bench.order({ do: 'bypass', mode: 'now' });
  bench.pass(200);
  bench.verdict('up');
  bench.leap(600_000);
  assert.is(bench.room(), 'held');
  assert.ok(bench.order({ do: 'reset-bypass' }));
  assert.is(bench.room(), 'settling');
  bench.leap(119_999);
  assert.is(bench.room(), 'settling');
  bench.leap(1);
  assert.is(bench.room(), 'restoring');
});

test('held room reset while the PBX is down: trips in the same turn, nothing moves', () => {
  const bench = Bench.inService();
  bench.order({ do: 'bypass', mode: 'now' });
  bench.trip();
  assert.ok(bench.order({ do: 'reset-bypass' }));
  assert.is(bench.room(), 'tripped');
  assert.is(bench.all(), 'bypass bypass');
});

test('reset of a room that is not held is refused', () => {
  const bench = Bench.inService();
  assert.not(bench.order({ do: 'reset-bypass' }));
  bench.trip();
  assert.not(bench.order({ do: 'reset-bypass' }));
});

test('locked line: reset only when the relay reads released; then it returns on its turn', () => {
  const bench = Bench.inService();
  bench.verdict('up');
  bench.relay('L1').heldAt = 'between';
  bench.pass(200);
  assert.is(bench.at('L1'), 'locked');
  assert.not(bench.order({ do: 'restore', line: 'L1' }));
  assert.not(bench.order({ do: 'reset-bypass', line: 'L1' }));
  assert.match(lastText(bench), /repair/);
  delete bench.relay('L1').heldAt;
  bench.pass(100);
  assert.is(bench.at('L1'), 'locked', 'a relay that came back is not trusted by itself');
  assert.ok(bench.order({ do: 'reset-bypass', line: 'L1' }));
  bench.pass(200);
  assert.is(bench.at('L1'), 'proving');
  assert.not(bench.order({ do: 'reset-bypass', line: 'L2' }));
});

test('centre: refused unless the room file allows it', () => {
  for (const allowFromCentre of [false, true]) {
    const bench = Bench.inService({ allowFromCentre });
    assert.is(bench.order({ do: 'bypass', mode: 'now' }, centre), allowFromCentre);
    assert.is(bench.order({ do: 'restore' }, centre), allowFromCentre);
    assert.is(bench.order({ do: 'exercise', line: 'L1' }, centre), false);
    assert.is(bench.room(), allowFromCentre ? 'restoring' : 'steady');
  }
});

test('a line that does not exist is refused; a command of another machine is not answered', () => {
  const bench = Bench.inService();
  assert.not(bench.order({ do: 'bypass', line: 'L9', mode: 'now' }));
  const before = bench.effects.length;
  bench.send({ kind: 'command', id: 'x', by: { via: 'panel', name: 'duty' }, command: { do: 'silence' } });
  assert.is(bench.effects.length, before);
});

test('bypass is accepted from every state of the room', () => {
  const ways: readonly ((bench: Bench) => void)[] = [
    () => undefined,
    (bench) => bench.verdict('down'),
    (bench) => bench.trip(),
    (bench) => bench.key(true),
    (bench) => {
      bench.trip();
      bench.verdict('up');
    },
    (bench) => {
      bench.trip();
      bench.verdict('up');
      bench.pass(200);
      bench.order({ do: 'restore' });
    },
    (bench) => bench.send({ kind: 'ending', how: 'stop' }),
  ];
  for (const [n, way] of ways.entries()) {
    const bench = Bench.inService();
    bench.line('L1', 'off-hook');
    way(bench);
    assert.ok(bench.order({ do: 'bypass', mode: 'now' }), `case ${n}`);
    assert.equal(core.outputs(bench.state), { L1: 'release', L2: 'release' }, `case ${n}`);
  }
});

test('while stopping nothing is restored', () => {
  const bench = Bench.inService();
  bench.verdict('up');
  bench.send({ kind: 'ending', how: 'stop' });
  bench.pass(200);
  assert.not(bench.order({ do: 'restore' }));
  assert.not(bench.order({ do: 'restore', line: 'L1' }));
  bench.pass(30_000);
  assert.is(bench.all(), 'bypass bypass');
});

test('every notice and every condition is written in both languages', () => {
  const bench = Bench.inService({ lines: 3 });
  bench.relay('L3').heldAt = 'normal';
  bench.line('L1', 'off-hook');
  bench.trip();
  bench.pass(31_000);
  bench.verdict('up');
  bench.key(true);
  bench.link('card-a', 'lost');
  bench.order({ do: 'restore' });
  const texts = [
    ...bench.effects.flatMap((effect) =>
      effect.kind === 'notice' && 'text' in effect.notice ? [effect.notice.text] : [],
    ),
    ...core.conditions(bench.state, monoMs(bench.now)).map(({ detail }) => detail),
  ].filter(({ zh, en }) => zh !== '' || en !== '');
  assert.ok(texts.length > 12);
  for (const { zh, en } of texts) {
    assert.match(zh, /[\u4e00-\u9fff]/);
    assert.match(en, /[a-z]/);
    assert.not.match(en, /[\u4e00-\u9fff]/);
  }
});

test('late and unknown events change nothing', () => {
  const bench = Bench.inService();
  const before = core.outputs(bench.state);
  bench.send({ kind: 'speech', line: 'L9' });
  bench.send({ kind: 'line', line: 'L9', signal: 'off-hook', since: monoMs(bench.now) });
  bench.send({ kind: 'card', card: 'card-z', link: 'lost' });
  bench.send({
    kind: 'relays',
    card: 'card-z',
    relays: {},
    coilSupply: false,
    bypassKey: 'turned',
    hostLost: true,
  });
  const { state } = core.step(bench.state, { kind: 'turn', at: monoMs(bench.now - 5_000) });
  assert.is(state.at, bench.now);
  assert.equal(core.outputs(state), before);
  assert.is(bench.all(), 'normal normal');
});

test('check names a line that is energised in a tripped room, and is silent between an event and its turn', () => {
  const bench = Bench.inService();
  bench.trip();
  const lines = bench.state.lines.map((line) => ({ ...line, step: { kind: 'normal' } as const }));
  const wrong = { ...bench.state, lines };
  assert.ok(core.check(wrong).some((name) => name.startsWith('I6 L1')));
  assert.ok(core.check(wrong).some((name) => name.startsWith('I2 L1')));
  assert.equal(core.check({ ...wrong, isJudged: false }), []);
});

test.run();
