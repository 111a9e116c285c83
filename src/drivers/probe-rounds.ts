/**
 * The rhythm that all asking probes share: ask, wait, report, ask again. Each round reports what it met; how many lost
 * answers make a subject down is decided by the watch. Where silence means `unknown` (a UPS), the last word is kept for three
 * rounds, because one lost answer must not throw away a reading. After a first miss it asks at the quick period.
 * What we could not ask (no route, no program, own network dead) is `unknown`, never `down`. Periods are shortened at
 * random, never lengthened, so that a hundred probes do not ask in step and none reports late.
 */
import { readFile, readdir } from 'node:fs/promises';
import { isIP } from 'node:net';
import { text } from '../model/text.ts';
import type { Text } from '../model/text.ts';
import type { Says } from '../model/watch.ts';
import type { Probe, ProbeEvidence } from '../ports/probe.ts';

/** Rounds without answer, running, until asking is no longer urgent; where silence is `unknown`, until it is said. */
const missesToSettle = 3;
/** Largest share of a period that chance takes off. */
const jitterShare = 0.15;
const firstAskWithinMs = 500;
const quickMsMin = 2000;

export type RoundAnswer =
  | { readonly kind: 'alive'; readonly reason: Text; readonly values?: NonNullable<ProbeEvidence['values']> }
  /** Asked, no answer. */
  | { readonly kind: 'miss'; readonly reason: Text }
  /** Could not ask: says nothing about the other side. */
  | { readonly kind: 'cannot'; readonly reason: Text };

export interface ProbeRoundsOptions {
  readonly source: string;
  readonly everyMs: number;
  /** Period while suspected, and between the first miss and the last. Absent: a fifth of the usual one, at least 2 s. */
  readonly suspectMs?: number;
  /** What silence means. */
  readonly silence: 'down' | 'unknown';
  /** Where the question goes; misses count only while a network of ours that leads away from this machine is up. */
  readonly host?: string;
  /** Asks once. `end` fires when the probe stops: end the asking then. */
  readonly ask: (end: AbortSignal) => Promise<RoundAnswer>;
  /** Of a UPS that can be told to test its battery. */
  readonly test?: NonNullable<Probe['test']>;
  /** For tests: whether all our networks are without carrier. */
  readonly isCutOff?: () => Promise<boolean>;
}

export class ProbeRounds implements Probe {
  readonly source: string;
  readonly test?: NonNullable<Probe['test']>;
  readonly #options: ProbeRoundsOptions;
  readonly #end = new AbortController();
  #report: ((evidence: ProbeEvidence) => void) | undefined;
  #running: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;
  #askedAt = 0;
  #isSuspect = false;
  #misses = 0;
  #says: Says = 'unknown';

  constructor(options: ProbeRoundsOptions) {
    this.source = options.source;
    if (options.test !== undefined) this.test = options.test;
    this.#options = options;
  }

  start(report: (evidence: ProbeEvidence) => void): void {
    if (this.#report !== undefined || this.#end.signal.aborted) return;
    this.#report = report;
    const withinMs = Math.min(firstAskWithinMs, this.#options.everyMs);
    this.#timer = setTimeout(() => this.#begin(), Math.random() * withinMs);
  }

  suspect(on: boolean): void {
    if (this.#isSuspect === on) return;
    this.#isSuspect = on;
    if (this.#timer !== undefined && this.#askedAt > 0) this.#schedule();
  }

  async stop(): Promise<void> {
    this.#end.abort();
    clearTimeout(this.#timer);
    this.#timer = undefined;
    await this.#running;
  }

  #begin(): void {
    this.#timer = undefined;
    this.#askedAt = performance.now();
    this.#running = this.#round();
  }

  async #round(): Promise<void> {
    const answer = await this.#ask();
    if (this.#end.signal.aborted) return;
    this.#report?.(this.#judge(answer));
    this.#schedule();
  }

  async #ask(): Promise<RoundAnswer> {
    try {
      const answer = await this.#options.ask(this.#end.signal);
      if (answer.kind !== 'miss' || !(await this.#cutOff())) return answer;
      return { kind: 'cannot', reason: text('本机网络未连接', 'our own network is down') };
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error);
      return { kind: 'cannot', reason: text(`无法探测：${detail}`, `cannot ask: ${detail}`) };
    }
  }

  async #cutOff(): Promise<boolean> {
    const { host, isCutOff = withoutCarrier } = this.#options;
    return host !== undefined && !isLoopback(host) && (await isCutOff());
  }

  #judge(answer: RoundAnswer): ProbeEvidence {
    this.#misses = answer.kind === 'miss' ? Math.min(missesToSettle, this.#misses + 1) : 0;
    const { reason } = answer;
    switch (answer.kind) {
      case 'alive':
        this.#says = 'up';
        return {
          says: 'up',
          reason,
          ...(answer.values === undefined ? {} : { values: answer.values }),
        };
      case 'cannot':
        this.#says = 'unknown';
        return { says: 'unknown', reason };
      case 'miss': {
        const { silence } = this.#options;
        if (silence === 'down' || this.#misses >= missesToSettle) this.#says = silence;
        const nth = `${this.#misses}/${missesToSettle}`;
        return { says: this.#says, reason: text(`${reason.zh}（${nth}）`, `${reason.en} (${nth})`) };
      }
    }
  }

  #schedule(): void {
    const { everyMs, suspectMs = Math.max(quickMsMin, everyMs / 5) } = this.#options;
    const isSettling = this.#misses > 0 && this.#misses < missesToSettle;
    const period = this.#isSuspect || isSettling ? Math.min(suspectMs, everyMs) : everyMs;
    const dueAt = this.#askedAt + period * (1 - jitterShare * Math.random());
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#begin(), Math.max(0, dueAt - performance.now()));
  }
}

/** At most `limit` things at once; the others wait in order. */
export class Slots {
  readonly #waiting: (() => void)[] = [];
  #free: number;

  constructor(limit: number) {
    this.#free = limit;
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free--;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free++;
      else next();
    }
  }
}

/** Errors of our own side: they say nothing about the other. */
export function isOwnFault(code: string | undefined): boolean {
  return code !== undefined && ownFaults.has(code);
}

const ownFaults: ReadonlySet<string> = new Set([
  'ENETUNREACH',
  'ENETDOWN',
  'EADDRNOTAVAIL',
  'EACCES',
  'EPERM',
  'EMFILE',
  'ENFILE',
  'ENOBUFS',
  'ENOMEM',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EINVAL',
]);

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));

/** True when we have network ports and none of them has a carrier. What cannot be read is taken as connected. */
export async function withoutCarrier(): Promise<boolean> {
  const folder = '/sys/class/net';
  const names = await readdir(folder).catch(() => []);
  const outward = names.filter((name) => name !== 'lo');
  const carriers = await Promise.all(
    // Reading `carrier` of a port that is switched off fails with EINVAL: that is no carrier either.
    outward.map((name) => readFile(`${folder}/${name}/carrier`, 'utf8').catch(() => '0')),
  );
  return outward.length > 0 && carriers.every((carrier) => carrier.trim() === '0');
}
