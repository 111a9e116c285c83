/**
 * `depends-on`: what stands above a subject and may hide it. A dead switch makes its hosts unreachable: one alarm, which names
 * how many it hides, and each host names the root. Three ways to be hidden:
 *
 * - `down`: something above is down;
 * - `doubted`: the subject has stopped answering, and what is above has not answered since. Its probe may simply come later:
 *   no alarm of the child goes out before the parent has been asked;
 * - `returned`: the root is back, but our probes have not been round yet.
 *
 * Only the first concerns the PBX, and only what reaches it over the network: nothing here delays a trip.
 */
import type { MonoMs } from '../../model/units.ts';
import { elapsedMs, later } from '../../model/units.ts';
import type { Source, Subject } from '../../model/room.ts';
import { isPolled } from '../../model/room.ts';
import type { SubjectId } from '../../model/ids.ts';
import type { Text } from '../../model/text.ts';
import { text } from '../../model/text.ts';
import type { Verdict } from '../../model/watch.ts';
import type { Statement } from './statement.ts';
import type { Spoken } from './verdict.ts';

export type HiddenHow = 'down' | 'doubted' | 'returned';

export interface Shade {
  /** The topmost subject that is the reason. */
  readonly root: SubjectId;
  readonly how: HiddenHow;
}

/** What a child must know of a parent. */
export interface ParentFinding {
  readonly subject: Subject;
  readonly verdict: Verdict;
  readonly spoken: readonly Spoken[];
  /** Since when all of its sources answer again, after one was silent, whether or not that made it down. */
  readonly wellSince?: MonoMs;
  /** Why nothing is known of the parent itself. */
  readonly shade?: Shade;
}

/** A parent that is asked seldom holds its children back no longer than this. */
export const doubtMsMax = 300_000;

/** Within this time each source of the subject has been asked anew and has answered, or missed. */
export const roundMs = (subject: Subject): number =>
  Math.max(0, ...subject.sources.filter(isPolled).map(({ everyMs, waitMs }) => 2 * everyMs + waitMs));

/** What hides everything below these parents; a dead network before any other. */
export function shadeOver(parents: readonly ParentFinding[]): Shade | undefined {
  const downs = parents.flatMap((parent): readonly (Shade & { readonly isNetwork: boolean })[] => {
    const isNetwork = parent.subject.kind === 'network';
    if (parent.verdict === 'down') return [{ root: parent.subject.id, how: 'down', isNetwork }];
    return parent.shade === undefined ? [] : [{ ...parent.shade, isNetwork }];
  });
  const isDown = ({ how }: Shade): boolean => how === 'down';
  const found = downs.find((one) => isDown(one) && one.isNetwork) ?? downs.find(isDown) ?? downs[0];
  return found === undefined ? undefined : { root: found.root, how: found.how };
}

/** A subject that does not answer: since when, and when it was found silent last. */
export interface Silence {
  readonly since: MonoMs;
  readonly newest: MonoMs;
}

/**
 * Has this parent not answered since the silence began? Where it was silent itself meanwhile, its child must have been silent
 * after that too: a switch that was gone for a moment is not the fault of its hosts. Only a source that is asked can be
 * waited for: a contact or a line speaks at once, and a parent of which nothing is known will not explain anything.
 */
function isInDoubt(parent: ParentFinding, silence: Silence, at: MonoMs): boolean {
  const { verdict, spoken, wellSince } = parent;
  const { since, newest } = silence;
  if (verdict === 'unknown' || verdict === 'down' || elapsedMs(since, at) >= doubtMsMax) return false;
  const asked = spoken.filter(({ source, statement }) => isPolled(source) && statement.says === 'up');
  if (asked.length === 0) return false;
  const answeredAt = asked.reduce<MonoMs | undefined>(
    (last, { statement }) =>
      !statement.missing && statement.at !== undefined && (last === undefined || statement.at > last)
        ? statement.at
        : last,
    undefined,
  );
  if (answeredAt === undefined || answeredAt <= since) return true;
  return wellSince !== undefined && wellSince > since && newest <= wellSince;
}

export const doubtOver = (
  parents: readonly ParentFinding[],
  silence: Silence,
  at: MonoMs,
): Shade | undefined => {
  const doubted = parents.find((parent) => isInDoubt(parent, silence, at));
  return doubted === undefined ? undefined : { root: doubted.subject.id, how: 'doubted' };
};

/** When a doubt that nobody lifts is over. */
export const doubtEndsAt = (since: MonoMs): MonoMs => later(since, doubtMsMax);

/** A seat phone hangs on its trunk, whatever its seat depends on; nor do a PBX's contact, extension and lines pass through that. */
export function isBehind(
  subject: Subject,
  source: Source,
  shade: Shade,
  parents: readonly ParentFinding[],
): boolean {
  if (source.kind === 'seat-phone') return false;
  if (subject.kind !== 'pbx') return true;
  const isNetwork = parents.some(
    (parent) =>
      parent.subject.kind === 'network' &&
      (parent.subject.id === shade.root || parent.shade?.root === shade.root),
  );
  return isNetwork && (source.domain === 'our-lan' || source.domain.startsWith('path:'));
}

const reasons: Readonly<Record<HiddenHow, (root: SubjectId) => Text>> = {
  down: (root) => text(`上级 ${root} 故障`, `${root} is down`),
  doubted: (root) => text(`先等上级 ${root} 应答`, `waits to hear whether ${root} answers`),
  returned: (root) =>
    text(`上级 ${root} 刚恢复，等待新的应答`, `${root} is just back; waits for a new answer`),
};

export const hiddenBy = (statement: Statement, { root, how }: Shade): Statement => ({
  ...statement,
  says: 'unknown',
  reason: reasons[how](root),
});

/** The reason of an `unknown` verdict, at the head of its sentence. */
export const shadeWords: Readonly<Record<HiddenHow, (root: SubjectId) => Text>> = {
  down: (root) =>
    text(
      `上级 ${root} 故障，该对象不可达，请先处理 ${root}`,
      `${root}, which it depends on, is down: repair ${root} first`,
    ),
  doubted: (root) =>
    text(
      `没有应答，先等上级 ${root} 的应答再判断`,
      `it does not answer; judged as soon as ${root} has been heard`,
    ),
  returned: (root) =>
    text(
      `上级 ${root} 刚恢复，等待新的应答`,
      `${root}, which it depends on, is just back; waits for a new answer`,
    ),
};
