/** The form of guard.json. Compiled by the build: the guard loads it only where nothing was built. */
import { Type } from '@sinclair/typebox';
import { Ajv } from 'ajv';
import type { GuardMemory, GuardMemoryCheck } from './guard-memory.ts';

const age = Type.Number();
const exercise = Type.Optional(
  Type.Object({
    ageMs: Type.Number(),
    passed: Type.Boolean(),
    why: Type.Object({ zh: Type.String(), en: Type.String() }),
  }),
);
const moves = Type.Object({
  moves: Type.Integer({ minimum: 0 }),
  first: Type.Array(Type.Number(), { maxItems: 5 }),
  newest: Type.Array(Type.Number(), { maxItems: 3 }),
});
const powerCut = Type.Object({
  version: Type.Literal(1),
  cut: Type.Optional(
    Type.Object({
      id: Type.String(),
      ageMs: age,
      phase: Type.Union(
        ['on-battery', 'returning', 'restarting', 'checking'].map((phase) => Type.Literal(phase)),
      ),
      phaseAgeMs: age,
      due: Type.Record(Type.String(), age),
      steps: Type.Record(
        Type.String(),
        Type.Object({
          key: Type.String(),
          state: Type.String(),
          ageMs: age,
          by: Type.String(),
          reason: Type.Object({ zh: Type.String(), en: Type.String() }),
          askedAgeMs: Type.Optional(age),
          times: Type.Integer({ minimum: 1 }),
        }),
      ),
      checked: Type.Record(Type.String(), Type.Object({ kind: Type.String() })),
      bypass: Type.Union(['none', 'awaited', 'ordered', 'yielded'].map((part) => Type.Literal(part))),
      runtimeS: Type.Optional(Type.Number({ minimum: 0 })),
      runtimeAgeMs: Type.Optional(age),
    }),
  ),
  forms: Type.Optional(Type.Object({ cut: Type.String(), ageMs: age })),
});

/** Only what a wrong form would make dangerous is named; the rest is the core's own, written by this program. */
export const guardMemorySchema = Type.Object({
  version: Type.Literal(1),
  room: Type.String(),
  boot: Type.String(),
  wall: Type.Number(),
  decisions: Type.Object({
    bypass: Type.Object({
      version: Type.Literal(1),
      room: Type.Object({
        state: Type.Union(
          ['steady', 'confirming', 'tripped', 'held', 'settling', 'restoring'].map((state) =>
            Type.Literal(state),
          ),
        ),
        reason: Type.String(),
        urgency: Type.Optional(Type.String()),
      }),
      tripAgesMs: Type.Array(Type.Number({ minimum: 0 })),
      failedProofs: Type.Array(Type.Object({ line: Type.String(), ageMs: Type.Number({ minimum: 0 }) })),
      lines: Type.Record(
        Type.String(),
        Type.Object({
          intent: Type.Optional(Type.Object({ reason: Type.String(), urgency: Type.String() })),
          faulty: Type.Boolean(),
        }),
      ),
    }),
    alarms: Type.Object({}),
    power: Type.Optional(
      Type.Record(
        Type.String(),
        Type.Object({
          drainPerPercent: Type.Optional(Type.Number({ exclusiveMinimum: 0 })),
          autonomy: Type.Optional(
            Type.Object({ ageMs: Type.Number(), seconds: Type.Number({ minimum: 0 }), by: Type.String() }),
          ),
        }),
      ),
    ),
    powerCut: Type.Optional(powerCut),
    selfTest: Type.Optional(Type.Object({ ageMs: Type.Number({ minimum: 0 }) })),
    counters: Type.Optional(
      Type.Record(
        Type.String(),
        Type.Object({
          shown: Type.Optional(Type.Number({ minimum: 0 })),
          total: Type.Number({ minimum: 0 }),
          seen: Type.Number({ minimum: 0 }),
        }),
      ),
    ),
    relayTrends: Type.Optional(
      Type.Record(
        Type.String(),
        Type.Object({ serialNumber: Type.String(), operate: moves, release: moves }),
      ),
    ),
    exercises: Type.Optional(
      Type.Record(Type.String(), Type.Object({ knownMs: Type.Number(), relay: exercise, phone: exercise })),
    ),
    alternates: Type.Optional(
      Type.Record(Type.String(), Type.Union([Type.Literal('order'), Type.Literal('fault')])),
    ),
    bypassCalls: Type.Optional(
      Type.Object({ total: Type.Integer({ minimum: 0 }), latest: Type.Integer({ minimum: 0 }) }),
    ),
    polarities: Type.Optional(Type.Record(Type.String(), Type.Union([Type.Literal(-1), Type.Literal(1)]))),
  }),
  cards: Type.Record(Type.String(), Type.String()),
});

export const compileGuardMemory = (): GuardMemoryCheck => new Ajv().compile<GuardMemory>(guardMemorySchema);
