/**
 * Commands from the page. Whoever gives one shows the code that the program printed; what moves relays or silences alarms for
 * hours is asked twice. The token for reads orders nothing: programs of this machine use the local socket (`order-routes.ts`).
 * The guard decides, and its answer is the answer.
 */
import type { Static } from '@sinclair/typebox';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Command } from '../../model/event.ts';
import type { CommandDesk, Outcome } from '../command-desk.ts';
import { isAskedTwice } from '../command-schema.ts';
import { consequence } from '../consequence.ts';
import type { RoomFeed } from '../room-feed.ts';
import { Confirmations } from './confirmations.ts';
import { codeCheck, isFromElsewhere } from './gate.ts';
import { refuse } from './problem.ts';
import * as schemas from './schemas.ts';

export const confirmMs = 30_000;

const failures = { '4xx': schemas.problem, '5xx': schemas.problem };

export interface CommandRouteSettings {
  readonly desk: CommandDesk;
  readonly demoCode: string | undefined;
  readonly feed: RoomFeed;
  readonly mono: () => number;
  readonly now: () => number;
}

export function commandRoutes(app: FastifyInstance, settings: CommandRouteSettings): void {
  const { desk, demoCode, feed, mono, now } = settings;
  const check = demoCode === undefined ? undefined : codeCheck(demoCode, mono);
  const confirmations = new Confirmations<Command>(mono, confirmMs);

  app.post<{ Body: Static<typeof schemas.commandRequest> }>(
    '/api/v1/commands',
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
      if (check === undefined) return refuse(reply, 403, 'LK-HTTP-015');
      const verdict = check(code ?? '');
      if (verdict === 'locked') return refuse(reply, 429, 'LK-HTTP-007');
      if (verdict === 'wrong') return refuse(reply, 403, 'LK-HTTP-006');
      const command: Command = request.body.command;
      if (isAskedTwice(command)) {
        if (confirm === undefined) {
          const token = confirmations.begin(command);
          const said = consequence(command, feed.view);
          return reply.code(202).send({ confirm: { token, text: said, expiresAt: now() + confirmMs } });
        }
        if (!confirmations.isConfirmed(confirm, command)) return refuse(reply, 409, 'LK-HTTP-008');
      }
      return answer(reply, await desk.give(command, { via: 'panel', name: by ?? 'panel' }));
    },
  );
}

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
