/**
 * One move in the plant: the equipment changes, the core gets its events and its turns, relays are driven as it says.
 */
import type { BusId, LineId } from '../../../src/model/ids.ts';
import type { LineBypassState, RelayReport } from '../../../src/model/bypass.ts';
import type { BypassEvent, BypassState, SavedBypass } from '../../../src/core/bypass/index.ts';
import { monoMs } from '../../../src/model/units.ts';
import { ageMaxOf, clamp, hasCall, must, person, record, ticks } from './plant.ts';
import type { Armature, Card, Ghost, Layout, Move, Plant, Relay, Trunk } from './plant.ts';
import { core } from './under-test.ts';

type WithoutAt<E> = E extends unknown ? Omit<E, 'at'> : never;

/** One move in the making: the plant changes step by step, the core is told, relays are driven. */
export abstract class Turn {
  readonly world: Layout;
  readonly before: Plant;
  plant: Plant;
  saved = false;
  /** The core as it was before the turn that is being judged. */
  stepsBefore: BypassState;
  readonly violations: string[] = [];
  readonly marks: string[] = [];

  constructor(world: Layout, plant: Plant) {
    this.world = world;
    this.before = plant;
    this.stepsBefore = plant.state;
    // The only object that is changed in place, for speed: nobody else holds it before the move is over.
    this.plant = { ...plant };
  }

  /** A coil is about to become energised. */
  abstract judgeEnergised(id: LineId): void;
  /** Time has gone by, and nothing else has happened yet. */
  abstract judgeDeadline(): void;

  // ---- parts of the plant ----------------------------------------------------------------------------------------

  set(change: Partial<Plant>): void {
    Object.assign(this.plant, change);
  }
  ghost(change: Partial<Ghost>): void {
    this.set({ ghost: { ...this.plant.ghost, ...change } });
  }
  card(id: BusId): Card {
    return must(this.plant.cards[id]);
  }
  relay(id: LineId): Relay {
    return must(this.plant.relays[id]);
  }
  trunk(id: LineId): Trunk {
    return must(this.plant.trunks[id]);
  }
  setCard(id: BusId, change: Partial<Card>): void {
    this.set({ cards: { ...this.plant.cards, [id]: { ...this.card(id), ...change } } });
  }
  setRelay(id: LineId, change: Partial<Relay>): void {
    this.set({ relays: { ...this.plant.relays, [id]: { ...this.relay(id), ...change } } });
  }
  setTrunk(id: LineId, change: Partial<Trunk>): void {
    this.set({ trunks: { ...this.plant.trunks, [id]: { ...this.trunk(id), ...change } } });
  }
  step(id: LineId): LineBypassState {
    return must(this.plant.state.lines.find((line) => line.id === id)).step.kind;
  }
  isAdopted(id: LineId): boolean {
    return this.plant.guard === 'alive' && this.step(id) !== 'unreachable';
  }
  violate(name: string): void {
    this.violations.push(name);
  }

  // ---- the core ----------------------------------------------------------------------------------------------------

  tell(event: WithoutAt<BypassEvent>): void {
    const at = monoMs(this.plant.at);
    const { state, effects } = core.step(this.plant.state, { ...event, at });
    state.lines.forEach(({ intent }, n) => {
      if (intent !== undefined && intent.reason !== this.plant.state.lines[n]?.intent?.reason)
        this.marks.push(`own ${intent.reason}`);
    });
    this.set({ state });
    for (const effect of effects) {
      if (effect.kind === 'save') this.saved = true;
      if (effect.kind === 'coil-pulse') this.pulse(effect.line);
      if (effect.kind === 'ended') this.marks.push('orderly stop ended');
      if (effect.kind !== 'notice') continue;
      const { notice } = effect;
      if (notice.kind === 'bypass-room')
        this.marks.push(`room ${notice.state}${notice.state === 'held' ? ` ${notice.reason}` : ''}`);
      if (notice.kind === 'bypass-line') this.marks.push(`line ${notice.state}`);
      if (notice.kind === 'bypass-line' && notice.cutCall !== undefined) this.marks.push('call cut');
      if (notice.kind === 'command') this.command(event, notice.accepted);
    }
  }

  command(event: WithoutAt<BypassEvent>, accepted: boolean): void {
    if (event.kind !== 'command') return;
    const { command } = event;
    this.marks.push(`${command.do} ${accepted ? 'accepted' : 'refused'}`);
    if (!accepted) return;
    const line = 'line' in command ? command.line : undefined;
    const { lineOrdered, faulty } = this.plant.ghost;
    if (command.do === 'reset-bypass' && line !== undefined)
      this.ghost({ faulty: { ...faulty, [line]: false } });
    if (command.do === 'restore' && line === undefined) this.ghost({ roomOrdered: true });
    if ((command.do === 'restore' || command.do === 'exercise') && line !== undefined)
      this.ghost({ lineOrdered: { ...lineOrdered, [line]: true } });
    if (command.do === 'bypass')
      this.ghost({
        roomOrdered: line === undefined ? false : this.plant.ghost.roomOrdered,
        lineOrdered:
          line === undefined ? record(this.world.lineIds, () => false) : { ...lineOrdered, [line]: false },
      });
  }

  /** Turns until nothing moves; relays are driven after each, as the shell does. */
  settle(): void {
    if (this.plant.guard !== 'alive') return;
    for (let n = 0; n < 10; n += 1) {
      this.stepsBefore = this.plant.state;
      this.tell({ kind: 'turn' });
      const named = core.check(this.plant.state);
      if (named.length > 0) this.violate(`check: ${named.join(', ')}`);
      this.drive();
      if (core.nextDeadline(this.plant.state) !== this.plant.state.at) {
        if (this.saved) this.set({ file: core.saved(this.plant.state) });
        return;
      }
    }
    this.violate('the core does not come to rest');
  }

  drive(): void {
    const coils = core.outputs(this.plant.state);
    for (const id of this.world.lineIds) {
      const coil = coils[id];
      const card = this.card(must(this.world.cardOf[id]));
      if ((coil !== undefined) !== this.isAdopted(id))
        this.violate(`I7 ${id} is not commanded to exactly one side`);
      if (coil === undefined) continue;
      if (!card.linked) this.violate(`I6 ${id} is commanded over a lost link`);
      const relay = this.relay(id);
      if (relay.coil === coil) continue;
      // PROTOCOL §8: while hostLost stands a card energises nothing, whoever asks.
      if (coil === 'energise' && card.hostLost) continue;
      if (coil === 'energise') this.judgeEnergised(id);
      this.setRelay(id, { coil, writeAge: 0 });
    }
    for (const id of this.world.cardIds)
      // The health gate feeds a card only on fresh reports.
      if (this.card(id).linked && !this.card(id).silent && must(this.plant.state.cards[id]).adopted)
        this.setCard(id, { feedAge: 0, hostLost: false });
  }

  pulse(id: LineId): void {
    this.marks.push('pulse');
    const kind = this.step(id);
    if (kind !== 'releasing') this.violate(`I6 ${id} is pulsed in ${kind}`);
    this.setRelay(id, { writeAge: 0 });
    // Whether it frees the relay is the plant's choice: "repair" before the read-back is the good outcome.
  }

  report(id: BusId): void {
    const card = this.card(id);
    if (this.plant.guard !== 'alive' || !card.linked || card.silent) return;
    const relays: Record<LineId, RelayReport> = {};
    for (const line of this.world.lineIds) {
      if (this.world.cardOf[line] !== id) continue;
      const relay = this.relay(line);
      const isDead = this.trunk(line).signal === 'dead';
      relays[line] = {
        coil: relay.coil,
        // Without voltage on the trunk no tap shows anything.
        position: isDead ? 'unknown' : relay.armature,
        sinceWriteMs: relay.writeAge,
        phoneMilliamps: 0,
      };
    }
    this.tell({
      kind: 'relays',
      card: id,
      relays,
      coilSupply: card.supply && !card.keyTurned,
      bypassKey: card.keyTurned ? 'turned' : 'normal',
      hostLost: card.hostLost,
    });
  }

  /** The guard meets its cards and learns where the relays stand; the lines are seen a tick later. */
  greet(): void {
    this.tell({ kind: 'key', turned: this.plant.keyTurned });
    for (const id of this.world.cardIds) {
      if (!this.card(id).linked) continue;
      this.tell({ kind: 'card', card: id, link: 'up' });
      this.report(id);
    }
  }

  tellLine(id: LineId): void {
    const trunk = this.trunk(id);
    this.setTrunk(id, { isSeen: true });
    const isInUse = trunk.signal === 'ringing' || trunk.signal === 'off-hook';
    this.tell({
      kind: 'line',
      line: id,
      signal: trunk.signal,
      since: monoMs(this.plant.at - trunk.age),
      inBurst: trunk.inBurst,
      ...(isInUse ? { call: { id: 'call', direction: 'incoming' } } : {}),
    });
  }

  tellLines(): void {
    for (const id of this.world.lineIds)
      if (!this.trunk(id).isSeen || this.plant.at === 0)
        if (this.card(must(this.world.cardOf[id])).linked) this.tellLine(id);
  }

  // ---- what can happen ----------------------------------------------------------------------------------------------

  make(move: Move): void {
    const { world } = this;
    switch (move.do) {
      case 'tick':
        this.tick();
        break;
      case 'crash':
        this.set({ guard: 'dead', verdict: 'unknown', state: this.plant.state });
        this.ghost({
          downFor: -1,
          roomOrdered: false,
          lineOrdered: record(world.lineIds, () => false),
          reachedFor: record(world.lineIds, () => -1),
          openFor: record(world.lineIds, () => 0),
        });
        for (const id of world.lineIds) this.setTrunk(id, { isSeen: false });
        return;
      case 'lose guard.json':
        this.set({ file: 'missing' });
        this.ghost({ faulty: record(world.lineIds, () => false) });
        return;
      case 'restart': {
        const { file } = this.plant;
        const told = typeof file === 'string' ? file : (JSON.parse(JSON.stringify(file)) as SavedBypass);
        this.set({ guard: 'alive', state: core.initial(world.config, told, monoMs(this.plant.at)) });
        this.greet();
        break;
      }
      case 'stall':
        this.set({ guard: 'stalled' });
        return;
      case 'continue':
        this.set({ guard: 'alive' });
        for (const id of world.cardIds) this.report(id);
        this.tellLines();
        break;
      case 'stop':
        this.tell({ kind: 'ending', how: 'stop' });
        break;
      case 'verdict':
        this.set({ verdict: move.verdict });
        this.ghost({ downFor: move.verdict === 'down' ? 0 : -1 });
        this.tell({ kind: 'verdict', verdict: move.verdict });
        break;
      case 'key':
        this.set({ keyTurned: move.turned });
        if (this.plant.guard === 'alive') this.tell({ kind: 'key', turned: move.turned });
        break;
      case 'order':
        this.tell({ kind: 'command', id: 'c', by: person, command: move.command });
        break;
      case 'speech':
        this.tell({ kind: 'speech', line: move.line });
        break;
      case 'ring':
        this.changeTrunk(move.line, { signal: 'ringing', age: 0, inBurst: true, ringAge: 0 });
        break;
      case 'burst ends':
        this.changeTrunk(move.line, { inBurst: false });
        break;
      case 'next burst':
        this.changeTrunk(move.line, { inBurst: true, ringAge: 0 });
        break;
      case 'ring stops':
        // The line machine says so after a whole ring period of silence, and dates it back to the last burst.
        this.changeTrunk(move.line, { signal: 'idle', age: world.config.settings.idleForMs, inBurst: false });
        break;
      case 'off hook':
        this.changeTrunk(move.line, { signal: 'off-hook', age: 0, inBurst: false });
        break;
      case 'hang up':
        this.changeTrunk(move.line, { signal: 'idle', age: world.config.settings.loopOpenMs });
        break;
      case 'wire cut':
        this.changeTrunk(move.line, { signal: 'dead', age: 0, inBurst: false });
        break;
      case 'wire mended':
        this.changeTrunk(move.line, { signal: 'idle', age: 0 });
        break;
      case 'port fails':
        this.tell({ kind: 'port-failed', line: move.line });
        break;
      case 'weld':
        this.setRelay(move.line, { fault: 'welded' });
        return;
      case 'open':
        this.setRelay(move.line, { fault: 'open', armature: 'between' });
        this.report(must(world.cardOf[move.line]));
        break;
      case 'repair':
        this.setRelay(move.line, { fault: 'none' });
        return;
      case 'card':
        this.cardLink(move.card, move.linked);
        break;
      case 'supply':
        this.setCard(move.card, { supply: move.on });
        this.report(move.card);
        break;
      case 'card silent':
        this.setCard(move.card, { silent: move.silent });
        this.report(move.card);
        break;
      case 'card key':
        this.setCard(move.card, { keyTurned: move.turned });
        this.report(move.card);
        break;
    }
    this.settle();
  }

  changeTrunk(id: LineId, change: Partial<Trunk>): void {
    this.setTrunk(id, { ...change, isSeen: false });
    if (this.plant.guard === 'alive' && this.card(must(this.world.cardOf[id])).linked) this.tellLine(id);
  }

  cardLink(id: BusId, linked: boolean): void {
    this.setCard(id, { linked });
    const own = this.world.lineIds.filter((line) => this.world.cardOf[line] === id);
    for (const line of own) this.setTrunk(line, { isSeen: false });
    if (!linked)
      this.ghost({
        reachedFor: { ...this.plant.ghost.reachedFor, ...record(own, () => -1) },
      });
    if (this.plant.guard !== 'alive') return;
    this.tell({ kind: 'card', card: id, link: linked ? 'up' : 'lost' });
    if (linked) this.report(id);
    else
      for (const line of own)
        this.tell({ kind: 'line', line, signal: 'unknown', since: monoMs(this.plant.at) });
  }

  tick(): void {
    const { world } = this;
    this.set({ at: this.plant.at + 1 });
    if (this.plant.guard === 'alive') this.judgeDeadline();
    const { ghost } = this.plant;
    const { settings } = world.config;
    for (const id of world.cardIds) {
      const card = this.card(id);
      const feedAge = clamp(card.feedAge + 1, world.ageMax);
      this.setCard(id, { feedAge, hostLost: card.hostLost || feedAge >= ticks.hostLost });
    }
    for (const id of world.lineIds) {
      this.cardTakesOver(id);
      this.moveArmature(id);
      const trunk = this.trunk(id);
      this.setTrunk(id, {
        age: clamp(trunk.age + 1, ageMaxOf(trunk.signal, world.config)),
        ringAge: trunk.inBurst ? 0 : clamp(trunk.ringAge + 1, world.config.settings.idleForMs),
      });
    }
    this.ghost({
      downFor: ghost.downFor < 0 ? -1 : clamp(ghost.downFor + 1, settings.confirmMs + settings.callCapMs),
      reachedFor: record(world.lineIds, (id) =>
        this.isAdopted(id) ? clamp((ghost.reachedFor[id] ?? -1) + 1, settings.callCapMs) : -1,
      ),
    });
    if (this.plant.guard !== 'alive') return;
    for (const id of world.cardIds) this.report(id);
    this.tellLines();
  }

  /** The card's own rule (PROTOCOL: WATCHDOG): idle lines at once, busy ones when the loop opens, or at the cap. */
  cardTakesOver(id: LineId): void {
    const card = this.card(must(this.world.cardOf[id]));
    const relay = this.relay(id);
    if (!card.hostLost || relay.coil === 'release') return;
    const isCapOver = card.feedAge >= ticks.hostLost + this.world.config.settings.callCapMs;
    if (hasCall(this.trunk(id)) && !isCapOver) return;
    this.marks.push('card took a line over');
    this.setRelay(id, { coil: 'release', writeAge: 0 });
  }

  moveArmature(id: LineId): void {
    const relay = this.relay(id);
    const card = this.card(must(this.world.cardOf[id]));
    const isPulled = relay.coil === 'energise' && card.supply && !card.keyTurned;
    const armature: Armature =
      relay.fault === 'none'
        ? isPulled
          ? 'normal'
          : 'bypass'
        : relay.fault === 'open'
          ? 'between'
          : relay.armature;
    this.setRelay(id, { armature, writeAge: clamp(relay.writeAge + 1, 1) });
  }
}
