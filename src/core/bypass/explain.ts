/**
 * Why the room and each line stand where they do, and what moves them next: for people who look, decides nothing. Moments are given
 * apart from the sentences, so that a sentence changes only when something happened.
 */
import { later } from '../../model/units.ts';
import type { MonoMs } from '../../model/units.ts';
import type { LineId } from '../../model/ids.ts';
import { text } from '../../model/text.ts';
import type { Text } from '../../model/text.ts';
import { hasCall, isRoomKeyTurned } from './intent.ts';
import { lockTexts, reasonTexts } from './notices.ts';
import type { BypassState, LinePart } from './state.ts';

export interface Explained {
  readonly why: Text;
  readonly next: Text;
  /** When time alone brings the next thing, if nothing else happens. */
  readonly nextAt?: MonoMs;
}

const down = text('交换机仍有故障', 'the PBX is down');
const nobody = text('无', 'nothing');

export function explainRoom(state: BypassState): Explained {
  const { room, verdict, verdictSince } = state;
  const { settings } = state.config;
  const { phase } = room;
  const why = reasonTexts[room.reason];
  switch (phase.kind) {
    case 'steady': {
      const own = state.lines.filter(({ step }) => step.kind !== 'normal').length;
      return {
        why:
          own === 0
            ? text('全部线路经交换机', 'every line is on the PBX')
            : text(
                `机房正常，${own} 条线路另有原因`,
                `the room is steady; ${own} lines have reasons of their own`,
              ),
        next: text(
          '交换机故障得到确认时，全部线路自动切至坐席电话',
          'when the PBX is confirmed down, every line goes to its seat phone by itself',
        ),
      };
    }
    case 'confirming':
      return {
        why: text('交换机疑似故障，正在确认', 'the PBX seems down; it is being confirmed'),
        next: text('故障持续则全部线路切至坐席电话', 'if it stays down, every line goes to its seat phone'),
        nextAt: later(verdictSince, settings.confirmMs),
      };
    case 'tripped':
      return {
        why: text('交换机故障已确认', 'the PBX is confirmed down'),
        next:
          settings.restore === 'when-idle'
            ? text(
                '交换机恢复并保持正常后，逐线自动恢复',
                'when the PBX is up again and stays up, lines go back one by one by themselves',
              )
            : text('交换机恢复后，由人下令恢复', 'when the PBX is up again, a person restores'),
      };
    case 'held':
      return { why, next: nextOfHeld(state) };
    case 'settling':
      return verdict === 'up'
        ? {
            why,
            next: text('交换机保持正常则开始逐线恢复', 'if the PBX stays up, lines go back one by one'),
            nextAt: later(latest(verdictSince, phase.since), settings.restoreAfterMs),
          }
        : {
            why,
            next: text(
              '等待交换机正常；也可由人下令恢复',
              'waits for the PBX to be up; a person may order the restore before',
            ),
          };
    case 'restoring': {
      const left = state.lines.filter(({ step }) => step.kind === 'bypass').length;
      return {
        why: phase.ordered
          ? text('按人工命令恢复', 'a person ordered the restore')
          : text('交换机持续正常', 'the PBX has stayed up'),
        next:
          typeof phase.canary === 'string'
            ? text(
                `其余 ${left} 条线路空闲时逐条恢复`,
                `${left} more lines go back one by one, each when it is idle`,
              )
            : text(
                `先由 ${phase.canary.line} 试通，其余 ${left} 条随后`,
                `${phase.canary.line} proves the PBX first; ${left} more lines follow`,
              ),
      };
    }
  }
}

const latest = (a: MonoMs, b: MonoMs): MonoMs => (a > b ? a : b);

function nextOfHeld(state: BypassState): Text {
  const { room, verdict } = state;
  if (isRoomKeyTurned(state)) return text('等待旁路钥匙转回', 'waits for the bypass key to be turned back');
  if (verdict === 'down')
    return text(
      `${down.zh}，不能恢复；正常后由人下令恢复`,
      `${down.en}: nothing can be restored; later a person restores`,
    );
  return room.reason === 'verdict' && state.config.settings.restore === 'by-key'
    ? text('旁路钥匙转到旁路再转回，或由人下令恢复', 'turn the bypass key and back, or order the restore')
    : text(
        '由人下令恢复，或复位后等待自动恢复',
        'a person restores, or resets the hold and lets it go back by itself',
      );
}

export const explainLines = (state: BypassState): ReadonlyMap<LineId, Explained> =>
  new Map(state.lines.map((line) => [line.id, explainLine(state, line)]));

function explainLine(state: BypassState, line: LinePart): Explained {
  const { step } = line;
  const why = whyInBypass(state, line);
  switch (step.kind) {
    case 'normal':
      return { why: text('经交换机', 'on the PBX'), next: nobody };
    case 'waiting':
      return {
        why,
        next: text('通话结束时切至坐席电话', 'goes to its seat phone when its call ends'),
        // The cap is stretched while speech is heard: this is the latest moment.
        ...(step.capFrom === undefined
          ? {}
          : { nextAt: later(step.capFrom, state.config.settings.callCapMs) }),
      };
    case 'releasing':
      return { why, next: text('正在切至坐席电话', 'is going to its seat phone') };
    case 'bypass':
      return { why, next: nextInBypass(state, line) };
    case 'operating':
    case 'proving':
      return {
        why: text('恢复中', 'going back'),
        next: text('观察来话是否应答', 'watched whether calls are answered'),
        ...(step.kind === 'proving' ? { nextAt: later(step.since, state.config.settings.proveMs) } : {}),
      };
    case 'exercising':
      return { why: text('旁路演练', 'bypass exercise'), next: text('随即切回', 'goes back at once') };
    case 'stuck':
      return {
        why: text('继电器粘在交换机侧', 'its relay is stuck on the PBX side'),
        next: text('检修继电器', 'repair the relay'),
      };
    case 'open':
      return {
        why: text('继电器两侧触点均不通', 'neither contact of its relay closes'),
        next: text('检修继电器', 'repair the relay'),
      };
    case 'locked':
      return {
        why: lockTexts[step.why],
        next: text('检修后由人复位该线路', 'repair it; then a person resets the line'),
      };
    case 'unreachable':
      return {
        why: text('线路卡失联', 'its line card is out of reach'),
        next: text(
          '卡自行处置，恢复联系后按其报告',
          'the card looks after it; back in reach, its report counts',
        ),
      };
  }
}

function whyInBypass(state: BypassState, line: LinePart): Text {
  if (line.intent !== undefined) return reasonTexts[line.intent.reason];
  if (state.cards[line.card]?.key === 'turned') return reasonTexts.key;
  const { kind } = state.room.phase;
  if (kind === 'steady' && state.stopping === undefined) return text('等待恢复', 'waits to go back');
  return state.stopping?.how === 'stop'
    ? text('系统正在停止', 'linekeeper is stopping')
    : reasonTexts[state.room.reason];
}

function nextInBypass(state: BypassState, line: LinePart): Text {
  const card = state.cards[line.card];
  const { kind } = state.room.phase;
  if (card?.coilSupply === false) return text('线圈电源接通之后', 'after the coil supply is on');
  if (card?.key === 'turned') return text('旁路钥匙转回之后', 'after the bypass key is turned back');
  if (line.intent?.reason === 'command') return text('由人恢复该线路', 'a person restores this line');
  if (line.intent !== undefined)
    return text('稍后自动恢复，或由人恢复', 'goes back later by itself, or by a person');
  if (kind === 'tripped' || kind === 'held' || kind === 'settling')
    return text('随机房恢复', 'goes back with the room');
  return hasCall(line)
    ? text('通话结束并空闲后恢复', 'goes back when its call is over and it is idle')
    : text('空闲并轮到时恢复', 'goes back when it is idle and its turn');
}
