/**
 * What must be true of the room at every moment, told by the world and not by the program's own account of itself: I1 to I9 of the
 * specification over coils and contacts, calls that are never cut unmarked or before their time, alarms that never get lost, the horn
 * that sounds, acknowledgements that outlive a restart. Where bytes are on their way, or the program was not there to see, it has time.
 */
import * as bypass from '../../../src/core/bypass/index.ts';
import { hasCall, isDownConfirmed } from '../../../src/core/bypass/intent.ts';
import { coilOf } from '../../../src/core/bypass/read-back.ts';
import type { LinePart } from '../../../src/core/bypass/state.ts';
import { check, outputs, step } from '../../../src/core/room/step.ts';
import type { RoomState } from '../../../src/core/room/state.ts';
import { alarmViews } from '../../../src/core/room/views.ts';
import type { Alarm } from '../../../src/core/alarm/regions.ts';
import { severities } from '../../../src/model/alarm.ts';
import type { Effect } from '../../../src/model/effect.ts';
import type { BypassSettings } from '../../../src/model/room.ts';
import type { Command, RoomEvent } from '../../../src/model/event.ts';
import { monoMs } from '../../../src/model/units.ts';
import type { Onlookers } from './machine.ts';
import { cards, hostLostMs, pins, places } from './room.ts';
import type { CardName, LineName } from './room.ts';
import type { VirtualTime } from './time.ts';
import { Violation } from './violation.ts';
import type { World } from './world.ts';

const lookMs = 100;
/** From a decision to the coil, and from the coil to the report, with a frame that was lost and repeated. */
const commandMs = 2500;
/** From a change on the trunk to the core's knowing of it. */
const seenMs = 700;
const person = { via: 'panel', name: 'i8' } as const;

/** Since when something has been so without a break; `undefined`: it is not. */
class Since {
  at: number | undefined;
  is(now: number, isSo: boolean): void {
    this.at = isSo ? (this.at ?? now) : undefined;
  }
  ms(now: number): number {
    return this.at === undefined ? 0 : now - this.at;
  }
}

class LineSeen {
  readonly closed = new Since();
  readonly open = new Since();
  readonly between = new Since();
  readonly stuck = new Since();
  readonly cut = new Since();
  readonly ringing = new Since();
  /** Of a burst that lasted long enough to be known. */
  lastRingAt = -Infinity;
  lastSpeechAt = -Infinity;
  wantedAt = -Infinity;
  pulsedAt = -Infinity;
  releasedAt = -Infinity;
  orderedAt = -Infinity;
  isFaulty = false;
  wasNormal = false;
  /** A call was torn off its contact then, and must be told until the second moment. */
  torn: { readonly at: number; readonly due: number } | undefined;
}

/** The longest pause of the horn for a critical alarm, and time to see it. */
const pauseMsMax = 1800;

class CardSeen {
  readonly adopted = new Since();
  readonly wireCut = new Since();
  readonly noSupply = new Since();
  readonly keyTurned = new Since();
  resetAt = -Infinity;
}

export class Truths implements Onlookers {
  readonly counts: Record<string, number> = {};
  /** The first that was found: it may have been thrown where nobody listens. */
  violation: string | undefined;
  readonly #time: VirtualTime;
  readonly #world: World;
  readonly #settings: BypassSettings;
  readonly #tell: (what: string) => void;
  readonly #lines = new Map<LineName, LineSeen>(places.map(({ line }) => [line, new LineSeen()]));
  readonly #cards = new Map<CardName, CardSeen>(cards.map((card) => [card, new CardSeen()]));
  readonly #awake = new Since();
  readonly #pinsSound = new Since();
  readonly #evidence = new Since();
  readonly #healthy = new Since();
  readonly #pbxGood = new Since();
  readonly #pbxBad = new Since();
  readonly #contactGood = new Since();
  readonly #lanGood = new Since();
  readonly #downConfirmed = new Since();
  readonly #keyTurned = new Since();
  readonly #probes = new Since();
  readonly #unsilenced = new Since();
  readonly #offered = new Map<string, number>();
  readonly #expected = new Map<string, { readonly ids: readonly string[]; readonly due: number }>();
  #commands = new Map<string, Command>();
  #state: RoomState | undefined;
  #cleanAt: number;
  #roomOrderedAt = -Infinity;
  #silencedAt = -Infinity;
  #hornAt = -Infinity;
  #savedAt = -Infinity;
  #endedAt = -Infinity;
  #memoryLostAt = -Infinity;
  /** The room stood in bypass long enough for guard.json to know it. */
  #mustBeHeld: 'tripped' | 'held' | undefined;
  readonly #inBypass = new Since();
  #alarms: ReadonlyMap<string, Alarm> = new Map();
  #soundsSince = new Map<string, number>();
  #ackedAt = new Map<string, number>();
  /** What a process that ended had acknowledged long enough ago. */
  #mustBeAcked: readonly string[] = [];
  #isFirstTurn = false;
  #bypassTriedAt = 0;
  #judgedAt = 0;

  constructor(time: VirtualTime, world: World, settings: BypassSettings, tell: (what: string) => void) {
    this.#time = time;
    this.#world = world;
    this.#settings = settings;
    this.#tell = tell;
    this.#cleanAt = time.now;
    for (const { line, card, number } of places) {
      const plant = world.plantOf(card);
      const set = plant.setCoil.bind(plant);
      if (number !== 1) continue;
      plant.setCoil = (index, isOn) => {
        const was = plant.coil(index);
        set(index, isOn);
        const name = places.find((place) => place.card === card && place.number === index + 1)?.line ?? line;
        if (was !== isOn) this.#coil(name, card, isOn);
      };
    }
    const look = (): void => {
      this.#look();
      time.in(lookMs, look);
    };
    time.in(lookMs, look);
  }

  // ---- Onlookers ----------------------------------------------------------------------------------------------------

  readonly core = {
    step: (state: RoomState, event: RoomEvent) => {
      if (event.kind === 'command') this.#commands.set(event.id, event.command);
      if (event.kind === 'contact' && event.point === 'silence' && event.closed === true)
        this.#silencedAt = this.#time.now;
      if (event.kind === 'command' && event.command.do === 'acknowledge') this.#isAckedNow = true;
      if (event.kind === 'contact' && event.point === 'acknowledge') this.#isAckedNow = true;
      if (event.kind === 'speech') this.#line(event.line as LineName).lastSpeechAt = this.#time.now;
      const next = step(state, event);
      for (const effect of next.effects) this.#effect(effect);
      if (next.state.bypass !== state.bypass) this.#moved(state, next.state);
      if (event.kind === 'turn') this.#turned(next.state);
      return next;
    },
    outputs: (state: RoomState) => {
      if (state.found['linekeeper/guard.unfit'] === undefined) this.#cleanAt = this.#time.now;
      return outputs(state);
    },
    check,
  };

  happened(what: string): void {
    this.#tell(what);
  }
  count(what: string): void {
    this.counts[what] = (this.counts[what] ?? 0) + 1;
  }
  broken(what: string): void {
    this.#violate(`at run time: ${what}`);
  }
  started(): void {
    this.count('guard started');
    this.#tell('guard: starts');
    this.#isFirstTurn = true;
    this.#state = undefined;
    this.#alarms = new Map();
    this.#soundsSince = new Map();
    this.#silencedAt = -Infinity;
    this.#commands = new Map();
    this.#roomOrderedAt = -Infinity;
    for (const line of this.#lines.values()) line.orderedAt = -Infinity;
    this.#expected.clear();
  }
  ended(why: 'crash' | 'orderly'): void {
    this.count(why === 'crash' ? 'guard crashed' : 'guard ended');
    const { now } = this.#time;
    this.#endedAt = now;
    const disk = this.#world.machine?.disk;
    const isDiskWell = disk?.mood === 'well';
    const sure = [...this.#ackedAt].filter(
      ([id, at]) =>
        isDiskWell &&
        now - Math.max(at, disk.unwellAt + 6000) > 1000 &&
        this.#alarms.get(id)?.ack === 'acked',
    );
    const phase = this.#state?.bypass.room.phase.kind;
    const isKnown = isDiskWell && now - disk.unwellAt > 8000 && now - this.#memoryLostAt > 15_000;
    const isHeld = isKnown && this.#inBypass.ms(now) > 1500 && this.#awake.ms(now) > 1500;
    const isByKey = this.#state?.bypass.room.reason === 'key';
    this.#mustBeHeld = isHeld && !isByKey && (phase === 'tripped' || phase === 'held') ? phase : undefined;
    this.#inBypass.is(now, false);
    const isAwake = this.#awake.ms(now) > 1000 || why === 'orderly';
    this.#mustBeAcked = isAwake && now - this.#memoryLostAt > 15_000 ? sure.map(([id]) => id) : [];
    this.#ackedAt = new Map();
    for (const [id, at] of this.#offered) if (now - at < 20_000) this.#offered.delete(id);
    for (const line of this.#lines.values()) line.torn = undefined;
  }
  offered(id: string): void {
    if (!this.#offered.has(id)) this.#offered.set(id, this.#time.now);
  }

  /** Nothing is remembered of guard.json any more. */
  memoryLost(): void {
    this.#memoryLostAt = this.#time.now;
    this.#mustBeAcked = [];
    for (const line of this.#lines.values()) line.isFaulty = false;
  }
  cardReset(card: CardName): void {
    this.#card(card).resetAt = this.#time.now;
  }
  /** Relays fall and rise with the supply of the cards. */
  powerTurned(): void {
    for (const card of this.#cards.values()) card.resetAt = this.#time.now;
  }
  /** A fault after which one of these alarms must be there, by then. */
  expect(name: string, ids: readonly string[], withinMs: number): void {
    this.#expected.set(name, { ids, due: this.#time.now + withinMs });
  }
  alarmAt(share: number): string | undefined {
    const all = [...this.#alarms.keys()].sort();
    return all[Math.floor(share * all.length)];
  }
  get state(): RoomState | undefined {
    return this.#state;
  }

  // ---- what the guard decided -------------------------------------------------------------------------------------------

  #line(name: LineName): LineSeen {
    const line = this.#lines.get(name);
    if (line === undefined) throw new RangeError(name);
    return line;
  }
  #card(name: CardName): CardSeen {
    const card = this.#cards.get(name);
    if (card === undefined) throw new RangeError(name);
    return card;
  }
  #violate(what: string): never {
    this.violation ??= what;
    throw new Violation(what);
  }

  #effect(effect: Effect): void {
    const { now } = this.#time;
    if (effect.kind === 'save') this.#savedAt = now;
    if (effect.kind === 'coil-pulse') this.#line(effect.line as LineName).pulsedAt = now;
    if (effect.kind === 'power-end') this.count('end of the batteries');
    if (effect.kind !== 'notice') return;
    const { notice } = effect;
    switch (notice.kind) {
      case 'command': {
        const command = this.#commands.get(notice.id);
        this.#tell(
          `order ${command?.do ?? ''} ${notice.accepted ? 'accepted' : 'refused'}: ${notice.text.en}`,
        );
        this.count(notice.accepted ? 'order accepted' : 'order refused');
        if (!notice.accepted || command === undefined) return;
        if (command.do === 'restore' && command.line === undefined) this.#roomOrderedAt = now;
        if ((command.do === 'restore' || command.do === 'exercise') && command.line !== undefined)
          this.#line(command.line as LineName).orderedAt = now;
        if (command.do === 'reset-bypass' && command.line !== undefined)
          this.#line(command.line as LineName).isFaulty = false;
        return;
      }
      case 'bypass-room':
        this.#tell(`room ${notice.state}: ${notice.text.en}`);
        this.count(`room ${notice.state}`);
        return;
      case 'bypass-line':
        this.#tell(
          `${notice.line} ${notice.state}: ${notice.text.en}${notice.cutCall === undefined ? '' : ', call cut'}`,
        );
        this.count(`line ${notice.state}`);
        if (notice.cutCall !== undefined) {
          this.count('call cut');
          this.#line(notice.line as LineName).torn = undefined;
        }
        return;
      case 'alarm':
        this.#tell(`alarm ${notice.change} ${notice.alarm.id}`);
        this.count(`alarm ${notice.change}`);
        return;
      case 'verdict':
        this.#tell(`${notice.subject} is ${notice.verdict}: ${notice.why.en}`);
        return;
      case 'call':
        this.#tell(`${notice.call.line} call ${notice.phase} (${notice.call.direction})`);
        this.count(`call ${notice.phase}`);
        return;
      case 'power-cut':
        this.#tell(`power cut: ${notice.text.en}`);
        return;
      default:
    }
  }

  #turned(state: RoomState): void {
    const { now } = this.#time;
    this.#state = state;
    this.#judgedAt = now;
    const own = state.bypass;
    for (const line of own.lines) {
      const seen = this.#line(line.id as LineName);
      if (coilOf(line.step) === 'energise') seen.wantedAt = now;
      else if (coilOf(line.step) === 'release') seen.releasedAt = now;
    }
    const { kind } = own.room.phase;
    // Without its file the start goes by what the relays report (start matrix): the room is held only when all have told.
    const hasMemory = state.found['linekeeper/guard.json-corrupt'] === undefined;
    const isForgotten = hasMemory && kind !== 'tripped' && kind !== 'held';
    if (this.#isFirstTurn && this.#mustBeHeld !== undefined && isForgotten)
      this.#violate(`the bypass that was ${this.#mustBeHeld} is forgotten over the restart`);
    this.#inBypass.is(now, kind === 'tripped' || kind === 'held');
    this.#downConfirmed.is(now, isDownConfirmed(own, own.at));
    for (const card of cards) {
      const part = own.cards[card];
      this.#card(card).adopted.is(now, part?.link === 'up' && part.adopted);
    }
    if (now - this.#bypassTriedAt > 1900) {
      this.#bypassTriedAt = now;
      this.#bypassAtHand(state);
    }
    this.#alarmsTurned(state);
    this.#isFirstTurn = false;
  }

  /** One event, or one turn, has moved the bypass. */
  #moved({ bypass: before }: RoomState, state: RoomState): void {
    const { now } = this.#time;
    const { room, lines } = state.bypass;
    if (before.room.phase.kind !== room.phase.kind) this.#phaseTurned(before.room.phase.kind, state);
    if (before.lines === lines) return;
    for (const [n, line] of lines.entries()) {
      const seen = this.#line(line.id as LineName);
      if (coilOf(line.step) === 'energise') seen.wantedAt = now;
      else if (coilOf(line.step) === 'release') seen.releasedAt = now;
      if (line.step.kind === 'stuck' || line.step.kind === 'locked') seen.isFaulty = true;
      const was = before.lines[n];
      if (was !== undefined && was.step !== line.step) this.#lineTurned(was, line, state);
    }
  }

  #phaseTurned(was: string, { bypass: own }: RoomState): void {
    const { now } = this.#time;
    const { kind } = own.room.phase;
    if (kind === 'tripped' || kind === 'held') {
      this.#roomOrderedAt = -Infinity;
      for (const line of this.#lines.values()) line.orderedAt = -Infinity;
    }
    if (kind !== 'tripped' || was === 'tripped') return;
    this.count('trip');
    if (own.verdict !== 'down') this.#violate(`I4 tripped with verdict ${own.verdict}`);
    const isWell =
      Math.min(this.#pbxGood.ms(now), this.#lanGood.ms(now)) > 20_000 && this.#contactGood.ms(now) > 3000;
    if (isWell && this.#pinsSound.ms(now) > 10_000) this.#violate('I4 tripped on a PBX that is well');
  }

  #lineTurned(was: LinePart, line: LinePart, { bypass: own }: RoomState): void {
    const { now } = this.#time;
    const name = line.id as LineName;
    const seen = this.#line(name);
    const { card, own: trunk } = this.#world.lineOf(name);
    const isSeen = this.#world.wires[card].soundMs > 2000 && this.#card(card).adopted.ms(now) > 2000;
    const isCall = isSeen && seen.closed.ms(now) > seenMs && this.#awake.ms(now) > 1000;
    const { kind } = own.room.phase;
    const isRoomInBypass = kind === 'tripped' || kind === 'held';
    if (line.step.kind === 'operating') {
      this.count('restore');
      const isFromExercise = was.step.kind === 'exercising';
      const isOrdered = Math.max(this.#roomOrderedAt, seen.orderedAt) > -Infinity;
      if (own.verdict === 'down') this.#violate(`I3 ${name} is restored with verdict down`);
      if (own.verdict !== 'up' && !isOrdered && !isFromExercise)
        this.#violate(`I3 ${name} is restored without up, and nobody ordered it`);
      if (isCall) this.#violate(`I3 ${name} is restored with a call`);
      if (isSeen && !isFromExercise && now - seen.lastRingAt < this.#settings.idleForMs - seenMs)
        this.#violate(`I3 ${name} is restored within idleFor of a ring`);
      if (isRoomInBypass) this.#violate(`I6 ${name} is restored in a ${kind} room`);
      if (seen.isFaulty)
        this.#violate(`I6 ${name} is energised though its relay is faulty and nobody reset it`);
      if (['locked', 'stuck', 'open', 'unreachable'].includes(was.step.kind))
        this.#violate(`I6 ${name} is energised out of ${was.step.kind}`);
      const isKnownDead =
        Math.min(this.#pbxBad.ms(now), this.#evidence.ms(now), this.#awake.ms(now)) > 20_000;
      if (isKnownDead && !isOrdered && !isFromExercise)
        this.#violate(`I3 ${name} is restored to a PBX that is dead`);
    }
    if (line.step.kind === 'normal' && (was.step.kind === 'proving' || was.step.kind === 'operating'))
      this.count('line back');
    if (line.step.kind === 'unreachable') this.count('link lost');
    if (coilOf(was.step) !== 'energise' || coilOf(line.step) !== 'release') return;
    const part = own.cards[line.card];
    const isLetGo =
      line.report?.coil === 'release' || line.step.kind === 'locked' || part?.coilSupply !== true;
    const isAsked =
      isRoomInBypass ||
      own.stopping?.how === 'stop' ||
      line.intent !== undefined ||
      part?.key === 'turned' ||
      line.step.kind === 'exercising';
    const isUnfed = was.step.kind === 'operating' && part?.hostLost === true;
    if (!isLetGo && !isAsked && !isUnfed) this.#violate(`I9 ${name} is released and nobody asked for it`);
    if (hasCall(was) && hasCall(line) && line.cut === was.cut)
      this.#violate(`a call on ${name} is cut without a mark`);
    if (!isCall || isLetGo || trunk.exchange.isCut || trunk.isHeld) return;
    const isNow =
      line.intent?.urgency === 'now' || (own.room.phase.kind === 'held' && own.room.phase.urgency === 'now');
    if (isNow) return;
    if (was.step.kind !== 'waiting' || was.step.capFrom === undefined)
      this.#violate(`the call on ${name} is cut without waiting`);
    const waitedMs = own.at - was.step.capFrom;
    if (waitedMs < this.#settings.busyCapMs - 50)
      this.#violate(`the call on ${name} is cut after ${waitedMs} ms`);
    if (waitedMs < this.#settings.callCapMs - 50 && now - seen.lastSpeechAt < 9000)
      this.#violate(`the call on ${name} is cut while somebody speaks`);
  }

  /** I8: from here, one order takes every line that can be reached to its phone. */
  #bypassAtHand({ bypass: own }: RoomState): void {
    const { at } = own;
    const command = { do: 'bypass', mode: 'now' } as const;
    const ordered = bypass.step(own, { kind: 'command', at, id: 'i8', by: person, command }).state;
    const coils = bypass.outputs(bypass.step(ordered, { kind: 'turn', at: monoMs(at) }).state);
    for (const [id, coil] of Object.entries(coils))
      if (coil !== 'release') this.#violate(`I8 ${id} does not obey an order to bypass`);
  }

  // ---- alarms ---------------------------------------------------------------------------------------------------------

  #alarmsTurned(state: RoomState): void {
    const { now } = this.#time;
    const all = new Map([...state.alarm.alarms].filter(([, { count }]) => count > 0));
    if (all.size === 0 && this.#alarms.size === 0 && !this.#isFirstTurn) return;
    if (this.#isFirstTurn) this.#alarmsTakenUp(all);
    const sounding = new Set(alarmViews(state).flatMap(({ id, sounds }) => (sounds ? [id] : [])));
    for (const view of all.values()) {
      const was = this.#alarms.get(view.id);
      if (view.ack === 'acked' && was?.ack !== 'acked') this.#ackedAt.set(view.id, now);
      if (sounding.has(view.id) && view.severity === 'critical') {
        if (!this.#soundsSince.has(view.id) || was?.severity !== 'critical' || was.count !== view.count)
          this.#soundsSince.set(view.id, now);
      } else this.#soundsSince.delete(view.id);
    }
    for (const [id, was] of this.#alarms) {
      if (all.has(id)) continue;
      this.#ackedAt.delete(id);
      this.#soundsSince.delete(id);
      const isOut = was.suppressions.some(({ kind }) => kind !== 'shelved');
      if (was.ack === 'unacked' && !isOut && !this.#isAckedNow)
        this.#violate(`the alarm ${id} is gone and nobody acknowledged it`);
    }
    this.#alarms = all;
    this.#isAckedNow = false;
    for (const [name, { ids, due }] of this.#expected) {
      if (ids.some((id) => all.has(id))) this.#expected.delete(name);
      else if (now > due && this.#awake.ms(now) > due - now + 5000)
        this.#violate(`no alarm of ${name} (${ids.join(' or ')})`);
    }
    const isUnsilenced = [...this.#soundsSince.values()].some((at) => at > this.#silencedAt);
    this.#unsilenced.is(now, isUnsilenced);
  }
  #isAckedNow = false;

  #alarmsTakenUp(all: ReadonlyMap<string, Alarm>): void {
    for (const id of this.#mustBeAcked) {
      const view = all.get(id);
      if (view === undefined) this.#violate(`the alarm ${id} is lost over the restart`);
      const hasRisen =
        severities.indexOf(view.severity) < severities.indexOf(this.#alarms.get(id)?.severity ?? 'warning');
      if (view.ack !== 'acked' && !hasRisen)
        this.#violate(`the acknowledgement of ${id} is lost over the restart`);
      this.count('acknowledgement kept over a restart');
    }
    this.#mustBeAcked = [];
  }

  // ---- what the coils did -----------------------------------------------------------------------------------------------

  #coil(name: LineName, card: CardName, isOn: boolean): void {
    const { now } = this.#time;
    const seen = this.#line(name);
    const { lateMs } = this.#world.wires[card].faults;
    const onTheWayMs = commandMs + lateMs;
    this.#tell(`${name} coil ${isOn ? 'energised' : 'released'}`);
    if (isOn) {
      this.count('coil energised');
      const isPulse = now - seen.pulsedAt <= onTheWayMs;
      if (!isPulse && now - seen.wantedAt > onTheWayMs)
        this.#violate(`I6 ${name} becomes energised and no guard wants it`);
      return;
    }
    const isOwn =
      this.#world.cards[card].isHostLost || now - this.#card(card).resetAt < 100 || !this.#world.hasPower;
    if (this.#world.cards[card].isHostLost) this.count('taken over by the card');
    if (!isOwn && now - seen.releasedAt > onTheWayMs && now - seen.pulsedAt > onTheWayMs)
      this.#violate(`I9 ${name} is released and neither guard nor card wants it`);
  }

  // ---- what the world shows ---------------------------------------------------------------------------------------------

  #look(): void {
    const { now } = this.#time;
    const world = this.#world;
    const { machine } = world;
    if (machine === undefined) return;
    const isAwake = machine.isAwake && this.#state !== undefined && now - this.#judgedAt < 400;
    this.#awake.is(now, isAwake);
    const { refuses, failsReads, failsWrites } = machine.pinFaults;
    const isPinned =
      !refuses && !failsReads && !failsWrites && this.#state?.found['linekeeper/gpio.lost/pi'] === undefined;
    this.#pinsSound.is(now, isPinned && isAwake);
    const isPbx = world.pbx === 'alive';
    this.#pbxGood.is(now, isPbx);
    this.#pbxBad.is(now, !isPbx && now - world.pbxSince < Infinity);
    this.#contactGood.is(now, isPbx && !world.isContactCut && now - world.evidenceSince > 500);
    this.#lanGood.is(now, world.isLanUp);
    const probes = machine.threads.get('probes');
    this.#probes.is(now, probes?.isRunning === true && !probes.isSilent);
    this.#evidence.is(
      now,
      isPinned &&
        world.isLanUp &&
        !world.isContactCut &&
        this.#probes.ms(now) > 3000 &&
        now - world.evidenceSince > 1500,
    );
    this.#keyTurned.is(now, world.isKeyTurned);
    // The ticks of `unwell` are shorter than a turn of this simulation when nothing is due: they are believed.
    const ticks = machine.isRunning && this.#state?.annunciator.horn?.tone === 'unwell';
    if (ticks || machine.chip.level(pins.horn)) this.#hornAt = now;
    this.#healthy.is(now, machine.chip.level(pins.healthy));
    for (const card of cards) this.#lookAtCard(card);
    for (const { line, card } of places) this.#lookAtLine(line, card);
    this.#lookAtGuard();
  }

  #lookAtGuard(): void {
    const { now } = this.#time;
    const machine = this.#world.machine;
    if (machine === undefined) return;
    const isUnfit = this.#state?.found['linekeeper/guard.unfit'] !== undefined;
    if (isUnfit && this.#awake.ms(now) > 1000) this.count('unfit, 50 ms');
    const mayBeHealthy = machine.isRunning && !isUnfit;
    if (!mayBeHealthy && this.#healthy.ms(now) > 500 && now - this.#endedAt > 500)
      this.#violate('`healthy` is energised and nobody is fit');
    if (this.#pinsSound.ms(now) > 3000 && this.#unsilenced.ms(now) > 2500 && now - this.#hornAt > pauseMsMax)
      this.#violate(
        `a critical alarm sounds and the horn does not: ${[...this.#soundsSince.keys()].join(', ')}`,
      );
    const state = this.#state;
    if (state === undefined) return;
    const { kind } = state.bypass.room.phase;
    const knownMs = Math.min(this.#pbxBad.ms(now), this.#evidence.ms(now), this.#awake.ms(now));
    if (knownMs > 30_000 && kind !== 'tripped' && kind !== 'held' && this.#hasAnsweringLines())
      this.#violate(
        `the PBX has been ${this.#world.pbx} for ${Math.round(knownMs / 1000)} s and the room is ${kind}`,
      );
    if (
      this.#awake.ms(now) > 3000 &&
      this.#pinsSound.ms(now) > 3000 &&
      this.#keyTurned.ms(now) > 3000 &&
      !this.#alarms.has('room/bypass.key')
    )
      this.#violate('the key is turned and there is no alarm');
    const { mood } = machine.disk;
    const isRefused =
      (mood === 'full' || mood === 'read-only') && now - this.#savedAt < 3000 && now - this.#savedAt > 1500;
    const toldDisk = 'linekeeper/disk.not-writable/guard.json';
    if (isRefused && this.#awake.ms(now) > 4000 && machine.disk.moodMs > 3500 && !this.#alarms.has(toldDisk))
      this.#violate('guard.json cannot be written and there is no alarm');
  }

  /** Something speaks of the PBX that can be heard: the room trips only on two kinds of evidence. */
  #hasAnsweringLines(): boolean {
    return true;
  }

  #lookAtCard(name: CardName): void {
    const { now } = this.#time;
    const seen = this.#card(name);
    const wire = this.#world.wires[name];
    const plant = this.#world.plantOf(name);
    seen.wireCut.is(now, wire.faults.isCut);
    seen.noSupply.is(now, !plant.coilSupply && !plant.keyIsTurned);
    seen.keyTurned.is(now, plant.keyIsTurned);
    const awakeMs = this.#awake.ms(now);
    const standsFor = (since: Since, ms: number): boolean => Math.min(since.ms(now), awakeMs) > ms;
    const isTold = (...ids: readonly string[]): boolean => ids.some((id) => this.#alarms.has(id));
    if (standsFor(seen.wireCut, 6500) && !isTold(`${name}/card.lost`, `${name}/bypass.unreachable`))
      this.#violate(`the link of ${name} is cut and there is no alarm`);
    const heardMs = Math.min(wire.soundMs, seen.adopted.ms(now));
    if (heardMs > 2500 && standsFor(seen.noSupply, 2500) && !isTold(`${name}/bypass.coil-supply`))
      this.#violate(`${name} has no coil supply and there is no alarm`);
    if (heardMs > 2500 && standsFor(seen.keyTurned, 2500) && !isTold(`${name}/bypass.key`))
      this.#violate(`the key of ${name} is turned and there is no alarm`);
  }

  #lookAtLine(name: LineName, card: CardName): void {
    const { now } = this.#time;
    const seen = this.#line(name);
    const { own, plant, number } = this.#world.lineOf(name);
    const contact = own.relay.contact(plant.now);
    const isCoilOn = plant.coil(number - 1);
    seen.closed.is(now, own.isClosed);
    seen.open.is(now, !own.isClosed);
    seen.between.is(now, contact === 'between');
    seen.stuck.is(now, contact === 'normal' && !isCoilOn);
    seen.cut.is(now, own.exchange.isCut);
    seen.ringing.is(now, own.exchange.rings(plant.now));
    if (seen.ringing.ms(now) >= seenMs) seen.lastRingAt = now;
    const wire = this.#world.wires[card];
    const heardMs = Math.min(wire.soundMs, this.#card(card).adopted.ms(now), this.#awake.ms(now));
    // A call that leaves the PBX's side.
    if (
      seen.wasNormal &&
      contact !== 'normal' &&
      heardMs > 3000 &&
      !own.isHeld &&
      !own.exchange.isCut &&
      seen.closed.ms(now) > 1500
    ) {
      const cut = this.#state?.bypass.lines.find(({ id }) => id === name)?.cut;
      const cutAgoMs = cut === undefined || this.#state === undefined ? Infinity : this.#state.at - cut.at;
      if (cutAgoMs > 3000) seen.torn = { at: now, due: now + 3000 };
    }
    seen.wasNormal = contact === 'normal';
    if (heardMs < 3000) seen.torn = undefined;
    if (seen.torn !== undefined && now > seen.torn.due)
      this.#violate(`the call on ${name} lost its contact and nobody is told`);
    const isTold = (...types: readonly string[]): boolean =>
      types.some((type) => this.#alarms.has(`${name}/${type}`));
    if (heardMs > 3500 && seen.between.ms(now) > 3500 && !isTold('bypass.open', 'bypass.locked'))
      this.#violate(`I7 ${name} is open and nobody is told`);
    if (heardMs > 4500 && seen.stuck.ms(now) > 4500 && !isTold('bypass.stuck', 'bypass.locked'))
      this.#violate(`${name} is stuck on the PBX and nobody is told`);
    if (
      heardMs > 9000 &&
      seen.cut.ms(now) > 9000 &&
      !isTold('line.dead') &&
      !this.#alarms.has(`${card}/line.dead/cable`)
    )
      this.#violate(`the trunk of ${name} is cut and nobody is told`);
    this.#lookAtCoil(name, card, isCoilOn);
  }

  #lookAtCoil(name: LineName, card: CardName, isCoilOn: boolean): void {
    if (!isCoilOn) return;
    const { now } = this.#time;
    const seen = this.#line(name);
    const { callCapMs, loopOpenMs } = this.#settings;
    const absentMs = now - this.#cleanAt;
    if (absentMs > hostLostMs + Math.min(callCapMs, 600_000) + 1500)
      this.#violate(`I1 ${name} is energised after ${Math.round(absentMs / 1000)} s without a clean turn`);
    if (absentMs > hostLostMs + 1500 && seen.open.ms(now) > loopOpenMs + 1500)
      this.#violate(
        `I1 ${name} is energised without a call, after ${Math.round(absentMs / 1000)} s without a clean turn`,
      );
    const wire = this.#world.wires[card];
    const askedMs = Math.min(
      this.#downConfirmed.ms(now),
      this.#awake.ms(now),
      this.#card(card).adopted.ms(now),
      wire.soundMs,
    );
    if (askedMs > commandMs && seen.open.ms(now) > loopOpenMs + commandMs)
      this.#violate(`I2 ${name} has no call and stays on a PBX that is down`);
    if (askedMs > callCapMs + commandMs)
      this.#violate(`I2 ${name} stays on a PBX that is down for longer than callCap`);
  }

  // ---- the end of the night ---------------------------------------------------------------------------------------------

  /** Everything is well again, and people have done what is theirs. */
  judgeEnd(): void {
    const state = this.#state;
    const machine = this.#world.machine;
    if (state === undefined || machine === undefined) this.#violate('recovery: no guard runs in the end');
    for (const { line, card, number } of places) {
      const { own, plant } = this.#world.lineOf(line);
      const kind = state.bypass.lines.find(({ id }) => id === line)?.step.kind;
      if (kind !== 'normal' || !plant.coil(number - 1) || own.relay.contact(plant.now) !== 'normal')
        this.#violate(`recovery: ${line} of ${card} is ${kind ?? 'unknown'} in the end`);
    }
    const { kind } = state.bypass.room.phase;
    if (kind !== 'steady') this.#violate(`recovery: the room is ${kind} in the end`);
    const { received, order } = machine.centre;
    const newest = machine.outbox?.span();
    if (newest?.pending !== 0) this.#violate(`events: ${newest?.pending ?? 'all'} wait in the end`);
    if (newest.dropped !== 0) this.#violate('events: some were dropped');
    for (let seq = 1; seq <= newest.newest; seq++)
      if (!received.has(seq)) this.#violate(`events: ${seq} of ${newest.newest} never reached the centre`);
    order.forEach((seq, n) => {
      if (n > 0 && seq < (order[n - 1] ?? 0)) this.#violate(`events: ${seq} came after ${order[n - 1] ?? 0}`);
    });
    const ids = new Set(received.values());
    const { now } = this.#time;
    for (const [id, at] of this.#offered)
      if (now - at > 3000 && !ids.has(id))
        this.#violate('events: one that the front was given never reached the centre');
    this.counts['event reported'] = received.size;
  }
}
