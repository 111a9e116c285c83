/** Readings of the room's state for people and for the shell. */
import * as alarm from '../alarm/step.ts';
import * as bypass from '../bypass/index.ts';
import * as power from '../power/step.ts';
import * as powerCut from '../power-cut/index.ts';
import * as control from '../control/state.ts';
import * as relayTrend from '../relay-trend/step.ts';
import * as escalation from '../escalation/step.ts';
import { isRecording } from '../trigger/state.ts';
import * as watch from '../watch/step.ts';
import type { AlarmView } from '../../model/alarm.ts';
import type { ControlView } from '../../model/control.ts';
import type { EscalationView } from '../../model/escalation.ts';
import type { ExerciseResults } from '../../model/exercise.ts';
import type { LineId, SubjectId } from '../../model/ids.ts';
import type { LineState } from '../line/state.ts';
import type { PowerCutView, Supply } from '../../model/power-cut.ts';
import type { RelayTrendView } from '../../model/relay.ts';
import type { SubjectView } from '../../model/watch.ts';
import type { RoomState } from './state.ts';

export const alarmViews = (state: RoomState): readonly AlarmView[] => alarm.views(state.alarm);
export const bypassView = (state: RoomState): bypass.BypassView => bypass.view(state.bypass);
export const bypassOfRoom = (state: RoomState): bypass.Explained => bypass.explainRoom(state.bypass);
export const bypassOfLines = (state: RoomState): ReadonlyMap<LineId, bypass.Explained> =>
  bypass.explainLines(state.bypass);
export const subjectViews = (state: RoomState): readonly SubjectView[] => watch.views(state.watch);
export const escalationView = (state: RoomState, id: string): EscalationView | undefined =>
  escalation.viewOf(state.escalation, id);
export const controlViews = (state: RoomState): readonly ControlView[] => control.views(state.control);
export const recordingLines = (state: RoomState): ReadonlySet<LineId> =>
  new Set(Object.entries(state.triggers).flatMap(([id, own]) => (isRecording(own) ? [id] : [])));
/** The newest exercises of a line, by level. */
export const exerciseResults = (state: RoomState, line: LineId): ExerciseResults | undefined =>
  state.exercise.results[line];
/** Absent while no move of its relay was timed. */
export const relayTrendView = (state: RoomState, line: LineId): RelayTrendView | undefined =>
  relayTrend.view(state.relayTrend, line);
/** Absent without a plan. */
export const powerCutView = (state: RoomState): PowerCutView | undefined => powerCut.view(state.powerCut);
export const supplyView = (state: RoomState): Supply => power.supply(state.power, state.at);
/** Loop voltage as judged last; 0 where no valid frame comes. */
export const lineReading = (line: LineState): number => line.reading?.dcVolts ?? 0;
/** Subjects of which a source is down: their probes ask more often. */
export const suspects = (state: RoomState): ReadonlySet<SubjectId> =>
  new Set(state.config.room.subjects.flatMap(({ id }) => (watch.suspect(state.watch, id) ? [id] : [])));
