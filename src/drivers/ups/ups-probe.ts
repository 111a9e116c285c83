/**
 * Watches one UPS over Modbus registers. A reading is `up` and carries the values: whether mains failed is for the watch
 * to judge. Three rounds without a reading mean that we lost the UPS (`unknown`): neither "on battery" nor "fine".
 */
import { text } from '../../model/text.ts';
import type { Probe } from '../../ports/probe.ts';
import type { RegisterAnswer, Registers } from '../../ports/registers.ts';
import { ProbeRounds } from '../probe-rounds.ts';
import type { RoundAnswer } from '../probe-rounds.ts';
import { blocksOf, decodeReading } from './decode.ts';
import type { Block, Words } from './decode.ts';
import type { UpsItem, UpsMap, UpsReading } from './map.ts';

/** `slow` items are read every so many rounds. */
const slowEvery = 6;

export interface UpsProbeOptions {
  readonly source: string;
  readonly registers: Registers;
  readonly unit: number;
  readonly map: UpsMap;
  readonly everyMs: number;
}

export function upsProbe({ source, registers, unit, map, everyMs }: UpsProbeOptions): Probe {
  const ups = new Ups(registers, unit, map);
  return new ProbeRounds({
    source,
    everyMs,
    suspectMs: Math.min(everyMs, Math.max(1000, everyMs / 5)),
    silence: 'unknown',
    ask: () => ups.round(),
  });
}

class Ups {
  readonly #registers: Registers;
  readonly #unit: number;
  readonly #items: Readonly<Record<'fast' | 'slow' | 'once', readonly UpsItem[]>>;
  /** Newest readings of what is not read every round. */
  readonly #kept: Record<'slow' | 'once', UpsReading | undefined> = { slow: undefined, once: undefined };
  #round = 0;

  constructor(registers: Registers, unit: number, map: UpsMap) {
    this.#registers = registers;
    this.#unit = unit;
    const at = (poll: string): readonly UpsItem[] =>
      map.items.filter((item) => (item.poll ?? 'fast') === poll);
    this.#items = { fast: at('fast'), slow: at('slow'), once: at('once') };
  }

  async round(): Promise<RoundAnswer> {
    const isSlowTurn = this.#round % slowEvery === 0;
    const fast = await this.#read(this.#items.fast);
    if ('silent' in fast) return lost(fast.silent);
    if (fast.reading.onBattery === undefined)
      return {
        kind: 'miss',
        reason: text('UPS 未给出供电状态', 'the UPS does not tell whether it is on battery'),
      };
    this.#round++;
    for (const poll of ['slow', 'once'] as const) {
      const isDue = poll === 'slow' ? isSlowTurn : this.#kept.once === undefined;
      if (!isDue) continue;
      const read = await this.#read(this.#items[poll]);
      this.#kept[poll] = 'silent' in read ? undefined : read.reading;
    }
    const reading = { ...this.#kept.once, ...this.#kept.slow, ...fast.reading };
    return { kind: 'alive', reason: sentence(reading), values: reading };
  }

  /** Silence ends the round at once: a dead UPS must not hold the bus for every block. A refused block is left out. */
  async #read(
    items: readonly UpsItem[],
  ): Promise<{ readonly reading: UpsReading } | { readonly silent: Extract<RegisterAnswer, { ok: false }> }> {
    const words = new Map<string, number>();
    for (const block of blocksOf(items)) {
      const answer = await this.#registers.read({ unit: this.#unit, ...block });
      if (!answer.ok && answer.kind !== 'exception') return { silent: answer };
      if (answer.ok) keep(words, block, answer.values);
    }
    const wordAt: Words = (functionCode, register) => words.get(`${functionCode}/${register}`);
    return { reading: decodeReading(items, wordAt) };
  }
}

const keep = (words: Map<string, number>, block: Block, values: readonly number[]): void =>
  values.forEach((value, n) => words.set(`${block.function}/${block.address + n}`, value));

const lost = ({ reason }: Extract<RegisterAnswer, { ok: false }>): RoundAnswer => ({
  kind: 'miss',
  reason: text(`UPS 通信中断：${reason.zh}`, `no contact with the UPS: ${reason.en}`),
});

function sentence(reading: UpsReading): RoundAnswer['reason'] {
  const { onBattery, bypass, batteryPercent, runtimeS } = reading;
  const [zh, en] =
    onBattery === true
      ? ['电池供电', 'on battery']
      : bypass === true
        ? ['旁路供电', 'on bypass']
        : ['市电供电', 'on mains'];
  const charge = batteryPercent === undefined ? '' : ` ${batteryPercent}%`;
  const minutes = runtimeS === undefined ? undefined : Math.floor(runtimeS / 60);
  return text(
    `${zh}${charge}${minutes === undefined ? '' : `，可用 ${minutes} 分钟`}`,
    `${en}${charge}${minutes === undefined ? '' : `, ${minutes} min left`}`,
  );
}
