/**
 * Pins in memory: the demo and the tests press buttons and look at relays through a `VirtualChip`, which outlives the
 * program's hold on it as the real chip does. Behaves as the real back ends do, down to the refusal of a held line.
 */
import { text } from '../../model/text.ts';
import type { Text } from '../../model/text.ts';
import { GpioLost, GpioRefused } from '../../ports/gpio.ts';
import type { Gpio, GpioRequest } from '../../ports/gpio.ts';

const pinsOfHeader = 28;

interface Pin {
  level: boolean;
  isOutput: boolean;
  holder: VirtualGpio | undefined;
}

/** What stands outside the program: levels that the world drives and outputs that hold their level. */
export class VirtualChip {
  readonly pins = new Map<number, Pin>();
  readonly #keepsOutputs: boolean;

  constructor({ keepsOutputs = true, pins = pinsOfHeader }: { keepsOutputs?: boolean; pins?: number } = {}) {
    this.#keepsOutputs = keepsOutputs;
    for (let pin = 0; pin < pins; pin++)
      this.pins.set(pin, { level: false, isOutput: false, holder: undefined });
  }

  get keepsOutputs(): boolean {
    return this.#keepsOutputs;
  }

  /** The world puts a level on a pin that nobody drives. */
  drive(number: number, level: boolean): void {
    const pin = this.pins.get(number);
    if (pin === undefined || pin.isOutput || pin.level === level) return;
    pin.level = level;
    pin.holder?.changed(number);
  }

  /** Somebody else drives an output that is held, as any program may over sysfs. */
  seize(number: number, level: boolean): void {
    const pin = this.pins.get(number);
    if (pin !== undefined) pin.level = level;
  }

  level(number: number): boolean {
    return this.pins.get(number)?.level ?? false;
  }

  isOutput(number: number): boolean {
    return this.pins.get(number)?.isOutput ?? false;
  }

  /** A power cut of the chip: a pin that nobody holds is an input at rest again. */
  forget(number: number): void {
    const pin = this.pins.get(number);
    if (pin === undefined || pin.holder !== undefined) return;
    pin.isOutput = false;
    pin.level = false;
  }

  /** The chip is pulled out. */
  lose(reason: Text): void {
    const holders = new Set([...this.pins.values()].flatMap(({ holder }) => holder ?? []));
    this.pins.clear();
    holders.forEach((holder) => holder.lost(reason));
  }
}

export class VirtualGpio implements Gpio {
  readonly backend = 'virtual';
  readonly isExclusive = true;
  readonly #chip: VirtualChip;
  #request: GpioRequest | undefined;
  readonly #settling = new Map<number, NodeJS.Timeout>();
  /** Debounced levels of the inputs. */
  readonly #inputs = new Map<number, boolean>();
  readonly #written = new Map<number, boolean>();

  constructor(chip: VirtualChip) {
    this.#chip = chip;
  }

  get keepsOutputs(): boolean {
    return this.#chip.keepsOutputs;
  }

  open(request: GpioRequest): Promise<void> {
    const all = [...request.inputs, ...request.outputs].map(({ pin }) => pin);
    for (const number of all) {
      const pin = this.#chip.pins.get(number);
      if (pin === undefined)
        return Promise.reject(new GpioRefused(text(`没有引脚 ${number}`, `there is no pin ${number}`)));
      if (pin.holder !== undefined || all.filter((other) => other === number).length > 1)
        return Promise.reject(new GpioRefused(text(`引脚 ${number} 已被占用`, `pin ${number} is in use`)));
    }
    this.#request = request;
    for (const number of all) this.#pin(number).holder = this;
    for (const { pin, idle } of request.outputs) {
      const held = this.#pin(pin);
      if (!held.isOutput) held.level = idle;
      held.isOutput = true;
      this.#written.set(pin, held.level);
    }
    for (const { pin } of request.inputs) {
      const held = this.#pin(pin);
      held.isOutput = false;
      this.#inputs.set(pin, held.level);
    }
    return Promise.resolve();
  }

  read(pin: number): boolean {
    return this.#inputs.get(pin) ?? this.#held(pin).level;
  }

  write(levels: ReadonlyMap<number, boolean>): void {
    for (const pin of levels.keys())
      if (!this.#held(pin).isOutput) throw new RangeError(`pin ${pin} is not an output`);
    for (const [pin, level] of levels) {
      this.#pin(pin).level = level;
      this.#written.set(pin, level);
    }
  }

  changedByOther(): readonly number[] {
    return [...this.#written].filter(([pin, level]) => this.#held(pin).level !== level).map(([pin]) => pin);
  }

  close(): Promise<void> {
    for (const timer of this.#settling.values()) clearTimeout(timer);
    this.#settling.clear();
    for (const pin of this.#chip.pins.values()) {
      if (pin.holder !== this) continue;
      pin.holder = undefined;
      if (!pin.isOutput || this.keepsOutputs) continue;
      pin.isOutput = false;
      pin.level = false;
    }
    this.#inputs.clear();
    this.#written.clear();
    this.#request = undefined;
    return Promise.resolve();
  }

  /** The level of an input is another: told when it has stood for the debounce time. */
  changed(pin: number): void {
    const request = this.#request;
    const debounceMs = request?.inputs.find((input) => input.pin === pin)?.debounceMs ?? 0;
    clearTimeout(this.#settling.get(pin));
    const settle = (): void => {
      const level = this.#chip.level(pin);
      if (this.#inputs.get(pin) === level) return;
      this.#inputs.set(pin, level);
      request?.onEdge(pin, level);
    };
    if (debounceMs === 0) settle();
    else this.#settling.set(pin, setTimeout(settle, debounceMs));
  }

  lost(reason: Text): void {
    this.#inputs.clear();
    this.#request?.onLost(reason);
  }

  #pin(number: number): Pin {
    const pin = this.#chip.pins.get(number);
    if (pin === undefined) throw new GpioLost(`pin ${number} is gone`);
    return pin;
  }

  #held(number: number): Pin {
    const pin = this.#pin(number);
    if (pin.holder !== this) throw new RangeError(`pin ${number} was not requested`);
    return pin;
  }
}

const chips = new Map<string, VirtualChip>();

/** The chip of a virtual bus: whoever plays the outside world asks for the same one by the bus's name. */
export function virtualChip(bus: string): VirtualChip {
  const chip = chips.get(bus) ?? new VirtualChip();
  chips.set(bus, chip);
  return chip;
}
