/**
 * The live stream (Server-Sent Events): the whole room, then what changes. A reader that does not keep up is cut off; its
 * browser comes back by itself and goes on from the last message it had. `beat` tells how old the guard's last word is.
 */
import type { ServerResponse } from 'node:http';
import type { FastifyInstance } from 'fastify';
import type { FeedMessage, RoomFeed } from '../room-feed.ts';
import { securityHeaders } from './gate.ts';
import { refuse } from './problem.ts';

export const streamsMax = 24;
/** More than this unread: the reader is cut off. */
const unreadBytesMax = 1024 * 1024;
const beatMs = 3000;
const comeBackMs = 2000;

export interface StreamSettings {
  readonly feed: RoomFeed;
  readonly now: () => number;
  readonly unreadBytesMax?: number;
}

export function streamRoutes(app: FastifyInstance, settings: StreamSettings): void {
  const { feed, now } = settings;
  const limit = settings.unreadBytesMax ?? unreadBytesMax;
  const readers = new Set<ServerResponse>();

  const write = (reader: ServerResponse, chunk: string): void => {
    reader.write(chunk);
    if (reader.writableLength > limit) reader.destroy();
  };
  const frame = ({ id, event, data }: FeedMessage): string => `id: ${id}\nevent: ${event}\ndata: ${data}\n\n`;
  const beat = setInterval(() => {
    const age = feed.view === undefined ? null : Math.round(feed.ageMs());
    for (const reader of readers)
      write(reader, `event: beat\ndata: ${JSON.stringify({ at: now(), ageMs: age })}\n\n`);
  }, beatMs);
  const unlisten = feed.listen((message) => {
    const chunk = frame(message);
    for (const reader of readers) write(reader, chunk);
  });

  app.get(
    '/api/v1/events',
    {
      exposeHeadRoute: false,
      schema: { summary: 'The room live (text/event-stream): snapshot, change, notice, beat' },
    },
    (request, reply) => {
      if (readers.size >= streamsMax) return refuse(reply, 503, 'LK-HTTP-012');
      reply.hijack();
      const reader = reply.raw;
      reader.writeHead(200, {
        ...securityHeaders,
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
        'x-accel-buffering': 'no',
      });
      reader.on('error', () => reader.destroy());
      reader.on('close', () => readers.delete(reader));
      const lastId = request.headers['last-event-id'];
      write(reader, `retry: ${comeBackMs}\n\n`);
      for (const message of feed.since(typeof lastId === 'string' ? lastId : undefined))
        write(reader, frame(message));
      readers.add(reader);
      return reply;
    },
  );
  app.addHook('preClose', () => {
    clearInterval(beat);
    unlisten();
    for (const reader of readers) reader.destroy();
    return Promise.resolve();
  });
}
