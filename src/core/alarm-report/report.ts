/**
 * The performance of the alarms over a time, after EEMUA 191 and ISA-18.2 (targets: docs/alarms.md). What was suppressed when it
 * was raised loaded nobody and does not count; the flood's own alarm tells of others and does not count either.
 */
import type { Severity } from '../../model/alarm.ts';
import type { AlarmChange, AlarmHistory, AlarmReport, CountedAlarm, Kpi } from '../../model/alarm-report.ts';
import type { Text } from '../../model/text.ts';
import { text } from '../../model/text.ts';
import type { WallMs } from '../../model/units.ts';
import { wallMs } from '../../model/units.ts';

const windowMs = 600_000;
const dayMs = 86_400_000;
/** A flood begins above so many in the window and ends below so many. */
const floodAbove = 10;
const floodBelow = 5;
/** So often raised and cleared within a minute is chattering. */
const chatterTimes = 3;
const chatterMs = 60_000;
/** Cleared within seconds and without anybody's doing. */
const fleetingMs = 10_000;
const staleMs = dayMs;
const topCount = 10;
const listedMax = 50;

const isLoad = ({ change, isSuppressed, id }: AlarmChange): boolean =>
  change === 'raised' && !isSuppressed && !id.endsWith('/alarm.flood');

export function alarmReport(history: AlarmHistory): AlarmReport {
  const { from, to, changes } = history;
  const raised = changes.filter(isLoad);
  const spanMs = Math.max(1, to - from);
  const floods = floodsOf(raised, to);
  const floodShare = percent(
    floods.reduce((ms, one) => ms + (one.to - one.from), 0),
    spanMs,
  );
  const chattering = chatteringOf(changes);
  const fleeting = fleetingOf(changes, raised.length);
  const { stale, worstDay } = staleOf(history);
  const topTen = counted(
    raised.map(({ id }) => id),
    raised.length,
  ).slice(0, topCount);
  const bySeverity: Record<Severity, number> = { critical: 0, major: 0, minor: 0, warning: 0 };
  for (const { severity } of raised) bySeverity[severity]++;
  const perDay = daysOf(from, to).map(
    (day) => raised.filter(({ at }) => at >= day && at < day + dayMs).length,
  );
  const people = peopleOf(changes);
  const nameless = changes.filter(({ change, by }) => change === 'shelved' && by === '').length;
  const share = (count: number): number => percent(count, raised.length);
  const topShare = share(topTen.reduce((all, { count }) => all + count, 0));
  const peak = peakOf(raised);
  const kpis: readonly Kpi[] = [
    kpi('count', '告警数', 'alarms', raised.length, '', text('', '')),
    kpi(
      'rate',
      '平均每十分钟',
      'average in ten minutes',
      rounded(raised.length / (spanMs / windowMs)),
      '',
      atMost(1),
      1,
    ),
    kpi('peak', '十分钟最多', 'most in ten minutes', peak, '', atMost(floodAbove), floodAbove),
    kpi(
      'day',
      '一天最多',
      'most in a day',
      Math.max(0, ...perDay),
      '',
      text('≤ 150（300 为极限）', '≤ 150 (300 is the most)'),
      150,
    ),
    kpi('floods', '告警潮次数', 'floods', floods.length, '', atMost(0), 0),
    kpi('flood-time', '告警潮占时', 'time in floods', floodShare, '%', atMost(1), 1),
    kpi('chattering', '反复告警', 'chattering alarms', chattering.length, '', atMost(0), 0),
    kpi(
      'fleeting',
      '一闪而过',
      'fleeting alarms',
      fleeting.reduce((all, { count }) => all + count, 0),
      '',
      atMost(0),
      0,
    ),
    kpi('stale', '一天中陈旧最多', 'most stale alarms in a day', worstDay, '', text('< 5', '< 5'), 4),
    kpi('top-ten', '前十名占比', 'share of the ten worst', topShare, '%', atMost(5), 5),
    kpi(
      'high',
      '一级紧急占比',
      'share of critical',
      share(bySeverity.critical),
      '%',
      text('约 5', 'about 5'),
    ),
    kpi('medium', '二级重要占比', 'share of major', share(bySeverity.major), '%', text('约 15', 'about 15')),
    kpi(
      'low',
      '三、四级占比',
      'share of minor and warning',
      share(bySeverity.minor + bySeverity.warning),
      '%',
      text('约 80', 'about 80'),
    ),
    kpi('nameless', '无名搁置', 'shelves without a name', nameless, '', atMost(0), 0),
  ];
  return {
    ...{ from, to, kpis, floods: floods.slice(0, listedMax), topTen, bySeverity, perDay },
    chattering: chattering.slice(0, listedMax),
    fleeting: fleeting.slice(0, listedMax),
    stale: stale.slice(0, listedMax),
    people,
  };
}

const atMost = (value: number): Text => (value === 0 ? text('0', '0') : text(`≤ ${value}`, `≤ ${value}`));

const kpi = (
  ...[id, zh, en, value, unit, target, most]: readonly [
    id: string,
    zh: string,
    en: string,
    value: number,
    unit: Kpi['unit'],
    target: Text,
    most?: number,
  ]
): Kpi => ({
  id,
  name: text(zh, en),
  value,
  unit,
  target,
  ...(most === undefined ? {} : { met: value <= most }),
});

const rounded = (value: number): number => Math.round(value * 100) / 100;
const percent = (part: number, whole: number): number =>
  whole === 0 ? 0 : Math.round((part / whole) * 1000) / 10;

const daysOf = (from: WallMs, to: WallMs): readonly number[] =>
  Array.from({ length: Math.ceil((to - from) / dayMs) }, (_, n) => from + n * dayMs);

function counted(ids: readonly string[], all: number): readonly CountedAlarm[] {
  const counts = new Map<string, number>();
  for (const id of ids) counts.set(id, (counts.get(id) ?? 0) + 1);
  return [...counts]
    .map(([id, count]) => ({ id, count, share: percent(count, all) }))
    .toSorted((a, b) => b.count - a.count || (a.id < b.id ? -1 : 1));
}

/** Most in any ten minutes. */
function peakOf(raised: readonly AlarmChange[]): number {
  let [first, peak] = [0, 0];
  for (const [last, { at }] of raised.entries()) {
    while (at - (raised[first]?.at ?? at) >= windowMs) first++;
    peak = Math.max(peak, last - first + 1);
  }
  return peak;
}

/** As `core/alarm/flood.ts` counts them: it begins with the alarm that is too many and ends when one leaves the window. */
function floodsOf(raised: readonly AlarmChange[], to: WallMs): AlarmReport['floods'] {
  const floods: { from: WallMs; to: WallMs; count: number; peak: number }[] = [];
  let open: { from: WallMs; count: number; peak: number } | undefined;
  let first = 0;
  const close = (end: number): void => {
    if (open !== undefined) floods.push({ ...open, to: wallMs(Math.min(end, to)) });
    open = undefined;
  };
  /** The moment at which fewer than `floodBelow` of those up to `last` are in the window. */
  const endAfter = (last: number): number => (raised[last - (floodBelow - 1)]?.at ?? 0) + windowMs;
  for (const [last, { at }] of raised.entries()) {
    if (open !== undefined && endAfter(last - 1) <= at) close(endAfter(last - 1));
    while (at - (raised[first]?.at ?? at) >= windowMs) first++;
    const rate = last - first + 1;
    if (open !== undefined) open = { ...open, count: open.count + 1, peak: Math.max(open.peak, rate) };
    else if (rate > floodAbove) open = { from: at, count: rate, peak: rate };
  }
  if (open !== undefined) close(endAfter(raised.length - 1));
  return floods;
}

/** Raised and cleared again so often within a minute. */
function chatteringOf(changes: readonly AlarmChange[]): readonly string[] {
  const lives = new Map<string, { raised: number[]; cleared: number[] }>();
  for (const { id, change, at, isSuppressed } of changes) {
    if (change !== 'raised' && change !== 'cleared') continue;
    if (change === 'raised' && isSuppressed) continue;
    const life = lives.get(id) ?? { raised: [], cleared: [] };
    if (change === 'raised') life.raised.push(at);
    else if (life.raised.length > life.cleared.length) life.cleared.push(at);
    lives.set(id, life);
  }
  return [...lives]
    .filter(([, { raised, cleared }]) =>
      cleared.some((end, n) => {
        const begin = raised[n - (chatterTimes - 1)];
        return begin !== undefined && end - begin <= chatterMs;
      }),
    )
    .map(([id]) => id)
    .toSorted();
}

function fleetingOf(changes: readonly AlarmChange[], all: number): readonly CountedAlarm[] {
  const since = new Map<string, number>();
  const fleeting: string[] = [];
  for (const one of changes) {
    const { id, change, at } = one;
    if (isLoad(one)) since.set(id, at);
    if (change === 'acknowledged') since.delete(id);
    const raisedAt = change === 'cleared' ? since.get(id) : undefined;
    if (raisedAt !== undefined && at - raisedAt <= fleetingMs) fleeting.push(id);
    if (change === 'cleared') since.delete(id);
  }
  return counted(fleeting, all);
}

/** Stood for more than a day, at some moment of the time; and how many did so on the worst day. */
function staleOf({ from, to, changes, standing }: AlarmHistory): {
  readonly stale: readonly string[];
  readonly worstDay: number;
} {
  const open = new Map<string, number>(standing.map(({ id, raisedAt }) => [id, raisedAt]));
  /** From the moment at which it became stale until it cleared. */
  const spans: { id: string; from: number; to: number }[] = [];
  const close = (id: string, at: number): void => {
    const raisedAt = open.get(id);
    open.delete(id);
    if (raisedAt !== undefined && at - raisedAt > staleMs)
      spans.push({ id, from: raisedAt + staleMs, to: at });
  };
  for (const { id, change, at } of changes) {
    if (change === 'raised') open.set(id, at);
    if (change === 'cleared') close(id, at);
  }
  for (const id of [...open.keys()]) close(id, to);
  const onDay = (day: number): number =>
    new Set(spans.filter((one) => one.from < day + dayMs && one.to > day).map(({ id }) => id)).size;
  return {
    stale: [...new Set(spans.map(({ id }) => id))].toSorted(),
    worstDay: Math.max(0, ...daysOf(from, to).map(onDay)),
  };
}

function peopleOf(changes: readonly AlarmChange[]): AlarmReport['people'] {
  const since = new Map<string, number>();
  const people = new Map<string, { waits: number[]; acknowledged: number; shelved: number }>();
  const of = (name: string): { waits: number[]; acknowledged: number; shelved: number } => {
    const known = people.get(name) ?? { waits: [], acknowledged: 0, shelved: 0 };
    people.set(name, known);
    return known;
  };
  for (const one of changes) {
    const { id, change, at, by } = one;
    if (isLoad(one) || change === 're-alarmed') since.set(id, at);
    if (change === 'shelved') of(by).shelved++;
    if (change !== 'acknowledged') continue;
    const person = of(by);
    person.acknowledged++;
    const from = since.get(id);
    if (from !== undefined) person.waits.push(at - from);
    since.delete(id);
  }
  return [...people]
    .map(([name, { waits, acknowledged, shelved }]) => {
      const median = medianOf(waits);
      return {
        ...{ name, acknowledged, shelved },
        ...(median === undefined ? {} : { medianMinutes: Math.round(median / 6000) / 10 }),
      };
    })
    .toSorted((a, b) => b.acknowledged - a.acknowledged || (a.name < b.name ? -1 : 1))
    .slice(0, listedMax);
}

function medianOf(values: readonly number[]): number | undefined {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low, high] = [sorted[middle - 1], sorted[middle]];
  if (high === undefined) return undefined;
  return sorted.length % 2 === 1 || low === undefined ? high : (low + high) / 2;
}
