/**
 * The order of a battery test by the UPS-MIB (RFC 1628, group upsTest): the lock is read, and lock and test are set in one question,
 * so that of two managers who order at the same time one is refused. Asked first whether the UPS runs on mains and tests nothing;
 * asked afterwards whether the test is the one that was ordered.
 */
import * as snmp from 'net-snmp';
import { upsTestObjects } from '../../format/ups-mib.ts';
import { text } from '../../model/text.ts';
import type { Text } from '../../model/text.ts';
import type { UpsTestKind } from '../../model/ups.ts';
import type { TestAnswer } from '../../ports/probe.ts';

const { id, spinLock, outputSource, resultsSummary, tests } = upsTestObjects;
const inProgress = 5;
/** Normal, booster, reducer: the mains carry the load. */
const onMains: readonly unknown[] = [3, 6, 7];

const refused = (reason: Text): TestAnswer => ({ accepted: false, reason });
const taken: TestAnswer = { accepted: true, reason: text('', '') };

/** Throws what net-snmp gives. */
export async function orderTest(session: snmp.Session, what: UpsTestKind | 'stop'): Promise<TestAnswer> {
  const source = await valueOf(session, outputSource);
  const summary = await valueOf(session, resultsSummary);
  if (what !== 'stop' && !onMains.includes(source))
    return refused(text('UPS 不在市电供电', 'the UPS is not on mains'));
  if (what !== 'stop' && summary === inProgress)
    return refused(text('UPS 已在测试', 'the UPS is testing already'));
  const lock = await valueOf(session, spinLock);
  const ordered = { oid: id, type: snmp.ObjectType.OID, value: tests[what] };
  const status = await set(
    session,
    typeof lock === 'number'
      ? [{ oid: spinLock, type: snmp.ObjectType.Integer, value: lock }, ordered]
      : [ordered],
  );
  if (status !== undefined) return refused(status);
  const shown = await valueOf(session, id);
  if (shown === undefined || shown === tests[what]) return taken;
  const other = typeof shown === 'string' ? shown : '?';
  return refused(
    text(`UPS 没有采用该测试（upsTestId ${other}）`, `the UPS shows another test (upsTestId ${other})`),
  );
}

/** The agent has answered, and says no. */
const isRefusal = (error: Error): boolean => error.name === 'RequestFailedError';

/** One object at a time, as v1 needs it; `undefined`: the agent does not have it. */
function valueOf(session: snmp.Session, oid: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    session.get([oid], (error, varbinds = []) => {
      const [first] = varbinds;
      if (error !== null && isRefusal(error)) resolve(undefined);
      else if (error !== null) reject(error);
      else resolve(first === undefined || snmp.isVarbindError(first) ? undefined : first.value);
    });
  });
}

/** Why not; `undefined`: the agent has done it. */
function set(session: snmp.Session, varbinds: snmp.Varbind[]): Promise<Text | undefined> {
  return new Promise((resolve, reject) => {
    session.set(varbinds, (error) => {
      if (error === null) resolve(undefined);
      else if (isRefusal(error))
        resolve(
          text(
            `UPS 拒绝写入（${error.message}）：检查写权限`,
            `the UPS refuses the write (${error.message}): check its right to write`,
          ),
        );
      else reject(error);
    });
  });
}
