/** Gives out blank forms by the order of the power-cut plan: printed where there is a printer, else shown on the page. */
import type { ManualFormsSettings } from '../../model/room.ts';
import type { RoomId } from '../../model/ids.ts';
import { text } from '../../model/text.ts';
import type { Text } from '../../model/text.ts';
import { formNumber, formsPdf } from '../../format/manual-form.ts';
import type { FormBatch } from './form-numbers.ts';
import { FormNumbers } from './form-numbers.ts';
import { print } from './printer.ts';

export interface FormOutcome {
  readonly outcome: 'printed' | 'shown' | 'failed';
  readonly reason: Text;
}

export interface FormDeskOptions {
  readonly folder: string;
  readonly room: RoomId;
  readonly timezone: string;
  readonly settings: ManualFormsSettings;
  readonly now: () => number;
}

export class FormDesk {
  readonly #options: FormDeskOptions;
  readonly #numbers: FormNumbers;
  readonly #printed = new Map<string, Promise<FormOutcome>>();

  constructor(options: FormDeskOptions) {
    this.#options = options;
    this.#numbers = new FormNumbers(options.folder);
  }

  /** The same order again is answered with what came of it. */
  give(order: string): Promise<FormOutcome> {
    const before = this.#printed.get(order);
    if (before !== undefined) return before;
    const given = this.#give(order);
    this.#printed.set(order, given);
    return given;
  }

  /** Numbers of forms that were given out; the last batch without `from`; empty for what was not. */
  async numbers(from?: number, count?: number): Promise<readonly string[]> {
    const batches = await this.#numbers.batches();
    const first = from ?? batches.at(-1)?.from ?? 0;
    const most = count ?? batches.find((batch) => batch.from === first)?.count ?? 1;
    return batches
      .flatMap((batch) => this.#numbersOf(batch))
      .filter(({ serial }) => serial >= first && serial < first + most)
      .map(({ number }) => number);
  }

  #numbersOf({ from, count, day }: FormBatch): readonly { serial: number; number: string }[] {
    return Array.from({ length: count }, (_, n) => ({
      serial: from + n,
      number: formNumber(this.#options.room, day, from + n),
    }));
  }

  async #give(order: string): Promise<FormOutcome> {
    const { settings, timezone, now } = this.#options;
    try {
      const batch = await this.#numbers.take(order, settings.count, dayIn(timezone, now()));
      const numbers = this.#numbersOf(batch).map(({ number }) => number);
      const span = `${numbers[0] ?? ''} – ${numbers.at(-1) ?? ''}`;
      const place = `/forms?from=${batch.from}&count=${batch.count}`;
      if (settings.printer === undefined)
        return { outcome: 'shown', reason: text(`${span}：请打印 ${place}`, `${span}: print ${place}`) };
      const printed = await print(settings.printer, span, formsPdf(numbers));
      if (printed.ok)
        return {
          outcome: 'printed',
          reason: text(`已在 ${settings.printer} 打印 ${span}`, `${span} printed on ${settings.printer}`),
        };
      const { zh, en } = printed.reason;
      return { outcome: 'failed', reason: text(`${zh}；可打印 ${place}`, `${en}; print ${place}`) };
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      return { outcome: 'failed', reason: text(`无法取得编号：${why}`, `no numbers can be had: ${why}`) };
    }
  }
}

/** YYYYMMDD of the room. */
const dayIn = (timeZone: string, now: number): string =>
  new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' })
    .format(now)
    .replaceAll('-', '');
