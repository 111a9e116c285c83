/**
 * What one source says at one moment, whatever kind it is: the common coin of the sources and the verdict. Unknown is never
 * down, and a statement that has no fresh ground is unknown.
 */
import type { MonoMs } from '../../model/units.ts';
import type { Says } from '../../model/watch.ts';
import type { Text } from '../../model/text.ts';

export type Values = Readonly<Record<string, number | string | boolean>>;

export interface Statement {
  readonly says: Says;
  /** First moment of what it says, back-dated to the evidence. */
  readonly since: MonoMs;
  /** Newest news; absent when there never was any. */
  readonly at?: MonoMs;
  readonly reason: Text;
  /** Moment of a proof of service, while it still holds: it forbids a `down` whose first evidence is older. */
  readonly vetoAt?: MonoMs;
  /** It has missed, though not often enough to say down. */
  readonly missing: boolean;
  readonly values?: Values;
  /** Newest reading of what is not heard any more: no evidence, but what people want to know. */
  readonly lastRead?: { readonly at: MonoMs; readonly reason: Text };
  /** When the statement may change although nothing happens. */
  readonly changesAt?: MonoMs;
}
