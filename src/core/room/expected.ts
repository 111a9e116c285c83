/**
 * Alarms that follow from what was announced: a battery test, a relay exercise. They are judged and listed, and do not sound
 * while it lasts; what stands at the end sounds then. Alarms of the bypass, the relays and the guard are never among them.
 */
import type { Condition } from '../../model/alarm.ts';
import type { LineId, SubjectId } from '../../model/ids.ts';

/** What a UPS says of itself while its battery carries the load. */
const ofBatteryTest = new Set(['ups.on-battery', 'ups.on-bypass', 'ups.fault']);

export interface Announced {
  readonly upsTest: SubjectId | undefined;
  readonly exercised: ReadonlySet<LineId>;
}

/** The same array where nothing is announced. */
export function withExpected(
  standing: readonly Condition[],
  { upsTest, exercised }: Announced,
): readonly Condition[] {
  if (upsTest === undefined && exercised.size === 0) return standing;
  return standing.map((one) => {
    const { subject, type } = one.key;
    if (subject === upsTest && ofBatteryTest.has(type)) return { ...one, expected: { cause: 'ups-test' } };
    return exercised.has(subject) ? { ...one, expected: { cause: 'exercise' } } : one;
  });
}
