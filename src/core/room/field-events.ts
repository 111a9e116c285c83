/** What cards, contacts and polled values report. */
import { alarmId } from '../../model/alarm.ts';
import type { BusId, PointId } from '../../model/ids.ts';
import type { Command, RoomEventOf } from '../../model/event.ts';
import type { Condition } from '../../model/alarm.ts';
import * as power from '../power/step.ts';
import type { InputPoint } from '../../model/room.ts';
import { isCounterRegister } from '../../model/room.ts';
import type { MonoMs } from '../../model/units.ts';
import type { CounterMemory } from './counters.ts';
import { counterRead, pulseCounted } from './counters.ts';
import { readingEvidence } from './reading-evidence.ts';
import { readingHeard } from './readings.ts';
import type { RoomState } from './state.ts';
import { chain, each, nothing } from './composition.ts';
import type { RoomStep } from './composition.ts';
import { command } from './commands.ts';
import { positionEvent } from './line-events.ts';
import { duringTest } from '../ups-test/step.ts';
import { toBypass, toPair, toControl, toExercise, toRelayTrend, toUpsTest, toWatch } from './machines.ts';

/** The reading of a UPS goes on without what is only a test, and with what was estimated. */
export function evidenceEvent(state: RoomState, event: RoomEventOf<'evidence'>): RoomStep {
  return chain(toUpsTest(state, event), (now) => evidenceJudged(now, duringTest(now.upsTest, event)));
}

function evidenceJudged(state: RoomState, event: RoomEventOf<'evidence'>): RoomStep {
  const { state: heard, values, isNew } = power.hear(state.power, event);
  const told = toWatch(
    heard === state.power ? state : { ...state, power: heard },
    values === undefined ? event : { ...event, values },
  );
  return isNew ? { ...told, effects: [...told.effects, { kind: 'save' }] } : told;
}

export function cardEvent(state: RoomState, event: RoomEventOf<'card'>): RoomStep {
  const { card, link, serialNumber, reason, at } = event;
  // A bus without relays is only a path to what is behind it.
  if (state.cards[card] === undefined)
    return toWatch(state, { kind: 'path', bus: card, up: link === 'up', at });
  const seen = { ...state, cards: { ...state.cards, [card]: { link, serialNumber, reason } } };
  const isUp = link === 'up';
  const told = chain(
    chain(toBypass(seen, event), (now) => toWatch(now, { kind: 'path', bus: card, up: isUp, at })),
    (now) => toRelayTrend(now, { kind: 'card', card, isUp, serialNumber }),
  );
  if (isUp) return told;
  return each(told, state.config.linesOfCard[card] ?? [], (now, id) => positionEvent(now, id, 'unknown', at));
}

export function relaysEvent(state: RoomState, event: RoomEventOf<'relays'>): RoomStep {
  const { card, at } = event;
  const mine = Object.entries(state.config.lineOfRelay[card] ?? {});
  const relays = Object.fromEntries(
    mine.flatMap(([number, id]) => {
      const report = event.relays[Number(number) - 1];
      return report === undefined ? [] : [[id, report] as const];
    }),
  );
  const isFed = event.coilSupply && event.bypassKey !== 'turned';
  const told = chain(toBypass(state, { ...event, relays }), (now) =>
    chain(toRelayTrend(now, { kind: 'relays', relays, isFed }), (then) =>
      toExercise(then, { kind: 'relays', relays, at }),
    ),
  );
  return each(told, Object.keys(relays), (now, id) =>
    chain(positionEvent(now, id, relays[id]?.position ?? 'unknown', at), (then) =>
      toPair(then, id, { kind: 'phone', milliamps: relays[id]?.phoneMilliamps ?? 0, at }),
    ),
  );
}

export function contactEvent(state: RoomState, event: RoomEventOf<'contact'>): RoomStep {
  const point = state.config.inputs[event.point];
  if (point === undefined) return { state, effects: nothing };
  const { closed, at } = event;
  const before = state.contacts[event.point];
  const seen = {
    ...state,
    contacts: { ...state.contacts, [event.point]: closed },
    loopFaults: loopFaultsAfter(state.loopFaults, event),
    heldSince: heldAfter(state.heldSince, point, closed, at),
  };
  const told = chain(toWatch(seen, event), (now) => toControl(now, { ...event, at: now.at }));
  const atRest = closed === (point.contact === 'normally-closed');
  if (point.counter === true && closed !== 'unknown' && !atRest && before === !closed)
    return chain(told, (now) => counted(now, point.id, pulseCounted(now.counters[point.id], at)));
  if (point.role === 'plain') return told;
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

function heldAfter(
  before: RoomState['heldSince'],
  { id, role, contact }: InputPoint,
  closed: boolean | 'unknown',
  at: MonoMs,
): RoomState['heldSince'] {
  if (!role.endsWith('-button')) return before;
  const isHeld = closed !== 'unknown' && closed !== (contact === 'normally-closed');
  if (isHeld === (before[id] !== undefined)) return before;
  if (isHeld) return { ...before, [id]: at };
  return Object.fromEntries(Object.entries(before).filter(([other]) => other !== id));
}

/** A lost bus keeps what was known of the wire; a contact that is read again proves it sound. */
function loopFaultsAfter(
  before: RoomState['loopFaults'],
  { point, closed, fault }: RoomEventOf<'contact'>,
): RoomState['loopFaults'] {
  const known = before[point];
  if (fault !== undefined) return { ...before, [point]: { fault, isKnown: true } };
  if (known === undefined) return before;
  if (closed === 'unknown') return { ...before, [point]: { ...known, isKnown: false } };
  return Object.fromEntries(Object.entries(before).filter(([id]) => id !== point));
}

const buttonCommand: Record<Exclude<InputPoint['role'], 'bypass-key' | 'plain'>, Command> = {
  'silence-button': { do: 'silence' },
  'acknowledge-button': { do: 'acknowledge', alarm: 'all' },
  'reset-button': { do: 'reset-alarm', alarm: 'all' },
  'first-out-button': { do: 'reset-first-out' },
  'test-button': { do: 'lamp-test' },
};

export function readingEvent(state: RoomState, event: RoomEventOf<'reading'>): RoomStep {
  const { point: id, value, at } = event;
  const point = state.config.measured.find((one) => one.id === id);
  if (point === undefined) return { state, effects: nothing };
  const heard = readingHeard(point, state.readings[id], event);
  const sources = state.config.readingSources[id] ?? [];
  const { faults, events } = readingEvidence(point, sources, state.readingFaults, event);
  const seen: RoomState = { ...state, readings: { ...state.readings, [id]: heard }, readingFaults: faults };
  const told = each(seen, events, toWatch);
  if (value === 'unknown' || !isCounterRegister(point)) return told;
  return chain(told, (now) => counted(now, id, counterRead(now.counters[id], value, point.type, at)));
}

/** A count is written at once: it must not be counted again, nor be forgotten, by a restart. */
function counted(state: RoomState, id: PointId, counter: CounterMemory): RoomStep {
  if (state.counters[id] === counter) return { state, effects: nothing };
  return { state: { ...state, counters: { ...state.counters, [id]: counter } }, effects: [{ kind: 'save' }] };
}

export const isBusLost = ({ found }: RoomState, bus: BusId): boolean =>
  found[alarmId({ subject: 'linekeeper', type: 'bus.lost', qualifier: bus })] !== undefined;

export function withFound(found: RoomState['found'], event: RoomEventOf<'condition'>): RoomState['found'] {
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
