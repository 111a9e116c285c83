/** Who ordered what of the bypass, and why: a note beside the answer, for the journal, the page and the centre. */
import type { Actor, RoomEventOf } from '../../model/event.ts';
import { text } from '../../model/text.ts';
import type { Text } from '../../model/text.ts';
import type { BypassCommand } from '../bypass/index.ts';
import type { RoomStep } from './composition.ts';

const ways: Readonly<Partial<Record<Actor['via'], Text>>> = {
  panel: text('页面', 'page'),
  cli: text('命令行', 'command line'),
  centre: text('中心', 'centre'),
};

const orders = {
  bypass: { now: text('立即旁路', 'bypass at once'), planned: text('计划旁路', 'planned bypass') },
  restore: text('恢复', 'restore'),
  'reset-bypass': text('复位', 'reset'),
  exercise: text('演练', 'exercise'),
} as const;

/** What a person ordered and the bypass took; a button, the key and the power-cut plan tell of themselves. */
export function audited(step: RoomStep, event: RoomEventOf<'command'>, order: BypassCommand): RoomStep {
  const way = ways[event.by.via];
  const isTaken = step.effects.some(
    (effect) => effect.kind === 'notice' && effect.notice.kind === 'command' && effect.notice.accepted,
  );
  if (way === undefined || !isTaken) return step;
  const what = order.do === 'bypass' ? orders.bypass[order.mode] : orders[order.do];
  const where =
    order.line === undefined
      ? text('整个机房', 'the whole room')
      : text(`线路 ${order.line}`, `line ${order.line}`);
  const why = 'reason' in order ? order.reason.trim() : '';
  const { name } = event.by;
  const said = text(
    `${name}（${way.zh}）下令${what.zh}：${where.zh}${why === '' ? '' : `，原因：${why}`}`,
    `${name} (${way.en}) ordered ${what.en} of ${where.en}${why === '' ? '' : `: ${why}`}`,
  );
  return {
    ...step,
    effects: [...step.effects, { kind: 'notice', notice: { kind: 'note', at: event.at, text: said } }],
  };
}
