/**
 * Floods (ISA-18.2, EEMUA 191): more than ten alarms in ten minutes are more than a person can act on. While a flood lasts, one
 * alarm of its own tells how many, of which types and what came first; a critical alarm sounds by itself as ever, the others flash
 * and are listed but do not start the silenced horn again. The flood is over when fewer than five came in ten minutes; what
 * came since the horn was silenced and nobody has acknowledged sounds then. No alarm is left out, delayed or joined with another.
 */
import type { Notice } from '../../model/effect.ts';
import type { MonoMs } from '../../model/units.ts';
import { elapsedMs, later } from '../../model/units.ts';
import type { Text } from '../../model/text.ts';
import { text } from '../../model/text.ts';
import { alarmKind } from './catalogue.ts';
import type { Alarm } from './regions.ts';

const floodWindowMs = 600_000;
/** Begins above so many in the window, ends below so many. */
const floodBeginsAbove = 10;
const floodEndsBelow = 5;
/** Alarms that come within a second are counted at its beginning: bounds what is remembered. */
const grainMs = 1000;
/** The sentence of the flood's alarm is renewed no more often. */
const retellMs = 10_000;
const topTypes = 3;

export const floodKey = { subject: 'linekeeper', type: 'alarm.flood', qualifier: '' } as const;

interface Grain {
  readonly at: MonoMs;
  readonly count: number;
}

export interface OpenFlood {
  readonly since: MonoMs;
  /** Alarms that began to sound after this number do not start the horn, unless they are critical. */
  readonly horn: number;
  /** All since it began, those that began it included. */
  readonly count: number;
  /** Most in ten minutes. */
  readonly peak: number;
  readonly byType: Readonly<Record<string, number>>;
  /** Of oldest evidence among those that began it. */
  readonly first: { readonly id: string; readonly what: Text };
  readonly told: { readonly at: MonoMs; readonly text: Text };
}

export interface FloodState {
  /** Annunciated alarms of the last ten minutes, oldest first. */
  readonly grains: readonly Grain[];
  /** The newest of them while there is no flood: those that may turn out to have begun one. */
  readonly recent: readonly Pick<Alarm, 'id' | 'key' | 'since' | 'raisedAt' | 'detail'>[];
  readonly open?: OpenFlood;
}
export const noFlood: FloodState = { grains: [], recent: [] };

const inWindow = (grains: readonly Grain[], at: MonoMs): readonly Grain[] => {
  const from = grains.findIndex((grain) => elapsedMs(grain.at, at) < floodWindowMs);
  return from === 0 ? grains : from < 0 ? [] : grains.slice(from);
};
const sum = (grains: readonly Grain[]): number => grains.reduce((all, { count }) => all + count, 0);

/** `raised`: annunciated just now. `sequence`: number of the newest alarm that sounded before them. */
export function flooded(
  before: FloodState,
  raised: readonly Alarm[],
  sequence: number,
  at: MonoMs,
): FloodState {
  const kept = inWindow(before.grains, at);
  if (raised.length === 0 && kept === before.grains) return before;
  const grains = raised.length === 0 ? kept : withGrain(kept, raised.length, at);
  const rate = sum(grains);
  if (before.open !== undefined)
    return rate < floodEndsBelow
      ? { grains, recent: [] }
      : { grains, recent: [], open: wentOn(before.open, raised, rate, at) };
  const recent = [
    ...before.recent.filter(({ raisedAt }) => elapsedMs(raisedAt, at) < floodWindowMs),
    ...raised.map(({ id, key, since, raisedAt, detail }) => ({ id, key, since, raisedAt, detail })),
  ];
  return rate > floodBeginsAbove
    ? { grains, recent: [], open: begun(recent, rate, sequence, at) }
    : { grains, recent };
}

function withGrain(grains: readonly Grain[], count: number, at: MonoMs): readonly Grain[] {
  const last = grains.at(-1);
  return last !== undefined && elapsedMs(last.at, at) < grainMs
    ? [...grains.slice(0, -1), { at: last.at, count: last.count + count }]
    : [...grains, { at, count }];
}

function counted(
  before: OpenFlood['byType'],
  alarms: readonly Pick<Alarm, 'key'>[],
): Readonly<Record<string, number>> {
  const byType = { ...before };
  for (const { key } of alarms) byType[key.type] = (byType[key.type] ?? 0) + 1;
  return byType;
}

function begun(recent: FloodState['recent'], rate: number, sequence: number, at: MonoMs): OpenFlood {
  const first = recent.reduce((a, b) => (b.since < a.since ? b : a));
  const kind = alarmKind(first.key.type);
  const flood = {
    since: at,
    horn: sequence,
    count: recent.length,
    peak: rate,
    byType: counted({}, recent),
    first: { id: first.id, what: kind.what },
  };
  return { ...flood, told: { at, text: sentence(flood, rate) } };
}

function wentOn(open: OpenFlood, raised: readonly Alarm[], rate: number, at: MonoMs): OpenFlood {
  const next = {
    ...open,
    count: open.count + raised.length,
    peak: Math.max(open.peak, rate),
    byType: raised.length === 0 ? open.byType : counted(open.byType, raised),
  };
  return elapsedMs(open.told.at, at) < retellMs
    ? next
    : { ...next, told: { at, text: sentence(next, rate) } };
}

const topOf = (byType: OpenFlood['byType']): readonly { type: string; count: number }[] =>
  Object.entries(byType)
    .map(([type, count]) => ({ type, count }))
    .toSorted((a, b) => b.count - a.count || (a.type < b.type ? -1 : 1))
    .slice(0, topTypes);

function sentence({ count, byType, first }: Omit<OpenFlood, 'told'>, rate: number): Text {
  const top = topOf(byType);
  const zh = top.map((one) => `${alarmKind(one.type).what.zh} ${one.count} 条`).join('、');
  const en = top.map((one) => `${alarmKind(one.type).what.en} × ${one.count}`).join(', ');
  return text(
    `十分钟内 ${rate} 条，共 ${count} 条；最多：${zh}；最先：${first.id}（${first.what.zh}）`,
    `${rate} in ten minutes, ${count} in all; most: ${en}; first: ${first.id} (${first.what.en})`,
  );
}

/** What people and the centre are told when a flood begins or is over. */
export function floodNotice(before: FloodState, now: FloodState, at: MonoMs): Notice | undefined {
  if (before.open === undefined && now.open !== undefined)
    return told('began', now.open, now.open.told.text, at);
  if (before.open === undefined || now.open !== undefined) return undefined;
  const { open } = before;
  const minutes = Math.round(elapsedMs(open.since, at) / 60_000);
  const words = text(
    `告警潮结束，历时 ${minutes} 分钟，共 ${open.count} 条，十分钟最多 ${open.peak} 条；最先：${open.first.id}`,
    `the alarm flood is over after ${minutes} min: ${open.count} alarms, at most ${open.peak} in ten minutes; first: ${open.first.id}`,
  );
  return told('ended', open, words, at);
}

const told = (what: 'began' | 'ended', open: OpenFlood, words: Text, at: MonoMs): Notice => ({
  at,
  kind: 'flood',
  what,
  lastedMs: elapsedMs(open.since, at),
  count: open.count,
  peak: open.peak,
  top: topOf(open.byType),
  first: open.first.id,
  text: words,
});

/** When so many have left the window that the flood is over. */
export function floodDue({ grains, open }: FloodState): MonoMs | undefined {
  if (open === undefined) return undefined;
  let left = 0;
  for (const { at, count } of grains.toReversed()) {
    left += count;
    if (left >= floodEndsBelow) return later(at, floodWindowMs);
  }
  return open.since;
}
