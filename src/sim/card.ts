/**
 * A virtual line card: what PROTOCOL.md asks of a real one, over any byte link, in front of the virtual room of `plant.ts`.
 * Its sample counter follows the given clock (with the error of its own crystal, if wanted) and never drifts from it; all
 * that it measures comes from the plant by its own counter, not from the moment at which a timer happened to run.
 */
import type { ByteLink } from '../ports/byte-link.ts';
import type { After, Clock } from '../ports/clock.ts';
import type { MonoMs, WallMs } from '../model/units.ts';
import { monoMs, wallMs } from '../model/units.ts';
import type { Text } from '../model/text.ts';
import { FrameReader, FrameWriter, lostBetween } from '../../firmware-bridge/codec/frame.ts';
import type { Frame } from '../../firmware-bridge/codec/frame.ts';
import * as messages from '../../firmware-bridge/codec/messages.ts';
import {
  audioFormat,
  cardType,
  configLimits,
  errorCode,
  hostType,
  period,
  protocolVersion,
  resetCauses,
} from '../../firmware-bridge/codec/protocol.ts';
import {
  audioBytes,
  audioFrame,
  channelsMax,
  frameSamples,
  lineBytes,
  lineFrame,
  writeAudio,
  writeLine,
} from '../../firmware-bridge/codec/stream.ts';
import { CardSession, knownTypes } from './card-session.ts';
import { inputState, reportFlags, reportStates } from './card-report.ts';
import { LoopSwitches } from './loop-switch.ts';
import { Plant, inputCount, samplesPerMs } from './plant.ts';
import type { PlayedAudio } from './played-audio.ts';
import { RelayDriver } from './relay-driver.ts';
import { TakeOver } from './take-over.ts';

export interface VirtualCardOptions {
  readonly link: ByteLink;
  readonly clock: Clock;
  readonly after?: After;
  readonly serialNumber: string;
  readonly key?: Uint8Array;
  readonly lines?: number;
  readonly seed?: number;
  /** This input is closed while the PBX is well; 0: none. */
  readonly pbxContact?: number;
  /** This channel is on a spare extension of the PBX; 0: none. */
  readonly extension?: number;
  readonly played?: PlayedAudio;
  /** It sends no AUDIO, whatever the host asks for. */
  readonly isMute?: boolean;
  /** Error of the card's crystal in parts per million. */
  readonly clockPpm?: number;
  /** Protocol versions that it speaks. */
  readonly versions?: readonly [number, number];
}

/** A process that slept makes up for this much; what is more, the card's clock has stood still. */
const catchUpMsMax = 1000;
/** While a relay moves, the card looks at it this often. */
const lookMs = 2;
const errorsPerSecondMax = 5;

const realAfter: After = (ms, run) => {
  const timer = setTimeout(run, ms);
  return () => {
    clearTimeout(timer);
  };
};

export class VirtualCard {
  readonly plant: Plant;
  readonly #link: ByteLink;
  readonly #clock: Clock;
  readonly #after: After;
  readonly #serialNumber: string;
  readonly #versions: readonly [number, number];
  readonly #played: PlayedAudio | undefined;
  readonly #isMute: boolean;
  readonly #ratio: number;
  readonly #session: CardSession;
  readonly #relays: RelayDriver;
  readonly #hooks: LoopSwitches;
  readonly #takeOver: TakeOver;
  readonly #reader = new FrameReader((frame) => {
    this.#hear(frame);
  });
  readonly #writer = new FrameWriter();
  readonly #line = lineFrame();
  readonly #audio = audioFrame();
  readonly #linePayload: Buffer;
  readonly #audioPayload = Buffer.alloc(audioBytes(audioFormat.linear, channelsMax));
  readonly #isHeard: boolean[];
  #config: messages.Config | undefined;
  readonly #offHookBelow: number[];
  readonly #onHookAbove: number[];
  #startedAt: MonoMs;
  /** Plant time of the last reset: the sample counter counts from here. */
  #resetAt = 0;
  #resetCause = resetCauses.indexOf('power-on');
  #hostSequence = -1;
  #lostFrames = 0;
  #command = 0;
  #reported = '';
  #reportedAt = -Infinity;
  #inputs = '';
  #toldAt = -Infinity;
  #statusAt = -Infinity;
  #errors = 0;
  #errorsSince = 0;
  #isCut = false;
  /** What this turn sends; at most some frames. */
  /** Outputs that fall when the host is lost; bit 0 is output 1. */
  #falling = 0;
  readonly #outgoing: Uint8Array[] = [];
  #isLinkUp = false;
  #cancel: (() => void) | undefined;

  constructor(options: VirtualCardOptions) {
    const {
      link,
      clock,
      serialNumber,
      key,
      lines = channelsMax,
      seed = 1,
      versions = [protocolVersion, protocolVersion],
    } = options;
    this.#link = link;
    this.#clock = clock;
    this.#after = options.after ?? realAfter;
    this.#serialNumber = serialNumber;
    this.#versions = versions;
    this.#played = options.played;
    this.#isMute = options.isMute ?? false;
    this.#ratio = 1 + (options.clockPpm ?? 0) / 1e6;
    this.#startedAt = clock.mono();
    this.plant = new Plant({
      lines,
      seed,
      pbxContact: options.pbxContact ?? 0,
      extension: options.extension ?? 0,
      happened: (line, what, at) => {
        if (what === 'off-hook') this.#isHeard[line - 1] = true;
        this.#played?.note(line, what, this.#counter(at), this.#wall(at));
      },
    });
    this.#isHeard = this.plant.lines.map(() => false);
    this.#relays = new RelayDriver(this.plant);
    this.#hooks = new LoopSwitches(this.plant);
    this.#takeOver = new TakeOver(lines, {
      hostLostMs: configLimits.hostLostMs.default,
      loopOpenMs: configLimits.loopOpenMs.default,
      callCapMs: configLimits.callCapMs.default,
    });
    this.#offHookBelow = this.plant.lines.map(() => configLimits.offHookBelow.default / 100);
    this.#onHookAbove = this.plant.lines.map(() => configLimits.onHookAbove.default / 100);
    this.#line.channels = lines;
    this.#linePayload = Buffer.alloc(lineBytes(lines));
    const [versionMin, versionMax] = versions;
    this.#session = new CardSession({
      serialNumber,
      firmware: 'virtual-1',
      versionMin,
      versionMax,
      ...(key === undefined ? {} : { key }),
    });
  }

  start(): void {
    this.#link.start({
      up: () => {
        this.#isLinkUp = true;
        this.#reader.reset();
        this.#write(Buffer.from([0]));
        this.#sayBoot();
        this.#flush();
      },
      down: () => {
        this.#isLinkUp = false;
        this.#outgoing.length = 0;
      },
      data: (chunk) => {
        if (this.#isCut) return;
        this.#catchUp();
        this.#reader.push(chunk);
        // A relay that moves now is looked at sooner than the next frame.
        this.#beat();
      },
    });
    this.#beat();
  }

  async close(): Promise<void> {
    this.#cancel?.();
    this.#played?.close();
    await this.#link.close();
  }

  // ---- what a person or a script does to it -----------------------------------------------------------------------

  /** Brings the plant up to now; then something is changed in it. */
  settle(): Plant {
    this.#catchUp();
    this.#flush();
    return this.plant;
  }

  /** The card starts anew: relays released, session gone, counter at zero. Lines and relays themselves live on. */
  reset(cause: (typeof resetCauses)[number]): void {
    this.#catchUp();
    this.#relays.releaseAll(this.plant.now);
    this.#hooks.openAll();
    this.#session.forget();
    this.#takeOver.fed(this.plant.now);
    this.#config = undefined;
    this.#resetAt = this.plant.now;
    this.#resetCause = resetCauses.indexOf(cause);
    this.#reported = '';
    this.#sayBoot();
    this.#flush();
  }

  /** The wire is cut: nothing goes out, nothing comes in, nobody is told. */
  cut(isCut: boolean): void {
    this.#flush();
    this.#isCut = isCut;
    this.#reader.reset();
  }

  /** The connection is closed; whoever opened it may open it again. */
  dropLink(reason: Text): void {
    this.#link.drop(reason);
  }

  /** Bytes that are no frame. */
  noise(bytes: Uint8Array): void {
    this.#write(bytes);
    this.#flush();
  }

  get isHostLost(): boolean {
    return this.#takeOver.isHostLost;
  }

  get state(): object {
    const { badFrames, lostFrames } = { badFrames: this.#reader.bad, lostFrames: this.#lostFrames };
    return {
      serialNumber: this.#serialNumber,
      linkUp: this.#isLinkUp,
      session: this.#session.isPresent,
      hostLost: this.isHostLost,
      cut: this.#isCut,
      badFrames,
      lostFrames,
      ...this.plant.state(),
    };
  }

  // ---- time -------------------------------------------------------------------------------------------------------

  /** Milliseconds of the card's own clock since it was made, with fraction. */
  #cardMs(): number {
    return (this.#clock.mono() - this.#startedAt) * this.#ratio;
  }

  #counter(plantMs: number): number {
    return (plantMs - this.#resetAt) * samplesPerMs;
  }

  #wall(plantMs: number): WallMs {
    return wallMs(this.#clock.wall() - (this.#cardMs() - plantMs) / this.#ratio);
  }

  #beat(): void {
    this.#cancel?.();
    this.#catchUp();
    this.#report();
    this.#flush();
    const isMoving = this.#relays.movesUntil > this.plant.now;
    const frames = Math.floor((this.plant.now - this.#resetAt) / period.frame) + 1;
    const next = isMoving ? this.plant.now + lookMs : this.#resetAt + frames * period.frame;
    const wait = Math.max(1, (next - this.#cardMs()) / this.#ratio);
    this.#cancel = this.#after(wait, () => {
      this.#beat();
    });
  }

  #catchUp(): void {
    const due = Math.floor(this.#cardMs());
    const behind = due - this.plant.now;
    if (behind > catchUpMsMax) {
      const standstill = (behind - catchUpMsMax) / this.#ratio;
      this.#startedAt = monoMs(this.#startedAt + standstill);
      this.#catchUp();
      return;
    }
    while (this.plant.now < due) {
      const inFrame = (this.plant.now - this.#resetAt) % period.frame;
      if (inFrame === 0 && !this.#isMute) this.#audio.linear.fill(0);
      this.plant.step(this.#isMute ? undefined : this.#audio.linear, frameSamples, inFrame * samplesPerMs);
      this.#relays.step(this.plant.now);
      if (this.isHostLost) this.#hooks.openAll();
      else this.#hooks.step(this.plant.now);
      if (inFrame === period.frame - 1) this.#frame();
    }
  }

  /** 20 ms are complete. */
  #frame(): void {
    const { plant } = this;
    const firstSample = this.#counter(plant.now - period.frame);
    plant.lines.forEach((line, i) => {
      const channel = this.#line.channel[i];
      if (channel === undefined) return;
      line.read(plant.now, channel);
      const [a, b, c, d] = channel.volts;
      this.#takeOver.judge(
        i,
        plant.now,
        Math.abs(a + b + c + d) / 4,
        channel.ringVolts > 10,
        this.#offHookBelow[i] ?? 0,
        this.#onHookAbove[i] ?? 0,
      );
    });
    for (const index of this.#takeOver.due(plant.now)) this.#relays.release(index, plant.now);
    this.#letOutputsFall();
    this.#keepPlayed(firstSample);
    if (!this.#session.isPresent || this.#config === undefined) return;
    this.#line.counter = firstSample;
    writeLine(this.#line, this.#linePayload);
    this.#send(cardType.line, this.#linePayload);
    const { audioFormat: format, audioMask } = this.#config;
    this.#audio.mask = audioMask & ((1 << plant.lines.length) - 1);
    if (!this.#isMute && format !== audioFormat.none && this.#audio.mask !== 0) {
      this.#audio.counter = firstSample;
      const length = writeAudio(this.#audio, format, this.#audioPayload);
      this.#send(cardType.audio, this.#audioPayload.subarray(0, length));
    }
    if (plant.now - this.#statusAt >= period.status) this.#sendStatus();
  }

  #keepPlayed(firstSample: number): void {
    if (this.#played === undefined) return;
    const wall = this.#wall(this.plant.now - period.frame);
    for (let i = 0; i < this.plant.lines.length; i++) {
      const samples = this.#audio.linear.subarray(i * frameSamples, (i + 1) * frameSamples);
      this.#played.frame(i + 1, firstSample, wall, samples, this.#isHeard[i] ?? false);
      this.#isHeard[i] = this.plant.lines[i]?.isClosed ?? false;
    }
  }

  // ---- what it hears ----------------------------------------------------------------------------------------------

  #hear(frame: Frame): void {
    const lost = this.#hostSequence < 0 ? 0 : lostBetween(this.#hostSequence, frame.sequence);
    this.#hostSequence = frame.sequence;
    if (frame.type === hostType.hello) {
      this.#answerHello(frame);
      return;
    }
    this.#lostFrames += lost;
    if (frame.version < this.#versions[0] || frame.version > this.#versions[1]) {
      this.#sendError(errorCode.version, frame);
      return;
    }
    if (!knownTypes.has(frame.type)) {
      this.#sendError(errorCode.type, frame);
      return;
    }
    const code =
      frame.type === hostType.config
        ? this.#obeyConfig(frame)
        : (this.#session.refusal(frame) ?? this.#obey(frame));
    if (code !== undefined) this.#sendError(code, frame);
  }

  #answerHello(frame: Frame): void {
    const answer = this.#session.hello(frame, {
      counter: this.#counter(this.plant.now),
      resetCause: this.#resetCause,
      channels: this.plant.lines.length,
    });
    if (answer === undefined) this.#sendError(errorCode.length, frame);
    else this.#write(this.#writer.frame(cardType.hello, answer.payload, answer.seal));
  }

  #obeyConfig(frame: Frame): number | undefined {
    const config = this.#session.config(frame);
    if (typeof config === 'number') return config;
    const channels = messages.readParts(
      messages.configChannel,
      config.channels,
      frame.bytes,
      frame.start + messages.config.bytes,
      frame.end,
    );
    if (channels === undefined) return errorCode.length;
    const clamp = (value: number, { min, max }: { readonly min: number; readonly max: number }): number =>
      Math.max(min, Math.min(max, value));
    channels.forEach(({ offHookBelow, onHookAbove }, i) => {
      this.#offHookBelow[i] = clamp(offHookBelow, configLimits.offHookBelow) / 100;
      this.#onHookAbove[i] = clamp(onHookAbove, configLimits.onHookAbove) / 100;
    });
    const limits = {
      hostLostMs: clamp(config.hostLostMs, configLimits.hostLostMs),
      loopOpenMs: clamp(config.loopOpenMs, configLimits.loopOpenMs),
      callCapMs: clamp(config.callCapMs, configLimits.callCapMs),
    };
    this.#takeOver.limits = limits;
    if (this.#config?.session !== config.session) this.#hooks.openAll();
    this.#config = config;
    this.#command = 0;
    this.#reported = '';
    this.#inputs = '';
    const { session, audioMask } = config;
    this.#send(
      cardType.config,
      messages.configAnswer.pack({
        session,
        audioFormat: config.audioFormat,
        reserved: 0,
        audioMask,
        ...limits,
      }),
    );
    return undefined;
  }

  /** A frame of the present session; returns an error code or nothing. */
  #obey({ type, bytes, start, end }: Frame): number | undefined {
    const { now } = this.plant;
    switch (type) {
      case hostType.watchdog:
        this.#takeOver.fed(now);
        return undefined;
      case hostType.time: {
        const time = messages.time.read(bytes, start, end);
        if (time === undefined) return errorCode.length;
        const received = Math.floor((this.#cardMs() - this.#resetAt) * samplesPerMs);
        this.#send(cardType.time, messages.timeAnswer.pack({ ...time, received, sent: received }));
        return undefined;
      }
      case hostType.relay: {
        const relay = messages.relay.read(bytes, start, end);
        if (relay === undefined) return errorCode.length;
        this.#command = relay.command;
        return this.#relays.command(relay.mask, relay.energise, this.isHostLost, now)
          ? undefined
          : errorCode.hostLost;
      }
      case hostType.pulse: {
        const pulse = messages.pulse.read(bytes, start, end);
        if (pulse === undefined) return errorCode.length;
        if (this.isHostLost) return errorCode.hostLost;
        this.#command = pulse.command;
        return this.#relays.pulse(pulse.relay, pulse.ms, now) ? undefined : errorCode.range;
      }
      case hostType.hook: {
        const hook = messages.hook.read(bytes, start, end);
        if (hook === undefined) return errorCode.length;
        return this.#hooks.command(hook.channel, hook.action, hook.ms, this.isHostLost, now);
      }
      case hostType.output: {
        const output = messages.output.read(bytes, start, end);
        if (output === undefined) return errorCode.length;
        this.#command = output.command;
        this.#falling = (this.#falling & ~output.mask) | (output.falls & output.mask);
        this.plant.outputs.forEach((_, i) => {
          if (((output.mask >> i) & 1) === 1) this.plant.outputs[i] = ((output.energise >> i) & 1) === 1;
        });
        return this.#letOutputsFall() ? errorCode.hostLost : undefined;
      }
      case hostType.selfTest: {
        const test = messages.selfTest.read(bytes, start, end);
        if (test === undefined) return errorCode.length;
        this.#selfTest(test.command, test.test, test.item);
        return undefined;
      }
      default:
        return errorCode.unsupported;
    }
  }

  /** While the host is lost, outputs that stand for a host that is well are released; true when one was energised. */
  #letOutputsFall(): boolean {
    if (!this.isHostLost) return false;
    let hasFallen = false;
    this.plant.outputs.forEach((energised, i) => {
      if (!energised || ((this.#falling >> i) & 1) === 0) return;
      this.plant.outputs[i] = false;
      hasFallen = true;
    });
    return hasFallen;
  }

  #selfTest(command: number, test: number, item: number): void {
    const result = test === 0 ? 0 : 2;
    this.#send(
      cardType.selfTest,
      messages.selfTestResult.pack({ command, test, item, result, reserved: 0, value: 0, value2: 0 }),
    );
  }

  // ---- what it says -----------------------------------------------------------------------------------------------

  #write(bytes: Uint8Array): void {
    if (!this.#isCut && this.#isLinkUp) this.#outgoing.push(bytes);
  }

  /** All that one turn has to say leaves in one piece. */
  #flush(): void {
    const [first] = this.#outgoing;
    if (first === undefined) return;
    this.#link.write(this.#outgoing.length === 1 ? first : Buffer.concat(this.#outgoing));
    this.#outgoing.length = 0;
  }

  #send(type: number, payload: Uint8Array): void {
    this.#write(this.#writer.frame(type, payload, this.#session.seal));
  }

  #sayBoot(): void {
    if (this.#session.isPresent) return;
    const [versionMin, versionMax] = this.#versions;
    const boot = {
      serialNumber: this.#serialNumber,
      firmware: 'virtual-1',
      resetCause: this.#resetCause,
      versionMin,
      versionMax,
      reserved: 0,
    };
    this.#write(this.#writer.frame(cardType.boot, messages.boot.pack(boot)));
  }

  /** Relay report and inputs, at once on a change and otherwise by their period. */
  #report(): void {
    if (!this.#session.isPresent || this.#config === undefined) return;
    const { now } = this.plant;
    const counter = this.#counter(now);
    const flags = reportFlags(this.plant, this.isHostLost);
    const relays = reportStates(this.plant, this.#relays);
    const reported = `${flags} ${this.#command} ${relays.map(({ coil, position }) => `${coil}${position}`).join(' ')}`;
    if (reported !== this.#reported || now - this.#reportedAt >= period.relayReport) {
      this.#reported = reported;
      this.#reportedAt = now;
      const head = { counter, command: this.#command, flags, relays: relays.length, reserved: 0 };
      this.#send(cardType.relay, messages.packParts(messages.relayReport, head, messages.relayState, relays));
    }
    const states = this.plant.inputs.map((closed, i) => inputState(closed, this.plant.inputWires[i]));
    const inputs = states.map(({ state }) => state).join(' ');
    if (inputs === this.#inputs && now - this.#toldAt < period.input) return;
    const before = this.#inputs.split(' ');
    const changed = states.reduce(
      (mask, { state }, i) => mask | (before[i] === String(state) ? 0 : 1 << i),
      0,
    );
    this.#inputs = inputs;
    this.#toldAt = now;
    this.#send(
      cardType.input,
      messages.packParts(
        messages.input,
        { counter, inputs: inputCount, reserved: 0, changed },
        messages.inputState,
        states,
      ),
    );
  }

  #sendStatus(): void {
    const { now } = this.plant;
    this.#statusAt = now;
    this.#send(
      cardType.status,
      messages.status.pack({
        counter: this.#counter(now),
        uptimeSeconds: Math.floor((now - this.#resetAt) / 1000),
        supply: 2400,
        coilSupply: this.plant.coilSupply ? 2400 : 0,
        temperature: 385,
        load: 120,
        badFrames: this.#reader.bad,
        lostFrames: this.#lostFrames,
        audioOverruns: 0,
      }),
    );
  }

  #sendError(code: number, frame: Frame): void {
    const second = Math.floor(this.plant.now / 1000);
    if (second !== this.#errorsSince) this.#errors = 0;
    this.#errorsSince = second;
    if (++this.#errors > errorsPerSecondMax) return;
    const name = Object.entries(errorCode).find(([, number]) => number === code)?.[0] ?? '';
    this.#send(
      cardType.error,
      messages.error.pack({
        code,
        type: frame.type,
        reserved: 0,
        sequence: frame.sequence,
        reserved2: 0,
        detail: name,
      }),
    );
  }
}
