/**
 * What a step tells people and asks of the shell, read from the difference of two states, so that no row of a table can
 * forget to say what it did.
 */
import type { Effect, Notice } from '../../model/effect.ts';
import type { BypassReason } from '../../model/bypass.ts';
import type { MonoMs } from '../../model/units.ts';
import { text } from '../../model/text.ts';
import type { Text } from '../../model/text.ts';
import { isFaulty } from './start.ts';
import type { BypassState, LinePart, LockReason, RoomPart } from './state.ts';

export const reasonTexts: Readonly<Record<BypassReason, Text>> = {
  verdict: text('交换机故障', 'PBX fault'),
  command: text('人工命令', 'ordered by a person'),
  key: text('旁路钥匙开关', 'bypass key'),
  'power-cut': text('停电预案', 'power-cut plan'),
  'guard-absent': text('控制器曾停止运行', 'linekeeper was away'),
  unknown: text('原因不明（保护记录缺失）', 'reason not known (guard.json missing)'),
  'failed-proof': text('恢复后来话无人应答', 'calls rang unanswered after the restore'),
  'exercise-kept': text('演练时有人摘机', 'somebody went off hook during the exercise'),
  'exercise-phone': text('演练：请摘起该线话机', 'exercise: somebody lifts its phone'),
  'port-alone-failed': text('该线交换机端口故障', 'the PBX port of this line failed'),
  limiter: text('一小时内切换次数过多', 'too many trips within an hour'),
  'first-power-on': text('首次通电', 'first power-on'),
};

export const lockTexts: Readonly<Record<LockReason, Text>> = {
  wear: text('继电器曾粘住后自行释放，已磨损', 'the relay was stuck and came free by itself: worn'),
  open: text('释放后两侧触点均不通', 'neither contact closes after release'),
  dropped: text('线圈通电时继电器离开正常位置', 'the relay left normal while energised'),
  'not-operated': text('通电后继电器未到正常位置', 'the relay did not reach normal when energised'),
  'before-restart': text('重启或断线之前已有故障', 'it was faulty before the restart or link loss'),
};

function roomText({ phase, reason }: RoomPart, before: RoomPart): Text {
  const why = reasonTexts[reason];
  switch (phase.kind) {
    case 'steady':
      return before.phase.kind === 'confirming'
        ? text('交换机故障未得到确认，保持正常', 'PBX fault not confirmed; lines stay on the PBX')
        : text(
            '恢复结束，能恢复的线路均经交换机',
            'restore ended: every line that can be is back on the PBX',
          );
    case 'confirming':
      return text('交换机疑似故障，正在确认', 'PBX seems down, confirming');
    case 'tripped':
      return text(
        '交换机故障已确认，全部线路切至坐席电话：请直接摘机接听',
        'PBX down: all lines go to their seat phones; lift the handset to answer',
      );
    case 'held':
      return text(
        `全部线路保持在坐席电话（${why.zh}），需人工恢复`,
        `all lines are held on their seat phones (${why.en}); a person restores them`,
      );
    case 'settling':
      return text(
        `等待交换机持续正常后恢复（${why.zh}）`,
        `waiting for the PBX to stay up before the restore (${why.en})`,
      );
    case 'restoring':
      return phase.ordered
        ? text('按人工命令逐线恢复', 'restoring line by line, as a person ordered')
        : text('交换机持续正常，逐线恢复', 'PBX has stayed up: restoring line by line');
  }
}

function lineText(line: LinePart, before: LinePart, isRoomInBypass: boolean): Text {
  const { step } = line;
  switch (step.kind) {
    case 'normal':
      if (before.step.kind === 'waiting')
        return text('不再需要旁路，通话未受影响', 'bypass no longer asked for; the call was left alone');
      return before.step.kind === 'unreachable'
        ? text('线路经交换机（按继电器报告）', 'on the PBX, as the relay reports')
        : text('线路已恢复经交换机', 'back on the PBX');
    case 'waiting':
      return text('通话中，等待挂机后切换', 'in a call: waits for its end');
    case 'releasing': {
      if (step.pulsed) return text('两侧触点不通，发一次脉冲', 'open contacts: one pulse given');
      const why = line.intent ?? undefined;
      return why !== undefined && !isRoomInBypass
        ? text(
            `切至坐席电话（${reasonTexts[why.reason].zh}）`,
            `going to its phone (${reasonTexts[why.reason].en})`,
          )
        : text('切至坐席电话', 'going to its seat phone');
    }
    case 'bypass':
      return line.report?.position === 'bypass'
        ? text('线路已接坐席电话', 'joined to its seat phone')
        : text('线圈已释放，位置无法校验', 'coil released; the position cannot be proved');
    case 'operating':
      return text('正在恢复至交换机', 'going back to the PBX');
    case 'proving':
      return text('已接交换机，观察来话是否应答', 'on the PBX, watching whether calls are answered');
    case 'exercising':
      return text('旁路演练中', 'bypass exercise');
    case 'stuck':
      return text(
        '继电器粘在交换机侧：该线未能切至坐席电话',
        'the relay is stuck on the PBX side: the line did not reach its phone',
      );
    case 'open':
      return text('继电器两侧触点均不通：该线无法通话', 'neither contact closes: the line reaches nobody');
    case 'locked':
      return text(`已锁定在旁路：${lockTexts[step.why].zh}`, `locked in bypass: ${lockTexts[step.why].en}`);
    case 'unreachable':
      return text('线路卡失联，由卡自行处置', 'card out of reach: it looks after the line by itself');
  }
}

const says = (notice: Notice): Effect => ({ kind: 'notice', notice });

function lineEffects(
  line: LinePart,
  before: LinePart,
  isRoomInBypass: boolean,
  after: BypassState,
): readonly Effect[] {
  const isPulse = line.step.kind === 'releasing' && line.step.pulsed && before.step.kind === 'open';
  if (line.step.kind === before.step.kind && line.cut === before.cut) return [];
  const cut = line.cut === before.cut ? undefined : line.cut;
  const moveMs =
    line.step.kind === 'bypass' || line.step.kind === 'proving' ? line.report?.moveMs : undefined;
  const notice = says({
    at: after.at,
    kind: 'bypass-line',
    line: line.id,
    state: line.step.kind,
    text: lineText(line, before, isRoomInBypass),
    ...(cut === undefined
      ? {}
      : {
          cutCall: {
            direction: cut.direction,
            ...(cut.call === undefined ? {} : { call: cut.call }),
            ...(cut.liftPhone === undefined ? {} : { liftPhone: cut.liftPhone }),
          },
        }),
    ...(moveMs === undefined ? {} : { moveMs }),
  });
  return isPulse
    ? [{ kind: 'coil-pulse', line: line.id, ms: after.config.values.openPulseMs }, notice]
    : [notice];
}

/** Something that guard.json keeps is different. */
function isWorthSaving(before: BypassState, after: BypassState): boolean {
  const { room } = after;
  const old = before.room;
  if (
    room.phase.kind !== old.phase.kind ||
    room.reason !== old.reason ||
    room.trips !== old.trips ||
    room.failedProofs !== old.failedProofs ||
    (room.phase.kind === 'held' && old.phase.kind === 'held' && room.phase.urgency !== old.phase.urgency)
  )
    return true;
  return after.lines.some((line, index) => {
    const was = before.lines[index];
    return (
      was !== undefined && was !== line && (was.intent !== line.intent || isFaulty(was) !== isFaulty(line))
    );
  });
}

export function effectsBetween(before: BypassState, after: BypassState): Effect[] {
  const effects: Effect[] = [];
  const { room } = after;
  if (
    room.phase.kind !== before.room.phase.kind ||
    (room.phase.kind === 'held' && room.reason !== before.room.reason)
  )
    effects.push(
      says({
        at: after.at,
        kind: 'bypass-room',
        state: room.phase.kind,
        reason: room.reason,
        text: roomText(room, before.room),
      }),
    );
  const isRoomInBypass = room.phase.kind === 'tripped' || room.phase.kind === 'held';
  if (after.lines !== before.lines)
    after.lines.forEach((line, index) => {
      const was = before.lines[index];
      if (was !== undefined && was !== line) effects.push(...lineEffects(line, was, isRoomInBypass, after));
    });
  if ((room !== before.room || after.lines !== before.lines) && isWorthSaving(before, after))
    effects.push({ kind: 'save' });
  const { stopping } = after;
  if (stopping?.ended === true && before.stopping?.ended !== true) effects.push({ kind: 'ended' });
  return effects;
}

export const commandNotice = (id: string, accepted: boolean, said: Text, at: MonoMs): Effect =>
  says({ at, kind: 'command', id, accepted, text: said });
