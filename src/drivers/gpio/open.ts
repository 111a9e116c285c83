/**
 * Chooses how the pins of a `gpio` bus are reached. `auto` takes the character device where there is one, because it holds
 * lines exclusively and can let relays fall when this process dies; else sysfs; never a virtual chip.
 */
import type { GpioBus } from '../../model/room.ts';
import { text } from '../../model/text.ts';
import type { Text } from '../../model/text.ts';
import { GpioLost, GpioRefused } from '../../ports/gpio.ts';
import type { Gpio, GpioRequest } from '../../ports/gpio.ts';
import { ChardevGpio } from './chardev.ts';
import { OnoffGpio, loadOnoff } from './onoff.ts';
import { findDevice, findSysfs, keptByChardev, keptBySysfs } from './platform.ts';
import { VirtualGpio, virtualChip } from './virtual.ts';

export interface OpenedGpio {
  readonly gpio: Gpio;
  /** Which back end, on which chip, and whether outputs outlive the process, for the log and the alarm. */
  readonly explanation: Text;
}

/** Never rejects: where nothing can be used, the pins refuse to open with the reason, and look again at each try. */
export async function openGpio(bus: Pick<GpioBus, 'id' | 'backend' | 'chip'>): Promise<Gpio> {
  const chosen = await chooseGpio(bus);
  return 'gpio' in chosen ? chosen.gpio : new LateGpio(bus);
}

/** The back end for a bus, or why there is none. */
export async function chooseGpio({
  id,
  backend,
  chip,
}: Pick<GpioBus, 'id' | 'backend' | 'chip'>): Promise<OpenedGpio | Text> {
  if (backend === 'virtual')
    return { gpio: new VirtualGpio(virtualChip(id)), explanation: text('虚拟引脚', 'virtual pins') };
  const reasons: Text[] = [];
  for (const choose of backend === 'auto'
    ? [chooseChardev, chooseOnoff]
    : [{ chardev: chooseChardev, onoff: chooseOnoff }[backend]]) {
    const chosen = await choose(chip);
    if ('gpio' in chosen) return chosen;
    reasons.push(chosen);
  }
  return text(
    `没有可用的 GPIO：${reasons.map(({ zh }) => zh).join('；')}`,
    `no GPIO can be used: ${reasons.map(({ en }) => en).join('; ')}`,
  );
}

async function chooseChardev(chip: string | undefined): Promise<OpenedGpio | Text> {
  try {
    const found = await findDevice(chip);
    if (!('device' in found)) return found;
    const { keeps, why } = keptByChardev(found.label);
    return {
      gpio: new ChardevGpio({ device: found.device, keepsOutputs: keeps }),
      explanation: text(
        `${found.device}（${found.label}）；${why.zh}`,
        `${found.device} (${found.label}); ${why.en}`,
      ),
    };
  } catch (error) {
    return reasonOf(error);
  }
}

async function chooseOnoff(chip: string | undefined): Promise<OpenedGpio | Text> {
  const found = findSysfs(chip);
  if (!('base' in found)) return found;
  const onoff = await loadOnoff();
  if (typeof onoff !== 'function') return onoff;
  const where = `sysfs ${found.base}+ (${found.label})`;
  return {
    gpio: new OnoffGpio(onoff, found),
    explanation: text(`${where}；${keptBySysfs.why.zh}`, `${where}; ${keptBySysfs.why.en}`),
  };
}

/** Pins of a chip that is not there yet: a driver that loads late, rights that udev has not given. */
class LateGpio implements Gpio {
  readonly #bus: Pick<GpioBus, 'id' | 'backend' | 'chip'>;
  #found: Gpio | undefined;

  constructor(bus: Pick<GpioBus, 'id' | 'backend' | 'chip'>) {
    this.#bus = bus;
  }

  get backend(): Gpio['backend'] {
    return this.#found?.backend ?? (this.#bus.backend === 'onoff' ? 'onoff' : 'chardev');
  }
  get keepsOutputs(): boolean {
    return this.#found?.keepsOutputs ?? true;
  }
  get isExclusive(): boolean {
    return this.#found?.isExclusive ?? false;
  }

  async open(request: GpioRequest): Promise<void> {
    if (this.#found === undefined) {
      const chosen = await chooseGpio(this.#bus);
      if (!('gpio' in chosen)) throw new GpioRefused(chosen);
      this.#found = chosen.gpio;
    }
    await this.#found.open(request);
  }
  read(pin: number): boolean {
    return this.#present().read(pin);
  }
  write(levels: ReadonlyMap<number, boolean>): void {
    this.#present().write(levels);
  }
  changedByOther(): readonly number[] {
    return this.#present().changedByOther();
  }
  async close(): Promise<void> {
    await this.#found?.close();
  }

  #present(): Gpio {
    if (this.#found === undefined) throw new GpioLost('no GPIO');
    return this.#found;
  }
}

const reasonOf = (error: unknown): Text => {
  if (error instanceof GpioRefused) return error.reason;
  const detail = error instanceof Error ? error.message : String(error);
  return text(detail, detail);
};
