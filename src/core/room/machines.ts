/** The machines of the room, told one event each; what one of them finds for another is passed on as a level. */
import * as alarm from '../alarm/step.ts';
import * as annunciator from '../annunciator/step.ts';
import * as bypass from '../bypass/index.ts';
import * as escalation from '../escalation/step.ts';
import * as powerCut from '../power-cut/index.ts';
import * as control from '../control/step.ts';
import * as speech from '../speech/step.ts';
import * as pair from '../pair/step.ts';
import * as relayTrend from '../relay-trend/step.ts';
import * as exercise from '../exercise/step.ts';
import * as port from '../port/step.ts';
import * as maintenance from '../maintenance/step.ts';
import type { MaintenanceEvent } from '../maintenance/step.ts';
import * as upsTest from '../ups-test/step.ts';
import * as trigger from '../trigger/step.ts';
import type { TriggerEvent } from '../trigger/state.ts';
import * as watch from '../watch/step.ts';
import type { WatchEvent } from '../watch/hear.ts';
import type { AlarmView } from '../../model/alarm.ts';
import { alarmId } from '../../model/alarm.ts';
import type { EscalatedAlarm } from '../../model/escalation.ts';
import type { LineId } from '../../model/ids.ts';
import type { MonoMs } from '../../model/units.ts';
import type { RoomEventOf } from '../../model/event.ts';
import type { RoomState } from './state.ts';
import { begun } from './bypass-calls.ts';
import { chain, each, nothing } from './composition.ts';
import type { RoomStep } from './composition.ts';

export function toWatch(state: RoomState, event: WatchEvent): RoomStep {
  const { state: next, effects } = watch.step(state.watch, event);
  return { state: next === state.watch ? state : { ...state, watch: next }, effects };
}

export function toMaintenance(state: RoomState, event: MaintenanceEvent): RoomStep {
  const { state: next, effects } = maintenance.step(state.maintenance, event);
  if (next === state.maintenance) return { state, effects };
  return chain({ state: { ...state, maintenance: next }, effects }, tellMaintenance);
}

/** The watch and the alarms are told; the bypass never is. */
export function tellMaintenance(state: RoomState): RoomStep {
  const { at } = state;
  const { subjects } = state.maintenance;
  const told = { kind: 'maintenance', subjects, at } as const;
  return chain(toWatch(state, told), (now) =>
    chain(toAlarm(now, told), (then) => annunciateAlarms(then, at)),
  );
}

export function toBypass(state: RoomState, event: bypass.BypassEvent): RoomStep {
  const wasActive = isBypassActive(state);
  const { state: next, effects } = bypass.step(state.bypass, event);
  const isActive = isBypassActive({ bypass: next });
  const bypassCalls = isActive && !wasActive ? begun(state.bypassCalls) : state.bypassCalls;
  const now = { ...state, bypass: next, bypassCalls };
  if (wasActive === isActive) return { state: now, effects };
  return chain({ state: now, effects }, (then) =>
    toWatch(then, { kind: 'bypass', active: isActive, at: then.at }),
  );
}

export const isBypassActive = ({ bypass: own }: Pick<RoomState, 'bypass'>): boolean =>
  own.room.phase.kind !== 'steady' && own.room.phase.kind !== 'confirming';

/** What the plan orders of the bypass it orders in its own name. */
export function toPowerCut(state: RoomState, event: powerCut.PowerCutEvent): RoomStep {
  const { state: next, effects, orders } = powerCut.step(state.powerCut, event);
  return each({ state: { ...state, powerCut: next }, effects }, orders, (now, order) =>
    toBypass(now, {
      kind: 'command',
      at: now.at,
      id: `${state.config.runId}-plan-${order.do}-${now.at}`,
      by: { via: 'plan', name: 'power-cut' },
      command: order,
    }),
  );
}

/** A polarity that was learned is kept over restarts. */
export function toPair(state: RoomState, line: LineId, event: pair.PairEvent): RoomStep {
  const own = state.pairs[line];
  if (own === undefined) return { state, effects: nothing };
  const next = pair.step(own, event);
  if (next === own) return { state, effects: nothing };
  return {
    state: { ...state, pairs: { ...state.pairs, [line]: next } },
    effects: next.polarity === own.polarity ? nothing : [{ kind: 'save' }],
  };
}

/** What it orders it orders in its own name, as the plan does. */
export function toExercise(state: RoomState, event: exercise.ExerciseEvent): RoomStep {
  const { state: next, orders, isNew } = exercise.step(state.exercise, event);
  const now: RoomStep = {
    state: next === state.exercise ? state : { ...state, exercise: next },
    effects: isNew ? [{ kind: 'save' }] : nothing,
  };
  return each(now, orders, (then, command) =>
    toBypassOrder(then, {
      kind: 'command',
      at: then.at,
      id: `${state.config.runId}-exercise-${command.line}-${then.at}`,
      by: { via: 'plan', name: 'exercise' },
      command,
    }),
  );
}

export const exerciseLines = ({ bypass: { lines } }: RoomState): exercise.ExerciseLine[] =>
  lines.map(({ id, step: { kind }, intent, signal }) => ({ id, step: kind, signal, intent: intent?.reason }));

/** An order that may be an exercise. */
export const toBypassOrder = (state: RoomState, event: bypass.BypassEvent): RoomStep =>
  chain(toBypass(state, event), (now) =>
    toExercise(now, { kind: 'ordered', lines: exerciseLines(now), at: now.at }),
  );

/** A port of the PBX that is found dead is the bypass's affair. */
export function toPort(state: RoomState, event: port.PortEvent): RoomStep {
  const { state: next, failed } = port.step(state.port, event);
  const now = next === state.port ? state : { ...state, port: next };
  return each(now, failed, (then, line) => toBypass(then, { kind: 'port-failed', line, at: then.at }));
}

/** Moves of relays are kept over restarts. */
export function toRelayTrend(state: RoomState, event: relayTrend.RelayTrendEvent): RoomStep {
  const next = relayTrend.step(state.relayTrend, event);
  if (next === state.relayTrend) return { state, effects: nothing };
  return {
    state: { ...state, relayTrend: next },
    effects: next.trends === state.relayTrend.trends ? nothing : [{ kind: 'save' }],
  };
}

export function toTrigger(state: RoomState, line: LineId, event: TriggerEvent): RoomStep {
  const own = state.triggers[line];
  if (own === undefined) return { state, effects: nothing };
  const { state: next, effects } = trigger.step(own, event);
  return {
    state: next === own ? state : { ...state, triggers: { ...state.triggers, [line]: next } },
    effects,
  };
}

export function toControl(state: RoomState, event: control.ControlEvent): RoomStep {
  const { state: next, effects } = control.step(state.control, event);
  return { state: next === state.control ? state : { ...state, control: next }, effects };
}

export function toUpsTest(state: RoomState, event: upsTest.UpsTestEvent): RoomStep {
  const { state: next, effects } = upsTest.step(state.upsTest, event);
  return { state: next === state.upsTest ? state : { ...state, upsTest: next }, effects };
}

export function toAlarm(state: RoomState, event: alarm.AlarmEvent): RoomStep {
  const { state: next, effects } = alarm.step(state.alarm, event);
  return { state: next === state.alarm ? state : { ...state, alarm: next }, effects };
}

export const annunciateAlarms = (state: RoomState, at: MonoMs): RoomStep =>
  annunciate(state, {
    kind: 'alarms',
    views: alarm.views(state.alarm),
    isFlood: alarm.isFlood(state.alarm),
    at,
  });

/** The alarms that sound, and the time: who is told of them beside the horn. */
export function escalate(state: RoomState, at: MonoMs): RoomStep {
  const { settings } = state.escalation;
  if (settings === undefined) return { state, effects: nothing };
  const { state: next, effects } = escalation.step(
    state.escalation,
    { kind: 'alarms', sounding: alarm.sounding(state.alarm), at },
    (id) => escalated(alarm.viewIn(state.alarm, id)),
  );
  return { state: next === state.escalation ? state : { ...state, escalation: next }, effects };
}

const escalated = (view: AlarmView | undefined): EscalatedAlarm | undefined =>
  view === undefined
    ? undefined
    : { id: view.id, severity: view.severity, what: view.what, action: view.action };

export function annunciate(state: RoomState, event: annunciator.AnnunciatorEvent): RoomStep {
  const next = annunciator.step(state.annunciator, event);
  return { state: next === state.annunciator ? state : { ...state, annunciator: next }, effects: nothing };
}

/** A clock that is not sure of the hour makes no hour quiet. */
export function quieted(state: RoomState): RoomStep {
  const isClockTrusted = ['clock.unsynchronised', 'clock.step'].every(
    (type) => state.found[alarmId({ subject: 'linekeeper', type, qualifier: '' })] === undefined,
  );
  const until = isClockTrusted ? state.quietUntil : undefined;
  return annunciate(state, { kind: 'quiet', until, at: state.at });
}

/** What is said follows from what the annunciator lets sound. */
export function toSpeech(
  state: RoomState,
  event: { readonly kind: 'turn' } | RoomEventOf<'spoken'>,
): RoomStep {
  if (state.speech === undefined) return { state, effects: nothing };
  const { at } = state;
  const { state: next, effects } = speech.step(
    state.speech,
    event.kind === 'spoken'
      ? { kind: 'spoken', id: event.id, at }
      : { kind: 'turn', views: state.annunciator.views, heard: state.annunciator.heard, at },
  );
  return { state: next === state.speech ? state : { ...state, speech: next }, effects };
}
