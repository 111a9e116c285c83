/**
 * The HTTP side of the front: API, live stream and the page, on one port. Knows nothing but what it is handed, and
 * refuses before it parses.
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import swagger from '@fastify/swagger';
import files from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import { fastify } from 'fastify';
import type { ArchiveDesk } from '../archive-desk.ts';
import type { FormDesk } from '../forms/form-desk.ts';
import type { CommandDesk } from '../command-desk.ts';
import type { FrontStart } from '../../model/messages.ts';
import type { ReportCondition } from '../report.ts';
import type { RoomFeed } from '../room-feed.ts';
import { herePath } from '../local/socket-path.ts';
import { text } from '../../model/text.ts';
import { archiveRoutes } from './archive-routes.ts';
import { commandRoutes } from './command-routes.ts';
import { formRoutes } from './form-routes.ts';
import { guardGate } from './gate.ts';
import { orderRoutes } from './order-routes.ts';
import { answerError, refuse } from './problem.ts';
import { roomRoutes } from './room-routes.ts';
import { streamRoutes } from './stream.ts';

const bodyBytesMax = 16 * 1024;
const requestMsMax = 15_000;
const connectionsMax = 200;
/** Ports tried behind the wanted one, before any free one is taken. */
const portTries = 50;
const portRetryMs = 10_000;

export interface HttpSettings {
  readonly start: FrontStart;
  readonly feed: RoomFeed;
  readonly archive: ArchiveDesk;
  readonly desk: CommandDesk;
  readonly forms: FormDesk;
  /** The built page. */
  readonly panelFolder: string;
  readonly now: () => number;
  readonly mono: () => number;
}

/** Limits and error answers that the port and the local socket have in common. */
function bareApp(): FastifyInstance {
  const app = fastify({
    logger: false,
    trustProxy: false,
    bodyLimit: bodyBytesMax,
    requestTimeout: requestMsMax,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 128 },
    ajv: { customOptions: { removeAdditional: false, allErrors: false } },
  });
  app.server.maxConnections = connectionsMax;
  // Answers are plain data made by us; their schemas document them and are held by a test.
  app.setSerializerCompiler(() => (data) => JSON.stringify(data));
  app.removeContentTypeParser('text/plain');
  app.setErrorHandler(answerError);
  app.setNotFoundHandler((_request, reply) => refuse(reply, 404, 'LK-HTTP-003'));
  return app;
}

/** What the local socket serves: every read, the live stream, and orders. Its file's mode is the gate. */
export async function localApp(
  settings: Pick<HttpSettings, 'start' | 'feed' | 'archive' | 'desk' | 'now' | 'mono'>,
): Promise<FastifyInstance> {
  const { start, feed, archive, desk, now, mono } = settings;
  const app = bareApp();
  await app.register((api, _options, done) => {
    roomRoutes(api, feed, start);
    archiveRoutes(api, archive, start.dataFolder, { timezone: start.timezone, now });
    orderRoutes(api, { desk, feed, mono, now });
    streamRoutes(api, { feed, now });
    api.get(herePath, () => ({ dataFolder: start.dataFolder, room: start.room, pid: process.pid }));
    done();
  });
  return app;
}

export async function httpApp(settings: HttpSettings): Promise<FastifyInstance> {
  const { start, feed, archive, desk, forms, panelFolder, now, mono } = settings;
  const app = bareApp();
  guardGate(app, start.http.host, start);
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'linekeeper', version: start.version, description: 'docs/http.md' },
    },
  });
  await app.register((api, _options, done) => {
    roomRoutes(api, feed, start);
    archiveRoutes(api, archive, start.dataFolder, { timezone: start.timezone, now });
    commandRoutes(api, { desk, demoCode: start.demoCode, feed, mono, now });
    formRoutes(api, forms, start.name);
    streamRoutes(api, { feed, now });
    api.get('/api/v1/openapi.json', { schema: { hide: true } }, () => app.swagger());
    done();
  });
  await pageRoutes(app, panelFolder);
  return app;
}

async function pageRoutes(app: FastifyInstance, folder: string): Promise<void> {
  if (!existsSync(path.join(folder, 'index.html'))) {
    app.get('/', { schema: { hide: true } }, (_request, reply) =>
      reply
        .code(503)
        .type('text/plain; charset=utf-8')
        .send('页面尚未构建，请运行 npm run build。The page has not been built: npm run build.\n'),
    );
    return;
  }
  await app.register(files, {
    root: folder,
    wildcard: false,
    cacheControl: false,
    setHeaders(response, file) {
      const isNamedByContent = file.includes(`${path.sep}assets${path.sep}`);
      response.header('cache-control', isNamedByContent ? 'public, max-age=31536000, immutable' : 'no-cache');
    },
  });
}

export interface Listening {
  readonly url: string;
  readonly portMoved: boolean;
  /** Ends the wait for a port that is taken. */
  stopWaiting(): void;
}

/**
 * Listens on the wanted port, or on the next free one where it is not fixed. A port that cannot be had is waited for:
 * the rest of the front goes on, and a person is told.
 */
export async function listen(
  app: FastifyInstance,
  { host, port, portIsFixed }: FrontStart['http'],
  report: ReportCondition,
): Promise<Listening> {
  const urlOf = (taken: number): string => `http://${host.includes(':') ? `[${host}]` : host}:${taken}/`;
  let reason = '';
  const attempt = async (candidate: number): Promise<number | undefined> => {
    try {
      await app.listen({ host, port: candidate });
      const address = app.server.address();
      return typeof address === 'object' && address !== null ? address.port : candidate;
    } catch (error) {
      reason = error instanceof Error ? error.message : String(error);
      return undefined;
    }
  };
  const candidates = portIsFixed ? [port] : [...Array.from({ length: portTries }, (_, n) => port + n), 0];
  for (const candidate of candidates.filter((one) => one <= 65_535)) {
    const found = await attempt(candidate);
    if (found === undefined) continue;
    return { url: urlOf(found), portMoved: port !== 0 && found !== port, stopWaiting: () => undefined };
  }
  report(
    'http.port-taken',
    true,
    text(`页面端口 ${port} 不可用：${reason}`, `port ${port} of the page cannot be used: ${reason}`),
  );
  const retry = setInterval(() => {
    void attempt(port).then((found) => {
      if (found === undefined) return;
      clearInterval(retry);
      report('http.port-taken', false, text('页面端口可用', 'the port of the page is free'));
    });
  }, portRetryMs);
  return {
    url: urlOf(port),
    portMoved: false,
    stopWaiting: () => {
      clearInterval(retry);
    },
  };
}
