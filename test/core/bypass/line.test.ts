/** The line table, row by row, with the times of the specification at limit and limit + 1. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Bench } from './bench.ts';
import { core } from './under-test.ts';

const inBypass = (options: ConstructorParameters<typeof Bench>[0] = {}): Bench => {
  const bench = Bench.inService({ lines: 1, ...options });
  bench.verdict('up');
  bench.order({ do: 'bypass', mode: 'now' });
  bench.pass(200);
  return bench;
};
const proving = (): Bench => {
  const bench = inBypass();
  bench.order({ do: 'restore' });
  bench.pass(100);
  assert.is(bench.at('L1'), 'proving');
  return bench;
};

// ---- to the phone ----------------------------------------------------------------------------------------------

test('switch dead: an idle line and a ringing one go over in the turn that confirms it', () => {
  const bench = Bench.inService({ lines: 4 });
  bench.line('L2', 'ringing', { inBurst: true });
  bench.line('L3', 'dead');
  bench.verdict('down');
  bench.leap(3_000);
  assert.is(bench.all(), 'releasing releasing releasing releasing');
});

test('switch dead with a call up: waits for the call and gives it 30 s, not 1 ms less', () => {
  const bench = Bench.inService({ lines: 1 });
  bench.line('L1', 'off-hook');
  bench.trip();
  assert.is(bench.at('L1'), 'waiting');
  bench.leap(29_999);
  assert.is(bench.at('L1'), 'waiting');
  bench.leap(1);
  assert.is(bench.at('L1'), 'releasing');
});

test('loop opens while waiting: over after 1.5 s of open loop, not 1 ms earlier, and nobody is cut', () => {
  const bench = Bench.inService({ lines: 1 });
  bench.line('L1', 'off-hook');
  bench.trip();
  bench.line('L1', 'idle', { sinceMs: 1_400 });
  bench.leap(99);
  assert.is(bench.at('L1'), 'waiting');
  bench.leap(1);
  assert.is(bench.at('L1'), 'releasing');
  assert.not(bench.notices('bypass-line').some(({ cutCall }) => cutCall !== undefined));
});

test('speech stretches the wait, but silence of 10 s after the 30 s ends it', () => {
  const bench = Bench.inService({ lines: 1 });
  bench.line('L1', 'off-hook');
  bench.trip();
  bench.leap(25_000);
  bench.speech('L1');
  bench.leap(9_999);
  assert.is(bench.at('L1'), 'waiting');
  bench.leap(1);
  assert.is(bench.at('L1'), 'releasing');
});

test('speech without end: cut after 5 minutes all the same, not 1 ms earlier', () => {
  const bench = Bench.inService({ lines: 1 });
  bench.line('L1', 'off-hook');
  bench.trip();
  for (let s = 5; s <= 295; s += 5) {
    bench.leap(5_000);
    bench.speech('L1');
  }
  bench.leap(4_999);
  assert.is(bench.at('L1'), 'waiting');
  bench.speech('L1');
  bench.leap(1);
  assert.is(bench.at('L1'), 'releasing');
});

test('an incoming call that is cut names the phone to lift for 3 minutes; an outgoing one does not', () => {
  for (const direction of ['incoming', 'outgoing'] as const) {
    const bench = Bench.inService({ lines: 1 });
    bench.line('L1', 'off-hook', { direction });
    bench.trip();
    bench.leap(30_000);
    const cut = bench
      .notices('bypass-line')
      .flatMap(({ cutCall }) => (cutCall === undefined ? [] : [cutCall]));
    const phone = direction === 'incoming' ? { liftPhone: '8001' } : {};
    assert.equal(cut, [{ direction, call: 'call-L1', ...phone }]);
    assert.is(core.view(bench.state).lines[0]?.liftPhone, direction === 'incoming' ? '8001' : undefined);
    assert.ok(bench.alarms().includes('L1 bypass.call-cut'));
    const cutAt = bench.now;
    bench.pass(100);
    bench.leap(cutAt + 179_999 - bench.now);
    assert.ok(bench.alarms().includes('L1 bypass.call-cut'));
    bench.leap(1);
    assert.not(bench.alarms().includes('L1 bypass.call-cut'));
    assert.is(core.view(bench.state).lines[0]?.liftPhone, undefined);
  }
});

test('command now cuts the call at once', () => {
  const bench = Bench.inService({ lines: 2 });
  bench.line('L1', 'off-hook');
  bench.line('L2', 'off-hook');
  bench.order({ do: 'bypass', line: 'L1', mode: 'now' });
  assert.is(bench.all(), 'releasing normal');
  bench.order({ do: 'bypass', mode: 'planned' });
  assert.is(bench.at('L2'), 'waiting');
  bench.order({ do: 'bypass', mode: 'now' });
  assert.is(bench.at('L2'), 'releasing');
});

test('bypass no longer asked for: the waiting line keeps its call on the PBX', () => {
  const bench = Bench.inService({ lines: 1 });
  bench.line('L1', 'off-hook');
  bench.trip();
  bench.verdict('up');
  assert.is(bench.at('L1'), 'normal');
  assert.is(bench.coil('L1'), 'energise');
});

test('frames of a line stop during a call: it counts as a call; before a call: it does not', () => {
  const bench = Bench.inService({ lines: 2 });
  bench.line('L1', 'off-hook');
  bench.line('L1', 'unknown');
  bench.line('L2', 'unknown');
  bench.trip();
  assert.is(bench.all(), 'waiting releasing');
  bench.leap(30_000);
  assert.is(bench.at('L1'), 'releasing');
});

test('dead trunk while waiting: the call is lost anyway, over at once', () => {
  const bench = Bench.inService({ lines: 1 });
  bench.line('L1', 'off-hook');
  bench.trip();
  bench.line('L1', 'dead');
  assert.is(bench.at('L1'), 'releasing');
});

// ---- read-back -------------------------------------------------------------------------------------------------

test('relay releases in 15 ms: bypass, and the time is logged', () => {
  const bench = Bench.inService({ lines: 1 });
  bench.trip();
  bench.pass(40);
  assert.is(bench.at('L1'), 'bypass');
  assert.is(bench.notices('bypass-line').find(({ state }) => state === 'bypass')?.moveMs, 15);
});

test('relay still in normal 100 ms after release, seen twice: stuck, and said so', () => {
  const bench = Bench.inService({ lines: 1 });
  bench.relay('L1').heldAt = 'normal';
  bench.trip();
  bench.pass(100);
  assert.is(bench.at('L1'), 'releasing', 'one look is no fault');
  bench.pass(20);
  assert.is(bench.at('L1'), 'stuck');
  assert.is(bench.coil('L1'), 'release', 'stays released');
  assert.ok(bench.alarms().includes('L1 bypass.stuck'));
});

test('a wrong look at 99 ms does not count, at 100 ms it does; the second look is 20 ms later', () => {
  for (const [firstMs, gapMs, state] of [
    [99, 20, 'releasing'],
    [100, 20, 'stuck'],
    [100, 19, 'releasing'],
  ] as const) {
    const bench = Bench.inService({ lines: 1 });
    bench.card('card-a').reporting = true;
    bench.relay('L1').heldAt = 'normal';
    bench.trip();
    bench.now += firstMs;
    bench.report('card-a');
    bench.turn();
    bench.now += gapMs;
    bench.report('card-a');
    bench.turn();
    assert.is(bench.at('L1'), state, `${firstMs} ms, then ${gapMs} ms`);
  }
});

test('neither contact: open, one pulse of 50 ms; the pulse helps: bypass', () => {
  const bench = Bench.inService({ lines: 1 });
  bench.trip();
  bench.relay('L1').heldAt = 'between';
  bench.pass(120);
  const pulses = bench.effects.filter((effect) => effect.kind === 'coil-pulse');
  assert.equal(pulses, [{ kind: 'coil-pulse', line: 'L1', ms: 50 }]);
  assert.is(bench.notices('bypass-line').filter(({ state }) => state === 'open').length, 1);
  assert.ok(bench.alarms().includes('L1 bypass.open'));
  delete bench.relay('L1').heldAt;
  bench.pass(20);
  assert.is(bench.at('L1'), 'bypass');
  assert.not(bench.alarms().includes('L1 bypass.open'));
});

test('neither contact, and the pulse does not help: locked, no second pulse', () => {
  const bench = Bench.inService({ lines: 1 });
  bench.trip();
  bench.relay('L1').heldAt = 'between';
  bench.pass(120);
  bench.relay('L1').writtenAt = bench.now;
  bench.pass(100);
  assert.is(bench.at('L1'), 'releasing');
  bench.pass(40);
  assert.is(bench.at('L1'), 'locked');
  bench.pass(5_000);
  assert.is(bench.effects.filter((effect) => effect.kind === 'coil-pulse').length, 1);
  assert.is(bench.coil('L1'), 'release');
  assert.ok(bench.alarms().includes('L1 bypass.open'));
  assert.ok(bench.alarms().includes('L1 bypass.locked'));
});

test('stuck relay comes free by itself: locked as worn', () => {
  const bench = Bench.inService({ lines: 1 });
  bench.relay('L1').heldAt = 'normal';
  bench.trip();
  bench.pass(200);
  assert.is(bench.at('L1'), 'stuck');
  delete bench.relay('L1').heldAt;
  bench.pass(40);
  assert.is(bench.at('L1'), 'locked');
  assert.match(bench.detail('bypass.locked')?.en ?? '', /worn/);
});

test('relay drops to bypass or to neither side though energised: locked after 100 ms, not earlier; the cut call is told', () => {
  for (const position of ['bypass', 'between'] as const) {
    const bench = Bench.inService({ lines: 1 });
    bench.line('L1', 'off-hook');
    bench.relay('L1').heldAt = position;
    bench.pass(100);
    assert.is(bench.at('L1'), 'normal');
    bench.pass(20);
    assert.is(bench.at('L1'), 'locked', position);
    assert.is(bench.coil('L1'), 'release');
    assert.ok(bench.alarms().includes('L1 bypass.call-cut'));
  }
});

test('a contact that chatters for less than 100 ms is left alone', () => {
  const bench = Bench.inService({ lines: 1 });
  for (let n = 0; n < 5; n += 1) {
    bench.relay('L1').heldAt = 'between';
    bench.pass(100);
    bench.relay('L1').heldAt = 'normal';
    bench.pass(20);
  }
  assert.is(bench.at('L1'), 'normal');
});

test('coil supply gone: bypass, not locked; supply back and PBX up: the line returns on its turn', () => {
  const bench = Bench.inService({ lines: 1 });
  bench.verdict('up');
  bench.card('card-a').supply = false;
  bench.pass(240);
  assert.is(bench.at('L1'), 'bypass');
  assert.ok(bench.alarms().includes('card-a bypass.coil-supply'));
  bench.pass(10_000);
  assert.is(bench.at('L1'), 'bypass');
  bench.card('card-a').supply = true;
  bench.pass(100);
  assert.is(bench.at('L1'), 'proving');
});

test('card lets a relay go by itself (hostLost): bypass at once, never energised again by a stale level', () => {
  const bench = Bench.inService({ lines: 1 });
  bench.line('L1', 'off-hook');
  bench.relay('L1').coil = 'release';
  bench.relay('L1').writtenAt = bench.now;
  bench.card('card-a').hostLost = true;
  bench.pass(20);
  assert.is(bench.coil('L1'), 'release');
  bench.pass(100);
  assert.is(bench.at('L1'), 'bypass');
  assert.not(bench.alarms().includes('L1 bypass.locked'));
});

test('contact leaves the phone’s side while released: found, pulsed, locked', () => {
  const bench = inBypass();
  bench.relay('L1').heldAt = 'between';
  bench.pass(400);
  assert.is(bench.effects.filter((effect) => effect.kind === 'coil-pulse').length, 1);
  assert.is(bench.at('L1'), 'locked');
  assert.ok(bench.alarms().includes('L1 bypass.open'));
});

test('card does not report after a release: judged after 1 s by the last known position', () => {
  const bench = Bench.inService({ lines: 1 });
  bench.trip();
  bench.card('card-a').reporting = false;
  bench.pass(980);
  assert.is(bench.at('L1'), 'releasing');
  bench.pass(20);
  assert.is(bench.at('L1'), 'bypass');
  assert.match(bench.notices('bypass-line').at(-1)?.text.en ?? '', /cannot be proved/);
});

test('card reports that it does not release: stuck after 1 s', () => {
  const bench = Bench.inService({ lines: 1 });
  bench.trip();
  for (let n = 0; n < 60; n += 1) {
    bench.relay('L1').coil = 'energise';
    bench.relay('L1').heldAt = 'normal';
    bench.pass(20);
  }
  assert.is(bench.at('L1'), 'stuck');
});

// ---- back to the PBX -------------------------------------------------------------------------------------------

test('idle 6 s: goes back; 5.999 s: not (it may be the silence between two rings)', () => {
  for (const signal of ['idle', 'dead'] as const) {
    const bench = inBypass();
    bench.line('L1', signal, { sinceMs: 0 });
    bench.order({ do: 'restore' });
    bench.leap(5_999);
    assert.is(bench.at('L1'), 'bypass', signal);
    bench.leap(1);
    assert.is(bench.at('L1'), 'operating', signal);
  }
});

test('nothing goes back that is off hook, ringing, unseen, unsound or without coil supply', () => {
  const cases: readonly ((bench: Bench) => void)[] = [
    (bench) => bench.line('L1', 'off-hook'),
    (bench) => bench.line('L1', 'ringing'),
    (bench) => bench.line('L1', 'unknown'),
    (bench) => {
      bench.card('card-a').supply = false;
    },
    (bench) => {
      bench.card('card-a').hostLost = true;
    },
    (bench) => {
      bench.relay('L1').heldAt = 'unknown';
    },
    (bench) => {
      bench.card('card-a').key = 'turned';
    },
  ];
  for (const [n, spoil] of cases.entries()) {
    const bench = inBypass();
    spoil(bench);
    bench.pass(40);
    bench.order({ do: 'restore' });
    bench.pass(10_000);
    assert.is(bench.at('L1'), 'bypass', `case ${n}`);
    assert.is(bench.coil('L1'), 'release', `case ${n}`);
  }
});

test('relay does not operate: released again and locked', () => {
  const bench = inBypass();
  bench.relay('L1').heldAt = 'bypass';
  bench.order({ do: 'restore' });
  bench.pass(100);
  assert.is(bench.at('L1'), 'operating');
  bench.pass(40);
  assert.is(bench.at('L1'), 'locked');
  assert.is(bench.coil('L1'), 'release');
});

test('bypass is asked for while the relay operates: released at once', () => {
  const bench = inBypass();
  bench.order({ do: 'restore' });
  assert.is(bench.at('L1'), 'operating');
  bench.key(true);
  assert.is(bench.at('L1'), 'releasing');
});

test('coil supply or hostLost while the relay operates: back to bypass, not locked', () => {
  for (const what of ['supply', 'hostLost'] as const) {
    const bench = inBypass();
    bench.order({ do: 'restore' });
    bench.card('card-a')[what] = what === 'hostLost';
    bench.pass(200);
    assert.is(bench.at('L1'), 'bypass', what);
  }
});

test('proving ends after 60 s, or when the PBX answers or seizes', () => {
  const bench = proving();
  bench.leap(60_000 - 85);
  assert.is(bench.at('L1'), 'proving');
  bench.leap(100);
  assert.is(bench.at('L1'), 'normal');
  const other = proving();
  other.line('L1', 'off-hook');
  assert.is(other.at('L1'), 'normal');
});

test('proving does not end in the middle of a ring that may go unanswered', () => {
  const bench = proving();
  bench.leap(55_000);
  bench.line('L1', 'ringing');
  bench.leap(19_999);
  assert.is(bench.at('L1'), 'proving');
  bench.leap(1);
  assert.is(bench.at('L1'), 'releasing');
});

test('switch dead while proving, with and without a call', () => {
  const bench = proving();
  bench.verdict('down');
  bench.line('L1', 'off-hook');
  bench.leap(3_000);
  assert.is(bench.at('L1'), 'waiting');
  const quiet = proving();
  quiet.trip();
  quiet.pass(40);
  assert.is(quiet.at('L1'), 'bypass');
});

test('handset left off: the line that cannot go back asks for a person after 30 minutes', () => {
  const bench = inBypass();
  bench.line('L1', 'off-hook');
  bench.order({ do: 'restore' });
  bench.leap(1_799_999);
  assert.not(bench.alarms().includes('L1 bypass.restore-overdue'));
  bench.leap(1);
  assert.ok(bench.alarms().includes('L1 bypass.restore-overdue'));
});

// ---- exercise --------------------------------------------------------------------------------------------------

const exercising = (): Bench => {
  const bench = Bench.inService({ lines: 2 });
  bench.verdict('up');
  assert.ok(bench.order({ do: 'exercise', line: 'L1' }));
  assert.is(bench.at('L1'), 'exercising');
  return bench;
};

test('exercise: released, proved, back on the PBX within 2 s', () => {
  const bench = exercising();
  bench.pass(20);
  assert.is(bench.at('L1'), 'operating');
  bench.pass(20);
  assert.is(bench.at('L1'), 'proving');
});

test('exercise that cannot be proved (dead taps) ends after 2 s, not 1 ms earlier', () => {
  const bench = exercising();
  bench.relay('L1').heldAt = 'unknown';
  bench.pass(20);
  bench.leap(1_979);
  assert.is(bench.at('L1'), 'exercising');
  bench.leap(1);
  assert.is(bench.at('L1'), 'operating');
});

test('exercise needs: steady room, 6 s idle, half of the lines idle, no other line moving', () => {
  const spoil: readonly ((bench: Bench) => void)[] = [
    (bench) => bench.verdict('down'),
    (bench) => bench.line('L1', 'idle', { sinceMs: 5_999 }),
    (bench) => bench.line('L1', 'dead', { sinceMs: 60_000 }),
    (bench) => bench.line('L1', 'ringing'),
    (bench) => {
      bench.line('L2', 'off-hook');
      bench.line('L3', 'off-hook');
    },
    (bench) => {
      bench.order({ do: 'exercise', line: 'L2' });
    },
    (bench) => {
      bench.order({ do: 'bypass', mode: 'planned' });
    },
  ];
  for (const [n, make] of spoil.entries()) {
    const bench = Bench.inService({ lines: 3 });
    make(bench);
    assert.not(bench.order({ do: 'exercise', line: 'L1' }), `case ${n}`);
  }
  const half = Bench.inService({ lines: 4 });
  half.line('L3', 'off-hook');
  half.line('L4', 'off-hook');
  assert.ok(half.order({ do: 'exercise', line: 'L1' }), 'half of the lines are idle');
});

test('ring during the exercise: back in the next silence, not in the burst', () => {
  const bench = exercising();
  bench.line('L1', 'ringing', { inBurst: true });
  bench.pass(400);
  assert.is(bench.at('L1'), 'exercising');
  bench.line('L1', 'ringing', { inBurst: false, sinceMs: 400 });
  assert.is(bench.at('L1'), 'operating');
});

test('a ring without silence holds the exercise up for 2 s more, not longer', () => {
  const bench = exercising();
  bench.line('L1', 'ringing', { inBurst: true });
  bench.leap(3_999);
  assert.is(bench.at('L1'), 'exercising');
  bench.leap(1);
  assert.is(bench.at('L1'), 'operating');
});

test('handset lifted during the exercise: stays on its phone until it has been idle for 6 s', () => {
  const bench = exercising();
  bench.line('L1', 'off-hook');
  bench.pass(100);
  assert.is(bench.at('L1'), 'bypass');
  bench.pass(60_000);
  assert.is(bench.at('L1'), 'bypass');
  bench.line('L1', 'idle');
  bench.leap(5_999);
  assert.is(bench.at('L1'), 'bypass');
  bench.leap(1);
  assert.is(bench.at('L1'), 'operating');
});

test('switch dead during the exercise: stays in bypass; merely suspect: not energised on a PBX that is down', () => {
  const bench = exercising();
  bench.verdict('down');
  bench.pass(60);
  assert.is(bench.coil('L1'), 'release');
  bench.pass(3_000);
  assert.is(bench.room(), 'tripped');
  assert.is(bench.at('L1'), 'bypass');
});

test('relay does not release, or opens, in the exercise: stuck or open, alarmed', () => {
  for (const [position, alarm] of [
    ['normal', 'L1 bypass.stuck'],
    ['between', 'L1 bypass.open'],
  ] as const) {
    const bench = exercising();
    bench.relay('L1').heldAt = position;
    bench.pass(120);
    assert.ok(bench.alarms().includes(alarm));
    bench.pass(400);
    assert.is(bench.coil('L1'), 'release');
  }
});

// ---- the link --------------------------------------------------------------------------------------------------

test('card lost: its lines are out of reach and not commanded; the other card’s stay', () => {
  const bench = Bench.inService({ lines: 2, perCard: 1 });
  bench.link('card-a', 'lost');
  assert.is(bench.all(), 'unreachable normal');
  assert.is(bench.coil('L1'), undefined);
  assert.is(bench.coil('L2'), 'energise');
  assert.ok(bench.alarms().includes('card-a bypass.unreachable'));
});

test('card back: lines stand where it says, none is energised that was not', () => {
  const bench = Bench.inService({ lines: 3 });
  bench.link('card-a', 'lost');
  bench.relay('L2').coil = 'release';
  bench.relay('L2').position = 'bypass';
  bench.link('card-a', 'up');
  assert.is(bench.all(), 'normal bypass normal');
});

test('card back while a relay is moving: adopted when it has settled', () => {
  const bench = Bench.inService({ lines: 1 });
  bench.link('card-a', 'lost');
  bench.relay('L1').heldAt = 'between';
  bench.relay('L1').writtenAt = bench.now;
  bench.link('card-a', 'up');
  bench.pass(80);
  assert.is(bench.at('L1'), 'unreachable');
  delete bench.relay('L1').heldAt;
  bench.pass(20);
  assert.is(bench.at('L1'), 'normal');
});

test('a locked line stays locked over a lost link', () => {
  const bench = Bench.inService({ lines: 1 });
  bench.relay('L1').heldAt = 'bypass';
  bench.pass(200);
  delete bench.relay('L1').heldAt;
  assert.is(bench.at('L1'), 'locked');
  bench.link('card-a', 'lost');
  bench.link('card-a', 'up');
  assert.is(bench.at('L1'), 'locked');
});

test('trip while the card is away: intent stands, the line goes over when the card is back; a call waits', () => {
  const bench = Bench.inService({ lines: 2 });
  bench.line('L1', 'off-hook');
  bench.link('card-a', 'lost');
  bench.trip();
  bench.link('card-a', 'up');
  assert.is(bench.all(), 'waiting releasing');
});

test('a refused card is never commanded, and its reports are not heard', () => {
  const bench = Bench.inService({ lines: 1 });
  bench.link('card-a', 'refused');
  bench.card('card-a').linked = true;
  bench.pass(100);
  assert.is(bench.at('L1'), 'unreachable');
  assert.ok(bench.alarms().includes('card-a bypass.unreachable'));
});

test('one card broken in any way does not keep the other card’s line from going back', () => {
  const breaks: readonly ((bench: Bench) => void)[] = [
    (bench) => bench.link('card-a', 'lost'),
    (bench) => {
      bench.card('card-a').supply = false;
    },
    (bench) => {
      bench.card('card-a').key = 'turned';
    },
    (bench) => {
      bench.card('card-a').reporting = false;
    },
    (bench) => {
      bench.relay('L1').heldAt = 'bypass';
    },
    (bench) => bench.line('L1', 'off-hook'),
  ];
  for (const [n, spoil] of breaks.entries()) {
    const bench = Bench.inService({ lines: 2, perCard: 1 });
    bench.verdict('up');
    bench.order({ do: 'bypass', mode: 'now' });
    bench.pass(200);
    bench.order({ do: 'restore' });
    spoil(bench);
    bench.pass(140_000);
    assert.is(bench.at('L2'), 'normal', `case ${n}`);
  }
});

test.run();
