/** What every asking probe keeps (ports/probe.ts), against a real peer on this machine. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Probe, ProbeEvidence } from '../../src/ports/probe.ts';

export interface ProbePeer {
  readonly probe: Probe;
  /** Period of the probe and longest wait for an answer. */
  readonly everyMs: number;
  readonly waitMs: number;
  /** What rounds without answer mean. */
  readonly silence: 'down' | 'unknown';
  setAlive(alive: boolean): Promise<void> | void;
  close(): Promise<void>;
}

export interface ProbeCase {
  readonly open: () => Promise<ProbePeer>;
  /** A probe that cannot ask at all. */
  readonly openBroken: () => Probe;
}

/** Everything a probe reported, and a way to wait for what comes. */
export class Reports {
  readonly all: { readonly atMs: number; readonly evidence: ProbeEvidence }[] = [];
  #waiting: (() => void)[] = [];

  readonly report = (evidence: ProbeEvidence): void => {
    this.all.push({ atMs: performance.now(), evidence });
    const waiting = this.#waiting;
    this.#waiting = [];
    waiting.forEach((wake) => wake());
  };

  async next(limitMs: number): Promise<ProbeEvidence> {
    const had = this.all.length;
    let timer: NodeJS.Timeout | undefined;
    await Promise.race([
      new Promise<void>((resolve) => this.#waiting.push(resolve)),
      new Promise<void>((_, reject) => {
        timer = setTimeout(() => reject(new Error(`no report within ${limitMs} ms`)), limitMs);
      }),
    ]).finally(() => clearTimeout(timer));
    const newest = this.all[had];
    if (newest === undefined) throw new Error('woken without a report');
    return newest.evidence;
  }

  async until(says: ProbeEvidence['says'], limitMs: number): Promise<ProbeEvidence> {
    const endMs = performance.now() + limitMs;
    for (;;) {
      const evidence = await this.next(Math.max(1, endMs - performance.now()));
      if (evidence.says === says) return evidence;
    }
  }
}

/** Slack of a busy machine on top of what the contract promises. */
const slackMs = 1500;

export function probeContract(name: string, { open, openBroken }: ProbeCase): void {
  test(`${name}: reports within period and time-out of the start, and then at least that often`, async () => {
    const peer = await open();
    const reports = new Reports();
    peer.probe.start(reports.report);
    try {
      for (let n = 0; n < 3; n++) {
        const { says, reason } = await reports.next(peer.everyMs + peer.waitMs + slackMs);
        assert.is(says, 'up', reason.en);
        assert.ok(reason.zh !== '' && reason.en !== '');
      }
    } finally {
      await peer.probe.stop();
      await peer.close();
    }
  });

  test(`${name}: each lost answer is told once, a first answer ends it; what silence leaves unknown needs three`, async () => {
    const peer = await open();
    const reports = new Reports();
    const limitMs = 4 * (peer.everyMs + peer.waitMs) + slackMs;
    peer.probe.start(reports.report);
    try {
      await reports.until('up', limitMs);
      await peer.setAlive(false);
      const from = reports.all.length;
      await reports.until(peer.silence, limitMs);
      const since = reports.all.slice(from).map(({ evidence }) => evidence.says);
      // A round that was under way when the peer died may still have met it alive.
      if (peer.silence === 'unknown')
        assert.ok(since.length >= 3, `said unknown after ${since.length} rounds`);
      else assert.ok(since.length <= 2, `said down after ${since.length} rounds`);
      assert.equal(
        since.slice(0, -1).filter((says) => says !== 'up'),
        [],
      );
      await peer.setAlive(true);
      await reports.until('up', limitMs);
    } finally {
      await peer.probe.stop();
      await peer.close();
    }
  });

  test(`${name}: after stop nothing more is reported`, async () => {
    const peer = await open();
    const reports = new Reports();
    peer.probe.start(reports.report);
    await reports.next(peer.everyMs + peer.waitMs + slackMs);
    await peer.probe.stop();
    const had = reports.all.length;
    await new Promise((resolve) => setTimeout(resolve, peer.everyMs * 2));
    assert.is(reports.all.length, had);
    await peer.close();
  });

  test(`${name}: what cannot be asked is unknown, with the reason, and never down`, async () => {
    const probe = openBroken();
    const reports = new Reports();
    probe.start(reports.report);
    try {
      for (let n = 0; n < 4; n++) {
        const { says, reason } = await reports.next(10_000);
        assert.is(says, 'unknown', reason.en);
        assert.ok(reason.zh !== '' && reason.en !== '');
      }
    } finally {
      await probe.stop();
    }
  });
}
