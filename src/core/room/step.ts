/**
 * The room: every machine of the core, wired. An event goes to the machines that it concerns; what one of them finds goes to
 * the next as a level. At the end of each turn the verdict, the bypass, the recordings, the alarms and the annunciator are
 * judged, in this order, so that one turn carries a fault from the wire to the relay.
 *
 * It decides nothing by itself, knows no clock but `event.at`, and is replayed exactly from its journal.
 */
import * as alarm from '../alarm/step.ts';
import * as alternate from '../alternate-phone/step.ts';
import * as annunciator from '../annunciator/step.ts';
import * as bypass from '../bypass/index.ts';
import { conditions as controlConditions } from '../control/conditions.ts';
import * as control from '../control/state.ts';
import { conditions as exerciseConditions } from '../exercise/conditions.ts';
import * as line from '../line/step.ts';
import * as pair from '../pair/step.ts';
import { phoneSays } from '../pair/seat.ts';
import * as power from '../power/step.ts';
import * as powerCut from '../power-cut/index.ts';
import * as relayTrend from '../relay-trend/step.ts';
import { conditions as upsTestConditions } from '../ups-test/step.ts';
import * as watch from '../watch/step.ts';
import { conditions as triggerConditions } from '../trigger/state.ts';
import { signalOf, sinceOf } from '../line/state.ts';
import { alarmId } from '../../model/alarm.ts';
import type { Condition } from '../../model/alarm.ts';
import type { LineId, PointId } from '../../model/ids.ts';
import type { MonoMs } from '../../model/units.ts';
import type { Outputs } from '../../model/effect.ts';
import type { RoomEvent } from '../../model/event.ts';
import { counterConditions } from './counters.ts';
import type { Announced } from './expected.ts';
import { withExpected } from './expected.ts';
import { readingConditions } from './readings.ts';
import { selfTestConditions } from './self-test.ts';
import {
  buttonConditions,
  cardConditions,
  lineConditions,
  loopConditions,
  pointConditions,
} from './own-conditions.ts';
import type { RoomState } from './state.ts';
import { chain, each, nothing } from './composition.ts';
import type { RoomStep } from './composition.ts';
import { command, upsTestTurn } from './commands.ts';
import { lineEvent } from './line-events.ts';
import {
  cardEvent,
  contactEvent,
  evidenceEvent,
  isBusLost,
  readingEvent,
  relaysEvent,
  withFound,
} from './field-events.ts';
import {
  annunciate,
  annunciateAlarms,
  escalate,
  exerciseLines,
  toAlarm,
  toBypass,
  toControl,
  toExercise,
  toMaintenance,
  toPair,
  toPort,
  toPowerCut,
  toSpeech,
  quieted,
  toTrigger,
  toUpsTest,
  toWatch,
} from './machines.ts';

/** The bypass may need a few looks until it is at rest; more in one turn would be a loop. */
const bypassTurnsMax = 4;

export function step(before: RoomState, event: RoomEvent): RoomStep {
  // Drivers date events back to the sample: for the room, time never runs backwards.
  const at = event.at > before.at ? event.at : before.at;
  const state: RoomState = at === before.at ? before : { ...before, at };
  switch (event.kind) {
    case 'turn':
      return turn(state, at);
    case 'loop': {
      const { dcVolts } = event;
      return chain(lineEvent(state, event.line, event), (now) =>
        toPair(now, event.line, { kind: 'loop', dcVolts, at }),
      );
    }
    case 'frames':
      return each(state, state.config.linesOfCard[event.card] ?? [], (now, id) =>
        lineEvent(now, id, { ...event, kind: 'frames' }),
      );
    case 'card':
      return cardEvent(state, event);
    case 'relays':
      return relaysEvent(state, event);
    case 'contact':
      return contactEvent(state, event);
    case 'reading':
      return readingEvent(state, event);
    case 'evidence':
      return evidenceEvent(state, event);
    case 'call-record':
      return toWatch(state, event);
    case 'speech':
      return chain(
        chain(toBypass(state, event), (now) => toTrigger(now, event.line, { kind: 'speech', at })),
        (now) => toPair(now, event.line, { kind: 'speech', at }),
      );
    case 'recording':
      return toTrigger(state, event.line, event);
    case 'condition':
      return quieted({ ...state, found: withFound(state.found, event) });
    case 'command':
      return command(state, event);
    case 'ups-test-hour':
    case 'ups-test-sent':
      return toUpsTest(state, { ...event, at });
    case 'control-sent':
      return toControl(state, { ...event, at });
    case 'maintenance':
      return toMaintenance(state, event);
    case 'spoken':
      return toSpeech(state, event);
    case 'quiet':
      return quieted({ ...state, quietUntil: event.until });
    case 'exercise-hours':
      return toExercise(state, { ...event, kind: 'hours' });
    case 'host':
    case 'manual-forms':
      return toPowerCut(state, event);
    case 'clock':
      return { state, effects: nothing };
    case 'ending':
      return toBypass(state, event);
    default:
      return event satisfies never;
  }
}

function turn(before: RoomState, at: MonoMs): RoomStep {
  const event = { kind: 'turn', at } as const;
  let now = each(before, Object.keys(before.lines), (state, id) => lineEvent(state, id, event));
  now = chain(now, (state) => toMaintenance(state, event));
  now = chain(now, (state) => toControl(state, event));
  now = chain(now, (state) => upsTestTurn(state, event));
  now = chain(now, (state) => toWatch(state, event));
  now = chain(now, tellVerdict);
  if (before.powerCut.plan.length > 0)
    now = chain(now, (state) => toPowerCut(state, { ...event, levels: powerLevels(state) }));
  now = chain(now, (state) => toPort(state, event));
  now = chain(now, (state) => toBypass(state, event));
  for (let more = 1; more < bypassTurnsMax && now.state.bypass.restless; more++)
    now = chain(now, (state) => toBypass(state, event));
  now = chain(now, exercised);
  now = each(now, Object.keys(before.pairs), (state, id) => toPair(state, id, event));
  now = each(now, Object.values(now.state.pairs), tellSeat);
  now = chain(now, alternated);
  now = each(now, Object.keys(before.triggers), (state, id) => toTrigger(state, id, event));
  now = chain(now, (state) => judgeAlarms(state, at));
  now = chain(now, (state) => annunciate(state, { kind: 'turn', at }));
  return chain(now, (state) => toSpeech(state, event));
}

/** What the phone of a seat shows is evidence of that seat. */
function tellSeat(state: RoomState, own: pair.PairState): RoomStep {
  const { seat, line: id } = own.config;
  if (seat === undefined) return { state, effects: nothing };
  const { at } = state;
  const word = phoneSays(own, isRecorderHeard(state), at);
  return toWatch(state, { kind: 'seat-phone', line: id, at, ...word });
}

/** The seat phone that was found faulty, and the call that must not be cut. */
function alternated(state: RoomState): RoomStep {
  const ids = Object.keys(state.alternate);
  if (ids.length === 0) return { state, effects: nothing };
  const levels = ids.map((id) => {
    const own = state.pairs[id];
    const faults = own === undefined ? [] : pair.conditions(own, isRecorderHeard(state), state.at);
    return {
      id,
      isInCall: own?.position === 'bypass' && own.signal === 'off-hook',
      isFaulty: faults.some(
        ({ key }) => key.type === 'terminal.phone-no-current' || key.type === 'terminal.phone-unanswered',
      ),
    };
  });
  const { state: next, isNew } = alternate.judged(state.alternate, levels);
  return {
    state: next === state.alternate ? state : { ...state, alternate: next },
    effects: isNew ? [{ kind: 'save' }] : nothing,
  };
}

function exercised(state: RoomState): RoomStep {
  const { bypass: own, relayTrend: trends, at } = state;
  return toExercise(state, {
    kind: 'turn',
    at,
    isRoomSteady: own.room.phase.kind === 'steady',
    lines: exerciseLines(state),
    mayExercise: (id) => {
      const line = own.lines.find((one) => one.id === id);
      return line !== undefined && bypass.mayExercise(own, line, at);
    },
    hasReachedPhone: (id) => (trends.trends[id]?.release.moves ?? 0) > 0,
  });
}

function powerLevels(state: RoomState): powerCut.Levels {
  const { room } = state.bypass;
  const isChecking = state.powerCut.cut?.phase.kind === 'checking';
  return {
    supply: power.supply(state.power, state.at),
    verdicts: isChecking
      ? Object.fromEntries(watch.views(state.watch).map(({ id, verdict }) => [id, verdict]))
      : {},
    bypass: {
      room: room.phase.kind,
      reason: room.reason,
      isRestoreOrdered: room.phase.kind === 'restoring' && room.phase.ordered,
      isKeyTurned: bypass.isRoomKeyTurned(state.bypass),
    },
  };
}

function tellVerdict(state: RoomState): RoomStep {
  const pbx = state.config.room.subjects.find(({ kind }) => kind === 'pbx');
  const verdict = pbx === undefined ? 'unknown' : watch.verdictOf(state.watch, pbx.id);
  if (verdict === state.verdictTold) return { state, effects: nothing };
  return toBypass({ ...state, verdictTold: verdict }, { kind: 'verdict', verdict, at: state.at });
}

function judgeAlarms(state: RoomState, at: MonoMs): RoomStep {
  const standing: readonly Condition[] = [
    ...bypass.conditions(state.bypass, at),
    ...watch.conditions(state.watch),
    ...power.conditions(state.power, at),
    ...powerCut.conditions(state.powerCut, at),
    ...controlConditions(state.control, at),
    ...upsTestConditions(state.upsTest, at),
    ...Object.values(state.triggers).flatMap(triggerConditions),
    ...cardConditions(state.cards),
    ...lineConditions(state.config, linesSeen(state), at),
    ...Object.values(state.pairs).flatMap((own) => pair.conditions(own, isRecorderHeard(state), at)),
    ...relayTrend.conditions(state.relayTrend),
    ...exerciseConditions(state.exercise, at),
    ...alternate.conditions(state.alternate),
    ...pointConditions(state.config, state.contacts),
    ...buttonConditions(state.config, state.heldSince, at),
    ...loopConditions(state.config, state.loopFaults),
    ...readingConditions(state.config.measured, state.readings, (bus) => isBusLost(state, bus), at),
    ...counterConditions(state.config.counters, state.counters, at),
    ...selfTestConditions(state.config.room.selfTestEveryMs, state.selfTestAt, at),
    ...Object.values(state.found),
  ];
  const known = withExpected(standing, announced(state));
  const judged = chain(toAlarm(state, { kind: 'conditions', standing: known, at }), (now) =>
    toAlarm(now, { kind: 'turn', at }),
  );
  const told = chain(judged, (now) => escalate(now, at));
  return chain(told, (now) => annunciateAlarms(now, at));
}

const announced = ({ upsTest, bypass: { lines } }: RoomState): Announced => ({
  upsTest: upsTest.running?.isTaken === true ? upsTest.running.subject : undefined,
  exercised: new Set(lines.flatMap(({ id, step: now }) => (now.kind === 'exercising' ? [id] : []))),
});

/** A recorder that is away hears nobody speak. */
const isRecorderHeard = ({ found }: RoomState): boolean =>
  found[alarmId({ subject: 'linekeeper', type: 'thread.dead', qualifier: 'recorder' })] === undefined;

const linesSeen = (
  state: RoomState,
): Record<LineId, { signal: ReturnType<typeof signalOf>; since: MonoMs }> =>
  Object.fromEntries(
    Object.entries(state.lines).map(([id, own]) => [id, { signal: signalOf(own), since: sinceOf(own) }]),
  );

/** `healthy` is not decided here: only the health gate knows whether this guard is fit. */
export function outputs(state: RoomState): Outputs {
  const { horn, newAlarm, anyAlarm, lamps } = annunciator.outputs(state.annunciator);
  const points: Record<PointId, boolean> = { ...powerCut.outputs(state.powerCut), ...lamps };
  for (const { id, role } of state.config.outputs) {
    if (role === 'horn') points[id] = horn;
    if (role === 'new-alarm') points[id] = newAlarm;
    if (role === 'any-alarm') points[id] = anyAlarm;
  }
  const levels = { ...points, ...control.outputs(state.control), ...alternate.outputs(state.alternate) };
  return { coils: bypass.outputs(state.bypass), points: levels };
}

/** Names of what must never be and is. */
export function check(state: RoomState, at: MonoMs): readonly string[] {
  const broken = [
    ...bypass.check(state.bypass, at),
    ...watch.check(state.watch),
    ...control.check(state.control),
    ...alarm.check(state.alarm),
    ...powerCut.check(state.powerCut),
  ];
  return Object.values(state.lines).reduce<readonly string[]>((all, own) => {
    const found = line.check(own);
    return found.length === 0 ? all : [...all, ...found];
  }, broken);
}
