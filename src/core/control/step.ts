/**
 * Control out to the switch: night service, a reset contact, a string over its serial wire. Decides whether an order is
 * carried out (who asks, how often, what it must not meet), how long a relay is held, and whether the read-back showed it.
 *
 * It must never hold two interlocked relays at once: the other is released first, and where its read-back is wired it must be
 * seen released. It never sends a string of somebody's making: only that of the room file, its places filled from lists of
 * the room file. A pulse is a level with an end; the end of the program ends it, and no restart takes it up again. What is
 * held is held again after a restart (`initial`).
 */
import type { Command, RoomEventOf } from '../../model/event.ts';
import type { ControlId } from '../../model/ids.ts';
import type { Effect } from '../../model/effect.ts';
import type { MonoMs } from '../../model/units.ts';
import { elapsedMs, hasLasted, later } from '../../model/units.ts';
import type { Text } from '../../model/text.ts';
import { text } from '../../model/text.ts';
import type { ControlState, Memory, Order, RelayMemory, SerialMemory } from './state.ts';
import { isRelay } from './state.ts';
import { filled } from './fill.ts';
import { audit, ended, reasons } from './words.ts';

/** A relay opens within some 10 ms; with this much nobody meets it without a read-back. */
const breakMs = 100;
/** The wire must tell what came of a string this long after its own limit. */
const wireSlackMs = 1000;

export type ControlEvent =
  | (Omit<RoomEventOf<'command'>, 'command'> & {
      readonly command: Extract<Command, { readonly do: 'control' }>;
    })
  | RoomEventOf<'control-sent'>
  | RoomEventOf<'contact'>
  | RoomEventOf<'turn'>;

export interface ControlStep {
  readonly state: ControlState;
  readonly effects: readonly Effect[];
}

export function step(before: ControlState, event: ControlEvent): ControlStep {
  const heard = hear(before, event);
  // Nothing under way: by far the most turns.
  if (event.kind === 'turn' && !Object.values(before.controls).some(isMoving)) return heard;
  return judged(heard, event.at);
}

const isMoving = (memory: Memory): boolean =>
  memory.open !== undefined ||
  (isRelay(memory) && (memory.waiting !== undefined || memory.pulseUntil !== undefined));

function hear(state: ControlState, event: ControlEvent): ControlStep {
  switch (event.kind) {
    case 'command':
      return ordered(state, event);
    case 'control-sent':
      return sent(state, event);
    case 'contact':
      return { state: contactSeen(state, event), effects: [] };
    case 'turn':
      return { state, effects: [] };
    default:
      return event satisfies never;
  }
}

const withMemory = (state: ControlState, memory: Memory): ControlState => ({
  controls: { ...state.controls, [memory.config.id]: memory },
});

function contactSeen(state: ControlState, { point, closed, at }: RoomEventOf<'contact'>): ControlState {
  let now = state;
  for (const memory of Object.values(state.controls)) {
    if (!isRelay(memory) || memory.config.readBack?.point !== point) continue;
    const contact = closed === 'unknown' ? closed : closed !== memory.config.readBack.restsClosed;
    if (contact !== memory.contact) now = withMemory(now, { ...memory, contact, contactSince: at });
  }
  return now;
}

// ---- orders ------------------------------------------------------------------------------------------------------

type Ordered = Extract<ControlEvent, { kind: 'command' }>;

function ordered(state: ControlState, event: Ordered): ControlStep {
  const { command, id, by, at } = event;
  const memory = Object.hasOwn(state.controls, command.control) ? state.controls[command.control] : undefined;
  if (memory === undefined) {
    const unknown = text(`没有控制 ${command.control}`, `there is no control ${command.control}`);
    return {
      state,
      effects: [{ kind: 'notice', notice: { kind: 'command', at, id, accepted: false, text: unknown } }],
    };
  }
  return isRelay(memory)
    ? relayOrdered(state, memory, event)
    : serialOrdered(state, memory, event, by.via === 'centre');
}

function relayOrdered(
  state: ControlState,
  memory: RelayMemory,
  { command, id, by, at }: Ordered,
): ControlStep {
  const { config } = memory;
  const wantsOn = command.on ?? true;
  const did = config.mode === 'pulse' ? 'pulse' : wantsOn ? 'on' : 'off';
  const order: Order = { id, by, did, since: at };
  const refused = (why: Text): ControlStep => ({
    state,
    effects: ended({ control: config, order, outcome: 'refused', at, why }),
  });
  if (by.via === 'centre' && !config.allowFromCentre) return refused(reasons.centre);
  if (command.values !== undefined && Object.keys(command.values).length > 0) return refused(reasons.values);
  if (config.mode === 'pulse' && !wantsOn) return refused(reasons.offPulse);
  // Off is never held up: not by the rate, not by an order under way.
  if (!wantsOn) return orderedOff(state, memory, order);
  if (memory.waiting !== undefined || memory.pulseUntil !== undefined || memory.open !== undefined)
    return refused(reasons.busy);
  if (memory.on)
    return { state, effects: ended({ control: config, order, outcome: 'done', at, why: reasons.alreadyOn }) };
  const moving = others(state, memory).find(
    (other) => other.pulseUntil !== undefined || other.waiting !== undefined,
  );
  if (moving !== undefined) return refused(reasons.interlockBusy(moving.config.id));
  const waitMs = rateWaitMs(memory, at);
  if (waitMs > 0) return refused(reasons.rate(config.atMost.count, config.atMost.perMs, waitMs));
  const released = releaseOthers(state, memory, order);
  const waiting = withMemory(released.state, { ...counted(memory, at), waiting: order });
  return { state: waiting, effects: [...released.effects, { kind: 'save' }] };
}

function orderedOff(state: ControlState, memory: RelayMemory, order: Order): ControlStep {
  const { config } = memory;
  const { since: at } = order;
  const superseded = [memory.waiting, memory.open].flatMap((old) =>
    old === undefined
      ? []
      : ended({ control: config, order: old, outcome: 'not-confirmed', at, why: reasons.superseded }),
  );
  const { waiting: _, open: __, ...rest } = memory;
  if (!memory.on && memory.open === undefined) {
    const why = reasons.alreadyOff;
    return {
      state: withMemory(state, rest),
      effects: [...superseded, ...ended({ control: config, order, outcome: 'done', at, why })],
    };
  }
  const off = moved({ ...rest, on: false, since: at }, order);
  return {
    state: withMemory(state, off.memory),
    effects: [...superseded, ...off.effects, { kind: 'save' }],
  };
}

/** The level has moved: answered at once, or when the read-back has shown it. */
function moved(
  memory: RelayMemory,
  order: Order,
): { readonly memory: RelayMemory; readonly effects: readonly Effect[] } {
  const at = memory.since;
  if (memory.config.readBack === undefined)
    return { memory, effects: ended({ control: memory.config, order, outcome: 'done', at }) };
  return { memory: { ...memory, open: { ...order, since: at } }, effects: [] };
}

const others = ({ controls }: ControlState, { config }: RelayMemory): readonly RelayMemory[] =>
  config.interlock.flatMap((id) => {
    const other = controls[id];
    return other !== undefined && isRelay(other) ? [other] : [];
  });

function releaseOthers(state: ControlState, memory: RelayMemory, order: Order): ControlStep {
  const at = order.since;
  let now = state;
  const effects: Effect[] = [];
  for (const other of others(state, memory)) {
    if (!other.on) continue;
    const { open, ...rest } = other;
    const why = reasons.releasedFor(memory.config.id);
    if (open !== undefined)
      effects.push(...ended({ control: other.config, order: open, outcome: 'not-confirmed', at, why }));
    now = withMemory(now, { ...rest, on: false, since: at });
    effects.push(audit({ control: other.config, order: { ...order, did: 'off' }, outcome: 'done', at, why }));
  }
  return { state: now, effects };
}

/** How long until another order may be given; 0: now. */
function rateWaitMs({ config, given }: Memory, at: MonoMs): number {
  const { count, perMs } = config.atMost;
  const recent = given.filter((moment) => !hasLasted(moment, perMs, at));
  const oldest = recent[recent.length - count];
  return oldest === undefined ? 0 : Math.max(1, perMs - elapsedMs(oldest, at));
}

/** More than the limit are never remembered. */
const counted = <M extends Memory>(memory: M, at: MonoMs): M => ({
  ...memory,
  given: [...memory.given, at].slice(-memory.config.atMost.count),
});

function serialOrdered(
  state: ControlState,
  memory: SerialMemory,
  { command, id, by, at }: Ordered,
  isFromCentre: boolean,
): ControlStep {
  const { config } = memory;
  const order: Order = { id, by, did: 'send', since: at };
  const refused = (why: Text): ControlStep => ({
    state,
    effects: ended({ control: config, order, outcome: 'refused', at, why }),
  });
  if (isFromCentre && !config.allowFromCentre) return refused(reasons.centre);
  if (command.on === false) return refused(reasons.offSend);
  if (memory.open !== undefined) return refused(reasons.busy);
  const send = filled(config, command.values ?? {});
  if (typeof send !== 'string') return refused(send);
  const waitMs = rateWaitMs(memory, at);
  if (waitMs > 0) return refused(reasons.rate(config.atMost.count, config.atMost.perMs, waitMs));
  const { bus, expect, withinMs } = config;
  return {
    state: withMemory(state, { ...counted(memory, at), open: order }),
    effects: [
      {
        ...{ kind: 'control-send', control: config.id, order: id, bus, send, withinMs },
        ...(expect === undefined ? {} : { expect }),
      },
      { kind: 'save' },
    ],
  };
}

function sent(
  state: ControlState,
  { control, order, outcome, at }: RoomEventOf<'control-sent'>,
): ControlStep {
  const memory = state.controls[control];
  // An answer to an order that was given up, or of a run before.
  if (memory === undefined || isRelay(memory) || memory.open?.id !== order) return { state, effects: [] };
  const end = (result: 'done' | 'confirmed' | 'not-confirmed', why?: Text): ControlStep =>
    serialEnded(state, memory, memory.open, result, at, why);
  switch (outcome.kind) {
    case 'sent':
      return end('done');
    case 'answered':
      return end('confirmed', reasons.heard(outcome.heard));
    case 'silent':
    case 'other':
      return end('not-confirmed', reasons.heard(outcome.heard));
    case 'not-sent':
      return end('not-confirmed', outcome.reason);
    default:
      return outcome satisfies never;
  }
}

function serialEnded(
  state: ControlState,
  memory: SerialMemory,
  order: Order | undefined,
  outcome: 'done' | 'confirmed' | 'not-confirmed',
  at: MonoMs,
  why: Text | undefined,
): ControlStep {
  if (order === undefined) return { state, effects: [] };
  const { open: _, failed: __, ...rest } = memory;
  const failed = outcome === 'not-confirmed' ? { failed: { at, why: why ?? reasons.silent } } : {};
  return {
    state: withMemory(state, { ...rest, ...failed }),
    effects: ended({ control: memory.config, order, outcome, at, ...(why === undefined ? {} : { why }) }),
  };
}

// ---- levels and their ends ---------------------------------------------------------------------------------------

function judged(from: ControlStep, at: MonoMs): ControlStep {
  let now = from;
  for (const id of Object.keys(from.state.controls))
    for (const rule of [pulseOver, mayGoOn, readBackShown, wireIsSilent]) {
      const { state, effects } = rule(now.state, id, at);
      now = { state, effects: effects.length === 0 ? now.effects : [...now.effects, ...effects] };
    }
  return now;
}

const same = (state: ControlState): ControlStep => ({ state, effects: [] });

function pulseOver(state: ControlState, id: ControlId, at: MonoMs): ControlStep {
  const memory = state.controls[id];
  if (memory === undefined || !isRelay(memory) || memory.pulseUntil === undefined || at < memory.pulseUntil)
    return same(state);
  const { pulseUntil: _, ...rest } = memory;
  return same(withMemory(state, { ...rest, on: false, since: at }));
}

/** An order that waited for others: on when each of them is released, refused when one does not let go. */
function mayGoOn(state: ControlState, id: ControlId, at: MonoMs): ControlStep {
  const memory = state.controls[id];
  if (memory === undefined || !isRelay(memory) || memory.waiting === undefined) return same(state);
  const { waiting, failed: _, ...rest } = memory;
  const stuck = others(state, memory).filter((other) => !isReleased(other, at));
  if (stuck.length === 0) {
    const { mode, pulseMs } = memory.config;
    const level: RelayMemory = {
      ...without(rest),
      ...{ on: true, since: at },
      ...(mode === 'pulse' ? { pulseUntil: later(at, pulseMs) } : {}),
    };
    const on = moved(level, waiting);
    return { state: withMemory(state, on.memory), effects: [...on.effects, { kind: 'save' }] };
  }
  const first = stuck.find(({ config, since }) => hasLasted(since, config.readBack?.withinMs ?? breakMs, at));
  if (first === undefined) return same(state);
  const why = reasons.interlockStuck(first.config.id);
  return {
    state: withMemory(state, without({ ...memory })),
    effects: ended({ control: memory.config, order: waiting, outcome: 'refused', at, why }),
  };
}

function without(memory: RelayMemory): RelayMemory {
  const { waiting: _, ...rest } = memory;
  return rest;
}

const isReleased = ({ on, since, config, contact }: RelayMemory, at: MonoMs): boolean =>
  !on && hasLasted(since, breakMs, at) && (config.readBack === undefined || contact === false);

function readBackShown(state: ControlState, id: ControlId, at: MonoMs): ControlStep {
  const memory = state.controls[id];
  if (memory === undefined || !isRelay(memory) || memory.open === undefined) return same(state);
  const { open, failed: _, ...rest } = memory;
  const { config, contact, contactSince, on } = memory;
  const { readBack } = config;
  if (readBack === undefined) return same(state);
  // What was closed before the pulse shows nothing of it.
  const isShown = config.mode === 'pulse' ? contact === true && contactSince >= open.since : contact === on;
  if (isShown)
    return {
      state: withMemory(state, rest),
      effects: ended({ control: config, order: open, outcome: 'confirmed', at }),
    };
  if (!hasLasted(open.since, readBack.withinMs, at)) return same(state);
  const why =
    contact === 'unknown'
      ? reasons.readBackUnknown(readBack.point)
      : reasons.noReadBack(readBack.point, readBack.withinMs);
  return {
    state: withMemory(state, { ...rest, failed: { at, why } }),
    effects: ended({ control: config, order: open, outcome: 'not-confirmed', at, why }),
  };
}

function wireIsSilent(state: ControlState, id: ControlId, at: MonoMs): ControlStep {
  const memory = state.controls[id];
  if (memory === undefined || isRelay(memory) || memory.open === undefined) return same(state);
  if (!hasLasted(memory.open.since, memory.config.withinMs + wireSlackMs, at)) return same(state);
  return serialEnded(state, memory, memory.open, 'not-confirmed', at, reasons.noAnswer);
}
