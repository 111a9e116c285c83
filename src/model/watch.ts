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
  /** What would have to happen for another verdict. */
  readonly change: Text;
  readonly since: MonoMs;
  /** Unreachable: the root above it that hides it. */
  readonly hiddenBy?: SubjectId;
  /** It changes again and again: one alarm stands for all of it. */
  readonly flapping?: true;
  readonly maintenance?: Maintenance;
  readonly sources: readonly SourceView[];
}

/** Work on a subject that somebody announced: its alarms do not sound until then. */
export interface Maintenance {
  readonly until: MonoMs;
  readonly by: string;
  readonly reason: Text;
}

export interface SourceView {
  readonly id: SourceId;
  /** What people call it. */
  readonly name: Text;
  readonly domain: Domain;
  readonly weight: Weight;
  readonly says: Says;
  readonly at?: MonoMs;
  /** Its proof of service keeps the subject from `down`. */
  readonly vetoes?: true;
  readonly reason: Text;
}
