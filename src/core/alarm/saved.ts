/**
 * What guard.json keeps of the alarms, so that acknowledgements, shelves and latches survive a restart. Plain data; moments
 * are kept as durations, because the monotonic clock begins anew with each boot. Reading trusts nothing: what is not right
 * is left out.
 */
import type { AckState, AlarmKey, Severity, Suppression } from '../../model/alarm.ts';
import { alarmId, severities } from '../../model/alarm.ts';
import type { MonoMs } from '../../model/units.ts';
import { elapsedMs, later } from '../../model/units.ts';
import type { Text } from '../../model/text.ts';
import { outOfServiceMsMax, shelveLimitMs } from './catalogue.ts';
import type { AlarmRules } from './rules.ts';
import { ruleOf } from './rules.ts';
import type { Alarm } from './regions.ts';
import { isListed } from './regions.ts';

/** A restored alarm whose machine has not spoken keeps its condition this long. */
export const firstEvidenceMs = 30_000;

type SavedSuppression =
  | { readonly kind: 'shelved'; readonly remainingMs: number; readonly by: string; readonly reason: string }
  | { readonly kind: 'by-design'; readonly cause: string }
  | {
      readonly kind: 'out-of-service';
      readonly remainingMs: number;
      readonly permit: string;
      readonly by?: string;
    };

export interface SavedAlarm {
  readonly key: AlarmKey;
  readonly severity: Severity;
  readonly detail: Text;
  readonly stands: boolean;
  readonly ack: AckState;
  readonly latched: boolean;
  readonly suppressions: readonly SavedSuppression[];
  readonly count: number;
  readonly raisedAgoMs: number;
  readonly changedAgoMs: number;
  readonly clearedAgoMs?: number;
  readonly ackedBy?: string;
  /** Until it is asked for again. */
  readonly reAlarmInMs?: number;
}
export interface SavedAlarms {
  readonly alarms: readonly SavedAlarm[];
}

export function savedOf(alarms: Iterable<Alarm>, at: MonoMs): SavedAlarms {
  return {
    alarms: [...alarms]
      .filter(isListed)
      .map(withoutDelay)
      .map((alarm) => ({
        key: alarm.key,
        severity: alarm.severity,
        detail: alarm.detail,
        stands: alarm.stands,
        ack: alarm.ack,
        latched: alarm.latched,
        suppressions: alarm.suppressions.map((one) => savedSuppression(one, at)),
        count: alarm.count,
        raisedAgoMs: elapsedMs(alarm.raisedAt, at),
        changedAgoMs: elapsedMs(alarm.changedAt, at),
        ...(alarm.clearedAt === undefined ? {} : { clearedAgoMs: elapsedMs(alarm.clearedAt, at) }),
        ...(alarm.ackedBy === undefined ? {} : { ackedBy: alarm.ackedBy }),
        ...(alarm.reAlarmAt === undefined ? {} : { reAlarmInMs: elapsedMs(at, alarm.reAlarmAt) }),
      })),
  };
}

/** Acknowledged while its condition began anew: that on-delay begins again, and nothing else of it is left to acknowledge. */
const withoutDelay = (alarm: Alarm): Alarm =>
  alarm.ack === 'acked' && !alarm.stands && !alarm.latched
    ? { ...alarm, ack: 'none', ackedBy: undefined }
    : alarm;

function savedSuppression(one: Suppression, at: MonoMs): SavedSuppression {
  switch (one.kind) {
    case 'shelved':
      return { kind: 'shelved', remainingMs: elapsedMs(at, one.until), by: one.by, reason: one.reason };
    case 'by-design':
      return { kind: 'by-design', cause: one.cause };
    case 'out-of-service':
      return {
        kind: 'out-of-service',
        remainingMs: elapsedMs(at, one.until),
        permit: one.permit,
        ...(one.by === undefined ? {} : { by: one.by }),
      };
  }
}

/** The alarm as it was; its condition stays so until its machine speaks or the grace is over. */
export function restored(saved: SavedAlarm, sequence: number, rules: AlarmRules, at: MonoMs): Alarm {
  const rule = ruleOf(rules, saved.key);
  return {
    key: saved.key,
    id: alarmId(saved.key),
    rule,
    severity: saved.severity,
    condition: saved.stands ? 'active' : 'clear',
    stands: saved.stands,
    ack: saved.ack,
    latched: saved.latched,
    suppressions: saved.suppressions.flatMap((one) => restoredSuppression(saved.key, one, at)),
    raisedOutOfService: false,
    detail: saved.detail,
    hides: [],
    count: saved.count,
    since: later(at, -saved.raisedAgoMs),
    raisedAt: later(at, -saved.raisedAgoMs),
    changedAt: later(at, -saved.changedAgoMs),
    clearedAt: saved.clearedAgoMs === undefined ? undefined : later(at, -saved.clearedAgoMs),
    ackedBy: saved.ackedBy,
    onsets: [],
    reAlarmAt: reAlarmAt(saved, rule.reAlarmMs, at),
    delayEndsAt: undefined,
    restoredUntil: saved.stands ? later(at, firstEvidenceMs) : undefined,
    sequence,
  };
}

/** By the rule of today; one that the file brought newly begins to run now. */
const reAlarmAt = (
  { stands, ack, reAlarmInMs }: SavedAlarm,
  reAlarmMs: number | undefined,
  at: MonoMs,
): MonoMs | undefined =>
  reAlarmMs === undefined || !stands || ack !== 'acked'
    ? undefined
    : later(at, Math.min(reAlarmInMs ?? reAlarmMs, reAlarmMs));

function restoredSuppression(key: AlarmKey, one: SavedSuppression, at: MonoMs): readonly Suppression[] {
  // The cause that suppressed by design is gone with the process that knew it; it suppresses anew if it still holds.
  if (one.kind === 'by-design') return [];
  if (one.kind === 'out-of-service')
    return [
      {
        kind: 'out-of-service',
        until: later(at, Math.min(one.remainingMs, outOfServiceMsMax)),
        permit: one.permit,
        ...(one.by === undefined ? {} : { by: one.by }),
      },
    ];
  const remainingMs = Math.min(one.remainingMs, shelveLimitMs(key.type));
  return [{ kind: 'shelved', until: later(at, remainingMs), by: one.by, reason: one.reason }];
}

// ---- reading ------------------------------------------------------------------------------------------------------

/** `undefined` when this is no such thing; single alarms that are not right are left out and counted. */
export function readSaved(
  value: unknown,
): { readonly saved: SavedAlarms; readonly leftOut: number } | undefined {
  if (!isRecord(value) || !Array.isArray(value['alarms'])) return undefined;
  const rows: readonly unknown[] = value['alarms'];
  const alarms = rows.filter(isSavedAlarm);
  return { saved: { alarms }, leftOut: rows.length - alarms.length };
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isText = (value: unknown): boolean =>
  isRecord(value) && typeof value['zh'] === 'string' && typeof value['en'] === 'string';
const isAge = (value: unknown): boolean => typeof value === 'number' && Number.isFinite(value);

function isSavedAlarm(value: unknown): value is SavedAlarm {
  if (!isRecord(value)) return false;
  const { key, severity, detail, stands, ack, latched, suppressions, count } = value;
  if (
    !isRecord(key) ||
    ![key['subject'], key['type'], key['qualifier']].every((part) => typeof part === 'string')
  )
    return false;
  // An alarm that stands asks for somebody, or somebody took it; anything else was never written by us.
  const isPossible = stands === true ? ack !== 'none' : ack !== 'acked' || latched === true;
  return (
    isPossible &&
    severities.some((one) => one === severity) &&
    isText(detail) &&
    typeof stands === 'boolean' &&
    (ack === 'none' || ack === 'unacked' || ack === 'acked') &&
    typeof latched === 'boolean' &&
    typeof count === 'number' &&
    Number.isInteger(count) &&
    (count > 0 || (count === 0 && !stands && ack === 'none' && !latched)) &&
    isAge(value['raisedAgoMs']) &&
    isAge(value['changedAgoMs']) &&
    (value['clearedAgoMs'] === undefined || isAge(value['clearedAgoMs'])) &&
    (value['ackedBy'] === undefined || typeof value['ackedBy'] === 'string') &&
    (value['reAlarmInMs'] === undefined || isAge(value['reAlarmInMs'])) &&
    Array.isArray(suppressions) &&
    suppressions.every(isSavedSuppression)
  );
}

function isSavedSuppression(value: unknown): boolean {
  if (!isRecord(value)) return false;
  switch (value['kind']) {
    case 'shelved':
      return (
        isAge(value['remainingMs']) && typeof value['by'] === 'string' && typeof value['reason'] === 'string'
      );
    case 'by-design':
      return typeof value['cause'] === 'string';
    case 'out-of-service':
      return (
        isAge(value['remainingMs']) &&
        typeof value['permit'] === 'string' &&
        (value['by'] === undefined || typeof value['by'] === 'string')
      );
    default:
      return false;
  }
}
