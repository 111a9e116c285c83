import * as assert from 'uvu/assert';
import fc from 'fast-check';
import type { LineEvent } from '../../../src/core/line/state.ts';
import { LoopWave } from './loop-wave.ts';
import { Scene } from './scene.ts';
import { monoMs } from '../../../src/model/units.ts';
import { nextDeadline } from '../../../src/core/line/step.ts';
import { test } from 'uvu';
import '../../seeded.ts';

const level = fc.constantFrom(
  0,
  1,
  2.9,
  3,
  5,
  5.9,
  6,
  8,
  -8,
  13.9,
  14,
  18,
  19.2,
  24,
  28.8,
  29,
  36,
  48,
  -48,
  60,
  75,
  120,
);
const pause = fc.constantFrom(
  0,
  1,
  5,
  10,
  14,
  15,
  50,
  62,
  99,
  100,
  101,
  200,
  400,
  1499,
  1500,
  2000,
  6000,
  9999,
  10_000,
);

/** Moments of real clocks have fractions, whose sums and differences round differently. */
const micros = fc.integer({ min: 0, max: 999 }).map((micro) => micro / 1000);

type Move = { readonly pauseMs: number; readonly backMs: number } & (
  | { readonly kind: 'loop'; readonly volts: number; readonly dcVolts: number; readonly ring: boolean }
  | { readonly kind: 'frames'; readonly flowing: boolean }
  | { readonly kind: 'position'; readonly position: 'normal' | 'bypass' | 'between' | 'unknown' }
  | { readonly kind: 'turn' }
);
const base = {
  pauseMs: fc.oneof(
    pause,
    fc.tuple(pause, micros).map(([ms, fraction]) => ms + fraction),
  ),
  backMs: fc.constantFrom(0, 0, 0, 15, 40, 80, 150, 700),
};
const move: fc.Arbitrary<Move> = fc.oneof(
  {
    weight: 10,
    arbitrary: fc.record({
      ...base,
      kind: fc.constant('loop' as const),
      volts: level,
      dcVolts: level,
      ring: fc.boolean(),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      ...base,
      kind: fc.constant('loop' as const),
      volts: fc.constantFrom(8, 48),
      dcVolts: fc.constantFrom(8, 48),
      ring: fc.constant(false),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ ...base, kind: fc.constant('frames' as const), flowing: fc.boolean() }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      ...base,
      kind: fc.constant('position' as const),
      position: fc.constantFrom('normal' as const, 'bypass' as const, 'between' as const, 'unknown' as const),
    }),
  },
  { weight: 8, arbitrary: fc.record({ ...base, kind: fc.constant('turn' as const) }) },
);

/** Frames that stop are told 500 ms late, and until then the last level held: there turns do make a difference. */
const steadyMove = move.filter((one) => one.kind !== 'frames' || one.flowing);

function eventOf(move: Move, at: number): LineEvent {
  const moment = monoMs(at);
  switch (move.kind) {
    case 'loop':
      return {
        kind: 'loop',
        at: moment,
        volts: move.volts,
        dcVolts: move.dcVolts,
        ringVolts: move.ring ? 80 : 0,
        ringHz: move.ring ? 25 : 0,
        milliamps: 0,
      };
    case 'frames':
      return { kind: 'frames', at: moment, flowing: move.flowing };
    case 'position':
      return { kind: 'position', at: moment, position: move.position };
    case 'turn':
      return { kind: 'turn', at: moment };
  }
}

/** Every call is opened once, answered at most once and ended at most once, in this order; one at a time; times in order. */
function assertBalanced(scene: Scene): void {
  let open: string | undefined;
  let answered = false;
  let lastEnd = -Infinity;
  const seen = new Set<string>();
  for (const effect of scene.effects) {
    if (effect.kind !== 'call') continue;
    const { call, phase } = effect;
    if (phase === 'opened') {
      assert.is(open, undefined, 'one call at a time');
      assert.not(seen.has(call.id), 'an id is used once');
      assert.ok(call.startedAt >= lastEnd, `call ${call.id} began before the one before it ended`);
      seen.add(call.id);
      open = call.id;
      answered = false;
    } else {
      assert.is(call.id, open, 'only the open call is answered or ended');
      if (phase === 'answered') {
        assert.not(answered, 'answered once');
        answered = true;
      } else {
        open = undefined;
        assert.ok(call.endedAt !== undefined && call.end !== undefined);
        assert.ok((call.answeredAt ?? call.startedAt) >= call.startedAt);
        assert.ok(call.endedAt >= (call.answeredAt ?? call.startedAt));
        lastEnd = call.endedAt;
      }
    }
  }
  assert.is(open, scene.call?.id);
}

test('random levels, gaps, moves and late events: never throws, calls are balanced, every invariant holds', () => {
  let steps = 0;
  let calls = 0;
  let ends = new Set<string>();
  fc.assert(
    fc.property(fc.array(move, { minLength: 30, maxLength: 120 }), (moves) => {
      const scene = new Scene();
      let at = 0;
      for (const one of moves) {
        at += one.pauseMs;
        scene.put(eventOf(one, Math.max(0, at - one.backMs)));
        steps++;
      }
      assertBalanced(scene);
      calls += scene.calls('opened').length;
      ends = new Set([...ends, ...scene.calls('ended').map(({ end }) => end ?? '')]);
    }),
    { numRuns: 1500 },
  );
  assert.ok(steps > 1500 && calls > 500, `${steps} steps, ${calls} calls`);
  assert.equal([...ends].sort(), ['abandoned', 'cut-over', 'line-lost', 'link-lost', 'released']);
});

test('turns in between never change what is decided, only when', () => {
  let calls = 0;
  fc.assert(
    fc.property(fc.array(steadyMove, { minLength: 1, maxLength: 60 }), (moves) => {
      const few = new Scene();
      const many = new Scene();
      let at = 0;
      for (const one of moves) {
        for (let turn = at; turn < at + one.pauseMs; turn += 20) many.turn(turn);
        at += one.pauseMs;
        const event = eventOf(one, at);
        few.put(event);
        many.put(event);
      }
      few.judge(at + 30_000);
      many.judge(at + 30_000);
      const told = (scene: Scene): unknown[] =>
        scene.effects.map((effect) => (effect.kind === 'call' ? [effect.phase, effect.call] : effect.signal));
      assert.equal(told(many), told(few));
      calls += few.calls('opened').length;
    }),
    { numRuns: 150 },
  );
  assert.ok(calls > 50, `${calls} calls`);
});

test('a line left alone comes to rest: the deadlines run out', () => {
  let rests = 0;
  fc.assert(
    fc.property(fc.array(move, { minLength: 1, maxLength: 40 }), (moves) => {
      const scene = new Scene();
      let at = 0;
      for (const one of moves) {
        at += one.pauseMs;
        scene.put(eventOf(one, at));
      }
      let deadlines = 0;
      for (let next = nextDeadline(scene.state); next !== undefined; next = nextDeadline(scene.state)) {
        scene.turn(next);
        assert.ok(++deadlines < 20, 'deadlines without end');
      }
      rests++;
    }),
    { numRuns: 500 },
  );
  assert.is(rests, 500);
});

test('random waves through the follower: calls balanced, invariants hold, events occur', () => {
  let passed = 0;
  let calls = 0;
  const piece = fc.record({
    volts: fc.constantFrom(48, 8, 8, 48, -8, 0, 24, 5),
    ms: fc.integer({ min: 1, max: 3000 }),
    ring: fc.constantFrom(0, 0, 0, 15, 25, 90),
    hz: fc.constantFrom(16, 20, 25, 50, 60),
  });
  fc.assert(
    fc.property(
      fc.array(piece, { minLength: 1, maxLength: 15 }),
      fc.integer({ min: 0, max: 8 }),
      (pieces, hum) => {
        const scene = new Scene();
        const wave = new LoopWave(48).hum(hum, 50).for(200);
        for (const { volts, ms, ring, hz } of pieces) wave.level(volts).for(ms, ring, hz);
        passed += wave.for(500).play(scene);
        assertBalanced(scene);
        calls += scene.calls('opened').length;
      },
    ),
    { numRuns: 60 },
  );
  assert.ok(passed > 1000 && calls > 30, `${passed} readings, ${calls} calls`);
});

test.run();
