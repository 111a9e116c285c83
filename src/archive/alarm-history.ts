/** What the archive kept of the alarms over a time, for the report about them. What cannot be read is left out. */
import type { Severity } from '../model/alarm.ts';
import { severities } from '../model/alarm.ts';
import type { AlarmChange, AlarmHistory } from '../model/alarm-report.ts';
import type { WallMs } from '../model/units.ts';
import { wallMs } from '../model/units.ts';
import type { Database, Row } from './database.ts';

/** The archive keeps no more of them anyway. */
const rowsMax = 200_000;

type Members = Readonly<Record<string, unknown>>;
const isRecord = (value: unknown): value is Members => typeof value === 'object' && value !== null;

export function alarmHistory(database: Database, from: WallMs, to: WallMs): AlarmHistory {
  const changes: AlarmChange[] = [];
  const rows = database.each(
    'SELECT at, change, alarm, severity, view FROM alarms WHERE at >= ? AND at < ? ORDER BY at, n LIMIT ?',
    ...[from, to, rowsMax],
  );
  for (const row of rows) {
    const view = viewOf(row);
    const severity = severities.find((one) => one === row['severity']);
    if (view === undefined || severity === undefined) continue;
    changes.push(changeOf(row, view, severity));
  }
  const before = database.all(
    'SELECT at, alarm, view FROM alarms WHERE n IN (SELECT max(n) FROM alarms WHERE at < ? GROUP BY alarm)',
    from,
  );
  return { from, to, changes, standing: before.flatMap(stood) };
}

function viewOf(row: Row): Members | undefined {
  try {
    const view: unknown = JSON.parse(String(row['view']));
    return isRecord(view) ? view : undefined;
  } catch {
    return undefined;
  }
}

function changeOf(row: Row, view: Members, severity: Severity): AlarmChange {
  const suppressions: readonly unknown[] = Array.isArray(view['suppressions']) ? view['suppressions'] : [];
  const change = String(row['change']);
  return {
    at: wallMs(Number(row['at'])),
    change,
    id: String(row['alarm']),
    severity,
    isSuppressed: suppressions.length > 0,
    by: byOf(change, view, suppressions),
  };
}

function byOf(change: string, view: Members, suppressions: readonly unknown[]): string {
  if (change === 'acknowledged') return typeof view['ackedBy'] === 'string' ? view['ackedBy'] : '';
  if (change !== 'shelved') return '';
  const shelf = suppressions.find((one) => isRecord(one) && one['kind'] === 'shelved');
  return isRecord(shelf) && typeof shelf['by'] === 'string' ? shelf['by'] : '';
}

/** Its moments are of a clock of that boot: their distance tells how long before the change it was raised. */
function stood(row: Row): AlarmHistory['standing'] {
  const view = viewOf(row);
  if (view === undefined || view['condition'] === 'clear' || view['condition'] === 'rising') return [];
  const { raisedAt, changedAt } = view;
  const ageMs = typeof raisedAt === 'number' && typeof changedAt === 'number' ? changedAt - raisedAt : 0;
  return [{ id: String(row['alarm']), raisedAt: wallMs(Number(row['at']) - Math.max(0, ageMs)) }];
}
