/**
 * A fault that has grown into a greater one asks once. While the greater alarm of the same subject stands, the lesser is
 * suppressed by design; when the greater is over, a lesser that still stands asks again, and one that is gone leaves nothing.
 */
import type { MonoMs } from '../../model/units.ts';
import type { Suppression } from '../../model/alarm.ts';
import { alarmId } from '../../model/alarm.ts';
import type { Alarm } from './regions.ts';
import { byDesign } from './regions.ts';

const subjectDowns = ['server.down', 'terminal.down', 'network.down', 'subject.down', 'ups.comms-lost'];

/** Lesser type → the types that it has grown into. */
const greaterOf: Readonly<Record<string, readonly string[]>> = {
  'pbx.degraded': ['pbx.down'],
  'subject.degraded': subjectDowns,
};
const lessersOf: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries(greaterOf)
    .flatMap(([lesser, greater]) => greater.map((type) => [type, lesser] as const))
    .map(([type, lesser]) => [type, [lesser]]),
);

type ByDesign = Extract<Suppression, { kind: 'by-design' }>;

const beside = ({ key }: Alarm, type: string): string => alarmId({ ...key, type });

/** The alarms that changed by it, of those that `touched` concerns. */
export function superseded(
  alarms: ReadonlyMap<string, Alarm>,
  touched: Iterable<string>,
  at: MonoMs,
): readonly Alarm[] {
  const lessers = new Map<string, Alarm>();
  for (const id of touched) {
    const type = typeIn(id);
    const own = Object.hasOwn(greaterOf, type) ? alarms.get(id) : undefined;
    if (own !== undefined) lessers.set(id, own);
    for (const lesserType of lessersOf.get(type) ?? []) {
      const lesserId = id.replace(`/${type}`, `/${lesserType}`);
      const lesser = alarms.get(lesserId);
      if (lesser !== undefined) lessers.set(lesserId, lesser);
    }
  }
  return [...lessers.values()].flatMap((lesser) => {
    const greater = (greaterOf[lesser.key.type] ?? [])
      .map((type) => alarms.get(beside(lesser, type)))
      .find((one) => one?.stands === true);
    const had = lesser.suppressions.find(
      (one): one is ByDesign => one.kind === 'by-design' && one.cause === 'superseded',
    );
    // It goes down with the greater one a little later: what is falling is not asked for in between.
    const root = greater?.id ?? (lesser.condition === 'falling' ? had?.root : undefined);
    const next = byDesign(lesser, 'superseded', root, at);
    return next === lesser ? [] : [next];
  });
}

/** `subject/type` or `subject/type/qualifier`. */
const typeIn = (id: string): string => id.split('/', 2)[1] ?? '';
