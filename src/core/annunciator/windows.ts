/**
 * One window for each alarm, as on a panel of lamps: what its lamp shows and whether it asks for the horn (ISA-18.1, sequences A,
 * M and R). The sequence is no second memory beside the alarm's regions: M is an alarm with a latch, R one with a latch whose type
 * the room file wants to be heard when it is over, A all others. So lamp and alarm list can never tell two stories.
 */
import type { AlarmView, Severity } from '../../model/alarm.ts';
import { severities } from '../../model/alarm.ts';
import type { MonoMs } from '../../model/units.ts';
import type { LampScope } from '../../model/annunciator.ts';

/** What the lamp of this one alarm does; the first-out mark comes over it. */
export type WindowState = 'dark' | 'alert' | 'steady' | 'returned';

export interface Window {
  readonly id: string;
  readonly subject: string;
  readonly group: string | undefined;
  readonly severity: Severity;
  readonly since: MonoMs;
  readonly count: number;
  readonly state: WindowState;
  /** It says that linekeeper itself is unwell, and that this matters. */
  readonly isOwn: boolean;
  /** It tells of the flood itself. */
  readonly isFlood: boolean;
  /** Number of the moment at which it last began to ask for the horn; grows over all windows. */
  readonly number: number;
}

export interface Windows {
  readonly all: ReadonlyMap<string, Window>;
  readonly count: number;
  /** Those that went into `alert` at this very step. */
  readonly alerted: readonly Window[];
}
export const noWindows: Windows = { all: new Map(), count: 0, alerted: [] };

export interface WindowRules {
  /** Alarm types of sequence R. */
  readonly ringback: ReadonlySet<string>;
  /** First-out group by subject. */
  readonly groupOf: ReadonlyMap<string, string>;
  /** Type of the alarm that tells of a flood: in a flood it sounds for all. */
  readonly floodType: string;
}

const rank = (severity: Severity): number => severities.length - severities.indexOf(severity);

export function seen(before: Windows, views: readonly AlarmView[], rules: WindowRules): Windows {
  const all = new Map<string, Window>();
  const alerted: Window[] = [];
  let { count } = before;
  for (const view of views) {
    const old = before.all.get(view.id);
    const state = stateOf(view, rules.ringback.has(view.key.type));
    const isAlerted =
      state === 'alert' &&
      (old?.state !== 'alert' || view.count > old.count || rank(view.severity) > rank(old.severity));
    const begins = isAlerted || (state === 'returned' && old?.state !== 'returned');
    const window: Window = {
      id: view.id,
      subject: view.key.subject,
      group: rules.groupOf.get(view.key.subject),
      severity: view.severity,
      since: view.since,
      count: view.count,
      state,
      isOwn: isOwnTrouble(view),
      isFlood: view.key.type === rules.floodType,
      number: begins ? ++count : (old?.number ?? 0),
    };
    all.set(view.id, window);
    if (isAlerted) alerted.push(window);
  }
  return { all, count, alerted };
}

function stateOf({ ack, condition, latched, suppressions }: AlarmView, hasRingback: boolean): WindowState {
  if (suppressions.length > 0) return 'dark';
  // Over before anybody acknowledged it: it stays locked in.
  if (ack === 'unacked') return 'alert';
  if (ack === 'none') return 'dark';
  const stands = condition !== 'clear' && condition !== 'rising';
  if (stands || (latched && !hasRingback)) return 'steady';
  return latched ? 'returned' : 'dark';
}

/** linekeeper is unwell: its guard or one of its threads, so badly that somebody must come. */
const isOwnTrouble = ({ key, severity }: AlarmView): boolean =>
  (key.type.startsWith('guard.') || key.type === 'thread.dead') &&
  (severity === 'critical' || severity === 'major');

export const isIn = ({ severity, group, subject }: LampScope, window: Window): boolean =>
  (severity === undefined || severity === window.severity) &&
  (group === undefined || group === window.group) &&
  (subject === undefined || subject === window.subject);
