/** Blank forms that were given out, as a page to print. A number that was not given out is not shown. */
import type { FastifyInstance } from 'fastify';
import { Type } from '@sinclair/typebox';
import type { Static } from '@sinclair/typebox';
import { formStyle, formsPage } from '../../format/manual-form.ts';
import type { Text } from '../../model/text.ts';
import type { FormDesk } from '../forms/form-desk.ts';
import { refuse } from './problem.ts';

const query = Type.Object(
  {
    from: Type.Optional(Type.Integer({ minimum: 1 })),
    count: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
  },
  { additionalProperties: false },
);

export function formRoutes(app: FastifyInstance, desk: FormDesk, roomName: Text): void {
  app.get<{ Querystring: Static<typeof query> }>(
    '/forms',
    { schema: { hide: true, querystring: query } },
    async (request, reply) => {
      const numbers = await desk.numbers(request.query.from, request.query.count);
      if (numbers.length === 0) return refuse(reply, 404, 'LK-HTTP-003');
      return reply.type('text/html; charset=utf-8').send(formsPage(roomName, numbers));
    },
  );
  app.get('/forms.css', { schema: { hide: true } }, (_request, reply) =>
    reply.type('text/css; charset=utf-8').send(formStyle),
  );
}
