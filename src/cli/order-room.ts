/**
 * Orders to the running room over its local socket: who may write to its file may give them. What moves relays takes two steps:
 * the room says what it would do and gives a code; on a terminal the person is asked, otherwise the code is printed and the
 * same command with `--confirm CODE` does it.
 */
import { createInterface } from 'node:readline/promises';
import { Type } from '@sinclair/typebox';
import type { Static } from '@sinclair/typebox';
import { Ajv } from 'ajv';
import { ordersPath } from '../front/local/socket-path.ts';
import type { Command } from '../model/event.ts';
import type { Language, Text } from '../model/text.ts';
import { text } from '../model/text.ts';
import { languageOfEnvironment } from './arguments.ts';
import { isRefused, noAnswerCode, sentence, words } from './ask-room.ts';
import { ask, loginName, notUnderstood, socketOfRoom } from './room-way.ts';
import type { SocketWay, Wanted } from './room-way.ts';

/** Nothing was done yet: the order waits for its second step. */
const toConfirmCode = 4;

export interface Ordered {
  readonly json: boolean;
  readonly language?: Language;
  /** Who orders; else who sits at the terminal. */
  readonly by?: string;
  /** Code of the first step. */
  readonly confirm?: string;
  /** The command line, without `linekeeper`, that the second step repeats. */
  readonly again?: string;
}

const resultsSchema = Type.Object({
  results: Type.Array(Type.Object({ status: words('ok', 'refused', 'unknown'), text: sentence })),
});
const toConfirmSchema = Type.Object({
  confirm: Type.Object({ token: Type.String(), text: sentence, expiresAt: Type.Number() }),
});
const isResults = new Ajv().compile<Static<typeof resultsSchema>>(resultsSchema);
const isToConfirm = new Ajv().compile<Static<typeof toConfirmSchema>>(toConfirmSchema);

/** The socket to give orders at, or the exit code after saying why there is none. */
export async function socketToOrder(
  command: string,
  asked: Wanted & { readonly language?: Language },
): Promise<SocketWay | number> {
  const socket = await socketOfRoom(asked);
  if ('kind' in socket) return socket;
  process.stderr.write(`linekeeper ${command}: ${socket[asked.language ?? languageOfEnvironment()]}\n`);
  return noAnswerCode;
}

/** Gives the orders and says what the room answered; the exit code. */
export const orderRoom = (
  command: string,
  socket: SocketWay,
  { json, by = orderer(), language = languageOfEnvironment(), confirm, again }: Ordered,
  orders: readonly Command[],
): Promise<number> => give({ command, socket, orders, language, json, by, again }, confirm);

interface Order {
  readonly command: string;
  readonly socket: SocketWay;
  readonly orders: readonly Command[];
  readonly language: Language;
  readonly json: boolean;
  readonly by: string;
  readonly again: string | undefined;
}

async function give(order: Order, confirm: string | undefined): Promise<number> {
  const { command, socket, orders: commands, language, json, by } = order;
  const failed = (why: Text, code: number): number => {
    process.stderr.write(`linekeeper ${command}: ${why[language]}\n`);
    return code;
  };
  let answer: unknown;
  try {
    answer = (await ask(socket, ordersPath, { commands, by, ...(confirm === undefined ? {} : { confirm }) }))
      .body;
  } catch {
    return failed(
      text(
        `${socket.path} 没有应答，结果未知：先查看机房状态`,
        `${socket.path} did not answer, the outcome is unknown: look at the room first`,
      ),
      noAnswerCode,
    );
  }
  if (isRefused(answer)) return failed(answer.error.message, 1);
  if (isToConfirm(answer)) return secondStep(order, answer.confirm);
  if (!isResults(answer)) return failed(notUnderstood(socket.path), noAnswerCode);
  const { results } = answer;
  if (json) process.stdout.write(`${JSON.stringify(results, null, 2)}\n`);
  else for (const result of results) process.stdout.write(`${result.text[language]}\n`);
  return results.every(({ status }) => status === 'ok') ? 0 : 1;
}

async function secondStep(order: Order, first: Static<typeof toConfirmSchema>['confirm']): Promise<number> {
  const { language, json, again, command } = order;
  if (json) {
    process.stdout.write(`${JSON.stringify({ confirm: first }, null, 2)}\n`);
    return toConfirmCode;
  }
  process.stdout.write(`${first.text[language]}\n`);
  if (process.stdin.isTTY && process.stdout.isTTY) {
    const question = text('确定执行？输入 yes：', 'Do it? Type yes: ');
    if (await isSure(question[language])) return give(order, first.token);
    process.stderr.write(`${text('没有执行。', 'Nothing was done.')[language]}\n`);
    return toConfirmCode;
  }
  const seconds = Math.max(0, Math.round((first.expiresAt - Date.now()) / 1000));
  const how = `linekeeper ${again ?? command} --confirm ${first.token}`;
  const next = text(
    `尚未执行。${seconds} 秒内用同一命令加确认码执行：\n  ${how}`,
    `Nothing was done yet. Within ${seconds} s, the same command with the code does it:\n  ${how}`,
  );
  process.stdout.write(`${next[language]}\n`);
  return toConfirmCode;
}

async function isSure(question: string): Promise<boolean> {
  const asked = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return (await asked.question(question)).trim().toLowerCase() === 'yes';
  } finally {
    asked.close();
  }
}

/** Who sits at the terminal: behind sudo the person, not root. */
const orderer = (): string => (process.env['SUDO_USER'] ?? loginName()).slice(0, 64) || 'cli';
