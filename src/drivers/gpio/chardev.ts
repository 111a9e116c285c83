/**
 * GPIO by the Linux character device, user API version 2: lines are held exclusively, all outputs change in one call,
 * and the kernel debounces. Claiming never moves a relay: outputs are requested as they are, read, and only then driven to what was read.
 * Edges wake the event loop at once: one blocking poll(2) waits in koffi's thread; there is no polling timer.
 */
import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import {
  gpioIoctl,
  lineConfig,
  lineFlag,
  lineInfoRequest,
  lineRequest,
  lineValues,
  linesPerRequestMax,
  readLineEvents,
  readLineInfo,
  readLineValues,
  requestedFd,
  structBytes,
} from '../../format/gpio-v2.ts';
import type { LineAttribute, LineConfig } from '../../format/gpio-v2.ts';
import { text } from '../../model/text.ts';
import type { Text } from '../../model/text.ts';
import { GpioLost, GpioRefused } from '../../ports/gpio.ts';
import type { Gpio, GpioRequest } from '../../ports/gpio.ts';
import { loadKernelCalls } from './kernel-calls.ts';
import type { KernelCalls } from './kernel-calls.ts';

const consumer = 'linekeeper';
/** Edges that the kernel keeps for us; what overflows is healed by reading the levels. */
const eventsKept = 256;
const eventsPerRead = 64;
/** Failed waits running before the line counts as lost. */
const waitFailuresMax = 8;

interface Held {
  readonly fd: number;
  readonly pins: readonly number[];
}

interface Hold {
  readonly request: GpioRequest;
  readonly outputs: Held | undefined;
  readonly inputs: Held | undefined;
  /** Written to end the wait. */
  readonly wakeFd: number;
  readonly reported: Map<number, boolean>;
  /** Levels of the outputs as they were adopted or written last. */
  readonly written: Map<number, boolean>;
  readonly onExit: () => void;
  ended: Promise<void>;
  isClosing: boolean;
}

export interface ChardevOptions {
  /** `/dev/gpiochip0`, found by its label. */
  readonly device: string;
  readonly keepsOutputs: boolean;
}

export class ChardevGpio implements Gpio {
  readonly backend = 'chardev';
  readonly isExclusive = true;
  readonly keepsOutputs: boolean;
  readonly #device: string;
  #calls: KernelCalls | undefined;
  #hold: Hold | undefined;

  constructor({ device, keepsOutputs }: ChardevOptions) {
    this.#device = device;
    this.keepsOutputs = keepsOutputs;
  }

  async open(request: GpioRequest): Promise<void> {
    if (this.#hold !== undefined) throw new GpioRefused(text('已打开', 'already open'));
    const calls = await loadKernelCalls();
    this.#calls = calls;
    const claimed: number[] = [];
    const chip = openSync(this.#device, 'r+');
    try {
      const outputs = this.#claimOutputs(calls, chip, request);
      if (outputs !== undefined) claimed.push(outputs.fd);
      const inputs = this.#claimInputs(calls, chip, request);
      if (inputs !== undefined) claimed.push(inputs.fd);
      // Only now, when everything is ours, is anything driven.
      const written =
        outputs === undefined ? new Map<number, boolean>() : this.#adopt(calls, chip, outputs, request);
      this.#begin(calls, request, outputs, inputs, written);
    } catch (error) {
      claimed.forEach((fd) => closeSync(fd));
      throw error;
    } finally {
      closeSync(chip);
    }
  }

  read(pin: number): boolean {
    const { outputs, inputs } = this.#held();
    const held = [inputs, outputs].find((lines) => lines?.pins.includes(pin));
    if (held === undefined) throw new RangeError(`pin ${pin} was not requested`);
    const bit = 1n << BigInt(held.pins.indexOf(pin));
    return (this.#values(held, bit) & bit) !== 0n;
  }

  write(levels: ReadonlyMap<number, boolean>): void {
    const { outputs } = this.#held();
    let values = 0n;
    let mask = 0n;
    for (const [pin, level] of levels) {
      const index = outputs?.pins.indexOf(pin) ?? -1;
      if (index < 0) throw new RangeError(`pin ${pin} is not an output`);
      mask |= 1n << BigInt(index);
      if (level) values |= 1n << BigInt(index);
    }
    if (outputs === undefined || mask === 0n) return;
    const errno = this.#calls?.ioctl(outputs.fd, gpioIoctl.setValues, lineValues(values, mask)) ?? 0;
    if (errno !== 0) throw new GpioLost(`${this.#device}: cannot write (errno ${errno})`);
    for (const [pin, level] of levels) this.#hold?.written.set(pin, level);
  }

  /** Nobody else can drive a line that we hold: what does not follow is short-circuited. */
  changedByOther(): readonly number[] {
    const { outputs, written } = this.#held();
    if (outputs === undefined) return [];
    const levels = this.#values(outputs, (1n << BigInt(outputs.pins.length)) - 1n);
    return outputs.pins.filter((pin, n) => {
      const level = written.get(pin);
      return level !== undefined && level !== ((levels & (1n << BigInt(n))) !== 0n);
    });
  }

  async close(): Promise<void> {
    const hold = this.#hold;
    if (hold === undefined) return;
    this.#hold = undefined;
    hold.isClosing = true;
    hold.onExit();
    await hold.ended;
    process.off('exit', hold.onExit);
    for (const held of [hold.outputs, hold.inputs]) if (held !== undefined) closeSync(held.fd);
    closeSync(hold.wakeFd);
  }

  #held(): Hold {
    if (this.#hold === undefined) throw new GpioLost(`${this.#device} is not open`);
    return this.#hold;
  }

  #claimOutputs(calls: KernelCalls, chip: number, { outputs }: GpioRequest): Held | undefined {
    const pins = outputs.map(({ pin }) => pin);
    if (pins.length === 0) return undefined;
    return this.#claim(calls, chip, pins, { flags: 0n, attributes: [] });
  }

  #claimInputs(calls: KernelCalls, chip: number, { inputs }: GpioRequest): Held | undefined {
    if (inputs.length === 0) return undefined;
    const pins = inputs.map(({ pin }) => pin);
    return this.#claim(calls, chip, pins, inputConfig(inputs));
  }

  #claim(calls: KernelCalls, chip: number, pins: readonly number[], config: LineConfig): Held {
    if (pins.length > linesPerRequestMax)
      throw new GpioRefused(
        text(`引脚过多：${pins.length}`, `${pins.length} pins; at most ${linesPerRequestMax} at once`),
      );
    const request = lineRequest(pins, consumer, config, eventsKept);
    const errno = calls.ioctl(chip, gpioIoctl.requestLines, request);
    if (errno !== 0) throw new GpioRefused(this.#whyRefused(calls, chip, pins, errno));
    const fd = requestedFd(request);
    const unblocked = calls.setNonBlocking(fd);
    if (unblocked === 0) return { fd, pins };
    closeSync(fd);
    throw new GpioRefused(text(`fcntl 失败（${unblocked}）`, `fcntl failed (errno ${unblocked})`));
  }

  /** The kernel says only "busy" or "invalid" for a whole request: look which line it was. */
  #whyRefused(calls: KernelCalls, chip: number, pins: readonly number[], errno: number): Text {
    for (const pin of pins) {
      const info = lineInfoRequest(pin);
      if (calls.ioctl(chip, gpioIoctl.lineInfo, info) !== 0)
        return text(`${this.#device} 没有引脚 ${pin}`, `${this.#device} has no pin ${pin}`);
      const { flags, consumer: holder } = readLineInfo(info);
      if ((flags & lineFlag.used) === 0n) continue;
      if (holder === 'sysfs')
        return text(
          `引脚 ${pin} 仍由 sysfs 导出：请重启本机，或写 /sys/class/gpio/unexport`,
          `pin ${pin} is held by sysfs: restart the machine, or write its number to /sys/class/gpio/unexport`,
        );
      return text(`引脚 ${pin} 已被 ${holder} 占用`, `pin ${pin} is held by ${holder}`);
    }
    const which = pins.join(', ');
    return text(`无法占用引脚 ${which}（errno ${errno}）`, `cannot claim pins ${which} (errno ${errno})`);
  }

  /** Drives each output to the level it has, or to `idle` where it was an input. */
  #adopt(calls: KernelCalls, chip: number, held: Held, { outputs }: GpioRequest): Map<number, boolean> {
    const driven = new Map<number, boolean>();
    const all = (1n << BigInt(held.pins.length)) - 1n;
    const present = this.#values(held, all);
    let values = 0n;
    outputs.forEach(({ pin, idle }, n) => {
      const bit = 1n << BigInt(n);
      const info = lineInfoRequest(pin);
      const isKnown = calls.ioctl(chip, gpioIoctl.lineInfo, info) === 0;
      const wasOutput = isKnown && (readLineInfo(info).flags & lineFlag.output) !== 0n;
      const level = wasOutput ? (present & bit) !== 0n : idle;
      if (level) values |= bit;
      driven.set(pin, level);
    });
    const config = lineConfig({
      flags: lineFlag.output,
      attributes: [{ kind: 'outputValues', values, mask: all }],
    });
    const errno = calls.ioctl(held.fd, gpioIoctl.setConfig, config);
    const which = held.pins.join(', ');
    if (errno !== 0)
      throw new GpioRefused(
        text(`无法驱动引脚 ${which}（errno ${errno}）`, `cannot drive pins ${which} (errno ${errno})`),
      );
    return driven;
  }

  #values(held: Held, mask: bigint): bigint {
    const values = lineValues(0n, mask);
    const errno = this.#calls?.ioctl(held.fd, gpioIoctl.getValues, values) ?? 0;
    if (errno !== 0) throw new GpioLost(`${this.#device}: cannot read (errno ${errno})`);
    return readLineValues(values);
  }

  #begin(
    calls: KernelCalls,
    request: GpioRequest,
    outputs: Held | undefined,
    inputs: Held | undefined,
    written: Map<number, boolean>,
  ): void {
    const wakeFd = calls.eventFd();
    const hold: Hold = {
      request,
      outputs,
      inputs,
      wakeFd,
      reported: new Map(),
      written,
      // Node's own threads are joined at exit: a wait that nobody ends would hold the process for ever.
      onExit: () => {
        writeSync(wakeFd, Buffer.from([1, 0, 0, 0, 0, 0, 0, 0]));
      },
      ended: Promise.resolve(),
      isClosing: false,
    };
    this.#hold = hold;
    process.on('exit', hold.onExit);
    if (inputs === undefined) return;
    const all = (1n << BigInt(inputs.pins.length)) - 1n;
    const levels = this.#values(inputs, all);
    inputs.pins.forEach((pin, n) => hold.reported.set(pin, (levels & (1n << BigInt(n))) !== 0n));
    hold.ended = this.#listen(calls, hold, inputs);
  }

  async #listen(calls: KernelCalls, hold: Hold, inputs: Held): Promise<void> {
    const buffer = Buffer.alloc(eventsPerRead * structBytes.lineEvent);
    let failures = 0;
    for (;;) {
      const ready = await calls.waitReadable([inputs.fd, hold.wakeFd]);
      if (hold.isClosing) return;
      try {
        if (ready < 0 && ++failures <= waitFailuresMax) continue;
        if (ready < 0) throw new GpioLost(`${this.#device}: cannot wait for edges`);
        failures = 0;
        this.#drain(hold, inputs, buffer);
      } catch (error) {
        const detail = error instanceof Error ? error.message : String(error);
        hold.request.onLost(text(`GPIO 丢失：${detail}`, `GPIO lost: ${detail}`));
        return;
      }
    }
  }

  #drain(hold: Hold, inputs: Held, buffer: Buffer): void {
    for (let isMore = true; isMore && !hold.isClosing;) {
      const bytes = readSome(inputs.fd, buffer);
      for (const { offset, rising } of readLineEvents(buffer.subarray(0, bytes)))
        this.#tell(hold, offset, rising);
      isMore = bytes === buffer.length;
    }
    if (hold.isClosing) return;
    // The kernel keeps so many edges and no more: the level now is what counts.
    const levels = this.#values(inputs, (1n << BigInt(inputs.pins.length)) - 1n);
    inputs.pins.forEach((pin, n) => this.#tell(hold, pin, (levels & (1n << BigInt(n))) !== 0n));
  }

  #tell(hold: Hold, pin: number, level: boolean): void {
    if (hold.reported.get(pin) === level) return;
    hold.reported.set(pin, level);
    hold.request.onEdge(pin, level);
  }
}

/** Bytes read; 0 when nothing waits. */
function readSome(fd: number, buffer: Buffer): number {
  try {
    return readSync(fd, buffer);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EAGAIN') return 0;
    throw error;
  }
}

const pullFlag = { up: lineFlag.pullUp, down: lineFlag.pullDown, none: lineFlag.pullNone } as const;

/** Both edges of every input; pulls and debounce times as attributes of the lines that share them. */
function inputConfig(inputs: GpioRequest['inputs']): LineConfig {
  const edges = lineFlag.input | lineFlag.edgeRising | lineFlag.edgeFalling;
  const maskOf = (matches: (input: GpioRequest['inputs'][number]) => boolean): bigint =>
    inputs.reduce((mask, input, n) => (matches(input) ? mask | (1n << BigInt(n)) : mask), 0n);
  const attributes: LineAttribute[] = [];
  for (const pull of ['up', 'down'] as const) {
    const mask = maskOf((input) => input.pull === pull);
    if (mask !== 0n) attributes.push({ kind: 'flags', flags: edges | pullFlag[pull], mask });
  }
  for (const debounceMs of new Set(inputs.map((input) => input.debounceMs))) {
    if (debounceMs === 0) continue;
    const mask = maskOf((input) => input.debounceMs === debounceMs);
    attributes.push({ kind: 'debounceUs', debounceUs: debounceMs * 1000, mask });
  }
  if (attributes.length > 10)
    throw new GpioRefused(
      text('去抖时间种类过多（最多 8 种）', 'too many different debounce times (at most 8)'),
    );
  return { flags: edges | pullFlag.none, attributes };
}
