/** The whole room as people see it, made of the core's state. Labels get wall time here and nowhere before. */
import type {
  AlarmRow,
  BypassExplained,
  ClockMark,
  ExerciseRow,
  LineView,
  LoopLateness,
  RoomView,
  SubjectRow,
  ThreadView,
} from '../model/messages.ts';
import { alarmViews } from '../core/room/views.ts';
import {
  bypassOfLines,
  bypassOfRoom,
  bypassView,
  controlViews,
  escalationView,
  exerciseResults,
  lineReading,
  powerCutView,
  recordingLines,
  relayTrendView,
  subjectViews,
} from '../core/room/views.ts';
import { readingViews } from '../core/room/reading-views.ts';
import type { Explained } from '../core/bypass/index.ts';
import type { ExerciseResult, ExerciseResults } from '../model/exercise.ts';
import type { LineId } from '../model/ids.ts';
import type { RoomState } from '../core/room/state.ts';
import { openCallOf, signalOf } from '../core/line/state.ts';
import { outputs } from '../core/room/step.ts';
import { wallAt } from '../model/messages.ts';
import { wallMs } from '../model/units.ts';
import type { WallMs } from '../model/units.ts';

export function roomView(
  state: RoomState,
  clock: ClockMark,
  threads: readonly ThreadView[],
  loop: LoopLateness,
  isHealthy: boolean,
): RoomView {
  const { room } = state.config;
  const bypass = bypassView(state);
  const lineBypass = new Map(bypass.lines.map((line) => [line.id, line]));
  const why = bypassOfLines(state);
  const explained = ({ nextAt, ...rest }: Explained): BypassExplained => ({
    ...rest,
    ...(nextAt === undefined ? {} : { nextAt: wholeSecond(wallAt(clock, nextAt)) }),
  });
  const recording = recordingLines(state);
  const levels = outputs(state);
  const horns = state.config.outputs.filter(({ role }) => role === 'horn');
  const callOf = (id: LineId): Pick<LineView, 'call'> => {
    const own = state.lines[id];
    const call = own === undefined ? undefined : openCallOf(own);
    if (call === undefined) return {};
    const { direction, startedAt, answeredAt } = call;
    return {
      call: {
        id: call.id,
        direction,
        startedAt: wallAt(clock, startedAt),
        ...(answeredAt === undefined ? {} : { answeredAt: wallAt(clock, answeredAt) }),
      },
    };
  };
  return {
    at: clock.wall,
    room: { id: room.id, name: room.name, bypass: bypass.room, explained: explained(bypassOfRoom(state)) },
    lines: room.lines.map(({ id, trunk, phone }): LineView => {
      const own = state.lines[id];
      const relay = lineBypass.get(id);
      const because = why.get(id);
      const trend = relayTrendView(state, id);
      const exercises = exerciseResults(state, id);
      return {
        id,
        trunk,
        phone,
        signal: own === undefined ? 'unknown' : signalOf(own),
        bypass: relay?.state ?? 'none',
        ...(because === undefined || relay?.state === 'normal' ? {} : { explained: explained(because) }),
        recording: recording.has(id),
        volts: Math.round((own === undefined ? 0 : lineReading(own)) * 10) / 10,
        ...callOf(id),
        ...(relay?.liftPhone === undefined ? {} : { liftPhone: relay.liftPhone }),
        ...(trend === undefined ? {} : { relay: trend }),
        ...(exercises === undefined ? {} : { exercise: exerciseRows(exercises, clock) }),
      };
    }),
    subjects: subjectViews(state).map(({ since, maintenance, sources, ...rest }): SubjectRow => ({
      ...rest,
      since: wallAt(clock, since),
      ...(maintenance === undefined
        ? {}
        : { maintenance: { ...maintenance, until: wallAt(clock, maintenance.until) } }),
      sources: sources.map(({ at, ...source }) => ({
        ...source,
        ...(at === undefined ? {} : { at: wallAt(clock, at) }),
      })),
    })),
    alarms: alarmViews(state).map(
      ({ since, raisedAt, changedAt, clearedAt, suppressions, ...rest }): AlarmRow => ({
        ...rest,
        ...escalationOf(state, rest.id),
        suppressions: suppressions.map((one) =>
          'until' in one ? { ...one, until: wallAt(clock, one.until) } : one,
        ),
        since: wallAt(clock, since),
        raisedAt: wallAt(clock, raisedAt),
        changedAt: wallAt(clock, changedAt),
        ...(clearedAt === undefined ? {} : { clearedAt: wallAt(clock, clearedAt) }),
      }),
    ),
    readings: readingViews(state).map(({ at, ...reading }) => ({
      ...reading,
      ...(at === undefined ? {} : { at: wallAt(clock, at) }),
    })),
    controls: controlViews(state),
    threads,
    loop,
    cards: Object.entries(state.cards).map(([id, { link, serialNumber }]) => {
      const own = state.bypass.cards[id];
      return {
        id,
        link,
        serialNumber,
        coilSupply: own?.coilSupply ?? false,
        bypassKey: own?.keyKnown === true ? own.key : 'unknown',
      };
    }),
    bypassCalls: state.bypassCalls,
    horn: horns.some(({ id }) => levels.points[id] === true),
    healthy: isHealthy,
    ...powerCutOf(state, clock),
  };
}

/** So that a rounded millisecond makes no news. */
const wholeSecond = (at: WallMs): WallMs => wallMs(Math.round(at / 1000) * 1000);

function escalationOf(state: RoomState, alarm: string): Pick<AlarmRow, 'escalation'> {
  const escalation = escalationView(state, alarm);
  return escalation === undefined ? {} : { escalation };
}

function exerciseRows(
  { relay, phone }: ExerciseResults,
  clock: ClockMark,
): NonNullable<LineView['exercise']> {
  const row = (result: ExerciseResult): ExerciseRow => ({ ...result, at: wallAt(clock, result.at) });
  return {
    ...(relay === undefined ? {} : { relay: row(relay) }),
    ...(phone === undefined ? {} : { phone: row(phone) }),
  };
}

function powerCutOf(state: RoomState, clock: ClockMark): Pick<RoomView, 'powerCut'> {
  const seen = powerCutView(state);
  if (seen === undefined) return {};
  const { cutAt, phaseAt, stages, ...rest } = seen;
  return {
    powerCut: {
      ...rest,
      ...(cutAt === undefined ? {} : { cutAt: wallAt(clock, cutAt) }),
      ...(phaseAt === undefined ? {} : { phaseAt: wallAt(clock, phaseAt) }),
      stages: stages.map(({ dueAt, steps, ...stage }) => ({
        ...stage,
        ...(dueAt === undefined ? {} : { dueAt: wallAt(clock, dueAt) }),
        steps: steps.map(({ at, ...step }) => ({
          ...step,
          ...(at === undefined ? {} : { at: wallAt(clock, at) }),
        })),
      })),
    },
  };
}
