/** One subject, judged: what its sources say, what hides them, what it adds up to, and the sentence about it. */
import type { Condition } from '../../model/alarm.ts';
import type { MonoMs } from '../../model/units.ts';
import { earlier, later } from '../../model/units.ts';
import type { Subject } from '../../model/room.ts';
import type { SubjectView, Verdict } from '../../model/watch.ts';
import type { Text } from '../../model/text.ts';
import { whatWouldChange } from './change.ts';
import { behind, conditionsOf } from './conditions.ts';
import type { FlapMemory } from './flapping.ts';
import { flapLimitsOf, flapped, unflapped } from './flapping.ts';
import type { Heard } from './hear.ts';
import { speak } from './hear.ts';
import type { ParentFinding, Shade, Silence } from './parents.ts';
import { doubtEndsAt, doubtOver, hiddenBy, isBehind, roundMs, shadeOver } from './parents.ts';
import type { Spoken } from './verdict.ts';
import { judge } from './verdict.ts';
import { label, why } from './why.ts';

export interface Finding extends ParentFinding {
  readonly subject: Subject;
  readonly verdict: Verdict;
  readonly why: Text;
  readonly spoken: readonly Spoken[];
  readonly suspect: boolean;
  readonly parents: readonly ParentFinding[];
  /** What lies over the subject, whether or not it is the reason why nothing is known. */
  readonly over?: Shade;
  /** The root is back; until then its children have not been asked anew. */
  readonly grace?: { readonly root: string; readonly until: MonoMs };
  readonly isDoubted: boolean;
  readonly flap: FlapMemory;
  readonly due: MonoMs;
  readonly view: SubjectView;
  readonly conditions: readonly Condition[];
}

/** A subject is judged again after this long at the latest, so that the ages in its sentence stay true. */
export const judgeEveryMs = 10_000;

export function describe(
  before: Finding | undefined,
  heard: Heard,
  subject: Subject,
  parents: readonly ParentFinding[],
  at: MonoMs,
): Finding {
  const statements = subject.sources.map((source): Spoken => ({
    source,
    statement: speak(heard, source, at),
  }));
  const suspect = statements.some(({ statement }) => statement.says === 'down' || statement.missing);
  const wellSince = before?.suspect === true && !suspect ? at : before?.wellSince;
  const maintenance = heard.maintenance[subject.id];
  const above = shadeOver(parents);
  const grace = graceOf(before, subject, above, at);
  const over = above ?? (grace === undefined ? undefined : ({ root: grace.root, how: 'returned' } as const));
  const silence = silenceOf(statements);
  const isNew =
    before === undefined ||
    before.isDoubted ||
    before.spoken.every(({ statement }) => statement.says !== 'down');
  const doubt =
    over === undefined && silence !== undefined && isNew ? doubtOver(parents, silence, at) : undefined;
  const hides = over ?? doubt;
  // Nothing but a parent that is down hides anything of the PBX.
  const shades = hides !== undefined && (subject.kind !== 'pbx' || hides.how === 'down') ? hides : undefined;
  const spoken = statements.map(({ source, statement }): Spoken => {
    const isHidden =
      shades !== undefined && statement.says === 'down' && isBehind(subject, source, shades, parents);
    return { source, statement: isHidden ? hiddenBy(statement, shades) : statement };
  });
  const { verdict, vetoes } = judge(subject, spoken, heard.inBypass);
  // A child that answers although its parent is down is up: the parent hides nothing then.
  const shade = verdict === 'unknown' && shades !== undefined ? { shade: shades } : {};
  const isOwn = hides === undefined && maintenance === undefined;
  const flap = flapped(before?.flap ?? unflapped(at), verdict, isOwn, flapLimitsOf(subject), at);
  const sentence = why({ verdict, spoken, vetoes, ...shade, flap }, at);
  const isAllBehind =
    hides !== undefined &&
    statements.every(
      ({ source, statement }) => statement.says !== 'down' || isBehind(subject, source, hides, parents),
    );
  const own = conditionsOf({
    subject,
    verdict,
    spoken,
    isFlapping: flap.isFlapping,
    isExplained: isAllBehind,
    ...shade,
  });
  const root = shade.shade === undefined ? undefined : heard.topology.positions.get(shade.shade.root);
  const standing =
    root === undefined || subject.kind === 'pbx'
      ? own
      : behind(own, shade.shade, heard.config.subjects[root]);
  const view: SubjectView = {
    id: subject.id,
    kind: subject.kind,
    verdict,
    why: sentence,
    change: whatWouldChange({ subject, verdict, spoken, vetoes, inBypass: heard.inBypass, ...shade }),
    since: before?.verdict === verdict ? before.view.since : at,
    ...('shade' in shade ? { hiddenBy: shade.shade.root } : {}),
    ...(flap.isFlapping ? { flapping: true } : {}),
    ...(maintenance === undefined ? {} : { maintenance }),
    sources: spoken.map(({ source, statement }) => ({
      id: source.id,
      name: label(source),
      domain: source.domain,
      weight: source.weight,
      says: statement.says,
      ...(statement.at === undefined ? {} : { at: statement.at }),
      ...(vetoes.some((veto) => veto.source === source) ? { vetoes: true } : {}),
      reason: statement.reason,
    })),
  };
  return {
    subject,
    verdict,
    why: sentence,
    spoken,
    suspect,
    ...(wellSince === undefined ? {} : { wellSince }),
    parents,
    ...(above === undefined ? {} : { over: above }),
    ...(grace === undefined ? {} : { grace }),
    ...shade,
    isDoubted: doubt !== undefined,
    flap,
    due: dueOf(statements, grace?.until, doubt === undefined ? undefined : silence?.since, at),
    view: before !== undefined && sameData(before.view, view) ? before.view : view,
    conditions: standing.map((one) => before?.conditions.find((old) => sameData(old, one)) ?? one),
  };
}

function silenceOf(spoken: readonly Spoken[]): Silence | undefined {
  const downs = spoken.flatMap(({ statement }) => (statement.says === 'down' ? [statement] : []));
  const [first, ...more] = downs;
  if (first === undefined) return undefined;
  return more.reduce<Silence>(
    ({ since, newest }, statement) => ({
      since: statement.since < since ? statement.since : since,
      newest: (statement.at ?? newest) > newest ? (statement.at ?? newest) : newest,
    }),
    { since: first.since, newest: first.at ?? first.since },
  );
}

function dueOf(
  statements: readonly Spoken[],
  graceUntil: MonoMs | undefined,
  doubtedSince: MonoMs | undefined,
  at: MonoMs,
): MonoMs {
  const moments = [
    ...statements.map(({ statement }) => statement.changesAt),
    graceUntil,
    doubtedSince === undefined ? undefined : doubtEndsAt(doubtedSince),
  ];
  return moments.reduce<MonoMs>((due, moment) => earlier(due, moment) ?? due, later(at, judgeEveryMs));
}

/** The root above has just gone: our probes need a round before what they said in its time may count. */
function graceOf(
  before: Finding | undefined,
  subject: Subject,
  above: Shade | undefined,
  at: MonoMs,
): Finding['grace'] {
  if (before === undefined || above?.how === 'down') return undefined;
  if (before.over?.how === 'down') return { root: before.over.root, until: later(at, roundMs(subject)) };
  return before.grace !== undefined && at < before.grace.until ? before.grace : undefined;
}

type Members = Readonly<Record<string, unknown>>;
const hasMembers = (value: unknown): value is Members => typeof value === 'object' && value !== null;

/** Plain data, member by member. */
export function sameData(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (!hasMembers(a) || !hasMembers(b)) return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => sameData(a[key], b[key]));
}

/** Nothing above has changed that could change this subject. When a parent answered last matters only to who is silent. */
export const sameAbove = (old: Finding, parents: readonly ParentFinding[]): boolean =>
  old.parents.length === parents.length &&
  old.parents.every((one, index) => {
    const now = parents[index];
    if (one === now) return true;
    return (
      !old.suspect &&
      one.verdict === now?.verdict &&
      one.shade?.root === now.shade?.root &&
      one.shade?.how === now.shade?.how
    );
  });
