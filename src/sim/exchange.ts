/**
 * The public exchange at the far end of one trunk: feeds the loop, rings it, gives dial, ringback and busy tone, joins a
 * caller who talks, and clears when the loop opens. Stepped by the millisecond; it sees only whether the loop is closed.
 */
import { Conversation } from './speech.ts';
import { digitTone, tone, toneIsOn } from './tones.ts';

const ringOnMs = 1000;
const ringCycleMs = 5000;
export const ringHz = 25;
export const ringVoltsRms = 90;
/** From the loop's closing to the end of the ringing current. */
const ringTripMs = 60;
/** Loop open this long ends an outgoing call; an incoming one is held, for the called person may lift again. */
const clearMs = 400;
const reAnswerMs = 60_000;
/** Silence between the last digit and the ringback tone, and the ringing of the called person. */
const throughConnectMs = 800;
const digitMs = 100;

export interface IncomingPlan {
  /** The caller talks so long, then hangs up; 0: never by himself. */
  readonly talkMs: number;
  /** The caller gives up after ringing this long. */
  readonly patienceMs: number;
}
export interface OutgoingPlan {
  readonly talkMs: number;
  readonly digits: string;
  /** Ringback before the called person answers. */
  readonly answerMs: number;
}

type State =
  | { readonly kind: 'idle' }
  | { readonly kind: 'ringing'; readonly since: number; readonly plan: IncomingPlan; trippedAt: number }
  | { readonly kind: 'dial'; readonly since: number }
  | { readonly kind: 'dialled'; readonly since: number; readonly plan: OutgoingPlan }
  | { readonly kind: 'talk'; readonly since: number; readonly talkMs: number; readonly incoming: boolean }
  | { readonly kind: 'busy'; readonly since: number };

export class Exchange {
  /** The pair is cut, or the exchange is dead: no feed. */
  isCut = false;
  /** The two wires of the pair are swapped on the way. */
  isTurned = false;
  /** Feeds the loop and does nothing else: its processor stands still, or it gives no tone. */
  isMute = false;
  /** Gives busy tone to whoever lifts. */
  isCongested = false;
  /** Polarity turns when an outgoing call is answered. */
  reversesOnAnswer = false;
  #state: State = { kind: 'idle' };
  #openSince: number | undefined = 0;
  #reversed = false;
  #conversation: Conversation | undefined;
  #samples = 0;
  #outgoing: OutgoingPlan | undefined;
  readonly #seedOfCall: () => number;

  constructor(seedOfCall: () => number) {
    this.#seedOfCall = seedOfCall;
  }

  get state(): State['kind'] {
    return this.#state.kind;
  }
  get isReversed(): boolean {
    return this.#reversed !== this.isTurned;
  }

  /** False: the trunk is in use. */
  call(plan: IncomingPlan, at: number): boolean {
    if (this.#state.kind !== 'idle' || this.#openSince === undefined || this.isCut) return false;
    this.#state = { kind: 'ringing', since: at, plan, trippedAt: Infinity };
    return true;
  }

  /** What our side will dial once it hears dial tone. */
  expect(plan: OutgoingPlan): void {
    this.#outgoing = plan;
  }

  /** The far person hangs up. */
  hangUp(at: number): void {
    if (this.#state.kind === 'talk') this.#state = { kind: 'busy', since: at };
    else if (this.#state.kind === 'ringing') this.#state = { kind: 'idle' };
  }

  /** Ringing current flows. */
  rings(at: number): boolean {
    const state = this.#state;
    return (
      state.kind === 'ringing' &&
      !this.isCut &&
      (at - state.since) % ringCycleMs < ringOnMs &&
      at < state.trippedAt
    );
  }

  /** Tone or far end that asks our side to hang up. */
  get isCleared(): boolean {
    return this.#state.kind === 'busy';
  }
  get isTalking(): boolean {
    return this.#state.kind === 'talk' && this.#openSince === undefined;
  }

  step(at: number, loopClosed: boolean): void {
    if (this.isCut) {
      this.#state = { kind: 'idle' };
      this.#reversed = false;
      this.#openSince ??= at;
      return;
    }
    if (this.isMute) {
      this.#state = { kind: 'idle' };
      this.#openSince = loopClosed ? undefined : (this.#openSince ?? at);
      return;
    }
    if (loopClosed) this.#openSince = undefined;
    else this.#openSince ??= at;
    const open = this.#openSince === undefined ? 0 : at - this.#openSince;
    const state = this.#state;
    switch (state.kind) {
      case 'idle':
        if (loopClosed) this.#state = { kind: this.isCongested ? 'busy' : 'dial', since: at };
        return;
      case 'ringing':
        if (loopClosed && state.trippedAt === Infinity) state.trippedAt = at + ringTripMs;
        if (!loopClosed) state.trippedAt = Infinity;
        if (at >= state.trippedAt) this.#join(at, state.plan.talkMs, true);
        else if (at - state.since > state.plan.patienceMs) this.#state = { kind: 'idle' };
        return;
      case 'dial':
        if (open > clearMs) this.#clear();
        else if (this.#outgoing !== undefined && at - state.since > throughConnectMs) {
          this.#state = { kind: 'dialled', since: at, plan: this.#outgoing };
          this.#outgoing = undefined;
        }
        return;
      case 'dialled':
        if (open > clearMs) this.#clear();
        else if (at - state.since > this.#ringbackAfter(state.plan) + state.plan.answerMs) {
          this.#join(at, state.plan.talkMs, false);
          this.#reversed = this.reversesOnAnswer;
        }
        return;
      case 'talk':
        if (open > (state.incoming ? reAnswerMs : clearMs)) this.#clear();
        else if (state.talkMs > 0 && at - state.since > state.talkMs) {
          if (open > clearMs) this.#clear();
          else this.#state = { kind: 'busy', since: at };
        }
        return;
      case 'busy':
        if (open > clearMs) this.#clear();
    }
  }

  /** One sample of what the pair carries; asked only while the loop is closed. */
  sample(at: number): number {
    const state = this.#state;
    this.#samples++;
    switch (state.kind) {
      case 'idle':
      case 'ringing':
        return 0;
      case 'dial':
        return tone(this.#samples);
      case 'busy':
        return toneIsOn('busy', at - state.since) ? tone(this.#samples) : 0;
      case 'dialled': {
        const dialling = state.plan.digits.length * digitMs * 2;
        const since = at - state.since;
        if (since < dialling) {
          const isOn = since % (digitMs * 2) < digitMs;
          return isOn
            ? digitTone(state.plan.digits[Math.floor(since / (digitMs * 2))] ?? '', this.#samples)
            : 0;
        }
        const ringing = since - this.#ringbackAfter(state.plan);
        return ringing >= 0 && toneIsOn('ringback', ringing) ? tone(this.#samples) : 0;
      }
      case 'talk':
        return this.#conversation?.next() ?? 0;
    }
  }

  #ringbackAfter(plan: OutgoingPlan): number {
    return plan.digits.length * digitMs * 2 + throughConnectMs;
  }

  #join(at: number, talkMs: number, incoming: boolean): void {
    this.#conversation = new Conversation(this.#seedOfCall());
    this.#state = { kind: 'talk', since: at, talkMs, incoming };
  }

  #clear(): void {
    this.#state = { kind: 'idle' };
    this.#reversed = false;
    this.#conversation = undefined;
    this.#outgoing = undefined;
  }
}
