/**
 * Long random nights with the real times: eight lines on two cards, faults, orders, restarts. No turn may violate what
 * the running program checks, no coil may become energised but on its way back to the PBX, and when everything is well
 * again the room comes back.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import fc from 'fast-check';
import { Bench } from './bench.ts';
import { core } from './under-test.ts';
import type { BypassCommand } from '../../../src/core/bypass/index.ts';
import '../../seeded.ts';

const cards = ['card-a', 'card-b'] as const;
const line = fc.integer({ min: 1, max: 8 }).map((n) => `L${n}`);
const card = fc.constantFrom(...cards);
const command: fc.Arbitrary<BypassCommand> = fc.oneof(
  fc.constant<BypassCommand>({ do: 'restore' }),
  fc.constant<BypassCommand>({ do: 'reset-bypass' }),
  fc.constantFrom('now' as const, 'planned' as const).map((mode) => ({ do: 'bypass' as const, mode })),
  line.map((id) => ({ do: 'bypass' as const, line: id, mode: 'planned' as const })),
  line.map((id) => ({ do: 'restore' as const, line: id })),
  line.map((id) => ({ do: 'exercise' as const, line: id })),
  line.map((id) => ({ do: 'reset-bypass' as const, line: id })),
);

type Happening = (bench: Bench) => Bench;
const on = (change: (bench: Bench) => void): Happening => {
  return (bench) => {
    change(bench);
    return bench;
  };
};

const happening: fc.Arbitrary<Happening> = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 1, max: 400 }).map((ms) => on((bench) => bench.pass(ms))) },
  {
    weight: 4,
    arbitrary: fc
      .constantFrom(1_500, 3_000, 6_000, 30_000, 130_000)
      .map((ms) => on((bench) => bench.leap(ms))),
  },
  {
    weight: 5,
    arbitrary: fc
      .constantFrom('up' as const, 'down' as const, 'unknown' as const)
      .map((verdict) => on((bench) => bench.verdict(verdict))),
  },
  {
    weight: 6,
    arbitrary: fc
      .tuple(line, fc.constantFrom('idle' as const, 'ringing' as const, 'off-hook' as const, 'dead' as const))
      .map(([id, signal]) => on((bench) => bench.line(id, signal))),
  },
  { weight: 3, arbitrary: command.map((asked) => on((bench) => void bench.order(asked))) },
  { weight: 1, arbitrary: line.map((id) => on((bench) => bench.speech(id))) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(line, fc.constantFrom('normal' as const, 'bypass' as const, 'between' as const))
      .map(([id, position]) => on((bench) => void (bench.relay(id).heldAt = position))),
  },
  {
    weight: 2,
    arbitrary: line.map((id) =>
      on((bench) => {
        delete bench.relay(id).heldAt;
      }),
    ),
  },
  {
    weight: 1,
    arbitrary: card.map((id) => on((bench) => bench.link(id, bench.card(id).linked ? 'lost' : 'up'))),
  },
  {
    weight: 1,
    arbitrary: card.map((id) => on((bench) => void (bench.card(id).supply = !bench.card(id).supply))),
  },
  { weight: 1, arbitrary: fc.boolean().map((turned) => on((bench) => bench.key(turned))) },
  {
    weight: 1,
    arbitrary: fc.boolean().map((isFileLost): Happening => (bench) => {
      const next = bench.restarted(isFileLost ? 'missing' : core.saved(bench.state));
      for (const id of cards) if (bench.card(id).linked) next.link(id, 'up');
      for (const id of next.relays.keys()) next.line(id, 'idle');
      next.effects.push(...bench.effects);
      return next;
    }),
  },
);

/** Everything is repaired and a person does what is his: the room must come back. */
function recover(bench: Bench): void {
  bench.key(false);
  for (const id of cards) {
    bench.card(id).supply = true;
    if (!bench.card(id).linked) bench.link(id, 'up');
  }
  for (const [id, relay] of bench.relays) {
    delete relay.heldAt;
    bench.line(id, 'idle', { sinceMs: 60_000 });
  }
  bench.verdict('up');
  bench.pass(3_000);
  for (const id of bench.relays.keys()) bench.order({ do: 'reset-bypass', line: id });
  bench.order({ do: 'restore' });
  for (const id of bench.relays.keys()) bench.order({ do: 'restore', line: id });
  for (let n = 0; n < 40 && bench.all() !== Array(8).fill('normal').join(' '); n += 1) {
    bench.leap(60_000);
    bench.pass(200);
  }
}

const met = new Map<string, number>();

test('random nights: nothing is violated, and the room always comes back', () => {
  fc.assert(
    fc.property(fc.array(happening, { minLength: 20, maxLength: 80 }), (night) => {
      let bench = Bench.inService({ lines: 8, perCard: 4 });
      for (const happen of night) {
        const before = core.outputs(bench.state);
        bench = happen(bench);
        const after = core.outputs(bench.state);
        for (const { id, state } of core.view(bench.state).lines)
          if (before[id] === 'release' && after[id] === 'energise')
            assert.ok(
              ['operating', 'proving', 'normal', 'waiting'].includes(state),
              `${id} energised in ${state}`,
            );
        const saved = core.saved(bench.state);
        assert.equal(JSON.parse(JSON.stringify(saved)), saved);
      }
      for (const { state } of [...bench.notices('bypass-room'), ...bench.notices('bypass-line')])
        met.set(state, (met.get(state) ?? 0) + 1);
      for (const { cutCall } of bench.notices('bypass-line'))
        if (cutCall !== undefined) met.set('call cut', (met.get('call cut') ?? 0) + 1);
      recover(bench);
      assert.is(bench.all(), Array(8).fill('normal').join(' '));
      assert.is(bench.room(), 'steady');
    }),
    { numRuns: 150 },
  );
});

test('the nights were not quiet', () => {
  const wanted = [
    'tripped',
    'held',
    'settling',
    'restoring',
    'waiting',
    'proving',
    'exercising',
    'stuck',
    'open',
    'locked',
    'unreachable',
    'call cut',
  ];
  for (const name of wanted) assert.ok((met.get(name) ?? 0) > 0, `never met: ${name}`);
});

test.run();
