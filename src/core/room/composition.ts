/** How one event passes through several machines: each begins where the last one ended, and every effect is kept in order. */
import type { Effect } from '../../model/effect.ts';
import type { RoomState } from './state.ts';

export interface RoomStep {
  readonly state: RoomState;
  readonly effects: readonly Effect[];
}

export const nothing: readonly Effect[] = [];

export function chain(first: RoomStep, next: (state: RoomState) => RoomStep): RoomStep {
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

export function each<T>(
  begin: RoomStep | RoomState,
  items: readonly T[],
  next: (state: RoomState, item: T) => RoomStep,
): RoomStep {
  let now: RoomStep = 'effects' in begin ? begin : { state: begin, effects: nothing };
  for (const item of items) now = chain(now, (state) => next(state, item));
  return now;
}
