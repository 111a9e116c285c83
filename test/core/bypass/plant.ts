/**
 * The equipment room around the bypass core, with a clock that counts in ticks: line cards with their own watchdog,
 * relays that weld and open, trunks, the PBX's verdict, key, coil supply, people, guard.json, crash and restart.
 *
 * `moves` are the things that can happen next; `make` lets one happen, gives the core its events and a turn, drives the
 * relays as it says, and tells what was violated. One tick is a second or so in the room; every time of the core is
 * compressed to a few ticks, so that all orders of events are reached.
 */
import type { BusId, LineId } from '../../../src/model/ids.ts';
import type { CoilCommand, LineBypassState, RelayReport } from '../../../src/model/bypass.ts';
import type { Actor } from '../../../src/model/event.ts';
import type { LineSignal } from '../../../src/model/line.ts';
import type { Verdict } from '../../../src/model/watch.ts';
import type {
  BypassCommand,
  BypassConfig,
  BypassEvent,
  BypassState,
  SavedBypass,
} from '../../../src/core/bypass/index.ts';
import { monoMs } from '../../../src/model/units.ts';
import { core } from './under-test.ts';

/** Times in ticks. `hostLost` is the card's own. */
export const ticks = { hostLost: 2, never: 1_000_000 };

export function configOf(cards: readonly BusId[], linesPerCard: number): BypassConfig {
  return {
    settings: {
      confirmMs: 1,
      busyCapMs: 1,
      callCapMs: 2,
      idleForMs: 2,
      loopOpenMs: 1,
      restoreAfterMs: 1,
      spacingMs: 1,
      proveMs: 2,
      ringLimitMs: 1,
      restoresPerHour: 2,
      restore: 'when-idle',
    },
    values: {
      readBackLookMs: 1,
      readBackFaultMs: 1,
      acknowledgeMs: 3,
      speechMs: 2,
      exerciseMs: 2,
      burstWaitMs: 1,
      openPulseMs: 1,
      countedMs: 2,
      askAfterMs: ticks.never,
      overdueMs: ticks.never,
      callCutMs: 1,
      stopMs: 2,
    },
    hostLostMs: ticks.hostLost,
    lines: cards.flatMap((card, c) =>
      Array.from({ length: linesPerCard }, (_, n) => ({
        id: `L${c * linesPerCard + n + 1}`,
        card,
        relay: n + 1,
        phone: `800${c * linesPerCard + n + 1}`,
      })),
    ),
    allowFromCentre: true,
  };
}

type Armature = 'normal' | 'bypass' | 'between';

interface Relay {
  readonly coil: CoilCommand;
  /** Ticks since the coil was written, clamped. */
  readonly writeAge: number;
  readonly armature: Armature;
  /** `welded`: stays where it is. `open`: neither contact, until repaired or freed by the pulse. */
  readonly fault: 'none' | 'welded' | 'open';
}
interface Trunk {
  readonly signal: Exclude<LineSignal, 'unknown'>;
  /** Ticks since it began, clamped. */
  readonly age: number;
  readonly inBurst: boolean;
  /** Ticks since the last ring, clamped. */
  readonly ringAge: number;
  /** The guard has been told the signal. */
  readonly isSeen: boolean;
}
interface Card {
  readonly linked: boolean;
  /** Ticks since the last feed, clamped. */
  readonly feedAge: number;
  readonly hostLost: boolean;
  readonly supply: boolean;
  readonly keyTurned: boolean;
}
/** What the invariants remember of the past. */
interface Ghost {
  /** Ticks for which the verdict has been down without a break, as the living guard was told; -1: not down. */
  readonly downFor: number;
  readonly roomOrdered: boolean;
  readonly lineOrdered: Readonly<Record<LineId, boolean>>;
  /** Ticks since the line's position was last adopted. */
  readonly reachedFor: Readonly<Record<LineId, number>>;
  readonly openFor: Readonly<Record<LineId, number>>;
  /** The relay was found faulty, guard.json knows it, and no person has reset it. */
  readonly faulty: Readonly<Record<LineId, boolean>>;
}
export interface Plant {
  readonly at: number;
  readonly guard: 'alive' | 'stalled' | 'dead';
  /** Kept while stalled; of no meaning while dead. */
  readonly state: BypassState;
  readonly file: SavedBypass | 'missing';
  readonly verdict: Verdict;
  readonly keyTurned: boolean;
  readonly cards: Readonly<Record<BusId, Card>>;
  readonly relays: Readonly<Record<LineId, Relay>>;
  readonly trunks: Readonly<Record<LineId, Trunk>>;
  readonly ghost: Ghost;
}

export type Move =
  | { readonly do: 'tick' | 'crash' | 'restart' | 'lose guard.json' | 'stall' | 'continue' | 'stop' }
  | { readonly do: 'verdict'; readonly verdict: Verdict }
  | { readonly do: 'key'; readonly turned: boolean }
  | { readonly do: 'order'; readonly command: BypassCommand }
  | {
      readonly do:
        | 'ring'
        | 'burst ends'
        | 'next burst'
        | 'ring stops'
        | 'off hook'
        | 'hang up'
        | 'wire cut'
        | 'wire mended'
        | 'speech';
      readonly line: LineId;
    }
  | { readonly do: 'weld' | 'open' | 'repair'; readonly line: LineId }
  | { readonly do: 'card'; readonly card: BusId; readonly linked: boolean }
  | { readonly do: 'supply'; readonly card: BusId; readonly on: boolean }
  | { readonly do: 'card key'; readonly card: BusId; readonly turned: boolean };

export interface Happened {
  readonly plant: Plant;
  /** guard.json was written: a crash just before it is a second way for this move to end. */
  readonly saved: boolean;
  readonly violations: readonly string[];
  /** Names of noteworthy happenings, so that a test can assert that they were reached. */
  readonly marks: readonly string[];
}

const person: Actor = { via: 'panel', name: 'duty' };
const clamp = (age: number, most: number): number => (age > most ? most : age);
/** How long a signal must last to mean something more. */
const ageMaxOf = (signal: Trunk['signal'], { settings }: BypassConfig): number =>
  signal === 'off-hook'
    ? settings.loopOpenMs
    : signal === 'ringing'
      ? settings.ringLimitMs
      : settings.idleForMs;
const hasCall = (trunk: Trunk): boolean => trunk.signal === 'off-hook';
const record = <K extends string, V>(keys: readonly K[], value: (key: K) => V): Record<K, V> =>
  Object.fromEntries(keys.map((key) => [key, value(key)])) as Record<K, V>;

export class World {
  readonly config: BypassConfig;
  readonly lineIds: readonly LineId[];
  readonly cardIds: readonly BusId[];
  readonly cardOf: Readonly<Record<LineId, BusId>>;
  /** Longest age that any rule of plant or invariants asks for. */
  readonly ageMax: number;

  constructor(config: BypassConfig) {
    this.config = config;
    this.lineIds = config.lines.map((line) => line.id);
    this.cardIds = [...new Set(config.lines.map((line) => line.card))];
    this.cardOf = Object.fromEntries(config.lines.map((line) => [line.id, line.card]));
    this.ageMax = ticks.hostLost + config.settings.callCapMs + 2;
  }

  /** Linekeeper has just been switched on for the first time; every relay is where its spring put it. */
  firstPowerOn(): Plant {
    const plant: Plant = {
      at: 0,
      guard: 'alive',
      state: core.initial(this.config, 'first-power-on', monoMs(0)),
      file: 'missing',
      verdict: 'unknown',
      keyTurned: false,
      cards: record(this.cardIds, () => ({
        linked: true,
        feedAge: 0,
        hostLost: false,
        supply: true,
        keyTurned: false,
      })),
      relays: record(this.lineIds, () => ({
        coil: 'release',
        writeAge: 1,
        armature: 'bypass',
        fault: 'none',
      })),
      trunks: record(this.lineIds, () => ({
        signal: 'idle',
        age: this.config.settings.idleForMs,
        inBurst: false,
        ringAge: this.config.settings.idleForMs,
        isSeen: true,
      })),
      ghost: {
        downFor: -1,
        roomOrdered: false,
        lineOrdered: record(this.lineIds, () => false),
        reachedFor: record(this.lineIds, () => -1),
        openFor: record(this.lineIds, () => 0),
        faulty: record(this.lineIds, () => false),
      },
    };
    const turn = new Turn(this, plant);
    turn.greet();
    turn.tellLines();
    turn.settle();
    return turn.plant;
  }

  make(plant: Plant, move: Move): Happened {
    const turn = new Turn(this, plant);
    turn.make(move);
    turn.judge(move);
    return { plant: turn.plant, saved: turn.saved, violations: turn.violations, marks: turn.marks };
  }

  /** What must hold in a state, whichever way led to it. */
  judgeState(plant: Plant): readonly string[] {
    const turn = new Turn(this, plant);
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
    for (const card of this.cardIds) {
      if (now.cards[card]?.linked === false) make({ do: 'card', card, linked: true });
      if (now.cards[card]?.keyTurned === true) make({ do: 'card key', card, turned: false });
      if (now.cards[card]?.supply === false) make({ do: 'supply', card, on: true });
    }
    for (const line of this.lineIds) {
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
    for (const line of this.lineIds) make({ do: 'order', command: { do: 'reset-bypass', line } });
    make({ do: 'order', command: { do: 'restore' } });
    for (const line of this.lineIds) make({ do: 'order', command: { do: 'restore', line } });
    for (let n = 0; n < 8 * this.lineIds.length; n += 1) {
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
    const turn = new Turn(this, { ...after, file: before.file });
    turn.make({ do: 'crash' });
    turn.ghost({ faulty: record(this.lineIds, () => false) });
    return turn.plant;
  }

  /** Everything about a plant that can matter later, as a string: ages instead of moments, each clamped where it stops to count. */
  keyOf(plant: Plant): string {
    const parts: (string | number)[] = [plant.guard, plant.verdict, plant.keyTurned ? 1 : 0];
    if (plant.guard !== 'alive') parts.push(fileKey(plant.file, this.config.values.countedMs));
    for (const id of this.cardIds) {
      const card = plant.cards[id];
      if (card === undefined) continue;
      parts.push(
        `${card.linked ? 1 : 0}${card.feedAge}${card.hostLost ? 1 : 0}${card.supply ? 1 : 0}${card.keyTurned ? 1 : 0}`,
      );
    }
    for (const id of this.lineIds) {
      const relay = plant.relays[id];
      const trunk = plant.trunks[id];
      if (relay === undefined || trunk === undefined) continue;
      parts.push(
        `${relay.coil}${relay.writeAge}${relay.armature}${relay.fault}`,
        `${trunk.signal}${trunk.age}${trunk.inBurst ? 1 : 0}${trunk.ringAge}${trunk.isSeen ? 1 : 0}`,
        `${plant.ghost.lineOrdered[id] === true ? 1 : 0}${plant.ghost.reachedFor[id] ?? 0}${plant.ghost.openFor[id] ?? 0}${plant.ghost.faulty[id] === true ? 1 : 0}`,
      );
    }
    parts.push(plant.ghost.downFor, plant.ghost.roomOrdered ? 1 : 0);
    if (plant.guard !== 'dead')
      parts.push(stateKey(plant.state, plant.guard === 'stalled' ? plant.at : plant.state.at));
    return parts.join('|');
  }
}

/** guard.json as far as a start looks at it. */
function fileKey(file: SavedBypass | 'missing', countedMs: number): string {
  if (typeof file === 'string') return file;
  const { state, reason, urgency } = file.room;
  const isHeld = state === 'held';
  const room = isHeld ? `held${reason}${urgency ?? ''}` : state === 'tripped' ? 'tripped' : '';
  const trips = file.tripAgesMs.filter((age) => age < countedMs);
  const proofs = file.failedProofs.filter((proof) => proof.ageMs < countedMs);
  return `${room}${trips.join()}${JSON.stringify(proofs)}${JSON.stringify(file.lines)}`;
}

/** The core's state with every moment as an age, clamped where the core stops to count it. */
function stateKey(state: BypassState, now: number): string {
  const { settings, values } = state.config;
  const age = (moment: number | undefined, most: number): number | string =>
    moment === undefined ? '-' : clamp(now - moment, most);
  const { room } = state;
  const { phase } = room;
  const counted = (moments: readonly number[]): string =>
    moments
      .map((moment) => now - moment)
      .filter((ms) => ms < values.countedMs)
      .join();
  const parts: (string | number)[] = [
    state.verdict,
    state.verdict === 'down' ? age(state.verdictSince, settings.confirmMs) : '-',
    `${state.key.turned}${state.key.known}`,
    phase.kind,
    phase.kind === 'settling' && state.verdict === 'up'
      ? age(Math.max(phase.since, state.verdictSince), settings.restoreAfterMs)
      : '-',
    phase.kind === 'held' ? phase.urgency : '-',
    phase.kind === 'restoring'
      ? `${phase.ordered}${typeof phase.canary === 'string' ? phase.canary : phase.canary.line}`
      : '-',
    phase.kind === 'held' ? room.reason : '-',
    counted(room.trips),
    room.failedProofs
      .filter((proof) => now - proof.at < values.countedMs)
      .map((proof) => `${proof.line}${now - proof.at}`)
      .join(),
    age(room.lastOperateAt, settings.spacingMs),
    state.atStart === 'unknown' ? state.notYetAdopted.join() : '-',
    state.atStart !== 'unknown' && state.notYetAdopted.length > 0 ? state.atStart : '-',
    state.stopping === undefined
      ? '-'
      : `${state.stopping.how}${age(state.stopping.since, values.stopMs)}${state.stopping.ended}`,
  ];
  for (const [id, card] of Object.entries(state.cards))
    parts.push(
      id,
      `${card.link}${card.adopted}${card.coilSupply}${card.key}${card.keyKnown}${card.hostLost}`,
    );
  for (const line of state.lines) {
    const { step, intent, report } = line;
    const stepAge =
      step.kind === 'waiting'
        ? age(step.capFrom, settings.callCapMs)
        : step.kind === 'proving'
          ? age(step.since, Math.max(settings.proveMs, settings.ringLimitMs))
          : step.kind === 'exercising'
            ? age(step.since, values.exerciseMs + values.burstWaitMs)
            : step.kind === 'releasing'
              ? `${step.pulsed}`
              : step.kind === 'locked'
                ? step.why
                : '-';
    parts.push(
      step.kind,
      stepAge,
      intent === undefined
        ? '-'
        : `${intent.reason}${intent.urgency}${intent.reason === 'failed-proof' ? age(intent.since, settings.restoreAfterMs) : ''}`,
      line.orderedAt === undefined ? 0 : 1,
      line.signal,
      line.signal === 'off-hook' || line.signal === 'unknown'
        ? '-'
        : age(
            line.signalSince,
            line.signal === 'ringing'
              ? settings.ringLimitMs
              : Math.max(settings.idleForMs, settings.loopOpenMs),
          ),
      line.inBurst ? 1 : 0,
      line.mayHaveCall ? 1 : 0,
      step.kind === 'waiting' ? age(line.lastSpeechAt, values.speechMs) : '-',
      isMoving(line) ? age(line.commandedAt, values.acknowledgeMs) : '-',
      line.reportAt === undefined ? '-' : line.reportAt > line.commandedAt ? 1 : 0,
      report === undefined
        ? '-'
        : `${report.coil}${report.position}${clamp(report.sinceWriteMs, values.readBackFaultMs)}`,
      line.contradictedSince === undefined || line.reportAt === undefined
        ? '-'
        : `${clamp(line.reportAt - line.contradictedSince, 1)}${age(line.contradictedSince, 1)}`,
      age(line.betweenSince, values.readBackFaultMs),
      line.wasFaulty ? 1 : 0,
    );
  }
  return parts.join('');
}

/** The age of the coil's command counts only where an answer is awaited, or the card does something else. */
const isMoving = ({ step, report }: BypassState['lines'][number]): boolean =>
  step.kind === 'releasing' ||
  step.kind === 'operating' ||
  step.kind === 'exercising' ||
  report?.coil !==
    (step.kind === 'normal' || step.kind === 'waiting' || step.kind === 'proving' ? 'energise' : 'release');

/** One move in the making: the plant changes step by step, the core is told, relays are driven. */
class Turn {
  readonly world: World;
  readonly before: Plant;
  plant: Plant;
  saved = false;
  /** The core as it was before the turn that is being judged. */
  stepsBefore: BypassState;
  readonly violations: string[] = [];
  readonly marks: string[] = [];

  constructor(world: World, plant: Plant) {
    this.world = world;
    this.before = plant;
    this.stepsBefore = plant.state;
    // The only object that is changed in place, for speed: nobody else holds it before the move is over.
    this.plant = { ...plant };
  }

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
      if (coil === 'energise') this.judgeEnergised(id);
      this.setRelay(id, { coil, writeAge: 0 });
    }
    for (const id of this.world.cardIds)
      if (this.card(id).linked && must(this.plant.state.cards[id]).adopted)
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
    if (this.plant.guard !== 'alive' || !card.linked) return;
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

  // ---- the invariants -------------------------------------------------------------------------------------------------

  judgeEnergised(id: LineId): void {
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

  judgeDeadline(): void {
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
      const isSeenOpen =
        this.isAdopted(id) && this.relay(id).armature === 'between' && this.trunk(id).signal !== 'dead';
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

type WithoutAt<E> = E extends unknown ? Omit<E, 'at'> : never;

function must<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('the plant has no such part');
  return value;
}
