/**
 * What is explored: families of happenings, each complete in itself. One machine with all of them at once would have
 * more states than can be searched in a minute; every pair of happenings that can bear on each other is in one family.
 */
import { explore } from './explorer.ts';
import type { Exploration } from './explorer.ts';
import * as m from './moves.ts';
import { configOf } from './plant.ts';
import type { Move, Plant } from './plant.ts';
import { World } from './world.ts';

export interface Family {
  readonly what: string;
  readonly states: number;
  /** Happenings that must have been met, or the family proves nothing. */
  readonly marks: readonly string[];
  readonly run: () => Exploration;
}

const oneLine = new World(configOf(['a'], 1));
/** Remembers failed proofs for longer, so that a second one can come in time. */
const remembering = new World({
  ...oneLine.layout.config,
  values: { ...oneLine.layout.config.values, countedMs: 12 },
});
const twoCards = new World(configOf(['a', 'b'], 1));
const twoRemembering = new World({
  ...twoCards.layout.config,
  values: { ...twoCards.layout.config.values, countedMs: 6 },
});
/** The first line is a dispatcher's. */
const sparing = new World({
  ...twoCards.layout.config,
  lines: twoCards.layout.config.lines.map((line, n) => (n === 0 ? { ...line, neverCanary: true } : line)),
});

/** Both lines normal, PBX up, room steady. */
function inService(world: World): Plant {
  let plant = world.make(world.firstPowerOn(), { do: 'verdict', verdict: 'up' }).plant;
  for (let n = 0; n < 20; n += 1) plant = world.make(plant, { do: 'tick' }).plant;
  return plant;
}

const ofCard =
  (world: World, card: string, moves: (plant: Plant) => readonly Move[]) =>
  (plant: Plant): readonly Move[] =>
    moves(plant).filter((move) =>
      'card' in move ? move.card === card : 'line' in move ? world.layout.cardOf[move.line] === card : true,
    );

const one = (
  families: Parameters<typeof m.any>[1][],
  options: Parameters<typeof explore>[3] = {},
): Exploration => explore(oneLine, oneLine.firstPowerOn(), m.any(oneLine.layout, ...families), options);

export const families: Readonly<Record<string, Family>> = {
  room: {
    what: 'verdicts, calls with ring bursts and speech, orders for the room, the key',
    states: 31006,
    marks: [
      'room tripped',
      'room settling',
      'room restoring',
      'room held key',
      'room held limiter',
      'call cut',
    ],
    run: () => one([m.time, m.verdicts, m.calls, m.speech, m.roomOrders, m.roomKey]),
  },
  orders: {
    what: 'orders for one line, planned and at once, with verdicts and calls',
    states: 4323,
    marks: ['bypass accepted', 'restore accepted', 'restore refused', 'call cut', 'line waiting'],
    run: () => one([m.time, m.verdicts, m.seizures, m.lineOrders, m.restoreOrder], { isRecovering: true }),
  },
  proof: {
    what: 'restored lines that ring unanswered',
    states: 4265,
    marks: ['room held failed-proof', 'line proving'],
    run: () => {
      const start = inService(remembering);
      return explore(remembering, start, m.any(remembering.layout, m.time, m.calls, m.roomOrders), {
        isRecovering: true,
      });
    },
  },
  relays: {
    what: 'relays that weld and open, repairs, resets, verdicts and calls',
    states: 23780,
    marks: ['line stuck', 'line open', 'line locked', 'pulse', 'reset-bypass accepted', 'room tripped'],
    run: () =>
      one([m.time, m.verdicts, m.seizures, m.relayFaults, m.restoreOrder, m.lineResets], {
        isRecovering: true,
      }),
  },
  supply: {
    what: 'coil supply and the card key, with verdicts and calls',
    states: 9948,
    marks: ['line bypass', 'call cut', 'coil energised', 'room held key'],
    run: () =>
      one([m.time, m.verdicts, m.seizures, m.supplies, m.cardKeys, m.restoreOrder], { isRecovering: true }),
  },
  exercise: {
    what: 'exercises with calls, ring bursts and verdicts',
    states: 4996,
    marks: ['exercise accepted', 'exercise refused', 'line exercising', 'room tripped'],
    run: () => one([m.time, m.verdicts, m.calls, m.exercises, m.restoreOrder], { isRecovering: true }),
  },
  'exercise with faults': {
    what: 'exercises of relays that fail, on trunks that die',
    states: 2906,
    marks: ['exercise accepted', 'line stuck', 'line open', 'line locked'],
    run: () =>
      one([m.time, m.relayFaults, m.exercises, m.restoreOrder, m.wireCuts, m.lineResets], {
        isRecovering: true,
      }),
  },
  'dead trunks': {
    what: 'trunks that ring, die and live again, with orders to restore',
    states: 683,
    marks: ['coil energised', 'line proving', 'line locked'],
    run: () => one([m.time, m.calls, m.wireCuts, m.restoreOrder], { isRecovering: true }),
  },
  crash: {
    what: 'crash and restart at every moment, guard.json lost or one write behind',
    states: 34230,
    marks: ['card took a line over', 'room settling', 'room held unknown', 'room tripped', 'call cut'],
    run: () =>
      one([m.time, m.verdicts, m.seizures, m.crashes, m.lostFiles, m.roomOrders], {
        isCrashing: true,
      }),
  },
  'crash with faults': {
    what: 'crash and restart with relays that weld and open',
    states: 27656,
    marks: ['line stuck', 'line locked', 'card took a line over'],
    run: () =>
      one([m.time, m.verdicts, m.crashes, m.relayFaults, m.restoreOrder], {
        isCrashing: true,
        isRecovering: true,
      }),
  },
  'crash with orders': {
    what: 'crash and restart with orders for one line and a card that comes and goes',
    states: 2212,
    marks: ['line unreachable', 'bypass accepted', 'call cut'],
    run: () =>
      one([m.time, m.crashes, m.seizures, m.lineOrders, m.links], { isCrashing: true, isRecovering: true }),
  },
  links: {
    what: 'a card that is lost and comes back, with verdicts, calls and coil supply',
    states: 32413,
    marks: ['line unreachable', 'card took a line over', 'call cut', 'room tripped'],
    run: () => one([m.time, m.verdicts, m.seizures, m.links, m.supplies, m.restoreOrder]),
  },
  'links with faults': {
    what: 'a card that is lost and comes back with faulty relays',
    states: 938,
    marks: ['line unreachable', 'line stuck', 'line locked', 'pulse', 'reset-bypass accepted'],
    run: () => one([m.time, m.links, m.relayFaults, m.restoreOrder, m.lineResets], { isRecovering: true }),
  },
  stall: {
    what: 'a guard that stands still and goes on',
    states: 34695,
    marks: ['card took a line over', 'call cut', 'room tripped'],
    run: () => one([m.time, m.verdicts, m.seizures, m.stalls, m.restoreOrder], { isRecovering: true }),
  },
  stop: {
    what: 'orderly stop with verdicts, calls and orders',
    states: 14560,
    marks: ['orderly stop ended', 'line waiting'],
    run: () => one([m.time, m.verdicts, m.seizures, m.stops, m.roomOrders]),
  },
  'two cards': {
    what: 'two lines on two cards: canary, spacing, verdicts and calls',
    states: 7567,
    marks: ['room tripped', 'room restoring', 'room steady', 'call cut'],
    run: () =>
      explore(
        twoCards,
        twoCards.firstPowerOn(),
        m.any(twoCards.layout, m.time, m.verdicts, m.seizures, m.restoreOrder),
      ),
  },
  'exercise with the phone': {
    what: 'a person lifts the phone of an exercised line, or nobody does; verdicts, calls, orders',
    states: 4381,
    marks: ['own exercise-phone', 'exercise refused', 'room tripped', 'coil energised'],
    run: () => one([m.time, m.verdicts, m.calls, m.phoneExercises, m.restoreOrder], { isRecovering: true }),
  },
  'exercise with crashes': {
    what: 'both exercises, crash and restart, a card that comes and goes',
    states: 2437,
    marks: ['own exercise-phone', 'own exercise-kept', 'line unreachable', 'card took a line over'],
    run: () =>
      explore(
        oneLine,
        inService(oneLine),
        m.any(oneLine.layout, m.time, m.seizures, m.exercises, m.phoneExercises, m.crashes, m.links),
        { isCrashing: true, isRecovering: true },
      ),
  },
  'dead ports': {
    what: 'two lines on two cards: ports that fail alone, with verdicts, calls and orders',
    states: 10147,
    marks: ['own port-alone-failed', 'room tripped', 'restore accepted', 'call cut'],
    run: () =>
      explore(
        twoCards,
        inService(twoCards),
        m.any(twoCards.layout, m.time, m.verdicts, m.seizures, m.portFailures, m.restoreOrder),
        { isRecovering: true },
      ),
  },
  'two proofs': {
    what: 'two lines on two cards that ring unanswered after a restore, together and alone',
    states: 54973,
    marks: ['room held failed-proof', 'own port-alone-failed'],
    run: () =>
      explore(
        twoRemembering,
        inService(twoRemembering),
        m.any(twoRemembering.layout, m.time, m.rings, m.bypassOrder, m.restoreOrder),
      ),
  },
  'stale reports': {
    what: 'a card whose link stands but which reports nothing, with verdicts and calls',
    states: 28886,
    marks: ['room tripped', 'card took a line over', 'call cut'],
    run: () => one([m.time, m.verdicts, m.seizures, m.silences]),
  },
  'spared line': {
    what: 'two lines on two cards, one of them never the canary: verdicts, calls and orders',
    states: 6559,
    marks: ['room restoring', 'room steady', 'line proving'],
    run: () =>
      explore(
        sparing,
        sparing.firstPowerOn(),
        m.any(sparing.layout, m.time, m.verdicts, m.seizures, m.restoreOrder),
        { isRecovering: true },
      ),
  },
  'faults of one card': {
    what: 'two cards in service: everything that can break on one card leaves the other card alone',
    states: 13510,
    marks: ['line unreachable', 'line stuck', 'line locked', 'card took a line over'],
    run: () =>
      explore(
        twoCards,
        inService(twoCards),
        ofCard(
          twoCards,
          'a',
          m.any(twoCards.layout, m.time, m.seizures, m.links, m.supplies, m.cardKeys, m.relayFaults),
        ),
        { alwaysNormal: 'L2' },
      ),
  },
};
