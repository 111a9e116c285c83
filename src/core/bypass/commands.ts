/**
 * What people may order. A bypass is never refused to a person in the room; a restore is refused while the PBX is down
 * or the key is turned. The two-step confirmation of dangerous commands is the front's business.
 *
 * Source: state-machines.md, rows "reset by a person", "person orders restore", "command bypass", "exercise".
 */
import type { Actor } from '../../model/event.ts';
import type { LineId } from '../../model/ids.ts';
import type { MonoMs } from '../../model/units.ts';
import { text } from '../../model/text.ts';
import type { Text } from '../../model/text.ts';
import { isIdleFor, isRoomKeyTurned, mayEnergise } from './intent.ts';
import { moved, withoutIntent } from './line.ts';
import { isSoundlyReleased } from './read-back.ts';
import { held, restoring, withPhase } from './room.ts';
import type { BypassCommand, BypassState, LinePart, Urgency } from './state.ts';

export interface Answer {
  readonly state: BypassState;
  readonly accepted: boolean;
  readonly text: Text;
}

const accept = (state: BypassState, said: Text): Answer => ({ state, accepted: true, text: said });
const refuse = (state: BypassState, why: Text): Answer => ({ state, accepted: false, text: why });

const refusals = {
  centre: text(
    '本机房不接受中心的旁路命令（report.allow-bypass 未开启）',
    'this room takes no bypass commands from the centre (report.allow-bypass is not set)',
  ),
  line: text('没有这条线路，或该线路没有旁路继电器', 'no such line, or the line has no bypass relay'),
  down: text('交换机仍有故障，不能恢复', 'the PBX is down: nothing is restored'),
  key: text('旁路钥匙开关在旁路位置，请先转回', 'the bypass key is turned: turn it back first'),
  stopping: text('系统正在停止，不能恢复', 'linekeeper is stopping: nothing is restored'),
  nothing: text('没有需要恢复的线路', 'there is nothing to restore'),
  roomInBypass: text('整个机房处于旁路，请先恢复机房', 'the whole room is in bypass: restore the room first'),
  notHeld: text('机房旁路没有处于保持状态', 'the room is not held in bypass'),
  notLocked: text('该线路没有被锁定', 'the line is not locked'),
  unsound: text(
    '继电器位置与线圈释放不一致，先检修再复位',
    'the relay does not read released: repair it before the reset',
  ),
  faulty: text('该线路的继电器有故障或无法联系', 'the relay of this line is faulty or out of reach'),
  exercise: text(
    '现在不能演练：机房须处于正常状态，该线空闲 6 秒以上，至少一半线路空闲，且没有其他线路在切换',
    'no exercise now: the room must be steady, the line idle for 6 s, half of the lines idle and no other line moving',
  ),
};

export function command(state: BypassState, asked: BypassCommand, via: Actor['via'], at: MonoMs): Answer {
  if (via === 'centre' && !state.config.allowFromCentre) return refuse(state, refusals.centre);
  if (asked.line !== undefined && !state.lines.some((line) => line.id === asked.line))
    return refuse(state, refusals.line);
  switch (asked.do) {
    case 'bypass':
      return asked.line === undefined
        ? bypassRoom(state, asked.mode, via === 'plan' ? 'power-cut' : 'command', at)
        : bypassLine(state, asked.line, asked.mode, at);
    case 'restore':
      return asked.line === undefined ? restoreRoom(state, at) : restoreLine(state, asked.line, at);
    case 'reset-bypass':
      return asked.line === undefined ? resetRoom(state, at) : resetLine(state, asked.line, at);
    case 'exercise':
      return exerciseLine(state, asked.line, asked.level ?? 1, at);
  }
}

const withLine = (state: BypassState, id: LineId, change: (line: LinePart) => LinePart): BypassState => ({
  ...state,
  lines: state.lines.map((line) => (line.id === id ? change(line) : line)),
});

const find = (state: BypassState, id: LineId): LinePart | undefined =>
  state.lines.find((line) => line.id === id);

const withoutOrder = (line: LinePart): LinePart =>
  line.orderedAt === undefined ? line : { ...line, orderedAt: undefined };

function bypassRoom(
  state: BypassState,
  mode: 'now' | 'planned',
  reason: 'command' | 'power-cut',
  at: MonoMs,
): Answer {
  const { phase } = state.room;
  // What already must not wait for ever is not made to: a trip's cap stands.
  const isCapped = phase.kind === 'tripped' || (phase.kind === 'held' && phase.urgency === 'capped');
  const urgency: Urgency = mode === 'now' ? 'now' : isCapped ? 'capped' : 'planned';
  return accept(
    { ...state, room: held(state.room, reason, urgency, at), lines: state.lines.map(withoutOrder) },
    mode === 'now'
      ? text('全部线路立即切至坐席电话', 'all lines go to their phones now')
      : text('全部线路在通话结束后切至坐席电话', 'every line goes to its phone when its call ends'),
  );
}

function bypassLine(state: BypassState, id: LineId, mode: 'now' | 'planned', at: MonoMs): Answer {
  const next = withLine(state, id, (line) => ({
    ...withoutOrder(line),
    intent: { reason: 'command', urgency: mode, since: at },
  }));
  return accept(
    next,
    mode === 'now'
      ? text('线路立即切至坐席电话', 'the line goes to its phone now')
      : text('线路在通话结束后切至坐席电话', 'the line goes to its phone when its call ends'),
  );
}

function restoreRoom(state: BypassState, at: MonoMs): Answer {
  if (state.verdict === 'down') return refuse(state, refusals.down);
  if (isRoomKeyTurned(state)) return refuse(state, refusals.key);
  if (state.stopping !== undefined) return refuse(state, refusals.stopping);
  const { phase } = state.room;
  const isAllNormal = state.lines.every((line) => line.step.kind === 'normal' && line.intent === undefined);
  if ((phase.kind === 'steady' || phase.kind === 'confirming') && isAllNormal)
    return refuse(state, refusals.nothing);
  const room =
    phase.kind === 'restoring'
      ? { ...state.room, phase: { ...phase, since: at, ordered: true } }
      : restoring(state.room, true, at);
  return accept(
    {
      ...state,
      room: { ...room, failedProofs: [] },
      // A person's bypass of one line stays; what the machine kept back goes with the room.
      lines: state.lines.map((line) =>
        line.intent === undefined || line.intent.reason === 'command' ? line : withoutIntent(line, at),
      ),
    },
    text('开始逐线恢复，先恢复一条试通', 'restoring line by line, one canary line first'),
  );
}

function restoreLine(state: BypassState, id: LineId, at: MonoMs): Answer {
  const line = find(state, id);
  const card = line === undefined ? undefined : state.cards[line.card];
  if (line === undefined || card === undefined) return refuse(state, refusals.line);
  if (state.verdict === 'down') return refuse(state, refusals.down);
  if (isRoomKeyTurned(state) || card.key === 'turned') return refuse(state, refusals.key);
  if (state.stopping !== undefined) return refuse(state, refusals.stopping);
  const { kind } = state.room.phase;
  if (kind === 'tripped' || kind === 'held') return refuse(state, refusals.roomInBypass);
  if (line.step.kind === 'normal' && line.intent === undefined) return refuse(state, refusals.nothing);
  if (
    line.step.kind === 'stuck' ||
    line.step.kind === 'open' ||
    line.step.kind === 'locked' ||
    line.step.kind === 'unreachable'
  )
    return refuse(state, refusals.faulty);
  return accept(
    withLine(state, id, (one) => ({ ...withoutIntent(one, at), orderedAt: at })),
    text('线路空闲后恢复经交换机', 'the line goes back to the PBX when it is idle'),
  );
}

function resetRoom(state: BypassState, at: MonoMs): Answer {
  if (state.room.phase.kind !== 'held') return refuse(state, refusals.notHeld);
  if (isRoomKeyTurned(state)) return refuse(state, refusals.key);
  return accept(
    { ...state, room: { ...withPhase(state.room, 'settling', at), failedProofs: [] } },
    text('已复位：交换机持续正常后自动恢复', 'reset: lines go back when the PBX has stayed up'),
  );
}

function resetLine(state: BypassState, id: LineId, at: MonoMs): Answer {
  const line = find(state, id);
  if (line === undefined || line.step.kind !== 'locked') return refuse(state, refusals.notLocked);
  if (!isSoundlyReleased(line)) return refuse(state, refusals.unsound);
  return accept(
    withLine(state, id, (one) => moved(one, { kind: 'bypass', since: at }, at)),
    text('锁定已解除，线路在旁路位置', 'unlocked; the line stands in bypass'),
  );
}

function exerciseLine(state: BypassState, id: LineId, level: 1 | 2, at: MonoMs): Answer {
  const line = find(state, id);
  if (line === undefined || !mayExercise(state, line, at)) return refuse(state, refusals.exercise);
  if (level === 1)
    return accept(
      withLine(state, id, (one) => ({ ...moved(one, { kind: 'exercising', since: at }, at), orderedAt: at })),
      text('演练开始：继电器释放并校验位置', 'exercise: the relay is released and its position proved'),
    );
  return accept(
    withLine(state, id, (one) => ({
      ...one,
      intent: { reason: 'exercise-phone', urgency: 'planned', since: at },
      orderedAt: at,
    })),
    text(
      `演练：请在 ${state.config.values.phoneTestMs / 1000} 秒内摘起电话 ${line.phone}，听到拨号音后挂机`,
      `exercise: lift phone ${line.phone} within ${state.config.values.phoneTestMs / 1000} s, hear the dial tone, hang up`,
    ),
  );
}

/** The room is steady, the line is on the PBX and idle, no other line moves, and half of the lines are idle. */
export function mayExercise(state: BypassState, line: LinePart, at: MonoMs): boolean {
  const card = state.cards[line.card];
  const idle = state.lines.filter((other) => other.signal === 'idle').length;
  const isOtherAway = state.lines.some(
    ({ step, intent }) =>
      step.kind === 'exercising' ||
      step.kind === 'operating' ||
      step.kind === 'releasing' ||
      intent?.reason === 'exercise-phone',
  );
  return (
    card !== undefined &&
    state.room.phase.kind === 'steady' &&
    state.verdict !== 'down' &&
    state.stopping === undefined &&
    mayEnergise(card) &&
    line.step.kind === 'normal' &&
    line.intent === undefined &&
    line.signal === 'idle' &&
    isIdleFor(line, at, state.config.settings.idleForMs) &&
    !isOtherAway &&
    idle * 2 >= state.lines.length
  );
}
