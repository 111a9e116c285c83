/** What people read of an order: its answer, and its line in the audit. */
import type { Actor } from '../../model/event.ts';
import type { Control, ControlDid, ControlOutcome } from '../../model/control.ts';
import type { Effect } from '../../model/effect.ts';
import type { MonoMs } from '../../model/units.ts';
import type { Text } from '../../model/text.ts';
import { text } from '../../model/text.ts';
import type { Order } from './state.ts';

const deeds: Readonly<Record<ControlDid, Text>> = {
  on: text('接通', 'on'),
  off: text('断开', 'off'),
  pulse: text('点动', 'pulse'),
  send: text('发送', 'send'),
};
const outcomes: Readonly<Record<ControlOutcome, Text>> = {
  done: text('已执行', 'done'),
  confirmed: text('已执行，回读证实', 'done and confirmed'),
  'not-confirmed': text('已执行，但没有证实', 'done, but not confirmed'),
  refused: text('拒绝', 'refused'),
};

const nameOf = (by: Actor): string => (by.name === '' ? by.via : by.name);

export interface Ended {
  readonly control: Control;
  readonly order: Pick<Order, 'id' | 'by' | 'did'>;
  readonly outcome: ControlOutcome;
  readonly at: MonoMs;
  readonly why?: Text;
}

/** The line of the audit. */
export function audit({ control, order, outcome, at, why }: Ended): Effect {
  return {
    kind: 'notice',
    notice: {
      ...{ kind: 'control', at, control: control.id, order: order.id },
      ...{ by: order.by, did: order.did, outcome, text: sentence(control, order, outcome, why) },
    },
  };
}

/** The audit, and the answer to who asked. */
export function ended(what: Ended): readonly Effect[] {
  const { control, order, outcome, at, why } = what;
  const accepted = outcome === 'done' || outcome === 'confirmed';
  return [
    audit(what),
    {
      kind: 'notice',
      notice: { kind: 'command', at, id: order.id, accepted, text: sentence(control, order, outcome, why) },
    },
  ];
}

function sentence(
  { name, id }: Control,
  { by, did }: Pick<Order, 'by' | 'did'>,
  outcome: ControlOutcome,
  why: Text | undefined,
): Text {
  const [deed, result] = [deeds[did], outcomes[outcome]];
  const who = nameOf(by);
  return text(
    `${who} ${deed.zh} ${name.zh}（${id}）：${result.zh}${why === undefined ? '' : `，${why.zh}`}`,
    `${name.en} (${id}), ${deed.en}, by ${who}: ${result.en}${why === undefined ? '' : `: ${why.en}`}`,
  );
}

const secondsOf = (ms: number): string => String(Math.ceil(ms / 1000));

export const reasons = {
  centre: text('机房文件不允许中心操作', 'the room file does not let the centre do this'),
  offPulse: text('点动没有“断开”：到时自行断开', 'a pulse has no off: it ends by itself'),
  offSend: text('发送命令没有“断开”', 'what is sent has no off'),
  values: text('此控制不带参数', 'this control takes no values'),
  alreadyOn: text('本来就接通', 'it was on already'),
  alreadyOff: text('本来就断开', 'it was off already'),
  busy: text('上一个命令还没有结束', 'the order before is not over yet'),
  superseded: text('被后来的“断开”取代', 'a later off took its place'),
  silent: text('没有等到应有的应答', 'the expected answer did not come'),
  noAnswer: text('串口没有回音', 'the wire told nothing'),
  rate: (count: number, perMs: number, waitMs: number): Text =>
    text(
      `${secondsOf(perMs)} 秒内最多 ${count} 次，还须等 ${secondsOf(waitMs)} 秒`,
      `at most ${count} in ${secondsOf(perMs)} s, ${secondsOf(waitMs)} s to wait`,
    ),
  interlockBusy: (other: string): Text =>
    text(`与其互锁的 ${other} 正在动作`, `${other}, which it must not meet, is just moving`),
  interlockStuck: (other: string): Text =>
    text(
      `与其互锁的 ${other} 没有证实已断开`,
      `${other}, which it must not meet, was not seen to be released`,
    ),
  releasedFor: (other: string): Text => text(`让位于 ${other}`, `it gives way to ${other}`),
  noReadBack: (point: string, withinMs: number): Text =>
    text(
      `回读 ${point} 在 ${withinMs} 毫秒内没有变化`,
      `its read-back ${point} did not show it within ${withinMs} ms`,
    ),
  readBackUnknown: (point: string): Text =>
    text(`回读 ${point} 读不到`, `its read-back ${point} cannot be read`),
  heard: (words: string): Text =>
    words === '' ? text('没有应答', 'nothing came') : text(`收到 ${words}`, `came: ${words}`),
  wrongValue: (name: string, allowed: readonly string[]): Text =>
    text(`${name} 只能是 ${allowed.join('、')}`, `${name} is one of ${allowed.join(', ')}`),
  unknownValue: (name: string): Text => text(`没有参数 ${name}`, `there is no value ${name}`),
} as const;
