/** Calls and recordings, asked of the archive; the audio itself is read from the disk here. */
import type { Static } from '@sinclair/typebox';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { ArchiveDesk, Ask } from '../archive-desk.ts';
import type { RecordingRow } from '../../model/messages.ts';
import type { WallMs } from '../../model/units.ts';
import { wallMs } from '../../model/units.ts';
import { isoWeek } from '../../format/iso-week.ts';
import type { OffsetAt } from '../../format/smdr/civil-time.ts';
import { offsetsOf } from '../../format/smdr/civil-time.ts';
import { sendAudio } from './audio.ts';
import { refuse } from './problem.ts';
import * as schemas from './schemas.ts';

type Query = Static<typeof schemas.archiveQuery>;

const failures = { '4xx': schemas.problem, '5xx': schemas.problem };

/** UTC ms, or ISO 8601; `undefined` when it is neither. */
function momentOf(word: string): WallMs | undefined {
  const ms = /^\d{1,15}$/.test(word) ? Number(word) : Date.parse(word);
  return Number.isNaN(ms) ? undefined : wallMs(ms);
}

function searchOf(kind: 'recordings' | 'calls', query: Query): Ask | undefined {
  const { line, number, limit, after } = query;
  const from = query.from === undefined ? undefined : momentOf(query.from);
  const to = query.to === undefined ? undefined : momentOf(query.to);
  if ((query.from !== undefined && from === undefined) || (query.to !== undefined && to === undefined))
    return undefined;
  return {
    kind,
    limit,
    ...(line === undefined ? {} : { line }),
    ...(number === undefined ? {} : { number }),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    ...(after === undefined ? {} : { after }),
  };
}

/** A row as the outside sees it: where the file lies on our disk is nobody's business. */
function shown(row: RecordingRow): object {
  return { ...row, path: undefined, audio: `/api/v1/recordings/${row.id}/audio` };
}

const weekMs = 7 * 86_400_000;
const spanMsMax = 366 * 86_400_000;

/** The week that is asked for, the span, or the last seven days. */
function spanOf(
  query: Static<typeof schemas.reportQuery>,
  offsetAt: OffsetAt,
  now: number,
): { readonly from: WallMs; readonly to: WallMs } | undefined {
  const to = query.to === undefined ? wallMs(now) : momentOf(query.to);
  const from = query.from === undefined ? wallMs((to ?? now) - weekMs) : momentOf(query.from);
  const week = query.week === undefined ? undefined : isoWeek(query.week, offsetAt);
  if (query.week !== undefined)
    return week === undefined ? undefined : { from: wallMs(week.from), to: wallMs(week.to) };
  if (from === undefined || to === undefined || to <= from || to - from > spanMsMax) return undefined;
  return { from, to };
}

interface RoomClock {
  readonly timezone: string;
  readonly now: () => number;
}

export function archiveRoutes(
  app: FastifyInstance,
  archive: ArchiveDesk,
  dataFolder: string,
  room: RoomClock,
): void {
  async function search(
    reply: FastifyReply,
    kind: 'recordings' | 'calls',
    query: Query,
  ): Promise<FastifyReply> {
    const question = searchOf(kind, query);
    if (question === undefined) return refuse(reply, 400, 'LK-HTTP-004', 'from, to: UTC ms or ISO 8601');
    const answer = await archive.ask(question);
    switch (answer?.kind) {
      case 'recordings':
        return reply.send({ items: answer.items.map(shown), next: answer.next });
      case 'calls':
        return reply.send({ items: answer.items, next: answer.next });
      case 'error':
        return refuse(reply, 503, 'LK-HTTP-009', answer.reason.en);
      case 'recording':
      case 'records':
      case 'alarm-report':
      case undefined:
        return refuse(reply, 503, 'LK-HTTP-009');
    }
  }

  /** Answers itself when there is no such recording. */
  async function rowOf(reply: FastifyReply, id: string): Promise<RecordingRow | undefined> {
    const answer = await archive.ask({ kind: 'recording', id });
    if (answer?.kind === 'recording' && answer.item !== null) return answer.item;
    if (answer?.kind === 'recording') refuse(reply, 404, 'LK-HTTP-003');
    else refuse(reply, 503, 'LK-HTTP-009', answer?.kind === 'error' ? answer.reason.en : undefined);
    return undefined;
  }

  app.get<{ Querystring: Query }>(
    '/api/v1/calls',
    {
      schema: {
        summary: 'Calls, newest first',
        querystring: schemas.archiveQuery,
        response: { 200: schemas.calls, ...failures },
      },
    },
    (request, reply) => search(reply, 'calls', request.query),
  );
  app.get<{ Querystring: Static<typeof schemas.since> }>(
    '/api/v1/records',
    {
      schema: {
        summary: 'What became of the call records of the PBX since then',
        querystring: schemas.since,
        response: { 200: schemas.recordCounts, ...failures },
      },
    },
    async (request, reply) => {
      const answer = await archive.ask({ kind: 'records', from: wallMs(request.query.from) });
      if (answer?.kind === 'records') return reply.send(answer.counts);
      return refuse(reply, 503, 'LK-HTTP-009', answer?.kind === 'error' ? answer.reason.en : undefined);
    },
  );
  app.get<{ Querystring: Static<typeof schemas.reportQuery> }>(
    '/api/v1/alarms/report',
    {
      schema: {
        summary: 'How well the alarms served: EEMUA 191 and ISA-18.2 figures of a week',
        querystring: schemas.reportQuery,
        response: { 200: schemas.alarmReport, ...failures },
      },
    },
    async (request, reply) => {
      const span = spanOf(request.query, offsetsOf(room.timezone), room.now());
      if (span === undefined)
        return refuse(
          reply,
          400,
          'LK-HTTP-004',
          'week: 2026-W47; from, to: UTC ms or ISO 8601, a year at most',
        );
      const answer = await archive.ask({ kind: 'alarm-report', ...span });
      if (answer?.kind === 'alarm-report') return reply.send(answer.report);
      return refuse(reply, 503, 'LK-HTTP-009', answer?.kind === 'error' ? answer.reason.en : undefined);
    },
  );
  app.get<{ Querystring: Query }>(
    '/api/v1/recordings',
    {
      schema: {
        summary: 'Recordings, newest first',
        querystring: schemas.archiveQuery,
        response: { 200: schemas.recordings, ...failures },
      },
    },
    (request, reply) => search(reply, 'recordings', request.query),
  );
  app.get<{ Params: { id: string } }>(
    '/api/v1/recordings/:id',
    {
      schema: {
        summary: 'One recording',
        params: schemas.byId,
        response: { 200: schemas.recording, ...failures },
      },
    },
    async (request, reply) => {
      const row = await rowOf(reply, request.params.id);
      return row === undefined ? reply : reply.send(shown(row));
    },
  );
  app.get<{ Params: { id: string } }>(
    '/api/v1/recordings/:id/audio',
    {
      schema: {
        summary: 'The sealed audio (Ogg Opus); ranges are served',
        params: schemas.byId,
        produces: ['audio/ogg'],
        response: failures,
      },
    },
    async (request, reply) => {
      const row = await rowOf(reply, request.params.id);
      return row === undefined ? reply : sendAudio(request, reply, dataFolder, row);
    },
  );
}
