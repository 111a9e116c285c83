/**
 * Watch: from evidence to verdicts (state-machines.md, evidence table). It remembers what each source said and when, judges
 * every subject, and says why in one sentence. It never acts: the bypass and the alarms do.
 *
 * Unknown is not down. What is stale, what sits behind a dead path of ours and what depends on something that is down is
 * unknown, and unknown neither trips nor restores.
 */
import type { Condition } from '../../model/alarm.ts';
import type { Effect } from '../../model/effect.ts';
import type { Source, Subject } from '../../model/room.ts';
import type { SubjectId } from '../../model/ids.ts';
import type { MonoMs } from '../../model/units.ts';
import { earlier, later } from '../../model/units.ts';
import type { SubjectView, Verdict } from '../../model/watch.ts';
import type { Text } from '../../model/text.ts';
import { text } from '../../model/text.ts';
import { conditionsOf } from './conditions.ts';
import type { Heard, WatchConfig, WatchEvent } from './hear.ts';
import { hear, isTouched, nothingHeard, overdue, speak } from './hear.ts';
import type { Statement } from './statement.ts';
import type { Spoken } from './verdict.ts';
import { domainsNeeded, judge } from './verdict.ts';
import { why } from './why.ts';

export type { WatchConfig, WatchEvent } from './hear.ts';

interface Finding {
  readonly subject: Subject;
  readonly verdict: Verdict;
  readonly why: Text;
  readonly spoken: readonly Spoken[];
  readonly suspect: boolean;
  /** The subject that is down above this one; set whenever there is one. */
  readonly blockedBy?: SubjectId;
  /** As above, where it is the reason why nothing is known. */
  readonly cause?: SubjectId;
  readonly due: MonoMs;
  readonly view: SubjectView;
  readonly conditions: readonly Condition[];
}

export interface WatchState {
  readonly heard: Heard;
  readonly findings: readonly Finding[];
  readonly byId: ReadonlyMap<SubjectId, Finding>;
  readonly views: readonly SubjectView[];
  readonly conditions: readonly Condition[];
  readonly due: MonoMs;
}

export interface WatchStep {
  readonly state: WatchState;
  readonly effects: readonly Effect[];
}

/** A subject is judged again after this long at the latest, so that the ages in its sentence stay true. */
const judgeEveryMs = 10_000;

export function initial(config: WatchConfig, at: MonoMs): WatchState {
  const heard = nothingHeard(config, at);
  return judgeAll({ heard, findings: [], byId: new Map(), views: [], conditions: [], due: at }, heard, at)
    .state;
}

export function step(state: WatchState, event: WatchEvent): WatchStep {
  const heard = hear(state.heard, event);
  if (heard === state.heard && event.at < state.due) return { state, effects: [] };
  return judgeAll(state, overdue(heard, event.at), event.at);
}

export const verdictOf = (state: WatchState, subject: SubjectId): Verdict =>
  find(state, subject)?.verdict ?? 'unknown';
export const whyOf = (state: WatchState, subject: SubjectId): Text =>
  find(state, subject)?.why ?? text(`没有对象 ${subject}`, `there is no subject ${subject}`);
/** A source of this subject is down, or has begun to miss: its probes ask more often. */
export const suspect = (state: WatchState, subject: SubjectId): boolean =>
  find(state, subject)?.suspect ?? false;
/** The same array while nothing changed. */
export const views = (state: WatchState): readonly SubjectView[] => state.views;
/** The same array while nothing changed. */
export const conditions = (state: WatchState): readonly Condition[] => state.conditions;
export const nextDeadline = (state: WatchState): MonoMs => state.due;

const find = (state: WatchState, subject: SubjectId): Finding | undefined => state.byId.get(subject);

/** Rules that no verdict may break, counted again from what the sources say. */
export function check(state: WatchState): readonly string[] {
  const broken: string[] = [];
  for (const { subject, verdict, spoken } of state.findings) {
    if (verdict !== 'down' && verdict !== 'up') continue;
    const downs = spoken.filter(({ statement }) => statement.says === 'down');
    if (verdict === 'up' && downs.length > 0) broken.push(`watch: ${subject.id} is up against evidence`);
    if (verdict === 'down' && downs.length === 0)
      broken.push(`watch: ${subject.id} is down without evidence`);
    const domains = new Set(downs.map(({ source }) => source.domain)).size;
    if (verdict === 'down' && subject.kind === 'pbx' && domains < domainsNeeded)
      broken.push(`watch: ${subject.id} is down on one domain`);
  }
  return broken;
}

function judgeAll(before: WatchState, heard: Heard, at: MonoMs): WatchStep {
  const found = new Map<SubjectId, Finding>();
  for (const subject of heard.config.subjects) findSubject(before, heard, subject, found, [], at);
  const findings = heard.config.subjects.flatMap(({ id }) => found.get(id) ?? []);
  const effects = findings.flatMap((finding): Effect[] => {
    const { subject, verdict } = finding;
    const old = find(before, subject.id);
    if (old === undefined || old.verdict === verdict) return [];
    return [
      { kind: 'notice', notice: { at, kind: 'verdict', subject: subject.id, verdict, why: finding.why } },
    ];
  });
  const seen = findings.map(({ view }) => view);
  const standing = findings.flatMap((finding) => finding.conditions);
  const due = findings.reduce(
    (first, finding) => earlier(first, finding.due) ?? first,
    later(at, judgeEveryMs),
  );
  return {
    state: {
      heard,
      findings,
      byId: found,
      views: sameItems(before.views, seen) ? before.views : seen,
      conditions: sameItems(before.conditions, standing) ? before.conditions : standing,
      due,
    },
    effects,
  };
}

/** Judges a subject after those it depends on. `above` guards against a circle: a parent in it is taken as not down. */
function findSubject(
  before: WatchState,
  heard: Heard,
  subject: Subject,
  found: Map<SubjectId, Finding>,
  above: readonly SubjectId[],
  at: MonoMs,
): Finding | undefined {
  const done = found.get(subject.id);
  if (done !== undefined) return done;
  if (above.includes(subject.id)) return undefined;
  const blockers = subject.dependsOn.flatMap((id): Blocking[] => {
    const parent = heard.config.subjects.find((one) => one.id === id);
    if (parent === undefined) return [];
    const finding = findSubject(before, heard, parent, found, [...above, subject.id], at);
    const cause = finding?.verdict === 'down' ? id : finding?.cause;
    return cause === undefined ? [] : [{ kind: parent.kind, cause }];
  });
  const blocking = blockers.find(({ kind }) => kind === 'network') ?? blockers[0];
  const old = find(before, subject.id);
  const holds =
    old !== undefined &&
    at < old.due &&
    old.blockedBy === blocking?.cause &&
    !isTouched(before.heard, heard, subject);
  const finding = holds ? old : describe(old, heard, subject, blocking, at);
  found.set(subject.id, finding);
  return finding;
}

interface Blocking {
  readonly kind: Subject['kind'];
  readonly cause: SubjectId;
}

/** A PBX's contact, extension and lines do not pass through what it depends on: only its LAN sources hide. */
function reachesThrough(subject: Subject, source: Source, parent: Blocking): boolean {
  if (subject.kind !== 'pbx') return true;
  return parent.kind === 'network' && (source.domain === 'our-lan' || source.domain.startsWith('path:'));
}

const hiddenBy = (statement: Statement, cause: SubjectId): Statement => ({
  ...statement,
  says: 'unknown',
  reason: text(`上级 ${cause} 故障`, `${cause} is down`),
});

function describe(
  before: Finding | undefined,
  heard: Heard,
  subject: Subject,
  blocking: Blocking | undefined,
  at: MonoMs,
): Finding {
  let due = later(at, judgeEveryMs);
  let isSuspect = false;
  const spoken = subject.sources.map((source): Spoken => {
    const statement = speak(heard, source, at);
    due = earlier(due, statement.changesAt) ?? due;
    isSuspect ||= statement.says === 'down' || statement.missing;
    const isHidden =
      blocking !== undefined && statement.says === 'down' && reachesThrough(subject, source, blocking);
    return { source, statement: isHidden ? hiddenBy(statement, blocking.cause) : statement };
  });
  const { verdict, vetoes } = judge(subject, spoken, heard.inBypass);
  // A child that answers although its parent is down is up: the parent hides nothing then.
  const cause = verdict === 'unknown' && blocking !== undefined ? { cause: blocking.cause } : {};
  const sentence = why({ verdict, spoken, vetoes, ...cause }, at);
  const view: SubjectView = {
    id: subject.id,
    kind: subject.kind,
    verdict,
    why: sentence,
    since: before?.verdict === verdict ? before.view.since : at,
    sources: spoken.map(({ source, statement }) => ({
      id: source.id,
      domain: source.domain,
      weight: source.weight,
      says: statement.says,
      ...(statement.at === undefined ? {} : { at: statement.at }),
      reason: statement.reason,
    })),
  };
  const standing = conditionsOf({ subject, verdict, spoken, ...cause });
  return {
    subject,
    verdict,
    why: sentence,
    spoken,
    suspect: isSuspect,
    ...(blocking === undefined ? {} : { blockedBy: blocking.cause }),
    ...cause,
    due,
    view: before !== undefined && sameData(before.view, view) ? before.view : view,
    conditions: standing.map((one) => before?.conditions.find((old) => sameData(old, one)) ?? one),
  };
}

const sameItems = <Item>(a: readonly Item[], b: readonly Item[]): boolean =>
  a.length === b.length && a.every((item, index) => item === b[index]);

/** Plain data, made by the same code in the same order. */
const sameData = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
