/** Every answer that is not what was asked for: `{ error: { code, message, action } }`, with a code of `model/error.ts`. */
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import type { ErrorCode } from '../../model/error.ts';
import { errorKinds } from '../../model/error.ts';

export function refuse(reply: FastifyReply, status: number, code: ErrorCode, detail?: string): FastifyReply {
  const { cause, action } = errorKinds[code];
  const error = { code, message: cause, action, ...(detail === undefined ? {} : { detail }) };
  return reply.code(status).type('application/json; charset=utf-8').send({ error });
}

export function answerError(error: FastifyError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const status = error.statusCode ?? 500;
  if (status === 413) return refuse(reply, 413, 'LK-HTTP-005');
  if (status >= 400 && status < 500) return refuse(reply, status, 'LK-HTTP-004', error.message.slice(0, 500));
  process.stderr.write(
    `front: ${request.method} ${request.routeOptions.url ?? ''}: ${error.stack ?? error.message}\n`,
  );
  return refuse(reply, 500, 'LK-HTTP-013');
}
