/** What the room's decisions stand on: the state of every machine, how it begins, and what of it outlives a restart. */
import * as alarm from '../alarm/step.ts';
import { diversions } from '../alarm/diversions.ts';
import * as alternate from '../alternate-phone/step.ts';
import * as annunciator from '../annunciator/step.ts';
import { annunciatorConfig } from './annunciator-config.ts';
import * as bypass from '../bypass/index.ts';
import * as control from '../control/state.ts';
import * as escalation from '../escalation/step.ts';
import * as speech from '../speech/step.ts';
import { speechConfig } from './speech-config.ts';
import * as pair from '../pair/step.ts';
import * as relayTrend from '../relay-trend/step.ts';
import * as exercise from '../exercise/saved.ts';
import type { ExerciseConfig, ExerciseState } from '../exercise/step.ts';
import * as port from '../port/step.ts';
import * as maintenance from '../maintenance/step.ts';
import type { SavedMaintenance } from '../maintenance/step.ts';
import { initial as initialLine } from '../line/state.ts';
import { initial as initialTrigger } from '../trigger/state.ts';
import type { TriggerState } from '../trigger/state.ts';
import * as watch from '../watch/step.ts';
import * as power from '../power/step.ts';
import * as upsTest from '../ups-test/step.ts';
import * as powerCut from '../power-cut/index.ts';
import type { BusId, LineId, PointId, SubjectId } from '../../model/ids.ts';
import type { Condition } from '../../model/alarm.ts';
import type { LineState } from '../line/state.ts';
import type { LoopFault } from '../../model/event.ts';
import type { MonoMs } from '../../model/units.ts';
import { later } from '../../model/units.ts';
import type { RelayPosition } from '../../model/line.ts';
import type { LineSettings, Room, Subject } from '../../model/room.ts';
import type { SavedAlarms } from '../alarm/step.ts';
import type { Verdict } from '../../model/watch.ts';
import { text } from '../../model/text.ts';
import type { RoomConfig } from './config.ts';
import type { BypassCalls } from './bypass-calls.ts';
import { noBypassCalls } from './bypass-calls.ts';
import type { Counters, SavedCounter } from './counters.ts';
import { savedCounters } from './counters.ts';
import type { SavedSelfTest } from './self-test.ts';
import { savedSelfTest, selfTestAt } from './self-test.ts';
import type { ReadingFaults } from './reading-evidence.ts';
import type { ReadingMemory } from './readings.ts';
import type { CardSeen } from './own-conditions.ts';
import { tellMaintenance } from './machines.ts';

/** What guard.json keeps of the decisions. */
export interface SavedRoom {
  readonly bypass: bypass.SavedBypass;
  readonly alarms: SavedAlarms;
  /** Absent in a file of before there was maintenance. */
  readonly maintenance?: readonly SavedMaintenance[];
  readonly escalation?: readonly escalation.SavedEscalation[];
  /** Absent in files of before. */
  readonly power?: power.SavedPower;
  readonly powerCut?: powerCut.SavedPowerCut;
  readonly controls?: control.SavedControls;
  readonly upsTests?: upsTest.SavedUpsTests;
  /** Absent in files of before there were counters. */
  readonly counters?: Readonly<Record<PointId, SavedCounter>>;
  readonly selfTest?: SavedSelfTest;
  /** Polarity of each trunk as it was learned, tip against ring. */
  readonly polarities?: Readonly<Record<LineId, pair.Polarity>>;
  /** How long the relays took to move. */
  readonly relayTrends?: relayTrend.SavedTrends;
  readonly bypassCalls?: BypassCalls;
  readonly alternates?: alternate.SavedAlternates;
  readonly exercises?: exercise.SavedExercises;
}

export interface RoomState {
  readonly config: RoomConfig;
  readonly at: MonoMs;
  readonly lines: Readonly<Record<LineId, LineState>>;
  readonly positions: Readonly<Record<LineId, RelayPosition>>;
  readonly watch: watch.WatchState;
  readonly power: power.PowerState;
  readonly powerCut: powerCut.PowerCutState;
  readonly bypass: bypass.BypassState;
  readonly pairs: Readonly<Record<LineId, pair.PairState>>;
  readonly relayTrend: relayTrend.RelayTrendState;
  readonly bypassCalls: BypassCalls;
  readonly port: port.PortState;
  readonly exercise: ExerciseState;
  readonly alternate: alternate.AlternateState;
  readonly triggers: Readonly<Record<LineId, TriggerState>>;
  readonly alarm: alarm.AlarmState;
  readonly maintenance: maintenance.MaintenanceState;
  readonly escalation: escalation.EscalationState;
  readonly control: control.ControlState;
  readonly upsTest: upsTest.UpsTestState;
  readonly annunciator: annunciator.AnnunciatorState;
  /** Absent in a room that says nothing. */
  readonly speech: speech.SpeechState | undefined;
  /** As the shell announced it; whether the clock is to be believed is judged beside it. */
  readonly quietUntil: MonoMs | undefined;
  /** Buttons that are held down, by the moment at which that was seen first. */
  readonly heldSince: Readonly<Record<PointId, MonoMs>>;
  readonly cards: Readonly<Record<BusId, CardSeen>>;
  readonly contacts: Readonly<Record<PointId, boolean | 'unknown'>>;
  /** Wires of supervised inputs with which something was wrong when they were last heard of. */
  readonly loopFaults: Readonly<Record<PointId, { readonly fault: LoopFault; readonly isKnown: boolean }>>;
  readonly readings: Readonly<Record<PointId, ReadingMemory>>;
  readonly readingFaults: ReadingFaults;
  readonly counters: Counters;
  /** A person tried lamp and horn then; absent: never. */
  readonly selfTestAt?: MonoMs;
  /** Standing conditions that the shell found, by alarm id. */
  readonly found: Readonly<Record<string, Condition>>;
  /** The verdict that the bypass was told last. */
  readonly verdictTold: Verdict;
}

export interface AtStart {
  readonly saved: SavedRoom | 'missing' | 'unreadable' | 'first-power-on';
  /** How long ago it was saved, as far as the wall clock can tell: shelves go on running while we were away. */
  readonly awayMs: number;
}

/** The subject that names this line's phone as its own. */
function seatOf(subjects: readonly Subject[], line: LineId): { readonly seat?: SubjectId } {
  const seat = subjects.find(({ sources }) =>
    sources.some((source) => source.kind === 'seat-phone' && source.line === line),
  );
  return seat === undefined ? {} : { seat: seat.id };
}

export function initial(config: RoomConfig, { saved, awayMs }: AtStart, at: MonoMs): RoomState {
  const { room } = config;
  const positions: Record<LineId, RelayPosition> = {};
  const lines: Record<LineId, LineState> = {};
  const triggers: Record<LineId, TriggerState> = {};
  const pairs: Record<LineId, pair.PairState> = {};
  const polarities = (typeof saved === 'string' ? undefined : saved.polarities) ?? {};
  for (const { id, relay, trunk, phone, phoneOffHookMs, ...line } of room.lines) {
    positions[id] = relay === undefined ? 'normal' : 'unknown';
    lines[id] = initialLine(
      {
        id,
        runId: config.runId,
        hasRelay: relay !== undefined,
        settings: { loopOpenMs: room.bypass.loopOpenMs },
      },
      at,
    );
    const polarity = line.polarity ?? polarities[id];
    pairs[id] = pair.initial(
      {
        ...{ line: id, trunk, phone, phoneOffHookMs, ringLimitMs: room.bypass.ringLimitMs },
        measuresPhone: measuresPhone(room, relay),
        ...(polarity === undefined ? {} : { polarity }),
        ...seatOf(room.subjects, id),
      },
      at,
    );
    triggers[id] = initialTrigger({ line: id, runId: config.runId, settings: room.recorder }, at);
  }
  const testedAt = selfTestAt(typeof saved === 'string' ? undefined : saved.selfTest, later(at, -awayMs));
  const fresh: RoomState = {
    config,
    at,
    lines,
    positions,
    watch: watch.initial(
      {
        subjects: room.subjects,
        lines: room.lines,
        points: Object.values(config.inputs),
        ringLimitMs: room.bypass.ringLimitMs,
      },
      at,
    ),
    power: power.initial(
      { subjects: room.subjects, autonomyMs: room.autonomyMs },
      (typeof saved === 'string' ? undefined : saved.power) ?? {},
      later(at, -awayMs),
    ),
    powerCut: powerCut.initial(
      powerCutConfig(config),
      typeof saved === 'string' ? undefined : saved.powerCut,
      awayMs,
      at,
    ),
    bypass: bypass.initial(bypassConfig(config), typeof saved === 'string' ? saved : saved.bypass, at),
    relayTrend: relayTrend.initial(
      relayTrendConfig(room),
      typeof saved === 'string' ? undefined : saved.relayTrends,
    ),
    bypassCalls: (typeof saved === 'string' ? undefined : saved.bypassCalls) ?? noBypassCalls,
    alternate: alternate.initial(
      room.lines.flatMap(({ id, phone, alternatePhone, alternateOnFault = false }) =>
        alternatePhone === undefined ? [] : [{ id, phone, onFault: alternateOnFault }],
      ),
      typeof saved === 'string' ? undefined : saved.alternates,
    ),
    exercise: exercise.initial(
      exerciseConfig(room),
      typeof saved === 'string' ? undefined : saved.exercises,
      { now: at, savedAt: later(at, -awayMs) },
    ),
    port: port.initial({
      ringLimitMs: room.bypass.ringLimitMs,
      lines: room.lines.filter(({ relay }) => relay !== undefined),
    }),
    triggers,
    pairs,
    alarm: alarm.initial(typeof saved === 'string' ? undefined : saved.alarms, later(at, -awayMs), {
      settings: room.alarms,
      subjects: alarmSubjects(room),
      asks: diversions(room.lines),
    }),
    maintenance: maintenance.initial(
      [...room.subjects, ...room.lines, ...room.points].map(({ id }) => id),
      typeof saved === 'string' ? [] : (saved.maintenance ?? []),
      later(at, -awayMs),
    ),
    escalation: escalation.initial(
      room.escalation,
      (typeof saved === 'string' ? undefined : saved.escalation) ?? [],
      later(at, -awayMs),
    ),
    upsTest: upsTest.initial(
      room.subjects,
      typeof saved === 'string' ? undefined : saved.upsTests,
      later(at, -awayMs),
      at,
    ),
    control: control.initial(room.controls, (typeof saved === 'string' ? undefined : saved.controls) ?? {}, {
      now: at,
      savedAt: later(at, -awayMs),
    }),
    annunciator: annunciator.initial(annunciatorConfig(config), at),
    speech: room.speech === undefined ? undefined : speech.initial(speechConfig(config, room.speech)),
    quietUntil: undefined,
    heldSince: {},
    cards: Object.fromEntries(
      room.buses
        .filter(({ kind, id }) => kind === 'line-card' || config.lineOfRelay[id] !== undefined)
        .map(({ id }) => [
          id,
          { link: 'awaited', serialNumber: '', reason: text('等待线路卡', 'waiting for the card') },
        ]),
    ),
    contacts: {},
    loopFaults: {},
    readings: {},
    readingFaults: {},
    counters: typeof saved === 'string' ? {} : countersOf(config, saved),
    ...(testedAt === undefined ? {} : { selfTestAt: testedAt }),
    found: {},
    verdictTold: 'unknown',
  };
  return tellMaintenance(fresh).state;
}

const alarmSubjects = (room: RoomConfig['room']): ReadonlySet<string> =>
  new Set([
    'linekeeper',
    ...[room.subjects, room.lines, room.points, room.buses, room.controls, room.hosts].flatMap((some) =>
      some.map(({ id }) => id),
    ),
  ]);

/** What is no counter any more is forgotten. */
const countersOf = ({ counters }: RoomConfig, saved: SavedRoom): Counters =>
  Object.fromEntries(
    counters.flatMap(({ id }) => {
      const own = saved.counters?.[id];
      return own === undefined ? [] : [[id, own] as const];
    }),
  );

/** In this order lines go back: a spare one is tried first, the ones that dispatchers live on come last. */
const restoreRank: Readonly<Record<LineSettings['kind'], number>> = {
  standby: 0,
  trunk: 1,
  direct: 2,
  dispatch: 3,
};

function bypassConfig({ room }: RoomConfig): bypass.BypassConfig {
  const hostLost = room.buses.flatMap((bus) => (bus.kind === 'line-card' ? [bus.hostLostMs] : []));
  return {
    settings: room.bypass,
    values: bypass.standardValues,
    hostLostMs: Math.max(5000, ...hostLost),
    lines: [...room.lines]
      .sort((a, b) => restoreRank[a.kind] - restoreRank[b.kind])
      .flatMap(({ id, relay, phone, kind }) =>
        relay === undefined
          ? []
          : [
              {
                ...{ id, card: relay.bus, relay: relay.number, phone },
                ...(kind === 'dispatch' ? { neverCanary: true as const } : {}),
              },
            ],
      ),
    allowFromCentre: room.allowBypassFromCentre,
  };
}

const measuresPhone = ({ buses }: Room, relay: LineSettings['relay']): boolean =>
  buses.some((bus) => bus.id === relay?.bus && bus.kind === 'line-card');

const exerciseConfig = (room: Room): ExerciseConfig => ({
  ...(room.relayCare.exercise === undefined ? {} : { everyMs: room.relayCare.exercise.everyMs }),
  lines: room.lines.flatMap(({ id, phone, relay }) =>
    relay === undefined ? [] : [{ id, phone, measuresPhone: measuresPhone(room, relay) }],
  ),
});

const relayTrendConfig = ({ lines, relayCare }: Room): relayTrend.RelayTrendConfig => ({
  slowMs: relayCare.slowMs,
  cardOf: Object.fromEntries(
    lines.flatMap(({ id, relay }) => (relay === undefined ? [] : [[id, relay.bus] as const])),
  ),
});

function powerCutConfig({ room, runId, outputs }: RoomConfig): powerCut.PowerCutConfig {
  return {
    settings: room.powerCut,
    hosts: room.hosts.map(({ id, name, group }) => ({ id, name, group })),
    loads: outputs.flatMap(({ id, name, role, group }) =>
      role === 'load' && group !== undefined ? [{ point: id, name, group }] : [],
    ),
    subjects: room.subjects.map(({ id, name }) => ({ id, name })),
    hasBypass: room.lines.some(({ relay }) => relay !== undefined),
    runId,
  };
}

export function saved(state: RoomState): SavedRoom {
  const selfTest = savedSelfTest(state.selfTestAt, state.at);
  return {
    bypass: bypass.saved(state.bypass),
    alarms: alarm.saved(state.alarm, state.at),
    maintenance: maintenance.saved(state.maintenance, state.at),
    escalation: escalation.saved(state.escalation, state.at),
    power: power.saved(state.power, state.at),
    powerCut: powerCut.saved(state.powerCut),
    controls: control.saved(state.control, state.at),
    upsTests: upsTest.saved(state.upsTest, state.at),
    counters: savedCounters(state.counters),
    polarities: pair.savedPolarities(state.pairs),
    relayTrends: state.relayTrend.trends,
    bypassCalls: state.bypassCalls,
    alternates: alternate.saved(state.alternate),
    exercises: exercise.saved(state.exercise, state.at),
    ...(selfTest === undefined ? {} : { selfTest }),
  };
}
