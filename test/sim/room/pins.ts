/** The pins of the guard's machine: the virtual chip behind the port, with a back end that can refuse, fail or be pulled out. */
import { VirtualGpio } from '../../../src/drivers/gpio/virtual.ts';
import type { VirtualChip } from '../../../src/drivers/gpio/virtual.ts';
import { GpioLost, GpioRefused } from '../../../src/ports/gpio.ts';
import type { Gpio, GpioRequest } from '../../../src/ports/gpio.ts';
import { text } from '../../../src/model/text.ts';
import type { VirtualTime } from './time.ts';

export interface PinFaults {
  refuses: boolean;
  failsWrites: boolean;
  failsReads: boolean;
}

export class FaultyGpio implements Gpio {
  readonly backend = 'virtual';
  readonly isExclusive = true;
  readonly keepsOutputs = false;
  readonly #gpio: VirtualGpio;
  readonly #faults: PinFaults;
  readonly #time: VirtualTime;
  #request: GpioRequest | undefined;

  constructor(chip: VirtualChip, faults: PinFaults, time: VirtualTime) {
    this.#gpio = new VirtualGpio(chip);
    this.#faults = faults;
    this.#time = time;
  }

  open(request: GpioRequest): Promise<void> {
    this.#time.promised();
    if (this.#faults.refuses)
      return Promise.reject(new GpioRefused(text('引脚被占用', 'the pins are in use')));
    this.#request = request;
    return this.#gpio.open(request);
  }

  read(pin: number): boolean {
    if (this.#faults.failsReads) throw new GpioLost('the chip does not answer');
    return this.#gpio.read(pin);
  }

  write(levels: ReadonlyMap<number, boolean>): void {
    if (this.#faults.failsWrites) throw new GpioLost('the chip does not answer');
    this.#gpio.write(levels);
  }

  changedByOther(): readonly number[] {
    return this.#faults.failsReads ? [] : this.#gpio.changedByOther();
  }

  close(): Promise<void> {
    this.#time.promised();
    this.#request = undefined;
    return this.#gpio.close();
  }

  /** The chip is gone. */
  lose(): void {
    const request = this.#request;
    this.#request = undefined;
    request?.onLost(text('芯片被拔出', 'the chip was pulled out'));
  }
}
