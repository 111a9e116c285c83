/** What can happen next in a plant, in families, so that each exploration says what it covers. */
import type { Layout, Move, Plant } from './plant.ts';
import type { LineId } from '../../../src/model/ids.ts';
import type { Verdict } from '../../../src/model/watch.ts';

type Family = (world: Layout, plant: Plant) => readonly Move[];

const isAlive = (plant: Plant): boolean => plant.guard === 'alive';

export const time: Family = () => [{ do: 'tick' }];

export const verdicts: Family = (_, plant) =>
  isAlive(plant)
    ? (['up', 'down', 'unknown'] as const)
        .filter((verdict: Verdict) => verdict !== plant.verdict)
        .map((verdict) => ({ do: 'verdict', verdict }))
    : [];

export const calls: Family = (world, plant) => world.lineIds.flatMap((line) => callMoves(world, plant, line));

function callMoves(world: Layout, plant: Plant, line: LineId): Move[] {
  const trunk = plant.trunks[line];
  switch (trunk?.signal) {
    case 'idle':
      return [
        { do: 'ring', line },
        { do: 'off hook', line },
      ];
    case 'ringing':
      return [
        { do: 'off hook', line },
        trunk.inBurst ? { do: 'burst ends', line } : { do: 'next burst', line },
        // The line machine calls a ring over only after a whole period of silence.
        ...(trunk.ringAge >= world.config.settings.idleForMs ? [{ do: 'ring stops', line } as const] : []),
      ];
    case 'off-hook':
      // The line machine calls a loop open only after loopOpen.
      return trunk.age >= world.config.settings.loopOpenMs ? [{ do: 'hang up', line }] : [];
    case 'dead':
    case undefined:
      return [];
  }
}

/** Calls with one burst each: enough where only "does it ring, is it answered" matters. */
export const rings: Family = (world, plant) =>
  calls(world, plant).filter(
    (move) =>
      move.do !== 'next burst' && !(move.do === 'off hook' && plant.trunks[move.line]?.signal === 'idle'),
  );

/** Calls without ringing: enough where only "is there a call" matters. */
export const seizures: Family = (world, plant) =>
  world.lineIds.flatMap((line): Move[] => {
    const trunk = plant.trunks[line];
    if (trunk?.signal === 'idle') return [{ do: 'off hook', line }];
    return trunk?.signal === 'off-hook' && trunk.age >= world.config.settings.loopOpenMs
      ? [{ do: 'hang up', line }]
      : [];
  });

export const wireCuts: Family = (world, plant) =>
  world.lineIds.flatMap((line): Move[] => {
    const signal = plant.trunks[line]?.signal;
    return signal === 'dead' ? [{ do: 'wire mended', line }] : [{ do: 'wire cut', line }];
  });

export const speech: Family = (world, plant) =>
  isAlive(plant)
    ? world.lineIds
        .filter((line) => plant.state.lines.find((one) => one.id === line)?.step.kind === 'waiting')
        .map((line) => ({ do: 'speech', line }))
    : [];

export const roomOrders: Family = (_, plant) =>
  isAlive(plant)
    ? [
        { do: 'order', command: { do: 'bypass', mode: 'now' } },
        { do: 'order', command: { do: 'bypass', mode: 'planned' } },
        { do: 'order', command: { do: 'restore' } },
        { do: 'order', command: { do: 'reset-bypass' } },
      ]
    : [];

export const bypassOrder: Family = (_, plant) =>
  isAlive(plant) && plant.state.room.phase.kind === 'steady'
    ? [{ do: 'order', command: { do: 'bypass', mode: 'now' } }]
    : [];

export const restoreOrder: Family = (_, plant) =>
  isAlive(plant) ? [{ do: 'order', command: { do: 'restore' } }] : [];

export const lineOrders: Family = (world, plant) =>
  isAlive(plant)
    ? world.lineIds.flatMap((line): Move[] => [
        { do: 'order', command: { do: 'bypass', line, mode: 'now' } },
        { do: 'order', command: { do: 'bypass', line, mode: 'planned' } },
        { do: 'order', command: { do: 'restore', line } },
      ])
    : [];

export const lineResets: Family = (world, plant) =>
  isAlive(plant)
    ? world.lineIds
        .filter((line) => plant.state.lines.find((one) => one.id === line)?.step.kind === 'locked')
        .map((line) => ({ do: 'order', command: { do: 'reset-bypass', line } }))
    : [];

export const exercises: Family = (world, plant) =>
  isAlive(plant) ? world.lineIds.map((line) => ({ do: 'order', command: { do: 'exercise', line } })) : [];

/** With a person at the phone. */
export const phoneExercises: Family = (world, plant) =>
  isAlive(plant)
    ? world.lineIds.map((line) => ({ do: 'order', command: { do: 'exercise', line, level: 2 } }))
    : [];

export const portFailures: Family = (world, plant) =>
  isAlive(plant) ? world.lineIds.map((line) => ({ do: 'port fails', line })) : [];

export const roomKey: Family = (_, plant) => [{ do: 'key', turned: !plant.keyTurned }];

export const cardKeys: Family = (world, plant) =>
  world.cardIds.map((card) => ({ do: 'card key', card, turned: plant.cards[card]?.keyTurned !== true }));

export const supplies: Family = (world, plant) =>
  world.cardIds.map((card) => ({ do: 'supply', card, on: plant.cards[card]?.supply !== true }));

export const links: Family = (world, plant) =>
  plant.guard === 'stalled'
    ? []
    : world.cardIds.map((card) => ({ do: 'card', card, linked: plant.cards[card]?.linked !== true }));

export const silences: Family = (world, plant) =>
  plant.guard === 'stalled'
    ? []
    : world.cardIds.map((card) => ({ do: 'card silent', card, silent: plant.cards[card]?.silent !== true }));

const isSound = (plant: Plant, line: LineId): boolean => plant.relays[line]?.fault === 'none';
const isBetween = (plant: Plant, line: LineId): boolean => plant.relays[line]?.armature === 'between';

export const relayFaults: Family = (world, plant) =>
  world.lineIds.flatMap((line): Move[] =>
    isSound(plant, line)
      ? [...(isBetween(plant, line) ? [] : [{ do: 'weld', line } as const]), { do: 'open', line }]
      : [{ do: 'repair', line }],
  );

export const crashes: Family = (_, plant) =>
  plant.guard === 'alive' ? [{ do: 'crash' }] : plant.guard === 'dead' ? [{ do: 'restart' }] : [];

export const lostFiles: Family = (_, plant) =>
  plant.guard === 'dead' && plant.file !== 'missing' ? [{ do: 'lose guard.json' }] : [];

export const stalls: Family = (_, plant) =>
  plant.guard === 'alive' ? [{ do: 'stall' }] : plant.guard === 'stalled' ? [{ do: 'continue' }] : [];

export const stops: Family = (_, plant) =>
  isAlive(plant) && plant.state.stopping === undefined ? [{ do: 'stop' }] : [];

export const any =
  (world: Layout, ...families: readonly Family[]) =>
  (plant: Plant): Move[] =>
    families.flatMap((family) => family(world, plant));
