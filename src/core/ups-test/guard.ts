/** Whether a battery test may begin. Each reason is one sentence for who asked; what is not known is never in its favour. */
import type { SourceId, SubjectId } from '../../model/ids.ts';
import type { Source, Subject } from '../../model/room.ts';
import type { UpsTestKind } from '../../model/ups.ts';
import type { MonoMs } from '../../model/units.ts';
import { elapsedMs } from '../../model/units.ts';
import type { Text } from '../../model/text.ts';
import { text } from '../../model/text.ts';
import type { UpsTestState } from './step.ts';

/** What else goes on in the room. */
export interface Circumstances {
  readonly isBypassActive: boolean;
  readonly isPowerCut: boolean;
  /** Subjects that are in maintenance. */
  readonly maintained: readonly SubjectId[];
  /** Charge of each UPS, told or estimated. */
  readonly percents: Readonly<Record<SourceId, number>>;
}

/** The battery must have had this long to recover, and the mains to prove themselves. */
export const afterCutMs = 24 * 3_600_000;
const batteryPercentMin = 90;
const freshMs = 30_000;

interface Asked {
  readonly subject: Subject | undefined;
  readonly source: Source | undefined;
  readonly state: UpsTestState;
  readonly around: Circumstances;
  readonly what: UpsTestKind;
  readonly by: 'site' | 'centre' | 'schedule';
  readonly at: MonoMs;
}

/** `undefined`: it may. */
export function refusal({ subject, source, state, around, what, by, at }: Asked): Text | undefined {
  if (by === 'centre') return text('电池测试只能在本机下达', 'a battery test is ordered on site only');
  if (subject === undefined) return text('没有此 UPS', 'there is no such UPS');
  if (source === undefined)
    return what === 'deep'
      ? text(`${subject.id} 的通信方式不支持深度测试`, `no way to ${subject.id} offers a deep test`)
      : text(
          `${subject.id} 不能由本机测试：其通信方式没有测试命令`,
          `${subject.id} cannot be tested from here: no way to it carries the order`,
        );
  const { running, cutAt, seen } = state;
  if (running !== undefined)
    return text(
      `${running.subject} 正在测试：一次只测一台`,
      `${running.subject} is being tested: one at a time`,
    );
  if (around.isPowerCut) return text('停电预案正在进行', 'a power cut is going on');
  if (around.isBypassActive) return text('线路正在旁路', 'lines are in bypass');
  const served = state.subjects.find(
    ({ id }) => around.maintained.includes(id) && (by === 'schedule' || id !== subject.id),
  );
  if (served !== undefined) return text(`${served.id} 正在维护`, `${served.id} is in maintenance`);
  if (cutAt !== undefined && elapsedMs(cutAt, at) < afterCutMs)
    return text(
      '24 小时内停过电：电池须先恢复',
      'the mains were lost within 24 h: the battery must recover first',
    );
  const newest = seen[source.id];
  if (newest === undefined || elapsedMs(newest.at, at) > freshMs)
    return text('UPS 没有近期读数', 'there is no fresh reading of the UPS');
  const { onBattery, bypass, off, lowBattery, replaceBattery, test } = newest.reading;
  const batteryPercent = newest.reading.batteryPercent ?? around.percents[source.id];
  if (onBattery !== false) return text('UPS 不在市电供电', 'the UPS is not on mains');
  if (bypass === true || off === true) return text('UPS 在旁路或已关断', 'the UPS is on bypass or off');
  if (lowBattery === true || replaceBattery === true)
    return text('电池电量低或需更换', 'the battery is low or must be replaced');
  if (test === true) return text('UPS 已在测试', 'the UPS is testing already');
  if (batteryPercent === undefined) return text('电量未知', 'its charge is not known');
  if (batteryPercent < batteryPercentMin)
    return text(
      `电量 ${Math.round(batteryPercent)}%，须不低于 ${batteryPercentMin}%`,
      `its charge is ${Math.round(batteryPercent)} %, it must be ${batteryPercentMin} %`,
    );
  // A test of half an hour may meet a power cut, and must end at a charge: both are seen in what the UPS tells.
  if (what === 'deep' && newest.reading.inputVolts === undefined)
    return text(
      '深度测试要求 UPS 给出输入电压',
      'a deep test needs a UPS that tells its input volts: a power cut in the test would not be seen',
    );
  return what === 'deep' && newest.reading.batteryPercent === undefined
    ? text('深度测试要求 UPS 给出电量', 'a deep test needs a UPS that tells its charge')
    : undefined;
}
