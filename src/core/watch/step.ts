/**
 * Watch: from evidence to verdicts (state-machines.md, evidence table). It remembers what each source said and when, judges
 * every subject, and says why in one sentence. It never acts: the bypass and the alarms do.
 *
 * Unknown is not down. What is stale, what sits behind a dead path of ours and what depends on something that is down is
 * unknown, and unknown neither trips nor restores.
 */
import type { Condition } from '../../model/alarm.ts';
import type { Effect } from '../../model/effect.ts';
import type { SourceId, SubjectId } from '../../model/ids.ts';
import type { MonoMs } from '../../model/units.ts';
import { earlier, later } from '../../model/units.ts';
import type { SubjectView, Verdict } from '../../model/watch.ts';
import type { Text } from '../../model/text.ts';
import { text } from '../../model/text.ts';
import type { Finding } from './finding.ts';
import { describe, judgeEveryMs, sameAbove, sameData } from './finding.ts';
import type { Heard, WatchConfig, WatchEvent } from './hear.ts';
import { hear, isTouched, nothingHeard, overdue } from './hear.ts';
import type { Topology } from './topology.ts';
import type { Values } from './statement.ts';
import { domainsNeeded } from './verdict.ts';
import { besides, hiddenWords } from './why.ts';

export type { WatchConfig, WatchEvent } from './hear.ts';

export interface WatchState {
  readonly heard: Heard;
  /** In the order of the room file. */
  readonly findings: readonly Finding[];
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
  return judge({ heard, findings: [], views: [], conditions: [], due: at }, heard, [], at).state;
}

export function step(state: WatchState, event: WatchEvent): WatchStep {
  const told = hear(state.heard, event);
  if (told === state.heard && event.at < state.due) return { state, effects: [] };
  const heard = overdue(told, event.at);
  return judge(state, heard, touchedBy(state.heard, heard, heard === told ? event : undefined), event.at);
}

/** Evidence touches one subject; anything else may touch several. */
function touchedBy(before: Heard, now: Heard, event: WatchEvent | undefined): readonly number[] {
  if (before === now) return [];
  const { bySource } = now.topology;
  const one = event?.kind === 'evidence' ? bySource.get(event.source) : undefined;
  if (one !== undefined) return [one.position];
  return now.config.subjects.flatMap((subject, position) =>
    isTouched(before, now, subject) ? [position] : [],
  );
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
/** The values that came with what a source says now; absent while it says nothing that may be believed. */
export function readAnswer(
  state: WatchState,
  subject: SubjectId,
  source: SourceId,
): { readonly at?: MonoMs; readonly values: Values } | undefined {
  const spoken = find(state, subject)?.spoken.find((one) => one.source.id === source);
  const { says, values, at } = spoken?.statement ?? {};
  if (says !== 'up' || values === undefined) return undefined;
  return { values, ...(at === undefined ? {} : { at }) };
}

export const nextDeadline = (state: WatchState): MonoMs => state.due;

function find({ heard, findings }: WatchState, subject: SubjectId): Finding | undefined {
  const position = heard.topology.positions.get(subject);
  return position === undefined ? undefined : findings[position];
}

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

/** Judges again what the event touched, what is due, and what stands behind something that changed: parents first. */
function judge(before: WatchState, heard: Heard, touched: readonly number[], at: MonoMs): WatchStep {
  const { subjects } = heard.config;
  const { order, parents, children } = heard.topology;
  const isFirst = before.findings.length === 0;
  const waiting = new Set(touched);
  for (const [position, { due }] of before.findings.entries()) if (at >= due) waiting.add(position);
  const findings = [...before.findings];
  const effects: Effect[] = [];
  let [isViewNew, isAlarmNew] = [isFirst, isFirst];
  if (isFirst || waiting.size > 0)
    for (const position of order) {
      const subject = subjects[position];
      if (subject === undefined || (!isFirst && !waiting.has(position))) continue;
      const old = before.findings[position];
      const above = (parents[position] ?? []).flatMap((parent) => findings[parent] ?? []);
      const finding = describe(old, heard, subject, above, at);
      findings[position] = finding;
      isViewNew ||= old?.view !== finding.view;
      isAlarmNew ||= old === undefined || isNewsToAlarms(old, finding);
      for (const child of isFirst ? [] : (children[position] ?? []))
        if (isChangedAbove(findings, parents, child)) waiting.add(child);
      if (old !== undefined && old.verdict !== finding.verdict) {
        const { verdict, why } = finding;
        effects.push({ kind: 'notice', notice: { at, kind: 'verdict', subject: subject.id, verdict, why } });
      }
    }
  const due = findings.reduce(
    (first, finding) => earlier(first, finding.due) ?? first,
    later(at, judgeEveryMs),
  );
  return {
    state: {
      heard,
      findings,
      views: isViewNew ? findings.map(({ view }) => view) : before.views,
      conditions: isAlarmNew ? withHidden(findings, before.conditions) : before.conditions,
      due,
    },
    effects,
  };
}

function isChangedAbove(
  findings: readonly Finding[],
  parents: Topology['parents'],
  position: number,
): boolean {
  const own = findings[position];
  const above = (parents[position] ?? []).flatMap((parent) => findings[parent] ?? []);
  return own !== undefined && !sameAbove(own, above);
}

const isNewsToAlarms = (old: Finding, now: Finding): boolean =>
  old.verdict !== now.verdict ||
  old.shade?.how !== now.shade?.how ||
  old.shade?.root !== now.shade?.root ||
  old.conditions.length !== now.conditions.length ||
  old.conditions.some((one, index) => one !== now.conditions[index]);

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
    const told = { ...main, detail, hides: children };
    return [before.find((old) => sameData(old, told)) ?? told, ...own.slice(1)];
  });
}
