/**
 * Orders over the local socket. Who may write to its file may give them: no code, no token. One request holds one order or
 * several of a kind (some lines); what moves relays or ends the power-cut plan is asked twice, with what it would do to the
 * calls. The name is what the caller says it is; it is a label of the audit, not a right.
 */
import type { Static } from '@sinclair/typebox';
import { Type } from '@sinclair/typebox';
import type { FastifyInstance } from 'fastify';
import { errorKinds } from '../../model/error.ts';
import type { Command } from '../../model/event.ts';
import type { Text } from '../../model/text.ts';
import { text } from '../../model/text.ts';
import type { CommandDesk, Outcome } from '../command-desk.ts';
import { commandSchema, isOfBypassOrPlan } from '../command-schema.ts';
import { consequence } from '../consequence.ts';
import type { RoomFeed } from '../room-feed.ts';
import { ordersPath } from '../local/socket-path.ts';
import { Confirmations } from './confirmations.ts';
import { refuse } from './problem.ts';

/** Time to read what would happen and to type the code. */
export const orderConfirmMs = 60_000;
/** One for each line of the largest room. */
const ordersMax = 64;

const request = Type.Object(
  {
    commands: Type.Array(commandSchema, { minItems: 1, maxItems: ordersMax }),
    by: Type.String({ minLength: 1, maxLength: 64, description: 'Who asks; a label of the audit.' }),
    confirm: Type.Optional(Type.String({ maxLength: 64, description: 'Code of the first step.' })),
  },
  { additionalProperties: false },
);

export interface OrderRouteSettings {
  readonly desk: CommandDesk;
  readonly feed: RoomFeed;
  readonly mono: () => number;
  readonly now: () => number;
}

export function orderRoutes(app: FastifyInstance, { desk, feed, mono, now }: OrderRouteSettings): void {
  const confirmations = new Confirmations<readonly Command[]>(mono, orderConfirmMs);
  app.post<{ Body: Static<typeof request> }>(
    ordersPath,
    { schema: { body: request } },
    async ({ body: { commands, by, confirm } }, reply) => {
      if (commands.some(isOfBypassOrPlan)) {
        if (confirm === undefined) {
          const token = confirmations.begin(commands);
          const expiresAt = now() + orderConfirmMs;
          return reply.code(202).send({ confirm: { token, text: together(commands, feed), expiresAt } });
        }
        if (!confirmations.isConfirmed(confirm, commands)) return refuse(reply, 409, 'LK-HTTP-008');
      }
      const results: object[] = [];
      for (const command of commands) results.push(said(await desk.give(command, { via: 'cli', name: by })));
      return reply.send({ results });
    },
  );
}

const together = (commands: readonly Command[], { view }: RoomFeed): Text => {
  const each = commands.map((command) => consequence(command, view));
  return text(each.map(({ zh }) => zh).join('\n'), each.map(({ en }) => en).join('\n'));
};

/** `unknown`: the guard did not answer in time; the words of MQTT's replies. */
function said(outcome: Outcome): object {
  if (outcome.kind === 'decided')
    return { status: outcome.accepted ? 'ok' : 'refused', id: outcome.id, text: outcome.text };
  return { status: 'unknown', text: errorKinds['LK-HTTP-014'].cause };
}
