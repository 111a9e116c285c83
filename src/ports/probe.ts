import type { SourceId } from '../model/ids.ts';
import type { Says } from '../model/watch.ts';
import type { Text } from '../model/text.ts';
import type { UpsTestKind } from '../model/ups.ts';

/**
 * One source of evidence that asks the world by itself (SIP OPTIONS, TCP connect, ping, UPS).
 *
 * Contract (`test/contract/probe.ts`): it reports within period + time-out of `start` and then at least that often; a
 * probe that cannot run (no route of ours, program missing, no rights) says `unknown` with the reason, never `down`.
 * `down` is one round without answer: how many of them count is the watch's decision. `suspect(true)` makes it ask more often. It never throws out, and leaves nothing running after `stop`.
 */
export interface Probe {
  readonly source: SourceId;
  start(report: (evidence: ProbeEvidence) => void): void;
  suspect(on: boolean): void;
  /** Of a UPS that can be told to test its battery, or to stop that. Never throws out. */
  test?(what: UpsTestKind | 'stop'): Promise<TestAnswer>;
  stop(): Promise<void>;
}

export interface TestAnswer {
  readonly accepted: boolean;
  /** Why not. */
  readonly reason: Text;
}

export interface ProbeEvidence {
  readonly says: Says;
  readonly reason: Text;
  /** Values worth showing or judging, named as in `config/ups/README.md`; absent is absent, never zero. */
  readonly values?: Readonly<Record<string, number | string | boolean>>;
}
