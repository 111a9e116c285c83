/**
 * Once a second the guard looks at itself: was the wall clock set, was its loop late, were events lost. A guard whose turns are slow
 * again and again gives up its real-time priority, so that it does not starve the machine's other threads.
 */
import type { MonoMs } from '../model/units.ts';
import type { Clock } from '../ports/clock.ts';
import type { RoomEvent } from '../model/event.ts';
import type { Text } from '../model/text.ts';
import { slowTurnMs } from '../shell/turn-loop.ts';
import { elapsedMs } from '../model/units.ts';
import { text } from '../model/text.ts';

/** A wall clock that moved by more than this against the monotonic one was set. */
const clockStepMs = 500;
/** What happened in one moment (a slow turn, a clock that was set, lost events) stays a condition for this long. */
const shownMs = 60_000;

/** Slow turns within `slowWindowMs` after which the priority is given up: one may be a moment's bad luck. */
const slowTurnsMax = 3;
const slowWindowMs = 60_000;

export interface SelfWatchPort {
  post(event: RoomEvent): void;
  condition(type: string, active: boolean, detail: Text, qualifier?: string): void;
  /** From real-time to normal, for as long as the process lives. */
  giveUpRealTime(): void;
}

export class SelfWatch {
  readonly #clock: Clock;
  readonly #port: SelfWatchPort;
  #wallOffset: number;
  #droppedTold = 0;
  #slowTurns: readonly MonoMs[] = [];
  readonly #shown = new Map<string, NodeJS.Timeout>();

  constructor(clock: Clock, port: SelfWatchPort) {
    this.#clock = clock;
    this.#port = port;
    this.#wallOffset = clock.wall() - clock.mono();
  }

  slowTurn(turnMs: number): void {
    const ms = Math.round(turnMs);
    this.#show('guard.slow-turn', '', text(`一次判断用了 ${ms} 毫秒`, `one turn took ${ms} ms`));
    const at = this.#clock.mono();
    this.#slowTurns = [...this.#slowTurns.filter((turn) => elapsedMs(turn, at) < slowWindowMs), at];
    if (this.#slowTurns.length === slowTurnsMax) this.#port.giveUpRealTime();
  }

  /** An earlier run of the guard ended itself: told by the next one. */
  brokeARule(file: string): void {
    this.#show('guard.invariant', '', text(`见 journal/${file}`, `see journal/${file}`));
  }

  look(seen: { readonly latenessMs: number; readonly dropped: number }): void {
    this.#lookAtClock();
    this.#lookAtMailbox(seen.dropped);
    const { latenessMs: ms } = seen;
    const isLate = ms > slowTurnMs;
    const detail = isLate ? text(`循环迟到 ${ms} 毫秒`, `the loop was ${ms} ms late`) : text('', '');
    this.#port.condition('guard.slow-turn', isLate, detail, 'loop');
  }

  #lookAtClock(): void {
    const wall = this.#clock.wall();
    const offset = wall - this.#clock.mono();
    const stepMs = offset - this.#wallOffset;
    this.#wallOffset = offset;
    if (Math.abs(stepMs) <= clockStepMs) return;
    this.#port.post({ kind: 'clock', wall, stepMs, at: this.#clock.mono() });
    const seconds = Math.round(stepMs / 1000);
    this.#show('clock.step', '', text(`跳变 ${seconds} 秒`, `moved by ${seconds} s`));
  }

  #lookAtMailbox(dropped: number): void {
    const lost = dropped - this.#droppedTold;
    if (lost <= 0) return;
    this.#droppedTold = dropped;
    const detail = text(`${lost} 个事件因过载丢失`, `${lost} events were lost under overload`);
    this.#show('guard.slow-turn', 'mailbox', detail);
  }

  #show(type: string, qualifier: string, detail: Text): void {
    this.#port.condition(type, true, detail, qualifier);
    const key = `${type}/${qualifier}`;
    clearTimeout(this.#shown.get(key));
    const hide = setTimeout(() => {
      this.#port.condition(type, false, text('', ''), qualifier);
    }, shownMs);
    this.#shown.set(key, hide.unref());
  }
}
