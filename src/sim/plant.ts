/**
 * The virtual room behind one line card: lines with their exchange, PBX ports, seat phones and changeover relays; the coil
 * supply with its key switch; contacts and outputs. It knows nothing of the wire protocol and of real time: `step` moves it
 * on by one millisecond.
 */
import type { LineHappening } from './plant-line.ts';
import { PlantLine } from './plant-line.ts';

export interface PlantOptions {
  readonly lines: number;
  readonly seed: number;
  /** This contact is closed while the PBX is well; 0: none. */
  readonly pbxContact: number;
  /** This line is no trunk but an extension of the PBX, which feeds it and gives it dial tone; 0: none. */
  readonly extension?: number;
  readonly happened?: (line: number, what: LineHappening, at: number) => void;
}

export interface CallIn {
  readonly answerMs: number;
  readonly talkMs: number;
  readonly patienceMs: number;
}
export interface CallOut {
  readonly digits: string;
  readonly answerMs: number;
  readonly talkMs: number;
}

export type InputWire = 'sound' | 'cut' | 'short';
export const inputCount = 4;
export const outputCount = 4;
/** Samples of one millisecond of one channel. */
export const samplesPerMs = 8;

export class Plant {
  readonly lines: readonly PlantLine[];
  /** True = closed. */
  readonly inputs: boolean[] = Array.from({ length: inputCount }, () => true);
  /** What is wrong with the wire of each input. */
  readonly inputWires: InputWire[] = Array.from({ length: inputCount }, () => 'sound');
  readonly outputs: boolean[] = Array.from({ length: outputCount }, () => false);
  readonly #coils: boolean[];
  readonly #pbxContact: number;
  readonly #extension: PlantLine | undefined;
  #supplyIsOn = true;
  #keyIsTurned = false;
  #pbx: 'alive' | 'dead' | 'hung' = 'alive';
  #calls = 0;
  /** Milliseconds since the beginning. */
  now = 0;

  constructor({ lines, seed, pbxContact, extension = 0, happened }: PlantOptions) {
    this.#pbxContact = pbxContact;
    this.#coils = Array.from({ length: lines }, () => false);
    const seedOfCall = (): number => Math.imul(seed + 1, 0x9e3779b1) + ++this.#calls * 0x85ebca6b;
    this.lines = this.#coils.map(
      (_, i) =>
        new PlantLine(seedOfCall, (what, at) => {
          happened?.(i + 1, what, at);
        }),
    );
    this.#extension = this.lines[extension - 1];
    this.#nobodyOnExtension();
  }

  /** Nothing but the card is on the pair of a spare extension. */
  #nobodyOnExtension(): void {
    if (this.#extension === undefined) return;
    this.#extension.pbx.isPresent = false;
    this.#extension.phone.isPresent = false;
  }

  /** Line `number`, counted from 1. */
  line(number: number): PlantLine {
    const line = this.lines[number - 1];
    if (line === undefined) throw new RangeError(`no line ${number}`);
    return line;
  }

  /** The millisecond that begins now; channel `i`'s samples go to `audio`, if anybody listens, at `i * stride + offset`. */
  step(audio: Int16Array | undefined, stride: number, offset: number): void {
    for (let i = 0; i < this.lines.length; i++) this.lines[i]?.step(this.now, audio, i * stride + offset);
    this.now++;
  }

  // ---- relays ---------------------------------------------------------------------------------------------------

  setCoil(index: number, energised: boolean): void {
    this.#coils[index] = energised;
    this.#power();
  }

  coil(index: number): boolean {
    return this.#coils[index] ?? false;
  }

  /** Voltage at the coils: the supply is on and the key does not open it. */
  get coilSupply(): boolean {
    return this.#supplyIsOn && !this.#keyIsTurned;
  }

  get keyIsTurned(): boolean {
    return this.#keyIsTurned;
  }

  turnKey(turned: boolean): void {
    this.#keyIsTurned = turned;
    this.#power();
  }

  switchSupply(on: boolean): void {
    this.#supplyIsOn = on;
    this.#power();
  }

  #power(): void {
    this.lines.forEach((line, i) => {
      line.relay.power(this.coilSupply && this.coil(i), this.now);
    });
  }

  // ---- the PBX --------------------------------------------------------------------------------------------------

  get pbx(): 'alive' | 'dead' | 'hung' {
    return this.#pbx;
  }

  /** `dead`: without power, every port opens. `hung`: its processor stands still, ports stay as they are. */
  failPbx(how: 'dead' | 'hung'): void {
    this.#pbx = how;
    for (const { pbx } of this.lines) {
      pbx.isPresent = false;
      if (how === 'dead') pbx.hangUp();
    }
    if (this.#extension !== undefined) {
      this.#extension.exchange.isCut = how === 'dead';
      this.#extension.exchange.isMute = how === 'hung';
    }
    this.#pbxContactIs(false);
  }

  returnPbx(): void {
    if (this.#pbx === 'hung') for (const { pbx } of this.lines) pbx.hangUp();
    this.#pbx = 'alive';
    for (const { pbx } of this.lines) pbx.isPresent = true;
    this.#nobodyOnExtension();
    if (this.#extension !== undefined) {
      this.#extension.exchange.isCut = false;
      this.#extension.exchange.isMute = false;
    }
    this.#pbxContactIs(true);
  }

  #pbxContactIs(closed: boolean): void {
    if (this.#pbxContact > 0) this.inputs[this.#pbxContact - 1] = closed;
  }

  // ---- calls ----------------------------------------------------------------------------------------------------

  /** False: the trunk is in use. */
  callIn(number: number, { answerMs, talkMs, patienceMs }: CallIn): boolean {
    const line = this.line(number);
    if (!line.exchange.call({ talkMs, patienceMs }, this.now)) return false;
    line.pbx.answerMs = answerMs;
    line.phone.answerMs = answerMs;
    return true;
  }

  /** Whoever is joined to the trunk seizes it; false: nobody can, or it is in use. */
  callOut(number: number, { digits, answerMs, talkMs }: CallOut): boolean {
    const line = this.line(number);
    if (line.exchange.state !== 'idle') return false;
    const contact = line.relay.contact(this.now);
    const party = contact === 'normal' ? line.pbx : contact === 'bypass' ? line.phone : undefined;
    if (party?.isPresent !== true || party.isOffHook) return false;
    line.exchange.expect({ digits, answerMs, talkMs: 0 });
    party.lift();
    const dialTone = 800;
    const dialling = digits.length * 200 + 800;
    party.hangUpAt(this.now + dialTone + dialling + answerMs + talkMs);
    return true;
  }

  /** `far`: the other end hangs up; `near`: whoever holds our end. */
  hangUp(number: number, side: 'far' | 'near'): void {
    const line = this.line(number);
    if (side === 'far') line.exchange.hangUp(this.now);
    else {
      line.pbx.hangUp();
      line.phone.hangUp();
    }
  }

  state(): object {
    return {
      ms: this.now,
      pbx: this.#pbx,
      coilSupply: this.coilSupply,
      key: this.#keyIsTurned ? 'turned' : 'normal',
      inputs: this.inputs,
      inputWires: this.inputWires,
      outputs: this.outputs,
      lines: this.lines.map((line, i) => ({
        line: i + 1,
        exchange: line.exchange.isCut ? 'cut' : line.exchange.state,
        offHook: line.isClosed,
        seized: line.isSeized,
        coil: this.coil(i) ? 'energise' : 'release',
        contact: line.relay.contact(this.now),
        fault: line.relay.fault,
        pbx: line.pbx.isOffHook ? 'off-hook' : 'on-hook',
        phone: line.phone.isOffHook ? 'off-hook' : 'on-hook',
      })),
    };
  }
}
