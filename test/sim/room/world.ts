/** The room outside the machine: two line cards with their plants, the PBX behind both, the UPS, the wires of the contacts, people. */
import { VirtualCard } from '../../../src/sim/card.ts';
import type { Plant } from '../../../src/sim/plant.ts';
import type { PlantLine } from '../../../src/sim/plant-line.ts';
import type { Chance } from '../../../src/sim/chance.ts';
import { between } from '../../../src/sim/chance.ts';
import { text } from '../../../src/model/text.ts';
import type { Machine } from './machine.ts';
import { cards, linesPerCard, pins, places } from './room.ts';
import type { CardName, LineName } from './room.ts';
import type { Happening } from './story.ts';
import type { Asked } from './threads.ts';
import { Owner } from './time.ts';
import type { VirtualTime } from './time.ts';
import { Wire, soundWire } from './wire.ts';

const none = text('', '');
const pressMs = 120;

interface OneLine {
  readonly card: CardName;
  readonly number: number;
  readonly own: PlantLine;
  readonly plant: Plant;
}

export class World {
  readonly wires: Readonly<Record<CardName, Wire>>;
  readonly cards: Readonly<Record<CardName, VirtualCard>>;
  readonly asked: readonly Asked[];
  readonly #time: VirtualTime;
  machine: Machine | undefined;
  pbx: 'alive' | 'dead' | 'hung' = 'alive';
  /** When the PBX, or what speaks of it, last changed. */
  pbxSince: number;
  evidenceSince: number;
  isContactCut = false;
  isLanUp = true;
  isKeyTurned = false;
  isMainsOn = true;
  hasPower = true;
  /** Lines whose present call is silent. */
  readonly mute = new Set<LineName>();
  #mainsLostAt = 0;
  readonly #lines: ReadonlyMap<LineName, OneLine>;

  constructor(time: VirtualTime, random: Chance) {
    this.#time = time;
    this.pbxSince = time.now;
    this.evidenceSince = time.now;
    const wireOf = (name: string): Wire => new Wire(name, time, random);
    this.wires = { 'card-a': wireOf('card-a'), 'card-b': wireOf('card-b') };
    const cardOf = (name: CardName): VirtualCard =>
      new VirtualCard({
        ...{ link: this.wires[name].card, clock: time.crystal, after: time.afterOf(new Owner(name)) },
        ...{ serialNumber: name.toUpperCase(), lines: linesPerCard, isMute: true, seed: 1 },
        clockPpm: Math.round(between(random, -80, 80)),
      });
    this.cards = { 'card-a': cardOf('card-a'), 'card-b': cardOf('card-b') };
    this.#lines = new Map(
      places.map(({ line, card, number }) => {
        const plant = this.plantOf(card);
        return [line, { card, number, plant, own: plant.line(number) }];
      }),
    );
    // The night begins in a room that has been working for long.
    for (const { card, number } of places) this.plantOf(card).setCoil(number - 1, true);
    this.asked = [
      {
        ...{ source: 'pbx.2', everyMs: 10_000, suspectMs: 1000 },
        answer: () => ({
          ...{ kind: 'evidence', source: 'pbx.2', reason: none },
          says: this.pbx === 'alive' && this.isLanUp ? 'up' : 'down',
        }),
      },
      {
        ...{ source: 'ups.1', everyMs: 5000, suspectMs: 2000 },
        answer: () => {
          const outS = this.isMainsOn ? 0 : (time.now - this.#mainsLostAt) / 1000;
          const runtimeS = Math.max(0, 600 - 8 * outS);
          const values = {
            onBattery: !this.isMainsOn,
            runtimeS,
            batteryPercent: runtimeS / 6,
            lowBattery: false,
          };
          return this.isLanUp
            ? { kind: 'evidence', source: 'ups.1', says: 'up', reason: none, values }
            : { kind: 'evidence', source: 'ups.1', says: 'unknown', reason: none };
        },
      },
    ];
  }

  start(machine: Machine): void {
    this.machine = machine;
    for (const name of cards) this.#time.as(new Owner(name), () => this.cards[name].start());
    this.#contacts();
    this.#speak();
    machine.start();
  }

  plantOf(card: CardName): Plant {
    return this.cards[card].plant;
  }

  lineOf(name: LineName): OneLine {
    const known = this.#lines.get(name);
    if (known === undefined) throw new RangeError(`no line ${name}`);
    return known;
  }

  /** False: it could not happen now. */
  obey(what: Happening): boolean {
    const machine = this.machine;
    if (machine === undefined) return false;
    switch (what.do) {
      case 'call in': {
        const { card, number } = this.lineOf(what.line);
        const { talkMs, patienceMs, answerMs } = what;
        const isCalled = this.cards[card]
          .settle()
          .callIn(number, { talkMs, patienceMs, answerMs: answerMs ?? Infinity });
        if (isCalled) this.#muted(what.line, what.isMute);
        return isCalled;
      }
      case 'call out': {
        const { card, number } = this.lineOf(what.line);
        const { talkMs, answerMs } = what;
        const isCalled = this.cards[card].settle().callOut(number, { digits: '12', talkMs, answerMs });
        if (isCalled) this.#muted(what.line, what.isMute);
        return isCalled;
      }
      case 'hang up': {
        const { card, number } = this.lineOf(what.line);
        this.cards[card].settle().hangUp(number, what.side);
        return true;
      }
      case 'pbx':
        if (what.is === this.pbx) return false;
        this.pbx = what.is;
        this.pbxSince = this.#time.now;
        for (const name of cards)
          if (what.is === 'alive') this.cards[name].settle().returnPbx();
          else this.cards[name].settle().failPbx(what.is);
        this.#contacts();
        return true;
      case 'contact wire':
        this.isContactCut = what.isCut;
        this.evidenceSince = this.#time.now;
        this.#contacts();
        return true;
      case 'bounce':
        for (let n = 1; n <= 6; n++)
          this.#time.in(n * 3, () => machine.pin(pins.pbx, n % 2 === 1 || this.#isPbxContactOpen));
        return true;
      case 'lan':
        this.isLanUp = what.isUp;
        this.evidenceSince = this.#time.now;
        return true;
      case 'trunk': {
        const { card, own } = this.lineOf(what.line);
        this.cards[card].settle();
        own.exchange.isCut = what.is === 'cut';
        own.isHeld = what.is === 'held';
        return true;
      }
      case 'relay': {
        const { card, own, plant } = this.lineOf(what.line);
        this.cards[card].settle();
        own.relay.fail(what.fault, plant.now);
        return true;
      }
      case 'wire':
        if (!this.hasPower) return false;
        this.wires[what.card].faults = what.faults;
        return true;
      case 'drop link':
        this.wires[what.card].drop(text('断开', 'dropped'));
        return true;
      case 'reset card':
        this.cards[what.card].reset('brown-out');
        return true;
      case 'coil supply':
        if (!this.hasPower) return false;
        this.cards[what.card].settle().switchSupply(what.isOn);
        return true;
      case 'card key':
        this.cards[what.card].settle().turnKey(what.isTurned);
        return true;
      case 'key':
        this.isKeyTurned = what.isTurned;
        for (const name of cards) this.cards[name].settle().turnKey(what.isTurned);
        this.#contacts();
        return true;
      case 'order':
        return machine.order(what.via, what.command);
      case 'alarm':
        return false;
      case 'button': {
        const pin = pins[what.which];
        machine.pin(pin, false);
        this.#time.in(pressMs, () => machine.pin(pin, true));
        return true;
      }
      case 'disk':
        machine.disk.mood = what.mood;
        return true;
      case 'guard.json':
        machine.disk.spoil('/data/guard.json', what.is === 'deleted' ? undefined : '{"version":1,');
        return true;
      case 'broker':
        machine.broker(what.isUp);
        return true;
      case 'worker': {
        const thread = machine.threads.get(what.name);
        if (thread?.isRunning !== true) return false;
        if (what.how === 'dies') thread.die();
        else thread.isSilent = true;
        return true;
      }
      case 'clock':
        this.#time.wallOffset += what.stepMs;
        return true;
      case 'guard':
        if (what.how === 'crash') machine.crash();
        else if (what.how === 'start') machine.start();
        else machine.end(what.how);
        return true;
      case 'stall':
        machine.stall(what.ms);
        return machine.isRunning;
      case 'power':
        return this.#power(what.isOn);
      case 'mains':
        if (this.isMainsOn && !what.isOn) this.#mainsLostAt = this.#time.now;
        this.isMainsOn = what.isOn;
        return true;
      case 'pins':
        Object.assign(machine.pinFaults, {
          refuses: what.are === 'lost',
          failsReads: what.are === 'deaf',
          failsWrites: what.are === 'stiff',
        });
        if (what.are === 'lost') machine.losePins();
        this.evidenceSince = this.#time.now;
        return true;
      default:
        return what satisfies never;
    }
  }

  #power(isOn: boolean): boolean {
    const { machine } = this;
    if (machine === undefined || isOn === this.hasPower) return false;
    this.hasPower = isOn;
    for (const name of cards) {
      this.cards[name].settle().switchSupply(isOn);
      this.cards[name].reset('power-on');
      this.wires[name].faults = isOn ? soundWire : { ...soundWire, isCut: true };
    }
    if (isOn) {
      machine.givePower();
      this.#contacts();
    } else machine.losePower();
    return true;
  }

  #muted(line: LineName, isMute: boolean): void {
    if (isMute) this.mute.add(line);
    else this.mute.delete(line);
  }

  get #isPbxContactOpen(): boolean {
    return this.isContactCut || this.pbx !== 'alive';
  }

  /** A closed contact pulls its pin to ground. */
  #contacts(): void {
    const { machine } = this;
    if (machine === undefined) return;
    machine.pin(pins.pbx, this.#isPbxContactOpen);
    machine.pin(pins.key, this.isKeyTurned);
    machine.pin(pins.acknowledge, true);
    machine.pin(pins.silence, true);
  }

  /** Once a second the recorder hears who talks. */
  #speak(): void {
    for (const { line } of places) {
      const { own, card } = this.lineOf(line);
      if (own.isClosed && own.exchange.isTalking && !this.mute.has(line) && !this.wires[card].faults.isCut)
        this.machine?.speech(line);
    }
    this.#time.in(1000, () => {
      this.#speak();
    });
  }
}
