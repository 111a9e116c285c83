import type { SourceId, SubjectId } from './ids.ts';
import type { Text } from './text.ts';
import type { MonoMs } from './units.ts';

/** What one source says. `unknown` is never `down`. */
export type Says = 'up' | 'down' | 'unknown';

/** What the evidence of a subject adds up to. */
export type Verdict = 'up' | 'degraded' | 'down' | 'unknown';

/** Sources of one domain share a way to be wrong together; two domains do not. `path:x` is what is reached through bus or host x. */
export type Domain = 'wire' | 'extension' | 'lines' | 'our-lan' | `serial:${string}` | `path:${string}`;

/** A proof shows the service itself; a hint shows something that usually goes with it. */
export type Weight = 'proof' | 'hint';

export type SubjectKind = 'pbx' | 'server' | 'terminal' | 'network' | 'ups' | 'room' | 'line' | 'linekeeper';

/** A subject's verdict as people see it. */
export interface SubjectView {
  readonly id: SubjectId;
  readonly kind: SubjectKind;
  readonly verdict: Verdict;
  /** One sentence that a person can act on. */
  readonly why: Text;
  readonly since: MonoMs;
  readonly sources: readonly SourceView[];
}

export interface SourceView {
  readonly id: SourceId;
  readonly domain: Domain;
  readonly weight: Weight;
  readonly says: Says;
  readonly at?: MonoMs;
  readonly reason: Text;
}
