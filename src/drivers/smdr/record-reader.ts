/**
 * Reads the call records of one switch: bytes of its link → lines → records, each line with the moment of its arrival. It
 * tells every line, the refused ones too, whether the link is there, and whether the format still fits. It judges no call.
 */
import type { ByteLink } from '../../ports/byte-link.ts';
import type { Clock } from '../../ports/clock.ts';
import type { LineRead } from '../../model/pbx-record.ts';
import type { OffsetAt } from '../../format/smdr/civil-time.ts';
import type { PbxFormat } from '../../format/smdr/pbx-format.ts';
import { Drift } from '../../format/smdr/drift.ts';
import { maskedRead } from '../../format/smdr/mask.ts';
import { LineAssembler } from '../../format/smdr/line-assembler.ts';
import { RecordStream } from '../../format/smdr/record-stream.ts';
import type { Text } from '../../model/text.ts';
import type { WallMs } from '../../model/units.ts';
import { text } from '../../model/text.ts';

/** Calls of several lines whose last one never comes are looked for so often. */
const overdueEveryMs = 5000;

export interface RecordReaderHandlers {
  link(isUp: boolean, reason: Text): void;
  read(read: LineRead, arrivedAt: WallMs): void;
  /** Many lines are refused, or no more. */
  drift(isDrifting: boolean, detail: Text): void;
}

export interface RecordReaderOptions {
  readonly link: ByteLink;
  readonly format: PbxFormat;
  readonly offsetAt: OffsetAt;
  readonly clock: Clock;
  /** Last digits of telephone numbers that nobody may keep. */
  readonly maskDigits?: number;
}

export class RecordReader {
  readonly #options: RecordReaderOptions;
  readonly #assembler = new LineAssembler();
  readonly #stream: RecordStream;
  readonly #drift = new Drift();
  #timer: NodeJS.Timeout | undefined;

  constructor(options: RecordReaderOptions) {
    this.#options = options;
    this.#stream = new RecordStream(options);
  }

  start(handlers: RecordReaderHandlers): void {
    const { link, clock, maskDigits } = this.#options;
    const tell = (read: LineRead): void => {
      handlers.read(maskDigits === undefined ? read : maskedRead(read, maskDigits), clock.wall());
      // A record that was held back is no new line.
      if (read.raw === '' || !this.#drift.note(read)) return;
      const { refused, judged, isDrifting } = this.#drift;
      handlers.drift(
        isDrifting,
        text(
          `最近 ${judged} 行话单有 ${refused} 行读不懂（最后一行：${shown(read.raw)}）`,
          `${refused} of the newest ${judged} lines are refused (the last: ${shown(read.raw)})`,
        ),
      );
    };
    link.start({
      up: () => handlers.link(true, text('话单链路正常', 'the link of the records is up')),
      down: (reason) => {
        const torn = this.#assembler.takeRest();
        if (torn !== undefined)
          tell({
            kind: 'rejected',
            raw: torn,
            why: text('链路中断，行不完整', 'torn by the loss of the link'),
          });
        handlers.link(false, reason);
      },
      data: (chunk) => {
        for (const line of this.#assembler.push(chunk))
          for (const read of this.#stream.line(line, clock.wall())) tell(read);
      },
    });
    this.#timer = setInterval(() => {
      for (const record of this.#stream.overdue(clock.wall())) tell({ kind: 'record', raw: '', record });
    }, overdueEveryMs);
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#options.link.close();
  }
}

/** Telephone numbers are personal data: an alarm shows the form of a line, not its digits. */
const shown = (raw: string): string =>
  raw
    .slice(0, 80)
    .replaceAll(/\d/g, '9')
    .replaceAll(/\p{Cc}/gu, '?');
