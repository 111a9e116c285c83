/**
 * Watch: from evidence to verdicts (state-machines.md, evidence table). It remembers what each source said and when, judges
 * every subject, and says why in one sentence. It never acts: the bypass and the alarms do.
 *
 * Unknown is not down. What is stale, what sits behind a dead path of ours and what depends on something that is down is
 * unknown, and unknown neither trips nor restores.
 */
import type { Condition } from '../../model/alarm.ts';
import type { Effect } from '../../model/effect.ts';
import type { Subject } from '../../model/room.ts';
import type { SubjectId } from '../../model/ids.ts';
import type { MonoMs } from '../../model/units.ts';
import { earlier, later } from '../../model/units.ts';
import type { SubjectView, Verdict } from '../../model/watch.ts';
import type { Text } from '../../model/text.ts';
import { text } from '../../model/text.ts';
import type { Finding } from './finding.ts';
import { describe, judgeEveryMs, sameAbove, sameData } from './finding.ts';
import type { Heard, WatchConfig, WatchEvent } from './hear.ts';
import { hear, isTouched, nothingHeard, overdue } from './hear.ts';
import { domainsNeeded } from './verdict.ts';
import { besides, hiddenWords } from './why.ts';

export type { WatchConfig, WatchEvent } from './hear.ts';

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
  const standing = withHidden(findings, before.conditions);
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
  const parents = subject.dependsOn.length === 0 ? none : parentsOf(before, heard, subject, found, above, at);
  const old = find(before, subject.id);
  const holds =
    old !== undefined && at < old.due && sameAbove(old, parents) && !isTouched(before.heard, heard, subject);
  const finding = holds ? old : describe(old, heard, subject, parents, at);
  found.set(subject.id, finding);
  return finding;
}

const none: readonly Finding[] = [];

function parentsOf(
  before: WatchState,
  heard: Heard,
  subject: Subject,
  found: Map<SubjectId, Finding>,
  above: readonly SubjectId[],
  at: MonoMs,
): readonly Finding[] {
  return subject.dependsOn.flatMap((id): readonly Finding[] => {
    const parent = found.get(id)?.subject ?? heard.config.subjects.find((one) => one.id === id);
    if (parent === undefined) return [];
    const finding = findSubject(before, heard, parent, found, [...above, subject.id], at);
    return finding === undefined ? [] : [finding];
  });
}

const sameItems = <Item>(a: readonly Item[], b: readonly Item[]): boolean =>
  a.length === b.length && a.every((item, index) => item === b[index]);

/** The alarm of a root says how much it hides: one alarm, not forty. */
function withHidden(findings: readonly Finding[], before: readonly Condition[]): readonly Condition[] {
  const hidden = new Map<SubjectId, SubjectId[]>();
  for (const { subject, shade } of findings)
    if (shade?.how === 'down') hidden.set(shade.root, [...(hidden.get(shade.root) ?? []), subject.id]);
  return findings.flatMap(({ subject, verdict, conditions: own }) => {
    const children = hidden.get(subject.id);
    const main = own[0];
    if (children === undefined || verdict !== 'down' || main === undefined) return own;
    const detail = besides(main.detail, hiddenWords(children));
    const told = { ...main, detail };
    return [before.find((old) => sameData(old, told)) ?? told, ...own.slice(1)];
  });
}
