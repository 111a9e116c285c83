/** The alarms as people, the centre and the annunciator are told of them. */
import type { AlarmCounts, AlarmView, Severity } from '../../model/alarm.ts';
import type { Notice } from '../../model/effect.ts';
import type { Sounding } from '../../model/escalation.ts';
import type { MonoMs } from '../../model/units.ts';
import { floodKey } from './flood.ts';
import type { Bursts } from './first-out.ts';
import { firstsOf } from './first-out.ts';
import type { Alarm } from './regions.ts';
import { isListed, isOutOfService, sounds, viewOf } from './regions.ts';
import { rank } from './rules.ts';

type Change = Extract<Notice, { kind: 'alarm' }>['change'];

const isShelved = (alarm: Alarm): boolean => alarm.suppressions.some(({ kind }) => kind === 'shelved');
const isSuperseded = (alarm: Alarm): boolean =>
  alarm.suppressions.some((one) => one.kind === 'by-design' && one.cause === 'superseded');

/** By the passing of time alone: not raised anew, not worse, not back from a suppression. */
const isAskedAgain = (before: Alarm, now: Alarm): boolean =>
  before.ack === 'acked' &&
  now.ack === 'unacked' &&
  before.reAlarmAt !== undefined &&
  before.count === now.count &&
  before.severity === now.severity &&
  before.suppressions.length <= now.suppressions.length;

/** What people and the centre hear of a change, in the order in which it must have happened. */
export function told(
  before: Alarm | undefined,
  now: Alarm,
  isFirstOut: boolean,
  at: MonoMs,
): readonly Notice[] {
  const changes = changesOf(before, now);
  if (changes.length === 0) return [];
  const alarm = viewOf(now, isFirstOut);
  return changes.map((change) => ({ at, kind: 'alarm', change, alarm }));
}

function changesOf(before: Alarm | undefined, now: Alarm): readonly Change[] {
  const changes: Change[] = [];
  if (now.count > (before?.count ?? 0)) changes.push('raised');
  if (before === undefined || !isListed(before)) {
    if (now.count === 0 && isListed(now)) changes.push('changed');
    return changes;
  }
  if (before.stands && !now.stands) changes.push('cleared');
  const isUnseen =
    (isOutOfService(before) && !isOutOfService(now)) || (isSuperseded(before) && !isSuperseded(now));
  if (before.ack === 'unacked' && now.ack !== 'unacked' && !isUnseen) changes.push('acknowledged');
  if (before.latched && !now.latched) changes.push('reset');
  if (isAskedAgain(before, now)) changes.push('re-alarmed');
  const wasShelved = isShelved(before);
  if (!wasShelved && isShelved(now)) changes.push('shelved');
  if (wasShelved && !isShelved(now)) changes.push('unshelved');
  const others = (one: Alarm): number => one.suppressions.filter(({ kind }) => kind !== 'shelved').length;
  if (before.severity !== now.severity || others(before) !== others(now)) changes.push('changed');
  return changes;
}

const plain = new WeakMap<Alarm, AlarmView>();
/** Made once for each alarm as it stands: most of ten thousand do not change from one turn to the next. */
function plainView(alarm: Alarm): AlarmView {
  const known = plain.get(alarm);
  if (known !== undefined) return known;
  const view = viewOf(alarm, false);
  plain.set(alarm, view);
  return view;
}

const listed = new WeakMap<ReadonlyMap<string, Alarm>, readonly AlarmView[]>();

/** The most urgent first, then the newest. Made when it is asked for, once for each set of alarms. */
export function viewsOf(alarms: ReadonlyMap<string, Alarm>, bursts: Bursts): readonly AlarmView[] {
  const known = listed.get(alarms);
  if (known !== undefined) return known;
  const firsts = firstsOf(bursts);
  const shown = [...alarms.values()]
    .filter(isListed)
    .sort((a, b) => rank(b.severity) - rank(a.severity) || b.raisedAt - a.raisedAt || (a.id < b.id ? -1 : 1))
    .map((alarm) => (firsts.has(alarm.id) ? viewOf(alarm, true) : plainView(alarm)));
  listed.set(alarms, shown);
  return shown;
}

const sounding = new WeakMap<ReadonlyMap<string, Alarm>, readonly Sounding[]>();

/** All that sounds, for who is told beside the horn. The same array while nothing changed. */
export function soundingOf(
  alarms: ReadonlyMap<string, Alarm>,
  floodHorn: number | undefined,
): readonly Sounding[] {
  const known = sounding.get(alarms);
  if (known !== undefined) return known;
  const all = [...alarms.values()].filter(sounds).map((alarm): Sounding => ({
    id: alarm.id,
    severity: alarm.severity,
    stands: alarm.stands,
    isInFlood: !startsHorn(alarm, floodHorn),
  }));
  sounding.set(alarms, all);
  return all;
}

const startsHorn = ({ severity, sequence, key }: Alarm, floodHorn: number | undefined): boolean =>
  floodHorn === undefined || severity === 'critical' || sequence <= floodHorn || key.type === floodKey.type;

/** `floodHorn`: in a flood, what began to sound after this number starts the horn only if it is critical, or the flood's own. */
export function countsOf(alarms: Iterable<Alarm>, floodHorn: number | undefined): AlarmCounts {
  const sounding: Record<Severity, number> = { critical: 0, major: 0, minor: 0, warning: 0 };
  const newest: Record<Severity, number> = { critical: 0, major: 0, minor: 0, warning: 0 };
  let [standing, unacknowledged, steady] = [0, 0, 0];
  for (const alarm of alarms) {
    const { stands, ack, suppressions, latched, severity, sequence } = alarm;
    if (alarm.count === 0) continue;
    if (stands) standing++;
    if (ack === 'unacked') unacknowledged++;
    if (suppressions.length > 0) continue;
    if (!sounds(alarm)) {
      if (stands || latched) steady++;
      continue;
    }
    sounding[severity]++;
    if (startsHorn(alarm, floodHorn)) newest[severity] = Math.max(newest[severity], sequence);
  }
  return { standing, unacknowledged, sounding, newest, steady };
}
