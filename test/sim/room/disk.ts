/**
 * The disk behind guard.json: what is written is in memory until it is synced, a name until its folder is, and a power cut keeps of the
 * rest what chance leaves. It can be full, read-only or slow; a process that dies in the middle of a write leaves what it had written.
 */
import type { GuardDisk } from '../../../src/drivers/disk/guard-file.ts';
import type { Chance } from '../../../src/sim/chance.ts';
import type { Owner, VirtualTime } from './time.ts';

export type DiskMood = 'well' | 'full' | 'read-only' | 'slow';

/** One file: what the system shows, and what is safe. */
interface Content {
  shown: string;
  safe: string;
}

const wellMs = 3;
const slowMs = 2500;

class DiskError extends Error {
  readonly code: string;
  constructor(code: string) {
    super(`${code}: the virtual disk`);
    this.code = code;
  }
}

export class VirtualDisk {
  #mood: DiskMood = 'well';
  #moodSince = -Infinity;
  /** When it was last anything but well. */
  unwellAt = -Infinity;
  readonly #time: VirtualTime;
  readonly #random: Chance;
  readonly #count: (what: string) => void;
  /** Names as the system shows them, and as they are safe. */
  #names = new Map<string, Content>();
  #safeNames = new Map<string, Content>();

  constructor(time: VirtualTime, random: Chance, count: (what: string) => void) {
    this.#time = time;
    this.#random = random;
    this.#count = count;
  }

  get mood(): DiskMood {
    return this.#mood;
  }
  set mood(mood: DiskMood) {
    if (this.#mood !== 'well') this.unwellAt = this.#time.now;
    if (mood !== this.#mood) this.#moodSince = this.#time.now;
    this.#mood = mood;
  }
  get moodMs(): number {
    return this.#time.now - this.#moodSince;
  }

  /** The supply dies: names and bytes that were not synced are kept or not, each by chance; a kept file may be torn. */
  loseUnsynced(): void {
    const after = new Map<string, Content>();
    const all = new Set([...this.#names.keys(), ...this.#safeNames.keys()]);
    for (const name of all) {
      const [shown, safe] = [this.#names.get(name), this.#safeNames.get(name)];
      const kept = shown === safe || this.#random() < 0.5 ? shown : safe;
      if (shown !== safe) this.#count('name lost or kept by chance');
      if (kept === undefined) continue;
      let text = kept.shown;
      if (kept.shown !== kept.safe) {
        this.#count('torn write');
        const share = this.#random();
        text = share < 0.3 ? kept.safe : kept.shown.slice(0, Math.floor(kept.shown.length * (share - 0.3)));
      }
      after.set(name, { shown: text, safe: text });
    }
    this.#names = after;
    this.#safeNames = new Map(after);
  }

  content(name: string): string | undefined {
    return this.#names.get(name)?.shown;
  }

  /** Somebody deletes it, or writes nonsense over it. */
  spoil(name: string, text: string | undefined): void {
    if (text === undefined) this.#names.delete(name);
    else this.#names.set(name, { shown: text, safe: text });
    this.#safeNames = new Map(this.#names);
  }

  /** The disk as one process uses it. */
  of(owner: Owner): GuardDisk {
    const later = <T>(work: () => T): Promise<T> =>
      new Promise((resolve, reject) => {
        const ms = this.mood === 'slow' ? slowMs : wellMs;
        this.#time.in(
          ms,
          () => {
            try {
              const result = work();
              this.#time.promised();
              resolve(result);
            } catch (error) {
              this.#time.promised();
              reject(error instanceof Error ? error : new Error(String(error)));
            }
          },
          owner,
        );
      });
    const writable = (): void => {
      if (this.mood === 'read-only') throw new DiskError('EROFS');
    };
    return {
      read: (file) => {
        const content = this.#names.get(file);
        if (content === undefined) throw new DiskError('ENOENT');
        return content.shown;
      },
      renameNow: (from, to) => {
        writable();
        this.#rename(from, to);
      },
      list: () => [...this.#names.keys()].map((name) => name.slice(name.lastIndexOf('/') + 1)),
      makeFolder: () => later(writable),
      create: (file) =>
        later(() => {
          writable();
          const content: Content = { shown: '', safe: '' };
          this.#names.set(file, content);
          return {
            write: (text: string) =>
              later(() => {
                writable();
                if (this.mood === 'full') {
                  content.shown = text.slice(0, Math.floor(text.length / 3));
                  this.#count('disk full');
                  throw new DiskError('ENOSPC');
                }
                content.shown = text;
              }),
            sync: () =>
              later(() => {
                writable();
                content.safe = content.shown;
              }),
            close: () => later(() => undefined),
          };
        }),
      rename: (from, to) =>
        later(() => {
          writable();
          this.#rename(from, to);
        }),
      syncFolder: () =>
        later(() => {
          writable();
          this.#safeNames = new Map(this.#names);
        }),
    };
  }

  #rename(from: string, to: string): void {
    const content = this.#names.get(from);
    if (content === undefined) throw new DiskError('ENOENT');
    this.#names.delete(from);
    this.#names.set(to, content);
  }
}
