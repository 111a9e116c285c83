/** The probes of one thread, each with the subject that it speaks for: started, hurried and stopped together. */
import type { SourceId, SubjectId } from '../model/ids.ts';
import type { Probe, ProbeEvidence, TestAnswer } from '../ports/probe.ts';
import type { Source } from '../model/room.ts';
import type { Text } from '../model/text.ts';
import { text } from '../model/text.ts';
import type { UpsTestKind } from '../model/ups.ts';

export interface ProbeOfSubject {
  readonly subject: SubjectId;
  readonly probe: Probe;
}

export class ProbeSet {
  readonly #probes: readonly ProbeOfSubject[];
  #suspected: ReadonlySet<SubjectId> = new Set();

  constructor(probes: readonly ProbeOfSubject[]) {
    this.#probes = probes;
  }

  start(report: (source: string, evidence: ProbeEvidence) => void): void {
    for (const { probe } of this.#probes)
      probe.start((evidence) => {
        report(probe.source, evidence);
      });
  }

  /** Sources of these subjects ask more often; all others at their own pace. */
  suspect(subjects: ReadonlySet<SubjectId>): void {
    for (const { subject, probe } of this.#probes)
      if (subjects.has(subject) !== this.#suspected.has(subject)) probe.suspect(subjects.has(subject));
    this.#suspected = subjects;
  }

  async test(source: SourceId, what: UpsTestKind | 'stop'): Promise<TestAnswer> {
    const found = this.#probes.find(({ probe }) => probe.source === source)?.probe;
    if (found?.test === undefined)
      return {
        accepted: false,
        reason: text('此 UPS 不能由本机测试', 'this UPS cannot be tested from here'),
      };
    return found.test(what);
  }

  async close(): Promise<void> {
    await Promise.all(this.#probes.map(({ probe }) => probe.stop()));
  }
}

/** A source that cannot be asked says so once, as `unknown` with the reason: never silently nothing. */
export const silent = (source: Source, reason?: Text): Probe => ({
  source: source.id,
  start(report) {
    report({
      says: 'unknown',
      reason:
        reason ??
        text(`本版本尚不支持证据类型“${source.kind}”`, `this version does not ask "${source.kind}" yet`),
    });
  },
  suspect: () => undefined,
  stop: () => Promise.resolve(),
});
