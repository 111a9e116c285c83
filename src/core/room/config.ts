/** What each machine of the core needs of the room, worked out once at start. */
import type { BusId, LineId, PointId } from '../../model/ids.ts';
import type {
  CounterPoint,
  InputPoint,
  LineSettings,
  MeasuredPoint,
  OutputPoint,
  ReadingSource,
  Room,
} from '../../model/room.ts';
import { isCounter, isMeasured } from '../../model/room.ts';

export interface RoomConfig {
  readonly room: Room;
  /** Drawn at every start: identifiers of calls and recordings begin with it. */
  readonly runId: string;
  /** Index: line by card and channel, and by card and relay. */
  readonly lineOfRelay: Readonly<Record<BusId, Readonly<Record<number, LineId>>>>;
  readonly linesOfCard: Readonly<Record<BusId, readonly LineId[]>>;
  readonly lines: Readonly<Record<LineId, LineSettings>>;
  readonly inputs: Readonly<Record<PointId, InputPoint>>;
  readonly outputs: readonly OutputPoint[];
  readonly measured: readonly MeasuredPoint[];
  readonly counters: readonly CounterPoint[];
  /** Subjects' evidence that is a measured value, by its point. */
  readonly readingSources: Readonly<Record<PointId, readonly ReadingSource[]>>;
  /** Inputs that speak for a subject or show a control: their alarm is the subject's or the control's. */
  readonly evidencePoints: readonly PointId[];
}

export function roomConfig(room: Room, runId: string): RoomConfig {
  const lineOfRelay: Record<BusId, Record<number, LineId>> = {};
  const linesOfCard: Record<BusId, LineId[]> = {};
  for (const { id, channel, relay } of room.lines) {
    (linesOfCard[channel.bus] ??= []).push(id);
    if (relay !== undefined) (lineOfRelay[relay.bus] ??= {})[relay.number] = id;
  }
  return {
    room,
    runId,
    lineOfRelay,
    linesOfCard,
    lines: Object.fromEntries(room.lines.map((line) => [line.id, line])),
    inputs: Object.fromEntries(
      room.points.flatMap((point) => (point.kind === 'input' ? [[point.id, point]] : [])),
    ),
    measured: room.points.filter(isMeasured),
    counters: room.points.filter(isCounter),
    readingSources: readingSources(room),
    outputs: room.points.filter((point): point is OutputPoint => point.kind === 'output'),
    evidencePoints: [
      ...room.subjects.flatMap(({ sources }) =>
        sources.flatMap((source) => (source.kind === 'point' ? [source.point] : [])),
      ),
      ...room.controls.flatMap((control) =>
        control.kind === 'relay' && control.readBack !== undefined ? [control.readBack.point] : [],
      ),
    ],
  };
}

function readingSources({ subjects }: Room): Record<PointId, ReadingSource[]> {
  const byPoint: Record<PointId, ReadingSource[]> = {};
  for (const source of subjects.flatMap(({ sources }) => sources))
    if (source.kind === 'reading') (byPoint[source.point] ??= []).push(source);
  return byPoint;
}
