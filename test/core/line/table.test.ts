import { Scene, ring } from './scene.ts';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isRingOn, lastRingEndOf, loopOpenSince, sinceOf } from '../../../src/core/line/state.ts';
import { monoMs } from '../../../src/model/units.ts';
import { nextDeadline } from '../../../src/core/line/step.ts';

/** An outgoing call since 10 000. */
function outgoing(settings: { loopOpenMs?: number } = {}): Scene {
  const scene = new Scene(settings).idle();
  scene.volts(10_000, 8);
  scene.judge(10_050);
  assert.is(scene.signal, 'off-hook');
  return scene;
}

/** Ringing since 9 940: a level that is full at once began between a frame and a whole window before it was read. */
function ringing(): Scene {
  const scene = new Scene().idle();
  scene.loop(10_000, ring);
  scene.judge(10_100);
  assert.is(scene.signal, 'ringing');
  return scene;
}

test('a line that nobody has seen yet is unknown, not idle', () => {
  const scene = new Scene();
  scene.judge(60_000);
  assert.is(scene.signal, 'unknown');
  assert.equal(scene.effects, []);
});

test('a line first seen on hook is idle after 50 ms, dated to its first sample', () => {
  const scene = new Scene();
  scene.volts(1000, 48);
  scene.judge(1049);
  assert.is(scene.signal, 'unknown');
  scene.judge(1050);
  assert.equal(scene.signals, ['idle 1000']);
});

test('a line first seen off hook opens a call `found`', () => {
  const scene = new Scene();
  scene.volts(1000, 8);
  scene.judge(1049);
  assert.is(scene.signal, 'unknown');
  scene.judge(1050);
  assert.equal(scene.signals, ['off-hook 1000']);
  assert.equal(
    scene.calls('opened').map(({ id, direction, startedAt }) => [id, direction, startedAt]),
    [['run-L01-1', 'found', 1000]],
  );
});

test('a line first seen without feed is dead after 2 s, and opens no call', () => {
  const scene = new Scene();
  scene.volts(1000, 0);
  scene.judge(2999);
  assert.is(scene.signal, 'unknown');
  scene.judge(3000);
  assert.equal(scene.signals, ['dead 1000']);
  assert.is(scene.calls('opened').length, 0);
});

test('idle: ring for 100 ms is ringing and opens an incoming call, 99 ms is nothing', () => {
  const short = new Scene().idle();
  short.loop(10_000, ring);
  short.loop(10_099, {});
  short.judge(20_000);
  assert.is(short.calls('opened').length, 0);

  const scene = new Scene().idle();
  scene.loop(10_000, ring);
  scene.judge(10_099);
  assert.is(scene.signal, 'idle');
  scene.judge(10_100);
  assert.is(scene.signal, 'ringing');
  const [call] = scene.calls('opened');
  assert.is(call?.direction, 'incoming');
  assert.is(call?.startedAt, 9_940);
  assert.ok(isRingOn(scene.state));
});

for (const [what, reading] of [
  ['exactly 20 V', { ringVolts: 20, ringHz: 25 }],
  ['below 16 Hz', { ringVolts: 90, ringHz: 15.9 }],
  ['above 60 Hz', { ringVolts: 90, ringHz: 60.1 }],
] as const)
  test(`idle: AC of ${what} is no ring`, () => {
    const scene = new Scene().idle();
    scene.loop(10_000, reading);
    scene.judge(20_000);
    assert.is(scene.signal, 'idle');
  });

for (const [what, reading] of [
  ['just over 20 V', { ringVolts: 20.1, ringHz: 25 }],
  ['16 Hz', { ringVolts: 90, ringHz: 16 }],
  ['60 Hz', { ringVolts: 90, ringHz: 60 }],
] as const)
  test(`idle: AC of ${what} is ring`, () => {
    const scene = new Scene().idle();
    scene.loop(10_000, reading);
    scene.judge(20_000);
    assert.is(scene.signal, 'ringing');
  });

test('while it rings the DC is ignored, whatever it reads', () => {
  const scene = new Scene().idle();
  scene.loop(10_000, { ...ring, volts: 8, dcVolts: 8 });
  scene.loop(10_050, { ...ring, volts: 0, dcVolts: 0 });
  scene.judge(15_000);
  assert.is(scene.signal, 'ringing');
});

test('a burst of 200 ms counts as a ring, 199 ms does not', () => {
  const scene = ringing();
  scene.loop(11_000, {});
  assert.is(scene.call?.rings, 1);
  /** As the card's window of 100 ms shows it: a quarter of it filled reads half the level. */
  const burst = (from: number, to: number): void => {
    scene.loop(from + 25, { ...ring, ringVolts: ring.ringVolts / 2 });
    scene.loop(from + 100, ring);
    scene.loop(to + 75, { ...ring, ringVolts: ring.ringVolts / 2 });
    scene.loop(to + 95, {});
  };
  burst(14_000, 14_199);
  assert.is(scene.call?.rings, 1);
  burst(15_000, 15_200);
  assert.is(scene.call?.rings, 2);
});

test('ringing: off-hook band for 50 ms answers, from the first sample', () => {
  const scene = ringing();
  scene.loop(11_000, {});
  scene.volts(12_000, 8);
  scene.judge(12_049);
  assert.is(scene.signal, 'ringing');
  scene.judge(12_050);
  assert.is(scene.signal, 'off-hook');
  const [call] = scene.calls('answered');
  assert.is(call?.answeredAt, 12_000);
  assert.is(call?.answeredBy, 'pbx');
  assert.is(call?.rings, 1);
});

test('ringing: an answer inside a burst is dated to the end of the ring it tripped', () => {
  const scene = ringing();
  // 100 ms after the trip the ring has left the card's window.
  scene.loop(10_900, { ringVolts: 60, ringHz: 25, volts: 8, dcVolts: 20 });
  scene.loop(10_920, { ringVolts: 10, ringHz: 25, volts: 8, dcVolts: 8 });
  scene.judge(10_969);
  assert.is(scene.signal, 'ringing');
  scene.judge(10_970);
  const [call] = scene.calls('answered');
  assert.is(call?.answeredAt, 10_844);
});

for (const [position, by] of [
  ['normal', 'pbx'],
  ['bypass', 'phone'],
  ['between', undefined],
  ['unknown', undefined],
] as const)
  test(`with the relay in ${position} the answer is by ${by ?? 'nobody that we could name'}`, () => {
    const scene = new Scene();
    scene.position(100, position);
    scene.idle();
    scene.loop(10_000, ring);
    scene.loop(11_000, {});
    scene.volts(12_000, 8);
    scene.judge(12_050);
    const [call] = scene.calls('answered');
    assert.is(call?.answeredBy, by);
    assert.is(call?.bypass, position === 'bypass');
  });

test('a line without a relay is always answered by the PBX', () => {
  const scene = new Scene({ hasRelay: false }).idle();
  scene.loop(10_000, ring);
  scene.loop(11_000, {});
  scene.volts(12_000, 8);
  scene.judge(12_050);
  assert.is(scene.calls('answered')[0]?.answeredBy, 'pbx');
});

test('ringing: no burst for 6 s is abandoned at the end of the last burst', () => {
  const scene = ringing();
  scene.loop(11_000, {});
  scene.loop(14_980, ring);
  scene.loop(16_000, {});
  // Burst ended in the frame before 16 000.
  scene.judge(21_979);
  assert.is(scene.signal, 'ringing');
  scene.judge(21_980);
  assert.is(scene.signal, 'idle');
  const call = scene.ended('abandoned');
  assert.is(call.endedAt, 15_980);
  assert.is(call.rings, 2);
  assert.is(call.answeredAt, undefined);
  assert.is(sinceOf(scene.state), 15_980);
  assert.is(lastRingEndOf(scene.state), 15_980);
});

test('a splash of AC in the silence does not keep an abandoned call alive', () => {
  const scene = ringing();
  scene.loop(11_000, {});
  scene.loop(16_000, ring);
  scene.loop(16_099, {});
  scene.judge(16_980);
  assert.is(scene.ended('abandoned').endedAt, 10_980);
  assert.is(lastRingEndOf(scene.state), 10_980);
});

test('idle: off-hook band for 50 ms opens an outgoing call, 49 ms does not', () => {
  const short = new Scene().idle();
  short.volts(10_000, 8);
  short.volts(10_049, 48);
  short.judge(20_000);
  assert.is(short.calls('opened').length, 0);

  const scene = new Scene().idle();
  scene.volts(10_000, 8);
  scene.volts(10_050, 48);
  const [call] = scene.calls('opened');
  assert.is(call?.direction, 'outgoing');
  assert.is(call?.startedAt, 10_000);
});

for (const [feed, off] of [
  [48, 19.2],
  [60, 24],
  [24, 14],
] as const)
  test(`a ${feed} V feed: ${off} V is on hook, just below it off hook, below 3 V neither`, () => {
    const at = (volts: number): string => {
      const scene = new Scene().idle(feed);
      scene.volts(10_000, volts);
      scene.judge(11_000);
      return scene.signal;
    };
    assert.is(at(off), 'idle');
    assert.is(at(off - 0.01), 'off-hook');
    assert.is(at(3), 'off-hook');
    assert.is(at(2.99), 'idle');
  });

for (const [feed, on] of [
  [48, 28.8],
  [60, 36],
  [24, 18],
] as const)
  test(`a ${feed} V feed: the call ends above ${on} V, not at it`, () => {
    const at = (volts: number): string => {
      const scene = new Scene().idle(feed);
      scene.volts(10_000, 8);
      scene.volts(11_000, volts);
      scene.judge(13_000);
      return scene.signal;
    };
    assert.is(at(on), 'off-hook');
    assert.is(at(on + 0.01), 'idle');
  });

test('the idle voltage is learned after 2 s, in idle only, within 18 to 75 V', () => {
  const learned = (volts: number, forMs: number): number => {
    const scene = new Scene();
    scene.volts(0, 48);
    scene.volts(1000, volts);
    scene.judge(1000 + forMs);
    return scene.state.idleVolts;
  };
  assert.is(learned(24, 1999), 48);
  assert.is(learned(24, 2000), 24);
  assert.is(learned(75, 2000), 75);
  assert.is(learned(75.1, 2000), 48);
  assert.is(learned(-60, 2000), 60);
  const low = new Scene().idle(24);
  low.volts(10_000, 18);
  low.judge(12_000);
  assert.is(low.state.idleVolts, 18);
  low.volts(13_000, 17.9);
  low.judge(20_000);
  assert.is(low.state.idleVolts, 18);
  const busy = outgoing();
  busy.volts(11_000, 20);
  busy.judge(20_000);
  assert.is(busy.state.idleVolts, 48);
});

test('a 24 V line first seen off hook still ends its call, though nothing was learned', () => {
  const scene = new Scene();
  scene.volts(1000, 7);
  scene.judge(5000);
  scene.volts(6000, 24);
  scene.judge(15_999);
  assert.is(scene.signal, 'off-hook');
  scene.judge(16_000);
  assert.is(scene.ended('released').endedAt, 6000);
  assert.is(scene.signal, 'idle');
  assert.is(scene.state.idleVolts, 24);
});

const breaks = [
  [14, 0, 0],
  [15, 1, 0],
  [62, 1, 0],
  [100, 1, 0],
  [101, 0, 1],
  [600, 0, 1],
  [1499, 0, 1],
] as const;
for (const [ms, pulses, flashes] of breaks)
  test(`off-hook: a break of ${ms} ms is ${pulses} pulse and ${flashes} flash, and the call goes on`, () => {
    const scene = outgoing();
    scene.volts(12_000, 48);
    if (ms > 20) assert.is(loopOpenSince(scene.state), 12_000);
    scene.volts(12_000 + ms, 8);
    scene.judge(12_000 + ms + 210);
    assert.is(scene.signal, 'off-hook');
    assert.is(scene.call?.pulseDigits, pulses === 1 ? '1' : '');
    assert.is(scene.call?.flashes, flashes);
    assert.is(scene.calls('ended').length, 0);
  });

test('off-hook: a break of 1.5 s ends the call where the break began', () => {
  const scene = outgoing();
  scene.volts(12_000, 48);
  scene.judge(13_499);
  assert.is(scene.signal, 'off-hook');
  scene.judge(13_500);
  assert.is(scene.ended('released').endedAt, 12_000);
  assert.is(scene.signals.at(-1), 'idle 12000');
});

test('loopOpen is a setting', () => {
  const scene = outgoing({ loopOpenMs: 3000 });
  scene.volts(12_000, 48);
  scene.judge(14_999);
  assert.is(scene.signal, 'off-hook');
  scene.judge(15_000);
  assert.is(scene.ended('released').endedAt, 12_000);
});

test('a late reading cannot be taken for a level that held: the turn waits for frames on their way', () => {
  const scene = new Scene().idle();
  scene.volts(10_000, 8);
  scene.turn(10_060);
  scene.volts(10_040, 48);
  scene.judge(11_000);
  assert.is(scene.calls('opened').length, 0);
});

test('ten pulses are a 0, eleven are none, and a digit ends after 200 ms', () => {
  const scene = outgoing();
  let at = 12_000;
  const dial = (pulses: number): void => {
    for (let pulse = 0; pulse < pulses; pulse++) {
      scene.volts(at, 48);
      scene.volts(at + 62, 8);
      at += 100;
    }
  };
  dial(10);
  scene.judge(at - 38 + 199);
  assert.is(scene.call?.pulseDigits, '');
  scene.judge(at - 38 + 200);
  assert.is(scene.call?.pulseDigits, '0');
  at += 600;
  dial(11);
  at += 600;
  dial(3);
  scene.judge(at + 600);
  assert.is(scene.call?.pulseDigits, '03');
});

test('a call keeps at most 64 dialled digits', () => {
  const scene = outgoing();
  let at = 12_000;
  for (let digit = 1; digit <= 65; digit++) {
    scene.volts(at, 48);
    scene.volts(at + 60, 8);
    at += 700;
    scene.judge(at - 100);
    assert.is(scene.call?.pulseDigits.length, Math.min(digit, 64));
  }
});

test('a flash in the middle of a digit leaves no digit', () => {
  const scene = outgoing();
  scene.volts(12_000, 48);
  scene.volts(12_060, 8);
  scene.volts(12_100, 48);
  scene.volts(12_500, 8);
  scene.judge(13_000);
  assert.is(scene.call?.pulseDigits, '');
  assert.is(scene.call?.flashes, 1);
});

test('the call that ends in the middle of a digit keeps only the whole ones', () => {
  const scene = outgoing();
  scene.volts(12_000, 48);
  scene.volts(12_060, 8);
  scene.volts(13_000, 48);
  scene.volts(13_060, 8);
  scene.volts(13_100, 48);
  scene.judge(14_600);
  assert.is(scene.ended('released').pulseDigits, '1');
});

test('off-hook: the polarity turns for 50 ms: an outgoing call is answered, and goes on', () => {
  const short = outgoing();
  short.volts(12_000, -8);
  short.volts(12_049, 8);
  short.judge(13_000);
  assert.is(short.calls('answered').length, 0);

  const scene = outgoing();
  scene.volts(12_000, -8);
  scene.judge(12_050);
  const [call] = scene.calls('answered');
  assert.is(call?.answeredAt, 12_000);
  assert.is(call?.answeredBy, undefined);
  scene.volts(20_000, 8);
  scene.judge(21_000);
  assert.is(scene.calls('answered').length, 1, 'the second reversal says nothing');
  assert.is(scene.signal, 'off-hook');
});

test('a reversal on an incoming call changes nothing', () => {
  const scene = ringing();
  scene.loop(11_000, {});
  scene.volts(12_000, 8);
  scene.judge(12_050);
  scene.volts(13_000, -8);
  scene.judge(14_000);
  assert.is(scene.calls('answered').length, 1);
  assert.is(scene.call?.answeredAt, 12_000);
});

for (const [from, make] of [
  ['idle', () => new Scene().idle()],
  [
    'ringing',
    () => {
      const scene = ringing();
      scene.loop(11_000, {});
      return scene;
    },
  ],
  ['off-hook', () => outgoing()],
] as const)
  test(`${from}: below 3 V for 2 s is dead since its first sample, less is ignored`, () => {
    const gap = make();
    gap.volts(12_000, 2.9);
    gap.volts(13_999, from === 'off-hook' ? 8 : 48);
    gap.judge(14_100);
    assert.is(gap.signal, from);

    const scene = make();
    const calls = scene.calls('opened').length;
    scene.volts(12_000, 2.9);
    scene.judge(13_999);
    assert.is(scene.signal, from);
    scene.judge(14_000);
    assert.is(scene.signals.at(-1), 'dead 12000');
    if (calls > 0) assert.is(scene.ended('line-lost').endedAt, 12_000);
    else assert.is(scene.calls('opened').length, 0, 'none opened');
  });

test('a pair cut in idle opens no call on its way down', () => {
  const scene = new Scene().idle();
  for (const [at, volts] of [
    [10_000, 36],
    [10_005, 24],
    [10_010, 12],
    [10_015, 5],
    [10_020, 0],
  ] as const)
    scene.volts(at, volts);
  scene.judge(20_000);
  assert.is(scene.calls('opened').length, 0);
  assert.is(scene.signals.at(-1), 'dead 10020');
});

for (const [volts, then] of [
  [48, 'idle'],
  [8, 'off-hook'],
] as const)
  test(`dead: ${volts} V for 1 s is ${then}`, () => {
    const dead = (): Scene => {
      const scene = new Scene();
      scene.volts(0, 0);
      scene.judge(5000);
      assert.is(scene.signal, 'dead');
      return scene;
    };
    const short = dead();
    short.volts(10_000, volts);
    short.volts(10_999, 5.9);
    short.judge(20_000);
    assert.is(short.signal, 'dead');

    const scene = dead();
    scene.volts(10_000, volts);
    scene.judge(10_999);
    assert.is(scene.signal, 'dead');
    scene.judge(11_000);
    assert.is(scene.signals.at(-1), `${then} 10000`);
    assert.equal(
      scene.calls('opened').map(({ direction, startedAt }) => [direction, startedAt]),
      then === 'off-hook' ? [['found', 10_000]] : [],
    );
  });

test('dead: 5.9 V is still dead, 6 V is alive', () => {
  const scene = new Scene();
  scene.volts(0, 0);
  scene.volts(10_000, 5.9);
  scene.judge(20_000);
  assert.is(scene.signal, 'dead');
  scene.volts(21_000, 6);
  scene.judge(22_000);
  assert.is(scene.signal, 'off-hook');
});

test('a silent card makes the line unknown since its last frame, never idle', () => {
  const scene = new Scene().idle();
  scene.frames(10_500, false);
  assert.is(scene.signals.at(-1), 'unknown 10000');
  scene.judge(60_000);
  assert.is(scene.signal, 'unknown');
  scene.frames(61_000, true);
  assert.is(scene.signal, 'unknown', 'frames alone say nothing of this line');
  scene.volts(61_000, 48);
  scene.judge(61_050);
  assert.is(scene.signals.at(-1), 'idle 61000');
});

test('unknown: a call is kept for 10 s and goes on with its gap', () => {
  const scene = outgoing();
  scene.frames(20_500, false);
  assert.is(scene.signal, 'unknown');
  assert.is(scene.call?.id, 'run-L01-1');
  scene.frames(29_900, true);
  scene.volts(29_999, 8);
  scene.judge(40_000);
  assert.is(scene.signal, 'off-hook');
  assert.is(scene.call?.gapMs, 9_999);
  scene.volts(50_000, 48);
  scene.judge(51_500);
  const call = scene.ended('released');
  assert.is(call.endedAt, 50_000);
  assert.is(call.gapMs, 9_999);
  assert.is(scene.calls('opened').length, 1);
});

test('unknown: after 10 s the call ends `link-lost` when it was last seen', () => {
  const scene = outgoing();
  scene.frames(20_500, false);
  scene.judge(29_999);
  assert.is(scene.calls('ended').length, 0);
  scene.judge(30_000);
  const call = scene.ended('link-lost');
  assert.is(call.endedAt, 20_000);
  assert.is(call.gapMs, 0);
  scene.volts(40_000, 8);
  scene.judge(40_050);
  assert.equal(
    scene.calls('opened').map(({ id, direction }) => [id, direction]),
    [
      ['run-L01-1', 'outgoing'],
      ['run-L01-2', 'found'],
    ],
  );
});

test('unknown: a phone hung up in the gap ends the call when that is first seen', () => {
  const scene = outgoing();
  scene.frames(20_500, false);
  scene.volts(25_000, 48);
  scene.judge(26_500);
  assert.is(scene.ended('released').endedAt, 25_000);
});

test('unknown: a ringing call waits another 6 s after the gap, and is then abandoned at its last burst', () => {
  const scene = ringing();
  scene.loop(11_000, {});
  scene.frames(12_500, false);
  scene.loop(20_000, {});
  scene.judge(25_999);
  assert.is(scene.signal, 'ringing');
  scene.judge(26_000);
  assert.is(scene.ended('abandoned').endedAt, 10_980);
});

test('a relay that moves blanks the line for 100 ms: no flash, no call, no ring', () => {
  const talking = outgoing();
  talking.position(12_000, 'between');
  talking.volts(12_005, 48);
  talking.volts(12_095, 8);
  talking.position(12_010, 'bypass');
  talking.judge(13_000);
  assert.is(talking.call?.flashes, 0);
  assert.is(talking.call?.pulseDigits, '');
  assert.is(talking.call?.bypass, true);

  const idle = new Scene().idle();
  idle.volts(9_990, 8);
  idle.position(10_000, 'bypass');
  idle.loop(10_050, ring);
  idle.volts(10_100, 48);
  idle.judge(20_000);
  assert.is(idle.calls('opened').length, 0);
});

test('after the blank the line is believed again', () => {
  const scene = new Scene().idle();
  scene.position(10_000, 'bypass');
  scene.volts(10_020, 8);
  scene.judge(10_149);
  assert.is(scene.signal, 'idle');
  scene.judge(10_150);
  assert.is(scene.signals.at(-1), 'off-hook 10100');
});

test('a switch-over onto a phone on hook ends the call `cut-over` when the relay moved', () => {
  const scene = outgoing();
  scene.volts(11_985, 48);
  scene.position(12_000, 'between');
  scene.position(12_010, 'bypass');
  scene.judge(13_499);
  assert.is(scene.signal, 'off-hook');
  scene.judge(13_500);
  const call = scene.ended('cut-over');
  assert.is(call.endedAt, 12_000);
  assert.is(call.bypass, true);
});

test('a phone lifted within 1.5 s of the switch-over keeps the call, and that is no flash', () => {
  const scene = outgoing();
  scene.position(12_000, 'bypass');
  scene.volts(12_010, 48);
  scene.volts(13_000, 8);
  scene.judge(14_000);
  assert.is(scene.signal, 'off-hook');
  assert.is(scene.call?.flashes, 0);
  assert.is(scene.calls('ended').length, 0);
});

test('a caller who had hung up before the relay moved is `released`, not `cut-over`', () => {
  const scene = outgoing();
  scene.volts(11_000, 48);
  scene.position(12_000, 'bypass');
  scene.judge(13_000);
  assert.is(scene.ended('released').endedAt, 11_000);
});

test('the first report of a position is not a move, nor is one that is not known', () => {
  const scene = new Scene();
  scene.volts(0, 48);
  scene.position(10, 'unknown');
  scene.position(20, 'normal');
  scene.judge(50);
  assert.is(scene.signal, 'idle');
});

test('ring on a loop that has opened: the old call is over and the next one is there', () => {
  const scene = outgoing();
  scene.volts(12_000, 48);
  scene.loop(12_800, ring);
  scene.judge(12_900);
  assert.is(scene.signal, 'ringing');
  assert.is(scene.ended('released').endedAt, 12_000);
  assert.is(scene.call?.direction, 'incoming');
  assert.is(scene.call?.startedAt, 12_740);
});

test('AC on an off-hook loop is not ring', () => {
  const scene = outgoing();
  scene.loop(12_000, { ...ring, volts: 8, dcVolts: 8 });
  scene.volts(14_000, 48);
  scene.judge(15_500);
  assert.is(scene.ended('released').endedAt, 14_000);
  assert.is(scene.calls('opened').length, 1);
});

test('a deadline of a clock with fractions is over when it comes, although the difference rounds to less', () => {
  // 6793.497 + 2000 - 6793.497 is 1999.999999999999.
  const scene = new Scene();
  scene.volts(6743.497, 48.1);
  scene.volts(6793.497, 48.1);
  scene.turn(8861.188);
  assert.is(scene.state.idleVolts, 48.1);
});

test('a report of a move that comes later than its blank lasts leaves no timer behind', () => {
  const scene = new Scene().idle();
  scene.volts(10_000, 49);
  scene.position(9850, 'bypass');
  assert.is(scene.state.blankUntil, null);
  scene.volts(10_020, 8);
  scene.judge(10_100);
  assert.equal(scene.signals.slice(-1), ['off-hook 10020']);
});

test('an idle turn costs nothing and changes nothing; the deadline tells when one will', () => {
  const scene = new Scene().idle();
  const before = scene.state;
  scene.turn(100_000);
  assert.is(scene.state, before);
  assert.is(nextDeadline(scene.state), undefined);
  scene.volts(100_000, 8);
  assert.is(nextDeadline(scene.state), monoMs(100_110));
});

test.run();
