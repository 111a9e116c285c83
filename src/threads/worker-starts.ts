/** What each worker is given at its start, out of the room file and of how the process was called. */
import type { LineId } from '../model/ids.ts';
import type { Room } from '../model/room.ts';
import type { RecorderStart } from '../model/messages.ts';
import type { WorkerStarts } from './workers.ts';

export interface WorkerStartOptions {
  readonly room: Room;
  readonly version: string;
  readonly httpPortIsFixed: boolean;
  readonly openReads: boolean;
  readonly readToken: string;
  readonly demoCode?: string;
  /** Where the local socket lies. */
  readonly runtimeFolder: string;
}

export function workerStarts(
  { room, version, httpPortIsFixed, openReads, readToken, demoCode, runtimeFolder }: WorkerStartOptions,
  audioRings: ReadonlyMap<LineId, SharedArrayBuffer>,
  clock: RecorderStart['clock'],
): WorkerStarts {
  const { dataFolder } = room;
  const rings = [...audioRings].map(([line, buffer]) => ({ line, buffer }));
  return {
    recorder: { dataFolder, room: room.id, settings: room.recorder, rings, clock },
    archive: { dataFolder, room: room.id },
    front: {
      dataFolder,
      room: room.id,
      name: room.name,
      language: room.language,
      timezone: room.timezone,
      http: { ...room.http, portIsFixed: httpPortIsFixed },
      openReads,
      readToken,
      localSocket: {
        folder: runtimeFolder,
        ...(room.socketGroup === undefined ? {} : { group: room.socketGroup }),
      },
      manualForms: room.manualForms,
      version,
      ...(room.mqtt === undefined ? {} : { mqtt: room.mqtt }),
      heartbeatTopics: heartbeatTopics(room),
      ...(demoCode === undefined ? {} : { demoCode }),
    },
    probes: {
      dataFolder,
      sources: room.subjects.flatMap(({ id: subject, sources }) =>
        sources.map((source) => ({ subject, source })),
      ),
      room: room.id,
      version,
      hosts: room.hosts,
      ...(room.speech === undefined ? {} : { speech: room.speech }),
      ...(room.nutServer === undefined ? {} : { nutServer: room.nutServer }),
      ...(room.heartbeats === undefined ? {} : { heartbeats: room.heartbeats }),
      sensors: room.points.filter((point) => point.kind === 'sensor'),
    },
    frontKeeps: room.mqtt !== undefined,
  };
}

const heartbeatTopics = ({ subjects }: Room): readonly string[] => [
  ...new Set(
    subjects.flatMap(({ sources }) =>
      sources.flatMap((source) => (source.kind === 'heartbeat' ? (source.topic ?? []) : [])),
    ),
  ),
];
