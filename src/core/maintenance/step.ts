/**
 * Maintenance: work that somebody announced, by command or in the room file. Until its end the alarms of the subject are kept
 * out of service: still judged and listed, but they neither sound nor light a lamp. What stands at the end sounds then.
 *
 * Every maintenance ends by itself, within a day. It concerns the alarms of people alone. The bypass does not know of it: a
 * technician who works on the PBX may be the one who breaks it, and a trip is never refused (docs/verdicts.md).
 */
import type { Actor, Command, RoomEventOf } from '../../model/event.ts';
import type { Effect } from '../../model/effect.ts';
import type { Maintenance } from '../../model/watch.ts';
import type { MonoMs } from '../../model/units.ts';
import { earlier, elapsedMs, later } from '../../model/units.ts';
import type { Text } from '../../model/text.ts';
import { text } from '../../model/text.ts';

export const maintenanceMsMin = 60_000;
export const maintenanceMsMax = 24 * 3_600_000;
const reasonLengthMax = 200;

export type MaintenanceEvent =
  | {
      readonly kind: 'command';
      readonly at: MonoMs;
      readonly id: string;
      readonly by: Actor;
      readonly command: Extract<Command, { readonly do: 'maintenance' | 'end-maintenance' }>;
    }
  | RoomEventOf<'maintenance'>
  | { readonly kind: 'turn'; readonly at: MonoMs };

interface Permit extends Maintenance {
  readonly subjects: readonly string[];
}

export interface MaintenanceState {
  /** What may be taken out of service: subjects, lines and points. */
  readonly names: ReadonlySet<string>;
  /** By `ordered <subject>` and `window <id>`. */
  readonly permits: ReadonlyMap<string, Permit>;
  /** Longest permit of each subject. The same object while nothing changed. */
  readonly subjects: Readonly<Record<string, Maintenance>>;
}

export interface SavedMaintenance {
  readonly id: string;
  readonly subjects: readonly string[];
  readonly remainingMs: number;
  readonly by: string;
  readonly reason: Text;
}

export interface MaintenanceStep {
  readonly state: MaintenanceState;
  readonly effects: readonly Effect[];
}

/** Outlives a restart. A window that the room file does not hold any more is called off by the shell's first announcement. */
export function initial(
  names: Iterable<string>,
  saved: readonly SavedMaintenance[],
  at: MonoMs,
): MaintenanceState {
  const known = new Set(names);
  const permits = new Map<string, Permit>();
  for (const { id, subjects, remainingMs, by, reason } of saved) {
    const kept = subjects.filter((subject) => known.has(subject));
    if (kept.length > 0 && remainingMs > 0)
      permits.set(id, {
        subjects: kept,
        until: later(at, Math.min(remainingMs, maintenanceMsMax)),
        by,
        reason,
      });
  }
  return derived(known, permits);
}

export const saved = ({ permits }: MaintenanceState, at: MonoMs): readonly SavedMaintenance[] =>
  [...permits].map(([id, { subjects, until, by, reason }]) => ({
    id,
    subjects,
    remainingMs: elapsedMs(at, until),
    by,
    reason,
  }));

export const nextDeadline = ({ permits }: MaintenanceState): MonoMs | undefined =>
  [...permits.values()].reduce<MonoMs | undefined>((due, { until }) => earlier(due, until), undefined);

const orderedId = (subject: string): string => `ordered ${subject}`;

function derived(names: ReadonlySet<string>, permits: ReadonlyMap<string, Permit>): MaintenanceState {
  const subjects: Record<string, Maintenance> = {};
  for (const { subjects: some, until, by, reason } of permits.values())
    for (const subject of some) {
      const other = subjects[subject];
      if (other === undefined || other.until < until) subjects[subject] = { until, by, reason };
    }
  return { names, permits, subjects };
}

export function step(before: MaintenanceState, event: MaintenanceEvent): MaintenanceStep {
  const { state, effects } = runOut(before, event.at);
  const next = event.kind === 'turn' ? undefined : decided(state, event);
  return next === undefined
    ? { state, effects }
    : { state: next.state, effects: [...effects, ...next.effects] };
}

const note = (at: MonoMs, what: Text): Effect => ({
  kind: 'notice',
  notice: { at, kind: 'note', text: what },
});
const list = (some: readonly string[]): string => some.join(', ');

function runOut(state: MaintenanceState, at: MonoMs): MaintenanceStep {
  const over = [...state.permits].filter(([, { until }]) => at >= until);
  if (over.length === 0) return { state, effects: [] };
  const gone = new Set(over.map(([id]) => id));
  const permits = new Map([...state.permits].filter(([id]) => !gone.has(id)));
  return {
    state: derived(state.names, permits),
    effects: [...over.map(([, one]) => ended(one, at)), { kind: 'save' }],
  };
}

const ended = ({ subjects }: Permit, at: MonoMs): Effect =>
  note(at, text(`${list(subjects)} 维护结束`, `maintenance of ${list(subjects)} is over`));

function decided(
  state: MaintenanceState,
  event: Exclude<MaintenanceEvent, { kind: 'turn' }>,
): MaintenanceStep {
  if (event.kind === 'maintenance') return windowMoved(state, event);
  return event.command.do === 'maintenance'
    ? begun(state, event, event.command)
    : endedBy(state, event, event.command.subject);
}

function windowMoved(state: MaintenanceState, event: RoomEventOf<'maintenance'>): MaintenanceStep {
  const { at, window, until, reason } = event;
  const id = `window ${window}`;
  const old = state.permits.get(id);
  if (until === undefined || until <= at) {
    if (old === undefined) return { state, effects: [] };
    const permits = new Map([...state.permits].filter(([key]) => key !== id));
    return { state: derived(state.names, permits), effects: [ended(old, at), { kind: 'save' }] };
  }
  const subjects = event.subjects.filter((subject) => state.names.has(subject));
  const latest = later(at, maintenanceMsMax);
  const permit: Permit = {
    subjects,
    until: until < latest ? until : latest,
    by: 'room file',
    reason,
  };
  const begins =
    old === undefined
      ? [
          note(
            at,
            text(
              `${list(subjects)} 按机房文件进入维护：${reason.zh}`,
              `maintenance of ${list(subjects)} begins by the room file: ${reason.en}`,
            ),
          ),
        ]
      : [];
  return {
    state: derived(state.names, new Map([...state.permits, [id, permit]])),
    effects: [...begins, { kind: 'save' }],
  };
}

type Ordered = Extract<MaintenanceEvent, { kind: 'command' }>;

const answer = ({ at, id }: Ordered, accepted: boolean, zh: string, en: string): Effect => ({
  kind: 'notice',
  notice: { at, kind: 'command', id, accepted, text: text(zh, en) },
});

function begun(
  state: MaintenanceState,
  event: Ordered,
  { subject, forMs, reason }: Extract<Command, { do: 'maintenance' }>,
): MaintenanceStep {
  const refused = (zh: string, en: string): MaintenanceStep => ({
    state,
    effects: [answer(event, false, zh, en)],
  });
  const why = reason.trim();
  if (!state.names.has(subject))
    return refused(
      `没有监视对象、线路或测点 ${subject}，不能维护`,
      `no subject, line or point ${subject} can be put into maintenance`,
    );
  if (why === '') return refused('维护必须写明原因', 'maintenance needs a reason');
  if (why.length > reasonLengthMax)
    return refused(
      `原因不能超过 ${reasonLengthMax} 字`,
      `a reason has at most ${reasonLengthMax} characters`,
    );
  if (!(forMs >= maintenanceMsMin && forMs <= maintenanceMsMax))
    return refused('维护时间须为 1 分钟至 24 小时', 'maintenance lasts from 1 min to 24 h');
  const by = event.by.name === '' ? event.by.via : event.by.name;
  const until = later(event.at, forMs);
  const permit: Permit = { subjects: [subject], until, by, reason: text(why, why) };
  const minutes = Math.round(forMs / 60_000);
  return {
    state: derived(state.names, new Map([...state.permits, [orderedId(subject), permit]])),
    effects: [
      answer(
        event,
        true,
        `${by} 将 ${subject} 置于维护，${minutes} 分钟后自动结束：${why}`,
        `${subject} put into maintenance by ${by}, ends by itself in ${minutes} min: ${why}`,
      ),
      { kind: 'save' },
    ],
  };
}

function endedBy(state: MaintenanceState, event: Ordered, subject: string): MaintenanceStep {
  const mine = [...state.permits].filter(([, { subjects }]) => subjects.includes(subject));
  if (mine.length === 0)
    return {
      state,
      effects: [answer(event, false, `${subject} 不在维护中`, `${subject} is not in maintenance`)],
    };
  const permits = new Map(state.permits);
  for (const [id, permit] of mine) {
    const others = permit.subjects.filter((one) => one !== subject);
    if (others.length === 0) permits.delete(id);
    else permits.set(id, { ...permit, subjects: others });
  }
  const by = event.by.name === '' ? event.by.via : event.by.name;
  return {
    state: derived(state.names, permits),
    effects: [
      answer(event, true, `${by} 结束了 ${subject} 的维护`, `maintenance of ${subject} ended by ${by}`),
      { kind: 'save' },
    ],
  };
}

// ---- reading guard.json -----------------------------------------------------------------------------------------------

/** What is not right is left out. */
export function readSaved(value: unknown): readonly SavedMaintenance[] {
  if (!Array.isArray(value)) return [];
  const rows: readonly unknown[] = value;
  return rows.filter(isSaved);
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

function isSaved(value: unknown): value is SavedMaintenance {
  if (!isRecord(value)) return false;
  const { id, subjects, remainingMs, by, reason } = value;
  return (
    typeof id === 'string' &&
    Array.isArray(subjects) &&
    subjects.every((one) => typeof one === 'string') &&
    typeof remainingMs === 'number' &&
    Number.isFinite(remainingMs) &&
    typeof by === 'string' &&
    isRecord(reason) &&
    typeof reason['zh'] === 'string' &&
    typeof reason['en'] === 'string'
  );
}
