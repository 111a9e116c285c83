/**
 * Asks a device on a serial wire and looks for the expected words in what comes back; without a question it only listens, for
 * a heartbeat that the device sends by itself. A wire of ours that is not there says nothing about the device. It runs on the
 * guard's thread, so what is looked for has no form that could take long (no regular expression).
 */
import { text } from '../../model/text.ts';
import type { Text } from '../../model/text.ts';
import type { ByteLink } from '../../ports/byte-link.ts';
import type { Probe } from '../../ports/probe.ts';
import { oneAnswer } from '../one-answer.ts';
import { ProbeRounds, Slots } from '../probe-rounds.ts';
import type { RoundAnswer } from '../probe-rounds.ts';

/** The newest of what came; older bytes give way. */
const heardBytesMax = 4096;
const wordsTold = 40;

/** One wire and all who ask over it, one at a time. */
export class SerialWire {
  readonly #link: ByteLink;
  readonly #turn = new Slots(1);
  readonly #listeners = new Set<(chunk: string) => void>();
  #fault: Text | undefined = text('串口尚未打开', 'the serial wire is not open yet');

  constructor(link: ByteLink) {
    this.#link = link;
  }

  start(): void {
    this.#link.start({
      up: () => (this.#fault = undefined),
      down: (reason) => (this.#fault = reason),
      data: (chunk) => {
        const heard = Buffer.from(chunk).toString('latin1');
        for (const listener of this.#listeners) listener(heard);
      },
    });
  }

  /** Why nothing can be asked now. */
  get fault(): Text | undefined {
    return this.#fault;
  }

  /** The function that it returns ends the listening. */
  listen(listener: (chunk: string) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  write(words: string): boolean {
    return this.#link.write(Buffer.from(words, 'latin1'));
  }

  take<T>(work: () => Promise<T>): Promise<T> {
    return this.#turn.run(work);
  }

  close(): Promise<void> {
    return this.#link.close();
  }
}

export interface SerialPollOptions {
  readonly source: string;
  readonly wire: SerialWire;
  readonly send?: string;
  /** Words that must come in one line; `*` stands for anything between them. */
  readonly expect: string;
  readonly everyMs: number;
  readonly timeoutMs: number;
}

export function serialPollProbe(options: SerialPollOptions): Probe {
  const { source, wire, send, everyMs } = options;
  const heard = new Heard(options.expect.split('*'));
  const forget = wire.listen((chunk) => {
    heard.add(chunk);
  });
  const rounds = new ProbeRounds({
    source,
    everyMs,
    silence: 'down',
    // A question needs the wire for itself; who only listens does not hold up the others.
    ask: (end) => (send === undefined ? ask(options, heard, end) : wire.take(() => ask(options, heard, end))),
  });
  return {
    source,
    start: (report) => {
      rounds.start(report);
    },
    suspect: (on) => {
      // A device that speaks by itself does not speak faster.
      if (send !== undefined) rounds.suspect(on);
    },
    stop: () => {
      forget();
      return rounds.stop();
    },
  };
}

class Heard {
  readonly #expected: readonly string[];
  #bytes = '';
  #waiting: ((words: string) => void) | undefined;

  constructor(expected: readonly string[]) {
    this.#expected = expected;
  }
  add(chunk: string): void {
    this.#bytes = (this.#bytes + chunk).slice(-heardBytesMax);
    const found = this.#waiting === undefined ? undefined : this.take();
    if (found !== undefined) this.#waiting?.(found);
  }
  /** The line with the expected words, if it came; it counts once. */
  take(): string | undefined {
    let from = 0;
    for (const line of this.#bytes.split(/[\r\n]/)) {
      const end = endOfWords(line, this.#expected);
      if (end !== undefined) {
        this.#bytes = this.#bytes.slice(from + end);
        return line.slice(0, end);
      }
      from += line.length + 1;
    }
    return undefined;
  }
  wait(waiting: ((words: string) => void) | undefined): void {
    this.#waiting = waiting;
  }
  clear(): void {
    this.#bytes = '';
  }
  get isSilent(): boolean {
    return this.#bytes === '';
  }
}

/** Where the last of the words ends, when all stand in the line in their order. */
function endOfWords(line: string, words: readonly string[]): number | undefined {
  let end = 0;
  for (const word of words) {
    const at = line.indexOf(word, end);
    if (at < 0) return undefined;
    end = at + word.length;
  }
  return end;
}

async function ask(
  { wire, send, timeoutMs }: SerialPollOptions,
  heard: Heard,
  end: AbortSignal,
): Promise<RoundAnswer> {
  const before = wire.fault;
  if (before !== undefined) return { kind: 'cannot', reason: before };
  const overdue = text('串口上没有等到应有的内容', 'the expected words did not come over the serial wire');
  const answer = await oneAnswer({ waitMs: timeoutMs, overdue, end }, (finish) => {
    const came = (words: string): void => finish({ kind: 'alive', reason: told(words) });
    if (send === undefined) {
      const words = heard.take();
      if (words !== undefined) came(words);
    } else {
      heard.clear();
      if (!wire.write(send))
        finish({ kind: 'cannot', reason: text('串口写不出去', 'the serial wire takes nothing') });
    }
    heard.wait(came);
    return () => heard.wait(undefined);
  });
  if (answer.kind !== 'miss') return answer;
  const after = wire.fault;
  if (after !== undefined) return { kind: 'cannot', reason: after };
  return heard.isSilent
    ? { kind: 'miss', reason: text('串口上没有任何应答', 'nothing came over the serial wire') }
    : answer;
}

function told(words: string): Text {
  const shown = words.replaceAll(/[^\x20-\x7e]/g, '.').slice(0, wordsTold);
  return text(`收到 ${shown}`, `came: ${shown}`);
}
