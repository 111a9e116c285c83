/**
 * Watches one UPS over Modbus registers. A reading is `up` and carries the values: whether mains failed is for the watch
 * to judge. Three rounds without a reading mean that we lost the UPS (`unknown`): neither "on battery" nor "fine".
 */
import { text } from '../../model/text.ts';
import type { Text } from '../../model/text.ts';
import { sifted, upsSentence } from '../../model/ups.ts';
import type { UpsReading, UpsTestKind } from '../../model/ups.ts';
import type { Probe, TestAnswer } from '../../ports/probe.ts';
import type { RegisterAnswer, WritableRegisters } from '../../ports/registers.ts';
import { ProbeRounds } from '../probe-rounds.ts';
import type { RoundAnswer } from '../probe-rounds.ts';
import { blocksOf, decodeReading } from './decode.ts';
import type { Block, Words } from './decode.ts';
import { orderTest } from './order-test.ts';
import type { UpsItem, UpsMap } from './map.ts';

/** `slow` items are read every so many rounds. */
const slowEvery = 6;

/** So many values that no UPS can mean, and the rest is not believed either: it is another model's map. */
const strangeMax = 2;
const helpZh = '用 linekeeper ups probe 查找合适的型号';
const helpEn = '`linekeeper ups probe` finds the one that fits';

export interface UpsProbeOptions {
  readonly source: string;
  readonly registers: WritableRegisters;
  readonly unit: number;
  /** File name of the map, for the messages. */
  readonly model: string;
  readonly map: UpsMap;
  readonly everyMs: number;
}

export function upsProbe({ source, registers, unit, model, map, everyMs }: UpsProbeOptions): Probe {
  const ups = new Ups(registers, unit, model, map);
  return new ProbeRounds({
    source,
    everyMs,
    suspectMs: Math.min(everyMs, Math.max(1000, everyMs / 5)),
    silence: 'unknown',
    ask: () => ups.round(),
    test: (what) => ups.test(what),
  });
}

type Failure = Extract<RegisterAnswer, { ok: false }>;

class Ups {
  readonly #registers: WritableRegisters;
  readonly #unit: number;
  readonly #model: string;
  readonly #orders: UpsMap['test'];
  readonly #items: Readonly<Record<'fast' | 'slow' | 'once', readonly UpsItem[]>>;
  /** Newest readings of what is not read every round. */
  readonly #kept: Record<'slow' | 'once', UpsReading | undefined> = { slow: undefined, once: undefined };
  #round = 0;

  constructor(registers: WritableRegisters, unit: number, model: string, map: UpsMap) {
    this.#registers = registers;
    this.#unit = unit;
    this.#model = model;
    this.#orders = map.test;
    const at = (poll: string): readonly UpsItem[] =>
      map.items.filter((item) => (item.poll ?? 'fast') === poll);
    this.#items = { fast: at('fast'), slow: at('slow'), once: at('once') };
  }

  async round(): Promise<RoundAnswer> {
    const isSlowTurn = this.#round % slowEvery === 0;
    const fast = await this.#read(this.#items.fast);
    if ('silent' in fast) return this.#lost(fast.silent);
    if (fast.reading.onBattery === undefined)
      return { kind: 'miss', reason: this.#tellsNothing(fast.refusal) };
    this.#round++;
    for (const poll of ['slow', 'once'] as const) {
      const isDue = poll === 'slow' ? isSlowTurn : this.#kept.once === undefined;
      if (!isDue) continue;
      const read = await this.#read(this.#items[poll]);
      this.#kept[poll] = 'silent' in read ? undefined : read.reading;
    }
    const { reading, strange } = sifted({ ...this.#kept.once, ...this.#kept.slow, ...fast.reading });
    if (strange.length === 0) return { kind: 'alive', reason: upsSentence(reading), values: reading };
    const list = strange.join(', ');
    const odd = text(
      `读数不合理（${list}）：型号 ${this.#model} 或字序不对？${helpZh}`,
      `readings make no sense (${list}): is model ${this.#model} or its word order wrong? ${helpEn}`,
    );
    if (strange.length > strangeMax) return { kind: 'miss', reason: odd };
    const said = upsSentence(reading);
    return {
      kind: 'alive',
      reason: text(`${said.zh}；${odd.zh}`, `${said.en}; ${odd.en}`),
      values: reading,
    };
  }

  /** The newest reading may be seconds old: whether it is on mains is asked once more, right before the order. */
  async test(what: UpsTestKind | 'stop'): Promise<TestAnswer> {
    const order = this.#orders?.[what];
    if (order === undefined)
      return {
        accepted: false,
        reason: text(
          `型号 ${this.#model} 的寄存器表没有此命令`,
          `the map of model ${this.#model} has no such order`,
        ),
      };
    if (what !== 'stop') {
      const now = await this.#read(this.#items.fast);
      if ('silent' in now) return { accepted: false, reason: now.silent.reason };
      if (now.reading.onBattery !== false)
        return { accepted: false, reason: text('UPS 不在市电供电', 'the UPS is not on mains') };
    }
    return orderTest(this.#registers, this.#unit, order);
  }

  #tellsNothing(refusal: RegisterAnswer | undefined): Text {
    const why =
      refusal === undefined || refusal.ok
        ? text('状态寄存器的值不在表中', 'its state register holds a value that the map does not know')
        : refusal.reason;
    return text(
      `UPS 未给出供电状态（${why.zh}）：型号 ${this.#model} 不对？${helpZh}`,
      `the UPS does not tell whether it is on battery (${why.en}): is model ${this.#model} wrong? ${helpEn}`,
    );
  }

  #lost({ kind, reason }: Failure): RoundAnswer {
    const first = text(`UPS 通信中断：${reason.zh}`, `no contact with the UPS: ${reason.en}`);
    if (kind !== 'timeout') return { kind: 'miss', reason: first };
    return {
      kind: 'miss',
      reason: text(
        `${first.zh}（单元号 ${this.#unit}；检查单元号、波特率、接线，以及 UPS 菜单中是否启用 Modbus）`,
        `${first.en} (unit ${this.#unit}; check unit, baud rate, wiring, and that Modbus is on in the menu of the UPS)`,
      ),
    };
  }

  /** Silence ends the round at once: a dead UPS must not hold the bus for every block. A refused block is left out. */
  async #read(
    items: readonly UpsItem[],
  ): Promise<{ readonly reading: UpsReading; readonly refusal?: Failure } | { readonly silent: Failure }> {
    let refusal: Failure | undefined;
    const words = new Map<string, number>();
    for (const block of blocksOf(items)) {
      const answer = await this.#registers.read({ unit: this.#unit, ...block });
      if (!answer.ok && answer.kind !== 'exception') return { silent: answer };
      if (answer.ok) keep(words, block, answer.values);
      else refusal = answer;
    }
    const wordAt: Words = (functionCode, register) => words.get(`${functionCode}/${register}`);
    return { reading: decodeReading(items, wordAt), ...(refusal === undefined ? {} : { refusal }) };
  }
}

const keep = (words: Map<string, number>, block: Block, values: readonly number[]): void =>
  values.forEach((value, n) => words.set(`${block.function}/${block.address + n}`, value));
