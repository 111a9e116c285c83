/**
 * What all ways of shutting a host down share: ask, ask again with growing pauses while that is of use, then look until it is off.
 * A port that refuses is the sign of a machine that still runs and has ended its service: it is off only when that has
 * lasted for its time, because disks are written meanwhile. One that answers nothing any more, twice, is off.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { HostId, OrderId } from '../model/ids.ts';
import type { HostOutcome } from '../model/host.ts';
import type { Text } from '../model/text.ts';
import { text } from '../model/text.ts';
import type { HostReport, HostShutdown, HostTest } from '../ports/host-shutdown.ts';

const silencesToBelieve = 2;
const retryMsMax = 30_000;
const usualRhythm = { retryMs: 2000, lookMs: 2000 };

export type Asked =
  | { readonly kind: 'asked'; readonly reason: Text }
  /** Only a person can mend it. */
  | { readonly kind: 'refused'; readonly reason: Text }
  /** May be better in a moment. */
  | { readonly kind: 'unreached'; readonly reason: Text };

export interface Seen {
  /** `closed`: the machine lives, its service does not · `silent`: nothing answers · `off`: somebody who knows says so. */
  readonly kind: 'on' | 'closed' | 'silent' | 'off' | 'unknown';
  readonly reason: Text;
}

/** Each of these ends by itself in a bounded time, and at once when `end` fires. */
export interface Way {
  ask(end: AbortSignal): Promise<Asked>;
  look(end: AbortSignal): Promise<Seen>;
  test(end: AbortSignal): Promise<HostTest>;
  /** The order is over, however it went. */
  over?(): void;
}

export interface HostOrdersOptions {
  readonly host: HostId;
  readonly way: Way;
  readonly withinMs: number;
  readonly settleMs: number;
  /** All that speaks for its subject says that it is down. */
  readonly isSubjectDown?: () => boolean;
  /** For tests. */
  readonly rhythm?: { readonly retryMs: number; readonly lookMs: number };
}

interface Told {
  readonly outcome: HostOutcome;
  readonly reason: Text;
}

interface Order {
  readonly order: OrderId;
  readonly end: AbortController;
  report: HostReport;
  last?: Told;
}

export class HostOrders implements HostShutdown {
  readonly host: HostId;
  readonly #options: HostOrdersOptions;
  readonly #end = new AbortController();
  #present: Order | undefined;
  #running: Promise<void> = Promise.resolve();

  constructor(options: HostOrdersOptions) {
    this.host = options.host;
    this.#options = options;
  }

  shut(order: OrderId, report: HostReport): void {
    if (this.#end.signal.aborted) return;
    const before = this.#present;
    if (before?.order === order) {
      before.report = report;
      if (before.last !== undefined) report(before.last.outcome, before.last.reason);
      return;
    }
    before?.end.abort();
    const end = new AbortController();
    const present: Order = { order, end, report };
    this.#present = present;
    this.#running = this.#running.then(() => this.#carryOut(present));
  }

  async test(): Promise<HostTest> {
    try {
      return await this.#options.way.test(this.#end.signal);
    } catch (error) {
      return { works: false, reason: unexpected(error) };
    }
  }

  async close(): Promise<void> {
    this.#end.abort();
    this.#present?.end.abort();
    await this.#running;
  }

  async #carryOut(present: Order): Promise<void> {
    const { signal } = present.end;
    if (signal.aborted) return;
    const tell = (outcome: HostOutcome, reason: Text): void => {
      if (signal.aborted) return;
      present.last = { outcome, reason };
      present.report(outcome, reason);
    };
    try {
      const endAt = performance.now() + this.#options.withinMs;
      const isAsked = await this.#ask(endAt, signal, tell);
      if (isAsked) await this.#watch(endAt, signal, tell);
    } catch (error) {
      tell('failed', unexpected(error));
    } finally {
      this.#options.way.over?.();
    }
  }

  async #ask(endAt: number, end: AbortSignal, tell: HostReport): Promise<boolean> {
    const { way, isSubjectDown, rhythm = usualRhythm } = this.#options;
    for (let pauseMs = rhythm.retryMs; ; pauseMs = Math.min(retryMsMax, 2 * pauseMs)) {
      const answer = await way.ask(end);
      if (end.aborted) return false;
      if (answer.kind === 'asked') {
        tell('asked', answer.reason);
        return true;
      }
      if (answer.kind === 'refused') {
        tell('refused', answer.reason);
        return false;
      }
      if (isSubjectDown?.() === true) {
        tell('confirmed', text('此前已关机', 'it is off already'));
        return false;
      }
      if (performance.now() + pauseMs >= endAt) {
        const { zh, en } = answer.reason;
        tell('failed', text(`多次未能到达：${zh}`, `could not be reached in time: ${en}`));
        return false;
      }
      await wait(pauseMs, end);
    }
  }

  async #watch(endAt: number, end: AbortSignal, tell: HostReport): Promise<void> {
    const { way, settleMs, isSubjectDown, rhythm = usualRhythm } = this.#options;
    let silences = 0;
    let closedAt: number | undefined;
    for (;;) {
      await wait(rhythm.lookMs, end);
      const seen = await way.look(end);
      if (end.aborted) return;
      const now = performance.now();
      silences = seen.kind === 'silent' ? silences + 1 : 0;
      // A machine that is silent after its port was closed may only have lost a packet: the time goes on.
      if (seen.kind === 'closed') closedAt ??= now;
      else if (seen.kind === 'on') closedAt = undefined;
      const isOff =
        seen.kind === 'off' ||
        silences >= silencesToBelieve ||
        (seen.kind === 'closed' && closedAt !== undefined && now - closedAt >= settleMs) ||
        isSubjectDown?.() === true;
      if (isOff) {
        tell('confirmed', text(`已关机：${seen.reason.zh}`, `off: ${seen.reason.en}`));
        return;
      }
      if (now + rhythm.lookMs < endAt) continue;
      const { zh, en } = seen.reason;
      tell(
        'failed',
        seen.kind === 'unknown'
          ? text(
              `已要求关机，但无从得知是否已关：${zh}`,
              `asked, but whether it is off cannot be seen: ${en}`,
            )
          : text(`已要求关机，但仍在运行：${zh}`, `asked, but it still runs: ${en}`),
      );
      return;
    }
  }
}

const wait = (ms: number, signal: AbortSignal): Promise<void> =>
  pause(ms, undefined, { signal }).catch(() => undefined);

function unexpected(error: unknown): Text {
  const what = error instanceof Error ? error.message : String(error);
  return text(`无法执行：${what}`, `cannot be done: ${what}`);
}
