/**
 * One Modbus bus: reads (and where it is told to, writes) registers over a byte link, one question at a time over all units, and hands out a value only
 * when its frame answers exactly that question. It must never give an old, foreign or damaged answer as good, so:
 *
 * - RTU carries no transaction number. After a question without answer the line is held until the slowest device would
 *   have answered, and a late answer falls on the floor. Before each question the wire is quiet for 3.5 characters.
 * - TCP: each question has a number of its own; an unanswered one, or anything out of step, ends the connection.
 * - Both: what a frame cannot show (Modbus TCP has no checksum, RTU no number, and gateways exist that answer one behind)
 *   a second reading does: values are good when two readings of one turn agree.
 *
 * The link itself opens, closes and comes back by itself; while it is down every read fails at once as `offline`.
 */
import { findRtuAnswer, judgePdu, mbapFrame, readMbap, registersPerReadMax } from '../../format/modbus.ts';
import { rtuFrame, rtuFrameBytesMax } from '../../format/modbus.ts';
import type { Expected } from '../../format/modbus.ts';
import { text } from '../../model/text.ts';
import type { Text } from '../../model/text.ts';
import type { ByteLink } from '../../ports/byte-link.ts';
import type {
  RegisterAnswer,
  RegisterRequest,
  RegisterWrite,
  WritableRegisters,
} from '../../ports/registers.ts';
import { startExchange } from './exchange.ts';

/** Reads that may wait for their turn on one bus. */
export const waitingReadsMax = 64;
/** Unanswered reads running after which a serial port is closed and opened again. */
const unansweredBeforeReopen = 3;
/** Some UPSes take 2 s; an answer later than this could be taken for the next one's on RTU. */
const worstAnswerMsMin = 2500;
/** Received bytes kept while an answer is looked for: a whole frame and as much noise before it. */
const receivedBytesMax = 4 * rtuFrameBytesMax;
/** Readings of one question until two agree. */
const readingsMax = 4;
/** TCP transactions remembered as done: a second copy of their answer is no reason to end the connection. */
const doneTransactionsKept = 16;

export interface ModbusLineOptions {
  readonly framing: 'rtu' | 'tcp';
  /** Owned by the line: started by it and closed with it. */
  readonly link: ByteLink;
  readonly timeoutMs: number;
  /** RTU: baud rate of the wire, for the gap of 3.5 characters. */
  readonly baud?: number;
  /** RTU: from question to the latest moment an answer may still come. */
  readonly worstAnswerMs?: number;
  /** The link came up or went down, for the log and the alarm. */
  readonly onLink?: (isUp: boolean, reason: Text) => void;
}

type Failure = Extract<RegisterAnswer, { ok: false }>;
type Ending = { readonly pdu: Uint8Array } | Failure;

interface Question {
  readonly expected: Expected;
  readonly transaction: number;
  readonly askedAt: number;
  end(ending: Ending): void;
}

const failure = (kind: Failure['kind'], reason: Text): Failure => ({ ok: false, kind, reason });
const offline = failure('offline', text('总线未连接', 'the bus is not connected'));
const closed = failure('offline', text('总线已关闭', 'the bus is closed'));
const tooMany = failure('timeout', text('等待该总线的读取过多', 'too many reads wait for this bus'));

/** 3.5 characters of 11 bits, in whole milliseconds; the standard's 1.75 ms above 19200 baud. */
const rtuGapMs = (baud: number): number => Math.ceil(Math.max(1.75, (3.5 * 11 * 1000) / baud));

export class ModbusLine implements WritableRegisters {
  /** Bytes that answered no question, connections ended by us, and readings that differed from the one before. */
  readonly counters = { strayBytes: 0, drops: 0, disagreements: 0 };
  readonly #options: ModbusLineOptions;
  readonly #gapMs: number;
  readonly #worstAnswerMs: number;
  #isUp = false;
  #isClosed = false;
  #waiting = 0;
  #turn: Promise<unknown> = Promise.resolve();
  #question: Question | undefined;
  /** RTU: the question whose answer may still come, and until when the line is held for it. */
  #unanswered: Expected | undefined;
  #heldUntil = 0;
  #unansweredRunning = 0;
  #received = new Uint8Array(0);
  #quietFrom = 0;
  #transaction = 0;
  #wake: (() => void) | undefined;

  constructor(options: ModbusLineOptions) {
    this.#options = options;
    this.#gapMs = rtuGapMs(options.baud ?? 9600);
    this.#worstAnswerMs = options.worstAnswerMs ?? Math.max(worstAnswerMsMin, 2 * options.timeoutMs);
  }

  start(): this {
    this.#options.link.start({
      up: () => {
        this.#isUp = true;
        this.#received = new Uint8Array(0);
        this.#options.onLink?.(true, text('已连接', 'connected'));
      },
      down: (reason) => {
        this.#lost(reason);
        this.#options.onLink?.(false, reason);
      },
      data: (chunk) => {
        this.#quietFrom = performance.now() + this.#gapMs;
        if (this.#options.framing === 'rtu') this.#rtuBytes(chunk);
        else this.#tcpBytes(chunk);
      },
    });
    return this;
  }

  read(request: RegisterRequest): Promise<RegisterAnswer> {
    const wrong = wrongRequest(request);
    if (wrong !== undefined) return Promise.resolve(failure('bad-answer', wrong));
    return this.#inTurn(() => this.#ask(request));
  }

  /** Asked once: a second order might do twice what should be done once. */
  write(request: RegisterWrite): Promise<RegisterAnswer> {
    const wrong = wrongWrite(request);
    if (wrong !== undefined) return Promise.resolve(failure('bad-answer', wrong));
    return this.#inTurn(() => this.#askOnce(request));
  }

  #inTurn(ask: () => Promise<RegisterAnswer>): Promise<RegisterAnswer> {
    if (this.#isClosed) return Promise.resolve(closed);
    if (this.#waiting >= waitingReadsMax) return Promise.resolve(tooMany);
    this.#waiting++;
    const answer = this.#turn.then(ask).finally(() => {
      this.#waiting--;
    });
    this.#turn = answer;
    return answer;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#isUp = false;
    this.#question?.end(closed);
    this.#wake?.();
    await this.#options.link.close();
    await this.#turn;
  }

  async #ask(request: RegisterRequest): Promise<RegisterAnswer> {
    const readings: (readonly number[])[] = [];
    while (readings.length < readingsMax) {
      const answer = await this.#askOnce(request);
      if (!answer.ok) return answer;
      const { values } = answer;
      if (readings.some((earlier) => earlier.every((value, n) => value === values[n]))) return answer;
      if (readings.push(values) > 1) this.counters.disagreements++;
    }
    return failure('bad-answer', text('多次读取的结果互不一致', 'repeated readings never agree'));
  }

  async #askOnce(request: RegisterRequest | RegisterWrite): Promise<RegisterAnswer> {
    if (this.#isClosed) return closed;
    if (!this.#isUp) return offline;
    if (this.#options.framing === 'rtu') {
      const reason = await this.#untilQuiet();
      if (reason !== undefined) return reason;
    } else if (this.#received.length > 0) {
      return this.#outOfStep(text('应答后有多余字节', 'bytes left over behind an answer'));
    }
    return this.#exchange(request);
  }

  /** Waits out the hold and the gap. A wire that never falls silent is a bad answer, not a reason to wait for ever. */
  async #untilQuiet(): Promise<Failure | undefined> {
    const giveUpAt = Math.max(performance.now(), this.#heldUntil) + this.#options.timeoutMs;
    for (;;) {
      if (this.#isClosed) return closed;
      if (!this.#isUp) return offline;
      const now = performance.now();
      const from = Math.max(this.#heldUntil, this.#quietFrom);
      if (now >= from) break;
      if (now >= giveUpAt)
        return failure('bad-answer', text('总线上一直有杂乱数据', 'the wire is never quiet'));
      await this.#sleep(from - now);
    }
    this.#unanswered = undefined;
    this.#received = new Uint8Array(0);
    return undefined;
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, Math.ceil(ms));
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  async #exchange(request: RegisterRequest | RegisterWrite): Promise<RegisterAnswer> {
    const { framing, link, timeoutMs } = this.#options;
    this.#transaction = (this.#transaction + 1) & 0xffff;
    const transaction = this.#transaction;
    const ended = this.#ending(request, transaction, timeoutMs);
    const exchange = startExchange(request, (pdu) =>
      link.write(framing === 'rtu' ? rtuFrame(request.unit, pdu) : mbapFrame(transaction, request.unit, pdu)),
    );
    if (!exchange.isSent) this.#question?.end(offline);
    const ending = await ended;
    this.#question = undefined;
    if ('pdu' in ending) exchange.answer(ending.pdu);
    else exchange.fail();
    const values = await exchange.values;
    if (!('pdu' in ending)) return ending;
    this.#unansweredRunning = 0;
    if (judgePdu(ending.pdu, request) === 'exception') return exception(ending.pdu[1] ?? 0);
    if (values === undefined)
      return failure('bad-answer', text('应答无法解码', 'the answer cannot be decoded'));
    return { ok: true, values };
  }

  #ending(expected: Expected, transaction: number, timeoutMs: number): Promise<Ending> {
    return new Promise((resolve) => {
      const overdue = setTimeout(() => {
        this.#overdue();
      }, timeoutMs);
      this.#question = {
        expected,
        transaction,
        askedAt: performance.now(),
        end: (ending) => {
          clearTimeout(overdue);
          resolve(ending);
        },
      };
    });
  }

  #overdue(): void {
    const question = this.#question;
    if (question === undefined) return;
    const heard = this.#received.length;
    question.end(
      heard === 0
        ? failure('timeout', text('设备没有应答', 'the device does not answer'))
        : failure(
            'bad-answer',
            text(
              `收到 ${heard} 字节，但不是对本次读取的应答`,
              `${heard} bytes came, none of them the answer to this read`,
            ),
          ),
    );
    this.#question = undefined;
    if (this.#options.framing === 'tcp') {
      this.#drop(text('设备没有应答，重新连接', 'no answer: connecting again'));
      return;
    }
    this.#unanswered = question.expected;
    this.#heldUntil = question.askedAt + this.#worstAnswerMs;
    if (++this.#unansweredRunning < unansweredBeforeReopen) return;
    this.#unansweredRunning = 0;
    this.#drop(text('连续无应答，重新打开串口', 'no answers running: opening the port again'));
  }

  #rtuBytes(chunk: Uint8Array): void {
    const expected = this.#question?.expected ?? this.#unanswered;
    if (expected === undefined) {
      this.counters.strayBytes += chunk.length;
      return;
    }
    this.#received = appended(this.#received, chunk);
    const pdu = findRtuAnswer(this.#received, expected);
    if (pdu === undefined) return;
    const question = this.#question;
    if (question !== undefined) {
      this.#question = undefined;
      question.end({ pdu: pdu.slice() });
    } else {
      this.#unanswered = undefined;
      this.#heldUntil = 0;
      this.#wake?.();
    }
    this.#received = new Uint8Array(0);
  }

  #tcpBytes(chunk: Uint8Array): void {
    this.#received = appended(this.#received, chunk);
    for (;;) {
      const frame = readMbap(this.#received);
      if (frame.kind === 'incomplete') return;
      if (frame.kind === 'broken') {
        this.#outOfStep(text('不是 Modbus TCP 数据', 'the bytes are not Modbus TCP'));
        return;
      }
      this.#received = this.#received.slice(frame.bytes);
      const question = this.#question;
      if (question !== undefined && frame.transaction === question.transaction) {
        const answersIt =
          frame.unit === question.expected.unit && judgePdu(frame.pdu, question.expected) !== 'wrong';
        if (!answersIt) {
          this.#outOfStep(text('应答与请求不符', 'the answer does not fit the question'));
          return;
        }
        this.#question = undefined;
        question.end({ pdu: frame.pdu.slice() });
        continue;
      }
      const age = (this.#transaction - frame.transaction) & 0xffff;
      const isDone = age < doneTransactionsKept && (question === undefined || age > 0);
      if (!isDone) {
        this.#outOfStep(text('应答的事务号不符', 'an answer with a foreign transaction number'));
        return;
      }
      this.counters.strayBytes += frame.bytes;
    }
  }

  /** TCP: nothing that follows on this connection can be trusted. */
  #outOfStep(reason: Text): Failure {
    const ending = failure('bad-answer', reason);
    this.#question?.end(ending);
    this.#question = undefined;
    this.#drop(reason);
    return ending;
  }

  #drop(reason: Text): void {
    this.counters.drops++;
    this.#isUp = false;
    this.#received = new Uint8Array(0);
    this.#options.link.drop(reason);
  }

  #lost(reason: Text): void {
    this.#isUp = false;
    this.#question?.end(failure('offline', reason));
    this.#question = undefined;
    this.#wake?.();
  }
}

function wrongRequest({ unit, address, count }: RegisterRequest): Text | undefined {
  const isWhole = [unit, address, count].every(Number.isInteger);
  const isInside = unit >= 0 && unit <= 255 && address >= 0 && count >= 1 && address + count <= 0x10000;
  if (isWhole && isInside && count <= registersPerReadMax) return undefined;
  return text(
    `不可能的读取：单元 ${unit}，地址 ${address}，数量 ${count}`,
    `no such read: unit ${unit}, address ${address}, count ${count}`,
  );
}

function wrongWrite({ unit, address, value }: RegisterWrite): Text | undefined {
  const isWhole = [unit, address, value].every(Number.isInteger);
  const isInside =
    unit >= 1 && unit <= 255 && address >= 0 && address <= 0xffff && value >= 0 && value <= 0xffff;
  if (isWhole && isInside) return undefined;
  return text(
    `不可能的写入：单元 ${unit}，地址 ${address}，值 ${value}`,
    `no such write: unit ${unit}, address ${address}, value ${value}`,
  );
}

const exception = (code: number): Failure => ({
  ...failure('exception', text(`设备答复异常码 ${code}`, `the device answers with exception ${code}`)),
  exception: code,
});

function appended(received: Uint8Array, chunk: Uint8Array): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(received.length + chunk.length);
  all.set(received);
  all.set(chunk, received.length);
  return all.length <= receivedBytesMax ? all : all.slice(all.length - receivedBytesMax);
}
