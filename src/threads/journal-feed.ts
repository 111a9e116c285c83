/**
 * Carries the guard's journal to the archive's thread, which writes it to disk: the guard itself waits for no disk. Each
 * file begins with the whole state, so that it can be decided again from there.
 */
import { serialize } from 'node:v8';
import type { Clock } from '../ports/clock.ts';
import { JournalWriter } from '../format/journal.ts';
import type { RoomEvent } from '../model/event.ts';
import type { RoomState } from '../core/room/state.ts';
import type { ToArchive } from '../model/messages.ts';

/** A file of the journal; the archive keeps a bounded number of them. */
const journalFileBytesMax = 16 * 1024 * 1024;
/** Waiting for an archive that is away; more is dropped, and a new file begins. */
const waitingBytesMax = 4 * 1024 * 1024;

type Batch = Extract<ToArchive, { kind: 'journal' }>;

export class JournalFeed {
  readonly #writer = new JournalWriter();
  readonly #clock: Clock;
  readonly #program: string;
  readonly #run: string;
  readonly #post: (batch: Batch) => boolean;
  #file = 0;
  #fileBytes = Number.POSITIVE_INFINITY;
  #waiting: string[] = [];
  #waitingBytes = 0;

  constructor(clock: Clock, program: string, run: string, post: (batch: Batch) => boolean) {
    this.#clock = clock;
    this.#program = program;
    this.#run = run;
    this.#post = post;
  }

  /** `before`: the state that the event is about to change. */
  write(event: RoomEvent, before: RoomState): void {
    if (this.#fileBytes > journalFileBytesMax) {
      this.flush();
      this.#file++;
      this.#fileBytes = 0;
      this.#append(
        this.#writer.begin({
          program: this.#program,
          run: this.#run,
          wall: this.#clock.wall(),
          mono: this.#clock.mono(),
          state: serialize(before).toString('base64'),
        }),
      );
    }
    this.#append(this.#writer.line(event));
  }

  /** Sends what waits; called about once a second. */
  flush(): void {
    if (this.#waiting.length === 0) return;
    const name = `${this.#run}-${String(this.#file).padStart(4, '0')}.journal`;
    if (this.#post({ kind: 'journal', file: name, text: this.#waiting.join('') })) this.#clear();
    else if (this.#waitingBytes > waitingBytesMax) {
      this.#clear();
      this.#fileBytes = Number.POSITIVE_INFINITY;
    }
  }

  /** What has not been sent, for the last words of a dying process. */
  get unsent(): string {
    return this.#waiting.join('');
  }

  #append(line: string): void {
    this.#waiting.push(line);
    this.#waitingBytes += line.length;
    this.#fileBytes += line.length;
  }

  #clear(): void {
    this.#waiting = [];
    this.#waitingBytes = 0;
  }
}
