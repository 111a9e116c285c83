/**
 * What came over a wire, looked through for expected words. It runs on the guard's thread, so what is looked for has no form
 * that could take long (no regular expression), and what is kept is bounded.
 */

/** The newest of what came; older bytes give way. */
const heardBytesMax = 4096;

export class Heard {
  readonly #expected: readonly string[];
  #bytes = '';
  #waiting: ((words: string) => void) | undefined;

  /** `expect`: words that must come in one line; `*` stands for anything between them. */
  constructor(expect: string) {
    this.#expected = expect.split('*');
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
  /** The last line with anything in it. */
  get newest(): string {
    return (
      this.#bytes
        .split(/[\r\n]/)
        .filter((line) => line.trim() !== '')
        .at(-1) ?? ''
    );
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

const wordsTold = 40;
/** For people: no control signs, and short. */
export const printable = (words: string): string =>
  words.replaceAll(/[^\x20-\x7e]/g, '.').slice(0, wordsTold);
