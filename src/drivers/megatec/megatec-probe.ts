/**
 * Watches one UPS that speaks Megatec Q1 over a serial wire. It asks only `Q1` and `F`; of the commands it knows `T` (a battery
 * test of 10 s) and `CT` (its end) and no other: `Q` alone would toggle the beeper and `S` end the supply. An echo, noise and half lines are no answer.
 */
import { megatecNominalVolts, megatecState } from '../../format/megatec.ts';
import { text } from '../../model/text.ts';
import type { Text } from '../../model/text.ts';
import { sifted, upsSentence } from '../../model/ups.ts';
import type { UpsTestKind } from '../../model/ups.ts';
import type { ByteLink } from '../../ports/byte-link.ts';
import type { Probe, TestAnswer } from '../../ports/probe.ts';
import { ProbeRounds, Slots } from '../probe-rounds.ts';
import type { RoundAnswer } from '../probe-rounds.ts';

/** An answer of 47 characters takes 0.2 s at 2400 baud; some UPSes think for a second. */
const standardTimeoutMs = 2000;
const receivedCharsMax = 512;
/** A refusal comes as fast as an answer. */
const refusalMs = 1000;

export interface MegatecProbeOptions {
  readonly source: string;
  /** Owned by the probe: started and closed with it. */
  readonly link: ByteLink;
  readonly everyMs: number;
  readonly timeoutMs?: number;
}

export function megatecProbe({ source, link, everyMs, timeoutMs }: MegatecProbeOptions): Probe {
  const wire = new MegatecWire(link, timeoutMs ?? standardTimeoutMs);
  const turn = new Slots(1);
  const rounds = new ProbeRounds({
    source,
    everyMs,
    suspectMs: Math.min(everyMs, Math.max(1000, everyMs / 5)),
    silence: 'unknown',
    ask: () => turn.run(() => wire.round()),
  });
  return {
    source,
    start(report) {
      wire.start();
      rounds.start(report);
    },
    suspect(on) {
      rounds.suspect(on);
    },
    test: (what) => turn.run(() => wire.test(what)),
    async stop() {
      wire.end();
      await rounds.stop();
      await link.close();
    },
  };
}

class MegatecWire {
  readonly #link: ByteLink;
  readonly #timeoutMs: number;
  #downReason: Text | undefined = text('串口尚未打开', 'the port is not open yet');
  #received = '';
  #hears: (() => void) | undefined;
  #nominalVolts: number | undefined;
  /** The ratings are asked for once, when the UPS has answered for the first time. */
  #isRated = false;

  constructor(link: ByteLink, timeoutMs: number) {
    this.#link = link;
    this.#timeoutMs = timeoutMs;
  }

  start(): void {
    this.#link.start({
      up: () => {
        this.#downReason = undefined;
        this.#isRated = false;
        this.#hears?.();
      },
      down: (reason) => {
        this.#downReason = reason;
        this.#hears?.();
      },
      data: (chunk) => {
        this.#received = (this.#received + Buffer.from(chunk).toString('latin1')).slice(-receivedCharsMax);
        this.#hears?.();
      },
    });
  }

  end(): void {
    this.#downReason = text('已停止', 'stopped');
    this.#hears?.();
  }

  async round(): Promise<RoundAnswer> {
    // The port opens by itself; a first round that comes before waits for it.
    await this.#until(() => this.#downReason === undefined);
    const state = await this.#ask('Q1', megatecState);
    if (state === undefined) return this.#unanswered();
    if (!this.#isRated) {
      this.#isRated = true;
      this.#nominalVolts = await this.#ask('F', megatecNominalVolts);
    }
    const rated = this.#nominalVolts === undefined ? {} : { batteryNominalVolts: this.#nominalVolts };
    const { reading } = sifted({ ...state, ...rated });
    return { kind: 'alive', reason: upsSentence(reading), values: reading };
  }

  /** A UPS that takes the order says nothing; one that does not know it echoes it or says `(NAK`. */
  async test(what: UpsTestKind | 'stop'): Promise<TestAnswer> {
    if (what === 'deep')
      return { accepted: false, reason: text('Megatec 没有深度测试', 'Megatec has no deep test') };
    const order = what === 'quick' ? 'T' : 'CT';
    const fault = this.#fault();
    if (fault !== undefined) return { accepted: false, reason: fault };
    this.#received = '';
    if (!this.#link.write(Buffer.from(`${order}\r`, 'latin1')))
      return { accepted: false, reason: text('串口写不出去', 'the serial wire takes nothing') };
    const isRefused = (): boolean =>
      this.#received.split('\r').some((line) => line === order || line === '(NAK' || line === 'NAK');
    await this.#until(isRefused, refusalMs);
    const lost = this.#fault();
    if (lost !== undefined) return { accepted: false, reason: lost };
    return isRefused()
      ? { accepted: false, reason: text(`UPS 不认识 ${order}`, `the UPS does not know ${order}`) }
      : { accepted: true, reason: text('', '') };
  }

  #fault(): Text | undefined {
    return this.#downReason;
  }

  async #ask<T>(question: string, read: (line: string) => T | undefined): Promise<T | undefined> {
    if (this.#downReason !== undefined) return undefined;
    this.#received = '';
    this.#link.write(Buffer.from(`${question}\r`, 'latin1'));
    let answer: T | undefined;
    await this.#until(() => {
      const lines = this.#received.split('\r');
      answer = lines
        .slice(0, -1)
        .map(read)
        .find((found) => found !== undefined);
      return answer !== undefined || lines.includes('(NAK') || this.#downReason !== undefined;
    });
    return answer;
  }

  #unanswered(): RoundAnswer {
    if (this.#downReason !== undefined) return { kind: 'cannot', reason: this.#downReason };
    const heard = this.#received.replaceAll(/[^\x20-\x7e]+/g, ' ').trim();
    const miss = (reason: Text): RoundAnswer => ({ kind: 'miss', reason });
    if (this.#received === '')
      return miss(
        text(
          'UPS 无应答（检查接线，以及总线的 baud: 2400）',
          'the UPS does not answer (check the cable, and baud: 2400 of its bus)',
        ),
      );
    if (heard.includes('(NAK') || heard === 'Q1')
      return miss(
        text('UPS 不认识 Q1：它使用别的协议', 'the UPS does not know Q1: it speaks another protocol'),
      );
    return miss(
      text(
        `收到 ${this.#received.length} 字节，但不是 Q1 的应答（波特率？应为 2400）`,
        `${this.#received.length} bytes came, none of them an answer to Q1 (baud rate? 2400 is usual)`,
      ),
    );
  }

  #until(isDone: () => boolean, limitMs: number = this.#timeoutMs): Promise<void> {
    return new Promise((resolve) => {
      if (isDone()) {
        resolve();
        return;
      }
      const finish = (): void => {
        clearTimeout(overdue);
        this.#hears = undefined;
        resolve();
      };
      const overdue = setTimeout(finish, limitMs);
      this.#hears = () => {
        if (isDone() || this.#downReason !== undefined) finish();
      };
    });
  }
}
