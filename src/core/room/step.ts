/**
 * The room: every machine of the core, wired. An event goes to the machines that it concerns; what one of them finds goes to
 * the next as a level. At the end of each turn the verdict, the bypass, the recordings, the alarms and the annunciator are
 * judged, in this order, so that one turn carries a fault from the wire to the relay.
 *
 * It decides nothing by itself, knows no clock but `event.at`, and is replayed exactly from its journal.
 */
import * as alarm from '../alarm/step.ts';
import * as annunciator from '../annunciator/step.ts';
import * as bypass from '../bypass/index.ts';
import * as line from '../line/step.ts';
import * as maintenance from '../maintenance/step.ts';
import type { MaintenanceEvent, SavedMaintenance } from '../maintenance/step.ts';
import { initial as initialLine, isRingOn, openCallOf, signalOf, sinceOf } from '../line/state.ts';
import * as trigger from '../trigger/step.ts';
import { conditions as triggerConditions, initial as initialTrigger } from '../trigger/state.ts';
import type { TriggerEvent, TriggerState } from '../trigger/state.ts';
import * as watch from '../watch/step.ts';
import type { WatchEvent } from '../watch/hear.ts';
import * as power from '../power/step.ts';
import type { Actor, Command, RoomEvent, RoomEventOf } from '../../model/event.ts';
import type { BusId, LineId, PointId } from '../../model/ids.ts';
import type { Condition } from '../../model/alarm.ts';
import { alarmId } from '../../model/alarm.ts';
import type { Effect, Outputs } from '../../model/effect.ts';
import type { LineEvent, LineState } from '../line/state.ts';
import type { MonoMs } from '../../model/units.ts';
import { later } from '../../model/units.ts';
import type { RelayPosition } from '../../model/line.ts';
import type { SavedAlarms } from '../alarm/step.ts';
import type { Verdict } from '../../model/watch.ts';
import { text } from '../../model/text.ts';
import type { RoomConfig } from './config.ts';
import { readingConditions, readingHeard } from './readings.ts';
import type { ReadingMemory } from './readings.ts';
import { cardConditions, lineConditions, pointConditions } from './own-conditions.ts';
import type { CardSeen } from './own-conditions.ts';

/** What guard.json keeps of the decisions. */
export interface SavedRoom {
  readonly bypass: bypass.SavedBypass;
  readonly alarms: SavedAlarms;
  /** Absent in a file of before there was maintenance. */
  readonly maintenance?: readonly SavedMaintenance[];
  /** Absent in files of before. */
  readonly power?: power.SavedPower;
}

export interface RoomState {
  readonly config: RoomConfig;
  readonly at: MonoMs;
  readonly lines: Readonly<Record<LineId, LineState>>;
  readonly positions: Readonly<Record<LineId, RelayPosition>>;
  readonly watch: watch.WatchState;
  readonly power: power.PowerState;
  readonly bypass: bypass.BypassState;
  readonly triggers: Readonly<Record<LineId, TriggerState>>;
  readonly alarm: alarm.AlarmState;
  readonly maintenance: maintenance.MaintenanceState;
  readonly annunciator: annunciator.AnnunciatorState;
  readonly cards: Readonly<Record<BusId, CardSeen>>;
  readonly contacts: Readonly<Record<PointId, boolean | 'unknown'>>;
  readonly readings: Readonly<Record<PointId, ReadingMemory>>;
  /** Standing conditions that the shell found, by alarm id. */
  readonly found: Readonly<Record<string, Condition>>;
  /** The verdict that the bypass was told last. */
  readonly verdictTold: Verdict;
}

export interface RoomStep {
  readonly state: RoomState;
  readonly effects: readonly Effect[];
}

const nothing: readonly Effect[] = [];
/** The bypass may need a few looks until it is at rest; more in one turn would be a loop. */
const bypassTurnsMax = 4;

export interface AtStart {
  readonly saved: SavedRoom | 'missing' | 'unreadable' | 'first-power-on';
  /** How long ago it was saved, as far as the wall clock can tell: shelves go on running while we were away. */
  readonly awayMs: number;
}

export function initial(config: RoomConfig, { saved, awayMs }: AtStart, at: MonoMs): RoomState {
  const { room } = config;
  const positions: Record<LineId, RelayPosition> = {};
  const lines: Record<LineId, LineState> = {};
  const triggers: Record<LineId, TriggerState> = {};
  for (const { id, relay } of room.lines) {
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
    triggers[id] = initialTrigger({ line: id, runId: config.runId, settings: room.recorder }, at);
  }
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
    bypass: bypass.initial(bypassConfig(config), typeof saved === 'string' ? saved : saved.bypass, at),
    triggers,
    alarm: alarm.initial(typeof saved === 'string' ? undefined : saved.alarms, later(at, -awayMs)),
    maintenance: maintenance.initial(
      [...room.subjects, ...room.lines, ...room.points].map(({ id }) => id),
      typeof saved === 'string' ? [] : (saved.maintenance ?? []),
      later(at, -awayMs),
    ),
    annunciator: annunciator.initial(at),
    cards: Object.fromEntries(
      room.buses
        .filter(({ kind, id }) => kind === 'line-card' || config.lineOfRelay[id] !== undefined)
        .map(({ id }) => [
          id,
          { link: 'awaited', serialNumber: '', reason: text('等待线路卡', 'waiting for the card') },
        ]),
    ),
    contacts: {},
    readings: {},
    found: {},
    verdictTold: 'unknown',
  };
  return chain({ state: fresh, effects: nothing }, tellMaintenance).state;
}

function bypassConfig({ room }: RoomConfig): bypass.BypassConfig {
  const hostLost = room.buses.flatMap((bus) => (bus.kind === 'line-card' ? [bus.hostLostMs] : []));
  return {
    settings: room.bypass,
    values: bypass.standardValues,
    hostLostMs: Math.max(5000, ...hostLost),
    lines: room.lines.flatMap(({ id, relay, phone }) =>
      relay === undefined ? [] : [{ id, card: relay.bus, relay: relay.number, phone }],
    ),
    allowFromCentre: room.allowBypassFromCentre,
  };
}

export const saved = (state: RoomState): SavedRoom => ({
  bypass: bypass.saved(state.bypass),
  alarms: alarm.saved(state.alarm, state.at),
  maintenance: maintenance.saved(state.maintenance, state.at),
  power: power.saved(state.power, state.at),
});

export function step(before: RoomState, event: RoomEvent): RoomStep {
  // Drivers date events back to the sample: for the room, time never runs backwards.
  const at = event.at > before.at ? event.at : before.at;
  const state: RoomState = at === before.at ? before : { ...before, at };
  switch (event.kind) {
    case 'turn':
      return turn(state, at);
    case 'loop':
      return lineEvent(state, event.line, event);
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
      return { state: withReading(state, event), effects: nothing };
    case 'evidence':
      return evidenceEvent(state, event);
    case 'call-record':
      return toWatch(state, event);
    case 'speech':
      return chain(toBypass(state, event), (now) => toTrigger(now, event.line, { kind: 'speech', at }));
    case 'recording':
      return toTrigger(state, event.line, event);
    case 'condition':
      return { state: { ...state, found: withFound(state.found, event) }, effects: nothing };
    case 'command':
      return command(state, event);
    case 'maintenance':
      return toMaintenance(state, event);
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
  now = chain(now, (state) => toWatch(state, event));
  now = chain(now, tellVerdict);
  now = chain(now, (state) => toBypass(state, event));
  for (let more = 1; more < bypassTurnsMax && now.state.bypass.restless; more++)
    now = chain(now, (state) => toBypass(state, event));
  now = each(now, Object.keys(before.triggers), (state, id) => toTrigger(state, id, event));
  now = chain(now, (state) => judgeAlarms(state, at));
  return chain(now, (state) => annunciate(state, { kind: 'turn', at }));
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
    ...Object.values(state.triggers).flatMap(triggerConditions),
    ...cardConditions(state.cards),
    ...lineConditions(state.config, linesSeen(state), at),
    ...pointConditions(state.config, state.contacts),
    ...readingConditions(state.config.registers, state.readings, (bus) => isBusLost(state, bus), at),
    ...Object.values(state.found),
  ];
  const judged = chain(toAlarm(state, { kind: 'conditions', standing, at }), (now) =>
    toAlarm(now, { kind: 'turn', at }),
  );
  return chain(judged, (now) => annunciate(now, { kind: 'alarms', counts: alarm.counts(now.alarm), at }));
}

const linesSeen = (
  state: RoomState,
): Record<LineId, { signal: ReturnType<typeof signalOf>; since: MonoMs }> =>
  Object.fromEntries(
    Object.entries(state.lines).map(([id, own]) => [id, { signal: signalOf(own), since: sinceOf(own) }]),
  );

// ---- one line ----------------------------------------------------------------------------------------------------

function lineEvent(state: RoomState, id: LineId, event: LineEvent): RoomStep {
  const before = state.lines[id];
  if (before === undefined) return { state, effects: nothing };
  const { state: after, effects } = line.step(before, event);
  if (after === before) return { state, effects: nothing };
  let now: RoomStep = { state: { ...state, lines: { ...state.lines, [id]: after } }, effects: nothing };
  for (const effect of effects) {
    if (effect.kind === 'signal') {
      const { kind, at, line: of, signal } = effect;
      now = { ...now, effects: [...now.effects, { kind: 'notice', notice: { kind, at, line: of, signal } }] };
      now = chain(now, (then) => toTrigger(then, id, effect));
    } else {
      const { kind, at, phase, call } = effect;
      now = { ...now, effects: [...now.effects, { kind: 'notice', notice: { kind, at, phase, call } }] };
      now = chain(now, (then) => toTrigger(then, id, effect));
      if (phase === 'ended')
        now = chain(now, (then) => toWatch(then, { kind: 'call-ended', call, at: then.at }));
    }
  }
  return levelsDiffer(before, after) ? chain(now, (then) => tellLine(then, id)) : now;
}

function levelsDiffer(before: LineState, after: LineState): boolean {
  return (
    signalOf(before) !== signalOf(after) ||
    sinceOf(before) !== sinceOf(after) ||
    isRingOn(before) !== isRingOn(after) ||
    openCallOf(before)?.id !== openCallOf(after)?.id ||
    openCallOf(before)?.answeredAt !== openCallOf(after)?.answeredAt
  );
}

/** Tells the machines the present levels of one line. */
function tellLine(state: RoomState, id: LineId): RoomStep {
  const own = state.lines[id];
  if (own === undefined) return { state, effects: nothing };
  const { at } = state;
  const call = openCallOf(own);
  const levels = { line: id, signal: signalOf(own), since: sinceOf(own) };
  const toldBypass = toBypass(state, {
    kind: 'line',
    at,
    ...levels,
    inBurst: isRingOn(own),
    ...(call === undefined
      ? {}
      : {
          call: {
            id: call.id,
            direction: call.direction,
            ...(call.answeredAt === undefined ? {} : { answeredAt: call.answeredAt }),
          },
        }),
  });
  const position = state.positions[id] ?? 'unknown';
  return chain(toldBypass, (now) => toWatch(now, { kind: 'line', at, ...levels, position }));
}

// ---- evidence ----------------------------------------------------------------------------------------------------

/** The reading of a UPS goes on with what was estimated. */
function evidenceEvent(state: RoomState, event: RoomEventOf<'evidence'>): RoomStep {
  const { state: heard, values, isNew } = power.hear(state.power, event);
  const told = toWatch(
    heard === state.power ? state : { ...state, power: heard },
    values === undefined ? event : { ...event, values },
  );
  return isNew ? { ...told, effects: [...told.effects, { kind: 'save' }] } : told;
}

// ---- cards and contacts ------------------------------------------------------------------------------------------

function cardEvent(state: RoomState, event: RoomEventOf<'card'>): RoomStep {
  const { card, link, serialNumber, reason, at } = event;
  // A bus without relays is only a path to what is behind it.
  if (state.cards[card] === undefined)
    return toWatch(state, { kind: 'path', bus: card, up: link === 'up', at });
  const seen = { ...state, cards: { ...state.cards, [card]: { link, serialNumber, reason } } };
  const told = chain(toBypass(seen, event), (now) =>
    toWatch(now, { kind: 'path', bus: card, up: link === 'up', at }),
  );
  if (link === 'up') return told;
  return each(told, state.config.linesOfCard[card] ?? [], (now, id) => positionEvent(now, id, 'unknown', at));
}

function relaysEvent(state: RoomState, event: RoomEventOf<'relays'>): RoomStep {
  const { card, at } = event;
  const mine = Object.entries(state.config.lineOfRelay[card] ?? {});
  const relays = Object.fromEntries(
    mine.flatMap(([number, id]) => {
      const report = event.relays[Number(number) - 1];
      return report === undefined ? [] : [[id, report] as const];
    }),
  );
  const told = toBypass(state, { ...event, relays });
  return each(told, Object.keys(relays), (now, id) =>
    positionEvent(now, id, relays[id]?.position ?? 'unknown', at),
  );
}

function positionEvent(state: RoomState, id: LineId, position: RelayPosition, at: MonoMs): RoomStep {
  if (state.positions[id] === position || state.config.lines[id]?.relay === undefined)
    return { state, effects: nothing };
  const moved = { ...state, positions: { ...state.positions, [id]: position } };
  return chain(lineEvent(moved, id, { kind: 'position', position, at }), (now) => tellLine(now, id));
}

function contactEvent(state: RoomState, event: RoomEventOf<'contact'>): RoomStep {
  const point = state.config.inputs[event.point];
  if (point === undefined) return { state, effects: nothing };
  const { closed, at } = event;
  const before = state.contacts[event.point];
  const seen = { ...state, contacts: { ...state.contacts, [event.point]: closed } };
  const told = toWatch(seen, event);
  if (point.role === 'plain') return told;
  const atRest = closed === (point.contact === 'normally-closed');
  if (point.role === 'bypass-key')
    return chain(told, (now) =>
      toBypass(now, { kind: 'key', turned: closed === 'unknown' ? 'unknown' : !atRest, at }),
    );
  const wasPressed =
    before !== undefined && before !== 'unknown' && before !== (point.contact === 'normally-closed');
  // A button that is held at start, or comes back from a lost bus, has not been pressed now.
  if (closed === 'unknown' || atRest || wasPressed || before === undefined) return told;
  const order = buttonCommand[point.role];
  return chain(told, (now) =>
    command(now, {
      kind: 'command',
      at,
      id: `${point.id}-${at}`,
      by: { via: 'button', name: point.id },
      command: order,
    }),
  );
}

const buttonCommand: Record<
  'silence-button' | 'acknowledge-button' | 'reset-button' | 'test-button',
  Command
> = {
  'silence-button': { do: 'silence' },
  'acknowledge-button': { do: 'acknowledge', alarm: 'all' },
  'reset-button': { do: 'reset-alarm', alarm: 'all' },
  'test-button': { do: 'lamp-test' },
};

function withReading(state: RoomState, { point: id, value, at }: RoomEventOf<'reading'>): RoomState {
  const point = state.config.registers.find((one) => one.id === id);
  if (point === undefined) return state;
  return {
    ...state,
    readings: { ...state.readings, [id]: readingHeard(point, state.readings[id], value, at) },
  };
}

const isBusLost = ({ found }: RoomState, bus: BusId): boolean =>
  found[alarmId({ subject: 'linekeeper', type: 'bus.lost', qualifier: bus })] !== undefined;

function withFound(found: RoomState['found'], event: RoomEventOf<'condition'>): RoomState['found'] {
  const id = alarmId(event.key);
  if (!event.active) return Object.fromEntries(Object.entries(found).filter(([key]) => key !== id));
  const condition: Condition = {
    key: event.key,
    state: 'active',
    detail: event.detail,
    ...(event.severity === undefined ? {} : { severity: event.severity }),
  };
  return { ...found, [id]: condition };
}

// ---- commands ----------------------------------------------------------------------------------------------------

function command(state: RoomState, event: RoomEventOf<'command'>): RoomStep {
  const { command: order, at } = event;
  switch (order.do) {
    case 'acknowledge':
    case 'reset-alarm':
    case 'shelve':
    case 'unshelve':
      return chain(toAlarm(state, event), (now) =>
        annunciate(now, { kind: 'alarms', counts: alarm.counts(now.alarm), at }),
      );
    case 'maintenance':
    case 'end-maintenance':
      return toMaintenance(state, { ...event, command: order });
    case 'silence':
    case 'lamp-test':
      return chain(annunciate(state, { kind: order.do, at }), (now) => ({
        state: now,
        effects: [accepted(event.id, event.by, order.do, at)],
      }));
    case 'bypass':
    case 'restore':
    case 'reset-bypass':
    case 'exercise':
      return toBypass(state, event);
    case 'record':
      return chain(toTrigger(state, order.line, { kind: 'record', on: order.on, at }), (now) => ({
        state: now,
        effects: [recordAnswer(now, event.id, event.by, order.line, order.on, at)],
      }));
    default:
      return order satisfies never;
  }
}

function recordAnswer(
  state: RoomState,
  id: string,
  by: Actor,
  line: LineId,
  on: boolean,
  at: MonoMs,
): Effect {
  const isKnown = state.triggers[line] !== undefined;
  const what = on
    ? text(`${by.name} 要求录音 ${line}`, `recording of ${line} ordered by ${by.name}`)
    : text(`${by.name} 取消人工录音 ${line}`, `ordered recording of ${line} ended by ${by.name}`);
  const unknown = text(`没有线路 ${line}`, `there is no line ${line}`);
  return {
    kind: 'notice',
    notice: { kind: 'command', at, id, accepted: isKnown, text: isKnown ? what : unknown },
  };
}

const accepted = (id: string, by: Actor, what: 'silence' | 'lamp-test', at: MonoMs): Effect => ({
  kind: 'notice',
  notice: {
    kind: 'command',
    at,
    id,
    accepted: true,
    text:
      what === 'silence'
        ? text(`${by.name} 已消音`, `silenced by ${by.name}`)
        : text(`${by.name} 试灯`, `lamp test by ${by.name}`),
  },
});

// ---- to the machines ---------------------------------------------------------------------------------------------

function toWatch(state: RoomState, event: WatchEvent): RoomStep {
  const { state: next, effects } = watch.step(state.watch, event);
  return { state: next === state.watch ? state : { ...state, watch: next }, effects };
}

function toMaintenance(state: RoomState, event: MaintenanceEvent): RoomStep {
  const { state: next, effects } = maintenance.step(state.maintenance, event);
  if (next === state.maintenance) return { state, effects };
  return chain({ state: { ...state, maintenance: next }, effects }, tellMaintenance);
}

/** The watch and the alarms are told; the bypass never is. */
function tellMaintenance(state: RoomState): RoomStep {
  const { at } = state;
  const { subjects } = state.maintenance;
  const told = { kind: 'maintenance', subjects, at } as const;
  return chain(toWatch(state, told), (now) =>
    chain(toAlarm(now, told), (then) =>
      annunciate(then, { kind: 'alarms', counts: alarm.counts(then.alarm), at }),
    ),
  );
}

function toBypass(state: RoomState, event: bypass.BypassEvent): RoomStep {
  const wasActive = isBypassActive(state);
  const { state: next, effects } = bypass.step(state.bypass, event);
  const now = { ...state, bypass: next };
  const isActive = isBypassActive(now);
  if (wasActive === isActive) return { state: now, effects };
  return chain({ state: now, effects }, (then) =>
    toWatch(then, { kind: 'bypass', active: isActive, at: then.at }),
  );
}

const isBypassActive = ({ bypass: own }: RoomState): boolean =>
  own.room.phase.kind !== 'steady' && own.room.phase.kind !== 'confirming';

function toTrigger(state: RoomState, line: LineId, event: TriggerEvent): RoomStep {
  const own = state.triggers[line];
  if (own === undefined) return { state, effects: nothing };
  const { state: next, effects } = trigger.step(own, event);
  return {
    state: next === own ? state : { ...state, triggers: { ...state.triggers, [line]: next } },
    effects,
  };
}

function toAlarm(state: RoomState, event: alarm.AlarmEvent): RoomStep {
  const { state: next, effects } = alarm.step(state.alarm, event);
  return { state: next === state.alarm ? state : { ...state, alarm: next }, effects };
}

function annunciate(state: RoomState, event: annunciator.AnnunciatorEvent): RoomStep {
  const next = annunciator.step(state.annunciator, event);
  return { state: next === state.annunciator ? state : { ...state, annunciator: next }, effects: nothing };
}

// ---- levels ------------------------------------------------------------------------------------------------------

/** `healthy` is not decided here: only the health gate knows whether this guard is fit. */
export function outputs(state: RoomState): Outputs {
  const { horn, lamp } = annunciator.outputs(state.annunciator);
  const points: Record<PointId, boolean> = {};
  for (const { id, role } of state.config.outputs) {
    if (role === 'horn') points[id] = horn;
    if (role === 'lamp') points[id] = lamp;
  }
  return { coils: bypass.outputs(state.bypass), points };
}

/** Names of what must never be and is. */
export function check(state: RoomState, at: MonoMs): readonly string[] {
  const broken = [
    ...bypass.check(state.bypass, at),
    ...watch.check(state.watch),
    ...alarm.check(state.alarm),
  ];
  return Object.values(state.lines).reduce<readonly string[]>((all, own) => {
    const found = line.check(own);
    return found.length === 0 ? all : [...all, ...found];
  }, broken);
}

// ---- composition -------------------------------------------------------------------------------------------------

function chain(first: RoomStep, next: (state: RoomState) => RoomStep): RoomStep {
  const { state, effects } = next(first.state);
  return {
    state,
    effects:
      first.effects.length === 0
        ? effects
        : effects.length === 0
          ? first.effects
          : [...first.effects, ...effects],
  };
}

function each<T>(
  begin: RoomStep | RoomState,
  items: readonly T[],
  next: (state: RoomState, item: T) => RoomStep,
): RoomStep {
  let now: RoomStep = 'effects' in begin ? begin : { state: begin, effects: nothing };
  for (const item of items) now = chain(now, (state) => next(state, item));
  return now;
}
