/** What the room is like now: status, standing alarms, health. Views only; nothing is decided here. */
import type { FastifyInstance } from 'fastify';
import type { FrontStart } from '../../model/messages.ts';
import type { RoomFeed } from '../room-feed.ts';
import { alarmCounts } from '../alarm-counts.ts';
import { healthPath } from './gate.ts';
import { refuse } from './problem.ts';
import * as schemas from './schemas.ts';

type About = Pick<FrontStart, 'version' | 'timezone' | 'language'>;

export function roomRoutes(app: FastifyInstance, feed: RoomFeed, about: About): void {
  const { version, timezone, language } = about;
  app.get(
    healthPath,
    { schema: { summary: 'Whether the front runs; needs no login', response: { 200: schemas.health } } },
    () => ({
      alive: true,
      ageMs: feed.view === undefined ? null : Math.round(feed.ageMs()),
      loop: feed.view?.loop ?? null,
    }),
  );
  app.get(
    '/api/v1/status',
    {
      schema: {
        summary: 'The whole room at this moment',
        response: { 200: schemas.status, '4xx': schemas.problem, '5xx': schemas.problem },
      },
    },
    (_request, reply) => {
      const { view } = feed;
      if (view === undefined) return refuse(reply, 503, 'LK-HTTP-016');
      return reply.send({ ...view, alarms: alarmCounts(view.alarms), version, timezone, language });
    },
  );
  app.get(
    '/api/v1/alarms',
    {
      schema: {
        summary: 'Alarms that stand or wait for a person',
        response: { 200: schemas.alarms, '4xx': schemas.problem, '5xx': schemas.problem },
      },
    },
    (_request, reply) => {
      const { view } = feed;
      if (view === undefined) return refuse(reply, 503, 'LK-HTTP-016');
      return reply.send({ items: view.alarms, next: null });
    },
  );
}
