/** What an order is going to do, in words, for the person who is asked once more: with the calls that it would cut or wait for. */
import type { Command } from '../model/event.ts';
import type { LineView, RoomView } from '../model/messages.ts';
import type { Text } from '../model/text.ts';
import { text } from '../model/text.ts';

/** Lines named one by one; of more only the number is told. */
const namedMax = 8;

export function consequence(command: Command, view: RoomView | undefined): Text {
  const where =
    'line' in command
      ? text(`线路 ${command.line}`, `line ${command.line}`)
      : text('整个机房', 'the whole room');
  switch (command.do) {
    case 'bypass': {
      const isNow = command.mode === 'now';
      const calls = callsTouched(view, command.line, isNow);
      return isNow
        ? text(
            `${where.zh}立即切换到旁路：外线直通座席电话，正在进行的通话会中断${calls.zh}`,
            `${where.en} goes to bypass at once: trunks reach the seat phones, calls in progress are cut${calls.en}`,
          )
        : text(
            `${where.zh}切换到旁路：空闲线路立即切换，通话中的线路等通话结束${calls.zh}`,
            `${where.en} goes to bypass: idle lines at once, busy lines when their call ends${calls.en}`,
          );
    }
    case 'restore': {
      const calls = callsWaitedFor(view, command.line);
      return text(
        `${where.zh}恢复到交换机：逐条线路在空闲时切回${calls.zh}`,
        `${where.en} goes back to the switch, line by line, each when it is idle${calls.en}`,
      );
    }
    case 'reset-bypass':
      return text(`${where.zh}解除旁路保持或锁定`, `lifts the hold or lock of ${where.en}`);
    case 'alternate-phone':
      return command.on
        ? text(
            `${where.zh}在旁路时改接备用话机`,
            `${where.en} reaches its alternate phone in bypass, in place of the usual one`,
          )
        : text(`${where.zh}在旁路时接回原话机`, `${where.en} reaches its usual phone in bypass again`);
    case 'exercise':
      if (command.level === 2)
        return text(
          `${where.zh}旁路试验并摘机：切到座席话机，等人摘机或两分钟后切回`,
          `exercises the bypass and the phone of ${where.en}: it stays on its phone until somebody has lifted it, or for two minutes`,
        );
      return text(
        `${where.zh}做一次旁路试验：短暂切换再切回`,
        `exercises the bypass of ${where.en}: over and back, for a moment`,
      );
    case 'maintenance': {
      const minutes = Math.round(command.forMs / 60_000);
      return text(
        `${command.subject} 的告警在 ${minutes} 分钟内不再发声，到时自动恢复；旁路照常动作`,
        `alarms of ${command.subject} will not sound for ${minutes} min, then they do again; the bypass acts as ever`,
      );
    }
    case 'out-of-service': {
      const hours = Math.round(command.forMs / 360_000) / 10;
      return text(
        `停用告警 ${command.alarm} ${hours} 小时（工作票：${command.permit}），到时自动恢复`,
        `takes the alarm ${command.alarm} out of service for ${hours} h (permit: ${command.permit}), then it returns by itself`,
      );
    }
    case 'all-clear':
      return text(
        '宣布停电警报解除：外呼恢复，停电预案结束',
        'gives the all-clear after the power cut: outbound calls go on, and the plan is over',
      );
    case 'ups-test':
      if (command.deep === true)
        return text(
          `${command.subject}：电池深度测试，负载由电池供电至多半小时或剩余一半电量`,
          `deep battery test of ${command.subject}: its battery carries the load for half an hour, or down to half its charge`,
        );
      return text(
        `${command.subject}：电池测试，负载由电池供电数秒`,
        `battery test of ${command.subject}: for some seconds its battery carries the load`,
      );
    case 'control': {
      const on = command.on ?? true;
      return text(
        `对交换机${on ? '执行' : '断开'}控制 ${command.control}`,
        `${on ? 'carries out' : 'ends'} the control ${command.control} of the switch`,
      );
    }
    default:
      return text('执行该操作', 'carries out the command');
  }
}

/** Calls on lines that the order moves; on a line that stands in bypass already nothing is cut. */
function callsTouched(view: RoomView | undefined, line: string | undefined, isNow: boolean): Text {
  if (view === undefined) return text('', '');
  const stays: readonly LineView['bypass'][] = ['bypass', 'locked', 'stuck', 'open', 'none', 'unreachable'];
  const busy = view.lines.filter(
    ({ id, signal, bypass }) =>
      (line === undefined || id === line) && signal === 'off-hook' && !stays.includes(bypass),
  );
  if (busy.length === 0) return text('。现在没有通话会受影响', '. No call is on these lines now');
  const list = named(busy);
  return isNow
    ? text(`。现有 ${busy.length} 个通话会被切断：${list}`, `. ${busy.length} in a call now and cut: ${list}`)
    : waitedFor(busy);
}

/** Calls over seat phones: a restore never touches them. */
function callsWaitedFor(view: RoomView | undefined, line: string | undefined): Text {
  const inBypass = (view?.lines ?? []).filter(
    ({ id, bypass }) => (line === undefined || id === line) && bypass === 'bypass',
  );
  const busy = inBypass.filter(({ signal }) => signal === 'off-hook');
  const count = text(`。${inBypass.length} 条线路在坐席电话上`, `. ${inBypass.length} on their seat phones`);
  if (view === undefined || busy.length === 0) return view === undefined ? text('', '') : count;
  const calls = waitedFor(busy);
  return text(`${count.zh}${calls.zh}`, `${count.en}${calls.en}`);
}

const waitedFor = (busy: readonly LineView[]): Text =>
  text(
    `。现有 ${busy.length} 个通话，会等其结束：${named(busy)}`,
    `. ${busy.length} in a call now and waited for: ${named(busy)}`,
  );

const named = (busy: readonly LineView[]): string =>
  busy
    .slice(0, namedMax)
    .map(({ id, trunk }) => `${id} (${trunk})`)
    .join(', ') + (busy.length > namedMax ? ' …' : '');
