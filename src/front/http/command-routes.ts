/**
 * Commands from the page and from programs of this machine. Whoever gives one on the page shows the code that the program
 * printed; what moves relays or silences alarms for hours is asked twice. A program shows the token that only this program's
 * own user and root can read, and may give what has a command of its own. The guard decides, and its answer is the answer.
 */
import type { Static } from '@sinclair/typebox';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { nanoid } from 'nanoid';
import type { Command } from '../../model/event.ts';
import type { CommandDesk, Outcome } from '../command-desk.ts';
import type { Text } from '../../model/text.ts';
import { text } from '../../model/text.ts';
import { isAskedTwice } from '../command-schema.ts';
import { codeCheck, commandsPath, isFromElsewhere, showsToken } from './gate.ts';
import { refuse } from './problem.ts';
import * as schemas from './schemas.ts';

export const confirmMs = 30_000;
/** First steps that wait for their second one. */
export const confirmationsMax = 32;

const failures = { '4xx': schemas.problem, '5xx': schemas.problem };

/** What the person is about to do, in words. */
function consequence(command: Command): Text {
  const where =
    'line' in command
      ? text(`线路 ${command.line}`, `line ${command.line}`)
      : text('整个机房', 'the whole room');
  switch (command.do) {
    case 'bypass':
      return command.mode === 'now'
        ? text(
            `${where.zh}立即切换到旁路：外线直通座席电话，正在进行的通话会中断`,
            `${where.en} goes to bypass at once: trunks reach the seat phones, calls in progress are cut`,
          )
        : text(
            `${where.zh}切换到旁路：空闲线路立即切换，通话中的线路等通话结束`,
            `${where.en} goes to bypass: idle lines at once, busy lines when their call ends`,
          );
    case 'restore':
      return text(
        `${where.zh}恢复到交换机：逐条线路在空闲时切回`,
        `${where.en} goes back to the switch, line by line, each when it is idle`,
      );
    case 'reset-bypass':
      return text(`${where.zh}解除旁路保持或锁定`, `lifts the hold or lock of ${where.en}`);
    case 'exercise':
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

export interface CommandRouteSettings {
  readonly desk: CommandDesk;
  readonly demoCode: string | undefined;
  readonly readToken: string | undefined;
  readonly mono: () => number;
  readonly now: () => number;
}

export function commandRoutes(app: FastifyInstance, settings: CommandRouteSettings): void {
  const { desk, demoCode, readToken, mono, now } = settings;
  const check = demoCode === undefined ? undefined : codeCheck(demoCode, mono);
  const confirmations = new Map<string, { readonly command: string; readonly until: number }>();

  /** Used once, whatever comes of it. */
  function isConfirmed(token: string, command: Command): boolean {
    const first = confirmations.get(token);
    confirmations.delete(token);
    return first !== undefined && first.command === JSON.stringify(command) && mono() < first.until;
  }
  function toConfirm(command: Command): object {
    const token = nanoid();
    confirmations.set(token, { command: JSON.stringify(command), until: mono() + confirmMs });
    const oldest = confirmations.keys().next().value;
    if (confirmations.size > confirmationsMax && oldest !== undefined) confirmations.delete(oldest);
    return { confirm: { token, text: consequence(command), expiresAt: now() + confirmMs } };
  }

  app.post<{ Body: Static<typeof schemas.commandRequest> }>(
    commandsPath,
    {
      schema: {
        summary:
          'Give a command; what moves relays, and maintenance, answers 202 first and wants the same again with its token',
        body: schemas.commandRequest,
        response: { 200: schemas.commandDecided, 202: schemas.commandToConfirm, ...failures },
      },
    },
    async (request, reply) => {
      if (isFromElsewhere(request)) return refuse(reply, 403, 'LK-HTTP-017');
      const { code, by, confirm } = request.body;
      if (isByProgram(request.body.command) && showsToken(request, readToken))
        return answer(reply, await desk.give(request.body.command, { via: 'cli', name: by ?? 'cli' }));
      if (check === undefined) return refuse(reply, 403, 'LK-HTTP-015');
      const verdict = check(code ?? '');
      if (verdict === 'locked') return refuse(reply, 429, 'LK-HTTP-007');
      if (verdict === 'wrong') return refuse(reply, 403, 'LK-HTTP-006');
      const command: Command = request.body.command;
      if (isAskedTwice(command)) {
        if (confirm === undefined) return reply.code(202).send(toConfirm(command));
        if (!isConfirmed(confirm, command)) return refuse(reply, 409, 'LK-HTTP-008');
      }
      return answer(reply, await desk.give(command, { via: 'panel', name: by ?? 'panel' }));
    },
  );
}

/** What `linekeeper control` and `linekeeper ups test` give. */
const isByProgram = (command: Command): boolean => command.do === 'control' || command.do === 'ups-test';

function answer(reply: FastifyReply, outcome: Outcome): FastifyReply {
  switch (outcome.kind) {
    case 'decided':
      return reply.send({ id: outcome.id, accepted: outcome.accepted, text: outcome.text });
    case 'no-answer':
      return refuse(reply, 504, 'LK-HTTP-014');
    case 'too-many':
      return refuse(reply, 503, 'LK-HTTP-014');
  }
}
