/**
 * Driver of one line card: speaks `firmware-bridge/PROTOCOL.md` over a byte link, keeps the session, and maps the card's
 * sample counter to our clock. It decides nothing: where the relays stand is asked for by `drive`, whether the card may go
 * on by `feed`. A command never leaves without a present session, and a new session forgets what the old one wanted.
 */
import { randomBytes } from 'node:crypto';
import type { ByteLink } from '../../ports/byte-link.ts';
import type { After, Clock } from '../../ports/clock.ts';
import type {
  ChannelReading,
  LineCard,
  LineCardAbilities,
  LineCardCounters,
  LineCardHandlers,
} from '../../ports/line-card.ts';
import { samplesPerFrame } from '../../ports/line-card.ts';
import type { CoilCommand } from '../../model/bypass.ts';
import type { BusId } from '../../model/ids.ts';
import type { LineCardBus } from '../../model/room.ts';
import { text } from '../../model/text.ts';
import type { Text } from '../../model/text.ts';
import { elapsedMs, monoMs } from '../../model/units.ts';
import type { MonoMs } from '../../model/units.ts';
import * as messages from '../../../firmware-bridge/codec/messages.ts';
import { FrameReader, FrameWriter, lostBetween } from '../../../firmware-bridge/codec/frame.ts';
import type { Frame } from '../../../firmware-bridge/codec/frame.ts';
import {
  audioFormat,
  capability,
  cardType,
  configLimits,
  hookActions,
  hostType,
  period,
  protocolVersion,
  pulseMsMax,
} from '../../../firmware-bridge/codec/protocol.ts';
import { sessionSeals } from '../../../firmware-bridge/codec/seal.ts';
import type { SessionSeals } from '../../../firmware-bridge/codec/seal.ts';
import { audioFrame, lineFrame, readAudio, readLine } from '../../../firmware-bridge/codec/stream.ts';
import { CardClock } from './card-clock.ts';
import { inputReports, isSameInput, relayReports } from './card-reports.ts';
import type { InputReport } from './card-reports.ts';

export interface LineCardOptions {
  readonly bus: LineCardBus;
  /** How the card takes its lines over without us; absent: the protocol's defaults. The card clamps it to its own limits. */
  readonly takeOver?: { readonly loopOpenMs: number; readonly callCapMs: number };
  readonly link: ByteLink;
  readonly clock: Clock;
  /** Shared key of a card on TCP (`card-key.ts`). */
  readonly key?: Uint8Array;
  /** Serial number bound at an earlier start, where the room file names none. */
  readonly boundSerialNumber?: string;
  /** One-shot timers; tests drive them. */
  readonly after?: After;
}

const tickMs = 100;
/** HELLO or CONFIG without an answer this many times: the link is opened anew. */
const triesMax = 10;
/** A refused card is asked again after this long: it may have been swapped back. */
const refusedRetryMs = 10_000;
/** Our own thread stood still for longer than this: what waits in the buffers is heard before a card is called silent. */
const stallMs = 500;
/** TIME questions right after the session began, one a tick, so that the clocks agree soon. */
const quickTimes = 5;

type Phase = 'down' | 'greeting' | 'configuring' | 'up' | 'refused';

interface Session {
  readonly id: string;
  readonly hostNonce: string;
  seals: SessionSeals | undefined;
}

const realAfter: After = (ms, run) => {
  const timer = setTimeout(run, ms);
  return () => {
    clearTimeout(timer);
  };
};

export const makeLineCard = (options: LineCardOptions): LineCard => new WiredLineCard(options);

class WiredLineCard implements LineCard {
  readonly id: BusId;
  readonly #options: LineCardOptions;
  readonly #after: After;
  readonly #reader = new FrameReader((frame) => {
    this.#hear(frame);
  });
  readonly #cardClock = new CardClock();
  readonly #line = lineFrame();
  readonly #audio = audioFrame();
  readonly #readings: ChannelReading[] = [];
  readonly #counters = { lostFrames: 0, unsealed: 0, malformed: 0, audioOverruns: 0 };
  #writer = new FrameWriter();
  #handlers: LineCardHandlers | undefined;
  #phase: Phase = 'down';
  #told = '';
  #boundSerial: string;
  #session: Session = { id: '', hostNonce: '', seals: undefined };
  #serialNumber = '';
  #abilities: LineCardAbilities = { hook: false, supervisedInputs: false };
  #tries = 0;
  #triedAt = monoMs(0);
  #heardAt = monoMs(0);
  #tickedAt = monoMs(0);
  #sequence = -1;
  #nextLine = 0;
  #nextAudio = -1;
  #command = 0;
  #turn = 0;
  #wanted: number | undefined;
  #wantedMask = 0;
  #sentCoils: number | undefined;
  #sentAt = monoMs(0);
  #fedAt = monoMs(0);
  #askedAt = monoMs(0);
  #asked = 0;
  /** What was told of each input in this session. */
  #inputs: InputReport[] = [];
  #cancelTick: (() => void) | undefined;

  constructor(options: LineCardOptions) {
    this.#options = options;
    this.id = options.bus.id;
    this.#after = options.after ?? realAfter;
    this.#boundSerial = options.bus.serialNumber ?? options.boundSerialNumber ?? '';
  }

  get counters(): Readonly<LineCardCounters> {
    return {
      frames: this.#reader.good,
      badFrames: this.#reader.bad + this.#counters.unsealed + this.#counters.malformed,
      lostFrames: this.#counters.lostFrames,
      resyncs: this.#reader.resyncs,
      audioOverruns: this.#counters.audioOverruns,
    };
  }

  start(handlers: LineCardHandlers): void {
    this.#handlers = handlers;
    this.#tickedAt = this.#now();
    this.#tick();
    this.#options.link.start({
      up: () => {
        this.#reader.reset();
        this.#writer = new FrameWriter();
        this.#greet();
      },
      down: (reason) => {
        this.#phase = 'down';
        this.#tell('lost', reason);
      },
      data: (chunk) => {
        this.#reader.push(chunk);
      },
    });
  }

  drive(coils: readonly CoilCommand[]): void {
    if (this.#phase !== 'up') return;
    let energise = 0;
    coils.forEach((coil, i) => {
      if (coil === 'energise') energise |= 1 << i;
    });
    this.#wanted = energise;
    this.#wantedMask = (1 << coils.length) - 1;
    this.#sendCoils();
  }

  pulse(relay: number, ms: number): void {
    if (this.#phase !== 'up') return;
    const session = this.#session.id;
    this.#send(
      hostType.pulse,
      messages.pulse.pack({
        session,
        command: ++this.#command,
        relay,
        reserved: 0,
        ms: Math.min(pulseMsMax, Math.max(1, Math.round(ms))),
      }),
    );
  }

  feed(): void {
    const now = this.#now();
    if (this.#phase !== 'up' || elapsedMs(this.#fedAt, now) < period.watchdog) return;
    this.#turn = (this.#turn + 1) >>> 0;
    if (
      this.#send(hostType.watchdog, messages.watchdog.pack({ session: this.#session.id, turn: this.#turn }))
    )
      this.#fedAt = now;
  }

  output(index: number, energised: boolean, falls: boolean): void {
    if (this.#phase !== 'up') return;
    const mask = 1 << (index - 1);
    this.#send(
      hostType.output,
      messages.output.pack({
        session: this.#session.id,
        command: ++this.#command,
        mask,
        energise: energised ? mask : 0,
        falls: falls ? mask : 0,
        reserved: 0,
      }),
    );
  }

  hook(channel: number, seize: boolean, ms: number): void {
    if (this.#phase !== 'up') return;
    this.#send(
      hostType.hook,
      messages.hook.pack({
        session: this.#session.id,
        command: ++this.#command,
        channel,
        action: hookActions.indexOf(seize ? 'seize' : 'release'),
        ms: Math.round(ms),
        digits: '',
      }),
    );
  }

  get abilities(): Readonly<LineCardAbilities> {
    return this.#abilities;
  }

  async close(): Promise<void> {
    this.#cancelTick?.();
    this.#handlers = undefined;
    this.#phase = 'down';
    await this.#options.link.close();
  }

  #now(): MonoMs {
    return this.#options.clock.mono();
  }

  #tell(state: 'up' | 'lost' | 'refused', reason: Text): void {
    const what = `${state} ${this.#serialNumber} ${reason.en}`;
    if (what === this.#told) return;
    this.#told = what;
    this.#handlers?.link(state, this.#serialNumber, reason);
  }

  #send(type: number, payload: Uint8Array): boolean {
    return this.#options.link.write(this.#writer.frame(type, payload, this.#session.seals?.send));
  }

  // ---- session --------------------------------------------------------------------------------------------------

  #greet(): void {
    this.#phase = 'greeting';
    this.#tries = 0;
    this.#session = {
      id: randomBytes(8).toString('hex'),
      hostNonce: randomBytes(16).toString('hex'),
      seals: undefined,
    };
    this.#wanted = undefined;
    this.#sentCoils = undefined;
    this.#command = 0;
    this.#sequence = -1;
    this.#asked = 0;
    this.#inputs = [];
    this.#sayHello();
  }

  #sayHello(): void {
    this.#tries++;
    this.#triedAt = this.#now();
    // A zero first: whatever stood half-sent on the wire ends here.
    this.#options.link.write(Buffer.from([0]));
    this.#send(
      hostType.hello,
      messages.hello.pack({
        session: this.#session.id,
        hostNonce: this.#session.hostNonce,
        versionMin: protocolVersion,
        versionMax: protocolVersion,
        reserved: 0,
      }),
    );
  }

  #configure(): void {
    this.#tries++;
    this.#triedAt = this.#now();
    const { offHookBelow, onHookAbove, loopOpenMs, callCapMs } = configLimits;
    const { takeOver } = this.#options;
    const channel = { offHookBelow: offHookBelow.default, onHookAbove: onHookAbove.default };
    const head = {
      session: this.#session.id,
      audioFormat: audioFormat.aLaw,
      channels: 8,
      audioMask: 0xff,
      hostLostMs: this.#options.bus.hostLostMs,
      loopOpenMs: takeOver?.loopOpenMs ?? loopOpenMs.default,
      callCapMs: takeOver?.callCapMs ?? callCapMs.default,
    };
    const channels = Array.from({ length: head.channels }, () => channel);
    this.#send(hostType.config, messages.packParts(messages.config, head, messages.configChannel, channels));
  }

  #refuse(reason: Text): void {
    this.#phase = 'refused';
    this.#session.seals = undefined;
    this.#triedAt = this.#now();
    this.#tell('refused', reason);
  }

  #loseSession(reason: Text): void {
    this.#tell('lost', reason);
    this.#greet();
  }

  /** HELLO has one layout in every version, so that two sides that cannot talk can still say so. */
  #hearHello(frame: Frame): void {
    if (this.#phase !== 'greeting') return;
    const answer = messages.helloAnswer.read(frame.bytes, frame.start, frame.end);
    if (answer?.session !== this.#session.id) return;
    this.#serialNumber = answer.serialNumber;
    if (answer.version !== protocolVersion) {
      const speaks = `${answer.versionMin}–${answer.versionMax}`;
      this.#refuse(
        text(
          `线路卡固件 ${answer.firmware} 使用协议版本 ${speaks}，本机使用 ${protocolVersion}`,
          `the card's firmware ${answer.firmware} speaks protocol ${speaks}, we speak ${protocolVersion}`,
        ),
      );
      return;
    }
    const { key } = this.#options;
    if (key === undefined && frame.sealed) {
      this.#refuse(
        text('线路卡要求密钥，机房文件中未配置', 'the card asks for a key and the room file names none'),
      );
      return;
    }
    if (key !== undefined) {
      const seals = sessionSeals('host', {
        key,
        session: this.#session.id,
        hostNonce: this.#session.hostNonce,
        cardNonce: answer.cardNonce,
        serialNumber: answer.serialNumber,
      });
      if (seals.receive.check(frame) !== 'good') {
        this.#counters.unsealed++;
        this.#refuse(text('线路卡的密钥不符或没有密钥', "the card's key is another one, or it has none"));
        return;
      }
      this.#session.seals = seals;
    }
    if (this.#boundSerial !== '' && answer.serialNumber !== this.#boundSerial) {
      this.#refuse(
        text(
          `接入的线路卡序列号是 ${answer.serialNumber}，应为 ${this.#boundSerial}：继电器未作任何动作`,
          `card ${answer.serialNumber} is connected where ${this.#boundSerial} belongs: its relays are left alone`,
        ),
      );
      return;
    }
    this.#boundSerial = answer.serialNumber;
    const can = (bit: number): boolean => (answer.capabilities & bit) !== 0;
    this.#abilities = { hook: can(capability.hook), supervisedInputs: can(capability.supervisedInputs) };
    this.#phase = 'configuring';
    this.#tries = 0;
    this.#configure();
  }

  #hearConfig(frame: Frame): void {
    if (this.#phase !== 'configuring') return;
    const answer = messages.configAnswer.read(frame.bytes, frame.start, frame.end);
    if (answer?.session !== this.#session.id) return;
    this.#phase = 'up';
    this.#heardAt = this.#now();
    this.#fedAt = monoMs(this.#heardAt - period.watchdog);
    this.#cardClock.reset();
    this.#nextLine = 0;
    this.#tell('up', text('线路卡已连接', 'the card answers'));
  }

  // ---- time -----------------------------------------------------------------------------------------------------

  #tick(): void {
    const now = this.#now();
    if (elapsedMs(this.#tickedAt, now) > tickMs + stallMs) this.#heardAt = now;
    this.#tickedAt = now;
    this.#turnOver(now);
    this.#cancelTick = this.#after(tickMs, () => {
      this.#tick();
    });
  }

  #turnOver(now: MonoMs): void {
    switch (this.#phase) {
      case 'down':
        return;
      case 'refused':
        if (elapsedMs(this.#triedAt, now) >= refusedRetryMs) this.#greet();
        return;
      case 'greeting':
      case 'configuring':
        if (elapsedMs(this.#triedAt, now) < period.retry) return;
        if (this.#tries >= triesMax) this.#giveUp();
        else if (this.#phase === 'greeting') this.#sayHello();
        else this.#configure();
        return;
      case 'up':
        if (elapsedMs(this.#heardAt, now) > period.silence) {
          this.#loseSession(text('线路卡无响应', 'the card has fallen silent'));
          return;
        }
        if (this.#asked < quickTimes || elapsedMs(this.#askedAt, now) >= period.time) this.#askTime(now);
        this.#sendCoils();
    }
  }

  #giveUp(): void {
    const reason = text('线路卡不应答', 'no line card answers here');
    this.#phase = 'down';
    this.#tell('lost', reason);
    this.#options.link.drop(reason);
  }

  #askTime(now: MonoMs): void {
    this.#askedAt = now;
    this.#asked++;
    const hostMicros = Math.floor(now * 1000);
    this.#send(hostType.time, messages.time.pack({ session: this.#session.id, hostMicros }));
  }

  /** Sends where the relays shall be, if that is new or was said long enough ago. */
  #sendCoils(): void {
    const now = this.#now();
    if (this.#wanted === undefined) return;
    if (this.#wanted === this.#sentCoils && elapsedMs(this.#sentAt, now) < period.relayCommand) return;
    const payload = messages.relay.pack({
      session: this.#session.id,
      command: ++this.#command,
      mask: this.#wantedMask,
      energise: this.#wanted,
    });
    if (!this.#send(hostType.relay, payload)) return;
    this.#sentCoils = this.#wanted;
    this.#sentAt = now;
  }

  // ---- what the card says ---------------------------------------------------------------------------------------

  #hear(frame: Frame): void {
    if (frame.type === cardType.hello) {
      this.#hearHello(frame);
      return;
    }
    if (frame.version !== protocolVersion) return;
    if (frame.type === cardType.boot) {
      // Anybody could send this one; with a key only silence tells that the card has restarted.
      if (this.#phase === 'up' && this.#options.key === undefined)
        this.#loseSession(text('线路卡已重启', 'the card has restarted'));
      return;
    }
    if (this.#phase !== 'up' && this.#phase !== 'configuring') return;
    const seals = this.#session.seals;
    if (seals !== undefined && seals.receive.check(frame) !== 'good') {
      this.#counters.unsealed++;
      return;
    }
    if (this.#sequence >= 0) this.#counters.lostFrames += lostBetween(this.#sequence, frame.sequence);
    this.#sequence = frame.sequence;
    if (frame.type === cardType.config) this.#hearConfig(frame);
    if (this.#phase === 'up' && !this.#hearInSession(frame)) this.#counters.malformed++;
  }

  /** False: the payload is not what its type promises. Types that we do not know are skipped. */
  #hearInSession(frame: Frame): boolean {
    const now = this.#now();
    this.#heardAt = now;
    switch (frame.type) {
      case cardType.line:
        return this.#hearLine(frame, now);
      case cardType.audio:
        return this.#hearAudio(frame, now);
      case cardType.relay:
        return this.#hearRelays(frame, now);
      case cardType.input:
        return this.#hearInputs(frame, now);
      case cardType.time: {
        const answer = messages.timeAnswer.read(frame.bytes, frame.start, frame.end);
        if (answer === undefined) return false;
        if (answer.session === this.#session.id)
          this.#cardClock.asked(monoMs(answer.hostMicros / 1000), answer.received, now);
        return true;
      }
      case cardType.status: {
        const status = messages.status.read(frame.bytes, frame.start, frame.end);
        if (status === undefined) return false;
        this.#counters.audioOverruns = status.audioOverruns;
        return true;
      }
      case cardType.error: {
        const error = messages.error.read(frame.bytes, frame.start, frame.end);
        if (error === undefined) return false;
        if (error.type === hostType.hook) this.#handlers?.hookRefused(now);
        return true;
      }
      default:
        return true;
    }
  }

  #hearLine(frame: Frame, now: MonoMs): boolean {
    const line = this.#line;
    if (!readLine(frame, line)) return false;
    if (line.counter < this.#nextLine) {
      this.#loseSession(text('线路卡的采样计数倒退', "the card's sample counter went back"));
      return true;
    }
    const end = line.counter + samplesPerFrame;
    this.#nextLine = end;
    this.#cardClock.arrived(end, now);
    if (this.#readings.length !== line.channels)
      this.#readings.splice(0, Infinity, ...line.channel.slice(0, line.channels));
    this.#handlers?.lines(this.#cardClock.at(end, now), this.#readings);
    return true;
  }

  #hearAudio(frame: Frame, now: MonoMs): boolean {
    const audio = this.#audio;
    if (!readAudio(frame, audio)) return false;
    const end = audio.counter + samplesPerFrame;
    this.#cardClock.arrived(end, now);
    const missing = this.#nextAudio < 0 ? 0 : audio.counter - this.#nextAudio;
    this.#nextAudio = end;
    const at = this.#cardClock.at(end, now);
    if (missing > 0) this.#handlers?.gap(this.#cardClock.at(audio.counter, now), missing);
    this.#handlers?.audio(at, BigInt(audio.counter), audio.linear);
    return true;
  }

  #hearRelays(frame: Frame, now: MonoMs): boolean {
    const report = relayReports(frame);
    if (report === undefined) return false;
    this.#cardClock.arrived(report.counter, now);
    const at = this.#cardClock.at(report.counter, now);
    this.#handlers?.relays(at, report.relays, report.coilSupply, report.bypassKey, report.hostLost);
    return true;
  }

  #hearInputs(frame: Frame, now: MonoMs): boolean {
    const report = inputReports(frame);
    if (report === undefined) return false;
    const at = this.#cardClock.at(report.counter, now);
    report.inputs.forEach((input, i) => {
      if (isSameInput(this.#inputs[i], input)) return;
      this.#inputs[i] = input;
      this.#handlers?.input(at, i + 1, input.closed, input.ohms);
    });
    return true;
  }
}
