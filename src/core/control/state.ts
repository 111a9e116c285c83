/** What the controls remember: levels, orders under way, what their read-backs show, and the orders that count for the rate. */
import type { Actor } from '../../model/event.ts';
import type { Control, ControlDid, ControlView, RelayControl, SerialControl } from '../../model/control.ts';
import type { ControlId, PointId } from '../../model/ids.ts';
import type { MonoMs } from '../../model/units.ts';
import { elapsedMs, later } from '../../model/units.ts';
import type { Text } from '../../model/text.ts';

export interface Order {
  readonly id: string;
  readonly by: Actor;
  readonly did: ControlDid;
  readonly since: MonoMs;
}

interface Common {
  /** Moments of the orders that count for the rate, oldest first. */
  readonly given: readonly MonoMs[];
  /** The newest order was not confirmed. */
  readonly failed?: { readonly at: MonoMs; readonly why: Text };
}

export interface RelayMemory extends Common {
  readonly config: RelayControl;
  readonly on: boolean;
  /** When the level changed last. */
  readonly since: MonoMs;
  readonly pulseUntil?: MonoMs;
  /** Waits until those that it must not meet are released. */
  readonly waiting?: Order;
  /** Waits for its read-back. */
  readonly open?: Order;
  /** The read-back has left its rest. */
  readonly contact: boolean | 'unknown';
  readonly contactSince: MonoMs;
}

export interface SerialMemory extends Common {
  readonly config: SerialControl;
  readonly open?: Order;
}

export type Memory = RelayMemory | SerialMemory;
export const isRelay = (memory: Memory): memory is RelayMemory => memory.config.kind === 'relay';

export interface ControlState {
  readonly controls: Readonly<Record<ControlId, Memory>>;
}

/** What guard.json keeps. A pulse is not kept: it ends with the program. */
export type SavedControls = Readonly<
  Record<ControlId, { readonly on: boolean; readonly givenAgesMs: readonly number[] }>
>;

/**
 * `now` is this moment, `savedAt` the moment of saving. What was held is held again: a restart must not switch the room from
 * night to day. Of two that may not meet (the room file was changed) the first of the file is held.
 */
export function initial(
  configs: readonly Control[],
  saved: SavedControls,
  { now, savedAt }: { readonly now: MonoMs; readonly savedAt: MonoMs },
): ControlState {
  const controls: Record<ControlId, Memory> = {};
  for (const config of configs) {
    const before = saved[config.id];
    const given = (before?.givenAgesMs ?? []).map((ms) => later(savedAt, -ms));
    if (config.kind === 'serial') {
      controls[config.id] = { config, given };
      continue;
    }
    const isFree = config.interlock.every((id) => {
      const other = controls[id];
      return other === undefined || !isRelay(other) || !other.on;
    });
    const on = config.mode === 'hold' && before?.on === true && isFree;
    controls[config.id] = { config, given, on, since: now, contact: 'unknown', contactSince: now };
  }
  return { controls };
}

export const saved = ({ controls }: ControlState, at: MonoMs): SavedControls =>
  Object.fromEntries(
    Object.values(controls).map((memory) => [
      memory.config.id,
      {
        on: isRelay(memory) && memory.config.mode === 'hold' && memory.on,
        givenAgesMs: memory.given.map((moment) => elapsedMs(moment, at)),
      },
    ]),
  );

/** From guard.json; what is not right is left out. */
export function readSaved(value: unknown): SavedControls {
  if (!isRecord(value)) return {};
  return Object.fromEntries(
    Object.entries(value).flatMap(([id, entry]) => {
      if (!isRecord(entry)) return [];
      const { on, givenAgesMs } = entry;
      const ages: readonly unknown[] = Array.isArray(givenAgesMs) ? givenAgesMs : [];
      const kept = ages.filter((age): age is number => typeof age === 'number' && Number.isFinite(age));
      return typeof on === 'boolean' ? [[id, { on, givenAgesMs: kept }]] : [];
    }),
  );
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

/** Levels of the outputs that controls drive. */
export const outputs = ({ controls }: ControlState): Readonly<Record<PointId, boolean>> =>
  Object.fromEntries(
    Object.values(controls)
      .filter(isRelay)
      .map(({ config, on }) => [config.output, on]),
  );

/** Names of what must never be and is. */
export function check({ controls }: ControlState): readonly string[] {
  const broken: string[] = [];
  for (const memory of Object.values(controls)) {
    if (!isRelay(memory) || !memory.on) continue;
    const { id, interlock, mode } = memory.config;
    if (mode === 'pulse' && memory.pulseUntil === undefined)
      broken.push(`control ${id}: a pulse without an end`);
    for (const other of interlock) {
      const met = controls[other];
      if (met !== undefined && isRelay(met) && met.on && id < other)
        broken.push(`control ${id} and ${other} are both on`);
    }
  }
  return broken;
}

export const views = ({ controls }: ControlState): readonly ControlView[] =>
  Object.values(controls).map((memory): ControlView => {
    const { id, name } = memory.config;
    if (!isRelay(memory))
      return {
        ...{ id, name, kind: 'serial', on: false, busy: memory.open !== undefined, readBack: 'none' },
        values: memory.config.values,
      };
    const { config, on, waiting, open, contact, pulseUntil } = memory;
    return {
      ...{ id, name, kind: config.mode, on, values: {} },
      busy: waiting !== undefined || open !== undefined || pulseUntil !== undefined,
      readBack:
        config.readBack === undefined
          ? 'none'
          : contact === 'unknown'
            ? 'unknown'
            : contact === on
              ? 'agrees'
              : 'differs',
    };
  });
