/** What people read of a battery test. */
import type { Effect } from '../../model/effect.ts';
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

export const started = ({ subject, order, by }: Running, at: MonoMs): Effect => ({
  kind: 'notice',
  notice: {
    ...{ kind: 'command', at, id: order, accepted: true },
    text: text(`${by} 开始测试 ${subject} 的电池`, `battery test of ${subject} begun by ${by}`),
  },
});

export const ended = ({ subject, by }: Running, result: TestResult): Text =>
  text(
    `${subject} 电池测试（${by}）：${results[result].zh}`,
    `battery test of ${subject} (${by}): ${results[result].en}`,
  );

export const aborted = (running: Running, result: TestResult, why: Text): Text => {
  const { zh, en } = ended(running, result);
  return text(`${zh}，${why.zh}`, `${en}: ${why.en}`);
};
