/**
 * One line of the virtual room, from the exchange to whoever the changeover joins to it: PBX port or seat phone. The card's
 * tap is on the trunk side, so it sees and hears the pair in both positions. Stepped by the millisecond.
 */
import type { LineChannel } from '../../firmware-bridge/codec/stream.ts';
import { Changeover } from './changeover.ts';
import { Exchange, ringHz, ringVoltsRms } from './exchange.ts';
import { LoopMeter } from './loop-meter.ts';
import { Party } from './party.ts';

const feedVolts = 48.1;
/** Across a closed loop, with the current that flows. */
const talkVolts = 9.1;
const talkMilliamps = 22;
/** What a closed loop leaves of the ringing voltage until the exchange trips it. */
const loadedRing = 0.2;
const samplesPerMs = 8;

export type LineHappening = 'ring-on' | 'ring-off' | 'off-hook' | 'on-hook';

export class PlantLine {
  readonly relay = new Changeover();
  readonly exchange: Exchange;
  readonly pbx = new Party();
  readonly phone = new Party();
  /** The card's own loop switch. */
  isSeized = false;
  /** The pair to the seat phone is open: it neither rings nor draws current. */
  isPhoneCut = false;
  /** Something else on the trunk holds it off hook. */
  isHeld = false;
  readonly #meter = new LoopMeter();
  readonly #happened: (what: LineHappening, at: number) => void;
  #isClosed = false;
  #isRinging = false;
  #phase = 0;

  constructor(seedOfCall: () => number, happened: (what: LineHappening, at: number) => void) {
    this.exchange = new Exchange(seedOfCall);
    this.#happened = happened;
  }

  /** Current flows on the trunk. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  get volts(): number {
    if (this.exchange.isCut) return 0;
    const volts = this.#isClosed ? talkVolts : feedVolts;
    return this.exchange.isReversed ? -volts : volts;
  }

  get milliamps(): number {
    if (!this.#isClosed) return 0;
    return this.exchange.isReversed ? -talkMilliamps : talkMilliamps;
  }

  /** Loop current through the seat phone. */
  phoneMilliamps(at: number): number {
    const isUsed = this.relay.contact(at) === 'bypass' && this.phone.isOffHook && !this.isPhoneCut;
    return isUsed ? Math.abs(this.milliamps) : 0;
  }

  /** Nothing happens on this line, and nothing will before somebody acts on it. */
  get #isAtRest(): boolean {
    return (
      !this.#isClosed &&
      !this.#isRinging &&
      !this.isSeized &&
      !this.isHeld &&
      !this.pbx.isOffHook &&
      !this.phone.isOffHook &&
      this.exchange.state === 'idle'
    );
  }

  /** The millisecond that begins at `at`; its samples go to `audio` (silent so far) from `offset` on. */
  step(at: number, audio: Int16Array | undefined, offset: number): void {
    if (this.#isAtRest) {
      this.#meter.add(at, this.volts, 0, 0, 0);
      return;
    }
    const contact = this.relay.contact(at);
    const { exchange, pbx, phone } = this;
    const rings = exchange.rings(at);
    const { isCleared, isCut } = exchange;
    pbx.step(at, contact === 'normal', rings, isCleared, !isCut);
    phone.step(at, contact === 'bypass' && !this.isPhoneCut, rings, isCleared, !isCut);
    const closed =
      !isCut &&
      (this.isSeized ||
        this.isHeld ||
        (contact === 'normal' && pbx.isOffHook) ||
        (contact === 'bypass' && phone.isOffHook && !this.isPhoneCut));
    if (closed !== this.#isClosed) {
      this.#isClosed = closed;
      this.#happened(closed ? 'off-hook' : 'on-hook', at);
    }
    if (rings !== this.#isRinging) {
      this.#isRinging = rings;
      this.#phase = 0;
      this.#happened(rings ? 'ring-on' : 'ring-off', at);
    }
    exchange.step(at, closed);
    const peak = rings ? ringVoltsRms * Math.SQRT2 * (closed ? loadedRing : 1) : 0;
    this.#meter.add(at, this.volts, peak, this.#phase, ringHz);
    this.#phase = (this.#phase + ringHz / 1000) % 1;
    if (closed && audio !== undefined)
      for (let i = 0; i < samplesPerMs; i++) audio[offset + i] = Math.round(exchange.sample(at));
  }

  /** The 20 ms that end at `at`. */
  read(at: number, into: LineChannel): void {
    this.#meter.read(at, this.milliamps, into);
  }
}
