/**
 * GPIO by sysfs, through the package onoff, for kernels that still have it. onoff compiles its addon, so it is optional; it
 * runs on the main thread only (its addon ends the process in a worker). It swallows errors on a pin that is already
 * exported, which every pin is after a crash: so direction, edge and level are read back here, and an output is opened
 * with the level it has, never with `out`, which would drive it low.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';
import type { Gpio as OnoffPin } from 'onoff';
import { text } from '../../model/text.ts';
import type { Text } from '../../model/text.ts';
import { GpioLost, GpioRefused } from '../../ports/gpio.ts';
import type { Gpio, GpioRequest } from '../../ports/gpio.ts';

const sysfsFolder = '/sys/class/gpio';

type Onoff = typeof OnoffPin;

/** The package, or why it cannot be used. */
export async function loadOnoff(): Promise<Onoff | Text> {
  if (!isMainThread) return text('onoff 只能在主线程使用', 'onoff works on the main thread only');
  try {
    return (await import('onoff')).Gpio;
  } catch (error) {
    const detail = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
    return text(
      `未安装 onoff（可选依赖，需要编译器）：${detail}`,
      `onoff is not installed (an optional dependency, it needs a compiler): ${detail}`,
    );
  }
}

interface Pin {
  readonly pin: number;
  readonly handle: OnoffPin;
  readonly isOutput: boolean;
}

export class OnoffGpio implements Gpio {
  readonly backend = 'onoff';
  readonly isExclusive = false;
  readonly keepsOutputs = true;
  readonly #onoff: Onoff;
  readonly #base: number;
  readonly #lines: number;
  readonly #pins = new Map<number, Pin>();
  /** Levels of the outputs as they were adopted or written last. */
  readonly #written = new Map<number, boolean>();

  /** `base`: number of the chip's first line in sysfs; `lines`: how many it has. */
  constructor(onoff: Onoff, { base, lines }: { readonly base: number; readonly lines: number }) {
    this.#onoff = onoff;
    this.#base = base;
    this.#lines = lines;
  }

  open(request: GpioRequest): Promise<void> {
    const exported: number[] = [];
    try {
      // All pins are ours before the first one is driven.
      const all = [...request.inputs, ...request.outputs].map(({ pin }) => pin);
      for (const pin of all) if (this.#export(pin, all)) exported.push(pin);
      for (const input of request.inputs) this.#openInput(input, request);
      for (const output of request.outputs) this.#openOutput(output);
      return Promise.resolve();
    } catch (error) {
      this.#release();
      for (const pin of exported) this.#unexport(pin);
      return Promise.reject(error instanceof Error ? error : new Error(String(error)));
    }
  }

  read(pin: number): boolean {
    return this.#reading(this.#held(pin));
  }

  write(levels: ReadonlyMap<number, boolean>): void {
    for (const pin of levels.keys())
      if (!this.#held(pin).isOutput) throw new RangeError(`pin ${pin} is not an output`);
    for (const [pin, level] of levels)
      try {
        this.#held(pin).handle.writeSync(level ? 1 : 0);
        this.#written.set(pin, level);
      } catch (error) {
        throw new GpioLost(`pin ${pin}: ${errorText(error)}`);
      }
  }

  changedByOther(): readonly number[] {
    try {
      return [...this.#written]
        .filter(
          ([pin, level]) =>
            this.#content(pin, 'direction') !== 'out' ||
            this.#content(pin, 'active_low') !== '0' ||
            this.#content(pin, 'value') !== (level ? '1' : '0'),
        )
        .map(([pin]) => pin);
    } catch (error) {
      throw new GpioLost(errorText(error));
    }
  }

  close(): Promise<void> {
    this.#release();
    return Promise.resolve();
  }

  #openInput({ pin, debounceMs }: GpioRequest['inputs'][number], request: GpioRequest): void {
    const handle = this.#make(pin, 'in', debounceMs);
    this.#pins.set(pin, { pin, handle, isOutput: false });
    this.#mustRead(pin, 'direction', 'in');
    this.#mustRead(pin, 'edge', 'both');
    let told = handle.readSync();
    handle.watch((error, level) => {
      if (error) {
        request.onLost(text(`引脚 ${pin} 丢失：${error.message}`, `pin ${pin} lost: ${error.message}`));
        return;
      }
      // After a bounce onoff reports the level it began with.
      if (level === told) return;
      told = level;
      request.onEdge(pin, level === 1);
    });
  }

  #openOutput({ pin, idle }: GpioRequest['outputs'][number]): void {
    const wasOutput = this.#content(pin, 'direction') === 'out';
    const level = wasOutput ? this.#content(pin, 'value') === '1' : idle;
    const handle = this.#make(pin, level ? 'high' : 'low', 0);
    this.#pins.set(pin, { pin, handle, isOutput: true });
    this.#written.set(pin, level);
    this.#mustRead(pin, 'direction', 'out');
    // A pin that does not follow is held by something outside: the read-back tells; the write itself must not fail.
    if (this.#content(pin, 'value') !== (level ? '1' : '0')) this.write(new Map([[pin, level]]));
  }

  /**
   * True when the pin was not exported before. Exporting leaves it as it is; a polarity that somebody else set would
   * turn every reading around.
   */
  #export(pin: number, all: readonly number[]): boolean {
    if (all.indexOf(pin) !== all.lastIndexOf(pin))
      throw new GpioRefused(text(`引脚 ${pin} 重复`, `pin ${pin} is requested twice`));
    if (pin >= this.#lines) throw new GpioRefused(text(`芯片没有引脚 ${pin}`, `the chip has no pin ${pin}`));
    const isNew = !existsSync(this.#file(pin, 'value'));
    try {
      if (isNew) writeFileSync(`${sysfsFolder}/export`, String(this.#base + pin));
      if (this.#content(pin, 'active_low') !== '0') writeFileSync(this.#file(pin, 'active_low'), '0');
      return isNew;
    } catch (error) {
      const detail = errorText(error);
      const zh = detail.includes('EBUSY') ? `引脚 ${pin} 已被占用` : `无法导出引脚 ${pin}：${detail}`;
      const en = detail.includes('EBUSY') ? `pin ${pin} is in use` : `cannot export pin ${pin}: ${detail}`;
      throw new GpioRefused(text(zh, en));
    }
  }

  #unexport(pin: number): void {
    try {
      writeFileSync(`${sysfsFolder}/unexport`, String(this.#base + pin));
    } catch {
      // Given back already.
    }
  }

  #make(pin: number, direction: 'in' | 'high' | 'low', debounceMs: number): OnoffPin {
    try {
      const number = this.#base + pin;
      return direction === 'in'
        ? new this.#onoff(number, direction, 'both', { debounceTimeout: debounceMs })
        : new this.#onoff(number, direction);
    } catch (error) {
      const detail = errorText(error);
      throw new GpioRefused(text(`无法打开引脚 ${pin}：${detail}`, `cannot open pin ${pin}: ${detail}`));
    }
  }

  #mustRead(pin: number, name: string, wanted: string): void {
    const found = this.#content(pin, name);
    if (found === wanted) return;
    throw new GpioRefused(
      text(
        `引脚 ${pin} 的 ${name} 是 ${found}，应为 ${wanted}`,
        `${name} of pin ${pin} is ${found}, not ${wanted}`,
      ),
    );
  }

  #file(pin: number, name: string): string {
    return `${sysfsFolder}/gpio${this.#base + pin}/${name}`;
  }

  #content(pin: number, name: string): string {
    return readFileSync(this.#file(pin, name), 'utf8').trim();
  }

  #held(pin: number): Pin {
    const held = this.#pins.get(pin);
    if (held === undefined) throw new RangeError(`pin ${pin} was not requested`);
    return held;
  }

  #reading({ pin, handle }: Pin): boolean {
    try {
      return handle.readSync() === 1;
    } catch (error) {
      throw new GpioLost(`pin ${pin}: ${errorText(error)}`);
    }
  }

  /**
   * Inputs are given back. onoff can close an output's file only by unexporting the pin, and what the pin does then
   * differs from kernel to kernel: so outputs stay exported and hold their level, as after a crash.
   */
  #release(): void {
    for (const { handle, isOutput } of this.#pins.values()) {
      handle.unwatchAll();
      if (!isOutput) handle.unexport();
    }
    this.#pins.clear();
    this.#written.clear();
  }
}

const errorText = (error: unknown): string => (error instanceof Error ? error.message : String(error));
