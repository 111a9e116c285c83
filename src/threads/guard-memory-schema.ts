/** The form of guard.json. Compiled by the build: the guard loads it only where nothing was built. */
import { Type } from '@sinclair/typebox';
import { Ajv } from 'ajv';
import type { GuardMemory, GuardMemoryCheck } from './guard-memory.ts';

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
  }),
  cards: Type.Record(Type.String(), Type.String()),
});

export const compileGuardMemory = (): GuardMemoryCheck => new Ajv().compile<GuardMemory>(guardMemorySchema);
