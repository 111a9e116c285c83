/** One spare extension under test: what its pair and its sound are at each moment is a script, and everything said is kept. */
import { initial, check, isSeized, isStuck, step } from '../../../src/core/dial-tone/step.ts';
import type { DialToneEvent, DialToneNews, DialToneState } from '../../../src/core/dial-tone/step.ts';
import type { Sound } from '../../../src/model/tone.ts';
import { monoMs } from '../../../src/model/units.ts';
import type { MonoMs } from '../../../src/model/units.ts';

export const everyMs = 600_000;
export const suspectMs = 15_000;
const frameMs = 20;
export const dial: Sound = { kind: 'dial', hz: [450], levelDbm: -10 };
export const silence: Sound = { kind: 'silence' };

type Unstamped<T> = T extends unknown ? Omit<T, 'at'> : never;

export class Extension {
  at = 1_000_000;
  state: DialToneState = initial({ extension: 'card-c/1', everyMs, suspectMs });
  readonly said: (DialToneNews & { readonly at: number })[] = [];
  /** Begin and end of each seizure. */
  readonly seized: { readonly from: number; to: number }[] = [];
  /** What the far end gives: by milliseconds since the loop closed. */
  sound: (ms: number) => Sound | undefined = () => dial;
  /** The pair has a feed; the PBX lets current flow when we are off hook. */
  hasFeed = true;
  isOpen = false;
  ringsAt: (at: number) => boolean = () => false;
  /** Another telephone hangs on the pair and is off hook. */
  isHeld = false;
  /** The loop switch stays closed whatever is ordered. */
  isWelded = false;
  hasFrames = true;
  #closedAt: number | undefined;

  constructor(canHook = true) {
    this.tell({ kind: 'link', isUp: true, canHook });
  }

  tell(event: Unstamped<DialToneEvent>): void {
    this.#step({ ...event, at: this.#now });
  }

  get #now(): MonoMs {
    return monoMs(this.at);
  }

  run(ms: number): void {
    for (const end = this.at + ms; this.at < end;) {
      this.at += frameMs;
      const flows = this.hasFeed && !this.isOpen && (isSeized(this.state) || this.isWelded || this.isHeld);
      this.#closedAt = flows && isSeized(this.state) ? (this.#closedAt ?? this.at) : undefined;
      if (!this.hasFrames) {
        this.#step({ kind: 'turn', at: this.#now });
        continue;
      }
      const rings = this.ringsAt(this.at);
      this.#step({
        kind: 'loop',
        volts: this.hasFeed && !(this.isOpen && isSeized(this.state)) ? (flows ? 9 : -48) : 0,
        milliamps: flows && !this.isHeld ? 22 : 0,
        ringVolts: rings ? 75 : 0,
        ringHz: rings ? 25 : 0,
        at: this.#now,
      });
      const sound = this.#closedAt === undefined ? undefined : this.sound(this.at - this.#closedAt);
      if (sound !== undefined) this.#step({ kind: 'sound', sound, at: this.#now });
      this.#step({ kind: 'turn', at: this.#now });
    }
  }

  get words(): string[] {
    return this.said.map(({ says }) => says);
  }
  get reason(): string {
    return this.said.at(-1)?.reason.en ?? '';
  }
  get isStuck(): boolean {
    return isStuck(this.state, this.#now);
  }

  #step(event: DialToneEvent): void {
    const { state, news } = step(this.state, event);
    this.state = state;
    if (news !== undefined) this.said.push({ ...news, at: this.at });
    const broken = check(state, this.#now);
    if (broken.length > 0) throw new Error(broken.join('; '));
    const last = this.seized.at(-1);
    if (isSeized(state) && (last === undefined || last.to !== 0)) this.seized.push({ from: this.at, to: 0 });
    if (!isSeized(state) && last?.to === 0) last.to = this.at;
  }
}
