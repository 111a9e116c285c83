/** I1 to I9 of state-machines.md over one move of the plant, each told by its name. */
import type { LineId } from '../../../src/model/ids.ts';
import type { BypassCommand } from '../../../src/core/bypass/index.ts';
import { monoMs } from '../../../src/model/units.ts';
import { clamp, hasCall, must, person, record, ticks } from './plant.ts';
import type { Move } from './plant.ts';
import { Turn } from './turn.ts';
import { core } from './under-test.ts';

export class JudgedTurn extends Turn {
  override judgeEnergised(id: LineId): void {
    const { world, plant } = this;
    const { phase } = plant.state.room;
    const trunk = this.trunk(id);
    const kind = must(plant.state.lines.find((one) => one.id === id)).step.kind;
    const was = must(this.stepsBefore.lines.find((one) => one.id === id)).step.kind;
    this.marks.push('coil energised');
    // A line may read bypass and be taken back in one turn; every other state lets no coil be energised.
    if (kind !== 'operating' || (was !== 'bypass' && was !== 'releasing' && was !== 'exercising'))
      this.violate(`I6 ${id} becomes energised on the way from ${was} to ${kind}`);
    if (plant.ghost.faulty[id] === true)
      this.violate(`I6 ${id} becomes energised though faulty and not reset`);
    if (phase.kind === 'tripped' || phase.kind === 'held')
      this.violate(`I6 ${id} becomes energised in a ${phase.kind} room`);
    if (hasCall(trunk)) this.violate(`I3 ${id} restored with a call`);
    const isFromExercise = was === 'exercising';
    if (trunk.ringAge < world.config.settings.idleForMs && !isFromExercise)
      this.violate(`I3 ${id} restored within idleFor of a ring`);
    if (plant.verdict === 'down') this.violate(`I3 ${id} restored with verdict down`);
    const isOrdered = plant.ghost.roomOrdered || plant.ghost.lineOrdered[id] === true;
    if (plant.verdict !== 'up' && !isOrdered)
      this.violate(`I3 ${id} restored without up, and nobody ordered it`);
    if (this.relay(id).fault === 'welded') this.marks.push('welded relay energised');
  }

  override judgeDeadline(): void {
    const { state } = this.plant;
    const deadline = core.nextDeadline(state);
    if (deadline !== undefined && deadline <= this.plant.at) return;
    const after = core.step(state, { kind: 'turn', at: monoMs(this.plant.at) }).state;
    if (after.room !== state.room || after.lines.some((line, n) => line !== state.lines[n]))
      this.violate('deadline: time alone changed a decision before the next deadline');
  }

  judge(move: Move): void {
    const { world, plant, before } = this;
    const { settings } = world.config;
    for (const id of world.lineIds) {
      const card = this.card(must(world.cardOf[id]));
      const relay = this.relay(id);
      if (card.feedAge > ticks.hostLost + settings.callCapMs) {
        if (relay.coil !== 'release') this.violate(`I1 ${id} is energised though its card is long unfed`);
        // A relay that was repaired just now springs back with the next tick.
        const hadTime = relay.writeAge >= 1 && move.do === 'tick';
        if (relay.fault === 'none' && hadTime && relay.armature !== 'bypass')
          this.violate(`I1 ${id} is not at its phone though its card is long unfed`);
      }
    }
    if (plant.guard !== 'alive') return;
    this.judgeOtherCards(move);
    this.forgetOrders();
    const { phase } = plant.state.room;
    const was = before.state.room.phase;
    const isDown = plant.ghost.downFor >= settings.confirmMs;
    if (isDown && phase.kind !== 'tripped' && phase.kind !== 'held')
      this.violate('I5 a confirmed down does not trip');
    if (before.guard === 'alive') {
      if (phase.kind === 'tripped' && was.kind !== 'tripped' && !isDown)
        this.violate('I4 tripped without a confirmed down');
      const isAsked =
        move.do === 'order' || move.do === 'key' || move.do === 'card key' || move.do === 'card';
      if (was.kind === 'tripped' && phase.kind !== 'tripped' && plant.verdict !== 'up' && !isAsked)
        this.violate('I4 a trip was withdrawn without up');
      if (was.kind === 'held' && phase.kind !== 'held' && !isAsked)
        this.violate('I4 a held room was let go by itself');
    }
    const openFor: Record<LineId, number> = {};
    const faulty: Record<LineId, boolean> = {};
    for (const id of world.lineIds) {
      this.judgeOnItsWay(id, isDown);
      const isHeard = !this.card(must(world.cardOf[id])).silent;
      const isSeenOpen =
        isHeard &&
        this.isAdopted(id) &&
        this.relay(id).armature === 'between' &&
        this.trunk(id).signal !== 'dead';
      const ticked = move.do === 'tick' ? 1 : 0;
      openFor[id] = isSeenOpen ? clamp((plant.ghost.openFor[id] ?? 0) + ticked, 2) : 0;
      if ((openFor[id] ?? 0) >= 2 && !this.isToldOpen(id))
        this.violate(`I7 ${id} is open and nobody is told`);
    }
    for (const id of world.lineIds)
      faulty[id] = plant.ghost.faulty[id] === true || this.step(id) === 'locked' || this.step(id) === 'stuck';
    this.ghost({ openFor, faulty });
  }

  isToldOpen(id: LineId): boolean {
    const { state, at } = this.plant;
    return core
      .conditions(state, monoMs(at))
      .some(({ key }) => key.type === 'bypass.open' && key.subject === id);
  }

  /** I9: what breaks on one card sends no line of another card to bypass. */
  judgeOtherCards(move: Move): void {
    const { cardOf, lineIds } = this.world;
    const card = 'card' in move ? move.card : 'line' in move ? cardOf[move.line] : undefined;
    if (card === undefined || this.before.guard !== 'alive') return;
    for (const id of lineIds)
      if (
        cardOf[id] !== card &&
        this.relay(id).coil === 'release' &&
        this.before.relays[id]?.coil === 'energise'
      )
        this.violate(`I9 ${id} of another card is moved by "${move.do}" on ${card}`);
  }

  /** I2: a PBX that is down keeps no line longer than a call may last. */
  judgeOnItsWay(id: LineId, isDown: boolean): void {
    const { settings } = this.world.config;
    if (!isDown || !this.isAdopted(id)) return;
    const trunk = this.trunk(id);
    const { downFor } = this.plant.ghost;
    const reachedFor = this.plant.ghost.reachedFor[id] ?? -1;
    const askedFor = Math.min(downFor - settings.confirmMs, reachedFor);
    const { coil } = this.relay(id);
    if (coil === 'release') return;
    if (trunk.isSeen && !hasCall(trunk)) this.violate(`I2 ${id} has no call and stays on a PBX that is down`);
    if (askedFor >= settings.callCapMs)
      this.violate(`I2 ${id} stays on a PBX that is down for longer than callCap`);
  }

  /** I8: from here, one order takes every line that can be reached to its phone. */
  judgeBypassAtHand(): void {
    const at = monoMs(this.plant.at);
    const command: BypassCommand = { do: 'bypass', mode: 'now' };
    const ordered = core.step(this.plant.state, { kind: 'command', at, id: 'i8', by: person, command }).state;
    const coils = core.outputs(core.step(ordered, { kind: 'turn', at }).state);
    for (const [id, coil] of Object.entries(coils))
      if (coil !== 'release') this.violate(`I8 ${id} does not obey an order to bypass`);
  }

  /** A person's order is spent when the room no longer restores, or the line is back. */
  forgetOrders(): void {
    const { phase } = this.plant.state.room;
    const isInBypass = phase.kind === 'tripped' || phase.kind === 'held';
    const { roomOrdered, lineOrdered } = this.plant.ghost;
    const next = record(
      this.world.lineIds,
      (id) => lineOrdered[id] === true && !isInBypass && this.step(id) !== 'normal',
    );
    const isSame = this.world.lineIds.every((id) => next[id] === lineOrdered[id]);
    const isStill = roomOrdered && phase.kind === 'restoring';
    if (!isSame || isStill !== roomOrdered) this.ghost({ roomOrdered: isStill, lineOrdered: next });
  }
}
