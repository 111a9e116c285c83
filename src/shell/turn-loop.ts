/**
 * The guard's heartbeat: drain what came, decide, drive, check, feed — in this order, with no await in between.
 *
 * A turn runs at once when something urgent was posted and at least every 20 ms. It has a bounded size; what is left over
 * is taken by the next turn, which follows after the poll of I/O. Watchdogs are fed only by a turn that did all of it.
 */
import type { Clock } from '../ports/clock.ts';
import type { Effect, Outputs } from '../model/effect.ts';
import type { MonoMs } from '../model/units.ts';
import type { RoomEvent } from '../model/event.ts';
import { elapsedMs } from '../model/units.ts';
import { Lateness } from './lateness.ts';
import type { Mailbox } from './mailbox.ts';

const turnEveryMs = 20;
/** Events of one turn; the rest waits for the next. */
export const turnEventsMax = 1024;
/** A turn longer than this is an alarm (safety-review C.27). */
export const slowTurnMs = 200;

/** The pure core as the loop sees it. */
export interface Core<State> {
  step(state: State, event: RoomEvent): { readonly state: State; readonly effects: readonly Effect[] };
  outputs(state: State): Outputs;
  /** Names of invariants that the state violates. */
  check(state: State, at: MonoMs): readonly string[];
}

export interface TurnHandlers<State> {
  /** Each event before it is decided on. */
  journal(event: RoomEvent): void;
  /** Bring every output to its level; called every turn. */
  drive(outputs: Outputs, at: MonoMs): void;
  carryOut(effect: Effect, at: MonoMs): void;
  /** The turn is complete and clean: watchdogs may be fed, views refreshed. */
  completed(state: State, at: MonoMs): void;
  slow(turnMs: number, at: MonoMs): void;
  /** No turn for this long: what was seen before is old, and what came meanwhile is not read yet. Told before the next turn decides. */
  stoodStill(at: MonoMs): void;
  /** The state broke its own rules: last words, then the process ends. */
  violated(names: readonly string[], state: State): void;
}

/** As long as a line may be without a frame (state-machines.md). */
const standstillMs = 500;

export class TurnLoop<State> {
  readonly #core: Core<State>;
  readonly #clock: Clock;
  readonly #mailbox: Mailbox;
  readonly #handlers: TurnHandlers<State>;
  #state: State;
  #timer: NodeJS.Timeout | undefined;
  #immediate: NodeJS.Immediate | undefined;
  #due: MonoMs;
  readonly lateness = new Lateness();

  constructor(
    core: Core<State>,
    initial: State,
    clock: Clock,
    mailbox: Mailbox,
    handlers: TurnHandlers<State>,
  ) {
    this.#core = core;
    this.#state = initial;
    this.#clock = clock;
    this.#mailbox = mailbox;
    this.#handlers = handlers;
    this.#due = clock.mono();
  }

  start(): void {
    this.#due = this.#clock.mono();
    this.#timer = setInterval(() => {
      this.lateness.note(elapsedMs(this.#due, this.#clock.mono()) - turnEveryMs);
      this.turn();
    }, turnEveryMs);
  }

  stop(): void {
    clearInterval(this.#timer);
    clearImmediate(this.#immediate);
  }

  /** Something that must not wait for the next tick. */
  wake(): void {
    this.#immediate ??= setImmediate(() => {
      this.#immediate = undefined;
      this.turn();
    });
  }

  get state(): State {
    return this.#state;
  }

  turn(): void {
    const begun = this.#clock.mono();
    if (elapsedMs(this.#due, begun) > standstillMs) this.#handlers.stoodStill(begun);
    this.#due = begun;
    const effects: Effect[] = [];
    for (const event of this.#mailbox.take(turnEventsMax)) this.#decide(event, effects);
    const at = this.#clock.mono();
    this.#decide({ kind: 'turn', at }, effects);
    const violated = this.#core.check(this.#state, at);
    if (violated.length > 0) {
      this.#handlers.violated(violated, this.#state);
      return;
    }
    this.#handlers.drive(this.#core.outputs(this.#state), at);
    for (const effect of effects) this.#handlers.carryOut(effect, at);
    const turnMs = elapsedMs(begun, this.#clock.mono());
    if (turnMs > slowTurnMs) this.#handlers.slow(turnMs, at);
    this.#handlers.completed(this.#state, at);
    if (this.#mailbox.waiting > 0) this.wake();
  }

  #decide(event: RoomEvent, effects: Effect[]): void {
    this.#handlers.journal(event);
    const { state, effects: wanted } = this.#core.step(this.#state, event);
    this.#state = state;
    for (const effect of wanted) effects.push(effect);
  }
}
