/** A room on which moves are tried: from its first power-on, with every move judged. */
import type { BypassConfig } from '../../../src/core/bypass/index.ts';
import { monoMs } from '../../../src/model/units.ts';
import { JudgedTurn } from './invariants.ts';
import { layoutOf, record } from './plant.ts';
import type { Happened, Layout, Move, Plant } from './plant.ts';
import { core } from './under-test.ts';

export class World {
  readonly layout: Layout;

  constructor(config: BypassConfig) {
    this.layout = layoutOf(config);
  }

  /** Linekeeper has just been switched on for the first time; every relay is where its spring put it. */
  firstPowerOn(): Plant {
    const plant: Plant = {
      at: 0,
      guard: 'alive',
      state: core.initial(this.layout.config, 'first-power-on', monoMs(0)),
      file: 'missing',
      verdict: 'unknown',
      keyTurned: false,
      cards: record(this.layout.cardIds, () => ({
        linked: true,
        feedAge: 0,
        hostLost: false,
        supply: true,
        keyTurned: false,
        silent: false,
      })),
      relays: record(this.layout.lineIds, () => ({
        coil: 'release',
        writeAge: 1,
        armature: 'bypass',
        fault: 'none',
      })),
      trunks: record(this.layout.lineIds, () => ({
        signal: 'idle',
        age: this.layout.config.settings.idleForMs,
        inBurst: false,
        ringAge: this.layout.config.settings.idleForMs,
        isSeen: true,
      })),
      ghost: {
        downFor: -1,
        roomOrdered: false,
        lineOrdered: record(this.layout.lineIds, () => false),
        reachedFor: record(this.layout.lineIds, () => -1),
        openFor: record(this.layout.lineIds, () => 0),
        faulty: record(this.layout.lineIds, () => false),
      },
    };
    const turn = new JudgedTurn(this.layout, plant);
    turn.greet();
    turn.tellLines();
    turn.settle();
    return turn.plant;
  }

  make(plant: Plant, move: Move): Happened {
    const turn = new JudgedTurn(this.layout, plant);
    turn.make(move);
    turn.judge(move);
    return { plant: turn.plant, saved: turn.saved, violations: turn.violations, marks: turn.marks };
  }

  /** What must hold in a state, whichever way led to it. */
  judgeState(plant: Plant): readonly string[] {
    const turn = new JudgedTurn(this.layout, plant);
    if (plant.guard === 'alive') turn.judgeBypassAtHand();
    return turn.violations;
  }

  /**
   * When everything is repaired, the PBX is up, nobody talks and a person has reset and ordered what is theirs, every
   * line is back on the PBX within a bounded time: nothing that happened leaves the room stranded.
   */
  judgeRecovery(plant: Plant): readonly string[] {
    if (plant.guard !== 'dead' && plant.state.stopping !== undefined) return [];
    let now = plant;
    const make = (move: Move): void => {
      now = this.make(now, move).plant;
    };
    if (now.guard !== 'alive') make({ do: now.guard === 'dead' ? 'restart' : 'continue' });
    if (now.keyTurned) make({ do: 'key', turned: false });
    for (const card of this.layout.cardIds) {
      if (now.cards[card]?.silent === true) make({ do: 'card silent', card, silent: false });
      if (now.cards[card]?.linked === false) make({ do: 'card', card, linked: true });
      if (now.cards[card]?.keyTurned === true) make({ do: 'card key', card, turned: false });
      if (now.cards[card]?.supply === false) make({ do: 'supply', card, on: true });
    }
    for (const line of this.layout.lineIds) {
      make({ do: 'repair', line });
      const signal = now.trunks[line]?.signal;
      if (signal !== 'idle')
        make({
          do: signal === 'dead' ? 'wire mended' : signal === 'ringing' ? 'ring stops' : 'hang up',
          line,
        });
    }
    if (now.verdict !== 'up') make({ do: 'verdict', verdict: 'up' });
    for (let n = 0; n < 4; n += 1) make({ do: 'tick' });
    for (const line of this.layout.lineIds) make({ do: 'order', command: { do: 'reset-bypass', line } });
    make({ do: 'order', command: { do: 'restore' } });
    for (const line of this.layout.lineIds) make({ do: 'order', command: { do: 'restore', line } });
    for (let n = 0; n < 8 * this.layout.lineIds.length; n += 1) {
      if (
        now.state.room.phase.kind === 'steady' &&
        now.state.lines.every((line) => line.step.kind === 'normal')
      )
        return [];
      make({ do: 'tick' });
    }
    const steps = now.state.lines.map((line) => `${line.id} ${line.step.kind}`).join(', ');
    return [`recovery: the room stays ${now.state.room.phase.kind}, ${steps}`];
  }

  /** The same, but the guard died after it drove the relays and before guard.json was written. */
  crashedBeforeSave(before: Plant, after: Plant): Plant {
    const turn = new JudgedTurn(this.layout, { ...after, file: before.file });
    turn.make({ do: 'crash' });
    turn.ghost({ faulty: record(this.layout.lineIds, () => false) });
    return turn.plant;
  }
}
