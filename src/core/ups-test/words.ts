/** What people read of a battery test. */
import type { Effect } from '../../model/effect.ts';
import type { SubjectId } from '../../model/ids.ts';
import type { MonoMs } from '../../model/units.ts';
import type { Text } from '../../model/text.ts';
import { text } from '../../model/text.ts';
import type { Running, TestResult } from './step.ts';

const results: Readonly<Record<TestResult, Text>> = {
  passed: text('通过', 'passed'),
  failed: text('未通过', 'failed'),
  aborted: text('中止', 'aborted'),
  'no-result': text('已结束，UPS 不告知结果', 'over, the UPS tells no result'),
};

export const noteOf = (at: MonoMs, what: Text): Effect => ({
  kind: 'notice',
  notice: { kind: 'note', at, text: what },
});

/** Stands where the name of a person would. */
export const scheduleName = 'schedule';
const writer = (by: string): Text => (by === scheduleName ? text('计划', 'schedule') : text(by, by));
const named = ({ what }: Running): Text =>
  what === 'deep' ? text('电池深度测试', 'deep battery test') : text('电池测试', 'battery test');

export function started(running: Running, at: MonoMs): Effect {
  const { subject, order, by } = running;
  const what = named(running);
  return {
    kind: 'notice',
    notice: {
      ...{ kind: 'command', at, id: order, accepted: true },
      text: text(
        `${subject} ${what.zh}开始（${writer(by).zh}）`,
        `${what.en} of ${subject} begun by ${writer(by).en}`,
      ),
    },
  };
}

const titled = (running: Running): Text => {
  const what = named(running);
  const by = writer(running.by);
  return text(`${running.subject} ${what.zh}（${by.zh}）`, `${what.en} of ${running.subject} (${by.en})`);
};

export function ended(running: Running, result: TestResult): Text {
  const { zh, en } = titled(running);
  return text(`${zh}：${results[result].zh}`, `${en}: ${results[result].en}`);
}

/** Stopped by us, as far as a deep test may go. */
export function deepOver(running: Running, ms: number, batteryPercent: number | undefined): Text {
  const { zh, en } = titled(running);
  const minutes = Math.round(ms / 60_000);
  const left = batteryPercent === undefined ? '' : Math.round(batteryPercent);
  return text(
    `${zh}：按计划结束，供电 ${minutes} 分钟${left === '' ? '' : `，剩余 ${left}%`}`,
    `${en}: over as planned, the battery carried the load for ${minutes} min${left === '' ? '' : ` and has ${left} % left`}`,
  );
}

export const notBegun = (subject: SubjectId, why: Text): Text =>
  text(
    `${subject} 的计划电池测试未进行：${why.zh}`,
    `scheduled battery test of ${subject} not begun: ${why.en}`,
  );

export const aborted = (running: Running, result: TestResult, why: Text): Text => {
  const { zh, en } = ended(running, result);
  return text(`${zh}，${why.zh}`, `${en}: ${why.en}`);
};
